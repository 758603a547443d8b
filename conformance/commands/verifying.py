"""`iic-conform verify`: whether a bundle, a signed PDF or a certificate is what was signed."""

import datetime
from pathlib import Path

from reports.signing.keys import load_public_keys
from reports.verifying import Asked, Trust, Verification, verify

from .exits import CONFORMS, UNVERIFIED
from .output import write, write_json

SHOWN = 40


def command(
    path: Path,
    trusted: tuple[Path, ...],
    status: Path | None,
    at: datetime.datetime | None,
    deep: bool,
    as_json: bool,
) -> int:
    """Verify; 6 when anything is wrong."""
    keys = [key for file in trusted for key in load_public_keys(file)]
    asked = Asked(trust=Trust.of(keys), status=status, at=at or datetime.datetime.now(datetime.UTC))
    found = verify(path, asked, deep=deep)
    if as_json:
        write_json(found.to_json())
    else:
        _tell(found)
    return CONFORMS if found.ok else UNVERIFIED


def _tell(found: Verification) -> None:
    document = found.to_json()
    for problem in document["problems"][:SHOWN]:
        write(f"{problem['path']}: {problem['what']}")
    if (more := len(document["problems"]) - SHOWN) > 0:
        write(f"... and {more} more problems")
    for signed in document["signatures"]:
        trusted = {True: "a key that you trust", False: "a key that you do not trust", None: "the key"}[
            signed["trusted"]
        ]
        write(f"signed: {signed['path']} by {trusted} {signed['keyid']} ({signed['algorithm']})")
        for name, label in _FACTS.items():
            if signed.get(name):
                write(f"    {label:<12}{signed[name]}")
    for note in document["notes"]:
        write(f"note: {note}")
    verdict = f"; verdict: {found.facts['verdict']}" if "verdict" in found.facts else ""
    write(f"{found.path}: " + ("verified" + verdict if found.ok else f"NOT VERIFIED, {_problems(found)}"))


def _problems(found: Verification) -> str:
    n = len(found.problems)
    return f"{n} problem{'' if n == 1 else 's'}"


_FACTS = {
    "signer": "signer",
    "laboratory": "laboratory",
    "report": "report",
    "id": "certificate",
    "product": "product",
    "profile": "profile",
    "verdict": "verdict",
    "signed": "signed",
    "validFrom": "valid from",
    "validUntil": "valid until",
}
"""What is known of whoever signed, and under which label it is told."""
