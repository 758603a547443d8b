"""One attempt at a case: from its providers to its result."""

import asyncio
import contextvars
import io
import traceback
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from .case import Case, CaseResult, CaseSpec
from .lag import LagProbe
from .patience import Patience
from .providers import Shared, needs, provide
from .record import Record
from .testbed import Testbed, TestbedError
from .threads import call_in_thread
from .verdict import Judgement, Nonconformity, ProductLost, Verdict

output: contextvars.ContextVar[io.StringIO | None] = contextvars.ContextVar("output", default=None)
"""Where the running case's printed text goes."""

DEADLINE_S = 60.0
CLEAN_UP_S = 5.0
LAG_LIMIT_S = 0.25
OUTPUT_LIMIT = 64_000


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

    def shared(self) -> Shared:
        """Values for the providers that outlive a case."""
        return Shared({"testbed": self.testbed, "ixit": self.ixit})


async def attempt(
    spec: CaseSpec, around: Surroundings, shared: Shared, *, seed: int, number: int = 1
) -> tuple[CaseResult, Record]:
    """Run a case once. Never raises for anything that a case or a product does; cancellation passes through."""
    record = Record(spec.id, keep=around.keep_evidence)
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
    printed = io.StringIO()
    token = output.set(printed)
    try:
        async with asyncio.timeout(DEADLINE_S + 3 * spec.lasts_s):
            await _perform(spec, case, shared)
    except Exception as error:  # noqa: BLE001 - whatever a case raises becomes its verdict
        _judge(result, error, around.lag.worst_since(case.began_s))
    finally:
        output.reset(token)
        case.close()
    result.seconds = case.now_s
    result.lag_s = around.lag.worst_since(case.began_s)
    result.notes = case.notes
    result.output = printed.getvalue()[:OUTPUT_LIMIT] or None
    return result, record


async def _perform(spec: CaseSpec, case: Case, shared: Shared) -> None:
    given: dict[str, Any] = {"case": case, **spec.parameters}
    async with AsyncExitStack() as stack:
        names = tuple(n for n in _arguments(spec) if n not in given)
        await provide(names, given, spec.suite.providers, shared, stack)
        arguments = {name: given[name] for name in _arguments(spec)}
        if spec.asynchronous:
            await spec.function(**arguments)
        else:
            await call_in_thread(spec.function, arguments)


def blame(result: CaseResult, problem: str) -> None:
    """The product took no fresh session after this case alone: that fails it, whatever else it showed."""
    result.verdict = Verdict.FAIL
    result.summary = f"the product died: afterwards it took no fresh session ({problem})"
    result.expected, result.got = "a product that serves a fresh session afterwards", problem
    result.lost = True


def _arguments(spec: CaseSpec) -> tuple[str, ...]:
    return needs(spec.function)


def _judge(result: CaseResult, error: BaseException, lag_s: float) -> None:
    """Fill in what an exception says about the case."""
    while isinstance(error, BaseExceptionGroup):
        error = _weightiest(error)
    if isinstance(error, Judgement):
        result.verdict, result.summary = error.verdict, error.summary
        result.lost = isinstance(error, ProductLost)
        if isinstance(error, Nonconformity):
            result.expected, result.got = error.expected, error.got
            if error.timing and lag_s > LAG_LIMIT_S:
                result.verdict = Verdict.INCONCLUSIVE
                result.summary += f" (this machine ran {lag_s:.2f} s late, so the time is not judged)"
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
