"""Whatever text a product sends, it changes nothing in any report but itself."""

import dataclasses
import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import reports
from conformance.engine.bundle import Bundle
from conformance.engine.record import Record
from conformance.engine.verdict import Verdict
from profiles import Product

from .made import conversation, made_up, requirement, result

HOSTILE = {
    "plain": "hello",
    "markup": "</script></style></title><script>alert(1)</script><img src=x onerror=alert(1)>'\"`&amp;",
    "comment": "--><!--]]>",
    "control": "\x00\x07\x1b]0;owned\x07\x1b[31m\x1b[2J\r\n\x9b31m\x7f",
    "bidi": "\u202e\u2066gnp.exe\u2069\u200f\u061c",
    "surrogate": "\ud800 \udfff x",
    "separators": "a\u2028b\u2029c\x85d\ufeff\u200b",
    "formula": "=cmd|'/c calc'!A0\t+1\t@SUM(1)",
    "braces": "{{7*7}} ${7*7} {% raw %} %(x)s {0}",
    "noncharacter": "\ufffe\uffff\U0010ffff",
    "long": "A" * 1_000_000,
    "marks": "Z\u0351\u036b\u0343\u036a\u0302" * 500,
}
CASES = [f"toy/test_1.py::test_{n}" for n in range(4)]


def hostile_bundle(directory: Path, text: str) -> Bundle:
    """A run in which the product says a text wherever it can, and its makers wrote it into the product file."""
    ends = [
        result(CASES[0], Verdict.FAIL, summary=text, expected=text, got=text, notes=[{"text": text}], output=text),
        result(CASES[1], Verdict.ERROR, summary=text, detail=text),
        result(CASES[2], Verdict.INCONCLUSIVE, summary=text),
        result(CASES[3], Verdict.NOT_APPLICABLE, summary=text),
    ]
    rows = tuple(requirement(f"T-{n}") for n in range(4))
    product = Product(text, text, text, claims={"toy-1/server": {"motto": text}}, ixit={"toy": {"url": text}})
    return made_up(
        directory,
        ends,
        {case: [f"T-{n}"] for n, case in enumerate(CASES)},
        requirements=rows,
        product=product,
        record=lambda r: speaking(r.case, text),
    )


def speaking(case: str, text: str) -> Record:
    record = conversation(case, 2, text)
    record.channels[0] = dataclasses.replace(record.channels[0], name=text, address=text)
    return record


class Shape(HTMLParser):
    """The elements and attributes of a page, without its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(sorted(name for name, _ in attrs))))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def shape(path: Path) -> Shape:
    parser = Shape()
    parser.feed(path.read_text("utf-8"))
    return parser


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports on a product that says nothing strange."""
    bundle = hostile_bundle(Path(tmp_path_factory.mktemp("plain")) / "run-x", HOSTILE["plain"])
    reports.write(bundle, ["html", "json", "junit", "allure"])
    return bundle.directory / "report"


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "plain"])
def test_no_text_changes_the_reports_around_it(name: str, tmp_path: Path, plain: Path) -> None:
    bundle = hostile_bundle(tmp_path / "run-x", HOSTILE[name])
    outcome = reports.write(bundle, ["html", "json", "junit", "allure"])
    assert not [value for _, value in outcome if isinstance(value, Exception)]
    report = bundle.directory / "report"
    assert shape(report / "index.html").tags == shape(plain / "index.html").tags
    assert keys(json.loads((report / "result.json").read_bytes())) == keys(
        json.loads((plain / "result.json").read_bytes())
    )
    assert elements(report / "junit.xml") == elements(plain / "junit.xml")
    ours, theirs = (sorted((path / "allure-results").glob("*-result.json")) for path in (report, plain))
    assert [keys(json.loads(p.read_bytes())) for p in ours] == [keys(json.loads(p.read_bytes())) for p in theirs]
    environment = (report / "allure-results" / "environment.properties").read_bytes()
    assert environment.count(b"\n") == (plain / "allure-results" / "environment.properties").read_bytes().count(b"\n")


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_written_hides_or_acts(name: str, tmp_path: Path) -> None:
    bundle = hostile_bundle(tmp_path / "run-x", HOSTILE[name])
    reports.write(bundle, ["html", "junit", "allure"])
    texts = [path for path in (bundle.directory / "report").rglob("*") if path.suffix in (".html", ".xml", ".txt")]
    assert len(texts) > 3
    for path in texts:
        content = path.read_text("utf-8")
        acting = [c for c in set(content) if not (c in "\n\t" or c.isprintable() or c == "\u00a0" or c == "\u3000")]
        assert not acting, (path, acting)
        assert len(content) < 3_000_000


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_acts_on_the_terminal(name: str, tmp_path: Path) -> None:
    bundle = hostile_bundle(tmp_path / "run-x", HOSTILE[name])
    said = reports.terminal_summary(reports.roll_up(bundle), bundle)
    assert all(c == "\n" or c.isprintable() for c in said)
    assert len(said) < 40_000
    same = hostile_bundle(tmp_path / "run-y", HOSTILE["plain"])
    assert len(said.splitlines()) == len(reports.terminal_summary(reports.roll_up(same), same).splitlines())


def test_the_verdict_stays_the_same_whatever_the_text(tmp_path: Path) -> None:
    found = {
        reports.roll_up(hostile_bundle(tmp_path / f"run-{n}", text)).verdict for n, text in enumerate(HOSTILE.values())
    }
    assert found == {"does not conform"}


def test_what_a_product_says_is_still_readable(tmp_path: Path) -> None:
    bundle = hostile_bundle(tmp_path / "run-x", "<b>网关</b>\u202e")
    reports.write(bundle, ["html"])
    page = shape(bundle.directory / "report" / "index.html")
    assert "<b>网关</b>\\u202e" in page.texts


def keys(value: object) -> object:
    """The structure of a JSON value, its texts left out."""
    if isinstance(value, dict):
        return {key: keys(item) for key, item in value.items()}
    if isinstance(value, list):
        return [keys(item) for item in value]
    return type(value).__name__


def elements(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    return [(e.tag, tuple(e.attrib)) for e in ElementTree.fromstring(path.read_bytes()).iter()]
