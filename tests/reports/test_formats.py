"""The open formats: each against its published schema or an independent reader, against the result, and made again."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

import reports
from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict
from reports import csv_, earl, markdown, oscal, sarif
from reports.anchors import anchor
from reports.identity import moment, moment_of, urn

from .made import made_up, result
from .test_hostile import HOSTILE, hostile_bundle, keys

VECTORS = Path(__file__).parents[2] / "vectors" / "reports"
SCHEMAS = Path(reports.__file__).parent / "schemas"
OPEN = ["earl", "oscal", "sarif", "csv", "markdown", "badge"]
ACTING = {
    "markdown": "](javascript:alert(1)) **b** `` ` ``` @all #1 <details> | ![x](y) https://example.invalid\n# head",
    "formulas": "=1+1",
    "dde": "  =cmd|' /C calc'!A0",
    "at": "@SUM(A1)",
    "minus": "-2+3",
    "wide": "＝1+1",
    "tab": "\t=1",
}


@pytest.fixture(scope="module")
def written(toy_bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("formats"))
    outcome = reports.write(toy_bundle, OPEN, folder)
    assert not [value for _, value in outcome if isinstance(value, Exception)]
    return folder


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_bytes())


def vector(name: str) -> Any:
    """A published schema, in the regular expressions of Python."""
    text = (VECTORS / name).read_text("utf-8").replace("\\\\p{L}", "[^\\\\W\\\\d_]").replace("\\\\p{N}", "\\\\d")
    return json.loads(text)["schema"]


def test_the_same_bundle_gives_the_same_octets(toy_bundle: Bundle, written: Path, tmp_path: Path) -> None:
    reports.write(toy_bundle, OPEN, tmp_path)
    names = sorted(path.name for path in written.iterdir())
    assert names == sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 8
    for name in names:
        assert (written / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_they_are_written_only_when_named(toy_bundle: Bundle, tmp_path: Path) -> None:
    reports.write(toy_bundle, None, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "allure-results",
        "index.html",
        "junit.xml",
        "result.json",
    ]


# SARIF


def test_sarif_holds_its_schema(written: Path) -> None:
    validator = jsonschema.Draft4Validator(vector("sarif-2.1.0.schema.json"), format_checker=jsonschema.FormatChecker())
    assert list(validator.iter_errors(read(written, "findings.sarif"))) == []
    assert list(validator.iter_errors({"version": "2.1.0"})) != []


def test_sarif_has_each_finding_once(written: Path, toy_bundle: Bundle) -> None:
    (run,) = read(written, "findings.sarif")["runs"]
    found = reports.roll_up(toy_bundle)
    failing = [one for one in run["results"] if one["kind"] == "fail"]
    said = {(one["ruleId"], one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]) for one in failing}
    assert said == {(finding.ref, finding.case) for finding in found.findings}
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for one in run["results"]:
        assert rules[one["ruleIndex"]] == one["ruleId"]
        assert (one["level"] == "none") == (one["kind"] != "fail")
    levels = {one["ruleId"]: one["level"] for one in run["results"] if one["kind"] == "fail"}
    for row in found.requirements:
        if row.verdict in (Verdict.FAIL, Verdict.WARNING):
            assert levels[row.ref] == ("error" if row.verdict is Verdict.FAIL else "warning")
        kinds = {one["kind"] for one in run["results"] if one["ruleId"] == row.ref}
        assert kinds == ({sarif.KINDS[row.verdict][0]} if row.verdict in sarif.KINDS else set())
    assert len({one["partialFingerprints"]["requirementAndCase/v1"] for one in run["results"]}) == len(run["results"])
    assert run["properties"]["verdict"] == found.verdict


def test_sarif_points_to_evidence_that_is_there(written: Path, toy_bundle: Bundle) -> None:
    (run,) = read(written, "findings.sarif")["runs"]
    for one in run["results"]:
        place = one["locations"][0]["physicalLocation"]["artifactLocation"]
        assert place["uriBaseId"] in run["originalUriBaseIds"]
        assert (toy_bundle.directory / place["uri"]).is_file()


# OSCAL


def test_oscal_holds_its_schema(written: Path) -> None:
    document = read(written, "oscal-assessment-results.json")
    validator = jsonschema.Draft7Validator(vector("oscal-1.0.6-assessment-results.schema.json"))
    assert list(validator.iter_errors(document)) == []
    del document["assessment-results"]["results"][0]["start"]
    assert list(validator.iter_errors(document)) != []


def test_oscal_is_read_by_trestle(written: Path) -> None:
    models = pytest.importorskip("trestle.oscal.assessment_results", reason="compliance-trestle is missing")
    document = models.AssessmentResults.oscal_read(written / "oscal-assessment-results.json")
    assert document.results[0].findings


def test_oscal_finds_only_what_was_judged(written: Path, toy_bundle: Bundle) -> None:
    (found,) = read(written, "oscal-assessment-results.json")["assessment-results"]["results"]
    rows = {anchor(row.ref): row for row in reports.roll_up(toy_bundle).requirements}
    states = {f["target"]["target-id"]: f["target"]["status"]["state"] for f in found["findings"]}
    wanted = {Verdict.PASS: "satisfied", Verdict.FAIL: "not-satisfied", Verdict.WARNING: "not-satisfied"}
    assert states == {name: wanted[row.verdict] for name, row in rows.items() if row.verdict in wanted}
    (objectives,) = found["reviewed-controls"]["control-objective-selections"]
    left = {one["objective-id"] for one in objectives["exclude-objectives"]}
    assert left == rows.keys() - states.keys()
    observed = {one["uuid"] for one in found["observations"]}
    assert len(observed) == len(found["observations"])
    for one in found["findings"]:
        assert {o["observation-uuid"] for o in one["related-observations"]} <= observed
    assert {one["title"] for one in found["observations"]} >= {case.id for case in reports.roll_up(toy_bundle).cases}


# EARL


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib's own reader still uses it
def test_earl_is_a_graph_of_the_expected_shapes(written: Path) -> None:
    rdflib = pytest.importorskip("rdflib")
    names = rdflib.Namespace("http://www.w3.org/ns/earl#")
    graph = rdflib.Graph()
    graph.parse(written / "earl.jsonld", format="json-ld")
    outcomes = {names[name] for name in ("passed", "failed", "cantTell", "inapplicable", "untested")}
    assertions = list(graph.subjects(rdflib.RDF.type, names.Assertion))
    assert len(assertions) > 10
    for one in assertions:
        for name, kinds in (
            ("assertedBy", {names.Assertor}),
            ("subject", {names.TestSubject}),
            ("test", {names.TestCriterion, names.TestRequirement, names.TestCase}),
            ("result", {names.TestResult}),
        ):
            (node,) = graph.objects(one, names[name])
            assert set(graph.objects(node, rdflib.RDF.type)) & kinds, (one, name)
        assert set(graph.objects(one, names.mode)) == {names.automatic}
        (answer,) = graph.objects(one, names.result)
        (outcome,) = graph.objects(answer, names.outcome)
        assert outcome in outcomes
        (date,) = graph.objects(answer, rdflib.DCTERMS.date)
        assert date.datatype == rdflib.XSD.dateTime
        assert date.value is not None


def test_earl_says_what_the_result_says(written: Path, toy_bundle: Bundle) -> None:
    graph = read(written, "earl.jsonld")["@graph"]
    found = reports.roll_up(toy_bundle)
    said = {node["earl:test"]: node["earl:result"] for node in graph if node["@type"] == "earl:Assertion"}
    for row in found.requirements:
        answer = said[urn("requirement", row.ref)]
        assert answer["iic:verdict"] == str(row.verdict)
        assert answer["earl:outcome"] == earl.OUTCOMES[row.verdict]
    for case in found.cases:
        assert said[urn("case", case.id)]["iic:verdict"] == str(case.verdict)
    product = said[urn("profile", "toy-profile")]
    assert (product["iic:verdict"], product["earl:outcome"]) == (found.verdict, "earl:failed")
    assert len(said) == 1 + len(found.requirements) + len(found.cases)


def test_every_verdict_has_an_outcome() -> None:
    assert set(earl.OUTCOMES) == set(Verdict)


# CSV


def table(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "requirements.csv").read_text("utf-8-sig"), newline="")))


def test_csv_has_a_row_for_each_requirement(written: Path, toy_bundle: Bundle) -> None:
    assert (written / "requirements.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = table(written)
    found = reports.roll_up(toy_bundle).requirements
    assert [(row["requirement"], row["verdict"], row["clause"]) for row in rows] == [
        (one.id, str(one.verdict), one.clause) for one in found
    ]
    assert [row["text_zh"] for row in rows] == [one.text_zh for one in found]
    assert [int(row["cases"]) for row in rows] == [len(one.cases) for one in found]


@pytest.mark.parametrize("text", [*ACTING.values(), *HOSTILE.values()], ids=[*ACTING, *HOSTILE])
def test_no_cell_is_a_formula(text: str, tmp_path: Path) -> None:
    bundle = hostile_bundle(tmp_path / "run-x", text)
    reports.write(bundle, ["csv"])
    rows = table(bundle.directory / "report")
    assert len(rows) == 4
    for row in rows:
        for cell in row.values():
            assert not cell.lstrip(" \u00a0\u3000").startswith(tuple(csv_.FORMULA)), cell[:40]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@A", "\t=1", " =1", "＝1", "|x", "%0"])
def test_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert csv_.safe(cell) == f"'{cell}"
    assert csv_.safe(f"x{cell}") == f"x{cell}"


# Markdown


def test_markdown_says_verdict_findings_and_gaps(written: Path, toy_bundle: Bundle) -> None:
    text = (written / "summary.md").read_text("utf-8")
    found = reports.roll_up(toy_bundle)
    assert text.startswith("## ❌ Does not conform\n")
    for finding in found.findings:
        assert f"`{finding.ref}`" in text
    assert "it happens within the product" in text
    for verdict, n in found.counts["requirements"].items():
        assert not n or re.search(rf"\| {verdict} \|", text)


@pytest.mark.parametrize("text", [*ACTING.values(), *HOSTILE.values()], ids=[*ACTING, *HOSTILE])
def test_foreign_text_stands_in_code_spans_only(text: str, tmp_path: Path) -> None:
    bundle = hostile_bundle(tmp_path / "run-x", text)
    said = markdown.document(reports.roll_up(bundle), bundle)
    plain = markdown.document(reports.roll_up(hostile_bundle(tmp_path / "run-y", "hello")), bundle)
    assert outside(said) == outside(plain)
    assert len(said) <= markdown.LIMIT + 100
    assert all(c == "\n" or c.isprintable() or c in "\ufe0f\u00a0\u3000" for c in said)


def outside(text: str) -> str:
    """A document without its code spans, as CommonMark finds them; numbers aside."""
    return re.sub(r"\d+", "0", re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "CODE", text))


@pytest.mark.parametrize("text", ["`", "``", "a`b", "` a `", "", " ", "```x```"])
def test_a_code_span_holds_any_backticks(text: str) -> None:
    span = markdown.code(text)
    assert outside(f"a {span} b") == "a CODE b"


def test_a_summary_is_never_too_long_for_a_comment(tmp_path: Path) -> None:
    names = [f"toy/test_1.py::test_{n}" for n in range(400)]
    ends = [result(name, Verdict.FAIL, summary="x" * 900, expected="y" * 900, got="z" * 900) for name in names]
    bundle = made_up(tmp_path / "run-x", ends, {name: ["T-1"] for name in names})
    assert len(markdown.document(reports.roll_up(bundle), bundle)) < 65_536


# Badge


def test_the_badge_is_plain_svg(written: Path) -> None:
    for name, word in (("badge.svg", "does not conform"), ("badge-zh.svg", "不符合")):
        root = ElementTree.fromstring((written / name).read_bytes())
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert word in "".join(root.itertext())
        assert {element.tag.partition("}")[2] for element in root.iter()} <= {
            "svg",
            "title",
            "clipPath",
            "rect",
            "g",
            "text",
        }
        assert root.get("role") == "img"
        assert word in (root.get("aria-label") or "")


def test_the_badge_tells_machines_the_same(written: Path, toy_bundle: Bundle) -> None:
    document = read(written, "badge.json")
    schema = json.loads((SCHEMAS / "badge.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["verdict"] == document["message"] == "does not conform"
    assert document["product"] == {"vendor": "Example Works", "name": "EG-100", "version": "2.1.0"}
    assert document["standards"][0]["edition"] == "2026"
    import hashlib

    manifest = (toy_bundle.directory / "manifest.json").read_bytes()
    assert document["manifest_sha256"] == hashlib.sha256(manifest).hexdigest()


def test_a_killed_run_gets_no_good_badge(tmp_path: Path) -> None:
    bundle = made_up(tmp_path / "run-x", [], {"toy/test_1.py::test_x": ["T-1"]}, end=False)
    reports.write(bundle, OPEN)
    document = read(bundle.directory / "report", "badge.json")
    assert (document["verdict"], document["manifest_sha256"]) == ("incomplete", None)


# Whatever a product says


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "plain"])
def test_no_text_changes_a_document_around_it(name: str, tmp_path: Path) -> None:
    folders = []
    for said in (HOSTILE["plain"], HOSTILE[name]):
        bundle = hostile_bundle(tmp_path / str(len(folders)) / "run-x", said)
        outcome = reports.write(bundle, OPEN)
        assert not [value for _, value in outcome if isinstance(value, Exception)]
        folders.append(bundle.directory / "report")
    for path in sorted(folders[0].iterdir()):
        other = folders[1] / path.name
        assert other.stat().st_size < 400_000, path.name
        content = other.read_text("utf-8-sig")
        assert not [c for c in set(content) if not (c in "\r\n" or c.isprintable() or c in "\u00a0\u3000\ufe0f")], (
            path.name
        )
        if path.suffix in (".json", ".sarif", ".jsonld"):
            assert keys(json.loads(content)) == keys(json.loads(path.read_bytes())), path.name
        elif path.suffix == ".svg":
            shapes = [[e.tag for e in ElementTree.fromstring(p.read_bytes()).iter()] for p in (path, other)]
            assert shapes[0] == shapes[1]


def test_times_are_utc_and_never_fail() -> None:
    assert moment("2026-01-02T03:04:05+08:00") == "2026-01-01T19:04:05.000Z"
    assert moment("yesterday") == moment_of(1e300) == "1970-01-01T00:00:00.000Z"
    assert moment("0001-01-01T00:00:00+14:00") == "1970-01-01T00:00:00.000Z"
    assert moment_of(1.5) == "1970-01-01T00:00:01.500Z"


def test_names_are_uris_whatever_they_hold() -> None:
    for text in (*HOSTILE.values(), *ACTING.values()):
        assert re.fullmatch(r"urn:iic-conform:case:[!-~]{0,400}", urn("case", text[:3_000]))
        assert not re.search(r"[<>\"{}|\\^` ]", urn("case", text[:3_000]))
    assert oscal.OSCAL_VERSION.startswith("1.")
