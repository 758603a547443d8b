"""RFC 4443, 2.4 e: the packets about which no error is sent."""

from collections.abc import Callable
from ipaddress import IPv6Address

import pytest

from conformance.engine import negative

from .bind import both, router
from .provide import Station
from .provoking import ERRORS, UNKNOWN, StandIn, closed_port, settled, unknown_next_header, unknown_option
from .station import UNSPECIFIED, demand
from .transit import through
from .wire import (
    DestinationUnreachable,
    EchoReply,
    Frame,
    Icmpv6,
    Ipv6,
    PacketTooBig,
    ParameterProblem,
    Redirect,
    Routing,
    TimeExceeded,
    UnknownIcmpv6,
)
from .wire.addresses import ALL_NODES, BROADCAST_MAC, multicast_mac, solicited_node

TURNING = Routing(routing_type=200, segments_left=1)
"""A Routing header that has a next stop, which nobody can find."""


def turning(station: Station, size: int = 8, to: IPv6Address | None = None, mac: bytes | None = None) -> Frame:
    """A packet with a Routing header that cannot be obeyed."""
    return station.frame(TURNING, station.echo(station.case.rng.randbytes(size)), to=to, mac=mac)


def about(station: Station) -> bytes:
    """A packet that the product may have sent to a station."""
    return Frame(
        destination=b"",
        source=b"",
        layers=(
            Ipv6(source=station.product.link_local, destination=station.link_local),
            EchoReply(identifier=int.from_bytes(station.mac[-2:]), data=b"iic-conform"),
        ),
    ).packet


MESSAGES: dict[str, Callable[[bytes], Icmpv6]] = {
    "unreachable": lambda quoted: DestinationUnreachable(code=4, invoking_packet=quoted),
    "too-big": lambda quoted: PacketTooBig(mtu=1400, invoking_packet=quoted),
    "time-exceeded": lambda quoted: TimeExceeded(invoking_packet=quoted),
    "problem": lambda quoted: ParameterProblem(pointer=6, code=1, invoking_packet=quoted),
    "unknown": lambda quoted: UnknownIcmpv6(type=99, data=bytes(4) + quoted),
}
EACH_MESSAGE = pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)


@both("rfc4443:2.4e1-1")
@EACH_MESSAGE
@negative
async def test_no_error_is_sent_about_an_error(tester: Station, message: Callable[[bytes], Icmpv6]) -> None:
    """No error is sent about a packet that carries an error, whatever is wrong with the packet."""
    await tester.send(tester.frame(UNKNOWN, message(about(tester))), tester.frame(TURNING, message(about(tester))))
    await tester.expect_nothing()


@router("rfc4443:2.4e1-1")
@EACH_MESSAGE
@negative
async def test_no_error_is_sent_about_an_error_in_transit(
    tester: Station, far: Station, message: Callable[[bytes], Icmpv6]
) -> None:
    """No error is sent about an error whose Hop Limit is used up on the way."""
    await tester.send(through(tester, far, message(about(tester)), hop_limit=1))
    await settled(tester)


def redirect(station: Station) -> Redirect:
    """A Redirect about a destination that nobody uses."""
    destination = IPv6Address(int(station.address) ^ 1)
    return Redirect(target=station.link_local, destination=destination)


@both("rfc4443:2.4e2-1")
@negative
async def test_no_error_is_sent_about_a_redirect(tester: Station) -> None:
    """No error is sent about a packet that carries a Redirect, whatever is wrong with the packet."""
    await tester.send(tester.frame(UNKNOWN, redirect(tester), hop_limit=255))
    await tester.expect_nothing()


@router("rfc4443:2.4e2-1")
@negative
async def test_no_error_is_sent_about_a_redirect_in_transit(tester: Station, far: Station) -> None:
    """No error is sent about a Redirect whose Hop Limit is used up on the way."""
    await tester.send(through(tester, far, redirect(tester), hop_limit=1))
    await settled(tester)


FAULTY: dict[str, Callable[..., Frame]] = {
    "port": closed_port,
    "next-header": unknown_next_header,
    "routing": turning,
}
EACH_FAULTY = pytest.mark.parametrize("faulty", FAULTY.values(), ids=FAULTY)


