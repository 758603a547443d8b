"""The statements that a bundle already carries, and how a new one stands to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from profiles.problems import InputError

from ..laboratory import Laboratory
from ..verifying.files import Tree
from ..verifying.statements import paths
from . import dsse, statement
from .keys import PublicKey


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """A statement that is there: its path and digest, the report that it issued, and who signed it."""

    path: str
    sha256: str
    report: str
    laboratory_sha256: str
    keyids: frozenset[str]


def earlier(tree: Tree) -> list[Earlier]:
    """The statements of a bundle that verified, oldest first."""
    found = []
    for path in paths(tree):
        envelope = dsse.read((tree.directory / path).read_bytes())
        laboratory = statement.read(envelope.payload).said.get("laboratory") or {}
        found.append(
            Earlier(
                path=path,
                sha256=tree.files[path].sha256,
                report=str(laboratory.get("report") or ""),
                laboratory_sha256=str(laboratory.get("sha256") or ""),
                keyids=frozenset(signature.key.keyid for signature in envelope.signatures),
            )
        )
    return found


def relation(before: Sequence[Earlier], laboratory: Laboratory | None, key: PublicKey) -> dict[str, Any]:
    """What a new statement says of those before it. Raises InputError for one that would hide or repeat another."""
    issued = [one for one in before if one.report]
    same = next((one for one in issued if laboratory and one.report == laboratory.report_id), None)
    if laboratory is None or (same and same.laboratory_sha256 == laboratory.sha256):
        again = [one.path for one in before if key.keyid in one.keyids and (laboratory is None or one is same)]
        if again:
            cure = "An amended report has an id of its own and a table [[amendment]] in its laboratory file"
            raise InputError(again[0], "", "this key has signed the bundle already", cure)
        return {"beside": before[-1].sha256}
    if same:
        what = f"report {same.report} was issued with another content: {same.path}"
        raise InputError(
            laboratory.source.file, "[report]", what, "Give the amended report an id of its own, and [[amendment]]"
        )
    return _amends(issued, laboratory) if issued else {"beside": before[-1].sha256}


def _amends(issued: Sequence[Earlier], laboratory: Laboratory) -> dict[str, Any]:
    """Which report a new one replaces, and why."""
    for one in reversed(issued):
        for amendment in laboratory.amendments:
            if amendment.replaces == one.report:
                said = {"reason": amendment.reason.en, "reason_zh": amendment.reason.zh}
                return {"replaces": {"sha256": one.sha256, "report": one.report, **said}}
    last = issued[-1].report
    what = f"the bundle carries report {last}, which this report does not say it replaces"
    cure = f'Add [[amendment]] with replaces = "{last}", or leave --laboratory away to sign what is there'
    raise InputError(laboratory.source.file, "", what, cure)
