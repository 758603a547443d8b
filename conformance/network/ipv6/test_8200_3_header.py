"""RFC 8200, 3: the IPv6 header, in packets for the product and from it."""

import pytest

from conformance.engine import negative

from .bind import both
from .provide import Station
from .station import error, packet, reply_to
from .wire import DestinationOptions, EchoReply, ParameterProblem

PAYLOAD_LENGTH = 4
"""Where Payload Length stands in a packet."""


@both("rfc8200:3-1")
@pytest.mark.parametrize("version", [0, 4, 15])
@negative
async def test_a_packet_of_another_version_is_not_answered(tester: Station, version: int) -> None:
    """A packet whose Version is not 6 is no IPv6 packet, whatever the frame says."""
    await tester.send(tester.frame(tester.echo(), version=version))
    await tester.expect_nothing()


@both("rfc8200:3-2")
async def test_payload_length_of_a_reply_is_right(tester: Station) -> None:
    """Payload Length counts all octets behind the IPv6 header."""
    request = tester.echo(tester.case.rng.randbytes(101))
    await tester.send(tester.frame(request))
    await tester.expect(packet(EchoReply, data=request.data, padding=b""))


@both("rfc8200:3-3")
async def test_padding_of_a_frame_does_not_come_back(tester: Station) -> None:
    """What stands in a frame behind Payload Length is not part of the packet."""
    request = tester.echo(b"even")
    frame = tester.frame(request)
    await tester.send(bytes(frame) + b"\xa5" * 24)
    await tester.expect(packet(EchoReply, data=request.data, padding=_without(b"\xa5\xa5")))


def _without(octets: bytes) -> object:
    def lacks(data: bytes) -> bool:
        """without what the request's frame was padded with"""
        return octets not in data

    return lacks


@both("rfc8200:3-4")
@pytest.mark.parametrize("beyond", [1, 8, 1000])
@negative
async def test_a_truncated_packet_is_not_answered(tester: Station, beyond: int) -> None:
    """A packet of which not all has arrived cannot be processed; an error that points at Payload Length may tell so."""
    request, behind = tester.echo(bytes(64)), tester.echo(b"behind")
    length = tester.frame(request).size - 40
    await tester.send(tester.frame(request, payload_length=length + beyond), tester.frame(behind))
    await tester.expect(reply_to(behind) | error(ParameterProblem, code=0, pointer=PAYLOAD_LENGTH))


@both("rfc8200:3-5")
@pytest.mark.parametrize("size", [1, 7, 255])
async def test_an_odd_payload_length_is_as_good(tester: Station, size: int) -> None:
    """Payload Length counts single octets: a packet may have an odd number of them."""
    await tester.ping(data=tester.case.rng.randbytes(size))


@both("rfc8200:3-8")
async def test_hop_limit_0_is_no_reason_to_discard(tester: Station) -> None:
    """The destination does not look at the Hop Limit: it processes a packet with 0 like any other."""
    await tester.ping(hop_limit=0)


@both("rfc8200:3-9")
@pytest.mark.parametrize("headers", [(), (DestinationOptions(),)], ids=["plain", "extension-header"])
async def test_hop_limit_1_reaches_its_destination(tester: Station, headers: tuple[DestinationOptions, ...]) -> None:
    """A packet with Hop Limit 1 that is addressed to the product is processed."""
    await tester.ping(*headers, hop_limit=1)
