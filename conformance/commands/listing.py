"""`iic-conform list` and `explain`."""

from collections.abc import Mapping
from typing import Any

import reports
import testbeds
from conformance.engine.suite import find_suites
from conformance.engine.variants import faults, variants
from profiles import Requirement, find_profiles, load_catalogue, load_profile
from profiles.problems import choose_from

from .exits import Ended
from .knowledge import Knowledge, everything, installed
from .output import write, write_json, write_table

Row = Mapping[str, Any]


def command(kind: str, only: tuple[str, ...], as_json: bool) -> int:
    """List what is installed of one kind; `only` are standards. Raises Ended for one that is not installed."""
    if only and kind not in OF_STANDARDS:
        raise Ended(f"list {kind}: {' '.join(only)} narrows nothing here; leave it away")
    rows = KINDS[kind](only)
    if as_json:
        write_json(rows)
    elif rows:
        columns = COLUMNS[kind]
        write_table([columns, *(tuple(_cell(row[name], name in COUNTED) for name in columns) for row in rows)])
    else:
        write(f"no {kind}")
    return 0


def explain(wanted: str, as_json: bool) -> int:
    """Show one requirement with its cases and faults. A bare id may name one in several standards."""
    standard = wanted.partition(":")[0] if ":" in wanted else ""
    knowledge = everything([standard] if standard else ())
    found = [r for r in knowledge.requirements.values() if wanted in (r.ref, r.id, f"{r.standard}:{r.id}")]
    if not found:
        known = {r.id for r in knowledge.requirements.values()} | set(knowledge.requirements)
        raise Ended(f"there is no requirement {wanted!r}. {choose_from(wanted, known)}")
    rows = [row for row in _requirement_rows(knowledge) if any(row["ref"] == r.ref for r in found)]
    if as_json:
        write_json(rows)
        return 0
    for requirement in found:
        _explain(requirement, knowledge)
    return 0


def _explain(r: Requirement, knowledge: Knowledge) -> None:
    write(f"{r.ref}  ({r.level}, clause {r.clause}, wording: {r.wording})")
    write(f"  {r.text}")
    if r.text_zh:
        write(f"  {r.text_zh}")
    if r.when:
        write(f"  applies when: {r.when}")
    if r.interpretation:
        write(f"  read as: {r.interpretation} (never fails a product)")
    write(f"  check: {r.check}" + (f" ({r.why})" if r.why else ""))
    titles = {spec.id: spec.title for spec in knowledge.cases}
    for case in knowledge.cases_of().get(r.ref, []):
        write(f"  case:  {case}\n         {titles[case]}")
    for name in knowledge.faults_of().get(r.ref, []):
        suite, _, fault = name.partition(":")
        write(f"  fault: {fault}\n         {knowledge.faults[suite][fault].summary}")


def _requirements(only: tuple[str, ...]) -> list[Row]:
    return _requirement_rows(everything(only))


def _requirement_rows(knowledge: Knowledge) -> list[Row]:
    cases, broken = knowledge.cases_of(), knowledge.faults_of()
    return [
        {
            "id": r.id, "ref": r.ref, "standard": r.standard, "role": r.role, "clause": r.clause, "level": r.level,
            "wording": r.wording, "when": r.when, "check": r.check, "why": r.why, "text": r.text, "text_zh": r.text_zh,
            "cases": cases.get(r.ref, []), "faults": broken.get(r.ref, []),
        }
        for r in knowledge.requirements.values()
    ]  # fmt: skip


def _cases(only: tuple[str, ...]) -> list[Row]:
    return [
        {"id": s.id, "suite": s.suite.name, "title": s.title, "requirements": list(s.requirements), "source": s.source}
        for s in everything(only).cases
    ]


def _standards(only: tuple[str, ...]) -> list[Row]:
    rows: list[Row] = []
    for key, path in installed(only).items():
        catalogue = load_catalogue(path, key)
        counts = {
            check: sum(r.check == check for r in catalogue.requirements) for check in ("automatic", "review", "none")
        }
        rows.append(catalogue.to_json() | {"requirements": len(catalogue.requirements)} | counts)
    return rows


def _profiles(_: tuple[str, ...]) -> list[Row]:
    rows: list[Row] = []
    for name in find_profiles():
        profile = load_profile(name)
        standards = [selection.catalogue for selection in profile.catalogues]
        rows.append({"id": profile.id, "title": profile.title, "title_zh": profile.title_zh, "standards": standards})
    return rows


def _suites(_: tuple[str, ...]) -> list[Row]:
    return [
        {"name": s.name, "package": s.package, "standards": list(s.standards), "reference": s.has("reference")}
        for s in find_suites().values()
    ]


def _testbeds(_: tuple[str, ...]) -> list[Row]:
    files: list[Row] = [
        {"name": name, "kind": testbeds.find_settings(name).kind, "file": str(path)}
        for name, path in testbeds.named().items()
    ]
    kinds: list[Row] = [{"name": kind, "kind": kind, "file": ""} for kind in testbeds.testbeds()]
    return [{"name": "embedded", "kind": "memory", "file": ""}, *kinds, *files]


def _references(_: tuple[str, ...]) -> list[Row]:
    return [
        {"name": variant.name, "suite": suite.name, "faults": list(faults(suite))}
        for suite in find_suites().values()
        if suite.has("reference")
        for variant in variants(suite)
    ]


def _faults(_: tuple[str, ...]) -> list[Row]:
    return [
        {"id": name, "suite": suite.name, "breaks": list(fault.breaks), "summary": fault.summary}
        for suite in find_suites().values()
        for name, fault in faults(suite).items()
    ]


def _reports(_: tuple[str, ...]) -> list[Row]:
    return [{"format": name} for name in reports.writers()]


KINDS = {
    "requirements": _requirements,
    "cases": _cases,
    "standards": _standards,
    "profiles": _profiles,
    "suites": _suites,
    "testbeds": _testbeds,
    "references": _references,
    "faults": _faults,
    "reports": _reports,
}
OF_STANDARDS = ("requirements", "cases", "standards")
"""The kinds of which standards choose."""
COLUMNS = {
    "requirements": ("id", "standard", "role", "clause", "level", "check", "cases", "text"),
    "cases": ("id", "title"),
    "standards": ("key", "edition", "requirements", "automatic", "review", "none"),
    "profiles": ("id", "standards", "title"),
    "suites": ("name", "standards", "package"),
    "testbeds": ("name", "kind", "file"),
    "references": ("name", "suite", "faults"),
    "faults": ("id", "suite", "breaks", "summary"),
    "reports": ("format",),
}


COUNTED = ("cases",)
"""Of these a table tells how many there are; `--format json` and `explain` name them."""


def _cell(value: Any, counted: bool) -> str:
    if isinstance(value, list) and counted:
        return str(len(value))
    if isinstance(value, list):
        return ", ".join(map(str, value)) if len(value) < 3 else f"{len(value)}"
    return "" if value is None else str(value)
