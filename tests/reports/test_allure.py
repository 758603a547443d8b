"""Allure results, compared with the journal field by field, and with what allure-pytest writes for the same cases."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

import reports
from conformance.engine.bundle import Bundle
from conformance.engine.case import CaseResult
from conformance.engine.choices import Choices
from conformance.engine.plugin import CaseItem, Failed, Told
from conformance.engine.verdict import Verdict
from reports.anchors import anchor

from .made import made_up, real_run, requirement, result, specs

STATUS = {"pass": "passed", "fail": "failed", "inconclusive": "broken", "error": "broken", "not applicable": "skipped"}
SEVERITY = {"T-1": "critical", "T-2": "critical", "T-3": "normal", "T-4": "critical", "T-5": "minor"}
CLAUSE = {"T-1": "1.1", "T-2": "1.2", "T-3": "1.2", "T-4": "1.10", "T-5": "2", "T-9": "3"}


def written(bundle: Bundle, directory: Path) -> dict[str, dict[str, Any]]:
    """The results by the name of their case."""
    ((_, path),) = reports.write(bundle, ["allure"], directory)
    assert isinstance(path, Path), path
    found = [json.loads(one.read_bytes()) for one in sorted(path.glob("*-result.json"))]
    assert len({one["uuid"] for one in found}) == len(found)
    return {one["name"]: one for one in found}


def labels(one: dict[str, Any], name: str) -> list[str]:
    return [label["value"] for label in one["labels"] if label["name"] == name]


def test_each_case_is_a_result_that_says_what_the_journal_says(toy_bundle: Bundle, tmp_path: Path) -> None:
    found = written(toy_bundle, tmp_path)
    plan = {row["id"]: row for row in toy_bundle.plan["cases"]}
    start = datetime.datetime.fromisoformat(toy_bundle.records[0]["at"]).timestamp()
    assert len(found) == len(plan)
    for case, (end,) in toy_bundle.ends().items():
        one = found[case.partition("::")[2]]
        ids = [ref.partition(":")[2] for ref in plan[case]["requirements"]]
        assert one["status"] == STATUS[end["verdict"]]
        assert one["stage"] == "finished"
        assert one["start"] == round((start + end["started"]) * 1000)
        assert one["stop"] == round((start + end["started"] + end["seconds"]) * 1000)
        assert labels(one, "suite") == ["toy"]
        assert labels(one, "epic") == ["toy-1/server"]
        assert labels(one, "feature") == [CLAUSE[id_] for id_ in ids]
        assert labels(one, "tag") == ids
        assert labels(one, "severity") == [SEVERITY[ids[0]]]
        assert [link["url"] for link in one["links"]] == [
            f"../index.html#{anchor(ref)}" for ref in plan[case]["requirements"]
        ]
        assert {p["name"]: p["value"] for p in one["parameters"]}["seed"] == str(plan[case]["seed"])
        assert plan[case]["title"] in one["description"]
        if end["verdict"] != "pass":
            assert end["summary"] in one["statusDetails"]["message"]
            assert all(end[key] in one["statusDetails"]["trace"] for key in ("expected", "got", "detail") if end[key])


def test_evidence_is_attached(toy_bundle: Bundle, tmp_path: Path) -> None:
    one = written(toy_bundle, tmp_path)["test_of_ours_is_broken"]
    (end,) = toy_bundle.ends()["toy/test_1_toy.py::test_of_ours_is_broken"]
    folder = tmp_path / "allure-results"
    attached = {a["name"]: (folder / a["source"]).read_bytes() for a in one["attachments"]}
    assert attached["capture"] == toy_bundle.evidence(end["capture"])
    assert "→ LINE x" in attached["messages"].decode()
    assert attached["stdout"] == b"about to break\n"
    assert all(a["source"].endswith(".pcapng") for a in one["attachments"] if a["name"] == "capture")


def test_names_stay_between_runs_and_results_do_not(tmp_path: Path) -> None:
    one, other = (
        written(real_run(tmp_path / f"run-{n}", specs(["test_quit_closes"])), tmp_path / n)["test_quit_closes"]
        for n in ("a", "b")
    )
    assert one["historyId"] == other["historyId"]
    assert one["uuid"] != other["uuid"]


def test_variants_of_a_case_are_one_test_with_histories_of_their_own(tmp_path: Path) -> None:
    cases = [f"toy/test_1.py::test_a[{n}]" for n in ("x", "y")]
    bundle = made_up(tmp_path / "run-x", [result(case) for case in cases], {case: ["T-1"] for case in cases})
    one, other = written(bundle, tmp_path).values()
    assert one["testCaseId"] == other["testCaseId"]
    assert one["historyId"] != other["historyId"]
    assert {p["value"] for r in (one, other) for p in r["parameters"] if p["name"] == "parameters"} == {"x", "y"}


def test_what_was_not_run_is_skipped_with_its_reason(tmp_path: Path) -> None:
    chosen = specs(["test_echo_comes_back", "test_quit_closes"])
    found = written(real_run(tmp_path / "run-x", chosen, choices=Choices(seed=7, limit=1)), tmp_path)
    assert found["test_quit_closes"]["status"] == "skipped"
    assert "limit" in found["test_quit_closes"]["statusDetails"]["message"]
    cut = made_up(tmp_path / "run-y", [], {"toy/test_1.py::test_a": ["T-1"]}, end=False)
    assert written(cut, tmp_path / "y")["test_a"]["status"] == "skipped"


@pytest.mark.parametrize("verdicts", [("fail", "pass"), ("pass", "fail"), ("inconclusive", "pass")])
def test_every_attempt_is_a_step_and_the_worst_counts(tmp_path: Path, verdicts: tuple[str, ...]) -> None:
    case = "toy/test_1.py::test_a"
    ends = [result(case, Verdict(v), attempt=n, summary=v) for n, v in enumerate(verdicts, 1)]
    bundle = made_up(tmp_path / "run-x", ends, {case: ["T-1"]}, requirements=(requirement("T-1"),))
    (one,) = written(bundle, tmp_path).values()
    assert one["status"] == STATUS[min(verdicts)]  # "fail" and "inconclusive" stand before "pass"
    assert [step["status"] for step in one["steps"]] == [STATUS[v] for v in verdicts]


def test_the_environment_is_ascii_and_categories_know_each_kind(tmp_path: Path) -> None:
    bundle = made_up(tmp_path / "run-x", [], {"toy/test_1.py::test_a": ["T-1"]}, change=_chinese)
    written(bundle, tmp_path)
    lines = (tmp_path / "allure-results" / "environment.properties").read_bytes().decode("ascii").splitlines()
    assert "Product=\\u7f51\\u5173 \\ud83d\\ude00 C\\\\x" in lines
    categories = json.loads((tmp_path / "allure-results" / "categories.json").read_bytes())
    assert {status for one in categories for status in one["matchedStatuses"]} == {"failed", "broken", "skipped"}


def _chinese(documents: dict[str, Any]) -> None:
    documents["plan.json"]["product"] = "网关 😀 C\\x"


def test_writing_again_leaves_nothing_old(toy_bundle: Bundle, tmp_path: Path) -> None:
    written(toy_bundle, tmp_path)
    (tmp_path / "allure-results" / "old-result.json").write_text("{}")
    written(toy_bundle, tmp_path)
    assert not (tmp_path / "allure-results" / "old-result.json").exists()
    assert not (tmp_path / "allure-results.partial").exists()


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR])
def test_a_plain_pytest_run_tells_allure_the_same_status(verdict: Verdict) -> None:
    """allure-pytest calls failed what is an AssertionError, and broken what is any other exception."""
    item = CaseItem.__new__(CaseItem)
    item.results = [CaseResult(case="c", verdict=verdict, summary="s")]
    with pytest.raises(Told) as told:
        item.runtest()
    assert isinstance(told.value, AssertionError) is (STATUS[str(verdict)] == "failed")
    assert isinstance(told.value, Failed) is (verdict is Verdict.FAIL)
