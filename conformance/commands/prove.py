"""`iic-conform prove`: the matrix of faults and cases, suite by suite."""

import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from conformance.engine.bundle import dump
from conformance.engine.case import CaseSpec
from conformance.engine.proof import Proof, prove
from conformance.engine.select import Target, parse
from conformance.engine.suite import Suite, find_suites
from conformance.engine.variants import faults
from profiles import Requirement
from profiles.problems import choose_from

from .exits import CONFORMS, HARNESS, Ended
from .knowledge import named_suite, requirements_of
from .output import write, write_json
from .progress import Progress


def command(
    suite: str | None,
    only: tuple[str, ...],
    select: str,
    whole: bool,
    quick: bool,
    workers: int | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Prove one suite or all that have a reference; exit code 0 when every proof holds, else 4."""
    chosen = [named_suite(suite)] if suite else [s for s in find_suites().values() if s.has("reference")]
    proofs = []
    for one in chosen:
        proof = _prove(one, only, select, whole, quick, workers)
        proofs.append(proof)
        if not as_json and (proof.cases or not select):
            _tell(proof, only, select, quick=quick)
    if select and not any(proof.cases for proof in proofs):
        raise Ended(f"--select {select!r} selects no case; see `iic-conform list cases`")
    document = {
        "version": 1,
        "suites": [p.to_json() | {"sha256": s.digest} for s, p in zip(chosen, proofs, strict=True)],
    }
    if out:
        out.write_bytes(dump(document | _made(bool(only or select or quick))))
    if as_json:
        write_json(document)
    return CONFORMS if all(_holds(proof, only, select) for proof in proofs) else HARNESS


def _made(partial: bool) -> dict[str, Any]:
    """When and by what a stored proof was made, and whether it left out faults or cases: a report has to tell."""
    now = datetime.datetime.now(datetime.UTC)
    return {
        "created": now.isoformat(timespec="seconds"),
        "harness": {"name": "iic-conform", "version": version("iic-conform")},
        "partial": partial,
    }


def _prove(suite: Suite, only: tuple[str, ...], select: str, whole: bool, quick: bool, workers: int | None) -> Proof:
    known = faults(suite)
    for name in only:
        if name not in known:
            raise Ended(f"suite {suite.name!r} has no fault {name!r}. {choose_from(name, known)}")
    requirements = requirements_of(suite)
    wanted = parse(select)

    def chosen(spec: CaseSpec) -> bool:
        return wanted(Target(spec.id, {r: _clause(requirements, r) for r in spec.requirements}))

    with Progress(f"prove {suite.name}") as progress:
        return prove(
            suite,
            requirements,
            chosen=chosen,
            only=only,
            whole=whole,
            quick=quick,
            workers=workers,
            on_fault=progress.at,
        )


def _clause(requirements: dict[str, Requirement], ref: str) -> str:
    return requirements[ref].clause if ref in requirements else ""


def _holds(proof: Proof, only: tuple[str, ...], select: str) -> bool:
    """Whether the proof holds, as far as a selection lets one tell."""
    if not (only or select):
        return proof.holds
    return not (proof.clean_failures or proof.collateral or (only and not select and proof.missed))


def _tell(proof: Proof, only: tuple[str, ...], select: str, *, quick: bool) -> None:
    """Of a selection neither cases without a fault nor, among some cases, faults without a case are told."""
    write(f"{proof.suite}: {len(proof.cases)} cases, {len(proof.caught)} of {len(proof.faults)} faults caught")
    _tell_each(
        "fails on the conforming reference", [f"{c}: {said}" for c, said in sorted(proof.clean_failures.items())]
    )
    if not select:
        missed = [f"{fault}: {', '.join(refs)} stayed green" for fault, refs in proof.missed.items()]
        _tell_each("fault not caught", missed)
    _tell_each("turned red besides", [_collateral(proof, *row) for row in proof.collateral])
    if not (only or select):
        _tell_each("case without a fault", proof.unproven_cases)
        held = "proven, but for what faults turn red besides" if quick else "proven"
        write(f"  {held}" if proof.holds else "  not proven")


def _collateral(proof: Proof, fault: str, ref: str, case: str) -> str:
    said: Any = proof.red.get(fault, {}).get(case, "")
    return f"{fault}: {ref} by {case}: {said}"


def _tell_each(title: str, lines: list[str]) -> None:
    for line in lines[:200]:
        write(f"  {title}: {line}")
    if len(lines) > 200:
        write(f"  ... and {len(lines) - 200} more")
