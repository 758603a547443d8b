"""Providers: what is made for whom, once or each time, and how it is cleaned up."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from conformance.engine import Case, Channel, Nonconformity, Unready, Verdict, provider
from conformance.engine.testbed import Testbed

from .small import Remembering, case, one, run, small


def logging(log: list[str], name: str, scope: str = "case") -> Any:
    @provider(scope=scope)
    async def made() -> AsyncIterator[str]:
        log.append(f"make {name}")
        yield name
        log.append(f"clean {name}")

    return made


def test_clean_up_comes_in_reverse_order_and_before_the_end() -> None:
    log: list[str] = []

    @provider
    async def second(first: str) -> AsyncIterator[str]:
        log.append("make second")
        yield first + " second"
        log.append("clean second")

    async def asks(second: str, first: str) -> None:
        log.append(f"case {second} / {first}")

    assert one(case(asks, small(first=logging(log, "first"), second=second))).verdict is Verdict.PASS
    assert log == ["make first", "make second", "case first second / first", "clean second", "clean first"]


@pytest.mark.parametrize(("scope", "made"), [("case", 3), ("testbed", 1), ("run", 1)])
def test_a_wider_scope_makes_it_once_for_all_cases(scope: str, made: int) -> None:
    log: list[str] = []

    async def asks(thing: str) -> None:
        log.append(f"case {thing}")

    suite = small(thing=logging(log, "thing", scope))
    run([case(asks, suite, name=str(n)) for n in range(3)])
    assert log.count("make thing") == log.count("clean thing") == made
    assert scope == "case" or log[-1] == "clean thing"


def test_a_wide_provider_may_ask_for_testbed_and_access_data() -> None:
    @provider(scope="run")
    async def wide(testbed: Testbed, ixit: Any) -> str:
        return f"{testbed.name} {ixit['small']['url']}"

    @provider(scope="run")
    async def wider(wide: str) -> str:
        return wide + " and more"

    async def asks(wider: str) -> None:
        assert wider == "small small://127.0.0.1:7007 and more"

    assert one(case(asks, small(wide=wide, wider=wider))).summary == ""


def test_a_wide_provider_cannot_ask_for_what_belongs_to_a_case() -> None:
    @provider(scope="run")
    async def wide(line: Channel) -> Channel:
        return line

    async def asks(wide: Channel) -> None: ...

    result = one(case(asks, small(wide=wide)))
    assert result.verdict is Verdict.ERROR
    assert "outlives a case and asks for 'line'" in result.summary


def test_a_name_that_nothing_provides_is_an_error_that_tells_what_there_is() -> None:
    async def asks(clinet: Channel) -> None: ...

    result = one(case(asks))
    assert result.verdict is Verdict.ERROR
    assert "nothing provides 'clinet'; there are: case, line" in result.summary


def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(ValueError, match="scope is one of"):
        provider(scope="session")


def ending(error: BaseException) -> Any:
    @provider
    async def thing() -> AsyncIterator[None]:
        yield
        raise error

    return thing


@pytest.mark.parametrize(
    ("error", "verdict", "notes"),
    [
        (LookupError("a defect"), Verdict.ERROR, 0),
        (Nonconformity("it left something behind"), Verdict.FAIL, 0),
        (Unready("it does not say goodbye"), Verdict.PASS, 1),
    ],
)
def test_what_goes_wrong_in_clean_up_after_a_pass(error: Exception, verdict: Verdict, notes: int) -> None:
    async def passes(thing: None) -> None: ...

    result = one(case(passes, small(thing=ending(error))))
    assert (result.verdict, len(result.notes)) == (verdict, notes)


@pytest.mark.parametrize("error", [Unready("gone"), Nonconformity("another"), TimeoutError()])
def test_clean_up_never_hides_a_fail(error: Exception) -> None:
    @provider
    async def thing() -> AsyncIterator[None]:
        try:
            yield
        finally:
            raise error

    async def fails(thing: None) -> None:
        raise Nonconformity("the finding")

    result = one(case(fails, small(thing=thing)))
    assert (result.verdict, result.summary) == (Verdict.FAIL, "the finding")


def test_a_provider_that_swallows_a_finding_does_not_undo_it() -> None:
    @provider
    async def thing() -> AsyncIterator[None]:
        try:
            yield
        except Nonconformity:
            return

    async def fails(thing: None) -> None:
        raise Nonconformity("the finding")

    assert one(case(fails, small(thing=thing))).verdict is Verdict.FAIL


def test_clean_up_that_never_ends_is_cut_off() -> None:
    @provider
    async def thing(line: Channel) -> AsyncIterator[None]:
        yield
        await line.next(within_s=10_000)

    async def passes(thing: None) -> None: ...

    result = one(case(passes, small(thing=thing)))
    assert result.verdict is Verdict.PASS
    assert result.seconds < 10
    assert "while cleaning up" in result.notes[0]["text"]


def test_a_wide_provider_that_cannot_clean_up_leaves_the_verdicts_and_a_note() -> None:
    @provider(scope="run")
    async def wide() -> AsyncIterator[None]:
        yield
        raise LookupError("a defect")

    async def passes(wide: None) -> None: ...

    keeper = Remembering()
    assert one(case(passes, small(wide=wide)), keeper=keeper).verdict is Verdict.PASS
    assert keeper.told[-1] == ("note", "while cleaning up after the cases: LookupError: a defect")


def test_what_a_provider_makes_is_not_reached_makes_the_case_inconclusive() -> None:
    @provider
    async def thing(case: Case) -> AsyncIterator[None]:
        raise Unready("before the case proper: no")
        yield

    async def never(thing: None) -> None:
        raise AssertionError

    assert one(case(never, small(thing=thing))).verdict is Verdict.INCONCLUSIVE
