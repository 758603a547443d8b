"""What stands around the verdicts: what was not looked at, notes, the product, the environment, the digests."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict

from ..anchors import anchor
from ..model import LeftOutCase, Run, Said
from ..rollup import RequirementResult, Result
from . import words
from .findings import requirement_text
from .markup import Child, Markup, both, el, foreign, many, quoted

IDS_SHOWN = 12
NOTES_SHOWN = 2_000


def by_reason(result: Result, verdict: Verdict) -> Markup:
    """The requirements of a verdict, those of one reason together, the largest group first."""
    groups: dict[Said, list[RequirementResult]] = {}
    for row in result.requirements:
        if row.verdict is verdict:
            groups.setdefault(Said(row.reason, row.reason_zh), []).append(row)
    largest = sorted(groups.items(), key=lambda group: -len(group[1]))
    several = len({row.key for row in result.requirements}) > 1
    return el("ul", [_group(reason, _ids(rows, several), len(rows)) for reason, rows in largest], class_="reasons")


def left_out_cases(result: Result) -> Markup | None:
    """The cases that the run did without, by reason."""
    groups: dict[Said, list[LeftOutCase]] = {}
    for case in result.run.left_out_cases:
        groups.setdefault(case.said, []).append(case)
    if not groups:
        return None
    lines = [
        _group(said, [many(el("code", foreign(case.id, 300)), " ") for case in cases], len(cases))
        for said, cases in groups.items()
    ]
    return many(el("h3", words.LEFT_OUT), el("ul", lines, class_="reasons"))


def review(result: Result) -> Markup:
    """The requirements that a person has to judge."""
    rows = [row for row in result.requirements if row.verdict is Verdict.NEEDS_REVIEW]
    lines = [el("li", _id(row), " ", requirement_text(row, "text")) for row in rows]
    return el("ul", lines, class_="review")


def notes(result: Result) -> Markup | None:
    """What the cases observed besides, once each, with how many saw it; and what happened to the run."""
    seen: dict[tuple[str, str], list[str]] = {}
    for case in result.cases:
        for attempt in case.attempts:
            for note in attempt.notes:
                seen.setdefault((note.get("text", ""), note.get("requirement", "")), []).append(case.id)
    lines = [_note(text, ref, cases) for (text, ref), cases in list(seen.items())[:NOTES_SHOWN]]
    if len(seen) > NOTES_SHOWN:
        lines.append(el("li", words.count(len(seen) - NOTES_SHOWN, "note more", "notes more", "条备注未显示")))
    return el("ul", lines, class_="notes") if lines else None


def events(run: Run) -> Markup | None:
    """What happened to the run as a whole, in order."""
    if not run.events:
        return None
    lines = [
        el(
            "li",
            el("span", f"{event.t:.3f} s", class_="t"),
            el("div", event.said, el("pre", foreign(event.detail)) if event.detail else None),
        )
        for event in run.events[:NOTES_SHOWN]
    ]
    return many(el("h3", words.EVENTS), el("ol", lines, class_="events"))


def product(run: Run) -> Markup:
    """Identity, claims and access data."""
    identity = [(words.VENDOR, "vendor"), (words.NAME, "name"), (words.VERSION, "version")]
    lines = [_line(said, foreign(run.product.get(key) or "", 300)) for said, key in identity]
    tables = [
        _nested(said, value)
        for said, key in ((words.CLAIMS, "claims"), (words.IXIT, "ixit"))
        if isinstance(value := run.product.get(key), dict) and value
    ]
    return many(el("dl", lines, class_="facts"), tables)


def environment(bundle: Bundle, run: Run) -> Markup:
    """Versions, seeds, digests: what it takes to repeat the run and to recognise its record."""
    return el("dl", [_line(said, *value) for said, value in _environment(bundle, run) if any(value)], class_="facts")


def _environment(bundle: Bundle, run: Run) -> Iterator[tuple[Said, tuple[Child, ...]]]:
    manifest = run.manifest
    harness, host = (_object(manifest.get(key)) for key in ("harness", "host"))
    yield words.RUN, (foreign(run.id),)
    yield words.STARTED, (foreign(run.created),)
    yield words.FINISHED, (foreign(run.finished),)
    yield words.SEED, (foreign(run.plan.get("seed", "")),)
    yield words.TESTBED, (foreign(_plain(run.plan.get("testbed"))),)
    yield words.OPTIONS, (foreign(_plain(run.plan.get("options"))),)
    yield words.HARNESS, (foreign(f"{harness.get('name', '')} {harness.get('version', '')}".strip()),)
    yield words.HOST, (foreign(f"{host.get('platform', '')}, Python {host.get('python', '')}" if host else ""),)
    yield words.PACKAGES, (foreign(_plain(host.get("packages"))),)
    yield words.PROFILE, (_digest(f"{run.profile.get('id', '')} {run.profile.get('version', '')}", run.profile),)
    yield words.SUITES, tuple(_digest(suite.get("name"), suite) for suite in _objects(manifest.get("suites")))
    yield words.CATALOGUES, tuple(_catalogue(head) for head in run.catalogues)
    yield words.JOURNAL, (el("code", foreign(run.journal_last)),) if run.journal_last else ()
    yield words.MANIFEST, (_manifest(bundle),)


def _manifest(bundle: Bundle) -> Markup:
    if bundle.manifest is None:
        return both(words.NO_MANIFEST)
    try:
        data = (bundle.directory / "manifest.json").read_bytes()
    except OSError:
        return both(words.NO_MANIFEST)
    return el("code", hashlib.sha256(data).hexdigest())


def _catalogue(head: dict[str, Any]) -> Markup:
    source = words.SOURCES.get(
        str(head.get("source")), Said(str(head.get("source") or ""), str(head.get("source") or ""))
    )
    name = f"{head.get('title', '')} ({head.get('issuer', '')}, {head.get('edition', '')})"
    return el("div", foreign(name), " · ", source, el("code", foreign(head.get("sha256") or "")))


def _digest(name: object, row: dict[str, Any]) -> Markup:
    return el("div", foreign(name), el("code", foreign(row.get("sha256") or "")))


def _group(reason: Said, ids: Iterable[Markup], n: int) -> Markup:
    listed = el("div", ids, class_="ids")
    number = el("b", f"{n:,}", class_="number")
    body = listed if n <= IDS_SHOWN else el("details", el("summary", words.SHOW), listed)
    return el("li", number, el("div", both(reason, "p", class_="why"), body))


def _ids(rows: list[RequirementResult], several: bool) -> Iterator[Markup]:
    """Links to requirements, those of each standard in a line of their own."""
    by_standard: dict[str, list[Markup]] = {}
    for row in rows:
        by_standard.setdefault(row.key, []).append(many(_id(row), " "))
    for key, links in by_standard.items():
        yield el("p", el("span", foreign(key, 100), class_="quiet") if several else None, " ", links)


def _id(row: RequirementResult) -> Markup:
    return el("a", foreign(row.id, 200), href=f"#{anchor(row.ref)}")


def _note(text: str, ref: str, cases: list[str]) -> Markup:
    more = words.count(len(cases) - 1, "case more", "cases more", "个其他用例") if len(cases) > 1 else None
    where = el(
        "p", foreign(ref, 200) if ref else None, " ", el("code", foreign(cases[0], 300)), " ", more, class_="quiet"
    )
    return el("li", el("p", quoted(text, 2_000)), where)


def _nested(said: Said, tables: dict[str, Any]) -> Markup:
    """A table of tables, such as claims by standard."""
    lines = [
        _line(foreign(key, 200), el("ul", [el("li", _pair(name, value)) for name, value in _object(table).items()]))
        for key, table in tables.items()
    ]
    return many(el("h3", said), el("dl", lines, class_="facts"))


def _pair(name: str, value: object) -> Markup:
    return el("code", foreign(name, 200), " = ", foreign(_plain(value), 1_000))


def _line(term: Child, *values: Child) -> Markup:
    return el("div", el("dt", term), el("dd", values))


def _plain(value: Any) -> str:
    """A JSON value as a person would write it."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(item)}" for key, item in value.items() if item not in (None, "", [], {}))
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
