"""Issues and revokes certificates.

certificate/credential.jwt     the certificate
certificate/certificate.html   the page to print
certificate/status.jwt         the status list, unless the laboratory keeps one elsewhere
"""

import datetime
from dataclasses import dataclass
from pathlib import Path

from conformance.engine.bundle import Bundle, write_synced
from profiles.problems import InputError
from profiles.reading import read_octets

from ..identity import uid
from ..laboratory import Laboratory, check, load_laboratory
from ..rollup import CONFORMS, Result, roll_up
from ..verifying.files import Tree
from . import credential, dsse, jose, status
from .history import Earlier, earlier
from .keys import SigningKey
from .order import Order
from .page import page
from .sign import checked, sign
from .statement import read as read_statement

CREDENTIAL = "credential.jwt"
PAGE = "certificate.html"
STATUS = "status.jwt"
SIMULATED = "this run tested the simulated reference of the harness itself, which is no product, so it is not certified"
SIMULATED_CURE = "Run the profile against the product (--product FILE); `iic-conform sign` signs this record as it is"


class NotCertifiable(Exception):
    """A product that gets no certificate: its result."""

    def __init__(self, directory: Path, result: Result) -> None:
        self.result = result
        because = "; ".join(said.en for said in result.reasons)
        super().__init__(
            f"{directory}: only a product that conforms gets a certificate, and this one's verdict is "
            f"{result.verdict!r}: {because}. `iic-conform sign` signs its test report"
        )


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A certificate that was issued."""

    id: str
    paths: list[Path]
    notes: list[str]


def certify(
    directory: Path, key: SigningKey, order: Order, *, days: int, out: Path | None = None, kept: Path | None = None
) -> Issued:
    """Issue the certificate of a bundle whose product conforms, valid for some days from the day of `order.at`.

    A bundle whose test report this key has not signed yet is signed first. `kept` is the laboratory's own status list.
    Raises NotCertifiable, Unverified, InputError.
    """
    assert order.laboratory
    laboratory = load_laboratory(order.laboratory)
    jose.did(key.public)  # before anything is written: whether the key can sign credentials at all
    tree = checked(directory, order)
    result = roll_up(Bundle(directory))
    if result.verdict != CONFORMS:
        raise NotCertifiable(directory, result)
    if result.run.simulated:
        raise InputError(directory, "", SIMULATED, SIMULATED_CURE)
    check(laboratory, result.run, order.at)
    notes: list[str] = []
    if not _report_is_signed(tree, key, laboratory):
        notes += sign(directory, key, order).notes
        tree = checked(directory, order)
    target = out or directory / "certificate"
    subject = _subject(tree, key, result)
    return _issue(target, kept or target / STATUS, subject, laboratory, key, order.at, days, notes)


def _report_is_signed(tree: Tree, key: SigningKey, laboratory: Laboratory) -> bool:
    """Whether the key has signed the test report of this laboratory file. Raises InputError where it is another one."""
    signed = _latest(tree, key)
    if signed is None or not signed.report:
        return False
    if signed.laboratory_sha256 != laboratory.sha256:
        what = f"report {signed.report}, which this key signed, was issued with another content: {signed.path}"
        cure = "Give the file that it was signed with, or sign an amended report first"
        raise InputError(laboratory.source.file, "", what, cure)
    return True


def _issue(
    target: Path,
    listed: Path,
    subject: credential.Subject,
    laboratory: Laboratory,
    key: SigningKey,
    at: datetime.datetime,
    days: int,
    notes: list[str],
) -> Issued:
    validity = credential.Validity.days(at, days)
    name = credential.identifier(subject, laboratory, key.public, validity)
    with status.changing(listed, key, at, new=_list_id(name, key)) as statuses:
        entry = credential.status_entry(statuses.id, statuses.enter(name))
        token = jose.sign(credential.document(subject, laboratory, key.public, validity, entry), key)
        _write(target, {CREDENTIAL: token, PAGE: page(token)})
    return Issued(id=name, paths=[target / CREDENTIAL, target / PAGE, listed], notes=notes)


def _write(target: Path, files: dict[str, bytes]) -> None:
    """Write the certificate; one that is there already is not replaced by another."""
    there = target / CREDENTIAL
    if there.exists() and there.read_bytes() != files[CREDENTIAL]:
        cure = "Name another folder with --out; `iic-conform revoke` takes the old one back"
        raise InputError(there, "", "there is another certificate already", cure)
    target.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        write_synced(target / name, data)


def _latest(tree: Tree, key: SigningKey) -> Earlier | None:
    """The last statement that this key signed."""
    return next((one for one in reversed(earlier(tree)) if key.public.keyid in one.keyids), None)


def _subject(tree: Tree, key: SigningKey, result: Result) -> credential.Subject:
    signed = _latest(tree, key)
    assert signed
    envelope = dsse.read((tree.directory / signed.path).read_bytes())
    return credential.Subject(
        result=result,
        manifest_sha256=tree.files["manifest.json"].sha256,
        statement_sha256=signed.sha256,
        firmware=read_statement(envelope.payload).firmware,
    )


def _list_id(certificate: str, key: SigningKey) -> str:
    """The id of a list that is begun with a certificate."""
    return f"urn:uuid:{uid('status list', key.public.keyid, certificate)}"


def revoke(path: Path, listed: Path, key: SigningKey, at: datetime.datetime, reason: str = "") -> str:
    """Mark a certificate as revoked in a status list; returns its id. Raises InputError."""
    try:
        token = jose.read(read_octets(path, jose.LARGEST_OCTETS))
        mine = jose.issuer(token) == key.public and token.is_by(key.public)
    except jose.TokenError as error:
        raise InputError(path, "", f"it {error}", f"Name the file {CREDENTIAL} of `iic-conform certify`") from None
    if not mine:
        raise InputError(path, "", "this key did not issue it", "Use the key that issued the certificate")
    name = str(token.payload.get("id"))
    with status.changing(listed, key, at) as statuses:
        entry = token.payload.get("credentialStatus")
        index = statuses.index_of(name)
        if index is None or not isinstance(entry, dict) or entry.get("statusListCredential") != statuses.id:
            cure = "Name the list that was given to `iic-conform certify --status`, or lies beside the certificate"
            raise InputError(listed, "", "the certificate is in another status list", cure)
        if not statuses.revoked(index):
            statuses.revoke(index, at.astimezone(datetime.UTC).date().isoformat(), reason)
    return name
