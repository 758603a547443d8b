"""The summary for a terminal."""

from pathlib import Path

import pytest

from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict
from reports import roll_up, terminal_summary
from reports.rollup import Finding

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
        "came:     LINE quit",
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


@pytest.mark.parametrize("each", [False, True], ids=["of one requirement", "of one each"])
def test_many_findings_are_told_in_short(tmp_path: Path, each: bool) -> None:
    bindings = {f"toy/test_1.py::test_a[{n}]": [f"T-{n if each else 0}"] for n in range(400)}
    ends = [result(case, Verdict.FAIL, summary="no") for case in bindings]
    ids = sorted({id_ for ids in bindings.values() for id_ in ids})
    bundle = made_up(
        tmp_path,
        ends,
        bindings,
        requirements=tuple(map(requirement, ids)),
        record=lambda r: conversation(r.case, 200),
    )
    said = terminal_summary(roll_up(bundle), bundle)
    assert len(said.splitlines()) < 300
    assert ("390 more in the report" if each else "399 more of its cases, in the report") in said


def test_a_failed_case_says_each_thing_once(tmp_path: Path) -> None:
    """Also where it judges two requirements, and where what it says repeats what came."""
    case = "toy/test_1.py::test_a"
    end = result(case, Verdict.FAIL, summary="it took it: LINE bye", expected="the connection closed", got="LINE bye")
    bundle = made_up(
        tmp_path,
        [end],
        {case: ["T-1", "T-2"]},
        requirements=(requirement("T-1"), requirement("T-2")),
        record=lambda r: conversation(r.case, 4),
    )
    said = terminal_summary(roll_up(bundle), bundle)
    failed = said[said.index("Failed:") :]
    told = ("expected: the connection closed", "came:     it took it: LINE bye", "messages (", "replay: ", "rejudge: ")
    for once in ("T-1 (", "T-2 (", *told, "LINE bye"):
        assert failed.count(once) == 1, once


@pytest.mark.parametrize(
    ("expected", "got", "summary", "came"),
    [
        ("SUBACK", "PUBACK", "expected SUBACK, got PUBACK", "PUBACK"),
        ("SUBACK", "PUBACK", "no answer to SUBSCRIBE", "PUBACK: no answer to SUBSCRIBE"),
        ("0", "1", "Session Present is 1", "Session Present is 1"),
        ("0", "1", "the code is 81", "1: the code is 81"),
        (None, None, "it died", "it died"),
        ("SUBACK", "PUBACK", "", "PUBACK"),
    ],
)
def test_what_came_is_told_once(expected: str | None, got: str | None, summary: str, came: str) -> None:
    finding = Finding(
        requirement="T-1", standard="toy-1", role="server", clause="1", level="MUST", verdict=Verdict.FAIL,
        case="toy/test_1.py::test_a", summary=summary, expected=expected, got=got,
    )  # fmt: skip
    assert finding.came == came


def test_a_conforming_run_is_short(tmp_path: Path) -> None:
    case = "toy/test_1.py::test_a"
    bundle = made_up(tmp_path, [result(case)], {case: ["T-1"]}, requirements=(requirement("T-1"),))
    said = terminal_summary(roll_up(bundle), bundle)
    assert said.startswith("CONFORMS")
    assert len(said.splitlines()) < 12
