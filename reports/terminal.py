"""The result of a run for a person at a terminal: plain text, in which nothing of the product can act."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict

from .again import rejudge, run_again
from .exchange import exchange
from .model import Case
from .rollup import Finding, Result
from .text import one_line, shortened

FINDINGS_SHOWN = 10
REASONS_SHOWN = 8
MESSAGES_SHOWN = 6
TEXT_LIMIT = 500


def terminal_summary(result: Result, bundle: Bundle, html: Path | None = None) -> str:
    """Verdict, counts, findings with the commands that play them again, and what was not tested.

    `html` is the path of the report, told at the end.
    """
    parts = [
        *_head(result),
        *_findings(result, bundle, Verdict.FAIL),
        *_findings(result, bundle, Verdict.WARNING),
        *_unjudged(result),
        *_not_tested(result),
    ]
    if html:
        parts.append(f"\nReport: {html}")
    return "\n".join(parts) + "\n"


def _head(result: Result) -> Iterator[str]:
    run = result.run
    product, profile = (
        _shown(run.plan.get("product") or "the product"),
        _shown(run.plan.get("profile") or "the profile"),
    )
    yield f"{result.verdict.upper()}: {product} against {profile}"
    yield from (f"  - {_shown(said.en)}" for said in result.reasons)
    yield ""
    yield f"  requirements  {_counts(result.counts['requirements'])}"
    yield f"  cases         {_counts(result.counts['cases'])}"
    yield f"  took          {run.seconds:.1f} s"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {verdict}" for verdict, n in counts.items() if n) or "none"


def _findings(result: Result, bundle: Bundle, verdict: Verdict) -> Iterator[str]:
    """What failed: for requirements that the same cases judge, the first of these, and how many more there are."""
    groups = _grouped(finding for finding in result.findings if finding.verdict is verdict)
    cases = {case.id: case for case in result.cases}
    if groups:
        yield "\n" + ("Failed:" if verdict is Verdict.FAIL else "Warnings, which do not fail the product:")
    for findings, others in groups[:FINDINGS_SHOWN]:
        yield from _failed(result, bundle, findings, cases[findings[0].case])
        if others:
            yield f"    and {others} more of its cases, in the report"
    if len(groups) > FINDINGS_SHOWN:
        yield f"\n  ... and {len(groups) - FINDINGS_SHOWN} more in the report"


def _grouped(findings: Iterable[Finding]) -> list[tuple[list[Finding], int]]:
    """The findings of one case for each set of requirements, and how many more cases failed by the same set."""
    by_case: dict[str, list[Finding]] = {}
    for finding in findings:
        by_case.setdefault(finding.case, []).append(finding)
    groups: dict[tuple[str, ...], list[list[Finding]]] = {}
    for found in by_case.values():
        groups.setdefault(tuple(finding.ref for finding in found), []).append(found)
    return [(first, len(others)) for first, *others in groups.values()]


def _failed(result: Result, bundle: Bundle, findings: Sequence[Finding], case: Case) -> Iterator[str]:
    """A case that failed: requirements, what was expected, what came, the last messages, and how to repeat it."""
    rows = {row.ref: row for row in result.requirements}
    yield ""
    for finding in findings:
        where = f"{finding.standard}/{finding.role}, clause {finding.clause}, {finding.level}"
        yield f"  {_shown(finding.requirement)} ({_shown(where)})"
        yield f"    {_shown(rows[finding.ref].text)}"
    yield f"    case:     {_shown(case.id)}"
    yield f"    expected: {_shown(findings[0].expected or 'what the clause says')}"
    yield f"    came:     {_shown(findings[0].came)}"
    spoken = exchange(bundle, case.decisive)
    if lines := spoken.last(MESSAGES_SHOWN):
        yield f"    messages (the last {len(lines)} of {len(spoken.messages)}):"
        yield from (f"      {_shown(line)}" for line in lines)
    yield f"    replay:   {run_again(result.run, case)}"
    yield f"    rejudge:  {rejudge(bundle, case, str(bundle.directory))}"


def _unjudged(result: Result) -> Iterator[str]:
    """Requirements that an error of ours or a missing start state kept from being judged."""
    rows = [r for r in result.requirements if r.verdict in (Verdict.INCONCLUSIVE, Verdict.ERROR)]
    if rows:
        yield "\nCould not be judged:"
    for row in rows[:FINDINGS_SHOWN]:
        yield f"  {_shown(row.id)} ({row.verdict}): {_shown(row.reason)}"
    if len(rows) > FINDINGS_SHOWN:
        yield f"  ... and {len(rows) - FINDINGS_SHOWN} more in the report"


def _not_tested(result: Result) -> Iterator[str]:
    """What was not looked at, by reason."""
    for verdict, title in ((Verdict.NEEDS_REVIEW, "To be reviewed:"), (Verdict.NOT_TESTED, "Not tested:")):
        reasons = Counter(r.reason for r in result.requirements if r.verdict is verdict)
        if reasons:
            yield f"\n{title}"
        yield from (f"  {n:5}  {_shown(reason)}" for reason, n in reasons.most_common(REASONS_SHOWN))
        if len(reasons) > REASONS_SHOWN:
            yield f"  {sum(n for _, n in reasons.most_common()[REASONS_SHOWN:]):5}  for other reasons, see the report"
    yield from _not_applicable(result)


def _not_applicable(result: Result) -> Iterator[str]:
    """What the product need not meet, by what it says of itself and by what its cases found out."""
    rows = [row for row in result.requirements if row.verdict is Verdict.NOT_APPLICABLE]
    found = sum(bool(row.cases) for row in rows)
    told = [f"{len(rows) - found} by its claims"] if len(rows) > found else []
    told += [f"{found} as the test found out"] if found else []
    if told:
        yield f"\nNot applicable to this product: {', '.join(told)}"


def _shown(value: object) -> str:
    return one_line(shortened(str(value), TEXT_LIMIT))
