"""The report for people: one HTML file that needs no network, and to tell its verdict and findings no script either.

Both languages stand in the page, and the style shows one of them. A content security policy allows this style and this
script, by their digests, and nothing else.
"""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from conformance.engine.bundle import Bundle, write_synced
from conformance.engine.verdict import Verdict

from ..model import Run, Said
from ..rollup import Result, roll_up
from . import chart, context, words
from .evidence import Evidence
from .findings import Told
from .markup import CHINESE, Markup, both, el, foreign, in_both, many, text
from .matrix import matrix
from .page import head, top

NAME_LIMIT = 160
LARGE = 300
"""Requirements and cases from which on a browser lays out only what is looked at."""


def write(bundle: Bundle, directory: Path) -> Path:
    """Write `index.html`."""
    path = directory / "index.html"
    write_synced(path, document(roll_up(bundle), bundle, directory).encode("utf-8", "backslashreplace"))
    return path


def document(result: Result, bundle: Bundle, directory: Path) -> str:
    """The whole document; `directory` is where it will stand, for its links to the evidence."""
    style, script = (files(__package__).joinpath(name).read_text("utf-8") for name in ("report.css", "report.js"))
    told = Told(result, Evidence(bundle, result.run, directory))
    sections = list(_sections(result, told, bundle))
    known = {id_ for id_, _, _ in sections}
    en, zh = (f"{name(result.run)}: {verdict}" for verdict in vars(words.PRODUCT[result.verdict]).values())
    body = el(
        "body",
        el("a", words.SKIP, href="#main", class_="skip"),
        top(words.TITLE, [(id_, said) for id_, said in words.NAVIGATION.items() if id_ in known]),
        el("main", _summary(result), [section for _, _, section in sections], id="main", tabindex="-1"),
        el("p", role="status", id="copied", class_="aside"),
        el("footer", el("p", text("iic-conform"), " · ", foreign(result.run.id, NAME_LIMIT))),
        el("script", Markup(script)),
        class_="large" if len(result.requirements) + len(told.cases) > LARGE else None,
    )
    return f"<!DOCTYPE html>\n{el('html', head(Said(en, zh), style, script), body, lang='en')}\n"


def name(run: Run) -> str:
    """The product in a line."""
    parts = (str(run.product.get(key) or "") for key in ("name", "version"))
    return " ".join(filter(None, parts))[:NAME_LIMIT] or str(run.plan.get("product") or "")[:NAME_LIMIT]


Section = tuple[str, Said, Markup]


def _sections(result: Result, told: Told, bundle: Bundle) -> Iterator[Section]:
    """The sections of the page: id, heading, content."""
    counts = {verdict: result.counts["requirements"][str(verdict)] for verdict in Verdict}
    titles = _titles(result.run)
    yield _section("totals", words.TOTALS, _totals(result, titles))
    articles = told.articles(Verdict.FAIL)
    found = many(quoting(), articles) if articles else both(words.NO_FINDINGS, "p", class_="calm")
    yield _section("findings", words.FINDINGS, found, counts[Verdict.FAIL])
    if counts[Verdict.WARNING]:
        body = many(_lead(words.WARNINGS_ARE), quoting(), told.articles(Verdict.WARNING))
        yield _section("warnings", words.WARNINGS, body, counts[Verdict.WARNING])
    if n := counts[Verdict.ERROR] + counts[Verdict.INCONCLUSIVE]:
        body = many(_lead(words.OPEN_ARE), quoting(), told.articles(Verdict.ERROR, Verdict.INCONCLUSIVE))
        yield _section("open", words.OPEN, body, n)
    if n := counts[Verdict.NEEDS_REVIEW]:
        yield _section("review", words.REVIEW, context.review(result), n)
    left_out = context.left_out_cases(result)
    if counts[Verdict.NOT_TESTED] or left_out:
        body = many(_lead(words.NOT_TESTED_ARE), context.by_reason(result, Verdict.NOT_TESTED), left_out)
        yield _section("not-tested", words.NOT_TESTED, body, counts[Verdict.NOT_TESTED])
    if n := counts[Verdict.NOT_APPLICABLE]:
        body = many(_lead(words.NOT_APPLICABLE_ARE), context.by_reason(result, Verdict.NOT_APPLICABLE))
        yield _section("not-applicable", words.NOT_APPLICABLE, body, n)
    yield _section("matrix", words.MATRIX, many(quoting(), matrix(result, told, titles)), len(result.requirements))
    notes, events = context.notes(result), context.events(result.run)
    if notes or events:
        yield _section("notes", words.NOTES, many(notes, events))
    yield _section("product", words.PRODUCT_HEAD, context.product(result.run))
    yield _section("environment", words.ENVIRONMENT, context.environment(bundle, result.run))
    yield _section("method", words.METHOD, many(both(said, "p") for said in words.METHOD_TEXT))


