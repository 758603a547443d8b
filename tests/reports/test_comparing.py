"""Comparing two runs: what is worse comes first and decides the exit code; what differs beside verdicts is named."""

import json
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import reports
from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict
from profiles import Product
from reports.comparing import Comparison, Kind, compare, text
from reports.comparing.compare import kind
from reports.html.comparison import KINDS, page

from .made import made_up, requirement, result
from .test_hostile import HOSTILE, hostile_bundle

SCHEMA = json.loads((Path(reports.__file__).parent / "schemas" / "compare.json").read_text("utf-8"))
PRODUCT = Product("Example Works", "EG-100", "2.1.0")
P, F, U, E, W = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.WARNING
NA, NT, NR = Verdict.NOT_APPLICABLE, Verdict.NOT_TESTED, Verdict.NEEDS_REVIEW


def run(
    folder: Path,
    verdicts: Mapping[str, Verdict],
    bindings: Mapping[str, str] | None = None,
    *,
    product: Product = PRODUCT,
    change: Callable[[dict[str, Any]], None] = lambda documents: None,
    **more: Any,
) -> Bundle:
    """A run of cases named by a letter; each judges a requirement of its own unless `bindings` say otherwise."""
    bound = {f"toy/test_1.py::test_{name}": [(bindings or {}).get(name, f"T-{name}")] for name in verdicts}
    ids = dict.fromkeys(id_ for (id_,) in bound.values())
    levels = more.pop("levels", {})
    rows = [requirement(id_, levels.get(id_, "MUST")) for id_ in ids]
    ends = [
        result(f"toy/test_1.py::test_{name}", verdict, summary=f"{name} is {verdict}")
        for name, verdict in verdicts.items()
    ]
    return made_up(folder, ends, bound, requirements=rows, product=product, change=change, **more)


def compared(a: Bundle, b: Bundle) -> Comparison:
    return compare(reports.roll_up(a), reports.roll_up(b), names=("a", "b"))


def test_the_same_run_twice_differs_in_nothing(toy_bundle: Bundle) -> None:
    found = compared(toy_bundle, toy_bundle)
    assert (found.changes, found.facts, found.only_in_a, found.only_in_b) == ((), (), (), ())
    assert not found.worse
    assert "Nothing changed." in text(found)


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (P, F, Kind.REGRESSION), (P, W, Kind.REGRESSION), (U, F, Kind.REGRESSION), (NA, F, Kind.REGRESSION),
        (W, F, Kind.REGRESSION), (NT, W, Kind.REGRESSION), (P, U, Kind.LOST), (P, NT, Kind.LOST), (W, E, Kind.LOST),
        (P, NR, Kind.LOST), (F, P, Kind.IMPROVEMENT), (U, P, Kind.IMPROVEMENT), (W, P, Kind.IMPROVEMENT),
        (F, U, Kind.OTHER), (F, W, Kind.OTHER), (F, NA, Kind.OTHER), (P, NA, Kind.OTHER), (NA, P, Kind.OTHER),
        (U, NT, Kind.OTHER), (P, P, None),
    ],
    ids=str,
)  # fmt: skip
def test_how_one_verdict_follows_another(was: Verdict, now: Verdict, expected: Kind | None) -> None:
    assert kind(was, now) is expected


def test_no_pair_of_verdicts_gets_better_by_getting_worse() -> None:
    for was in Verdict:
        assert kind(was, F) in (None, Kind.REGRESSION)
        assert kind(F, was) in (None, Kind.IMPROVEMENT, Kind.OTHER)


def test_worse_things_come_first_in_every_form(tmp_path: Path) -> None:
    a = run(tmp_path / "run-a", {"a": F, "b": P, "c": P, "d": U})
    b = run(tmp_path / "run-b", {"a": P, "b": U, "c": F, "d": U})
    found = compared(a, b)
    assert [(change.id, change.kind) for change in found.changes] == [
        ("T-c", Kind.REGRESSION),
        ("T-b", Kind.LOST),
        ("T-a", Kind.IMPROVEMENT),
    ]
    assert found.worse
    for shown in (text(found), page(found), json.dumps(found.to_json())):
        assert shown.index("T-c") < shown.index("T-b") < shown.index("T-a")
    assert text(found).startswith("WORSE\n")
    assert "c is fail" in text(found)


def test_a_requirement_that_fails_already_can_get_worse(tmp_path: Path) -> None:
    bindings = {"a": "T-1", "b": "T-1", "c": "T-1"}
    a = run(tmp_path / "run-a", {"a": F, "b": P, "c": P}, bindings)
    b = run(tmp_path / "run-b", {"a": F, "b": F, "c": P}, bindings)
    found = compared(a, b)
    (change,) = found.changes
    assert (change.kind, change.was, change.now) == (Kind.REGRESSION, "fail", "fail")
    assert [(case.case.rpartition("_")[2], case.kind) for case in change.cases] == [("b", Kind.REGRESSION)]
    assert found.worse
    assert not compared(b, a).worse
    assert [change.kind for change in compared(b, a).changes] == [Kind.IMPROVEMENT]


@pytest.mark.parametrize(
    ("was", "now", "worse"), [(P, P, False), (P, F, True), (F, P, False), (F, F, False), (P, U, True)]
)
def test_worse_is_what_both_runs_know(was: Verdict, now: Verdict, worse: bool, tmp_path: Path) -> None:
    found = compared(run(tmp_path / "run-a", {"a": was}), run(tmp_path / "run-b", {"a": now}))
    assert found.worse is worse


