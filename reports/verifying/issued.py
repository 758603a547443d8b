"""The certificate that lies in a bundle: good by itself, about this bundle, and its page follows from it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from profiles.problems import InputError

from ..rollup import CONFORMS, Result
from ..signing import dsse, jose, statement, status
from ..signing.page import page
from .credential import Asked, check_credential, english
from .files import MANIFEST, Tree
from .model import Verification
from .statements import paths

FOLDER = "certificate/"
CREDENTIAL = FOLDER + "credential.jwt"
PAGE = FOLDER + "certificate.html"
STATUS = FOLDER + "status.jwt"


def check_issued(tree: Tree, result: Result | None, asked: Asked, found: Verification) -> None:
    """Check everything in the folder of the certificate."""
    there = {name for name in tree.files if name.startswith(FOLDER)}
    for name in sorted(there - {CREDENTIAL, PAGE, STATUS}):
        found.add(name, "belongs to no certificate")
    if STATUS in there:
        _check_list(tree, asked, found)
        asked = replace(asked, status=asked.status or tree.directory / STATUS)
    if CREDENTIAL not in there:
        for name in sorted(there & {PAGE}):
            found.add(name, "shows a certificate that is not there")
        return
    if PAGE not in there:
        found.notes.append(f"{PAGE}, the page of the certificate, is not there; the certificate is {CREDENTIAL}")
    data = _octets(tree, CREDENTIAL)
    content = check_credential(data, CREDENTIAL, asked, found)
    if content is None:
        return
    _check_subject(content, tree, result, found)
    if PAGE in there and _octets(tree, PAGE) != page(data):
        found.add(PAGE, "does not follow from the certificate: made again it is another one")


def _check_list(tree: Tree, asked: Asked, found: Verification) -> None:
    """The list itself, also where another one is used."""
    try:
        listed = status.load(tree.directory / STATUS)
    except InputError as error:
        found.add(STATUS, error.what)
        return
    if listed.issuer not in asked.trust:
        found.add(STATUS, f"is signed by a key that you do not trust: {listed.issuer.keyid}")


def _check_subject(content: Mapping[str, Any], tree: Tree, result: Result | None, found: Verification) -> None:
    """That the certificate is about this bundle, and that its product conforms."""
    records = content.get("evidence")
    record = records[0] if isinstance(records, list) and records and isinstance(records[0], dict) else {}
    manifest = tree.files.get(MANIFEST)
    if manifest is None or record.get("manifestSha256") != manifest.sha256:
        found.add(CREDENTIAL, "is about another bundle: the manifest's digest is another one")
    named = next((path for path in paths(tree) if tree.files[path].sha256 == record.get("statementSha256")), None)
    if named is None:
        found.add(CREDENTIAL, "names a signed statement that is not there")
    else:
        _check_laboratory(content, record, tree, named, found)
    if result is not None and result.verdict != CONFORMS:
        found.add(CREDENTIAL, f"certifies a product whose verdict is {result.verdict!r}")
    if result is not None and result.run.simulated:
        found.add(CREDENTIAL, "certifies a simulated reference of the harness, which is no product")


def _check_laboratory(
    content: Mapping[str, Any], record: Mapping[str, Any], tree: Tree, named: str, found: Verification
) -> None:
    """That the certificate names the laboratory and the report of the statement that it rests on."""
    try:
        said = statement.read(dsse.read(_octets(tree, named)).payload).said.get("laboratory")
    except (dsse.EnvelopeError, statement.StatementError):
        return  # told already, under the statement's own path
    said = said if isinstance(said, dict) else {}
    if record.get("testReport") != said.get("report"):
        found.add(CREDENTIAL, f"names report {record.get('testReport')}, but {named} says {said.get('report')}")
    issuer = content.get("issuer")
    names = issuer.get("name") if isinstance(issuer, dict) else None
    if english(names) != said.get("name"):
        found.add(CREDENTIAL, f"names the laboratory {english(names)!r}, but {named} says {said.get('name')!r}")


def _octets(tree: Tree, name: str) -> bytes:
    with open(tree.directory / name, "rb") as file:
        return file.read(jose.LARGEST_OCTETS + 1)
