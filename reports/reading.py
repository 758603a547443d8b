"""A bundle as reports see it: typed, bounded, and every departure from the format said in words instead of raised.

This is the only module that knows the fields of the bundle's documents.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.bundle import Bundle, BundleError
from conformance.engine.verdict import Verdict, worst

from .text import clean

CASE_VERDICTS = frozenset(
    {Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL, Verdict.ERROR, Verdict.NOT_APPLICABLE}
)


@dataclass(frozen=True)
class Said:
    """A sentence of ours, in both languages."""

    en: str
    zh: str

    def to_json(self) -> dict[str, str]:
        return {"en": self.en, "zh": self.zh}


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One statement of the profile, as the bundle holds it."""

    id: str
    standard: str
    role: str
    clause: str
    level: str
    wording: str
    text: str
    text_zh: str
    when: str | None
    check: str
    why: str | None
    why_zh: str | None
    interpretation: str | None

    @property
    def key(self) -> str:
        return f"{self.standard}/{self.role}"

    @property
    def ref(self) -> str:
        return f"{self.key}:{self.id}"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """The end of one attempt at a case. Times in seconds; `started` counts from the start of the run."""

    number: int
    verdict: Verdict
    started: float
    seconds: float
    summary: str
    expected: str | None
    got: str | None
    notes: tuple[dict[str, str], ...]
    lag_s: float
    transcript: str | None
    capture: str | None
    output: str | None
    detail: str | None


