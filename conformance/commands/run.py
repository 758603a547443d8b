"""`iic-conform run`, `resume` and `rerun`."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import reports
from conformance.engine.bundle import Bundle, writing
from conformance.engine.case import CaseSpec
from conformance.engine.choices import Choices
from conformance.engine.plan import Plan, PlanError
from conformance.engine.session import QUIET, collect
from conformance.engine.verdict import Verdict

from .conduct import Conductor, perform
from .exits import HARNESS, INTERRUPTED, Ended, tell
from .order import EMBEDDED, Order, Telling
from .output import write, write_json
from .prepare import Prepared, check_writable, new_bundle, prepare
from .progress import Progress

WORTH_ANOTHER_TRY = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR)


def run(order: Order, choices: Choices, out: Path, telling: Telling, pytest_arguments: tuple[str, ...] = ()) -> int:
    """Run a profile against a product."""
    _check_telling(telling)
    check_writable(out)
    prepared = prepare(order)
    make_plan = _planner(prepared, choices, with_options=bool(pytest_arguments))
    return _run(prepared, new_bundle(out), make_plan, telling, pytest_arguments)


def _planner(prepared: Prepared, choices: Choices, *, with_options: bool) -> Callable[[list[CaseSpec]], Plan]:
    """What plans a run of the cases that pytest finds. With options it may not find all: what there is besides is
    looked for first, for the plan has to say what it does without.
    """
    if not with_options:
        return lambda specs: prepared.plan(specs, choices)
    everything = collect(prepared.suites, QUIET)
    return lambda specs: prepared.plan(everything, replace(choices, found=frozenset(spec.id for spec in specs)))


def resume(path: Path, order: Order, telling: Telling) -> int:
    """Run what a bundle's run had left undone when it was cut short."""
    _check_telling(telling)
    with writing(path):
        bundle = Bundle(path)
        if bundle.complete:
            raise Ended(
                f"{path}: this run came to its end; `iic-conform rerun --failed {path}` takes failed cases again"
            )
        if bundle.damaged:
            raise Ended(f"{path}: {bundle.damaged}: this record is damaged and stays incomplete; run anew")
        prepared = prepare(_order(bundle, order))
        return _run(prepared, path, lambda specs: _rest(prepared, bundle, specs), telling, resume_=bundle)


def rerun(path: Path, order: Order, failed: bool, choices: Choices, out: Path, telling: Telling) -> int:
    """Run the cases of a bundle again, in a new bundle: all, or those that did not pass."""
    _check_telling(telling)
    check_writable(out)
    bundle = Bundle(path)
    was = reports.roll_up(bundle)
    wanted = frozenset(case.id for case in was.cases if not failed or case.verdict in WORTH_ANOTHER_TRY)
    if not wanted:  # the verdict stays that of the run, which may be short of `conforms` for other reasons
        tell(f"{path}: no case failed or was left inconclusive; there is nothing to run again")
        if telling.as_json:
            write_json(reports.run_json(was, path))
        return was.exit_code
    prepared = prepare(_order(bundle, order))
    seed = choices.seed if choices.seed is not None else bundle.plan.get("seed")
    chosen = replace(choices, only=wanted, seed=seed)

    def make_plan(specs: list[CaseSpec]) -> Plan:
        _same_cases(wanted, specs, path)
        made = prepared.plan(specs, chosen)
        made.rerun_of = bundle.run
        return made

    return _run(prepared, new_bundle(out), make_plan, telling)


def _run(
    prepared: Prepared,
    directory: Path,
    make_plan: Callable[[list[CaseSpec]], Plan],
    telling: Telling,
    pytest_arguments: Iterable[str] = (),
    resume_: Bundle | None = None,
) -> int:
    with Progress(prepared.profile.id, quiet=telling.quiet) as progress:
        conductor = Conductor(prepared, directory, make_plan, progress, resume_)
        try:
            code = perform(conductor, pytest_arguments)
        except BaseException:
            if conductor.keeper and conductor.keeper.begun:
                tell(f"What was recorded is kept; go on with: iic-conform resume {directory}")
            raise
    if conductor.keeper is None or not conductor.keeper.begun:
        if code == INTERRUPTED:
            tell("interrupted before the first case; nothing was recorded")
        if not code and pytest_arguments:
            raise Ended("an option of pytest kept every case from being run; `iic-conform list cases` only lists them")
        return code or HARNESS
    if code == INTERRUPTED:
        tell(f"interrupted; go on with: iic-conform resume {directory}")
    return _report(directory, telling, code)


