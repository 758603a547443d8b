"""Cases that a run does without: the plan names them and the option; their silence is never taken for a pass."""

from pathlib import Path
from typing import Any

import pytest

from conformance.engine.choices import Choices
from conformance.engine.verdict import Verdict
from reports.rollup import CONFORMS, INCONCLUSIVE, roll_up

from .made import CASE_IDS, real_run, ref, requirement, specs

TWO = (requirement("T-1"), requirement("T-2"))
ECHO, QUIT = CASE_IDS["test_echo_comes_back"], CASE_IDS["test_quit_closes"]


@pytest.mark.parametrize(
    ("choices", "disruptive", "option"),
    [
        ({"select": "T-1"}, [], "--select"),
        ({"limit": 1}, [], "--limit"),
        ({"only": frozenset({ECHO})}, [], "rerun"),
        ({}, ["test_quit_closes"], "--allow-disruptive"),
    ],
)
def test_a_case_left_out_is_in_the_plan_with_its_reason(
    tmp_path: Path, choices: dict[str, Any], disruptive: list[str], option: str
) -> None:
    chosen = specs(["test_echo_comes_back", "test_quit_closes"], disruptive=disruptive)
    bundle = real_run(tmp_path / "run-x", chosen, requirements=TWO, choices=Choices(seed=7, **choices))
    (row,) = bundle.plan["left_out_cases"]
    assert (row["id"], row["requirements"], row["option"]) == (QUIT, [ref("T-2")], option)
    assert row["reason"]
    assert row["reason_zh"]
    result = roll_up(bundle)
    assert (result.verdict, result.exit_code) == (INCONCLUSIVE, 3)
    assert [r.verdict for r in result.requirements] == [Verdict.PASS, Verdict.NOT_TESTED]
    assert result.requirements[1].reason == row["reason"]
    assert any(option in said.en and option in said.zh for said in result.reasons)
    assert (result.counts["cases"]["pass"], result.counts["cases"]["not tested"]) == (1, 1)


def test_a_case_that_does_not_apply_is_not_missed(tmp_path: Path) -> None:
    rows = (requirement("T-1"), requirement("T-2", when="fancy"))
    chosen = specs(["test_echo_comes_back", "test_quit_closes"], disruptive=["test_quit_closes"])
    bundle = real_run(tmp_path / "run-x", chosen, requirements=rows)
    assert bundle.plan["left_out_cases"] == []
    assert roll_up(bundle).verdict == CONFORMS


def test_a_limit_that_nothing_exceeds_leaves_nothing_open(tmp_path: Path) -> None:
    chosen = specs(["test_echo_comes_back"])
    choices = Choices(seed=7, limit=1, select="T-1")
    bundle = real_run(tmp_path / "run-x", chosen, requirements=TWO[:1], choices=choices)
    assert roll_up(bundle).verdict == CONFORMS


def test_a_requirement_with_some_of_its_cases_left_out_is_inconclusive(tmp_path: Path) -> None:
    rows = (requirement("T-1"),)
    chosen = specs(["test_echo_comes_back", "test_of_ours_is_broken"], disruptive=["test_of_ours_is_broken"])
    result = roll_up(real_run(tmp_path / "run-x", chosen, requirements=rows))
    assert result.requirements[0].verdict is Verdict.INCONCLUSIVE
    assert "1 of its 2 cases" in result.requirements[0].reason
    assert "--allow-disruptive" in result.requirements[0].reason
    assert result.verdict == INCONCLUSIVE
