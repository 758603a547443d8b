"""Compares two results, requirement by requirement and case by case."""

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.engine.verdict import Verdict

from ..model import NOTHING, Case, Said
from ..rollup import CONFORMS, DOES_NOT_CONFORM, INCOMPLETE, INCONCLUSIVE, RequirementResult, Result
from ..text import shortened, visible
from .facts import facts
from .model import CaseChange, Change, Comparison, Kind, Side

OPEN = frozenset({Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.NOT_TESTED, Verdict.NEEDS_REVIEW})
BAD = frozenset({Verdict.FAIL, Verdict.WARNING})
RANKS = {CONFORMS: 0, INCONCLUSIVE: 1, INCOMPLETE: 2, DOES_NOT_CONFORM: 3}
TEXT_LIMIT = 600
NAME_LIMIT = 300
CASES_SHOWN = 2_000


def compare(a: Result, b: Result, *, names: tuple[str, str] = ("", "")) -> Comparison:
    """What changed from `a` to `b`; `names` is how the two bundles are called."""
    changes = sorted(_changes(a, b), key=lambda change: list(Kind).index(change.kind))
    planned_a, planned_b = ({case.id for case in result.cases} for result in (a, b))
    return Comparison(
        a=_side(a, names[0]),
        b=_side(b, names[1]),
        verdict_worse=RANKS[b.verdict] > RANKS[a.verdict],
        changes=tuple(changes),
        facts=tuple(facts(a.run, b.run)),
        only_in_a=_gone(a, planned_b),
        only_in_b=_gone(b, planned_a),
    )


def kind(was: Verdict, now: Verdict) -> Kind | None:
    """How one verdict follows another; None where nothing changed."""
    if was is now:
        return None
    if now is Verdict.FAIL or (now is Verdict.WARNING and was is not Verdict.FAIL):
        return Kind.REGRESSION
    if now in OPEN and was in (Verdict.PASS, Verdict.WARNING):
        return Kind.LOST
    if now is Verdict.PASS and was in BAD | OPEN:
        return Kind.IMPROVEMENT
    return Kind.OTHER


def _changes(a: Result, b: Result) -> Iterator[Change]:
    before, after = ({row.ref: row for row in result.requirements} for result in (a, b))
    cases_a, cases_b = ({case.id: case for case in result.cases} for result in (a, b))
    for row in b.requirements:
        earlier = before.get(row.ref)
        if earlier is None:
            yield _change(row, Kind.ADDED, None, row.verdict, Said(row.reason, row.reason_zh))
            continue
        changed = tuple(_cases(row, cases_a, cases_b))
        found = kind(earlier.verdict, row.verdict) or _by_cases(changed)
        if found:
            reason = Said(row.reason, row.reason_zh) if row.verdict is not Verdict.PASS else NOTHING
            yield _change(row, found, earlier.verdict, row.verdict, reason, changed)
    for row in a.requirements:
        if row.ref not in after:
            yield _change(row, Kind.REMOVED, row.verdict, None, NOTHING)


def _by_cases(changed: tuple[CaseChange, ...]) -> Kind | None:
    """How a requirement changed whose verdict is the same: as the worst of its cases did."""
    kinds = {case.kind for case in changed}
    return next((one for one in (Kind.REGRESSION, Kind.LOST, Kind.IMPROVEMENT) if one in kinds), None)


def _cases(row: RequirementResult, before: Mapping[str, Case], after: Mapping[str, Case]) -> Iterator[CaseChange]:
    for name in row.cases:
        was, now = before.get(name), after[name]
        if was is None:
            continue
        found = _case_kind(was, now)
        if found:
            attempt = now.decisive
            yield CaseChange(
                case=_text(name, NAME_LIMIT),
                title=_text(now.title, NAME_LIMIT),
                kind=found,
                was=str(_verdict(was)),
                now=str(_verdict(now)),
                summary=_text(attempt.summary) if attempt else "",
                expected=_text(attempt.expected) if attempt and attempt.expected else None,
                got=_text(attempt.got) if attempt and attempt.got else None,
            )


def _case_kind(was: Case, now: Case) -> Kind | None:
    return kind(_verdict(was), _verdict(now))


def _verdict(case: Case) -> Verdict:
    """A case that failed counts as failed, whatever else befell it."""
    return Verdict.FAIL if case.failed else case.verdict


def _change(
    row: RequirementResult,
    found: Kind,
    was: Verdict | None,
    now: Verdict | None,
    reason: Said,
    cases: tuple[CaseChange, ...] = (),
) -> Change:
    return Change(
        kind=found,
        standard=_text(row.standard, NAME_LIMIT),
        role=_text(row.role, NAME_LIMIT),
        id=_text(row.id, NAME_LIMIT),
        clause=_text(row.clause, NAME_LIMIT),
        level=row.level,
        binding=row.binding,
        text=Said(_text(row.text), _text(row.text_zh or row.text)),
        was=str(was) if was else None,
        now=str(now) if now else None,
        reason=Said(_text(reason.en), _text(reason.zh)),
        cases=cases,
    )


def _side(result: Result, name: str) -> Side:
    run = result.run
    return Side(
        bundle=name,
        run=_text(run.id, NAME_LIMIT),
        created=_text(run.created, NAME_LIMIT),
        product=_text(run.plan.get("product") or "", NAME_LIMIT),
        profile=_text(run.plan.get("profile") or "", NAME_LIMIT),
        verdict=result.verdict,
        counts=result.counts,
    )


def _gone(result: Result, others: set[str]) -> tuple[str, ...]:
    gone = [_text(case.id, NAME_LIMIT) for case in result.cases if case.id not in others]
    return tuple(gone[:CASES_SHOWN])


def _text(value: Any, limit: int = TEXT_LIMIT) -> str:
    return visible(shortened(str(value), limit), kept="")
