"""What failed, what only warns, and what could not be judged: requirement by requirement, case by case."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from conformance.engine.verdict import Verdict

from ..anchors import anchor
from ..chinese import summary, told
from ..model import NOTHING, Attempt, Case, Said, alike
from ..rollup import RequirementResult, Result
from . import words
from .chart import kind
from .evidence import Evidence
from .markup import CHINESE, Markup, both, el, foreign, many, quoted

MESSAGES = 8_000
LEAST, MOST = 8, 80
"""How many messages of a case are shown, so that all of them together are about `MESSAGES`: a report has to open in a
moment, whatever number of cases failed."""
OPEN_AT_FIRST = 20
APART, CHUNK = 200, 50
"""From so many articles on they are laid out by the chunk, headings too; up to there each is found by its heading."""
IN_TABLES = 200
"""So many exchanges are shown as tables with commands to copy, the others as plain text."""


@dataclass
class Told:
    """The articles of the report about requirements; what a case showed is told once."""

    result: Result
    evidence: Evidence
    shown: dict[str, str] = field(default_factory=dict)
    """Case id to the id of the place where it is told."""

    def __post_init__(self) -> None:
        self.cases = {case.id: case for case in self.result.cases}
        telling = sum(case.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE) for case in self.cases.values())
        self.limit = max(LEAST, min(MOST, MESSAGES // max(telling, 1)))

    def articles(self, *verdicts: Verdict) -> Markup:
        """An article for each requirement of these verdicts."""
        articles = [self._article(row) for row in self.result.requirements if row.verdict in verdicts]
        if len(articles) <= APART:
            return many(articles)
        return many(el("div", articles[i : i + CHUNK], class_="chunk") for i in range(0, len(articles), CHUNK))

    def _article(self, row: RequirementResult) -> Markup:
        name = f"f{anchor(row.ref)[1:]}"
        title = el("h3", el("a", foreign(row.id, 200), href=f"#{anchor(row.ref)}"), id=name)
        wanted = _telling(row.verdict)
        cases = [case for case in map(self.cases.__getitem__, row.cases) if wanted(case)]
        return el(
            "article",
            el("header", title, badge(row.verdict), el("p", meta(row), class_="meta")),
            el(
                "div",
                requirement_text(row, "clause"),
                interpretation(row),
                None if cases else both(Said(row.reason, row.reason_zh), "p", class_="reason"),
                self._cases(cases, name),
                class_="told",
            ),
            class_=f"finding {kind(row.verdict)}",
            aria_labelledby=name,
        )

    def _cases(self, cases: list[Case], name: str) -> Iterator[Markup]:
        """What the cases showed; of many that differ in their input alone, all but the first few are folded."""
        numbers = {case.id: n for n, case in enumerate(cases, 1)}
        for shown, others in alike(cases, words.ALIKE_SHOWN):
            yield many(self._case(case, f"{name}-{numbers[case.id]}") for case in shown)
            if others:
                more = words.count(len(others), "more case of this kind", "more cases of this kind", "个同类用例")
                folded = [self._case(case, f"{name}-{numbers[case.id]}") for case in others]
                yield el("details", el("summary", more), folded, class_="alike")

    def _case(self, case: Case, name: str) -> Markup:
        head = el("h4", quoted(case.title, 300) if case.title else foreign(case.id, 300), id=name)
        code = el("p", el("code", foreign(case.id, 500)), class_="case-id")
        if case.id in self.shown:
            see = el("a", Said("told above", "见上文"), href=f"#{self.shown[case.id]}")
            return el("section", head, code, el("p", see), class_="case")
        self.shown[case.id] = name
        attempts = [a for a in case.attempts if a.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)]
        body = [self._attempt(case, a, len(case.attempts) > 1) for a in attempts]
        commands = self.evidence.commands(case, plain=len(self.shown) > IN_TABLES)
        return el("section", head, code, body, commands, class_="case", aria_labelledby=name)

    def _attempt(self, case: Case, attempt: Attempt, several: bool) -> Markup:
        number = f"{attempt.number}"
        title = el("p", Said(f"Attempt {number}", f"第 {number} 次尝试"), badge(attempt.verdict)) if several else None
        open_ = len(self.shown) <= OPEN_AT_FIRST
        return many(
            title,
            el("dl", list(_outcome(attempt)), class_="outcome"),
            self.evidence.exchange(attempt, self.limit, open_=open_, plain=len(self.shown) > IN_TABLES),
            _detail(attempt),
            el("p", self.evidence.links(case, attempt), class_="evidence-links"),
        )


def badge(verdict: Verdict) -> Markup:
    """A verdict as word, sign and colour."""
    return el("span", words.VERDICTS[verdict], class_=f"v {kind(verdict)}")


def meta(row: RequirementResult) -> Markup:
    """Where a requirement stands and how much it weighs."""
    parts = [
        el("span", foreign(row.key, 120)),
        el("span", words.CLAUSE, " ", foreign(row.clause, 60)),
        el("span", foreign(row.level, 20), class_="level"),
    ]
    if said := words.WORDINGS.get(row.wording):
        parts.append(el("span", said))
    return many(parts)


def requirement_text(row: RequirementResult, class_: str) -> Markup:
    """The requirement in the catalogue's words."""
    return translated(row.text, row.text_zh, "p", class_)


def interpretation(row: RequirementResult) -> Markup | None:
    """How an ambiguous clause is read."""
    if not row.interpretation:
        return None
    text = translated(row.interpretation, row.interpretation_zh, "span")
    return el("p", el("b", words.INTERPRETATION), " ", text, class_="interpretation")


def translated(text: str, text_zh: str | None, tag: str, class_: str | None = None) -> Markup:
    """A text of a catalogue in both languages, or in the one it has."""
    if not text_zh or text_zh == text:
        return el(tag, foreign(text), class_=class_)
    return many(
        el(tag, foreign(text), class_=class_, lang="en"), el(tag, foreign(text_zh), class_=class_, lang=CHINESE)
    )


def _outcome(attempt: Attempt) -> Iterator[Markup]:
    what = summary(attempt)
    if what.en == f"expected {attempt.expected}, got {attempt.got}":
        what = NOTHING  # it would say the same once more
    for term, said in (
        (words.EXPECTED, told(attempt.expected)), (words.GOT, told(attempt.got)), (words.WHAT, what),
    ):  # fmt: skip
        if said:
            yield el("div", el("dt", term), both(said, "dd"))


def _detail(attempt: Attempt) -> Markup | None:
    if not attempt.detail:
        return None
    return el("details", el("summary", words.DETAIL), el("pre", foreign(attempt.detail)), class_="detail")


def _telling(verdict: Verdict) -> Callable[[Case], bool]:
    """Which cases say why a requirement has this verdict."""
    if verdict in (Verdict.FAIL, Verdict.WARNING):
        return lambda case: case.failed
    return lambda case: case.verdict is verdict
