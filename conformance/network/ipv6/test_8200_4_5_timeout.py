"""RFC 8200, 4.5: packets that are not complete 60 seconds after the first of their fragments arrived."""

from conformance.engine import Silence, lasts

from .bind import both
from .fragments import cut, request
from .provide import Station
from .station import CHATTER, error
from .wire import TimeExceeded

LIFE_S = 60
LATEST_S = 66
"""When a packet is surely given up, with time for a product whose clock is coarse."""
GIVEN_UP = error(TimeExceeded, code=1)


async def pause(tester: Station, seconds: float) -> None:
    """Nothing comes for so long, unless it is that the packet was given up."""
    until = tester.case.now_s + seconds
    while (left := until - tester.case.now_s) > 0:
        event = await tester.next(passing=CHATTER, within_s=left)
        if not GIVEN_UP.matches(event) and not isinstance(event, Silence):
            raise tester.channel.unexpected(event, Silence | GIVEN_UP)


@both("rfc8200:4.5-15")
@lasts(LATEST_S)
async def test_a_packet_given_up_is_reported(tester: Station) -> None:
    """When a packet is given up whose first fragment has arrived, Time Exceeded code 1 tells its source."""
    await tester.provokes(GIVEN_UP, lambda station: cut(station, request(station))[:1], within_s=LATEST_S)


@both("rfc8200:4.5-16")
@lasts(LATEST_S)
async def test_a_packet_without_its_first_fragment_is_given_up_silently(tester: Station) -> None:
    """When a packet is given up whose first fragment never arrived, nothing is sent."""
    await tester.send(*cut(tester, request(tester))[1:])
    await tester.expect(Silence, within_s=LATEST_S)


@both("rfc8200:4.5-14")
@lasts(LATEST_S)
async def test_a_packet_is_not_completed_after_60_seconds(tester: Station) -> None:
    """All fragments of a packet are discarded when it is not complete after 60 seconds."""
    first, *others = cut(tester, request(tester))
    await tester.send(*others)
    await pause(tester, LATEST_S)
    await tester.send(first)
    await tester.expect_nothing()


@both("rfc8200:4.5-17")
@lasts(LATEST_S)
async def test_later_fragments_do_not_prolong_the_wait(tester: Station) -> None:
    """The 60 seconds count from the fragment that arrived first."""
    first, second, third = cut(tester, request(tester))
    await tester.send(third)
    await pause(tester, LIFE_S - 10)
    await tester.send(second)
    await pause(tester, LATEST_S - LIFE_S + 10)
    await tester.send(first)
    await tester.expect_nothing()
