"""The validation of the test equipment: what `iic-conform prove --out` stored of the suites that a run used.

A report shows it beside the results, or says that it is missing. The proof needs the suites and is not made here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profiles.problems import InputError
from profiles.reading import read_octets

from .model import Run
from .text import clean

LARGEST_OCTETS = 64 << 20
CURE = "Make it with: iic-conform prove --out proof.json"
SCHEMA = Path(__file__).parent / "schemas" / "prove.json"


@dataclass(frozen=True, kw_only=True)
class SuiteProof:
    """How many cases and faults of a suite were tried, and what went wrong."""

    suite: str
    sha256: str
    cases: int
    faults: int
    caught: int
    clean_failures: int
    collateral: int
    unproven_cases: int

    @property
    def holds(self) -> bool:
        """Whether the suite is proven: every fault caught, nothing red besides, every case failed by a fault."""
        wrong = self.clean_failures or self.collateral or self.unproven_cases
        return self.faults > 0 and self.caught == self.faults and not wrong


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A stored proof: when it was made, by which version, whether it left anything out, and its suites by name."""

    created: str
    harness: str
    partial: bool
    suites: dict[str, SuiteProof]


@dataclass(frozen=True, kw_only=True)
class UsedSuite:
    """A suite that a run used and its proof, if there is one; `same` when that is of the very octets that ran."""

    name: str
    version: str
    sha256: str
    proof: SuiteProof | None

    @property
    def same(self) -> bool:
        return self.proof is not None and bool(self.sha256) and self.proof.sha256 == self.sha256


def load_proof(path: str | Path) -> Proof:
    """The proof that `prove --out` wrote. Raises InputError."""
    from jsonschema import Draft202012Validator

    file = Path(path)
    try:
        document = clean(json.loads(read_octets(file, LARGEST_OCTETS)))
    except (ValueError, RecursionError) as error:
        raise InputError(file, "", f"this is not JSON ({error})", CURE) from None
    for wrong in Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).iter_errors(document):
        raise InputError(file, "", f"this is not a proof: {wrong.message[:200]} at {wrong.json_path}", CURE)
    harness = document.get("harness", {})
    return Proof(
        created=document.get("created", ""),
        harness=f"{harness.get('name', '')} {harness.get('version', '')}".strip(),
        partial=document.get("partial", False),
        suites={row["suite"]: _suite(row) for row in document["suites"]},
    )


def used_suites(run: Run, proof: Proof | None) -> list[UsedSuite]:
    """The suites of a run, each with its proof."""
    known = proof.suites if proof else {}
    return [UsedSuite(**names, proof=known.get(names["name"])) for names in _used(run)]


def _used(run: Run) -> Iterator[dict[str, str]]:
    """As the manifest names them; of a run without one, as its cases do."""
    listed = run.manifest.get("suites")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    for row in rows:
        yield {name: str(row.get(name) or "") for name in ("name", "version", "sha256")}
    told = {str(row.get("name")) for row in rows}
    for name in dict.fromkeys(case.suite for case in run.cases):
        if name not in told:
            yield {"name": name, "version": "", "sha256": ""}


def _suite(row: dict[str, Any]) -> SuiteProof:
    counts = {name: len(row[name]) for name in ("clean_failures", "collateral", "unproven_cases")}
    return SuiteProof(
        suite=row["suite"],
        sha256=str(row.get("sha256") or ""),
        cases=row["cases"],
        faults=row["faults"],
        caught=row["caught"],
        **counts,
    )
