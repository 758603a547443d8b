"""RFC 4291, 2.5.2, 2.5.3 and 2.7: addresses that stand for nobody, for oneself, or for many."""

from ipaddress import IPv6Address
from typing import Any

import pytest

from conformance.engine import a, negative

from .bind import both
from .memberships import ask
from .provide import Station
from .provoking import StandIn, closed_port, settled, unknown_option
from .station import CHATTER, UNSPECIFIED, demand, packet
from .wire import DestinationUnreachable, Frame, Ipv6, MldMessage, NeighborAdvertisement, NeighborSolicitation
from .wire import SourceLinkLayerAddress as From
from .wire.addresses import ALL_MLDV2_ROUTERS, ALL_NODES, LOOPBACK, multicast_mac, solicited_node

UNREACHABLE = packet(DestinationUnreachable)
"""A router may say that it knows no way to an address that is not its own."""


def to(address: IPv6Address) -> Any:
    """A packet to an address."""
    return a(Frame, ip=a(Ipv6, destination=address))


def by(source: IPv6Address) -> Any:
    """A packet from an address."""
    return a(Frame, ip=a(Ipv6, source=source))


async def provoked(tester: Station, source: IPv6Address) -> StandIn:
    """Packets from an address that is nobody's; who hears what is sent there."""
    stand_in = StandIn(tester, source)
    made = [
        tester.frame(tester.echo(), source=source),
        tester.frame(tester.echo(), to=tester.product.address, source=source),
        tester.frame(tester.echo(), to=ALL_NODES, source=source),
        unknown_option(tester, source=source),
        closed_port(tester, source=source),
    ]
    await tester.send(*made)
    await settled(tester, passing=CHATTER | a(Frame))
    return stand_in


@both("rfc4291:2.5.2-1")
@negative
async def test_nothing_is_sent_to_the_unspecified_address(tester: Station) -> None:
    """The unspecified address is no destination: what came from it is not answered to it."""
    came = (await provoked(tester, UNSPECIFIED)).arrived(to(UNSPECIFIED))
    demand(not came, "no packet to ::", came)


@both("rfc4291:2.5.2-2")
@negative
async def test_the_unspecified_address_is_nobodys(tester: Station) -> None:
    """The unspecified address is not the product's: a packet to it is not answered."""
    await tester.send(tester.frame(tester.echo(), to=UNSPECIFIED, source=tester.link_local))
    await tester.expect_nothing(passing=CHATTER | UNREACHABLE)


def speaks_without_address(frame: Frame) -> bool:
    """Whether a packet has no source, and is none that tries an address."""
    return bool(frame.ip and frame.ip.source == UNSPECIFIED) and not isinstance(frame.message, NeighborSolicitation)


@both("rfc4291:2.5.2-4")
@negative
async def test_a_product_with_addresses_uses_them(tester: Station) -> None:
    """A product that has an address sends nothing from the unspecified one, but to try another address."""
    heard: list[Any] = []
    tester.channel.join(multicast_mac(ALL_MLDV2_ROUTERS))
    tester.channel.listen(heard.append)
    frames = [tester.frame(tester.echo(), to=ALL_NODES), unknown_option(tester, to=ALL_NODES), closed_port(tester)]
    await tester.send(*frames, ask(tester))
    await tester.next(passing=a(Frame, message=_is_no_report))
    await settled(tester, passing=a(Frame))
    wrong = [frame for frame in heard if isinstance(frame, Frame) and speaks_without_address(frame)]
    demand(not wrong, "packets from an address of the product's", wrong)


def _is_no_report(message: object) -> bool:
    return not isinstance(message, MldMessage)


@both("rfc4291:2.5.3-1")
@negative
async def test_a_packet_to_the_loopback_address_is_dropped(tester: Station) -> None:
    """A packet to ::1 that comes by an interface is dropped."""
    for frame in (tester.frame(tester.echo(), to=LOOPBACK, source=tester.link_local), unknown_option(tester)):
        await tester.send(frame.changed(Ipv6, destination=LOOPBACK))
        await tester.expect_nothing()


@both("rfc4291:2.5.3-2")
@negative
async def test_nothing_is_sent_from_the_loopback_address(tester: Station) -> None:
    """A packet with the source ::1 never appears on a link, whatever is sent to ::1."""
    for source in (tester.link_local, tester.address):
        await tester.send(tester.frame(tester.echo(), to=LOOPBACK, source=source))
    await settled(tester, passing=a(Frame))
    came = tester.arrived(by(LOOPBACK))
    demand(not came, "no packet from ::1", came)


@both("rfc4291:2.5.3-3")
@negative
async def test_nothing_is_sent_to_the_loopback_address(tester: Station) -> None:
    """A packet with the destination ::1 never appears on a link, whatever came from ::1."""
    came = (await provoked(tester, LOOPBACK)).arrived(to(LOOPBACK))
    demand(not came, "no packet to ::1", came)


@both("rfc4291:2.5.3-5")
@pytest.mark.parametrize("unicast", [False, True], ids=["group", "unicast"])
@negative
async def test_the_loopback_address_is_not_answered_for(tester: Station, unicast: bool) -> None:
    """::1 is no address of an interface: a Neighbor Solicitation for it is not answered."""
    question = NeighborSolicitation(target=LOOPBACK, options=(From(address=tester.mac),))
    destination = tester.product.link_local if unicast else solicited_node(LOOPBACK)
    await tester.send(
        tester.frame(question, to=destination, source=tester.link_local, mac=tester.product.mac, hop_limit=255)
    )
    await settled(tester)
    came = tester.arrived(packet(NeighborAdvertisement, target=LOOPBACK))
    demand(not came, "no Neighbor Advertisement for ::1", came)


GROUPS = pytest.mark.parametrize("group", ["ff02::1:4291", "ff05::4291", "ff0e::4291"])


@both("rfc4291:2.7-1c")
@GROUPS
@negative
async def test_a_packet_from_a_group_is_not_answered(tester: Station, group: str) -> None:
    """A group is no source: a packet from one is not answered."""
    stand_in = StandIn(tester, IPv6Address(group))
    stand_in.channel.join(multicast_mac(IPv6Address(group)))
    request = tester.echo(tester.case.rng.randbytes(16))
    await tester.send(tester.frame(request, source=IPv6Address(group)))
    await settled(tester)
    came = [frame for frame in stand_in.arrived(to(IPv6Address(group))) if _data(frame) == request.data]
    demand(not came, "no answer to a packet from a group", came)


def _data(frame: Frame) -> bytes:
    return getattr(frame.message, "data", b"")


@both("rfc4291:2.7-1")
@negative
async def test_nothing_is_sent_from_a_group(tester: Station) -> None:
    """What answers a packet to a group does not come from that group."""
    heard: list[Any] = []
    tester.channel.listen(heard.append)
    await tester.send(tester.frame(tester.echo(), to=ALL_NODES), unknown_option(tester, to=ALL_NODES))
    await tester.send(unknown_option(tester, to=solicited_node(tester.product.link_local)))
    await settled(tester, passing=a(Frame))
    wrong = [frame for frame in heard if isinstance(frame, Frame) and frame.ip and frame.ip.source.is_multicast]
    demand(not wrong, "packets from addresses of one node", wrong)
