"""RFC 4861, 7.3: Neighbor Unreachability Detection, as it shows in probes."""

import pytest

from conformance.engine import Silence, check, lasts

from .bind import both
from .provide import Neighbour
from .resolving import (
    DELAY_S,
    LATE_S,
    PROBED_S,
    REACHABLE_LEAST_S,
    REACHABLE_MOST_S,
    RETRANS_LEAST_S,
    RETRANS_S,
    TICK_S,
    TRIES,
    UNPROBED_S,
)

PROBES_S = TRIES * RETRANS_S
ENDED_S = 2.5 * RETRANS_S
"""So long after a last probe there would have been another."""


async def probed_out(neighbour: Neighbour) -> None:
    """All probes have come, and none was answered."""
    await neighbour.probe()
    for _ in range(TRIES - 1):
        await neighbour.ready(neighbour.asks_at(neighbour.mac), passing=neighbour.others, within_s=RETRANS_S + LATE_S)


@both("rfc4861:7.3.2-1a")
@lasts(REACHABLE_LEAST_S)
async def test_a_reachable_entry_is_not_probed(neighbour: Neighbour) -> None:
    """An entry is REACHABLE for the reachable time, at least 15 s here: packets sent meanwhile prompt no probe."""
    await neighbour.reachable()
    for wait_s in (4.0, 4.0, REACHABLE_LEAST_S - 4.0 - 4.0 - TICK_S):
        await neighbour.used(neighbour.mac)
        await neighbour.expect_unasked(wait_s, "a REACHABLE entry is probed")


@both("rfc4861:7.3.2-1b")
@lasts(REACHABLE_MOST_S + DELAY_S)
async def test_an_entry_out_of_use_is_not_probed(neighbour: Neighbour) -> None:
    """Nothing is sent to an entry that is not in use, however old its confirmation."""
    await neighbour.reachable()
    await neighbour.expect_unasked(REACHABLE_MOST_S + DELAY_S + TICK_S, "an entry out of use is probed")


@both("rfc4861:7.3.2-1b")
@lasts(UNPROBED_S)
async def test_a_stale_entry_out_of_use_is_not_probed(neighbour: Neighbour) -> None:
    """Nothing is sent to a STALE entry before it is used."""
    await neighbour.reachable()
    await neighbour.send(neighbour.advertised(neighbour.elsewhere))
    await neighbour.expect_unasked(UNPROBED_S, "an entry out of use is probed")


@both("rfc4861:7.3.3-2")
@lasts(DELAY_S)
async def test_no_probe_comes_during_delay(neighbour: Neighbour) -> None:
    """The first packet to a STALE entry moves it to DELAY: no probe goes out for 5 s."""
    since_s = await neighbour.delay()
    left_s = since_s + DELAY_S - TICK_S - neighbour.now_s
    await neighbour.expect_unasked(left_s, "the entry is probed too soon after its use")


@both("rfc4861:7.3.3-3a")
@lasts(PROBED_S)
async def test_a_probe_comes_when_delay_ends(neighbour: Neighbour) -> None:
    """When DELAY ends without confirmation, a unicast solicitation goes to the cached address."""
    await neighbour.delay()
    await neighbour.used(neighbour.mac)
    await neighbour.expect_asked(neighbour.asks_at(neighbour.mac), within_s=PROBED_S)


@both("rfc4861:7.3.3-3b")
@lasts(PROBED_S + PROBES_S)
async def test_probes_are_repeated(neighbour: Neighbour) -> None:
    """In PROBE, unicast solicitations are repeated each RetransTimer until one is answered."""
    await neighbour.probe()
    for _ in range(TRIES - 1):
        await neighbour.shows_probe()
    await neighbour.send(neighbour.advertised(neighbour.mac, solicited=True))
    await neighbour.expect_unasked(ENDED_S, "an answered probe is repeated")


@both("rfc4861:7.3.3-4a")
@lasts(PROBED_S + PROBES_S + ENDED_S)
async def test_no_fourth_probe_follows(neighbour: Neighbour) -> None:
    """After three unanswered probes no fourth follows."""
    await probed_out(neighbour)
    await neighbour.expect_unasked(ENDED_S, "a fourth probe")


@both("rfc4861:7.3.3-4b")
@lasts(PROBED_S + PROBES_S + ENDED_S)
async def test_an_entry_that_does_not_answer_is_deleted(neighbour: Neighbour) -> None:
    """An entry whose probes went unanswered is deleted: further traffic starts address resolution anew."""
    await probed_out(neighbour)
    await neighbour.ready(Silence, passing=neighbour.others, within_s=1.5 * RETRANS_S)
    await neighbour.use()
    await neighbour.expect_asked(neighbour.asks_all())


@both("rfc4861:7.3.3-5a")
@lasts(PROBED_S + PROBES_S)
async def test_probes_need_no_traffic(neighbour: Neighbour) -> None:
    """Probes go out even when no more packets are sent to the neighbour."""
    await neighbour.delay()
    await neighbour.expect_asked(neighbour.asks(), within_s=PROBED_S, why="no probe without more traffic")


@both("rfc4861:7.3.3-5b")
@pytest.mark.parametrize("state", ["delay", pytest.param("probe", marks=lasts(PROBED_S))])
async def test_packets_go_on_to_the_address_known(neighbour: Neighbour, state: str) -> None:
    """While an entry is in DELAY or PROBE, packets go on to the cached address."""
    await (neighbour.delay() if state == "delay" else neighbour.probe())
    for _ in range(3):
        await neighbour.expect_reply_at(neighbour.mac)


@both("rfc4861:7.3.3-6")
@lasts(PROBED_S + PROBES_S)
async def test_probes_are_a_retrans_timer_apart(neighbour: Neighbour) -> None:
    """Solicitations for one neighbour are not sent more often than once per RetransTimer, whatever is sent to it."""
    await neighbour.probe()
    before_s = neighbour.channel.arrived_at_s
    for _ in range(TRIES - 1):
        for _ in range(4):
            await neighbour.use()
        await neighbour.ready(neighbour.asks(), passing=neighbour.others, within_s=RETRANS_S + LATE_S)
        after_s = neighbour.channel.arrived_at_s - before_s
        before_s = neighbour.channel.arrived_at_s
        got = f"{after_s:.2f} s"
        check(after_s >= RETRANS_LEAST_S, "two probes are too close", expected=f"{RETRANS_S:g} s", got=got, timing=True)
