"""RFC 4861, 7.2.3: what a Neighbor Solicitation that the product receives makes of the entry of its sender."""

from ipaddress import IPv6Address

from conformance.engine import Silence, a, lasts, negative

from .bind import both
from .provide import Neighbour, Station
from .resolving import NO_ANSWER, PROBED_S, TO_ALL, UNPROBED_S, to
from .station import UNSPECIFIED, packet, reply_to
from .wire import Frame, NeighborAdvertisement, NeighborSolicitation, SourceLinkLayerAddress
from .wire.addresses import multicast_mac, solicited_node


def answers(neighbour: Neighbour, mac: bytes) -> object:
    """The advertisement that answers the neighbour, at a hardware address."""
    return packet(NeighborAdvertisement, target=neighbour.there, ip=to(neighbour.address), destination=mac)


@both("rfc4861:7.2.3-1")
@negative
async def test_a_solicitation_for_another_node_is_not_answered(tester: Station) -> None:
    """A solicitation for an address that the product does not have gets no answer, to whichever group it goes."""
    target = IPv6Address(int(tester.product.link_local) ^ 1 << 32)
    question = NeighborSolicitation(target=target, options=(SourceLinkLayerAddress(address=tester.mac),))
    await tester.send(tester.frame(question, to=solicited_node(target), source=tester.link_local, hop_limit=255))
    await tester.send(tester.frame(question, to=tester.product.link_local, hop_limit=255))
    await tester.expect_nothing(passing=NO_ANSWER | TO_ALL)


@both("rfc4861:7.2.3-2a")
async def test_a_solicitation_creates_an_entry(neighbour: Neighbour) -> None:
    """A solicitation from an unknown node with a source link-layer address is answered there without a question."""
    await neighbour.send(neighbour.solicited(neighbour.elsewhere))
    await neighbour.expect(answers(neighbour, neighbour.elsewhere), passing=neighbour.unrelated)


@both("rfc4861:7.2.3-2b", "rfc4861:7.3.3-7a")
@lasts(PROBED_S)
async def test_an_entry_that_a_solicitation_creates_is_stale(neighbour: Neighbour) -> None:
    """An entry that a solicitation creates is STALE: it is used at once, and probed after DELAY."""
    await neighbour.send(neighbour.solicited(neighbour.mac))
    await neighbour.ready(answers(neighbour, neighbour.mac), passing=neighbour.unrelated)
    await neighbour.shows_stale()


@both("rfc4861:7.2.3-2c")
async def test_another_address_in_a_solicitation_replaces_the_one_known(neighbour: Neighbour) -> None:
    """A link-layer address in a solicitation that differs from the cached one replaces it."""
    await neighbour.reachable()
    await neighbour.send(neighbour.solicited(neighbour.elsewhere))
    await neighbour.expect(answers(neighbour, neighbour.elsewhere), passing=neighbour.unrelated)
    await neighbour.expect_reply_at(neighbour.elsewhere)


@both("rfc4861:7.2.3-2d", "rfc4861:7.3.3-7b")
@lasts(PROBED_S)
async def test_an_entry_that_a_solicitation_changes_is_stale(neighbour: Neighbour) -> None:
    """An entry whose link-layer address a solicitation has changed is STALE."""
    await neighbour.reachable()
    await neighbour.send(neighbour.solicited(neighbour.elsewhere))
    await neighbour.ready(answers(neighbour, neighbour.elsewhere), passing=neighbour.unrelated)
    await neighbour.shows_stale(neighbour.elsewhere)


@both("rfc4861:7.2.3-3")
@lasts(UNPROBED_S)
async def test_a_solicitation_with_the_known_address_leaves_an_entry_reachable(neighbour: Neighbour) -> None:
    """A solicitation with the link-layer address that is cached does not change the state: REACHABLE stays."""
    await neighbour.reachable()
    await neighbour.send(neighbour.solicited(neighbour.mac))
    await neighbour.ready(answers(neighbour, neighbour.mac), passing=neighbour.unrelated)
    await neighbour.shows_reachable()


@both("rfc4861:7.2.3-3")
@lasts(PROBED_S)
async def test_a_solicitation_with_the_known_address_leaves_an_entry_in_delay(neighbour: Neighbour) -> None:
    """A solicitation with the link-layer address that is cached does not change the state: DELAY goes on."""
    since_s = await neighbour.delay()
    await neighbour.send(neighbour.solicited(neighbour.mac))
    await neighbour.ready(answers(neighbour, neighbour.mac), passing=neighbour.unrelated)
    await neighbour.shows_delay(since_s)


@both("rfc4861:7.2.3-5")
@lasts(UNPROBED_S)
async def test_a_solicitation_from_nowhere_changes_no_entry(neighbour: Neighbour) -> None:
    """A solicitation from the unspecified address leaves the entry of the node whose frame it came in as it is, and
    makes none for the unspecified address: nobody is asked for that.
    """
    neighbour.channel.join(multicast_mac(solicited_node(UNSPECIFIED)))
    await neighbour.reachable()
    target = neighbour.product.link_local
    question = NeighborSolicitation(target=target)
    await neighbour.send(neighbour.frame(question, to=solicited_node(target), source=UNSPECIFIED, hop_limit=255))
    request = await neighbour.use()
    await neighbour.expect(reply_to(request))
    asked = (neighbour.address, UNSPECIFIED)
    others = a(Frame, message=lambda m: not (isinstance(m, NeighborSolicitation) and m.target in asked))
    await neighbour.expect(Silence, passing=others | a(Frame, ip=None), within_s=UNPROBED_S)


@both("rfc4861:7.2-1")
async def test_a_solicitation_without_an_address_changes_none(neighbour: Neighbour) -> None:
    """A solicitation without a link-layer address changes no entry, whichever hardware address its frame comes from."""
    await neighbour.reachable()
    frame = neighbour.solicited(unicast=True)
    moved = Frame(destination=frame.destination, source=neighbour.elsewhere, layers=frame.layers)
    await neighbour.send(moved)
    await neighbour.ready(packet(NeighborAdvertisement, ip=to(neighbour.address)), passing=neighbour.unrelated)
    await neighbour.expect_reply_at(neighbour.mac)
