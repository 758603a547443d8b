"""The journal: its chain, what the manifest says of it, and the plan against it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from conformance.engine.bundle import GENESIS

from .files import JOURNAL, Tree
from .model import Verification

_SHOWN = 20
_EVIDENCE = ("transcript", "capture")


def check_chain(data: bytes, manifest: Mapping[str, Any] | None, found: Verification) -> None:
    """Follow the chain line by line, and compare its end with the manifest. A break is named by its line.

    Without a manifest the run was cut short, and so may its last line be.
    """
    *lines, rest = data.split(b"\n")
    if rest and manifest is not None:
        found.add(JOURNAL, "its last line was not written to its end")
    last = GENESIS
    good = 0
    for number, line in enumerate(lines):
        if not line.startswith(b'{"n":%d,"prev":"%b",' % (number, last.encode())):
            found.add(JOURNAL, _break(line, number))
            break
        last = hashlib.sha256(line).hexdigest()
        good += 1
    if manifest is not None:
        _check_end(good, last, manifest, found)


def _break(line: bytes, number: int) -> str:
    """What is wrong with a line that does not follow; `number` is how many stand before it."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("n"), int):
        return f"line {number + 1} is no record"
    return f"line {number + 1} does not follow from the line before it: {_how(record['n'], number)}"


def _how(n: int, number: int) -> str:
    if n > number:
        return f"it is record {n}, so that records were taken out or exchanged"
    if n < number:
        return f"it is record {n}, so that records were put in or exchanged"
    return "it holds another digest, so that the line before was changed, or it is written otherwise than a record is"


def _check_end(records: int, last: str, manifest: Mapping[str, Any], found: Verification) -> None:
    said = manifest.get("journal")
    said = said if isinstance(said, dict) else {}
    if said.get("records") != records:
        found.add(JOURNAL, f"has {records} records that follow, by the manifest {said.get('records')}")
    if said.get("last") != last:
        found.add(JOURNAL, "its last record is not the one that the manifest names")


def check_plan(plan: Mapping[str, Any], records: Iterable[Mapping[str, Any]], tree: Tree, found: Verification) -> None:
    """Compare the plan with the journal: each case begins as planned and ends once per beginning, with its evidence."""
    planned = set(_planned(plan))
    begun: set[tuple[str, str]] = set()
    ended: set[tuple[str, str]] = set()
    problems: list[str] = []
    over = False
    for record in records:
        kind, case = record["kind"], str(record.get("case"))
        line = f"line {record['n'] + 1}"
        if over and kind != "run-start":
            problems.append(f"{line} stands behind the end of the run")
        over = kind == "run-end"
        if kind == "link":
            _check_evidence(record, f"the record of link {record.get('link')}", tree, found)
        if kind not in ("case-start", "case-end", "case-interrupted"):
            continue
        if case not in planned:
            problems.append(f"{line}: {case} is not in the plan")
        elif kind == "case-start":
            begun.add((case, str(record.get("attempt"))))
        elif kind == "case-end":
            problems += _end(record, line, begun, ended)
            _check_evidence(record, case, tree, found)
    for what in problems[:_SHOWN]:
        found.add(JOURNAL, what)
    if len(problems) > _SHOWN:
        found.add(JOURNAL, f"{len(problems) - _SHOWN} more problems of this kind")


def _planned(plan: Mapping[str, Any]) -> list[str]:
    rows = plan.get("cases")
    return [str(row.get("id")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _end(record: Mapping[str, Any], line: str, begun: set[tuple[str, str]], ended: set[tuple[str, str]]) -> list[str]:
    attempt = (str(record.get("case")), str(record.get("attempt")))
    told = f"{line}: attempt {attempt[1]} of {attempt[0]}"
    if attempt in ended:
        return [f"{told} ends a second time"]
    ended.add(attempt)
    given_up = record.get("lost") and record.get("verdict") == "inconclusive"  # the product was gone before it began
    return [] if attempt in begun or given_up else [f"{told} ends without having begun"]


def _check_evidence(record: Mapping[str, Any], what: str, tree: Tree, found: Verification) -> None:
    for name in _EVIDENCE:
        digest = record.get(name)
        if digest is not None and f"evidence/{digest}" not in tree.files:
            found.add(f"evidence/{digest}", f"is missing, and {what} rests on it")


def check_ended(plan: Mapping[str, Any], records: Iterable[Mapping[str, Any]], found: Verification) -> None:
    """Of a run that came to its end: every case of the plan has an end, and the journal's last record says so."""
    listed = list(records)
    ended = {str(record.get("case")) for record in listed if record["kind"] == "case-end"}
    missing = [case for case in _planned(plan) if case not in ended]
    if not listed or listed[-1]["kind"] != "run-end":
        found.add(JOURNAL, "has no record of the end of the run, though the bundle has a manifest")
    for case in missing[:_SHOWN]:
        found.add(JOURNAL, f"{case} is in the plan, but has no end")
    if len(missing) > _SHOWN:
        found.add(JOURNAL, f"{len(missing) - _SHOWN} more cases of the plan have no end")
