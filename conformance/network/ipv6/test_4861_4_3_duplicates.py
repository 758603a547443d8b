"""RFC 4861, 4.3: the solicitations by which the product looks for duplicates of its addresses as it starts."""

from conformance.engine import check, uses

from .bind import both
from .provide import Fresh
from .station import UNSPECIFIED, packet
from .wire import NeighborSolicitation, SourceLinkLayerAddress

pytestmark = uses("product", exclusive=True)
STARTS_S = 20.0
"""So long a product may take to say its first word."""


@both("rfc4861:4.3-3")
async def test_a_solicitation_from_nowhere_holds_no_address(fresh: Fresh) -> None:
    """A solicitation from the unspecified address has no Source Link-Layer Address option."""
    await fresh.start()
    probe = packet(NeighborSolicitation, ip=lambda ip: ip.source == UNSPECIFIED)
    frame = await fresh.sees(probe, within_s=STARTS_S)
    message = frame.message
    assert isinstance(message, NeighborSolicitation)
    check(not message.first(SourceLinkLayerAddress), "it has a Source Link-Layer Address option")
