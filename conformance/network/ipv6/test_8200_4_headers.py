"""RFC 8200, 4, 4.1 and 4.7: extension headers that reach their destination, and next headers that nobody knows."""

import pytest

from conformance.engine import negative

from .bind import both
from .provide import Station
from .station import CHATTER, error, packet, reply_to
from .wire import (
    DestinationOptions,
    EchoReply,
    Fragment,
    Frame,
    HopByHop,
    Layer,
    PadN,
    ParameterProblem,
    Raw,
    Routing,
    UnknownOption,
)

UNASSIGNED = 200
"""A next header, and a type of Routing header, that nobody knows."""
PADDED = DestinationOptions(options=(PadN(data=bytes(4)),))
PASSED = Routing(routing_type=UNASSIGNED)
"""A Routing header that has nothing more to say."""
WHOLE = Fragment(identification=0x8200)
SILENT = DestinationOptions(options=(UnknownOption(option_type=0x7E, data=bytes(4)),))
TOLD = DestinationOptions(options=(UnknownOption(option_type=0xBE, data=bytes(4)),))
TURNING = Routing(routing_type=UNASSIGNED, segments_left=1)
"""A Routing header that has a next stop, which nobody can find."""
UNEVEN = Fragment(identification=0x8200, more=True)
"""With the odd number of octets behind it this is no fragment that anybody may send."""
ODD = b"an odd number"


def problem(code: int, pointer: int) -> object:
    """A Parameter Problem."""
    return error(ParameterProblem, code=code, pointer=pointer)


@both("rfc8200:4-5")
@pytest.mark.parametrize("second", [UNEVEN, TURNING, TOLD], ids=["fragment", "routing", "option"])
@negative
async def test_a_header_that_discards_silently_keeps_the_next_one_silent(tester: Station, second: Layer) -> None:
    """Headers are taken in order: behind one that has the packet discarded silently nothing is reported any more."""
    await tester.send(tester.frame(SILENT, second, tester.echo(ODD)))
    await tester.expect_nothing()


@both("rfc8200:4-5")
@pytest.mark.parametrize("second", [UNEVEN, TURNING, SILENT], ids=["fragment", "routing", "option"])
@negative
async def test_the_first_of_two_faulty_headers_is_reported(tester: Station, second: Layer) -> None:
    """Headers are taken in order: the first faulty one is the one that is told of."""
    await tester.provokes(problem(2, 42), lambda station: [station.frame(TOLD, second, station.echo(ODD))])


@both("rfc8200:4-5")
@negative
async def test_an_option_behind_a_faulty_routing_header_is_not_reported(tester: Station) -> None:
    """Headers are taken in order: a Routing header that ends processing hides an option behind it."""
    await tester.provokes(problem(0, 42), lambda station: [station.frame(TURNING, TOLD, station.echo())])


@both("rfc8200:4-5")
@negative
async def test_an_option_behind_a_faulty_fragment_is_not_reported(tester: Station) -> None:
    """Headers are taken in order: what stands behind a Fragment header waits for the whole packet."""
    behind = tester.echo(b"behind")
    await tester.send(tester.frame(UNEVEN, TOLD, tester.echo(ODD)), tester.frame(behind))
    await tester.expect(reply_to(behind) | problem(0, 4))


async def refused(tester: Station, pointer: int, *headers: Layer) -> None:
    """The packet gets an error about its next header and no answer."""
    wanted = error(ParameterProblem, code=1, pointer=pointer)
    await tester.provokes(wanted, lambda station: [station.frame(*headers, station.echo())])
    await tester.expect_nothing("the packet was answered although an error about it was sent")


@both("rfc8200:4-6")
@negative
async def test_an_unknown_next_header_of_the_ipv6_header_is_reported(tester: Station) -> None:
    """A packet whose IPv6 header names an unknown next header is discarded, and reported with Pointer 6."""
    await refused(tester, 6, Raw(next_header=UNASSIGNED))


@both("rfc8200:4-7")
@pytest.mark.parametrize(
    ("headers", "pointer"),
    [((PADDED,), 40), ((PADDED, PADDED), 48), ((HopByHop(), PADDED), 48), ((PASSED,), 40)],
    ids=["options", "second-header", "behind-hop-by-hop", "routing"],
)
@negative
async def test_an_unknown_next_header_of_another_header_is_reported(
    tester: Station, headers: tuple[Layer, ...], pointer: int
) -> None:
    """A packet with an extension header that names an unknown next header is discarded, and its place reported."""
    await refused(tester, pointer, *headers, Raw(next_header=UNASSIGNED))


