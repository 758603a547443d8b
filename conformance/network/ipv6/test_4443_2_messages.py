"""RFC 4443, 2.1 to 2.3: types, source addresses and checksums of ICMPv6 messages."""

from ipaddress import IPv6Address

import pytest

from conformance.engine import Silence, a, negative

from .bind import both, router
from .provide import Station
from .provoking import ERRORS, closed_port, unknown_next_header, unknown_option
from .station import CHATTER, Stimulus, demand, error, packet, reply_to
from .transit import through
from .wire import EchoReply, Frame, Icmpv6Error, Ipv6, ParameterProblem, TimeExceeded, UnknownIcmpv6
from .wire.addresses import ALL_NODES

EXPERIMENTS = (100, 101, 127, 200, 201, 255)
"""Types for private experiments, and those kept to extend the others."""
WIDER = pytest.mark.parametrize("wider", [False, True], ids=["link-local", "wider"])


def own(station: Station, wider: bool) -> IPv6Address:
    """An address of the product's."""
    return (wider and station.product.address) or station.product.link_local


def is_plain(message: object) -> bool:
    """of no type for private experiments"""
    return getattr(message, "type", 0) not in EXPERIMENTS


@both("rfc4443:2.1-1")
@negative
async def test_no_message_is_of_a_type_for_experiments(tester: Station) -> None:
    """What a product sends is of none of the types for private experiments, and of none that are reserved."""
    odd = [tester.frame(UnknownIcmpv6(type=each, data=bytes(4) + b"iic-conform")) for each in EXPERIMENTS]
    behind = tester.echo(b"behind")
    await tester.send(
        *odd, closed_port(tester), unknown_option(tester), unknown_next_header(tester), tester.frame(behind)
    )
    await tester.expect(reply_to(behind), passing=CHATTER | a(Frame, message=is_plain))


@both("rfc4443:2.2-1")
@WIDER
async def test_a_reply_comes_from_the_address_that_was_asked(tester: Station, wider: bool) -> None:
    """The answer to a packet for a unicast address comes from that address."""
    asked = own(tester, wider)
    request = tester.echo()
    await tester.send(tester.frame(request, to=asked, source=tester.address))
    await tester.expect_of_any(packet(EchoReply, ip=a(Ipv6, source=asked)))


@both("rfc4443:2.2-1")
@WIDER
@negative
async def test_an_error_comes_from_the_address_that_the_packet_went_to(tester: Station, wider: bool) -> None:
    """The error about a packet for a unicast address comes from that address."""
    asked = own(tester, wider)
    await tester.send(unknown_option(tester, to=asked, source=tester.address))
    await tester.expect_of_any(packet(ParameterProblem, ip=a(Ipv6, source=asked)))


def is_unicast(address: IPv6Address) -> bool:
    """an address of one node"""
    return not (address.is_multicast or address.is_loopback or int(address) == 0)


@both("rfc4443:2.2-2")
@pytest.mark.parametrize("wider", [False, True], ids=["near", "far"])
async def test_a_reply_to_a_request_for_all_comes_from_one_node(tester: Station, wider: bool) -> None:
    """The answer to a packet for a group comes from a unicast address."""
    request = tester.echo()
    await tester.send(tester.frame(request, to=ALL_NODES, source=tester.address if wider else tester.link_local))
    await tester.expect_of_any(packet(EchoReply, ip=a(Ipv6, source=is_unicast)))


@both("rfc4443:2.2-2")
@negative
async def test_an_error_about_a_packet_for_all_comes_from_one_node(tester: Station) -> None:
    """The error about a packet for a group comes from a unicast address."""
    await tester.send(unknown_option(tester, to=ALL_NODES))
    await tester.expect_of_any(packet(ParameterProblem, ip=a(Ipv6, source=is_unicast)))


@router("rfc4443:2.2-2")
@negative
async def test_an_error_about_a_packet_in_transit_comes_from_the_router(tester: Station, far: Station) -> None:
    """The error about a packet for another node comes from an address of the router's."""
    await tester.send(through(tester, far, tester.echo(), hop_limit=1))
    theirs = (far.address, far.link_local, tester.address)
    frame = await tester.expect_of_any(packet(TimeExceeded))
    source = frame.ip.source if frame.ip else None
    demand(source is not None and is_unicast(source) and source not in theirs, "an address of the router's", source)


@both("rfc4443:2.2-3a")
@negative
async def test_free_sources_are_one(tester: Station) -> None:
    """Where the source is free, it is the one that the product chooses for any other packet to that destination."""
    await tester.greet(to=tester.product.address, source=tester.address)
    sources = set()
    request = tester.echo()
    await tester.send(tester.frame(request, to=ALL_NODES, source=tester.address))
    await tester.send(unknown_option(tester, to=ALL_NODES, source=tester.address))
    behind = tester.echo(b"behind")
    await tester.send(tester.frame(behind))
    while not reply_to(behind).matches(event := await tester.next(passing=CHATTER)):
        if isinstance(event, Silence):
            raise tester.channel.unexpected(event, reply_to(behind) | ERRORS)
        if is_unicast(event.ip.source):  # that it is one is another clause's matter
            sources.add(event.ip.source)
    demand(len(sources) <= 1, "one source address", ", ".join(map(str, sources)))


CHECKED: dict[str, tuple[Stimulus, type[Icmpv6Error]]] = {
    "option": (lambda station: [unknown_option(station)], ParameterProblem),
    "option-to-a-wider-address": (lambda station: [unknown_option(station, to=own(station, True))], ParameterProblem),
    "next-header": (lambda station: [unknown_next_header(station, 7)], ParameterProblem),
    "large": (lambda station: [unknown_option(station, 1300)], ParameterProblem),
}


@both("rfc4443:2.3-1")
@pytest.mark.parametrize(("stimulus", "kind"), CHECKED.values(), ids=CHECKED)
@negative
async def test_the_checksum_of_an_error_is_right(tester: Station, stimulus: Stimulus, kind: type[Icmpv6Error]) -> None:
    """The checksum of an error covers the whole message and the pseudo-header."""
    await tester.send(*stimulus(tester))
    await tester.expect_of_any(error(kind, checksum_ok=True))


@both("rfc4443:2.3-1")
@pytest.mark.parametrize("size", [0, 1, 1000])
async def test_the_checksum_of_a_reply_is_right(tester: Station, size: int) -> None:
    """The checksum of a reply covers the whole message, of odd length too."""
    request = tester.echo(tester.case.rng.randbytes(size))
    await tester.send(tester.frame(request))
    await tester.expect(packet(EchoReply, data=request.data, checksum_ok=True))


@both("rfc4443:2.3-1")
@pytest.mark.parametrize("size", [0, 1, 1000])
@negative
async def test_a_message_with_a_wrong_checksum_is_not_answered(tester: Station, size: int) -> None:
    """A message whose checksum is wrong is not taken for one."""
    right = tester.frame(tester.echo(tester.case.rng.randbytes(size)))
    octets = bytearray(bytes(right))
    octets[-1] ^= 0x40
    await tester.send(bytes(octets))
    await tester.expect_nothing()
