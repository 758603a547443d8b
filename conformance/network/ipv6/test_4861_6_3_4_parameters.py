"""RFC 4861, 6.3.2 and 6.3.4: hop limit, timers and MTU that a host takes from advertisements."""

import pytest

from conformance.engine import Silence, Unready, check, lasts, negative, outcome, uses

from .bind import both, host
from .fragments import reply_in_pieces, request
from .next_hops import another, served
from .provide import Fresh, Neighbour
from .resolving import LATE_S, PROBED_S, RETRANS_LEAST_S, RETRANS_S, UNPROBED_S
from .router import Router
from .wire import MtuOption, fragments

pytestmark = uses("product", exclusive=True)
DATA_OCTETS = 1400
BASE_MS = 2000
"""A reachable time so short that no host's own default comes near it: it ends after 1 to 3 s."""
BASE_ENDS_S = 1.5 * 2.5
OTHER_BASE_MS = 2500
RETRANS_MS = 3000
OTHER_RETRANS_MS = 2500
LEAST_S, MOST_S = 15.0, 45.0
"""Half and one and a half of REACHABLE_TIME (10), 30 s."""
CUT = 40 * 16


async def hop_limit(router: Router) -> int:
    """The hop limit of what the host sends."""
    frame = await router.ping()
    assert frame.ip
    return frame.ip.hop_limit


async def learnt(router: Router, limit: int) -> None:
    """The host takes a hop limit; one that takes none, which other cases judge, has nothing to show here."""
    await router.advertise(cur_hop_limit=limit)
    if await hop_limit(router) != limit:
        router.case.not_applicable("the host takes no hop limit from advertisements", "主机不采用路由通告中的跳数限制")


def neighbour_of(alone: Fresh) -> Neighbour:
    """A neighbour of which the product knows nothing."""
    return Neighbour(alone.case, alone.lan, alone.node, name="neighbour")


async def gap_between_solicitations_s(alone: Fresh, least_s: float) -> float:
    """How long the product waits before it asks again for a neighbour that does not answer."""
    neighbour = neighbour_of(alone)
    await neighbour.incomplete()
    first_s = neighbour.channel.arrived_at_s
    await neighbour.ready(neighbour.asks(), passing=neighbour.others, within_s=least_s + LATE_S)
    return neighbour.channel.arrived_at_s - first_s


async def usual_gap(alone: Fresh) -> None:
    """As long as no router has said otherwise, the gap is a second. Raises Unready."""
    if await gap_between_solicitations_s(alone, RETRANS_S) < RETRANS_LEAST_S:
        raise Unready("the product does not wait a second between solicitations")


@host("rfc4861:6.3.4-7")
@pytest.mark.parametrize("value", [1, 99, 255])
async def test_the_hop_limit_is_taken(alone: Fresh, value: int) -> None:
    """What the host sends has the Cur Hop Limit of the advertisement."""
    router = await served(alone)
    await router.advertise(cur_hop_limit=value)
    got = await hop_limit(router)
    check(got == value, "the hop limit of the advertisement is not used", expected=value, got=got)


@host("rfc4861:6.3.4-2")
async def test_the_latest_value_counts(alone: Fresh) -> None:
    """Of a parameter that can have but one value, the latest counts, whichever router it is from."""
    first = await served(alone)
    await learnt(first, 37)
    second = await another(alone, cur_hop_limit=51)
    got = await hop_limit(second)
    check(got == 51, "an earlier hop limit is used", expected=51, got=got)
    await first.advertise(cur_hop_limit=42)
    got = await hop_limit(first)
    check(got == 42, "an earlier hop limit is used", expected=42, got=got)


# Zero is no value (6.3.4).


@host("rfc4861:6.3.4-3")
async def test_a_hop_limit_of_0_changes_nothing(alone: Fresh) -> None:
    """A Cur Hop Limit of 0 leaves the host at the one that it has learnt before."""
    router = await served(alone)
    await learnt(router, 37)
    await router.advertise(cur_hop_limit=0)
    got = await hop_limit(router)
    check(got == 37, "a hop limit of 0 changed what the host uses", expected=37, got=got)


@host("rfc4861:6.3.4-3")
@lasts(RETRANS_S + RETRANS_MS / 1000)
async def test_a_retrans_timer_of_0_changes_nothing(alone: Fresh) -> None:
    """A Retrans Timer of 0 leaves the host at the one that it has learnt before."""
    router = await served(alone)
    await usual_gap(alone)
    await router.advertise(retrans_timer=OTHER_RETRANS_MS)
    await router.advertise(retrans_timer=0)
    got_s = await gap_between_solicitations_s(alone, OTHER_RETRANS_MS / 1000)
    good = 1000 * got_s >= 0.9 * OTHER_RETRANS_MS
    check(good, "a Retrans Timer of 0 changed it", expected="2.5 s", got=f"{got_s:.2f} s", timing=True)


@host("rfc4861:6.3.4-3")
@lasts(BASE_ENDS_S + PROBED_S + 1)
async def test_a_reachable_time_of_0_changes_nothing(alone: Fresh) -> None:
    """A Reachable Time of 0 leaves the host at the one that it has learnt before."""
    router = await served(alone)
    await router.advertise(reachable_time=OTHER_BASE_MS)
    await router.advertise(reachable_time=0)
    await _stale_after(alone, BASE_ENDS_S, "a Reachable Time of 0 changed it")