def test_a_warning_that_is_new_is_worse(tmp_path: Path) -> None:
    levels = {"T-a": "SHOULD"}
    a = run(tmp_path / "run-a", {"a": P, "b": P}, levels=levels)
    b = run(tmp_path / "run-b", {"a": F, "b": P}, levels=levels)
    found = compared(a, b)
    (change,) = found.changes
    assert (change.kind, change.now, change.binding, found.verdict_worse) == (Kind.REGRESSION, "warning", False, False)
    assert found.worse


def test_a_run_that_was_cut_short_is_worse(tmp_path: Path) -> None:
    a = run(tmp_path / "run-a", {"a": P})
    b = run(tmp_path / "run-b", {"a": P}, end=False)
    found = compared(a, b)
    assert (found.verdict_worse, found.worse) == (True, True)
    assert not compared(b, a).worse


def test_requirements_of_one_run_alone_are_told_and_not_judged(tmp_path: Path) -> None:
    a = run(tmp_path / "run-a", {"a": P, "b": F})
    b = run(tmp_path / "run-b", {"c": F, "b": F})
    found = compared(a, b)
    assert {(change.id, change.kind, change.was, change.now) for change in found.changes} == {
        ("T-c", Kind.ADDED, None, "fail"),
        ("T-a", Kind.REMOVED, "pass", None),
    }
    assert not found.worse
    assert found.only_in_a == ("toy/test_1.py::test_a",)
    assert found.only_in_b == ("toy/test_1.py::test_c",)


def test_what_differs_around_the_verdicts_is_named(tmp_path: Path) -> None:
    def change(documents: dict[str, Any]) -> None:
        documents["profile.json"]["version"] = "1.1"
        documents["profile.json"]["catalogues"][0] |= {"edition": "2027", "sha256": "f" * 64}
        documents["plan.json"]["testbed"]["name"] = "other bench"

    product = Product(
        "Example Works", "EG-100", "2.2.0", claims={"toy-1/server": {"fancy": True}}, ixit={"toy": {"port": 8}}
    )
    a, b = run(tmp_path / "run-a", {"a": P}), run(tmp_path / "run-b", {"a": P}, product=product, change=change)
    facts = {(fact.group, fact.name): (fact.was, fact.now) for fact in compared(a, b).facts}
    assert facts["product", "version"] == ("2.1.0", "2.2.0")
    assert facts["claims", "toy-1/server fancy"] == ("", "true")
    assert facts["access", "toy port"] == ("", "8")
    assert facts["profile", "version"] == ("1.0", "1.1")
    assert facts["catalogues", "toy-1/server edition"] == ("2026", "2027")
    assert facts["catalogues", "toy-1/server sha256"][1] == "f" * 64
    assert facts["testbed", "name"] == ("bench", "other bench")
    assert not compared(a, b).worse


def test_other_tools_and_another_host_are_named(tmp_path: Path) -> None:
    a, b = run(tmp_path / "run-a", {"a": P}), run(tmp_path / "run-b", {"a": P})
    path = b.directory / "manifest.json"
    manifest = json.loads(path.read_bytes())
    manifest["harness"]["version"] = "9.9"
    manifest["suites"][0]["sha256"] = "e" * 64
    manifest["host"] |= {"platform": "Other OS", "packages": {**manifest["host"]["packages"], "click": "99"}}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    facts = {(fact.group, fact.name): fact.now for fact in compared(a, Bundle(b.directory)).facts}
    assert facts["tools", "iic-conform"] == "9.9"
    assert facts["tools", "suite toy sha256"] == "e" * 64
    assert facts["tools", "click"] == "99"
    assert facts["host", "platform"] == "Other OS"


def test_the_json_holds_its_schema(tmp_path: Path, toy_bundle: Bundle) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    other = run(tmp_path / "run-b", {"a": F, "b": P})
    for a, b in ((toy_bundle, toy_bundle), (toy_bundle, other), (other, toy_bundle)):
        document = json.loads(json.dumps(compared(a, b).to_json()))
        validator.validate(document)
        assert set(document) == set(SCHEMA["required"])
    document["changes"][0]["kind"] = "nicer"
    assert not validator.is_valid(document)


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def test_the_page_is_in_both_languages_and_has_no_script(tmp_path: Path) -> None:
    found = compared(run(tmp_path / "run-a", {"a": P, "b": P}), run(tmp_path / "run-b", {"a": F, "b": U}))
    shown = page(found)
    assert "script-src" not in shown
    parser = Page()
    parser.feed(shown)
    assert "script" not in parser.tags
    for one in (Kind.REGRESSION, Kind.LOST):
        assert KINDS[one].en in shown
        assert KINDS[one].zh in shown
    assert 'data-verdict="worse"' in shown
    assert page(found) == shown


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "plain"])
def test_no_text_changes_a_comparison_around_it(name: str, tmp_path: Path) -> None:
    shapes = []
    for said in (HOSTILE["plain"], HOSTILE[name]):
        folder = tmp_path / str(len(shapes))
        a = hostile_bundle(folder / "run-a", said)
        b = hostile_bundle(folder / "run-b", said + "!")
        found = compared(a, b)
        assert all(c == "\n" or c.isprintable() for c in text(found))
        parser = Page()
        parser.feed(page(found))
        shapes.append((parser.tags, len(text(found).splitlines())))
    if name not in ("long", "marks"):  # what is cut at its end differs in nothing
        assert shapes[0] == shapes[1]
