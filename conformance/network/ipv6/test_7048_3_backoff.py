"""RFC 7048, 3: products that ask for a neighbour more often than RFC 4861 permits."""

from itertools import pairwise

from conformance.engine import Silence, check, lasts, outcome

from .bind import both
from .provide import Neighbour
from .resolving import TRIES

PERSISTS_S = 60.0
"""By then probes go to the group."""
GROWS = 1.2
"""So much longer than the gap before is a gap that grows; anything between this and a doubling and more will do."""


async def asked(neighbour: Neighbour, within_s: float) -> list[float]:
    """When solicitations for the neighbour come, in seconds of the loop's clock, until there are enough to judge."""
    times = [neighbour.channel.arrived_at_s]
    end_s = neighbour.now_s + within_s
    while len(times) < TRIES + 3:
        event = await neighbour.next(passing=neighbour.others, within_s=end_s - neighbour.now_s)
        if outcome(Silence).matches(event):
            break
        times.append(neighbour.channel.arrived_at_s)
    return times


@both("rfc7048:3-1")
@lasts(PERSISTS_S)
async def test_more_solicitations_are_sent_with_back_off(neighbour: Neighbour) -> None:
    """More solicitations than RFC 4861 permits follow each other with exponential back-off."""
    await neighbour.probe()
    times = await asked(neighbour, PERSISTS_S)
    if len(times) <= TRIES:
        return
    gaps = [later - earlier for earlier, later in pairwise(times)]
    told = ", ".join(f"{gap:.1f}" for gap in gaps)
    grows = all(later >= GROWS * earlier for earlier, later in pairwise(gaps[-2:]))
    check(grows, "the gaps between solicitations do not grow", expected="longer and longer gaps", got=told, timing=True)


@both("rfc7048:3-2")
@lasts(PERSISTS_S + 10)
async def test_probing_turns_to_the_group(neighbour: Neighbour) -> None:
    """A node that keeps a neighbour that does not answer asks the group within 60 s of the first probe."""
    await neighbour.probe()
    began_s = neighbour.channel.arrived_at_s
    while True:
        left_s = began_s + PERSISTS_S - neighbour.now_s
        event = await neighbour.next(passing=neighbour.others, within_s=max(left_s, 0.01))
        if outcome(neighbour.asks_all()).matches(event):
            return
        if outcome(Silence).matches(event):
            break
    # It may have given the neighbour up: then the next packet shows it.
    await neighbour.use()
    await neighbour.expect_asked(neighbour.asks_all(), why="no solicitation to the group within 60 s")
