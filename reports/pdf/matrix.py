"""All requirements with their verdicts, the totals over them, and what was not looked at, by reason."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from conformance.engine.verdict import Verdict

from ..html import words as common
from ..html.chart import LEVELS
from ..html.matrix import natural
from ..model import LeftOutCase, Said
from ..rollup import RequirementResult
from . import words
from .letters import Printable
from .telling import Block, Telling, heading

IDS_SHOWN = 400
SILENT = (Verdict.PASS, Verdict.FAIL)


def totals(telling: Telling) -> Block:
    """The bar over all requirements, with its numbers."""
    counts = telling.result.counts["requirements"]
    parts = [{**telling.verdict(v), "n": counts[str(v)]} for v in common.ORDER if counts[str(v)]]
    cases = telling.result.counts["cases"]
    listed = " · ".join(_number(telling, cases[str(v)], v) for v in common.ORDER if cases[str(v)])
    label = Said(f"{common.CASES.en}: {listed}", f"{common.CASES.zh}：{listed}")
    return {"kind": "totals", "parts": parts, "cases": telling.say(label)}


def _number(telling: Telling, n: int, verdict: Verdict) -> str:
    said = common.VERDICTS[verdict]
    return f"{n:,} {said.zh if telling.chinese else said.en}"


def levels(telling: Telling) -> Block:
    """Requirements by standard and level."""
    groups: dict[str, dict[str, Counter[Verdict]]] = {}
    for row in telling.result.requirements:
        groups.setdefault(row.key, {}).setdefault(row.level, Counter())[row.verdict] += 1
    heads = [telling.say(said) for said in (common.STANDARD, common.LEVEL, common.TOTAL)]
    used = [v for v in common.ORDER if telling.result.counts["requirements"][str(v)]]
    return {
        "kind": "levels",
        "heads": heads,
        "verdicts": [telling.verdict(v) for v in used],
        "groups": [
            {
                "title": telling.say(telling.standard(key)),
                "rows": [
                    {"level": telling.line(level), "total": by[level].total(), "counts": [by[level][v] for v in used]}
                    for level in sorted(by, key=lambda level: LEVELS.index(level) if level in LEVELS else len(LEVELS))
                ],
            }
            for key, by in groups.items()
        ],
    }


def matrix(telling: Telling) -> Block:
    """Every requirement, by standard and clause."""
    standards = {key: i for i, key in enumerate(dict.fromkeys(row.key for row in telling.result.requirements))}
    rows = sorted(telling.result.requirements, key=lambda row: (standards[row.key], natural(row.clause)))
    return {
        "kind": "matrix",
        "standards": [
            {
                "title": telling.say(telling.standard(key)),
                "clauses": [
                    {"clause": telling.clause(of[0]), "rows": [_row(telling, row) for row in of]}
                    for _, group in groupby(list(standard), key=lambda row: row.clause)
                    if (of := list(group))
                ],
            }
            for key, standard in groupby(rows, key=lambda row: row.key)
        ],
    }


def _row(telling: Telling, row: RequirementResult) -> Block:
    return {
        "id": telling.line(row.id),
        "level": telling.line(row.level, 20),
        **telling.verdict(row.verdict),
        "text": telling.requirement(row),
        "remarks": [telling.say(said) for said in _remarks(row)],
        "cases": telling.say(_cases(telling, row)) if row.cases else None,
    }


def _remarks(row: RequirementResult) -> Iterator[Said]:
    if row.reason and row.verdict not in SILENT:
        yield Said(row.reason, row.reason_zh)
    if said := common.WORDINGS.get(row.wording):
        yield said
    if row.interpretation:
        zh = row.interpretation_zh or row.interpretation
        yield Said(f"{common.INTERPRETATION.en}: {row.interpretation}", f"{common.INTERPRETATION.zh}：{zh}")


def _cases(telling: Telling, row: RequirementResult) -> Said:
    """How many cases judge a requirement; where they did not all pass, how many of each verdict."""
    counts = Counter(telling.cases[case].verdict for case in row.cases)
    if set(counts) == {Verdict.PASS}:
        return common.count(len(row.cases), "case", "cases", "个用例")
    en = ", ".join(f"{counts[v]} {common.VERDICTS[v].en}" for v in common.ORDER if counts[v])
    zh = "，".join(f"{common.VERDICTS[v].zh} {counts[v]}" for v in common.ORDER if counts[v])
    said = words.CASE_OF if len(row.cases) == 1 else words.CASES_OF
    return words.fill(said, n=len(row.cases), counts=Said(en, zh))


def by_reason(telling: Telling, verdict: Verdict) -> Block:
    """The requirements of a verdict, those of one reason together, the largest group first."""
    groups: dict[Said, dict[str, list[Printable]]] = {}
    several = len({row.key for row in telling.result.requirements}) > 1
    for row in telling.result.requirements:
        if row.verdict is verdict:
            of = groups.setdefault(Said(row.reason, row.reason_zh), {})
            of.setdefault(row.key if several else "", []).append(telling.line(row.id))
    return _reasons(telling, groups)


def left_out_cases(telling: Telling) -> list[Block]:
    """The cases that the run did without, by reason."""
    groups: dict[Said, dict[str, list[Printable]]] = {}
    cases: Iterable[LeftOutCase] = telling.result.run.left_out_cases
    for case in cases:
        groups.setdefault(case.said, {}).setdefault("", []).append(telling.line(case.id, 300))
    return [heading(telling.say(common.LEFT_OUT)), _reasons(telling, groups)] if groups else []


def _reasons(telling: Telling, groups: dict[Said, dict[str, list[Printable]]]) -> Block:
    """Each reason with the ids that it is about, by standard where there are several."""
    items = [_reason(telling, said, of) for said, of in groups.items()]
    return {"kind": "reasons", "items": sorted(items, key=lambda item: -item["n"])}


def _reason(telling: Telling, said: Said, of: dict[str, list[Printable]]) -> Block:
    left = sum(max(0, len(ids) - IDS_SHOWN) for ids in of.values())
    return {
        "n": sum(map(len, of.values())),
        "reason": telling.say(said),
        "groups": [{"standard": telling.line(key) if key else None, "ids": ids[:IDS_SHOWN]} for key, ids in of.items()],
        "more": telling.say(words.fill(words.TRUNCATED, n=left)) if left else None,
    }


def _place(telling: Telling, row: RequirementResult) -> Printable:
    """Standard and clause."""
    return telling.say(Said(f"{row.key}, clause {row.clause}", f"{row.key}，第 {row.clause} 条"))


def review(telling: Telling) -> Block:
    """The requirements that a person has to judge."""
    rows = [row for row in telling.result.requirements if row.verdict is Verdict.NEEDS_REVIEW]
    return {
        "kind": "review",
        "items": [
            {"id": telling.line(row.id), "clause": _place(telling, row), "text": telling.requirement(row)}
            for row in rows
        ],
    }