def _section(id_: str, said: Said, body: Markup, n: int | None = None) -> Section:
    number = el("span", f"{n:,}", class_="number") if n is not None else None
    heading = el("h2", said, " " if number else None, number, id=f"{id_}-h")
    return id_, said, el("section", heading, body, id=id_, aria_labelledby=f"{id_}-h", class_="part")


def _lead(said: Said) -> Markup:
    return both(said, "p", class_="lead")


def quoting() -> Markup:
    """What the Chinese edition says where it quotes cases, which speak English."""
    return el("p", words.QUOTED_ZH, lang=CHINESE, class_="lead quoting")


def _summary(result: Result) -> Markup:
    """The verdict, before anything else."""
    run = result.run
    vendor = run.product.get("vendor")
    profile = in_both(
        foreign(run.profile.get("title") or run.plan.get("profile"), NAME_LIMIT),
        foreign(run.profile.get("title_zh") or run.profile.get("title") or run.plan.get("profile"), NAME_LIMIT),
    )
    return el(
        "section",
        el("p", foreign(vendor, NAME_LIMIT), class_="vendor") if vendor else None,
        el("h1", foreign(name(run), NAME_LIMIT)),
        el(
            "p",
            words.AGAINST,
            " ",
            el("b", profile),
            " ",
            foreign(run.profile.get("version") or "", 40),
            class_="profile",
        ),
        el(
            "div",
            both(words.PRODUCT[result.verdict], "p", class_="word"),
            both(words.MEANINGS[result.verdict], "p", class_="meaning"),
            el("ul", [el("li", said) for said in result.reasons], class_="because"),
            class_=f"verdict is-{result.verdict.replace(' ', '-')}",
            id="verdict",
            data_verdict=result.verdict,
        ),
        el("dl", list(_key_facts(result)), class_="key-facts"),
        class_="summary",
        id="summary",
        aria_label=words.SUMMARY.en,
        data_label_en=words.SUMMARY.en,
        data_label_zh=words.SUMMARY.zh,
    )


def _key_facts(result: Result) -> Iterator[Markup]:
    run = result.run
    facts: list[tuple[Said, object]] = [
        (words.CATALOGUES, ", ".join(f"{c.get('id', '')}/{c.get('role', '')}" for c in run.catalogues)),
        (words.REQUIREMENTS, f"{len(result.requirements):,}"),
        (words.CASES, f"{sum(result.counts['cases'].values()):,}"),
        (words.STARTED, run.created[:19].replace("T", " ") + (" UTC" if run.created.endswith("+00:00") else "")),
        (words.TOOK, f"{run.seconds:,.1f} s"),
        (words.RUN, run.id),
    ]
    for said, value in facts:
        if value:
            yield el("div", el("dt", said), el("dd", foreign(value, NAME_LIMIT)))


def _totals(result: Result, titles: dict[str, Markup]) -> Markup:
    cases = result.counts["cases"]
    of_cases = [
        el("li", el("b", f"{cases[str(v)]:,}"), " ", words.VERDICTS[v], class_=chart.kind(v))
        for v in words.ORDER
        if cases[str(v)]
    ]
    return many(
        el("h3", words.REQUIREMENTS),
        chart.totals(result.counts["requirements"]),
        chart.table(result.requirements, titles),
        el("h3", words.CASES),
        el("ul", of_cases, class_="of-cases"),
    )


def _titles(run: Run) -> dict[str, Markup]:
    """The titles of the standards by catalogue key."""
    found = {}
    for row in run.catalogues:
        key, title = str(row.get("key") or ""), str(row.get("title") or row.get("key") or "")
        found[key] = in_both(foreign(title, NAME_LIMIT), foreign(row.get("title_zh") or title, NAME_LIMIT))
    return found
