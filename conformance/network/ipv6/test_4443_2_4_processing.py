"""RFC 4443, 2.4 a to c: messages of unknown types, and how much of a packet an error quotes."""

from typing import Any

import pytest

from conformance.engine import negative

from .bind import both
from .provide import Station
from .provoking import ERRORS, unknown_option
from .station import Stimulus, demand
from .wire import Frame, UnknownIcmpv6

LARGEST_ERROR = 1280
BEFORE_QUOTE = 48
"""The headers of IPv6 and of the error."""
NEW_ERRORS = pytest.mark.parametrize("type_", [5, 99, 126])
NEW_INFORMATION = pytest.mark.parametrize("type_", [180, 199, 254])


def unknown(station: Station, type_: int) -> Frame:
    """A message of an unknown type, which quotes a packet of the product's if it is an error."""
    quoted = Frame(destination=b"", source=b"", layers=(_turned(station), station.echo()))
    return station.frame(UnknownIcmpv6(type=type_, data=bytes(4) + quoted.packet))


def _turned(station: Station) -> Any:
    header = station.frame().ip
    assert header
    return type(header)(source=header.destination, destination=header.source)


@both("rfc4443:2.4a-2")
@NEW_ERRORS
@negative
async def test_an_error_of_unknown_type_is_not_answered(tester: Station, type_: int) -> None:
    """An error of unknown type is for the upper layer: nothing is sent, and the product goes on."""
    await tester.send(unknown(tester, type_))
    await tester.expect_nothing()


@both("rfc4443:2.4b-1")
@NEW_INFORMATION
@negative
async def test_information_of_unknown_type_is_discarded_silently(tester: Station, type_: int) -> None:
    """An informational message of unknown type is discarded without a word."""
    await tester.send(unknown(tester, type_))
    await tester.expect_nothing()


async def quoted(tester: Station, stimulus: Stimulus) -> tuple[bytes, Frame]:
    """A packet, and the error about it. Raises Unready."""
    sent = stimulus(tester)[0]
    await tester.send(sent)
    came = await tester.expect_of_any(ERRORS)
    assert isinstance(sent, Frame)
    return sent.packet, came


def told(packet: bytes, found: bytes) -> str:
    """What an error quotes of a packet, for people."""
    if not found or packet.startswith(found):
        return f"its first {len(found)} octets"
    start = packet.find(found[:16]) if len(found) >= 16 else -1
    return f"{len(found)} octets, " + (f"from octet {start} of it on" if start > 0 else "which are not of it")


@both("rfc4443:2.4c-1")
@pytest.mark.parametrize("size", [0, 8, 500, 1000])
@negative
async def test_a_small_packet_is_quoted_whole(tester: Station, size: int) -> None:
    """An error quotes the whole packet where that fits."""
    packet, came = await quoted(tester, lambda station: [unknown_option(station, size)])
    demand(came.invoking == packet, "the whole packet in the error", told(packet, came.invoking or b""))


@both("rfc4443:2.4c-1")
@pytest.mark.parametrize("size", [1168, 1169, 1200, 1436])
@negative
async def test_of_a_large_packet_as_much_is_quoted_as_fits(tester: Station, size: int) -> None:
    """An error quotes of a large packet what makes the error 1280 octets long."""
    packet, came = await quoted(tester, lambda station: [unknown_option(station, size)])
    least = min(len(packet), LARGEST_ERROR - BEFORE_QUOTE)
    found = came.invoking or b""
    same = len(found) >= least and packet.startswith(found[:least])
    demand(same, f"{least} octets of the packet in the error", told(packet, found))


@both("rfc4443:2.4c-2")
@pytest.mark.parametrize("size", [1176, 1177, 1184, 1300, 1436])
@negative
async def test_no_error_is_longer_than_1280_octets(tester: Station, size: int) -> None:
    """An error is at most 1280 octets long, however large the packet that it is about."""
    _, came = await quoted(tester, lambda station: [unknown_option(station, size)])
    demand(came.size <= LARGEST_ERROR, f"an error of at most {LARGEST_ERROR} octets", f"{came.size} octets")
