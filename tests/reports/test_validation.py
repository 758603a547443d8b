"""The proof of the suites beside a report: its date, whether it is of the suites that ran, and whether it holds."""

from pathlib import Path
from typing import Any

import pytest

from conformance.engine.bundle import Bundle
from profiles import InputError
from reports.reading import read
from reports.validation import load_proof, used_suites

from .issued import proof_file


def test_a_proof_of_what_ran_holds(toy_bundle: Bundle, tmp_path: Path) -> None:
    proof = load_proof(proof_file(tmp_path))
    assert (proof.created[:10], proof.harness, proof.partial) == ("2026-11-25", "iic-conform 0.1.0", False)
    (used,) = used_suites(read(toy_bundle), proof)
    assert used.name == "toy"
    assert used.same
    assert used.proof
    assert used.proof.holds


@pytest.mark.parametrize(
    "change",
    [
        {"caught": 3},
        {"faults": 0, "caught": 0},
        {"clean_failures": [{"case": "a", "summary": "b"}]},
        {"collateral": [{"fault": "a", "requirement": "b"}]},
        {"unproven_cases": ["a"]},
    ],
    ids="-".join,
)
def test_a_proof_with_a_gap_does_not_hold(change: dict[str, Any], toy_bundle: Bundle, tmp_path: Path) -> None:
    (used,) = used_suites(read(toy_bundle), load_proof(proof_file(tmp_path, **change)))
    assert used.proof
    assert not used.proof.holds


def test_a_proof_of_other_octets_is_not_the_same(toy_bundle: Bundle, tmp_path: Path) -> None:
    (used,) = used_suites(read(toy_bundle), load_proof(proof_file(tmp_path, sha256="0" * 64)))
    assert not used.same
    (used,) = used_suites(read(toy_bundle), load_proof(proof_file(tmp_path, sha256="")))
    assert not used.same


def test_a_suite_without_a_proof_is_named(toy_bundle: Bundle, tmp_path: Path) -> None:
    (used,) = used_suites(read(toy_bundle), load_proof(proof_file(tmp_path, suite="other")))
    assert (used.name, used.proof) == ("toy", None)
    (used,) = used_suites(read(toy_bundle), None)
    assert (used.name, used.proof) == ("toy", None)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 2, "suites": []}', "[" * 100_000, '{"version": 1, "suites": [{}]}']
)
def test_what_is_no_proof_is_refused_with_its_cure(text: str, tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"iic-conform prove --out proof\.json"):
        load_proof(path)
