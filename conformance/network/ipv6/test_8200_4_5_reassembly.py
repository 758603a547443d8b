"""RFC 8200, 4.5, and RFC 6946: packets in fragments, as they may come, are put together and answered."""

import pytest

from .bind import both
from .fragments import cut, piece, replies, request
from .provide import Station
from .station import CHATTER, error, reply_to
from .wire import (
    DestinationOptions,
    EchoRequest,
    Fragment,
    Frame,
    HopByHop,
    Ipv6,
    Layer,
    ParameterProblem,
    UnknownOption,
)

SKIPPED = DestinationOptions()
LONG = DestinationOptions(options=(UnknownOption(option_type=0x1E, data=bytes(20)),))
NO_NEXT_HEADER = 59


def behind(headers: tuple[Layer, ...], frame: Frame) -> Frame:
    """The same fragment with more headers in front of its Fragment header."""
    at = next(i for i, layer in enumerate(frame.layers) if isinstance(layer, Fragment))
    layers = (*frame.layers[:at], *headers, *frame.layers[at:])
    return Frame(destination=frame.destination, source=frame.source, layers=layers)


@both("rfc8200:4.5-9")
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)], ids=["in-order", "reverse", "mixed"])
async def test_fragments_are_joined_in_any_order(tester: Station, order: tuple[int, ...]) -> None:
    """Fragments are put together by their offsets, in whatever order they arrive."""
    asked = request(tester, 60)
    frames = cut(tester, asked, pieces=4)
    await tester.send(*(frames[i] for i in order))
    await tester.expect_reply(asked)


@both("rfc8200:4.5-1a")
@pytest.mark.parametrize(("reserved", "res"), [(0xFF, 0), (0, 3), (0xA5, 1)], ids=["octet", "bits", "both"])
async def test_reserved_fields_of_a_fragment_are_ignored(tester: Station, reserved: int, res: int) -> None:
    """What stands in the reserved octet and bits of a received Fragment header does not matter."""
    asked = request(tester)
    await tester.send(*(piece(frame, reserved=reserved, res=res) for frame in cut(tester, asked)))
    await tester.expect_reply(asked)


Pieces = tuple[EchoRequest, list[Frame]]


async def apart(tester: Station, first: Pieces, second: Pieces) -> None:
    """Two packets whose fragments arrive in turn are both answered."""
    for pair in zip(first[1], second[1], strict=True):
        await tester.send(*pair)
    await replies(tester, first[0], second[0])


@both("rfc8200:4.5-8")
async def test_fragments_of_different_identification_are_kept_apart(tester: Station) -> None:
    """Fragments with another Identification belong to another packet."""
    one, two = request(tester), request(tester)
    await apart(tester, (one, cut(tester, one)), (two, cut(tester, two)))


@both("rfc8200:4.5-8")
async def test_fragments_from_different_sources_are_kept_apart(tester: Station) -> None:
    """Fragments from another source address belong to another packet."""
    one, two = request(tester), request(tester)
    other = await tester.another()
    number = tester.case.rng.getrandbits(32)
    theirs = cut(tester, two, identification=number, source=other.link_local)
    for pair in zip(cut(tester, one, identification=number), theirs, strict=True):
        await tester.send(*pair)
    await tester.expect_reply(one)
    await other.expect_reply(two)


@both("rfc8200:4.5-8")
async def test_fragments_to_different_destinations_are_kept_apart(tester: Station) -> None:
    """Fragments to another destination address belong to another packet."""
    await tester.greet(to=tester.product.address)
    one, two = request(tester), request(tester)
    number = tester.case.rng.getrandbits(32)
    near = cut(tester, one, identification=number, source=tester.address, to=tester.product.link_local)
    wide = cut(tester, two, identification=number, source=tester.address, to=tester.product.address)
    await apart(tester, (one, near), (two, wide))


@both("rfc8200:4.5-10")
async def test_the_first_fragment_says_what_the_packet_is(tester: Station) -> None:
    """The next header of the whole packet is that of the fragment at offset 0, also if it arrives last."""
    asked = request(tester)
    first, *others = cut(tester, asked)
    await tester.send(*(piece(frame, next_header=NO_NEXT_HEADER) for frame in others), first)
    await tester.expect_reply(asked)