@both("rfc8200:4-8")
@pytest.mark.parametrize(
    ("headers", "pointer"),
    [((HopByHop(),), 40), ((PADDED,), 40), ((PASSED, PADDED), 48)],
    ids=["behind-itself", "behind-options", "third"],
)
@negative
async def test_a_late_hop_by_hop_header_is_unknown(tester: Station, headers: tuple[Layer, ...], pointer: int) -> None:
    """Next Header 0 anywhere but in the IPv6 header is treated like an unknown value."""
    await refused(tester, pointer, *headers, HopByHop())


@both("rfc8200:4-10a")
@pytest.mark.parametrize(
    "header", [HopByHop(), WHOLE, PADDED, PASSED], ids=["hop-by-hop", "fragment", "destination-options", "routing"]
)
async def test_a_known_header_is_not_refused(tester: Station, header: Layer) -> None:
    """Each of the four extension headers of this standard is known: none is reported as an unknown next header."""
    request, behind = tester.echo(b"known"), tester.echo(b"behind")
    await tester.send(tester.frame(header, request), tester.frame(behind))
    await tester.expect(reply_to(request) | reply_to(behind))


ORDERS: dict[str, tuple[Layer, ...]] = {
    "recommended": (HopByHop(), PADDED, PASSED, WHOLE, PADDED),
    "three-options": (PADDED, PADDED, PADDED),
    "fragment-first": (WHOLE, PADDED, PASSED),
    "routing-last": (PADDED, WHOLE, PASSED),
    "two-routing": (PASSED, PADDED, PASSED),
}


# A Fragment header inside another one is left out: what it would be good for nobody says, and nodes refuse it.
@both("rfc8200:4.1-3")
@pytest.mark.parametrize("headers", ORDERS.values(), ids=ORDERS)
async def test_headers_are_taken_in_any_order(tester: Station, headers: tuple[Layer, ...]) -> None:
    """The destination processes extension headers in any order and however often they occur."""
    await tester.ping(*headers)


@both("rfc8200:4.7-1")
@pytest.mark.parametrize("headers", [(), (PADDED,)], ids=["ipv6-header", "options"])
@negative
async def test_nothing_follows_no_next_header(tester: Station, headers: tuple[DestinationOptions, ...]) -> None:
    """What stands behind a header with Next Header 59 is ignored, and no error is sent about it."""
    await tester.send(ended(tester, *headers))
    await tester.expect_nothing()


def ended(tester: Station, *headers: DestinationOptions) -> Frame:
    """An Echo Request behind a header that says nothing follows."""
    hidden = tester.frame(*headers, tester.echo())
    at = hidden.offset(hidden.layers[-1])
    return tester.frame(*headers, Raw(data=hidden.packet[at:]))


@both("rfc8200:4.4-1")
@pytest.mark.parametrize("routing_type", [UNASSIGNED, 254])
@pytest.mark.parametrize("size", [4, 20], ids=["short", "long"])
async def test_an_unknown_routing_header_at_its_end_is_ignored(tester: Station, routing_type: int, size: int) -> None:
    """A Routing header of unknown type whose Segments Left is 0 is skipped."""
    await tester.ping(Routing(routing_type=routing_type, data=bytes(size)))


@both("rfc8200:4.4-2")
@pytest.mark.parametrize(("headers", "pointer"), [((), 42), ((PADDED,), 50)], ids=["first", "second"])
@negative
async def test_an_unknown_routing_header_with_segments_left_is_reported(
    tester: Station, headers: tuple[Layer, ...], pointer: int
) -> None:
    """A packet with a Routing header of unknown type that has Segments Left is discarded, and its type reported."""
    await tester.provokes(problem(0, pointer), lambda station: [station.frame(*headers, TURNING, station.echo())])
    await tester.expect_nothing("the packet was answered although an error about it was sent")


@both("rfc8200:8.4-1")
@pytest.mark.parametrize("routing_type", [0, UNASSIGNED])
async def test_a_routing_header_does_not_come_back(tester: Station, routing_type: int) -> None:
    """A reply carries no Routing header made from the one received."""
    request = tester.echo()
    header = Routing(routing_type=routing_type, data=bytes(4) + tester.link_local.packed)
    await tester.send(tester.frame(header, request))
    await tester.expect(packet(EchoReply, data=request.data, layers=_unrouted), passing=CHATTER)


def _unrouted(layers: tuple[Layer, ...]) -> bool:
    """without a Routing header"""
    return not any(isinstance(layer, Routing) for layer in layers)
