"""One attempt at a case: from its providers to its result."""

import asyncio
import contextvars
import io
import traceback
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from .allowance import Allowance, Share
from .case import Case, CaseResult, CaseSpec
from .lag import LagProbe
from .patience import Patience
from .providers import Shared, needs, provide
from .record import Record
from .testbed import Testbed, TestbedError
from .threads import call_in_thread
from .verdict import Judgement, Nonconformity, ProductLost, Verdict, worst

OUTPUT_LIMIT = 64_000


class Printed(io.StringIO):
    """What one case prints, up to a limit: it may be what a product says."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, OUTPUT_LIMIT - self.tell())])
        return len(text)


output: contextvars.ContextVar[Printed | None] = contextvars.ContextVar("output", default=None)
"""Where the running case's printed text goes."""

DEADLINE_S = 60.0
CLEAN_UP_S = 5.0
LAG_LIMIT_S = 0.25


@dataclass
class Surroundings:
    """What all cases of a run have in common."""

    testbed: Testbed
    claims: Mapping[str, Mapping[str, Any]]
    """Claims by catalogue key."""
    ixit: Mapping[str, Mapping[str, Any]]
    patience: Patience = field(default_factory=Patience)
    lag: LagProbe = field(default_factory=LagProbe)
    keep_evidence: bool = True
    allowance: Allowance = field(default_factory=Allowance)
    judged: Callable[[], None] = lambda: None
    """Called when a case has come to its end, by whatever it raised or none; what follows is cleaning up."""

    def shared(self) -> Shared:
        """Values for the providers that outlive a case."""
        return Shared({"testbed": self.testbed, "ixit": self.ixit})


async def attempt(
    spec: CaseSpec, around: Surroundings, shared: Shared, *, seed: int, number: int = 1
) -> tuple[CaseResult, Record]:
    """Run a case once. Never raises for anything that a case or a product does; cancellation passes through."""
    record = Record(spec.id, keep=around.keep_evidence, share=Share(around.allowance))
    result = CaseResult(case=spec.id, attempt=number)
    case = Case(
        spec,
        seed=seed,
        testbed=around.testbed,
        claims=around.claims.get(spec.standard, {}),
        ixit=around.ixit,
        patience=around.patience,
        record=record,
    )
    printed = Printed()
    token = output.set(printed)
    try:
        await _perform(spec, case, shared, result, around)
    except asyncio.CancelledError:
        record.share.give_back()
        raise
    finally:
        output.reset(token)
        case.close()
    result.seconds = case.now_s
    result.lag_s = around.lag.worst_since(case.began_s)
    result.notes = case.notes
    result.output = printed.getvalue() or None
    return result, record


async def _perform(spec: CaseSpec, case: Case, shared: Shared, result: CaseResult, around: Surroundings) -> None:
    """Make what the case needs, call it, judge what comes out, and clean up whatever came."""
    stack = AsyncExitStack()
    raised: BaseException | None = None
    try:
        async with asyncio.timeout(DEADLINE_S + 3 * spec.lasts_s):
            await _call(spec, case, shared, stack)
    except (asyncio.CancelledError, KeyboardInterrupt) as error:
        raised = error
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a case raises becomes its verdict, a SystemExit too
        raised = error
        _judge(result, error, around.lag.worst_since(case.began_s))
    finally:
        around.judged()
        await _clean_up(stack, raised, case, result)


async def _call(spec: CaseSpec, case: Case, shared: Shared, stack: AsyncExitStack) -> None:
    names = needs(spec.function)
    given: dict[str, Any] = {"case": case, **spec.parameters}
    await provide(names, given, spec.suite.providers, shared, stack)
    arguments = {name: given[name] for name in names}
    if spec.asynchronous:
        await spec.function(**arguments)
    else:
        await call_in_thread(spec.function, arguments)
    for channel in case.channels:
        if channel.bug:
            raise channel.bug


async def _clean_up(stack: AsyncExitStack, raised: BaseException | None, case: Case, result: CaseResult) -> None:
    """Let the providers clean up, for a bounded time. What the product does meanwhile is noted and no verdict, unless
    a provider judges it; a bug of ours is an error here too.
    """
    trace = raised.__traceback__ if raised else None
    try:
        async with asyncio.timeout(CLEAN_UP_S):
            await stack.__aexit__(type(raised) if raised else None, raised, trace)
    except Exception as error:  # noqa: BLE001 - as above
        if error is raised:
            return
        later = CaseResult(case=result.case)
        _judge(later, error, 0.0)
        if later.verdict in (Verdict.FAIL, Verdict.ERROR) and worst((later.verdict, result.verdict)) != result.verdict:
            for name in ("verdict", "summary", "summary_zh", "expected", "got", "detail"):
                setattr(result, name, getattr(later, name))
        else:
            case.note(f"while cleaning up: {later.summary}")


def blame(result: CaseResult, problem: str) -> None:
    """The product took no fresh session after this case alone: that fails it, whatever else it showed."""
    result.verdict = Verdict.FAIL
    result.summary = f"the product died: afterwards it took no fresh session ({problem})"
    result.summary_zh = ""
    result.expected, result.got = "a product that serves a fresh session afterwards", problem
    result.lost = True


def _judge(result: CaseResult, error: BaseException, lag_s: float) -> None:
    """Fill in what an exception says about the case."""
    while isinstance(error, BaseExceptionGroup):
        error = _weightiest(error)
    if isinstance(error, Judgement):
        result.verdict, result.summary = error.verdict, error.summary
        result.summary_zh = error.summary_zh
        result.lost = isinstance(error, ProductLost)
        if isinstance(error, Nonconformity):
            result.expected, result.got = error.expected, error.got
            if error.timing and lag_s > (LAG_LIMIT_S if error.timing is True else error.timing):
                result.verdict = Verdict.INCONCLUSIVE
                result.summary += f" (this machine ran {lag_s:.2f} s late, so the time is not judged)"
                if result.summary_zh:
                    result.summary_zh += f"（测试机延迟 {lag_s:.2f} 秒，因此不判定时间）"
    elif isinstance(error, TimeoutError):
        result.verdict, result.summary = Verdict.INCONCLUSIVE, "the case did not end before its deadline"
    elif isinstance(error, TestbedError):
        result.verdict, result.summary, result.lost = Verdict.INCONCLUSIVE, str(error), True
    else:
        result.verdict = Verdict.ERROR
        result.summary = f"{type(error).__name__}: {error}"
        result.detail = "".join(traceback.format_exception(error, limit=-8))


def _weightiest(group: BaseExceptionGroup[Any]) -> BaseException:
    """The part of a group that decides: our own bug before a nonconformity before the rest."""
    parts = list(group.exceptions)
    return next((p for p in parts if not isinstance(p, Judgement | BaseExceptionGroup)), None) or next(
        (p for p in parts if isinstance(p, Nonconformity)), parts[0]
    )