@dataclass(frozen=True, kw_only=True)
class Case:
    """A planned case and what came of it."""

    id: str
    suite: str
    standard: str
    requirements: tuple[str, ...]
    title: str
    source: str
    seed: int
    disruptive: bool
    negative: bool
    attempts: tuple[Attempt, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst over its attempts; `not tested` when it never ended."""
        return worst(a.verdict for a in self.attempts) if self.attempts else Verdict.NOT_TESTED

    @property
    def failed(self) -> bool:
        """Whether any attempt failed, also where a later one ended in an error of ours."""
        return any(a.verdict is Verdict.FAIL for a in self.attempts)

    @property
    def decisive(self) -> Attempt | None:
        """The attempt to show: the first that failed, else the first of the worst."""
        wanted = Verdict.FAIL if self.failed else self.verdict
        return next((a for a in self.attempts if a.verdict is wanted), None)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Why no case of this run judges a requirement."""

    verdict: Verdict
    said: Said


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to the run as a whole."""

    t: float
    said: Said


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything a report says about a run."""

    id: str
    created: str
    finished: str
    seconds: float
    complete: bool
    partial: bool
    """Whether the user chose to run less than everything."""
    problems: tuple[Said, ...]
    profile: dict[str, Any]
    catalogues: tuple[dict[str, Any], ...]
    product: dict[str, Any]
    plan: dict[str, Any]
    manifest: dict[str, Any]
    requirements: tuple[Requirement, ...]
    cases: tuple[Case, ...]
    left_out: dict[str, LeftOut]
    unplanned: dict[str, int] = field(default_factory=dict)
    """Requirement reference to the number of its cases that exist and that the plan left out."""
    events: tuple[Event, ...] = ()


def read(bundle: Bundle) -> Run:
    """The run that a bundle records. Raises nothing for a bundle that could be opened."""
    problems = [Said(text, _ZH.get(text, f"日志有问题：{text}")) for text in bundle.problems]
    plan, profile, manifest = (clean(d) for d in (bundle.plan, bundle.profile, bundle.manifest or {}))
    records = [clean(record) for record in bundle.records]
    requirements = tuple(_requirements(profile, problems))
    cases = tuple(_cases(plan, records, problems))
    if bundle.manifest is None:
        problems.append(Said("the bundle has no manifest: the run did not come to its end", "测试包没有清单：运行没有结束"))
    elif _count(manifest) != len(records):
        problems.append(Said("the manifest counts other journal records than there are", "清单所记的日志条数与实际不符"))
    starts = [r for r in records if r["kind"] == "run-start"]
    ends = [r for r in records if r["kind"] == "run-end"]
    if not ends:
        problems.append(Said("the journal has no end record: the run was cut short", "日志没有结束记录：运行被中断"))
    return Run(
        id=_text(starts[0].get("run")) if starts else bundle.run,
        created=_text(starts[0].get("at")) if starts else "",
        finished=_text(ends[-1].get("at")) if ends else "",
        seconds=_number(records[-1]["t"]) if records else 0.0,
        complete=bundle.complete and not problems,
        partial=_partial(plan, len(cases)),
        problems=tuple(problems),
        profile=profile,
        catalogues=tuple(_objects(profile.get("catalogues"))),
        product=clean(bundle.product),
        plan=plan,
        manifest=manifest,
        requirements=requirements,
        cases=cases,
        left_out=_left_out(plan),
        unplanned=_unplanned(plan),
        events=tuple(_events(records)),
    )


def transcript(bundle: Bundle, name: str | None) -> dict[str, Any] | None:
    """The transcript document stored under a digest; None where there is none or it is damaged."""
    data = octets(bundle, name)
    try:
        value = json.loads(data) if data else None
    except (ValueError, RecursionError):
        return None
    return clean(value) if isinstance(value, dict) else None


def octets(bundle: Bundle, name: str | None) -> bytes | None:
    """Evidence whose octets match the digest it is stored under; None otherwise."""
    if not name:
        return None
    try:
        data = bundle.evidence(name)
    except BundleError:
        return None
    return data if hashlib.sha256(data).hexdigest() == name else None


_ZH = {
    "journal.jsonl is missing": "缺少 journal.jsonl",
    "the last line of the journal was not written to its end": "日志的最后一行没有写完",
}


def _requirements(profile: dict[str, Any], problems: list[Said]) -> Iterator[Requirement]:
    seen: set[str] = set()
    for row in _objects(profile.get("requirements")):
        words = {name: _text(row.get(name)) for name in ("id", "standard", "role", "clause", "level", "text", "text_zh")}
        options = {name: _optional(row.get(name)) for name in ("when", "why", "why_zh", "interpretation")}
        wording, check = _text(row.get("wording")) or "keyword", _text(row.get("check"))
        requirement = Requirement(**words, **options, wording=wording, check=check)  # type: ignore[arg-type]
        if requirement.ref in seen:
            problems.append(Said(f"the profile holds {requirement.ref} twice", f"配置文件中 {requirement.ref} 出现两次"))
            continue
        seen.add(requirement.ref)
        yield requirement


def _cases(plan: dict[str, Any], records: list[dict[str, Any]], problems: list[Said]) -> Iterator[Case]:
    attempts: dict[str, list[Attempt]] = {}
    for record in records:
        if record["kind"] == "case-end":
            attempts.setdefault(_text(record.get("case")), []).append(_attempt(record))
    for row in _objects(plan.get("cases")):
        name = _text(row.get("id"))
        yield Case(
            id=name,
            suite=_text(row.get("suite")),
            standard=_text(row.get("standard")),
            requirements=tuple(ref for ref in row.get("requirements") or () if isinstance(ref, str)),
            title=_text(row.get("title")),
            source=_text(row.get("source")),
            seed=int(_number(row.get("seed"))),
            disruptive=bool(row.get("disruptive")),
            negative=bool(row.get("negative")),
            attempts=tuple(attempts.pop(name, ())),
        )
    if attempts:
        names = ", ".join(sorted(attempts)[:3])
        problems.append(Said(f"the journal holds cases that the plan does not: {names}", f"日志中有计划之外的用例：{names}"))


def _attempt(record: dict[str, Any]) -> Attempt:
    try:
        verdict = Verdict(record.get("verdict"))
    except ValueError:
        verdict = Verdict.ERROR
    known = verdict in CASE_VERDICTS
    return Attempt(
        number=int(_number(record.get("attempt"))) or 1,
        verdict=verdict if known else Verdict.ERROR,
        started=_number(record.get("started", record.get("t"))),
        seconds=_number(record.get("seconds")),
        summary=_text(record.get("summary")) if known else f"the journal holds an unknown verdict: {record.get('verdict')!r}",
        expected=_optional(record.get("expected")),
        got=_optional(record.get("got")),
        notes=tuple(_note(note) for note in _objects(record.get("notes"))),
        lag_s=_number(record.get("lag_s")),
        transcript=_digest(record.get("transcript")),
        capture=_digest(record.get("capture")),
        output=_optional(record.get("output")),
        detail=_optional(record.get("detail")),
    )


def _note(note: dict[str, Any]) -> dict[str, str]:
    return {name: _text(note[name]) for name in ("text", "requirement") if note.get(name)}


def _left_out(plan: dict[str, Any]) -> dict[str, LeftOut]:
    allowed = {str(v): v for v in (Verdict.NOT_APPLICABLE, Verdict.NOT_TESTED, Verdict.NEEDS_REVIEW)}
    found = {}
    for row in _objects(plan.get("left_out")):
        reason = _text(row.get("reason"))
        said = Said(reason, _text(row.get("reason_zh")) or reason)
        verdict = allowed.get(_text(row.get("verdict")), Verdict.NOT_TESTED)
        found[_text(row.get("requirement"))] = LeftOut(verdict=verdict, said=said)
    return found


def _unplanned(plan: dict[str, Any]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in _objects(plan.get("left_out_cases")):
        for ref in row.get("requirements") or ():
            counts[_text(ref)] = counts.get(_text(ref), 0) + 1
    return counts


def _partial(plan: dict[str, Any], planned: int) -> bool:
    options = plan.get("options")
    if not isinstance(options, dict):
        return False
    limit = options.get("limit")
    return bool(options.get("select")) or (isinstance(limit, int) and planned >= limit)


_PRODUCT = {
    "started": "产品已启动",
    "died": "产品停止工作",
    "restarted": "产品已重新启动",
    "lost": "产品无法重新启动",
}


def _events(records: list[dict[str, Any]]) -> Iterator[Event]:
    for record in records:
        said: Said | None = None
        kind, detail = record["kind"], _text(record.get("detail"))
        if kind == "product":
            event = _text(record.get("event"))
            tail = f": {detail}" if detail else ""
            said = Said(f"the product {event}{tail}", f"{_PRODUCT.get(event, event)}{tail}")
        elif kind == "run-start" and record.get("resumed"):
            at = _text(record.get("at"))
            said = Said(f"the run was resumed at {at}", f"运行于 {at} 恢复")
        elif kind == "case-interrupted":
            case, why = _text(record.get("case")), _text(record.get("why"))
            said = Said(f"{case} was interrupted and is judged again: {why}", f"{case} 被中断，将重新判定：{why}")
        elif kind == "lag":
            late = f"{_number(record.get('seconds')):.2f}"
            said = Said(f"this machine ran {late} s late", f"测试机滞后 {late} 秒")
        elif kind == "note":
            said = Said(_text(record.get("text")), _text(record.get("text")))
        if said:
            yield Event(t=_number(record["t"]), said=said)


def _count(manifest: dict[str, Any]) -> Any:
    journal = manifest.get("journal")
    return journal.get("records") if isinstance(journal, dict) else None


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _optional(value: Any) -> str | None:
    return _text(value) or None


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e18 else 0.0


def _digest(value: Any) -> str | None:
    good = isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
    return value if good else None
