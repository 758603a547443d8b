"""RFC 4861, 4.3: the solicitations by which the product looks for duplicates of its addresses as it starts."""

from conformance.engine import check, uses

from .bind import both
from .provide import Fresh
from .tentative import trial
from .wire import NeighborSolicitation, SourceLinkLayerAddress

pytestmark = uses("product", exclusive=True)


@both("rfc4861:4.3-3")
async def test_a_solicitation_from_nowhere_holds_no_address(fresh: Fresh) -> None:
    """A solicitation from the unspecified address has no Source Link-Layer Address option."""
    message = (await trial(fresh)).asked.message
    assert isinstance(message, NeighborSolicitation)
    check(not message.first(SourceLinkLayerAddress), "it has a Source Link-Layer Address option")
