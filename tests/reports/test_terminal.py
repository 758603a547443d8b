"""The summary for a terminal."""

from pathlib import Path

from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict
from reports import roll_up, terminal_summary

from .made import conversation, made_up, requirement, result


def test_it_says_verdict_counts_findings_and_where_the_report_is(toy_bundle: Bundle) -> None:
    said = terminal_summary(roll_up(toy_bundle), toy_bundle, Path("runs/run-toy/report/index.html"))
    lines = said.splitlines()
    assert lines[0].startswith("DOES NOT CONFORM: Example Works EG-100 2.1.0")
    for wanted in (
        "1 binding requirement failed",
        "T-2 (toy-1/server, clause 1.2, MUST)",
        "The product closes the connection when it is told to.",
        "expected: the connection closed",
        "got:      LINE quit",
        "→ LINE quit",
        "← LINE quit",
        "--select toy/test_1_toy.py::test_quit_closes",
        "--seed 7",
        "the session never began",
        "a person has to judge it",
        "it happens within the product",
        "runs/run-toy/report/index.html",
    ):
        assert wanted in said, wanted
    assert said.index("T-2 (") < said.index("Warnings") < said.index("T-3 (")


def test_many_findings_are_told_in_short(tmp_path: Path) -> None:
    bindings = {f"toy/test_1.py::test_a[{n}]": ["T-1"] for n in range(400)}
    ends = [result(case, Verdict.FAIL, summary="no") for case in bindings]
    bundle = made_up(
        tmp_path, ends, bindings, requirements=(requirement("T-1"),), record=lambda r: conversation(r.case, 200)
    )
    said = terminal_summary(roll_up(bundle), bundle)
    assert len(said.splitlines()) < 300
    assert "390 more in the report" in said


def test_a_conforming_run_is_short(tmp_path: Path) -> None:
    case = "toy/test_1.py::test_a"
    bundle = made_up(tmp_path, [result(case)], {case: ["T-1"]}, requirements=(requirement("T-1"),))
    said = terminal_summary(roll_up(bundle), bundle)
    assert said.startswith("CONFORMS")
    assert len(said.splitlines()) < 12
