"""RFC 4861, 6.2.1, 6.2.4 and 6.2.6: how often a router advertises itself unasked."""

import itertools

from conformance.engine import Unready, check, lasts, uses

from .advertised import (
    ANSWERED_S,
    LATE_S,
    TO_ALL,
    first_advertisement,
    intervals_s,
    solicitation,
    times_s,
)
from .bind import router
from .next_hops import idle
from .provide import Fresh
from .station import UNSPECIFIED

pytestmark = uses("product", exclusive=True)
GAPS = 7
INITIAL = 3
"""MAX_INITIAL_RTR_ADVERTISEMENTS (10)."""
INITIAL_S = 16.0
"""MAX_INITIAL_RTR_ADVERT_INTERVAL (10)."""
SHORT_S = 8.0
"""MaxRtrAdvInterval up to which so many gaps are watched."""
LONG_S = 20.0
"""The same where one gap is."""
SAME_S = 0.02
TICK_S = 0.1
DEFAULT_LEAST_S, DEFAULT_MOST_S = 198.0, 600.0


def gaps(times: list[float]) -> list[float]:
    """The times between advertisements, those of the first three left out, which may come sooner."""
    return [after - before for before, after in itertools.pairwise(times)][INITIAL - 1 :]


def listed(seconds: list[float]) -> str:
    return ", ".join(f"{each:.2f} s" for each in seconds)


@router("rfc4861:6.2.4-2a")
@lasts(GAPS * SHORT_S)
async def test_the_gaps_lie_between_the_intervals(fresh: Fresh) -> None:
    """The time between unsolicited advertisements lies between MinRtrAdvInterval and MaxRtrAdvInterval."""
    least_s, most_s = intervals_s(fresh.case, SHORT_S)
    found = gaps(await times_s(fresh, GAPS, most_s))
    good = least_s - TICK_S <= min(found) and max(found) <= most_s + LATE_S
    expected = f"{least_s:g} to {most_s:g} s"
    check(good, "a gap lies beyond the intervals", expected=expected, got=listed(found), timing=TICK_S)


@router("rfc4861:6.2.6-4")
@lasts(GAPS * SHORT_S)
async def test_advertisements_do_not_come_too_often(fresh: Fresh) -> None:
    """Unsolicited advertisements to all nodes are not sent more often than MinRtrAdvInterval allows."""
    least_s, most_s = intervals_s(fresh.case, SHORT_S)
    found = gaps(await times_s(fresh, GAPS, 3 * most_s))
    good = least_s - TICK_S <= min(found)
    check(good, "a gap is too short", expected=f"{least_s:g} s or more", got=listed(found), timing=TICK_S)


@router("rfc4861:6.2.4-2b")
@lasts(GAPS * SHORT_S)
async def test_the_gaps_are_drawn_at_random(fresh: Fresh) -> None:
    """The time between unsolicited advertisements is drawn at random each time."""
    _, most_s = intervals_s(fresh.case, SHORT_S)
    found = gaps(await times_s(fresh, GAPS, 3 * most_s))
    good = max(found) - min(found) > SAME_S
    check(good, "the gaps are all the same", expected="gaps that differ", got=listed(found))


@router("rfc4861:6.2.4-3")
@lasts(INITIAL * INITIAL_S)
async def test_the_first_advertisements_come_soon(fresh: Fresh) -> None:
    """The first three advertisements of an interface that begins to advertise are at most 16 s apart."""
    await fresh.up()
    await first_advertisement(fresh)
    for _ in range(INITIAL - 1):
        await fresh.sees(TO_ALL, within_s=INITIAL_S + LATE_S, why="the first advertisements are more than 16 s apart")


# Default intervals (6.2.1). These take as long as the default intervals are.


@router("rfc4861:6.2.1-3b")
@lasts(DEFAULT_MOST_S + INITIAL * INITIAL_S)
async def test_no_gap_is_longer_than_ten_minutes(fresh: Fresh) -> None:
    """MaxRtrAdvInterval is 600 s by default."""
    await times_s(fresh, INITIAL, DEFAULT_MOST_S)


@router("rfc4861:6.2.1-4b")
@lasts(DEFAULT_MOST_S + INITIAL * INITIAL_S)
async def test_no_gap_is_shorter_than_a_third_of_ten_minutes(fresh: Fresh) -> None:
    """MinRtrAdvInterval is by default a third of MaxRtrAdvInterval, which is 600 s."""
    found = gaps(await times_s(fresh, INITIAL, 3 * DEFAULT_MOST_S))
    good = min(found) >= DEFAULT_LEAST_S - TICK_S
    check(good, "a gap is too short", expected=f"{DEFAULT_LEAST_S:g} s or more", got=listed(found))


@router("rfc4861:6.2.4-2c")
@lasts(INITIAL * INITIAL_S + 2 * LONG_S + ANSWERED_S)
async def test_a_solicited_advertisement_to_all_begins_the_interval_anew(fresh: Fresh) -> None:
    """An advertisement to all nodes that answers a solicitation starts the timer of the unsolicited ones anew."""
    least_s, most_s = intervals_s(fresh.case, LONG_S)
    if least_s < 2 * ANSWERED_S:
        fresh.case.not_applicable(
            "MinRtrAdvInterval is so short that an answer and the timer cannot be told apart",
            "MinRtrAdvInterval 过短，无法区分应答与定时通告",
        )
    usual = gaps(await times_s(fresh, INITIAL, 3 * most_s))
    if not all(least_s - TICK_S <= each_s <= most_s + LATE_S for each_s in usual):
        raise Unready(f"the router does not keep its intervals: {listed(usual)}")
    await idle(fresh, least_s - ANSWERED_S)
    station = fresh.station()
    await station.send(solicitation(station, source=UNSPECIFIED, options=()))
    await fresh.sees(TO_ALL, within_s=ANSWERED_S, why="a Router Solicitation from nobody is not answered")
    asked_s = fresh.watch.arrived_at_s
    await fresh.sees(TO_ALL, within_s=most_s + LATE_S + 1)
    gap_s = fresh.watch.arrived_at_s - asked_s
    good = gap_s >= least_s - TICK_S
    check(good, "the timer was not started anew", expected=f"{least_s:g} s", got=f"{gap_s:.2f} s", timing=TICK_S)
