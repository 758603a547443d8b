"""What becomes of whatever a case does: one verdict, its own printed text, and nothing that goes on behind it."""

import asyncio
import random
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.engine import Case, Channel, Closed, Nonconformity, NotApplicable, ProductLost, Unready, Verdict
from conformance.engine.attempt import OUTPUT_LIMIT
from conformance.engine.testbed import TestbedError
from conformance.engine.verdict import Judgement

from .small import Mute, Remembering, Shouting, case, memory, one, run, small


def raising(error: BaseException) -> Callable[[], Any]:
    async def raises() -> None:
        raise error

    return raises


@pytest.mark.parametrize(
    ("error", "verdict", "said"),
    [
        (Nonconformity("wrong"), Verdict.FAIL, "wrong"),
        (Unready("not there"), Verdict.INCONCLUSIVE, "not there"),
        (ProductLost("gone"), Verdict.INCONCLUSIVE, "gone"),
        (NotApplicable("it has no such thing"), Verdict.NOT_APPLICABLE, "it has no such thing"),
        (TestbedError("no cable", "Plug it in"), Verdict.INCONCLUSIVE, "no cable. Plug it in"),
        (TimeoutError(), Verdict.INCONCLUSIVE, "before its deadline"),
        (AssertionError("1 != 2"), Verdict.ERROR, "AssertionError: 1 != 2"),
        (RuntimeError("a defect"), Verdict.ERROR, "RuntimeError: a defect"),
        (SystemExit(3), Verdict.ERROR, "SystemExit: 3"),
        (pytest.skip.Exception("not today"), Verdict.ERROR, "not today"),
        (ExceptionGroup("two", [Unready("x"), Nonconformity("wrong")]), Verdict.FAIL, "wrong"),
        (ExceptionGroup("two", [Nonconformity("wrong"), KeyError("k")]), Verdict.ERROR, "KeyError: 'k'"),
        (ExceptionGroup("deep", [ExceptionGroup("er", [Unready("x")])]), Verdict.INCONCLUSIVE, "x"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
@pytest.mark.parametrize("thread", [False, True])
def test_only_a_nonconformity_fails_a_product(error: BaseException, verdict: Verdict, said: str, thread: bool) -> None:
    def raises() -> None:
        raise error

    result = one(case(raises if thread else raising(error), small(alive=None)))
    assert result.verdict is verdict
    assert said in result.summary


def test_a_defect_keeps_where_it_happened() -> None:
    result = one(case(raising(LookupError("here"))))
    assert "test_attempt.py" in (result.detail or "")


def test_a_case_that_never_ends_is_cut_off() -> None:
    async def waits() -> None:
        await asyncio.Event().wait()

    result = one(case(waits))
    assert (result.verdict, result.seconds) == (Verdict.INCONCLUSIVE, 60)


def test_a_wait_that_the_standard_imposes_lengthens_the_deadline() -> None:
    async def waits(line: Channel) -> None:
        await line.next(within_s=100)

    suite = small(alive=None)
    assert one(case(waits, suite, lasts_s=100), memory(Mute)).verdict is Verdict.PASS
    assert one(case(waits, suite), memory(Mute)).verdict is Verdict.INCONCLUSIVE


def test_what_is_printed_goes_to_its_own_case(capsys: pytest.CaptureFixture[str]) -> None:
    async def talks(n: int, line: Channel) -> None:
        for i in range(3):
            print(f"{n}.{i}")  # noqa: T201 - what a case prints is what this is about
            await line.send(b"a")
            await line.expect(str)

    def also(n: int) -> None:
        sys.stdout.write(f"thread {n}\n")

    cases = [case(talks, name=f"t{n}", parameters={"n": n}) for n in range(20)]
    cases += [case(also, name=f"p{n}", parameters={"n": n}) for n in range(20)]
    results = run(cases)
    assert capsys.readouterr().out == ""
    for n in range(20):
        assert results[f"small/t{n}"][0].output == f"{n}.0\n{n}.1\n{n}.2\n"
        assert results[f"small/p{n}"][0].output == f"thread {n}\n"


def test_printed_text_is_bounded() -> None:
    async def floods() -> None:
        for _ in range(1000):
            print("x" * 1000)  # noqa: T201 - what a case prints is what this is about

    result = one(case(floods))
    assert len(result.output or "") == OUTPUT_LIMIT


def test_the_seed_gives_a_case_all_its_chance() -> None:
    told: list[tuple[str, float]] = []

    async def draws(case: Case) -> None:
        told.append((case.unique(), case.rng.random()))

    spec = case(draws)
    for _ in range(2):
        one(spec)
    assert told[0] == told[1]
    run([case(draws, name=str(n)) for n in range(50)])
    assert len({name for name, _ in told}) == 51 - 1  # the fiftieth case has the seed of `spec`


def test_plain_functions_see_a_blocking_view() -> None:
    def talks(case: Case, line: Channel) -> None:
        line.send(b"a")  # type: ignore[unused-coroutine]
        assert line.expect(str) == "A"
        assert case.now_s >= 0
        assert isinstance(case.rng, random.Random)
        case.note(threading.current_thread().name)

    result = one(case(talks))
    assert result.summary == ""
    assert result.notes == [{"text": "talks"}]


def test_plain_functions_wait_side_by_side() -> None:
    """Forty that wait ten seconds each take ten seconds: none waits for another's thread."""

    def waits(line: Channel) -> None:
        line.next(within_s=10)  # type: ignore[unused-coroutine]

    results = run([case(waits, name=str(n)) for n in range(40)])
    assert {(end.verdict, end.seconds) for ends in results.values() for end in ends} == {(Verdict.PASS, 10.0)}


@pytest.mark.parametrize("kind", [Nonconformity, Unready, NotApplicable])
def test_a_result_keeps_what_a_suite_says_in_chinese(kind: type[Judgement]) -> None:
    result = one(case(raising(kind("it has no such thing", "它没有此项"))))
    assert (result.summary, result.summary_zh) == ("it has no such thing", "它没有此项")
    assert one(case(raising(kind("it has no such thing")))).summary_zh == ""


def test_hypothesis_works_in_a_plain_function() -> None:
    seen: list[str] = []

    @settings(max_examples=20, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(letter=st.sampled_from("abc"))
    def holds(line: Channel, letter: str) -> None:
        line.send(letter.encode())  # type: ignore[unused-coroutine]
        assert line.expect(str) == letter.upper()  # type: ignore[comparison-overlap]
        seen.append(letter)

    assert one(case(holds)).summary == ""
    assert set(seen) == set("abc")


def test_hypothesis_finds_the_nonconformity() -> None:
    @settings(max_examples=50, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(number=st.integers(0, 1000))
    def breaks(number: int) -> None:
        if number >= 10:
            raise Nonconformity(f"wrong at {number}")

    result = one(case(breaks, small(alive=None)))
    assert (result.verdict, result.summary) == (Verdict.FAIL, "wrong at 10")


def test_a_thread_whose_case_has_ended_gets_nothing_more() -> None:
    """Its next wish ends it, so that it does not talk on behind the verdict."""
    ended = threading.Event()

    def talks(line: Channel) -> None:
        try:
            while True:
                line.next(within_s=30)  # type: ignore[unused-coroutine]
        finally:
            ended.set()

    result = one(case(talks))
    assert result.verdict is Verdict.INCONCLUSIVE
    assert ended.wait(5)


def test_a_thread_that_never_ends_does_not_keep_the_run_from_ending() -> None:
    stop = threading.Event()

    def computes(case: Case) -> None:
        while not stop.wait(0.01):
            pass

    testbed = memory()
    testbed.virtual = False
    began_s = time.monotonic()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("conformance.engine.attempt.DEADLINE_S", 0.2)
        result = one(case(computes), testbed)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert time.monotonic() - began_s < 20
    stop.set()


def test_a_defect_in_reading_is_an_error_even_if_nothing_is_read_afterwards() -> None:
    def broken(data: bytes) -> Any:
        raise LookupError("a defect of the codec")

    async def sends(case: Case) -> None:
        channel = await case.channel(case.address(), broken)
        other = await case.channel(case.address(), lambda data: (None, data))
        await channel.send(b"a")
        await other.send(b"z")
        await other.expect(Closed)

    result = one(case(sends))
    assert result.verdict is Verdict.ERROR
    assert "a defect of the codec" in result.summary


def test_every_connection_is_closed_in_the_end() -> None:
    async def leaves(line: Channel) -> None:
        await line.send(b"a")

    keeper = Remembering()
    one(case(leaves), keeper=keeper)
    assert "close" in [entry.kind for entry in keeper.records["small/leaves"].entries]


class Chatty(Shouting):
    """Says what a terminal or a page would obey."""

    def answer(self, letter: str) -> Any:
        return b"\x1b[31m<script>"


def test_what_a_product_says_is_kept_as_it_came() -> None:
    async def listens(line: Channel) -> None:
        await line.send(b"a")
        await line.expect(str)

    keeper = Remembering()
    one(case(listens), memory(Chatty), keeper)
    came = b"".join(entry.data for entry in keeper.records["small/listens"].entries if entry.kind == "in")
    assert came == b"\x1b[31m<script>"
