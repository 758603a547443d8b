"""Every requirement of the profile by clause, with its verdict and its cases; and how to search among them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

from conformance.engine.verdict import Verdict

from ..anchors import anchor
from ..model import Case, Said
from ..rollup import RequirementResult, Result
from . import words
from .chart import LEVELS
from .findings import Told, badge, interpretation, requirement_text
from .markup import CHINESE, Markup, both, el, foreign, many, quoted

Place = tuple[int, list[tuple[int, int, str]]]
TOLD = (Verdict.FAIL, Verdict.WARNING, Verdict.ERROR, Verdict.INCONCLUSIVE)
"""Verdicts of the requirements that have an article of their own."""
SILENT = (Verdict.PASS, Verdict.FAIL)
"""Verdicts whose reason is told elsewhere, or goes without saying."""


def matrix(result: Result, told: Told, titles: Mapping[str, Markup]) -> Markup:
    """The filter and, for each standard, a table for each clause. `titles` by catalogue key."""
    rows = sorted(result.requirements, key=_place(result.requirements))
    heads = [el("span", said) for said in (words.REQUIREMENT, words.VERDICT, words.SAYS)]
    return many(
        _filter(result, titles),
        both(words.NO_ROWS, "p", class_="no-rows quiet", hidden=True),
        el("div", heads, class_="matrix-head", aria_hidden="true"),
        [_standard(key, list(of), told, titles) for key, of in groupby(rows, key=lambda row: row.key)],
    )


def _place(rows: Iterable[RequirementResult]) -> Callable[[RequirementResult], Place]:
    """Order by standard as the profile has them, then by clause as people count, then as the catalogue has them."""
    standards = {key: i for i, key in enumerate(dict.fromkeys(row.key for row in rows))}
    return lambda row: (standards[row.key], natural(row.clause))


def natural(clause: str) -> list[tuple[int, int, str]]:
    """A key under which 3.2 stands before 3.10."""
    parts = re.findall(r"\d{1,9}|[^\d.]+", clause)
    return [(0, int(p), "") if p.isascii() and p.isdigit() else (1, 0, p) for p in parts]


def _standard(key: str, rows: list[RequirementResult], told: Told, titles: Mapping[str, Markup]) -> Markup:
    name = f"s-{anchor(key + ':x')[2:]}"
    clauses = [_clause(clause, list(of), told) for clause, of in groupby(rows, key=lambda row: row.clause)]
    return el("section", el("h3", titles.get(key, key), id=name), clauses, class_="standard", aria_labelledby=name)


def _clause(clause: str, rows: list[RequirementResult], told: Told) -> Markup:
    """One clause: a table of its own, which a browser need not lay out before it comes into view."""
    heads = [el("th", said, scope="col") for said in (words.REQUIREMENT, words.VERDICT, words.SAYS)]
    caption = el("caption", words.CLAUSE, " ", foreign(clause, 60))
    body = el("tbody", [_row(row, told) for row in rows])
    table = el("table", caption, el("thead", el("tr", heads), class_="aside"), body, class_="matrix")
    return el("div", table, class_="clause")


def _row(row: RequirementResult, told: Told) -> Markup:
    name = anchor(row.ref)
    article = f"#f{name[1:]}" if row.verdict in TOLD else None
    return el(
        "tr",
        el("th", el("a", foreign(row.id, 200), href=f"#{name}"), el("span", row.level, class_="level"), scope="row"),
        el("td", el("a", badge(row.verdict), href=article) if article else badge(row.verdict)),
        el(
            "td",
            requirement_text(row, "text"),
            _remarks(row),
            _cases([told.cases[case] for case in row.cases], told) if row.cases else None,
        ),
        id=name,
        data_v=str(row.verdict),
        data_l=row.level,
        data_s=row.key,
    )


def _remarks(row: RequirementResult) -> Iterator[Markup | None]:
    if row.reason and row.verdict not in SILENT:
        yield both(Said(row.reason, row.reason_zh), "p", class_="reason")
    if said := words.WORDINGS.get(row.wording):
        yield both(said, "p", class_="reason")
    yield interpretation(row)


def _cases(cases: list[Case], told: Told) -> Markup:
    counts = Counter(case.verdict for case in cases)
    en = ", ".join(f"{counts[v]} {words.VERDICTS[v].en}" for v in words.ORDER if counts[v])
    zh = "，".join(f"{words.VERDICTS[v].zh} {counts[v]}" for v in words.ORDER if counts[v])
    number = words.count(len(cases), "case", "cases", "个用例")
    summary = el("summary", Said(f"{number.en}: {en}", f"{number.zh}：{zh}"))
    return el("details", summary, el("ul", [_case(case, told) for case in cases]), class_="cases")


def _case(case: Case, told: Told) -> Markup:
    """A case in one line: verdict, what it says, and its evidence or the place that tells more of it."""
    code = el("code", foreign(case.id, 300))
    if place := told.shown.get(case.id):
        return el("li", badge(case.verdict), el("span", quoted(case.title, 300)), el("a", code, href=f"#{place}"))
    links = told.evidence.links(case, case.decisive)
    return el("li", badge(case.verdict), el("span", quoted(case.title, 300)), code, links)


def _filter(result: Result, titles: Mapping[str, Markup]) -> Markup:
    """The form, which only appears where a script can make it work."""
    counts = result.counts["requirements"]
    verdicts = [
        el(
            "label",
            el("input", type="checkbox", name="verdict", value=str(v)),
            badge(v),
            el("span", f"{counts[str(v)]:,}", class_="quiet"),
        )
        for v in words.ORDER
        if counts[str(v)]
    ]
    levels = [level for level in LEVELS if any(row.level == level for row in result.requirements)]
    standards = list(dict.fromkeys(row.key for row in result.requirements))
    return el(
        "form",
        el("fieldset", el("legend", words.VERDICT), verdicts, class_="verdicts"),
        el(
            "div",
            _field("q", words.SEARCH, el("input", type="search", id="q", autocomplete="off", spellcheck="false",
                                         data_hint_en=words.SEARCH_HINT.en, data_hint_zh=words.SEARCH_HINT.zh)),
            _field("level", words.LEVEL, _select("level", levels)),
            _field("standard", words.STANDARD, _select("standard", standards)) if len(standards) > 1 else None,
            el("button", words.RESET, type="reset"),
            class_="fields",
        ),
        el("p", _shown(len(result.requirements)), role="status", aria_live="polite", id="shown"),
        id="filter",
        role="search",
        aria_label=words.FILTER.en,
        data_label_en=words.FILTER.en,
        data_label_zh=words.FILTER.zh,
        hidden=True,
    )  # fmt: skip


def _shown(total: int) -> Markup:
    """How many rows are seen; a script writes the first number."""
    n = el("b", f"{total:,}", class_="seen")
    return many(
        el("span", n, f" of {total:,} requirements", lang="en"), el("span", n, f" / {total:,} 项要求", lang=CHINESE)
    )


def _field(name: str, said: Said, control: Markup) -> Markup:
    return el("div", el("label", said, for_=name), control)


def _select(name: str, values: Iterable[str]) -> Markup:
    every = el("option", words.ALL.en, value="", data_en=words.ALL.en, data_zh=words.ALL.zh)
    return el("select", every, [el("option", value, value=value) for value in values], id=name)
