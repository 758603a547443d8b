"""Reads a bundle into a `Run`: typed, bounded, and every departure from the format said in words instead of raised.

This is the only module that knows the fields of the bundle's documents.
"""

import datetime
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.engine.bundle import Bundle, BundleError
from conformance.engine.verdict import Verdict
from profiles.model import LEVELS

from .model import Attempt, Case, Event, LeftOut, LeftOutCase, Requirement, Run, Said
from .text import clean, shortened

CASE_VERDICTS = frozenset({Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL, Verdict.ERROR, Verdict.NOT_APPLICABLE})


def read(bundle: Bundle) -> Run:
    """The run that a bundle records. Raises nothing for a bundle that could be opened."""
    plan, profile, manifest = (clean(d) for d in (bundle.plan, bundle.profile, bundle.manifest or {}))
    records = [clean(record) for record in bundle.records]
    starts = [r for r in records if r["kind"] == "run-start"]
    ends = [r for r in records if r["kind"] == "run-end"]
    problems = [_problem(text) for text in bundle.problems]
    requirements = tuple(_requirements(profile, problems))
    attempts = _attempts(records)
    cases = tuple(_case(row, attempts) for row in _objects(plan.get("cases")))
    problems += _gaps(bundle, manifest, records, cases, bool(ends))
    problems += _strays(cases, attempts, {r.ref for r in requirements})
    return Run(
        id=_text(starts[0].get("run")) if starts else bundle.run,
        created=_text(starts[0].get("at")) if starts else "",
        finished=_text(ends[-1].get("at")) if ends else "",
        seconds=max((_number(r["t"]) for r in records), default=0.0),
        complete=bundle.complete and not problems,
        problems=tuple(problems),
        profile=profile,
        catalogues=tuple(_objects(profile.get("catalogues"))),
        product=clean(bundle.product),
        plan=plan,
        manifest=manifest,
        journal_last=_last(manifest),
        requirements=requirements,
        cases=cases,
        left_out=_left_out(plan),
        left_out_cases=tuple(_left_out_case(row) for row in _objects(plan.get("left_out_cases"))),
        events=(*_origin(plan), *_events(records)),
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


def present(bundle: Bundle, name: str | None) -> bool:
    """Whether evidence of this name is there; its octets are not looked at."""
    return bool(name) and (bundle.directory / "evidence" / str(name)).is_file()


_ZH = {
    "journal.jsonl is missing": "缺少 journal.jsonl",
    "the last line of the journal was not written to its end": "日志的最后一行没有写完",
}


def _problem(text: str) -> Said:
    """What the bundle says of its journal's chain, in both languages."""
    if broken := re.fullmatch(r"journal line (\d+) does not follow from the line before it", text):
        return Said(text, f"日志第 {broken[1]} 行与前一行不衔接")
    return Said(text, _ZH.get(text, f"日志有问题：{text}"))


def _gaps(
    bundle: Bundle, manifest: dict[str, Any], records: list[dict[str, Any]], cases: tuple[Case, ...], ended: bool
) -> Iterator[Said]:
    """What the record lacks of a complete one."""
    if not ended:
        yield Said("the journal has no end record: the run was cut short", "日志没有结束记录：运行被中断")
    elif records[-1]["kind"] != "run-end" or not records[-1].get("complete"):
        yield Said("the journal does not end with a complete run", "日志未以完整的运行结束")
    if n := sum(not case.attempts for case in cases):
        yield Said(
            f"the journal has no end of {n} of {len(cases)} planned cases",
            f"{len(cases)} 个计划用例中有 {n} 个在日志中没有结果",
        )
    if bundle.manifest is None:
        yield Said("the bundle has no manifest: the run did not come to its end", "测试包没有清单：运行没有结束")
    elif _journal(manifest).get("records") != len(records):
        yield Said("the manifest counts other journal records than there are", "清单所记的日志条数与实际不符")


def _strays(cases: tuple[Case, ...], attempts: Mapping[str, Any], known: set[str]) -> Iterator[Said]:
    """Results that no requirement would show."""
    if attempts:
        names = ", ".join(sorted(attempts)[:3])
        yield Said(f"the journal holds cases that the plan does not: {names}", f"日志中有计划之外的用例：{names}")
    strange = [case.id for case in cases if not case.requirements or not known.issuperset(case.requirements)]
    if strange:
        names = ", ".join(strange[:3])
        yield Said(
            f"{len(strange)} cases judge requirements that the profile does not hold: {names}",
            f"{len(strange)} 个用例所判定的要求不在行规中：{names}",
        )


def _requirements(profile: dict[str, Any], problems: list[Said]) -> Iterator[Requirement]:
    seen: set[str] = set()
    for row in _objects(profile.get("requirements")):
        words = {name: _text(row.get(name)) for name in _WORDS}
        options = {name: _optional(row.get(name)) for name in _OPTIONS}
        requirement = Requirement(**words, **options, wording=_text(row.get("wording")) or "keyword")  # type: ignore[arg-type]
        ref = shortened(requirement.ref, 200)
        if requirement.level not in LEVELS:
            problems.append(Said(f"the profile gives {ref} no known level", f"行规未给出 {ref} 的有效级别"))
        if requirement.ref in seen:
            problems.append(Said(f"the profile holds {ref} twice", f"行规中 {ref} 出现两次"))
            continue
        seen.add(requirement.ref)
        yield requirement


_WORDS = ("id", "standard", "role", "clause", "level", "text", "text_zh", "check")
_OPTIONS = ("when", "why", "why_zh", "interpretation", "interpretation_zh")


def _case(row: dict[str, Any], attempts: dict[str, list[Attempt]]) -> Case:
    """A case of the plan with its attempts, which are taken out of `attempts`."""
    return Case(
        **_case_words(row),
        seed=int(_number(row.get("seed"))),
        disruptive=bool(row.get("disruptive")),
        negative=bool(row.get("negative")),
        attempts=tuple(attempts.pop(_text(row.get("id")), ())),
    )


def _case_words(row: dict[str, Any]) -> dict[str, Any]:
    words: dict[str, Any] = {name: _text(row.get(name)) for name in ("id", "suite", "standard", "title", "source")}
    return {**words, "requirements": _refs(row)}


def _refs(row: dict[str, Any]) -> tuple[str, ...]:
    refs = row.get("requirements")
    return tuple(dict.fromkeys(_text(ref) for ref in refs)) if isinstance(refs, list) else ()


def _attempts(records: list[dict[str, Any]]) -> dict[str, list[Attempt]]:
    """The ends of attempts by case id. Their times count from the start of the run, or of its resumption."""
    found: dict[str, list[Attempt]] = {}
    start_s = 0.0
    for record in records:
        if record["kind"] == "run-start":
            start_s = _epoch(record.get("at"))
        elif record["kind"] == "case-end":
            found.setdefault(_text(record.get("case")), []).append(_attempt(record, start_s))
    return found


def _attempt(record: dict[str, Any], start_s: float) -> Attempt:
    try:
        verdict = Verdict(_text(record.get("verdict")))
    except ValueError:
        verdict = Verdict.ERROR
    known = verdict in CASE_VERDICTS and verdict == record.get("verdict")
    unknown = f"the journal holds an unknown verdict: {shortened(repr(record.get('verdict')), 200)}"
    return Attempt(
        number=int(_number(record.get("attempt"))) or 1,
        verdict=verdict if known else Verdict.ERROR,
        began_s=start_s + _number(record.get("started")),
        seconds=max(0.0, _number(record.get("seconds"))),
        summary=_text(record.get("summary")) if known else unknown,
        summary_zh=_text(record.get("summary_zh")) if known else "",
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
    return {
        _text(row.get("requirement")): LeftOut(
            verdict=allowed.get(_text(row.get("verdict")), Verdict.NOT_TESTED), said=_reason(row)
        )
        for row in _objects(plan.get("left_out"))
    }


def _left_out_case(row: dict[str, Any]) -> LeftOutCase:
    return LeftOutCase(**_case_words(row), option=_text(row.get("option")), said=_reason(row))


def _reason(row: dict[str, Any]) -> Said:
    reason = _text(row.get("reason"))
    return Said(reason, _text(row.get("reason_zh")) or reason)


_PRODUCT = {
    "died": Said("the product stopped working", "产品停止工作"),
    "restarted": Said("the product was started again", "产品已重新启动"),
    "lost": Said("the product could not be started again", "产品无法重新启动"),
}


_NOTES = {"the run was cut short": "运行被中断"}
"""What the harness itself notes of a run."""


def _origin(plan: dict[str, Any]) -> Iterator[Event]:
    """That the run takes cases of an earlier one again, which stands beside it unchanged."""
    if earlier := _text(plan.get("rerun_of")):
        said = Said(
            f"cases of run {earlier} were run again; its bundle stands", f"重新运行了 {earlier} 的用例；原测试包不变"
        )
        yield Event(t=0.0, said=said, detail="")


def _events(records: list[dict[str, Any]]) -> Iterator[Event]:
    for record in records:
        said: Said | None = None
        kind, detail = record["kind"], ""
        if kind == "product":
            event, detail = _text(record.get("event")), _text(record.get("detail"))
            said = _PRODUCT.get(event) or Said(f"the product: {event}", f"产品：{event}")
        elif kind == "run-start" and record.get("resumed"):
            at = _text(record.get("at"))
            said = Said(f"the run was resumed at {at}", f"运行于 {at} 恢复")
        elif kind == "case-interrupted":
            case, why = _text(record.get("case")), _text(record.get("why"))
            said = Said(f"{case} was interrupted and is judged again: {why}", f"{case} 被中断，将重新判定：{why}")
        elif kind == "link":
            link, detail = _text(record.get("link")), f"evidence/{_text(record.get('capture'))}"
            said = Said(f"the last frames of link {link} were kept", f"已保存链路 {link} 上的最后一批帧")
        elif kind == "note":
            text = _text(record.get("text"))
            said = Said(text, _NOTES.get(text, text))
        if said:
            yield Event(t=_number(record["t"]), said=said, detail=detail)


def _journal(manifest: dict[str, Any]) -> dict[str, Any]:
    journal = manifest.get("journal")
    return journal if isinstance(journal, dict) else {}


def _last(manifest: dict[str, Any]) -> str:
    return _text(_journal(manifest).get("last"))


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _optional(value: Any) -> str | None:
    return _text(value) or None


def _number(value: Any) -> float:
    good = isinstance(value, int | float) and abs(value) < 1e15
    return float(value) if good else 0.0


def _epoch(value: Any) -> float:
    """An ISO time as seconds since the epoch; 0 for anything else."""
    try:
        at = datetime.datetime.fromisoformat(_text(value))
        return (at if at.tzinfo else at.replace(tzinfo=datetime.UTC)).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _digest(value: Any) -> str | None:
    good = isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
    return value if good else None
