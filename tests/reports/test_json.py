"""The output for machines: exactly the names promised, and schemas that hold them to it."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import reports
from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict
from reports.rollup import roll_up

SCHEMAS = Path(reports.__file__).parent / "schemas"
OUTPUTS = ("run", "requirements", "plan", "prove", "verify")


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.json").read_text("utf-8")))


def holds(name: str, value: Any) -> bool:
    return validator(name).is_valid(value)


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_schema_is_one_and_has_a_name_without_a_host(name: str) -> None:
    schema = validator(name).schema
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:iic-conform:{name}:1"


def test_the_result_has_the_names_promised(toy_bundle: Bundle) -> None:
    document = reports.run_json(roll_up(toy_bundle), "runs/run-toy")
    validator("run").validate(document)
    wanted = ["version", "verdict", "profile", "product", "bundle", "seconds", "cases", "requirements", "findings"]
    assert list(document)[: len(wanted)] == wanted
    assert document["version"] == 1
    assert document["bundle"] == "runs/run-toy"
    assert document["product"] == "Example Works EG-100 2.1.0"
    assert document["cases"] == {
        "pass": 1, "inconclusive": 1, "fail": 2, "error": 1, "not applicable": 1, "not tested": 0, "needs review": 0,
        "warning": 0,
    }  # fmt: skip
    assert [(f["requirement"], f["level"], f["verdict"]) for f in document["findings"]] == [
        ("T-2", "MUST", "fail"), ("T-3", "SHOULD", "warning"), ("T-9", "MUST", "warning"),
    ]  # fmt: skip


def test_the_findings_are_those_of_the_journal(toy_bundle: Bundle) -> None:
    document = reports.run_json(roll_up(toy_bundle), "x")
    ends = toy_bundle.ends()
    for finding in document["findings"]:
        (end,) = ends[finding["case"]]
        assert end["verdict"] == "fail"
        assert [finding[name] for name in ("summary", "expected", "got")] == [
            end["summary"],
            end["expected"],
            end["got"],
        ]


def test_the_file_is_what_the_command_prints(toy_bundle: Bundle, tmp_path: Path) -> None:
    ((_, path),) = reports.write(toy_bundle, ["json"], tmp_path)
    assert isinstance(path, Path)
    assert json.loads(path.read_bytes()) == reports.run_json(roll_up(toy_bundle), toy_bundle.directory.name)


@pytest.mark.parametrize(
    "spoil",
    [
        {"verdict": "passed"},
        {"version": 2},
        {"cases": {"pass": 1}},
        {"requirements": {str(v): -1 for v in Verdict}},
        {"findings": [{"requirement": "R"}]},
        {"seconds": "1"},
    ],
)
def test_the_schema_of_a_result_refuses_others(toy_bundle: Bundle, spoil: dict[str, Any]) -> None:
    document = reports.run_json(roll_up(toy_bundle), "x")
    assert holds("run", document)
    assert not holds("run", {**document, **spoil})
    for name in ("version", "verdict", "findings", "cases"):
        less = copy.deepcopy(document)
        del less[name]
        assert not holds("run", less)


def test_the_plan_of_a_real_run_fits_its_schema(toy_bundle: Bundle) -> None:
    validator("plan").validate(toy_bundle.plan)
    assert not holds("plan", {**toy_bundle.plan, "cases": [{"id": "x"}]})
    assert not holds("plan", {**toy_bundle.plan, "left_out": [{"requirement": "x", "reason": None}]})


def test_the_other_schemas_take_what_the_design_says_and_refuse_less() -> None:
    row = {
        "id": "T-1", "standard": "toy-1", "role": "server", "clause": "1", "level": "MUST", "check": "automatic",
        "why": None, "text": "t", "text_zh": "t", "cases": ["a"], "faults": ["f"],
    }  # fmt: skip
    assert holds("requirements", [row])
    assert not holds("requirements", {"requirements": [row]})
    assert not holds("requirements", [{**row, "level": "must"}])
    suite = {
        "suite": "toy",
        "cases": 1,
        "clean_failures": [],
        "faults": 1,
        "caught": 1,
        "collateral": [],
        "unproven_cases": [],
    }
    assert holds("prove", {"version": 1, "suites": [suite]})
    assert not holds("prove", {"version": 1, "suites": [{**suite, "caught": None}]})
    problem = {"path": "journal.jsonl", "what": "was changed"}
    assert holds("verify", {"version": 1, "ok": True, "problems": []})
    assert holds("verify", {"version": 1, "ok": False, "problems": [problem]})
    assert not holds("verify", {"version": 1, "ok": True, "problems": [problem]})
    assert not holds("verify", {"version": 1, "ok": False, "problems": []})
