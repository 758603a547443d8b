"""A bundle is read without trust: whatever it holds, it is told in words and never counts as complete."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.bundle import GENESIS, Bundle, digest
from conformance.engine.verdict import Verdict
from reports.reading import octets, present, read, transcript
from reports.rollup import CONFORMS, DOES_NOT_CONFORM, INCOMPLETE, judge, roll_up

from .made import BINDINGS, conversation, made_up, real_run, requirement, result, specs

PASSING = {"toy/test_1.py::test_a": ["T-1"], "toy/test_1.py::test_b": ["T-1"]}
ONE = (requirement("T-1"),)


def passing(directory: Path, **more: Any) -> Bundle:
    """A bundle of a product that conforms."""
    return made_up(directory, [result(case) for case in PASSING], PASSING, requirements=ONE, **more)


def rewritten(bundle: Bundle, change: Callable[[list[dict[str, Any]]], None]) -> Bundle:
    """The bundle with a journal that was changed and chained anew, its manifest with it."""
    records = [dict(record) for record in bundle.records]
    change(records)
    last, lines = GENESIS, []
    for n, record in enumerate(records):
        lines.append(json.dumps({**record, "n": n, "prev": last}).encode())
        last = digest(lines[-1])
    (bundle.directory / "journal.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    manifest = json.loads((bundle.directory / "manifest.json").read_bytes())
    manifest["journal"] = {"records": len(records), "last": last}
    (bundle.directory / "manifest.json").write_text(json.dumps(manifest))
    return Bundle(bundle.directory)


def test_a_conforming_run_is_complete_and_conforms(tmp_path: Path) -> None:
    run = read(passing(tmp_path))
    assert (run.complete, run.problems) == (True, ())
    assert judge(run).verdict == CONFORMS


def test_a_real_run_is_read_as_the_engine_wrote_it(toy_bundle: Bundle) -> None:
    run = read(toy_bundle)
    ends = toy_bundle.ends()
    assert run.complete
    assert {case.id for case in run.cases} == set(ends) == {spec.id for spec in specs()}
    for case in run.cases:
        (attempt,) = case.attempts
        (end,) = ends[case.id]
        assert [attempt.number, attempt.verdict, attempt.seconds] == [end["attempt"], end["verdict"], end["seconds"]]
        assert (attempt.expected, attempt.got) == (end["expected"], end["got"])
        assert (attempt.transcript, attempt.capture) == (end["transcript"], end["capture"])
        assert attempt.notes == tuple(end["notes"])
    assert len(run.cases) == len(BINDINGS)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda rows: rows.pop(), id="no end record"),
        pytest.param(lambda rows: rows.pop(1), id="a case without an end"),
        pytest.param(lambda rows: rows[-1].update(complete=False), id="an end that is none"),
        pytest.param(lambda rows: rows.append({"kind": "note", "t": 9, "text": "later"}), id="goes on after its end"),
        pytest.param(lambda rows: rows[1].update(case="toy/x.py::test_stranger"), id="a case that was not planned"),
    ],
)
def test_a_journal_with_gaps_never_conforms(tmp_path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    found = roll_up(rewritten(passing(tmp_path), change))
    assert (found.verdict, found.exit_code) == (INCOMPLETE, 3)
    assert all(said.en and said.zh for said in found.reasons)
    assert found.reasons


def test_a_broken_chain_never_conforms(tmp_path: Path) -> None:
    passing(tmp_path)
    journal = tmp_path / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"seconds":0.25', b'"seconds":0.26', 1))
    found = roll_up(Bundle(tmp_path))
    assert found.verdict == INCOMPLETE
    assert any("journal line" in said.en and "日志第" in said.zh for said in found.reasons)


def test_a_run_that_was_cut_short_names_what_is_missing(tmp_path: Path) -> None:
    bundle = made_up(tmp_path, [result("toy/test_1.py::test_a")], PASSING, requirements=ONE, end=False)
    found = roll_up(bundle)
    assert found.verdict == INCOMPLETE
    assert found.counts["cases"]["not tested"] == 1
    said = " ".join(reason.en for reason in found.reasons)
    assert "1 of 2 planned cases" in said
    assert "no manifest" in said


def test_a_failure_stays_a_failure_in_a_run_that_was_cut_short(tmp_path: Path) -> None:
    ends = [result("toy/test_1.py::test_a", Verdict.FAIL)]
    found = roll_up(made_up(tmp_path, ends, PASSING, requirements=ONE, end=False))
    assert (found.verdict, found.exit_code) == (DOES_NOT_CONFORM, 1)


def test_a_case_bound_to_nothing_the_profile_holds_never_conforms(tmp_path: Path) -> None:
    def bend(documents: dict[str, Any]) -> None:
        documents["plan.json"]["cases"][1]["requirements"] = ["toy-1/server:T-99"]

    found = roll_up(passing(tmp_path, change=bend))
    assert found.verdict == INCOMPLETE


def test_an_unknown_level_or_a_doubled_requirement_never_conforms(tmp_path: Path) -> None:
    def bend(documents: dict[str, Any]) -> None:
        rows = documents["profile.json"]["requirements"]
        rows.append({**rows[0], "id": "T-2", "level": "must"})
        rows.append(rows[0])

    found = roll_up(passing(tmp_path, change=bend))
    assert found.verdict == INCOMPLETE
    assert len(found.requirements) == 2


@pytest.mark.parametrize("verdict", ["PASS", "passed", "warning", "not tested", "", None, 1, ["pass"], {"a": 1}])
def test_an_unknown_verdict_is_an_error(tmp_path: Path, verdict: Any) -> None:
    found = roll_up(rewritten(passing(tmp_path), lambda rows: rows[1].update(verdict=verdict)))
    assert found.exit_code == 4
    assert found.counts["cases"]["error"] == 1


@pytest.mark.parametrize(
    "value", [None, 1, "x", [1], [[]], [None], {"a": []}, "\ud800", 1e400, -1, 10**40, [{"id": {}}], [{}]]
)
@pytest.mark.parametrize("document", ["plan.json", "profile.json", "product.json", "manifest.json"])
def test_no_field_of_the_wrong_kind_stops_a_report(tmp_path: Path, document: str, value: Any) -> None:
    passing(tmp_path)
    path = tmp_path / document
    kept = json.loads(path.read_bytes())
    for name in kept:
        path.write_text(json.dumps({**kept, name: value}))
        roll_up(Bundle(tmp_path))


@pytest.mark.parametrize("value", [None, 1, "x", [1], {"a": []}, "\ud800", 1e400, 10**40, True, [{"text": 1}], [[[]]]])
def test_no_field_of_a_record_of_the_wrong_kind_stops_a_report(tmp_path: Path, value: Any) -> None:
    bundle = passing(tmp_path)
    for name in [name for name in bundle.records[1] if name not in ("kind", "t")]:
        roll_up(rewritten(bundle, lambda rows, name=name: rows[1].update({name: value})))  # type: ignore[misc]


def test_deep_nesting_stops_no_report(tmp_path: Path) -> None:
    passing(tmp_path)
    deep: Any = "x"
    for _ in range(300):
        deep = [deep]
    path = tmp_path / "product.json"
    path.write_text(json.dumps({"claims": {"toy-1/server": {"deep": deep}}}))
    assert roll_up(Bundle(tmp_path)).verdict == CONFORMS


def test_evidence_is_only_what_its_name_says(tmp_path: Path) -> None:
    case = "toy/test_1.py::test_a"
    bundle = made_up(tmp_path, [result(case)], {case: ["T-1"]}, requirements=ONE, record=lambda r: conversation(r.case))
    (attempt,) = read(bundle).cases[0].attempts
    assert attempt.transcript
    assert transcript(bundle, attempt.transcript)
    path = tmp_path / "evidence" / attempt.transcript
    path.write_bytes(path.read_bytes() + b" ")
    assert octets(bundle, attempt.transcript) is None
    assert transcript(bundle, attempt.transcript) is None
    assert present(bundle, attempt.transcript)
    assert not present(bundle, "0" * 64)
    assert octets(bundle, "../plan.json") is None


def test_attempts_of_a_resumed_run_count_from_its_resumption(tmp_path: Path) -> None:
    def resume(rows: list[dict[str, Any]]) -> None:
        rows[0]["at"] = "2026-01-02T03:00:00.000+00:00"
        rows.insert(2, {"kind": "run-start", "t": 2.0, "at": "2026-01-02T04:00:00.000+00:00", "resumed": True})

    run = read(rewritten(passing(tmp_path), resume))
    first, second = (case.attempts[0].began_s for case in run.cases)
    assert second - first == 3600
    assert [event.said.en for event in run.events] == ["the run was resumed at 2026-01-02T04:00:00.000+00:00"]
    assert run.complete


def test_what_happened_to_the_product_is_told(tmp_path: Path) -> None:
    def happen(rows: list[dict[str, Any]]) -> None:
        rows.insert(2, {"kind": "product", "t": 2.0, "event": "died", "detail": "Segmentation fault"})
        rows.insert(3, {"kind": "product", "t": 3.0, "event": "restarted", "detail": ""})
        rows.insert(4, {"kind": "case-interrupted", "t": 3.5, "case": "c", "attempt": 1, "why": "the product died"})

    events = read(rewritten(passing(tmp_path), happen)).events
    assert [event.detail for event in events] == ["Segmentation fault", "", ""]
    assert all(event.said.zh and event.said.zh != event.said.en for event in events)


def test_every_attempt_counts(tmp_path: Path) -> None:
    case = "toy/test_1.py::test_a"
    ends = [result(case, Verdict.FAIL, attempt=1), result(case, Verdict.PASS, attempt=2)]
    found = roll_up(made_up(tmp_path, ends, {case: ["T-1"]}, requirements=ONE))
    assert found.verdict == DOES_NOT_CONFORM
    assert [a.verdict for a in found.cases[0].attempts] == [Verdict.FAIL, Verdict.PASS]


def test_a_product_that_passes_everything_conforms_in_a_real_run(tmp_path: Path) -> None:
    found = roll_up(real_run(tmp_path / "run-x", specs(["test_echo_comes_back"]), requirements=ONE))
    assert (found.verdict, found.exit_code) == (CONFORMS, 0)
