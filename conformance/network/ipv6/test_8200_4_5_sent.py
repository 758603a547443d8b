"""RFC 8200, 4.5, and RFC 7112: the fragments that the product makes of a reply too large for the path."""

from itertools import pairwise
from typing import Any

from .bind import both
from .fragments import LEAST_MTU, fragmented
from .provide import Station
from .station import demand
from .wire import DestinationOptions, EchoReply, Fragment, Frame, HopByHop, Layer, Raw, Routing
from .wire.layers import ICMPV6

UNIT_OCTETS = 8
ECHO_OCTETS = 8
REPLIES = 8


def head(frame: Frame) -> Fragment:
    """The Fragment header of a fragment."""
    assert frame.fragment
    return frame.fragment


def part(frame: Frame) -> bytes:
    """What a fragment carries of the packet."""
    last = frame.layers[-1]
    return last.data if isinstance(last, Raw) else b""


def front(frame: Frame) -> tuple[Layer, ...]:
    """The layers in front of the Fragment header."""
    return frame.layers[: next(i for i, layer in enumerate(frame.layers) if isinstance(layer, Fragment))]


def spans(frames: list[Frame]) -> list[tuple[int, int]]:
    """Where each fragment begins and ends in the packet, in octets, in order."""
    starts = [(head(frame).fragment_offset * UNIT_OCTETS, len(part(frame))) for frame in frames]
    return sorted((start, start + size) for start, size in starts)


@both("rfc8200:4.5-1b")
async def test_reserved_fields_of_fragments_are_zero(tester: Station) -> None:
    """The reserved octet and bits of a Fragment header are sent as zero."""
    reserved = [(head(frame).reserved, head(frame).res) for frame in await fragmented(tester)]
    demand(all(each == (0, 0) for each in reserved), "reserved fields of 0 in each fragment", reserved)


@both("rfc8200:4.5-2")
async def test_fragmented_packets_differ_in_identification(tester: Station) -> None:
    """Packets that the product fragments one after the other have different Identifications."""
    numbers = [head((await fragmented(tester))[0]).identification for _ in range(REPLIES)]
    demand(len(set(numbers)) == REPLIES, f"{REPLIES} different Identifications", numbers)


@both("rfc8200:4.5-3")
async def test_each_fragment_carries_the_same_headers_in_front(tester: Station) -> None:
    """In front of the Fragment header stand, in each fragment, the headers up to Routing or Hop-by-Hop Options."""
    fronts = [front(frame) for frame in await fragmented(tester)]
    kinds = [[type(layer).TITLE for layer in layers] for layers in fronts]
    demand(len({tuple(each) for each in kinds}) == 1, "the same headers in front of each fragment", kinds)
    last = fronts[0][-1]
    demand(not isinstance(last, DestinationOptions), "Destination Options in front of a Routing header only", kinds)
    extras = [[layer for layer in layers if isinstance(layer, HopByHop | Routing)] for layers in fronts]
    demand(all(each == extras[0] for each in extras), "the same headers in front of each fragment", extras)


@both("rfc8200:4.5-4a")
async def test_all_fragments_but_the_last_are_multiples_of_8_octets(tester: Station) -> None:
    """Each fragment but the last carries a multiple of 8 octets."""
    *others, _ = sorted(await fragmented(tester), key=lambda frame: head(frame).fragment_offset)
    sizes = [len(part(frame)) for frame in others]
    demand(all(size % UNIT_OCTETS == 0 for size in sizes), "multiples of 8 octets", sizes)


@both("rfc8200:4.5-4b")
async def test_fragments_fit_into_the_path(tester: Station) -> None:
    """Each fragment packet fits into the path MTU."""
    sizes = [frame.size for frame in await fragmented(tester)]
    demand(max(sizes) <= LEAST_MTU, f"packets of at most {LEAST_MTU} octets", sizes)


@both("rfc8200:4.5-5")
async def test_fragments_say_what_they_are_part_of(tester: Station) -> None:
    """The first fragment has offset 0, all but the last say that more follow, all say of what packet they are."""
    frames = sorted(await fragmented(tester), key=lambda frame: head(frame).fragment_offset)
    demand(head(frames[0]).fragment_offset == 0, "a fragment at offset 0", [head(f).fragment_offset for f in frames])
    more = [head(frame).more for frame in frames]
    demand(more == [True] * (len(more) - 1) + [False], "More Fragments in all but the last", more)
    packets = {(head(frame).identification, _next_header(frame)) for frame in frames}
    demand(len(packets) == 1, "the same Identification and Next Header in all", packets)


def _next_header(frame: Frame) -> Any:
    """The Next Header of the Fragment header."""
    last = frame.layers[-1]
    return last.NUMBER if head(frame).next_header is None else head(frame).next_header


@both("rfc8200:4.5-6", "rfc7112:5-1")
async def test_the_first_fragment_holds_all_headers(tester: Station) -> None:
    """The first fragment holds all headers up to that of the upper layer."""
    first = min(await fragmented(tester), key=lambda frame: head(frame).fragment_offset)
    data = part(first)
    whole = _next_header(first) == ICMPV6 and len(data) >= ECHO_OCTETS and data[0] == EchoReply.type
    got = f"next header {_next_header(first)}, {len(data)} octets from {data[:8].hex()} on"
    demand(whole, "the header of the Echo Reply in the first fragment", got)


@both("rfc8200:4.5-7")
async def test_fragments_do_not_overlap(tester: Station) -> None:
    """The fragments that the product makes of one packet do not overlap."""
    places = spans(await fragmented(tester))
    apart = all(end <= start for (_, end), (start, _) in pairwise(places))
    demand(apart, "fragments that do not overlap", places)
