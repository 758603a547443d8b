"""The findings in SARIF 2.1.0, for the tools that show and follow them: what failed, what warns, what is left to judge.

A finding of a product has no line of source; its place is the record of the case in the bundle, `evidence/<sha256>`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.engine.bundle import Bundle, dump, write_synced
from conformance.engine.verdict import Verdict

from .account import Accounts, telling
from .again import rejudge
from .identity import line, lines, moment
from .model import Case
from .rollup import RequirementResult, roll_up

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
KINDS = {
    Verdict.FAIL: ("fail", "error"),
    Verdict.WARNING: ("fail", "warning"),
    Verdict.ERROR: ("open", "none"),
    Verdict.INCONCLUSIVE: ("open", "none"),
    Verdict.NEEDS_REVIEW: ("review", "none"),
}
"""What becomes a result: its kind and level. A SARIF level other than none goes with the kind "fail" only."""
BASE = "BUNDLE"


def write(bundle: Bundle, directory: Path) -> Path:
    """Write `findings.sarif`."""
    path = directory / "findings.sarif"
    write_synced(path, dump(document(Accounts(roll_up(bundle), bundle))))
    return path


def document(accounts: Accounts) -> dict[str, Any]:
    """The log, with one run."""
    run = accounts.result.run
    rows = [row for row in accounts.result.requirements if row.verdict in KINDS]
    cases = {case.id: case for case in accounts.result.cases}
    harness = run.manifest.get("harness")
    version = line(harness.get("version") or "") if isinstance(harness, dict) else ""
    driver: dict[str, Any] = {"name": "iic-conform", "rules": [_rule(row) for row in rows]}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver | ({"version": version} if version else {})},
                "automationDetails": {"id": f"iic-conform/{line(run.plan.get('profile') or '')}/{line(run.id)}"},
                "invocations": [_invocation(accounts)],
                "originalUriBaseIds": {BASE: {"description": {"text": "the folder of the bundle"}}},
                "columnKind": "unicodeCodePoints",
                "results": [found for n, row in enumerate(rows) for found in _results(accounts, cases, n, row)],
                "properties": {"verdict": accounts.result.verdict, "product": line(run.plan.get("product") or "")},
            }
        ],
    }


def _rule(row: RequirementResult) -> dict[str, Any]:
    failing = row.verdict in (Verdict.FAIL, Verdict.WARNING)
    said = f"{row.key}, clause {row.clause}, {row.level}"
    return {
        "id": line(row.ref),
        "name": line(row.id),
        "shortDescription": {"text": line(said)},
        "fullDescription": {"text": lines(row.text) or line(row.id)},
        "defaultConfiguration": {"level": KINDS[row.verdict][1] if failing else "warning"},
        "properties": {"clause": line(row.clause), "level": line(row.level), "text_zh": lines(row.text_zh)},
    }


def _invocation(accounts: Accounts) -> dict[str, Any]:
    result = accounts.result
    erred = bool(result.counts["cases"][str(Verdict.ERROR)])
    return {
        "executionSuccessful": result.run.complete and not erred,
        "exitCode": result.exit_code,
        "startTimeUtc": moment(result.run.created),
        "endTimeUtc": moment(result.run.finished or result.run.created),
    }


def _results(
    accounts: Accounts, cases: Mapping[str, Case], rule: int, row: RequirementResult
) -> Iterator[dict[str, Any]]:
    """A result for each case that tells of the requirement; one without a case where none does."""
    failing = row.verdict in (Verdict.FAIL, Verdict.WARNING)
    judging = [cases[name] for name in row.cases]
    told = [case for case in judging if (case.failed if failing else case.verdict is row.verdict)]
    found: list[Case | None] = [*told] or [None]
    for case in found:
        kind, level = KINDS[row.verdict]
        yield {
            "ruleId": line(row.ref),
            "ruleIndex": rule,
            "kind": kind,
            "level": level,
            "message": {"text": lines(_message(row, case))},
            "locations": [_location(case)],
            "partialFingerprints": {"requirementAndCase/v1": _fingerprint(row, case)},
            "properties": {"verdict": str(row.verdict)} | _commands(accounts, case),
        }


def _message(row: RequirementResult, case: Case | None) -> str:
    attempt = (case.decisive or telling(case)) if case else None
    if attempt is None:
        return row.reason or str(row.verdict)
    parts = [attempt.summary or str(row.verdict)]
    parts += [f"expected: {attempt.expected}"] if attempt.expected else []
    parts += [f"got: {attempt.got}"] if attempt.got else []
    return "\n".join(parts)


def _location(case: Case | None) -> dict[str, Any]:
    attempt = (case.decisive or telling(case)) if case else None
    record = f"evidence/{attempt.transcript}" if attempt and attempt.transcript else "journal.jsonl"
    place: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": record, "uriBaseId": BASE}}}
    if case:
        place["logicalLocations"] = [{"fullyQualifiedName": line(case.id), "kind": "function"}]
    return place


def _fingerprint(row: RequirementResult, case: Case | None) -> str:
    name = f"{row.ref}\n{case.id if case else ''}"
    return hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()


def _commands(accounts: Accounts, case: Case | None) -> dict[str, str]:
    return {"rejudge": line(rejudge(accounts.bundle, case), 1_000)} if case else {}
