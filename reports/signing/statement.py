"""The statement that a laboratory signs: an in-toto Statement v1 with the test-result predicate.

Its subjects are files of a bundle by their paths, and the product's firmware. What it says of verdicts follows from the
bundle; a verifier makes it again and compares.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.engine.bundle import dump
from conformance.engine.verdict import Verdict

from ..rollup import CONFORMS, Result

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
FIRMWARE = "urn:iic-conform:firmware"
"""The name of the subject that is the product's firmware; all other subjects are paths in the bundle."""
OURS = "iicConform"
VERSION = 1
_CONFIGURATION = ("plan.json", "profile.json", "product.json")


class StatementError(Exception):
    """A payload that is no statement of ours: why."""


@dataclass(frozen=True)
class Statement:
    """A statement as read. `files`: path to SHA-256."""

    document: Mapping[str, Any]
    files: Mapping[str, str]
    firmware: str
    predicate: Mapping[str, Any]
    said: Mapping[str, Any]
    """What only this project says: the run, the exact verdict, laboratory, proof, and the date."""


def make(result: Result, files: Mapping[str, str], firmware: str, facts: Mapping[str, Any]) -> bytes:
    """The octets of a statement on a bundle's files and the product's firmware (SHA-256, or "")."""
    subjects = [_resource(path, digest) for path, digest in sorted(files.items())]
    if firmware:
        subjects.append(_resource(FIRMWARE, firmware))
    predicate = judged(result) | {
        "configuration": [_resource(path, files[path]) for path in _CONFIGURATION if path in files],
        OURS: {"version": VERSION, **verdicts(result), **facts},
    }
    document = {"_type": TYPE, "subject": subjects, "predicateType": PREDICATE_TYPE, "predicate": predicate}
    return dump(document)


def judged(result: Result) -> dict[str, Any]:
    """The part of the predicate that in-toto names: the result, and the cases by what came of them."""
    binding = {row.ref for row in result.requirements if row.binding}
    failed = [case for case in result.cases if case.verdict in (Verdict.FAIL, Verdict.ERROR)]
    warned = [
        case.id for case in failed if case.verdict is Verdict.FAIL and not binding.intersection(case.requirements)
    ]
    return {
        "result": _outcome(result),
        "passedTests": [case.id for case in result.cases if case.verdict is Verdict.PASS],
        "warnedTests": warned,
        "failedTests": sorted({case.id for case in failed} - set(warned)),
    }


def verdicts(result: Result) -> dict[str, Any]:
    """The exact verdict, and how many cases and requirements have which."""
    run = result.run
    return {
        "run": run.id,
        "verdict": result.verdict,
        "reasons": [said.to_json() for said in result.reasons],
        "profile": str(run.plan.get("profile") or ""),
        "product": str(run.plan.get("product") or ""),
        "requirements": result.counts["requirements"],
        "cases": result.counts["cases"],
    }


def read(payload: bytes) -> Statement:
    """The statement in a payload. Raises StatementError."""
    try:
        document = json.loads(payload)
        subjects = [(str(s["name"]), str(s["digest"]["sha256"])) for s in document["subject"]]
        predicate = document["predicate"]
        said = predicate[OURS]
        kinds = (document["_type"], document["predicateType"], said["version"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise StatementError("is no statement on a test result") from None
    if kinds != (TYPE, PREDICATE_TYPE, VERSION):
        raise StatementError(f"is a statement of another kind: {', '.join(map(str, kinds))}")
    if len(dict(subjects)) != len(subjects):
        raise StatementError("names a subject twice")
    files = {name: digest for name, digest in subjects if name != FIRMWARE}
    return Statement(document, files, dict(subjects).get(FIRMWARE, ""), predicate, said)


def differences(statement: Statement, result: Result) -> Iterable[str]:
    """What a statement says otherwise than its bundle, by the names of its fields."""
    for name, value in judged(result).items():
        if statement.predicate.get(name) != value:
            yield name
    for name, value in verdicts(result).items():
        if statement.said.get(name) != value:
            yield name


def _outcome(result: Result) -> str:
    """PASSED, WARNED or FAILED: the predicate has no word for what is still open, so only `conforms` passes."""
    if result.verdict != CONFORMS:
        return "FAILED"
    return "WARNED" if result.counts["requirements"][str(Verdict.WARNING)] else "PASSED"


def _resource(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest}}
