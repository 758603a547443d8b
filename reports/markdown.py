"""A summary in Markdown, as a comment on a pull request shows it: verdict, counts, findings, and what was not tested.

What the product or a stranger wrote stands in code spans, where nothing of it is markup, a mention or a link.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from conformance.engine.bundle import Bundle, write_synced
from conformance.engine.verdict import Verdict

from .again import rejudge
from .identity import line
from .rollup import CONFORMS, DOES_NOT_CONFORM, Finding, Result, roll_up

FINDINGS_SHOWN = 20
REASONS_SHOWN = 10
LIMIT = 60_000
"""Characters; hosts of code take little more in a comment."""
SIGNS = {CONFORMS: "✅", DOES_NOT_CONFORM: "❌"}
ORDER = (Verdict.PASS, Verdict.FAIL, Verdict.WARNING, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.NEEDS_REVIEW,
         Verdict.NOT_TESTED, Verdict.NOT_APPLICABLE)  # fmt: skip


def write(bundle: Bundle, directory: Path) -> Path:
    """Write `summary.md`."""
    path = directory / "summary.md"
    write_synced(path, document(roll_up(bundle), bundle).encode())
    return path


def document(result: Result, bundle: Bundle) -> str:
    """The summary; cut at a line where it would grow too long."""
    kept, room = [], LIMIT
    for part in _lines(result, bundle):
        room -= len(part) + 1
        if room < 0:
            kept.append("\n*The summary is cut here; the report shows the rest.*")
            break
        kept.append(part)
    return "\n".join(kept) + "\n"


def code(value: object, limit: int = 300) -> str:
    """A foreign text as a code span: one line, fenced by more backticks than it holds in a row."""
    text = line(value, limit) or " "
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _lines(result: Result, bundle: Bundle) -> Iterator[str]:
    run = result.run
    yield f"## {SIGNS.get(result.verdict, '⚠️')} {result.verdict.capitalize()}"
    yield ""
    yield f"{code(run.plan.get('product') or 'the product')} against {code(run.plan.get('profile') or 'the profile')}"
    yield ""
    yield from (f"- {said.en if _ours(said.en) else code(said.en, 500)}" for said in result.reasons)
    yield ""
    yield from _counts(result)
    yield from _findings(result, bundle, Verdict.FAIL, "Failed")
    yield from _findings(result, bundle, Verdict.WARNING, "Warnings, which do not fail the product")
    yield from _not_judged(result)
    yield ""
    yield f"Run {code(run.id)}, {run.seconds:.1f} s."


def _ours(text: str) -> bool:
    """Whether a reason is plain words: those that name cases or requirements hold foreign text."""
    return re.fullmatch(r"[\w ,.:()-]*", text, re.ASCII) is not None and "://" not in text


def _counts(result: Result) -> Iterator[str]:
    used = [v for v in ORDER if any(result.counts[of][str(v)] for of in ("requirements", "cases"))]
    yield "| | " + " | ".join(map(str, used)) + " |"
    yield "|---" * (len(used) + 1) + "|"
    for name in ("requirements", "cases"):
        yield f"| {name} | " + " | ".join(str(result.counts[name][str(v)]) for v in used) + " |"


def _findings(result: Result, bundle: Bundle, verdict: Verdict, title: str) -> Iterator[str]:
    found: dict[str, list[Finding]] = {}
    for finding in result.findings:
        if finding.verdict is verdict:
            found.setdefault(finding.ref, []).append(finding)
    if not found:
        return
    yield f"\n### {title}\n"
    for first, *others in list(found.values())[:FINDINGS_SHOWN]:
        yield from _finding(result, bundle, first, len(others))
    if len(found) > FINDINGS_SHOWN:
        yield f"- and {len(found) - FINDINGS_SHOWN} more, in the report"


def _finding(result: Result, bundle: Bundle, finding: Finding, others: int) -> Iterator[str]:
    """A requirement with the first of its cases, and how many more fail."""
    more = f"; {others} more of its cases fail" if others else ""
    yield f"- **{code(finding.ref)}** clause {code(finding.clause, 60)}, {code(finding.level, 20)}{more}"
    for name, value in (("expected", finding.expected), ("came", finding.came)):
        if value:
            yield f"  - {name}: {code(value)}"
    case = next(case for case in result.cases if case.id == finding.case)
    yield f"  - judge the record again: {code(rejudge(bundle, case), 700)}"


def _not_judged(result: Result) -> Iterator[str]:
    for verdict, title in (
        (Verdict.ERROR, "Errors of the harness"),
        (Verdict.INCONCLUSIVE, "Could not be judged"),
        (Verdict.NEEDS_REVIEW, "To be reviewed by a person"),
        (Verdict.NOT_TESTED, "Not tested"),
    ):
        reasons = Counter(row.reason for row in result.requirements if row.verdict is verdict)
        if not reasons:
            continue
        yield f"\n<details><summary>{title}: {reasons.total()}</summary>\n"
        yield from (f"- {n}: {code(reason)}" for reason, n in reasons.most_common(REASONS_SHOWN))
        if len(reasons) > REASONS_SHOWN:
            yield f"- {sum(n for _, n in reasons.most_common()[REASONS_SHOWN:])} for other reasons"
        yield "\n</details>"
