"""A comparison for people: one HTML file in the look of the report on one run, in both languages, without a script."""

from collections.abc import Iterable, Iterator
from importlib.resources import files

from conformance.engine.verdict import Verdict

from ..comparing.model import GROUPS, CaseChange, Change, Comparison, Fact, Kind, Side
from ..model import Said
from . import words
from .chart import kind as verdict_class
from .markup import Markup, both, el, foreign, many, text
from .page import head, top

TITLE = Said("Comparison of two runs", "两次运行的比较")
WORSE = Said("Something is worse", "有退步")
NOT_WORSE = Said("Nothing is worse", "无退步")
WORSE_IS = Said(
    "In the second run something failed, or was not judged, that stood better in the first.",
    "第二次运行中有要求未通过或未得到判定，而第一次运行的结果更好。",
)
NOT_WORSE_IS = Said(
    "Nothing that both runs judged stands worse in the second.", "两次运行均判定的要求在第二次运行中没有变差。"
)
KINDS = {
    Kind.REGRESSION: Said("Failed or warned now", "现在不通过或警告"),
    Kind.LOST: Said("Was judged, and is not any more", "原已判定，现在未判定"),
    Kind.ADDED: Said("New requirements", "新增的要求"),
    Kind.REMOVED: Said("Requirements that are gone", "不再包含的要求"),
    Kind.IMPROVEMENT: Said("Better", "改善"),
    Kind.OTHER: Said("Changed otherwise", "其他变化"),
}
NAVIGATION = {
    "regression": Said("Worse", "变差"),
    "lost": Said("Not judged any more", "未再判定"),
    "added": Said("New", "新增"),
    "removed": Said("Gone", "移除"),
    "improvement": Said("Better", "改善"),
    "other": Said("Other", "其他"),
    "around": Said("What else", "其他差异"),
    "first": Said("Cases of the first", "仅第一次的用例"),
    "second": Said("Cases of the second", "仅第二次的用例"),
}
RUNS = Said("The two runs", "两次运行")
FIRST, SECOND = Said("First", "第一次"), Said("Second", "第二次")
AROUND = Said("What else differs", "其他差异")
SAME = Said("Nothing else differs.", "没有其他差异。")
NO_CHANGES = Said("No verdict changed.", "判定结果没有变化。")
ONLY_FIRST = Said("Cases that only the first run planned", "仅第一次运行包含的用例")
ONLY_SECOND = Said("Cases that only the second run planned", "仅第二次运行包含的用例")
WHAT, WAS, NOW = Said("What", "项目"), Said("First run", "第一次运行"), Said("Second run", "第二次运行")
NOTHING = Said("not there", "无")
SHOWN = 1_000
CASES_SHOWN = 20


def page(comparison: Comparison) -> str:
    """The whole document."""
    style = files(__package__).joinpath("report.css").read_text("utf-8")
    sections = list(_sections(comparison))
    said = WORSE if comparison.worse else NOT_WORSE
    title = Said(f"{TITLE.en}: {said.en}", f"{TITLE.zh}：{said.zh}")
    links = [(name, NAVIGATION.get(name, heading)) for name, heading, _ in sections]
    body = el(
        "body",
        top(TITLE, links),
        el("main", _summary(comparison), [section for _, _, section in sections], id="main", tabindex="-1"),
        el("footer", el("p", text("iic-conform"))),
    )
    return f"<!DOCTYPE html>\n{el('html', head(title, style), body, lang='en')}\n"


def _summary(comparison: Comparison) -> Markup:
    worse = comparison.worse
    facts = [(FIRST, comparison.a), (SECOND, comparison.b)]
    return el(
        "section",
        el("p", both(TITLE), class_="vendor"),
        el("h1", foreign(comparison.b.product or comparison.b.run, 160)),
        el(
            "div",
            both(WORSE if worse else NOT_WORSE, "p", class_="word"),
            both(WORSE_IS if worse else NOT_WORSE_IS, "p", class_="meaning"),
            el("ul", [el("li", line) for line in _tally(comparison)], class_="because"),
            class_=f"verdict is-{'does-not-conform' if worse else 'conforms'}",
            id="verdict",
            data_verdict="worse" if worse else "nothing worse",
        ),
        el("dl", [el("div", el("dt", said), el("dd", foreign(_name(side), 200))) for said, side in facts],
           class_="key-facts"),
        class_="summary",
        id="summary",
        aria_label=words.SUMMARY.en,
    )  # fmt: skip


def _name(side: Side) -> str:
    return f"{side.run} ({side.verdict})"


def _tally(comparison: Comparison) -> Iterator[Said]:
    if comparison.verdict_worse:
        was, now = (words.PRODUCT[side.verdict] for side in (comparison.a, comparison.b))
        yield Said(
            f"the product: {was.en.lower()} before, {now.en.lower()} now", f"产品判定：原为{was.zh}，现为{now.zh}"
        )
    for kind in Kind:
        if n := len(comparison.of(kind)):
            yield Said(f"{KINDS[kind].en.lower()}: {n:,}", f"{KINDS[kind].zh}：{n:,}")