@both("rfc4443:2.4e3-1")
@EACH_FAULTY
@pytest.mark.parametrize("solicited", [False, True], ids=["all-nodes", "solicited-node"])
@negative
async def test_no_error_is_sent_about_a_packet_for_a_group(
    tester: Station, faulty: Callable[..., Frame], solicited: bool
) -> None:
    """No error is sent about a packet to a multicast address, but for the two exceptions."""
    group = solicited_node(tester.product.link_local) if solicited else ALL_NODES
    await tester.send(faulty(tester, to=group))
    await tester.expect_nothing()


@both("rfc4443:2.4e4-1")
@EACH_FAULTY
@negative
async def test_no_error_is_sent_about_a_packet_in_a_multicast_frame(
    tester: Station, faulty: Callable[..., Frame]
) -> None:
    """No error is sent about a packet to the product's address that came in a link-layer multicast."""
    await tester.send(faulty(tester, to=tester.product.link_local, mac=multicast_mac(ALL_NODES)))
    await tester.expect_nothing()


@both("rfc4443:2.4e5-1")
@EACH_FAULTY
@negative
async def test_no_error_is_sent_about_a_packet_in_a_broadcast_frame(
    tester: Station, faulty: Callable[..., Frame]
) -> None:
    """No error is sent about a packet to the product's address that came in a link-layer broadcast."""
    await tester.send(faulty(tester, to=tester.product.link_local, mac=BROADCAST_MAC))
    await tester.expect_nothing()


SOURCED: dict[str, Callable[..., Frame]] = {
    "port": closed_port,
    "next-header": unknown_next_header,
    "option": unknown_option,
}
EACH_SOURCED = pytest.mark.parametrize("faulty", SOURCED.values(), ids=SOURCED)


async def unreported(tester: Station, faulty: Frame, source: IPv6Address) -> None:
    """No error about a packet comes, neither to its source nor to anybody else."""
    stand_in = StandIn(tester, source)
    if source.is_multicast:
        stand_in.channel.join(multicast_mac(source))
    sent = faulty.changed(Ipv6, source=source)
    await tester.send(sent)
    await settled(tester)
    came = [frame for frame in stand_in.arrived(ERRORS) if sent.packet[8:64] == (frame.invoking or b"")[8:64]]
    demand(not came, "no error about a packet from nobody in particular", came)


@both("rfc4443:2.4e6-1")
@EACH_SOURCED
@negative
async def test_no_error_is_sent_to_the_unspecified_address(tester: Station, faulty: Callable[..., Frame]) -> None:
    """No error is sent about a packet whose source is the unspecified address."""
    await unreported(tester, faulty(tester), UNSPECIFIED)


@both("rfc4443:2.4e6-2")
@EACH_SOURCED
@negative
async def test_no_error_is_sent_to_a_group(tester: Station, faulty: Callable[..., Frame]) -> None:
    """No error is sent about a packet whose source is a multicast address."""
    await unreported(tester, faulty(tester), IPv6Address(0xFF02 << 112 | tester.case.rng.getrandbits(32) | 1 << 63))


@router("rfc4443:2.4e6-3")
@EACH_SOURCED
@negative
async def test_no_error_is_sent_to_an_anycast_address(tester: Station, faulty: Callable[..., Frame]) -> None:
    """No error is sent about a packet whose source is an anycast address that the router knows."""
    anycast = IPv6Address(int(tester.address) >> 64 << 64)
    await unreported(tester, faulty(tester, to=tester.product.address), anycast)


@router("rfc4443:2.4e6-1")
@negative
async def test_no_error_is_sent_to_the_unspecified_address_from_transit(tester: Station, far: Station) -> None:
    """No error is sent about a packet in transit whose source is the unspecified address."""
    await unreported(tester, through(tester, far, tester.echo(), hop_limit=1), UNSPECIFIED)


@router("rfc4443:2.4e6-2")
@negative
async def test_no_error_is_sent_to_a_group_from_transit(tester: Station, far: Station) -> None:
    """No error is sent about a packet in transit whose source is a multicast address."""
    await unreported(tester, through(tester, far, tester.echo(), hop_limit=1), IPv6Address("ff0e::4443"))