async def _stale_after(alone: Fresh, seconds: float, why: str) -> None:
    """A neighbour that was reachable is so no more when so many seconds have passed: its use has it probed.

    When the probe comes is not judged here: some hosts count the use before as well.
    """
    neighbour = neighbour_of(alone)
    await neighbour.reachable()
    probe = outcome(neighbour.asks())
    event = await neighbour.next(passing=neighbour.others, until=probe, within_s=seconds + 0.5)
    for wait_s in (0.5, PROBED_S):
        if isinstance(event, Silence):
            await neighbour.use()
            event = await neighbour.next(passing=neighbour.others, until=probe, within_s=wait_s)
    if not probe.matches(event):
        raise neighbour.channel.unexpected(event, probe, why)


# Timers.


@host("rfc4861:6.3.4-8")
@lasts(BASE_ENDS_S + PROBED_S + 1)
async def test_the_reachable_time_is_taken(alone: Fresh) -> None:
    """From the Reachable Time of an advertisement follows how long a neighbour counts as reachable."""
    router = await served(alone)
    await router.advertise(reachable_time=BASE_MS)
    await _stale_after(alone, BASE_ENDS_S, "the Reachable Time of the advertisement is not used")


@host("rfc4861:6.3.4-9")
@lasts(RETRANS_S + RETRANS_MS / 1000)
async def test_the_retrans_timer_is_taken(alone: Fresh) -> None:
    """The Retrans Timer of an advertisement is the time between solicitations."""
    router = await served(alone)
    await usual_gap(alone)
    await router.advertise(retrans_timer=RETRANS_MS)
    got_s = await gap_between_solicitations_s(alone, RETRANS_MS / 1000)
    good = 1000 * got_s >= 0.9 * RETRANS_MS
    check(good, "the Retrans Timer is not used", expected="3 s", got=f"{got_s:.2f} s", timing=True)


@both("rfc4861:6.3.2-1a")
@lasts(LEAST_S + UNPROBED_S)
async def test_a_neighbour_is_reachable_for_half_the_base_time(alone: Fresh) -> None:
    """A neighbour counts as reachable for at least half of the base reachable time, which is 30 s unless told."""
    neighbour = neighbour_of(alone)
    await neighbour.reachable()
    await neighbour.expect_unasked(LEAST_S - 1)
    await neighbour.shows_reachable(why="a neighbour is not reachable for half of the base reachable time")


@both("rfc4861:6.3.2-1a")
@lasts(MOST_S + PROBED_S)
async def test_a_neighbour_is_reachable_for_one_and_a_half_of_the_base_time(alone: Fresh) -> None:
    """A neighbour counts as reachable for at most one and a half of the base reachable time."""
    neighbour = neighbour_of(alone)
    await neighbour.reachable()
    await neighbour.expect_unasked(MOST_S + 1)
    await neighbour.shows_stale(why="a neighbour is reachable for more than one and a half of the base reachable time")


# The MTU.


async def sizes(router: Router, data_octets: int = DATA_OCTETS) -> list[int]:
    """The sizes of the packets in which the host answers with so much data."""
    asked = request(router, data_octets)
    frame = router.frame(asked)
    whole = frame.size <= router.segment.mtu
    parts = (frame,) if whole else fragments(frame, range(CUT, frame.size - 40, CUT), router.case.rng.getrandbits(32))
    await router.send(*parts)
    return [each.size for each in await reply_in_pieces(router, asked)]


async def ready_sizes(router: Router, data_octets: int = DATA_OCTETS, *, most: int | None = None) -> None:
    """The host answers with so much data, in packets that are no larger. Raises Unready."""
    got = await sizes(router, data_octets)
    if not got or max(got) > (most or router.segment.mtu):
        raise Unready(f"the host answers {data_octets} octets with packets of {got or 'nothing'}")


@host("rfc4861:6.3.4-13")
@pytest.mark.parametrize("mtu", [1300, 1400])
async def test_the_mtu_is_taken(alone: Fresh, mtu: int) -> None:
    """An MTU from 1280 up to that of the link is used for what the host sends."""
    router = await served(alone)
    await ready_sizes(router)
    await router.advertise(mtu=mtu)
    await sizes(router)  # a first packet may still go by what was known of the path
    got = await sizes(router)
    check(got and max(got) <= mtu, "the MTU is not used", expected=f"packets of at most {mtu} octets", got=got)


@host("rfc4861:6.3.4-13")
@pytest.mark.parametrize("mtu", [1000, 1279])
@negative
async def test_an_mtu_below_the_least_is_not_used(alone: Fresh, mtu: int) -> None:
    """An MTU below 1280 is not used: large packets stay whole."""
    router = await served(alone)
    if len(before := await sizes(router)) != 1:
        raise Unready(f"the host answers {DATA_OCTETS} octets with packets of {before or 'nothing'}")
    await router.send(router.advertised(options=(MtuOption(mtu=mtu),)))
    got = await sizes(router)
    check(len(got) == 1, "an MTU below 1280 is used", expected="one packet", got=got)


@host("rfc4861:6.3.4-13")
@pytest.mark.parametrize("more", [100, 7500])
@negative
async def test_an_mtu_above_that_of_the_link_is_not_used(alone: Fresh, more: int) -> None:
    """An MTU above the greatest of the link is not used."""
    router = await served(alone)
    await ready_sizes(router, 2 * DATA_OCTETS)
    await router.advertise(mtu=alone.lan.mtu + more)
    got = await sizes(router, 2 * DATA_OCTETS)
    most = alone.lan.mtu
    check(got and max(got) <= most, "the MTU is used", expected=f"packets of at most {most} octets", got=got)


@host("rfc4861:9-3")
async def test_the_absence_of_an_mtu_means_nothing(alone: Fresh) -> None:
    """The MTU of an earlier advertisement stays when a later one has none."""
    router = await served(alone)
    await router.advertise(mtu=1400)
    await ready_sizes(router, most=1400)
    await router.advertise()
    got = await sizes(router)
    check(got and max(got) <= 1400, "the MTU was forgotten", expected="packets of at most 1400 octets", got=got)
