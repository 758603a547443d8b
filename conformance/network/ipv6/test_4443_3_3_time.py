"""RFC 4443, 3.3: Time Exceeded."""

import pytest

from conformance.engine import lasts, negative

from .bind import both, router
from .fragments import cut, request
from .provide import Station
from .station import error
from .transit import kept_back, through
from .wire import TimeExceeded

LATEST_S = 66
"""When a packet is surely given up, with time for a product whose clock is coarse."""
USED_UP = pytest.mark.parametrize("hop_limit", [0, 1])


@router("rfc4443:3.3-1")
@USED_UP
@negative
async def test_a_used_up_hop_limit_is_reported(tester: Station, far: Station, hop_limit: int) -> None:
    """A packet whose Hop Limit is 0, or becomes 0, is reported to its source by Time Exceeded code 0."""
    wanted = error(TimeExceeded, code=0)
    await tester.provokes(wanted, lambda station: [through(station, far, station.echo(), hop_limit=hop_limit)])


@router("rfc4443:3.3-1")
@USED_UP
@negative
async def test_a_packet_with_a_used_up_hop_limit_goes_no_further(tester: Station, far: Station, hop_limit: int) -> None:
    """A packet whose Hop Limit is 0, or becomes 0, is discarded."""
    await kept_back(tester, far, [through(tester, far, tester.echo(), hop_limit=hop_limit)])


@both("rfc4443:3.3-2")
@lasts(LATEST_S)
@negative
async def test_a_reassembly_given_up_is_code_1(tester: Station) -> None:
    """The code of a Time Exceeded about a reassembly that was given up is 1."""
    await tester.send(cut(tester, request(tester))[0])
    await tester.expect_of_any(error(TimeExceeded, code=1), within_s=LATEST_S)
