"""Time: a clock that jumps, patience that learns, and a probe that tells when the machine was too late."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine import Case, Channel, Closed, Nonconformity, Silence, Verdict, check
from conformance.engine.attempt import Surroundings
from conformance.engine.clock import run_virtual
from conformance.engine.lag import LagProbe
from conformance.engine.patience import Patience
from conformance.engine.record import Record
from conformance.engine.session import execute
from conformance.engine.stream import MemoryStream, Stream
from conformance.engine.testbed import Address

from .small import Mute, Remembering, Shouting, case, decode, memory, one, run, small


def test_an_hour_of_virtual_time_costs_none() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(3600)
        return loop.time()

    began_s = time.monotonic()
    assert run_virtual(main()) == 3600
    assert time.monotonic() - began_s < 5


@given(st.lists(st.integers(0, 1000), max_size=20))
def test_timers_come_in_the_order_of_their_times(waits_s: list[int]) -> None:
    async def main() -> list[tuple[float, int]]:
        loop = asyncio.get_running_loop()
        seen: list[tuple[float, int]] = []

        async def wait(n: int, wait_s: int) -> None:
            await asyncio.sleep(wait_s)
            seen.append((loop.time(), n))

        await asyncio.gather(*(wait(n, wait_s) for n, wait_s in enumerate(waits_s)))
        return seen

    seen = run_virtual(main())
    assert [at for at, _ in seen] == sorted(waits_s)
    assert all(at == waits_s[n] for at, n in seen)


def test_virtual_time_stands_still_while_a_thread_computes() -> None:
    def computes(case: Case) -> None:
        before_s = case.now_s
        time.sleep(0.05)
        assert case.now_s == before_s

    assert one(case(computes)).summary == ""


def test_an_answer_that_comes_late_makes_the_next_waits_longer() -> None:
    patience = Patience(1.0)
    patience.answered(0.1)
    assert patience.wait_s == 1.0
    patience.answered(0.8)
    assert patience.wait_s == pytest.approx(2.4)
    patience.answered(1.0)
    assert patience.wait_s == pytest.approx(2.4)


def test_patience_has_a_ceiling_and_learns_nothing_from_waits_that_a_standard_imposes() -> None:
    patience = Patience(1.0)
    patience.answered(60.0)
    assert patience.wait_s == 1.0
    for _ in range(20):
        patience.answered(min(patience.wait_s, 4.9))
    assert patience.wait_s <= Patience.CEILING_S


class Slow(Shouting):
    """Takes two seconds for each answer."""

    async def serve(self, stream: Stream) -> None:
        ours, theirs = MemoryStream.pair()
        serving = asyncio.create_task(super().serve(theirs))
        stream.attach(Delayed(ours))
        ours.attach(Delayed(stream))
        await serving


class Delayed:
    """Hands on everything a second later."""

    def __init__(self, target: Stream) -> None:
        self.target = target

    def data(self, data: bytes) -> None:
        asyncio.get_running_loop().call_later(1, self.target.write, data)

    def fin(self) -> None:
        asyncio.get_running_loop().call_later(1, self.target.close)

    reset = fin


async def answered(line: Channel) -> None:
    await line.send(b"a")
    await line.expect(str)


def test_a_slow_product_is_not_a_wrong_one() -> None:
    """Its answer takes longer than the first wait; the second confirms that it comes, and the waits after it grow."""
    patience = Patience(1.5)
    results = run([case(answered, name=str(n)) for n in range(5)], memory(Slow), around={"patience": patience})
    assert {end.verdict for ends in results.values() for end in ends} == {Verdict.PASS}
    assert patience.wait_s == pytest.approx(6.0)


def test_a_missing_answer_is_doubted_once() -> None:
    result = one(case(answered, small(alive=None)), memory(Mute), look_first=False)
    assert result.verdict is Verdict.FAIL
    assert result.got == "nothing for 4.5 s"


def test_a_given_deadline_is_kept_exactly() -> None:
    async def waits(case: Case, line: Channel) -> None:
        await line.next(within_s=2.5)
        assert case.now_s == 2.5

    assert one(case(waits, small(alive=None)), memory(Mute)).summary == ""


def blocked(seconds: float, *, timing: bool | float) -> Verdict:
    """The verdict of a judgement on time, on a real clock whose loop was blocked for so long."""

    async def case_(case: Case) -> None:
        await asyncio.sleep(0.06)  # the probe has begun
        time.sleep(seconds)  # noqa: ASYNC251 - the machine that is too slow
        await asyncio.sleep(0.06)
        check(False, "too late", timing=timing)

    spec = case(case_)
    testbed = memory()
    testbed.virtual = False
    around = Surroundings(testbed=testbed, claims={}, ixit={}, lag=LagProbe())
    return execute([spec], {spec.id: 1}, around, Remembering(), look_first=False)[spec.id][-1].verdict


@pytest.mark.parametrize(
    ("seconds", "timing", "verdict"),
    [
        (0.4, True, Verdict.INCONCLUSIVE),
        (0.4, False, Verdict.FAIL),
        (0.4, 20.0, Verdict.FAIL),
        (0.1, 0.05, Verdict.INCONCLUSIVE),
        (0.0, True, Verdict.FAIL),
    ],
)
def test_a_machine_that_was_too_late_does_not_judge_time(
    seconds: float, timing: bool | float, verdict: Verdict
) -> None:
    assert blocked(seconds, timing=timing) is verdict


def waiting_on_a_slow_machine(wait: Callable[[Channel], Awaitable[object]]) -> object:
    """What a wait of 0.1 s ends with, when the loop is blocked beyond its end and something comes after that."""

    async def main() -> object:
        lag = LagProbe()
        lag.start()
        loop = asyncio.get_running_loop()
        ours, theirs = MemoryStream.pair()
        patience = Patience(lag=lag)
        channel = Channel(ours, decode, record=Record("x"), number=0, patience=patience, began_s=loop.time())
        waiting = asyncio.ensure_future(wait(channel))
        await asyncio.sleep(0.06)
        time.sleep(0.3)  # noqa: ASYNC251 - the machine that is too slow
        loop.call_later(0.05, theirs.write, b"A")
        event = await waiting
        lag.stop()
        return event

    return asyncio.run(main())


def test_time_that_the_machine_lost_is_given_back_to_a_wait() -> None:
    """The answer has come while the loop was blocked, beyond the deadline: it counts."""
    assert waiting_on_a_slow_machine(lambda channel: channel.next(within_s=0.1)) == "A"


def test_what_comes_after_the_time_of_a_silence_does_not_break_it() -> None:
    async def both(channel: Channel) -> object:
        assert isinstance(await channel.expect(Silence, within_s=0.1), Silence)
        return await channel.next(within_s=1.0)

    assert waiting_on_a_slow_machine(both) == "A"


def test_what_comes_into_a_silence_rests_on_time() -> None:
    async def waits(case: Case, line: Channel) -> None:
        await line.send(b"a")
        with pytest.raises(Nonconformity) as broken:
            await line.expect(Silence, within_s=1.0)
        assert broken.value.timing is True
        await line.send(b"a")
        with pytest.raises(Nonconformity) as other:
            await line.expect(Closed)
        assert not other.value.timing

    assert one(case(waits, small(alive=None)), memory(Shouting)).summary == ""


def test_the_probe_tells_the_worst_since_a_moment() -> None:
    async def main() -> tuple[float, float]:
        lag = LagProbe()
        lag.start()
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        await asyncio.sleep(0.06)
        time.sleep(0.2)  # noqa: ASYNC251 - the machine that is too slow
        await asyncio.sleep(0.01)
        later_s = loop.time()
        await asyncio.sleep(0.06)
        lag.stop()
        return lag.worst_since(began_s), lag.worst_since(later_s + 0.05)

    worst, afterwards = asyncio.run(main())
    assert worst > 0.1
    assert afterwards < worst


def test_a_connection_that_is_refused_loses_the_product_and_is_no_finding() -> None:
    async def case_(case: Case) -> None:
        testbed = case.testbed
        testbed.crashed = RuntimeError("gone")  # type: ignore[attr-defined]
        await case.channel(Address("127.0.0.1", 1), decode)

    testbed = memory()
    testbed.restart = _cannot  # type: ignore[method-assign]
    result = one(case(case_), testbed)
    assert (result.verdict, result.lost) == (Verdict.INCONCLUSIVE, True)


async def _cannot() -> bool:
    return False
