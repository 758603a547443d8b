"""RFC 8200, 8, and RFC 6085: checksums, the sizes that upper layers reckon with, and multicast in a unicast frame."""

import pytest

from conformance.engine import negative

from .bind import both
from .provide import Station
from .station import error, packet, reply_to
from .wire import (
    DestinationOptions,
    DestinationUnreachable,
    EchoReply,
    EchoRequest,
    Frame,
    HopByHop,
    Routing,
    Udp,
    UnknownOption,
)
from .wire.addresses import ALL_NODES
from .wire.checksum import internet_checksum
from .wire.layers import routing0

PORT_UNREACHABLE = error(DestinationUnreachable, code=4)


@both("rfc8200:8.1-1")
@pytest.mark.parametrize("size", [0, 2, 64, 254])
async def test_the_checksum_of_a_reply_is_right(tester: Station, size: int) -> None:
    """The checksum of what the product sends covers the pseudo-header with the addresses of the packet."""
    request = tester.echo(tester.case.rng.randbytes(size))
    await tester.send(tester.frame(request))
    await tester.expect(packet(EchoReply, data=request.data, checksum_ok=True))


@both("rfc8200:8.1-1")
@negative
async def test_a_wrong_checksum_is_not_answered(tester: Station) -> None:
    """A packet whose checksum is wrong is no packet of the upper layer's."""
    await tester.send(tester.frame(tester.echo(checksum=0x8200)))
    await tester.expect_nothing()


@both("rfc8200:8.1-7")
@negative
async def test_a_checksum_without_the_pseudo_header_is_wrong(tester: Station) -> None:
    """The checksum of ICMPv6 covers the pseudo-header: one of the message alone, as in ICMPv4, is wrong."""
    request = tester.echo()
    await tester.send(tester.frame(alone(request)))
    await tester.expect_nothing()


def alone(request: EchoRequest) -> EchoRequest:
    """The request with a checksum of the message alone."""
    octets = Frame(destination=b"", source=b"", layers=(_with(request, 0),)).packet
    return _with(request, internet_checksum(octets))


def _with(request: EchoRequest, checksum: int) -> EchoRequest:
    return EchoRequest(
        identifier=request.identifier,
        sequence_number=request.sequence_number,
        data=request.data,
        checksum=checksum,
    )


@both("rfc8200:8.1-2")
@pytest.mark.parametrize("routing_type", [0, 200])
async def test_behind_a_routing_header_the_last_destination_counts(tester: Station, routing_type: int) -> None:
    """Behind a Routing header at its end the pseudo-header has the destination that stands in the IPv6 header."""
    stops = routing0([tester.address, tester.link_local], 0)
    await tester.ping(Routing(routing_type=routing_type, data=stops.data))


@both("rfc8200:8.1-3")
async def test_the_pseudo_header_is_that_of_the_upper_layer(tester: Station) -> None:
    """The pseudo-header has next header and length of the upper-layer packet, whatever headers stand before it."""
    filled = UnknownOption(option_type=0x1E, data=bytes(12))
    request = tester.echo()
    await tester.send(tester.frame(HopByHop(options=(filled,)), DestinationOptions(options=(filled,)), request))
    await tester.expect_reply(request)


@both("rfc8200:8.1-5")
@negative
async def test_a_datagram_without_a_checksum_is_discarded(tester: Station) -> None:
    """A UDP datagram whose checksum is 0 gets neither an answer nor an error."""
    ports = {"source_port": 40000, "destination_port": closed_port(tester)}
    await tester.send(tester.frame(Udp(data=b"iic", **ports)))
    await tester.ready(PORT_UNREACHABLE)
    await tester.send(tester.frame(Udp(data=b"iic", checksum=0, **ports)))
    await tester.expect_nothing()


def closed_port(tester: Station) -> int:
    """A port that hardly anybody listens on."""
    return tester.case.rng.randrange(33500, 65000)


@both("rfc6085:3-1")
@pytest.mark.parametrize("headers", [(), (DestinationOptions(),)], ids=["plain", "options"])
async def test_multicast_in_a_unicast_frame_is_taken(tester: Station, headers: tuple[DestinationOptions, ...]) -> None:
    """A packet to a group is not dropped because its frame is addressed to the product alone."""
    usual = tester.echo()
    await tester.send(tester.frame(usual, to=ALL_NODES))
    await tester.ready(reply_to(usual))
    request = tester.echo()
    await tester.send(tester.frame(*headers, request, to=ALL_NODES, mac=tester.product.mac))
    await tester.expect_reply(request)
