"""The signed statements in a bundle: good signatures, files as signed, verdicts that follow from the record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..rollup import Result
from ..signing import dsse, statement
from .files import DOCUMENTS, JOURNAL, MANIFEST, Tree
from .model import Signed, Trust, Verification

FOLDER = "signature/"
SUFFIX = ".dsse.json"


@dataclass(frozen=True)
class Told:
    """A statement with a good signature, and where it stands."""

    path: str
    statement: statement.Statement
    keys: tuple[str, ...]


def check_statements(tree: Tree, trust: Trust, found: Verification) -> list[Told]:
    """Check every statement and the files that it names; returns those that may be relied on."""
    told = [one for path in paths(tree) if (one := _read(tree, path, trust, found))]
    if trust.keyids is not None and not told:
        found.add(FOLDER, "holds no statement that is signed by a key that you trust")
    for one in told:
        _check_files(tree, one, found)
    return told


def paths(tree: Tree) -> list[str]:
    """The statements of a bundle, oldest first."""
    listed = [name for name in tree.files if name.startswith(FOLDER) and name.endswith(SUFFIX)]
    return sorted(listed, key=lambda name: (len(name), name))


def covered(told: list[Told]) -> set[str]:
    """The paths that reliable statements vouch for, and the statements themselves."""
    return {path for one in told for path in (one.path, *one.statement.files)}


def check_verdicts(told: list[Told], result: Result, firmware: str, found: Verification) -> None:
    """Compare what statements say with what follows from the record; `firmware` is the digest of the product file."""
    for one in told:
        for name in statement.differences(one.statement, result):
            said = one.statement.said.get(name, one.statement.predicate.get(name))
            found.add(one.path, f"does not follow from the bundle: its {name!r} is another one{_short(said)}")
        if firmware and one.statement.firmware != firmware:
            found.add(one.path, "names another firmware than the product file")


def check_trace(told: list[Told], tree: Tree, found: Verification) -> None:
    """Each amended report names what it replaces, which is still there; a reader is told."""
    by_digest = {tree.files[path].sha256: path for path in paths(tree)}
    for one in told:
        replaces = one.statement.said.get("replaces")
        if not isinstance(replaces, dict):
            continue
        earlier = by_digest.get(str(replaces.get("sha256")))
        if earlier is None:
            found.add(one.path, "replaces a statement that is not there")
        else:
            report = replaces.get("report")
            found.notes.append(f"{earlier} (report {report}) was replaced by {one.path}: {replaces.get('reason')}")


def _short(value: Any) -> str:
    return f" ({value})" if isinstance(value, str) else ""


def _read(tree: Tree, path: str, trust: Trust, found: Verification) -> Told | None:
    """A statement with at least one good signature of a key that may be relied on."""
    if tree.files[path].size > dsse.LARGEST_OCTETS:
        found.add(path, f"is larger than {dsse.LARGEST_OCTETS} octets")
        return None
    try:
        envelope = dsse.read((tree.directory / path).read_bytes())
        said = statement.read(envelope.payload)
    except (dsse.EnvelopeError, statement.StatementError, OSError) as error:
        found.add(path, str(error))
        return None
    good = list(_good(envelope, path, found))
    relied = [signature.key.keyid for signature in good if signature.key in trust]
    for signature in good:
        found.signatures.append(Signed(path, signature.key, trust.word(signature.key), facts(said)))
        if signature.key not in trust:
            found.notes.append(f"{path} is signed by a key that you do not trust: {signature.key.keyid}")
    return Told(path, said, tuple(relied)) if relied else None


def _good(envelope: dsse.Envelope, path: str, found: Verification) -> Iterator[dsse.Signature]:
    for signature in envelope.signatures:
        if envelope.holds(signature):
            yield signature
        else:
            found.add(path, f"carries a signature that is not good, of the key {signature.key.keyid}")


def _check_files(tree: Tree, one: Told, found: Verification) -> None:
    signed = one.statement.files
    for path, digest in signed.items():
        there = tree.files.get(path)
        if there is None:
            found.add(path, "was signed, but is not there")
        elif there.sha256 != digest:
            found.add(path, "was changed after it was signed")
    record = [MANIFEST] if MANIFEST in tree.files else [*DOCUMENTS, JOURNAL]
    for path in record:
        if path not in signed:
            found.add(one.path, f"does not cover {path}")


def facts(said: statement.Statement) -> dict[str, Any]:
    """What a reader wants to see of a statement."""
    ours: Mapping[str, Any] = said.said
    laboratory = ours.get("laboratory")
    laboratory = laboratory if isinstance(laboratory, dict) else {}
    return {
        "signed": str(ours.get("signed") or ""),
        "verdict": str(ours.get("verdict") or ""),
        "laboratory": str(laboratory.get("name") or ""),
        "report": str(laboratory.get("report") or ""),
    }
