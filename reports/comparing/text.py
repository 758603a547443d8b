"""A comparison for a person at a terminal."""

from collections.abc import Iterator

from .model import GROUPS, Change, Comparison, Kind

SHOWN = 40
CASES_SHOWN = 5
TITLES = {
    Kind.REGRESSION: "Worse: failed or warned now",
    Kind.LOST: "Worse: was judged, and is not any more",
    Kind.ADDED: "New requirements",
    Kind.REMOVED: "Requirements that are gone",
    Kind.IMPROVEMENT: "Better",
    Kind.OTHER: "Changed otherwise",
}


def text(comparison: Comparison) -> str:
    """What changed, worse things first."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(comparison: Comparison) -> Iterator[str]:
    a, b = comparison.a, comparison.b
    yield "WORSE" if comparison.worse else "NOTHING WORSE"
    yield f"  {a.product} ({a.verdict}), run {a.run}"
    yield f"  {b.product} ({b.verdict}), run {b.run}"
    for kind in Kind:
        found = comparison.of(kind)
        if found:
            yield f"\n{TITLES[kind]}: {len(found)}"
        for change in found[:SHOWN]:
            yield from _change(change)
        if len(found) > SHOWN:
            yield f"  ... and {len(found) - SHOWN} more; --format json has all of them"
    yield from _facts(comparison)
    for name, cases in (("first", comparison.only_in_a), ("second", comparison.only_in_b)):
        if cases:
            yield f"\nCases that only the {name} run planned: {len(cases)}"
            yield from (f"  {case}" for case in cases[:CASES_SHOWN])
            if len(cases) > CASES_SHOWN:
                yield f"  ... and {len(cases) - CASES_SHOWN} more"
    if not (comparison.changes or comparison.facts or comparison.only_in_a or comparison.only_in_b):
        yield "\nNothing changed."


def _change(change: Change) -> Iterator[str]:
    yield f"  {change.ref} (clause {change.clause}, {change.level}): {change.was or '-'} -> {change.now or '-'}"
    if change.kind in (Kind.REGRESSION, Kind.LOST) and change.reason:
        yield f"    {change.reason.en}"
    for case in change.cases[:CASES_SHOWN]:
        yield f"    {case.case}: {case.was} -> {case.now}"
        if case.now != "pass" and (said := case.got or case.summary):
            yield f"      {said}"
    if len(change.cases) > CASES_SHOWN:
        yield f"    ... and {len(change.cases) - CASES_SHOWN} cases more"


def _facts(comparison: Comparison) -> Iterator[str]:
    for group, said in GROUPS.items():
        found = [fact for fact in comparison.facts if fact.group == group]
        if found:
            yield f"\n{said.en}:"
        for fact in found[:SHOWN]:
            yield f"  {fact.name}: {fact.was or '-'} -> {fact.now or '-'}"
        if len(found) > SHOWN:
            yield f"  ... and {len(found) - SHOWN} more"