def _sections(comparison: Comparison) -> Iterator[tuple[str, Said, Markup]]:
    for kind in Kind:
        if found := comparison.of(kind):
            yield _section(str(kind), KINDS[kind], _changes(found), len(found))
    if not comparison.changes:
        yield _section("verdicts", words.VERDICT, both(NO_CHANGES, "p", class_="calm"))
    yield _section("around", AROUND, many(_facts(comparison)), len(comparison.facts))
    for name, said, cases in (
        ("first", ONLY_FIRST, comparison.only_in_a),
        ("second", ONLY_SECOND, comparison.only_in_b),
    ):
        if cases:
            listed = el("p", [many(el("code", foreign(case, 300)), " ") for case in cases[:SHOWN]], class_="ids")
            yield _section(name, said, listed, len(cases))
    yield _section("runs", RUNS, _runs(comparison))


def _section(name: str, said: Said, body: Markup, n: int | None = None) -> tuple[str, Said, Markup]:
    number = el("span", f"{n:,}", class_="number") if n else None
    heading = el("h2", said, " " if number else None, number, id=f"{name}-h")
    return name, said, el("section", heading, body, id=name, aria_labelledby=f"{name}-h", class_="part")


def _changes(found: list[Change]) -> Markup:
    more = words.count(len(found) - SHOWN, "more", "more", "项未显示") if len(found) > SHOWN else None
    return many([_change(change) for change in found[:SHOWN]], el("p", more, class_="quiet") if more else None)


def _change(change: Change) -> Markup:
    said = change.now or change.was or ""
    meta = [
        el("span", foreign(f"{change.standard}/{change.role}", 120)),
        el("span", words.CLAUSE, " ", foreign(change.clause, 60)),
        el("span", foreign(change.level, 20), class_="level"),
    ]
    return el(
        "article",
        el("header", el("h3", foreign(change.id, 200)), _step(change.was, change.now), el("p", meta, class_="meta")),
        both(change.text, "p", class_="clause"),
        both(change.reason, "p", class_="reason") if change.reason else None,
        [_case(case) for case in change.cases[:CASES_SHOWN]],
        el("p", words.count(len(change.cases) - CASES_SHOWN, "case more", "cases more", "个其他用例"), class_="quiet")
        if len(change.cases) > CASES_SHOWN
        else None,
        class_=f"finding {verdict_class(Verdict(said))}" if said else "finding",
    )


def _case(case: CaseChange) -> Markup:
    pairs = ((words.EXPECTED, case.expected), (words.GOT, case.got), (words.WHAT, case.summary))
    outcome = [el("div", el("dt", said), el("dd", foreign(value))) for said, value in pairs if value]
    return el(
        "section",
        el("h4", foreign(case.title or case.case, 300), " ", _step(case.was, case.now)),
        el("p", el("code", foreign(case.case, 300)), class_="case-id"),
        el("dl", outcome, class_="outcome") if outcome else None,
        class_="case",
    )


def _step(was: str | None, now: str | None) -> Markup:
    """From one verdict to the other."""
    return el("span", _badge(was), " → ", _badge(now))


def _badge(verdict: str | None) -> Markup:
    if verdict is None:
        return both(NOTHING, class_="quiet")
    known = Verdict(verdict)
    return el("span", words.VERDICTS[known], class_=f"v {verdict_class(known)}")


def _facts(comparison: Comparison) -> Iterator[Markup]:
    if not comparison.facts:
        yield both(SAME, "p", class_="calm")
    for group, said in GROUPS.items():
        rows = [fact for fact in comparison.facts if fact.group == group]
        if rows:
            yield el("h3", said)
            yield _table(rows)


def _table(rows: Iterable[Fact]) -> Markup:
    heads = el("tr", [el("th", said, scope="col") for said in (WHAT, WAS, NOW)])
    lines = [
        el("tr", el("th", foreign(fact.name, 300), scope="row"), _value(fact.was), _value(fact.now)) for fact in rows
    ]
    return el("div", el("table", el("thead", heads), el("tbody", lines)), class_="wide totals")


def _value(value: str) -> Markup:
    return el("td", el("code", foreign(value, 400)) if value else both(NOTHING, class_="quiet"))


def _runs(comparison: Comparison) -> Markup:
    return el(
        "dl", [_run(said, side) for said, side in ((FIRST, comparison.a), (SECOND, comparison.b))], class_="facts"
    )


def _run(said: Said, side: Side) -> Markup:
    lines = [
        el("div", foreign(side.product, 200), " · ", foreign(side.profile, 200)),
        el("div", words.STARTED, " ", foreign(side.created, 60)),
        el("div", words.RUN, " ", foreign(side.run, 200)),
        el("div", words.PRODUCT[side.verdict]),
    ]
    return el("div", el("dt", said), el("dd", lines))
