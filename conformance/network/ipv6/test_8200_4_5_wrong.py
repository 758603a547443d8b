"""RFC 8200, 4.5, RFC 5722 and RFC 7112: fragments that overlap, are too long or too short, or hide the headers."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.engine import negative

from .bind import both
from .fragments import PIECE, cut, piece, request
from .provide import Station
from .station import CHATTER, error, packet, reply_to
from .wire import DestinationOptions, EchoReply, EchoRequest, Frame, Icmpv6Error, ParameterProblem, Raw, fragments

UNEVEN = error(ParameterProblem, code=0, pointer=4)
TOO_LONG = error(ParameterProblem, code=0, pointer=42)
HEADERLESS = error(ParameterProblem, code=3, pointer=0)
LAST_OFFSET = 8191
ERRORS = packet(Icmpv6Error)
REPLIES = packet(EchoReply)


def uneven(station: Station, number: int | None = None) -> Frame:
    """A fragment that says more follow and has 12 octets, where only the last may have no multiple of 8."""
    first, *_ = cut(station, request(station), identification=number)
    return piece(replace(first, layers=(*first.layers[:-1], Raw(data=bytes(12), next_header=58))), fragment_offset=2)


@both("rfc8200:4.5-18b")
@negative
async def test_an_uneven_fragment_is_reported(tester: Station) -> None:
    """A fragment with M = 1 whose data are no multiple of 8 octets is reported at Payload Length."""
    await tester.provokes(UNEVEN, lambda station: [uneven(station)])


@both("rfc8200:4.5-18a")
@negative
async def test_an_uneven_fragment_does_not_stay(tester: Station) -> None:
    """A fragment with M = 1 whose data are no multiple of 8 octets is discarded: whole ones like it can be joined."""
    asked, number = request(tester), tester.case.rng.getrandbits(32)
    await tester.send(uneven(tester, number), *cut(tester, asked, identification=number))
    await tester.expect(reply_to(asked), passing=CHATTER | UNEVEN)


@both("rfc8200:4.5-18a")
@negative
async def test_an_uneven_fragment_is_not_cut_to_fit(tester: Station) -> None:
    """A fragment with M = 1 whose data are no multiple of 8 octets is discarded, and not shortened to one that is."""
    asked = request(tester)
    first, second, third = cut(tester, asked)
    data: Any = second.layers[-1]
    too_much = replace(second, layers=(*second.layers[:-1], replace(data, data=data.data + b"more")))
    await tester.send(first, too_much, third)
    await tester.expect_nothing(passing=CHATTER | UNEVEN)


def too_long(station: Station, number: int | None = None) -> Frame:
    """A fragment that ends beyond 65535 octets."""
    *_, last = cut(station, request(station), identification=number)
    return piece(last, fragment_offset=LAST_OFFSET)


@both("rfc8200:4.5-19b")
@negative
async def test_a_fragment_beyond_the_longest_packet_is_reported(tester: Station) -> None:
    """A fragment by which the packet would exceed 65535 octets is reported at the Fragment Offset."""
    await tester.provokes(TOO_LONG, lambda station: [too_long(station)])


@both("rfc8200:4.5-19a")
@negative
async def test_a_fragment_beyond_the_longest_packet_does_not_stay(tester: Station) -> None:
    """A fragment by which the packet would exceed 65535 octets is discarded: ones that fit can be joined."""
    asked, number = request(tester), tester.case.rng.getrandbits(32)
    await tester.send(too_long(tester, number), *cut(tester, asked, identification=number))
    await tester.expect(reply_to(asked), passing=CHATTER | TOO_LONG)


def headerless(station: Station, asked: EchoRequest) -> tuple[Frame, ...]:
    """Two fragments of which the first holds only headers in front of the Echo Request."""
    whole = station.frame(DestinationOptions(), DestinationOptions(), asked)
    return fragments(whole, [PIECE], station.case.rng.getrandbits(32), behind=1)


@both("rfc8200:4.5-20", "rfc7112:5-2b")
@negative
async def test_a_first_fragment_without_all_headers_is_reported(tester: Station) -> None:
    """A first fragment that lacks the upper-layer header is reported by Parameter Problem code 3."""
    await tester.provokes(HEADERLESS, lambda station: headerless(station, request(station))[:1])


@both("rfc8200:4.5-20", "rfc7112:5-2a")
@negative
async def test_a_first_fragment_without_all_headers_is_discarded(tester: Station) -> None:
    """A first fragment that lacks the upper-layer header is discarded, so that its packet is never complete."""
    await tester.send(*headerless(tester, request(tester)))
    await tester.expect_nothing(passing=CHATTER | ERRORS)


@both("rfc7112:5-4")
@negative
async def test_an_error_about_missing_headers_is_code_3(tester: Station) -> None:
    """An error about a first fragment that lacks the upper-layer header is Parameter Problem code 3 with Pointer 0."""
    behind = tester.echo(b"behind")
    await tester.send(headerless(tester, request(tester))[0], tester.frame(behind))
    await tester.expect(HEADERLESS | reply_to(behind))


def overlapping(station: Station, start: int, end: int) -> tuple[EchoRequest, list[Frame]]:
    """A packet in three fragments, with a fourth before the last that repeats the octets from `start` to `end`."""
    asked = request(station, 40)
    first, second, third = cut(station, asked)
    data = b"".join(frame.layers[-1].data for frame in (first, second, third))  # type: ignore[attr-defined]
    again = replace(second, layers=(*second.layers[:-1], Raw(data=data[start:end], next_header=58)))
    return asked, [first, second, piece(again, fragment_offset=start // 8), third]


OVERLAPS = pytest.mark.parametrize(
    ("start", "end"),
    [(8, 24), (24, 40), (0, 8), (8, 32)],
    ids=["across", "into-the-last", "within-the-first", "around"],
)


@both("rfc8200:4.5-21a", "rfc5722:4-1")
@OVERLAPS
@negative
async def test_overlapping_fragments_are_not_joined(tester: Station, start: int, end: int) -> None:
    """When fragments overlap, all that were received of the packet are discarded."""
    _, frames = overlapping(tester, start, end)
    await tester.send(*frames)
    await tester.expect_nothing(passing=CHATTER | ERRORS)


@both("rfc8200:4.5-21b", "rfc5722:4-1")
@OVERLAPS
@negative
async def test_overlapping_fragments_are_not_reported(tester: Station, start: int, end: int) -> None:
    """That fragments overlap causes no error message."""
    asked, frames = overlapping(tester, start, end)
    await tester.send(*frames)
    await tester.expect_nothing(passing=CHATTER | reply_to(asked))


@both("rfc5722:4-2")
@negative
async def test_fragments_behind_an_overlap_are_discarded(tester: Station) -> None:
    """Fragments that arrive after an overlap was found complete nothing that arrived before."""
    _, frames = overlapping(tester, 24, 40)
    await tester.send(*frames)
    await tester.expect_nothing(passing=CHATTER | ERRORS)
