"""Totals as drawings (SVG) beside the numbers they show."""

from collections import Counter
from collections.abc import Iterable, Mapping

from conformance.engine.verdict import Verdict

from ..rollup import RequirementResult
from . import words
from .markup import Markup, el, many

LEVELS = ("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY")
_OPEN = (Verdict.NOT_TESTED, Verdict.NEEDS_REVIEW, Verdict.NOT_APPLICABLE)


def kind(verdict: Verdict) -> str:
    """The class of everything that shows a verdict."""
    return f"v-{str(verdict).replace(' ', '-')}"


def totals(counts: Mapping[str, int]) -> Markup:
    """The bar over all requirements, with a key that says the numbers in words and leads to the requirements."""
    shown = [(verdict, counts[str(verdict)]) for verdict in words.ORDER if counts[str(verdict)]]
    key = [
        el(
            "li",
            el("a", el("b", f"{n:,}"), el("span", words.VERDICTS[v]), href="#matrix", data_only=str(v)),
            class_=f"tile {kind(v)}",
        )
        for v, n in shown
    ]
    return el("figure", _patterns(), bar(dict(shown), "total", label="key"), el("ul", key, class_="key", id="key"))


def table(rows: Iterable[RequirementResult], titles: Mapping[str, Markup]) -> Markup:
    """Requirements by standard and level: a bar for each, and the numbers. `titles` by catalogue key."""
    rows = list(rows)
    heads = [words.STANDARD, words.LEVEL, words.SHARE, words.TOTAL, *(words.VERDICTS[v] for v in words.ORDER)]
    caption = el("caption", words.BY_STANDARD, class_="aside")
    head = el("thead", el("tr", [el("th", said, scope="col") for said in heads]))
    inner = el("table", caption, head, _bodies(rows, titles))
    return el("div", inner, class_="wide totals", tabindex="0", role="region", aria_labelledby="totals-h")


def _bodies(rows: list[RequirementResult], titles: Mapping[str, Markup]) -> Iterable[Markup]:
    groups: dict[str, dict[str, Counter[Verdict]]] = {}
    for row in rows:
        groups.setdefault(row.key, {}).setdefault(row.level, Counter())[row.verdict] += 1
    for key, by_level in groups.items():
        levels = sorted(by_level, key=lambda level: LEVELS.index(level) if level in LEVELS else len(LEVELS))
        lines = [
            el(
                "tr",
                el("th", titles.get(key, key), scope="rowgroup", rowspan=len(levels)) if i == 0 else None,
                el("th", level, scope="row", class_="level"),
                el("td", bar({v: by_level[level][v] for v in words.ORDER}, "small"), class_="share"),
                _number(by_level[level].total()),
                [_number(by_level[level][v], v) for v in words.ORDER],
            )
            for i, level in enumerate(levels)
        ]
        yield el("tbody", lines)


def _number(n: int, verdict: Verdict | None = None) -> Markup:
    marked = kind(verdict) if verdict and n else "none" if verdict else None
    return el("td", f"{n:,}" if n or not verdict else "·", class_=f"n {marked or ''}".strip())


def bar(counts: Mapping[Verdict, int], class_: str, label: str | None = None) -> Markup:
    """A bar of parts as wide as their counts; `label` is the id of what says the same in words."""
    total = sum(counts.values())
    parts, x = [], 0.0
    for verdict, n in counts.items():
        width = 100 * n / total if total else 0
        if n:
            parts.append(_part(x, width, kind(verdict)))
            if verdict in _OPEN:
                parts.append(_part(x, width, f"hatch-{kind(verdict)}"))
        x += width
    named = {"role": "img", "aria_labelledby": label} if label else {"aria_hidden": "true"}
    return el("svg", parts, class_=f"bar {class_}", focusable="false", **named)


def _part(x: float, width: float, class_: str) -> Markup:
    return el("rect", x=f"{x:.3f}%", width=f"{width:.3f}%", height="100%", class_=class_)


def _patterns() -> Markup:
    """Hatchings, so that what was not judged looks like no verdict, also in black and white."""
    line = el("rect", width="2", height="6", fill="#fff", fill_opacity="0.55")
    hatch = {"width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
    return el(
        "svg",
        many(
            el("pattern", line, id="hatch", patternTransform="rotate(45)", **hatch),
            el("pattern", line, id="stripe", patternTransform="rotate(135)", **hatch),
        ),
        class_="defs",
        aria_hidden="true",
        focusable="false",
    )
