"""RFC 4443, 3.4: Parameter Problem."""

from collections.abc import Callable

import pytest

from conformance.engine import negative

from .bind import both
from .fragments import cut, piece, request
from .provide import Station
from .provoking import ERRORS, UNASSIGNED, UNKNOWN
from .station import CHATTER, error
from .wire import DestinationOptions, Frame, PadN, ParameterProblem, Raw, Routing, UnknownOption

PADDED = DestinationOptions(options=(PadN(data=bytes(4)),))
TURNING = Routing(routing_type=UNASSIGNED, segments_left=1)
LONG = UnknownOption(option_type=0x1E, data=bytes(254))
"""An option that nobody knows and that is skipped, of 256 octets."""


def next_header(station: Station) -> Frame:
    """A packet of a protocol that nobody knows, behind a header that is known."""
    return station.frame(PADDED, Raw(data=bytes(8), next_header=UNASSIGNED))


def option(station: Station) -> Frame:
    """An Echo Request with an option that nobody knows."""
    return station.frame(PADDED, UNKNOWN, station.echo())


def routing(station: Station) -> Frame:
    """An Echo Request with a Routing header that cannot be obeyed."""
    return station.frame(PADDED, TURNING, station.echo())


def fragment(station: Station) -> Frame:
    """A fragment by which its packet becomes too large."""
    return piece(cut(station, request(station))[-1], fragment_offset=8191)


FAULTY: dict[str, tuple[Callable[[Station], Frame], int, int]] = {
    "next-header": (next_header, 1, 40),
    "option": (option, 2, 50),
    "routing": (routing, 0, 50),
    "fragment": (fragment, 0, 42),
}
"""What is wrong, and the code and pointer that tell it."""
EACH = pytest.mark.parametrize(("faulty", "code", "pointer"), FAULTY.values(), ids=FAULTY)
EACH_FAULTY = pytest.mark.parametrize("faulty", [made for made, *_ in FAULTY.values()], ids=FAULTY)


@both("rfc4443:3.4-1a")
@pytest.mark.parametrize("faulty", [option, routing], ids=["option", "routing"])
@negative
async def test_a_packet_with_a_faulty_header_is_discarded(tester: Station, faulty: Callable[[Station], Frame]) -> None:
    """A packet that cannot be processed for a fault in a header is discarded."""
    await tester.send(faulty(tester))
    await tester.expect_nothing(passing=CHATTER | ERRORS)


@both("rfc4443:3.4-1b")
@EACH_FAULTY
@negative
async def test_a_packet_with_a_faulty_header_is_reported(tester: Station, faulty: Callable[[Station], Frame]) -> None:
    """A packet that cannot be processed for a fault in a header is reported to its source."""
    await tester.provokes(error(ParameterProblem), lambda station: [faulty(station)])


@both("rfc4443:3.4-2a")
@EACH
@negative
async def test_the_pointer_is_where_the_fault_is(
    tester: Station, faulty: Callable[[Station], Frame], code: int, pointer: int
) -> None:
    """The Pointer is the offset of the octet that is at fault, in the packet as it came."""
    await tester.send(faulty(tester))
    await tester.expect_of_any(error(ParameterProblem, pointer=pointer))


@both("rfc4443:3.4-2b")
@negative
async def test_the_pointer_may_lie_beyond_the_quote(tester: Station) -> None:
    """The Pointer is where the fault is also when the error does not quote the packet as far as that."""
    far_behind = DestinationOptions(options=(*[LONG] * 5, *UNKNOWN.options))
    frame = tester.frame(far_behind, tester.echo())
    await tester.send(frame)
    await tester.expect_of_any(error(ParameterProblem, pointer=42 + 5 * 256))


@both("rfc4443:3.4-2c")
@EACH
@negative
async def test_the_code_tells_the_kind_of_fault(
    tester: Station, faulty: Callable[[Station], Frame], code: int, pointer: int
) -> None:
    """The code is 1 for an unknown next header, 2 for an unknown option, and 0 for what has no code of its own."""
    await tester.send(faulty(tester))
    await tester.expect_of_any(error(ParameterProblem, code=code))
