"""RFC 4861, 7.1.1, 7.2.4: solicitations from the unspecified address.

Their answers go to all nodes, so that nobody else may ask meanwhile: each case has a product of its own.
"""

from conformance.engine import check, negative, uses

from .bind import both
from .provide import Fresh
from .resolving import NO_ANSWER
from .station import UNSPECIFIED, Station, packet
from .wire import Frame, NeighborAdvertisement, NeighborSolicitation, SourceLinkLayerAddress
from .wire.addresses import ALL_NODES, solicited_node

pytestmark = uses("product", exclusive=True)


def probe(tester: Station, **how: object) -> Frame:
    """A solicitation from the unspecified address for the product's link-local address."""
    target = tester.product.link_local
    options = how.pop("options", ())
    question = NeighborSolicitation(target=target, options=options)  # type: ignore[arg-type]
    to = how.pop("to", solicited_node(target))
    return tester.frame(question, to=to, source=UNSPECIFIED, hop_limit=255)  # type: ignore[arg-type]


@both("rfc4861:7.1.1-7")
@negative
async def test_a_solicitation_from_nowhere_to_a_wrong_destination_is_discarded(alone: Fresh) -> None:
    """A solicitation from the unspecified address that does not go to a solicited-node group is discarded."""
    tester = alone.station()
    await tester.greet()
    await tester.send(probe(tester, to=ALL_NODES), probe(tester, to=tester.product.link_local))
    await tester.expect_nothing(passing=NO_ANSWER)


@both("rfc4861:7.1.1-8")
@negative
async def test_a_solicitation_from_nowhere_with_a_source_address_is_discarded(alone: Fresh) -> None:
    """A solicitation from the unspecified address that has a Source Link-Layer Address option is discarded."""
    tester = alone.station()
    await tester.greet()
    await tester.send(probe(tester, options=(SourceLinkLayerAddress(address=tester.mac),)))
    await tester.expect_nothing(passing=NO_ANSWER)


@both("rfc4861:7.2.4-5a")
async def test_a_solicitation_from_nowhere_is_answered_to_all(alone: Fresh) -> None:
    """The answer to a solicitation from the unspecified address goes to all nodes, with the S flag clear."""
    tester = alone.station()
    await tester.greet()
    await tester.send(probe(tester))
    frame = await tester.expect(packet(NeighborAdvertisement, target=tester.product.link_local), passing=NO_ANSWER)
    to_all = packet(NeighborAdvertisement, solicited=False, ip=lambda ip: ip.destination == ALL_NODES)
    if not to_all.matches(frame):
        raise tester.channel.unexpected(frame, to_all)


@both("rfc4861:4.4-1")
async def test_an_advertisement_to_all_is_not_solicited(alone: Fresh) -> None:
    """The S flag is clear in each multicast advertisement."""
    tester = alone.station()
    await tester.greet()
    await tester.send(probe(tester))
    frame = await tester.ready(NeighborAdvertisement, passing=NO_ANSWER)
    check(not frame.message.solicited, "the S flag is set")