@both("rfc8200:4.5-11")
@pytest.mark.parametrize("longer", [0, 2], ids=["first", "last"])
@pytest.mark.parametrize("kind", [HopByHop, DestinationOptions], ids=["hop-by-hop", "destination"])
async def test_headers_in_front_do_not_count_into_the_length(
    tester: Station, longer: int, kind: type[HopByHop | DestinationOptions]
) -> None:
    """The length of the whole packet follows from first and last fragment, whatever stands in front of each."""
    asked = request(tester, 45)
    frames = cut(tester, asked)
    frames[longer] = behind((kind(options=LONG.options),), frames[longer])
    await tester.send(*frames)
    await tester.expect_reply(asked)


@both("rfc8200:4.5-12a")
async def test_a_header_in_front_of_a_fragment_is_processed_at_once(tester: Station) -> None:
    """Headers in front of a Fragment header are processed when it arrives, also when the packet is never completed."""
    wrong = DestinationOptions(options=(UnknownOption(option_type=0xBE, data=bytes(4)),))
    await tester.provokes(
        error(ParameterProblem, code=2, pointer=42),
        lambda station: [behind((wrong,), cut(station, request(station))[1])],
    )


@both("rfc8200:4.5-12b")
@pytest.mark.parametrize("at", [0, 1, 2], ids=["first", "middle", "last"])
async def test_headers_in_front_may_differ(tester: Station, at: int) -> None:
    """What stands in front of the Fragment header may differ between the fragments of a packet."""
    asked = request(tester)
    frames = cut(tester, asked)
    frames[at] = behind((SKIPPED,), frames[at])
    await tester.send(*frames)
    await tester.expect_reply(asked)


@both("rfc8200:4.5-23")
@pytest.mark.parametrize(
    "fields",
    [{"traffic_class": 0xB8}, {"flow_label": 0x12344}, {"hop_limit": 63}],
    ids=["traffic-class", "flow-label", "hop-limit"],
)
async def test_fields_of_the_ipv6_header_may_differ(tester: Station, fields: dict[str, int]) -> None:
    """That the fragments of a packet differ in fields of the IPv6 header is no error; the ECN bits, which have rules of
    their own (RFC 3168, 5.3), stay the same here.
    """
    asked = request(tester)
    first, second, third = cut(tester, asked)
    await tester.send(first, second.changed(Ipv6, **fields), third)
    await tester.expect_reply(asked)


@both("rfc8200:4.5-23")
async def test_the_next_header_of_fragments_may_differ(tester: Station) -> None:
    """That the fragments of a packet differ in Next Header is no error."""
    asked = request(tester)
    first, second, third = cut(tester, asked)
    await tester.send(first, piece(second, next_header=17), third)
    await tester.expect_reply(asked)


@both("rfc8200:4.5-13")
async def test_an_atomic_fragment_is_a_whole_packet(tester: Station) -> None:
    """A fragment at offset 0 that says no more follow is a complete packet."""
    await tester.ping(Fragment(identification=tester.case.rng.getrandbits(32)))


@both("rfc8200:4.5-13", "rfc6946:4-1")
async def test_an_atomic_fragment_is_processed_beside_others(tester: Station) -> None:
    """An atomic fragment has nothing to do with fragments that wait, though addresses and Identification are theirs."""
    number = tester.case.rng.getrandbits(32)
    first, *_ = cut(tester, request(tester), identification=number)
    await tester.send(first)
    await tester.ping(Fragment(identification=number))


@both("rfc6946:4-2")
async def test_an_atomic_fragment_leaves_waiting_ones_alone(tester: Station) -> None:
    """Fragments that wait for others are not discarded because an atomic fragment like them arrives."""
    number = tester.case.rng.getrandbits(32)
    asked, alone = request(tester), tester.echo(b"atomic")
    first, *others = cut(tester, asked, identification=number)
    await tester.send(first, tester.frame(Fragment(identification=number), alone), *others)
    await tester.expect(reply_to(asked), passing=CHATTER | reply_to(alone))