def _report(directory: Path, telling: Telling, code: int) -> int:
    """Write the reports and tell the result; a report that could not be written never lets a product conform."""
    bundle = Bundle(directory)
    result = reports.roll_up(bundle)
    written = reports.write(bundle, list(telling.formats) or None)
    broken = tell_broken(written)
    code = code or (HARNESS if broken else result.exit_code)
    if code and result.verdict == "conforms":
        result = replace(result, verdict="incomplete", exit_code=code)
    if telling.as_json:
        write_json(reports.run_json(result, directory))
    else:
        write(reports.terminal_summary(result, bundle, _html(directory, telling.formats)).rstrip("\n"))
        if telling.formats:
            tell_written(written)
        write(f"Bundle: {directory}")
    return code


def tell_written(written: Iterable[tuple[str, object]]) -> None:
    """The files that were made, each with its format."""
    for form, done in written:
        for path in done if isinstance(done, list) else [done]:
            if isinstance(path, Path):
                write(f"Report {form}: {path}")


def tell_broken(written: Iterable[tuple[str, object]]) -> list[str]:
    """The formats whose writer failed, each told on stderr."""
    broken = []
    for form, done in written:
        if isinstance(done, Exception):
            tell(f"report {form} could not be written: {type(done).__name__}: {done}")
            broken.append(form)
    return broken


def _html(directory: Path, formats: Iterable[str] = ()) -> Path | None:
    """The report for people, where it was not ordered by name."""
    path = directory / "report" / "index.html"
    return path if not formats and path.is_file() else None


def _check_telling(telling: Telling) -> None:
    check_formats(telling.formats)
    if "pdf" in telling.formats:
        raise Ended("--report pdf: a run makes no test report; afterwards: iic-conform report BUNDLE --report pdf")


def check_formats(formats: Iterable[str]) -> None:
    """Stop before anything is done when a format does not exist. Raises Ended."""
    known = reports.writers()
    for form in formats:
        if form not in known:
            raise Ended(f"--report {form}: there is no such format; choose from {', '.join(known)}")


def _order(bundle: Bundle, over: Order) -> Order:
    """How the bundle's run was ordered, with what the user gives now laid over it."""
    was = Order.from_json(bundle.plan.get("order") or {})
    testbed = over.testbed or (was.testbed if was.testbed != EMBEDDED or over.product is None else None)
    return Order(
        profile=over.profile or was.profile or str(bundle.plan.get("profile")),
        product=over.product or was.product,
        testbed=testbed,
    )


def _rest(prepared: Prepared, bundle: Bundle, specs: list[CaseSpec]) -> Plan:
    """The recorded plan, less the cases that have an end."""
    rows = bundle.planned()
    _same_cases(rows, specs, bundle.directory)
    ended = bundle.ends()
    made = Plan(prepared.profile, prepared.product, prepared.requirements, Choices(), int(bundle.plan["seed"]))
    known = {spec.id: spec for spec in specs}
    for name, row in rows.items():
        if name not in ended:
            made.cases.append(known[name])
            made.bound[name] = list(row["requirements"])
            made.seeds[name] = int(row["seed"])
    return made


def _same_cases(wanted: Iterable[str], specs: list[CaseSpec], path: Path) -> None:
    gone = sorted(set(wanted) - {spec.id for spec in specs})
    if gone:
        raise PlanError(
            f"{path}: the suites have changed since this run: {len(gone)} of its cases are gone, such as {gone[0]}. "
            "Use the version that its manifest names, or run anew"
        )
