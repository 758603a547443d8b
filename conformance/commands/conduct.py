"""From collected cases to a finished bundle: the conductor between pytest and the engine."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from conformance.engine.bundle import Bundle
from conformance.engine.case import CaseResult, CaseSpec
from conformance.engine.keep import CUT_SHORT, BundleKeeper
from conformance.engine.plan import Plan
from conformance.engine.redact import redact_text
from conformance.engine.session import execute, merged, pytest_main
from conformance.engine.testbed import Testbed, TestbedError

from .exits import HARNESS, INTERRUPTED, USAGE, Ended
from .prepare import Prepared, masked
from .progress import Progress

PYTEST_CODES = {0: 0, 1: 0, 5: 0, 2: INTERRUPTED, 4: USAGE}
"""Exit codes of pytest and ours. All passed, some failed, none collected: the bundle tells. Others are trouble."""


@dataclass
class Conductor:
    """Plans and runs one execution; what goes wrong within pytest is kept and raised outside it."""

    prepared: Prepared
    directory: Path
    make_plan: Callable[[list[CaseSpec]], Plan]
    progress: Progress
    resume: Bundle | None = None
    plan: Plan | None = None
    keeper: BundleKeeper | None = None
    failed: BaseException | None = None
    counts: Counter[str] = field(default_factory=Counter)

    def collected(self, specs: list[CaseSpec]) -> set[str]:
        try:
            self.plan = self.make_plan(specs)
        except Exception as error:  # noqa: BLE001 - raised again by `perform`
            self.failed = error
            return set()
        return {spec.id for spec in self.plan.cases}

    def conduct(self) -> dict[str, list[CaseResult]]:
        if self.failed or self.plan is None:
            return {}
        try:
            return self._execute(self.plan)
        except BaseException as error:  # noqa: BLE001 - raised again by `perform`
            self.failed = error
            if self.keeper and self.keeper.begun:
                self.keeper.stop(CUT_SHORT)
            return {}

    def _execute(self, plan: Plan) -> dict[str, list[CaseResult]]:
        around = self.prepared.surroundings()
        self.keeper = keeper = BundleKeeper(self.directory, self.prepared.redact, resume=self.resume)

        def ready(testbed: Testbed) -> None:
            keeper.begin(self.prepared.documents(plan, testbed.describe()))
            self.progress.at(0, len(plan.cases))
            keeper.reached(masked(merged(self.prepared.product.ixit, testbed.ixit)))

        def ended(result: CaseResult) -> None:
            self.counts[str(result.verdict)] += 1
            self.progress.at(self.counts.total(), len(plan.cases), self.counts)

        results = execute(
            plan.cases,
            plan.seeds,
            around,
            keeper,
            on_end=ended,
            ready=ready,
            attempts=_attempts(self.resume),
            concurrency=self.prepared.concurrency(plan.choices.concurrency),
        )
        keeper.end(self.prepared.suites)
        return results


def perform(conductor: Conductor, pytest_arguments: Iterable[str] = ()) -> int:
    """Collect, plan, run, and tell pytest's reporters. 0, or the exit code of an end that no bundle tells.

    Raises what went wrong before the first case, as does planning.
    """
    from conformance.engine.session import QUIET

    arguments = [*QUIET, *pytest_arguments]
    code = pytest_main(conductor, conductor.prepared.suites, arguments)
    if isinstance(conductor.failed, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(conductor.failed, OSError) and conductor.keeper and conductor.keeper.begun:
        raise Ended(f"the bundle cannot be written: {conductor.failed}", HARNESS)
    if isinstance(conductor.failed, TestbedError):  # it may tell what the product has printed
        redact = conductor.prepared.redact
        raise TestbedError(redact_text(redact, conductor.failed.what), redact_text(redact, conductor.failed.cure))
    if conductor.failed:
        raise conductor.failed
    return PYTEST_CODES.get(code, HARNESS)


def _attempts(bundle: Bundle | None) -> Mapping[str, int]:
    """How often each case was begun in a bundle."""
    if bundle is None:
        return {}
    return Counter(record["case"] for record in bundle.records if record["kind"] == "case-start")
