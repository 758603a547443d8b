"""Signed PDF: the library's own validation, and every octet of the place that a signature does not cover."""

import datetime
import io
import random
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from profiles.problems import InputError
from reports.signing.certificates import load_chain
from reports.signing.keys import SigningKey, load_key
from reports.signing.pdf import sign_pdf
from reports.verifying.model import Trust, Verification
from reports.verifying.pdf import check_pdf

from ..signed import AT, EVERYTHING, new_key, problems

typst = pytest.importorskip("typst")
KINDS = ("ed25519", "ecdsa-p256", "ecdsa-p384")
CONTENTS = re.compile(rb"/Contents <([0-9A-F]+)>")


@pytest.fixture(scope="module")
def plain() -> bytes:
    """A PDF/A-2b as the typesetter makes it."""
    compiler = typst.Compiler(b"= A report\nIt says something.")
    data: bytes = compiler.compile(format="pdf", pdf_standards=["a-2b"], timestamp=AT)
    return data


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return new_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def pdf(plain: bytes, key: SigningKey) -> bytes:
    return sign_pdf(plain, key, name="Example Laboratory", at=AT, reason="EL-1")


def check(data: bytes, *trusted: SigningKey) -> Verification:
    found = Verification("pdf", "report.pdf")
    check_pdf(data, "report.pdf", Trust.of([key.public for key in trusted]), found)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_signature_validates_in_pyhanko(tmp_path: Path, plain: bytes, kind: str) -> None:
    key = new_key(tmp_path, kind)
    data = sign_pdf(plain, key, name="Example Laboratory", at=AT)
    (signature,) = PdfFileReader(io.BytesIO(data)).embedded_signatures
    context = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False, moment=AT)
    status = validate_pdf_signature(signature, context)
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.signer_reported_dt == AT
    found = check(data, key)
    assert (found.problems, [one.trusted for one in found.signatures]) == ([], [True])


@pytest.mark.parametrize("kind", KINDS)
def test_the_report_keeps_its_octets_and_the_same_order_gives_the_same(tmp_path: Path, plain: bytes, kind: str) -> None:
    key = new_key(tmp_path, kind)
    data = sign_pdf(plain, key, name="实验室", at=AT)
    assert data.startswith(plain)
    assert data == sign_pdf(plain, key, name="实验室", at=AT)


def test_the_clock_is_not_looked_at(plain: bytes, key: SigningKey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the same order gives the same octets only within one second."""

    def looked_at() -> None:
        raise AssertionError("the library asks for the time of day")

    monkeypatch.setattr("tzlocal.get_localzone", looked_at)
    sign_pdf(plain, key, at=AT)


def test_sm2_is_refused_with_the_reason(tmp_path: Path, plain: bytes) -> None:
    with pytest.raises(InputError, match="the library that signs PDF has no SM2"):
        sign_pdf(plain, new_key(tmp_path, "sm2"))


def test_an_unknown_key_is_named(pdf: bytes, key: SigningKey, tmp_path: Path) -> None:
    assert problems(check(pdf, key)) == []
    assert problems(check(pdf, new_key(tmp_path))) == [("report.pdf", "is signed by no key that you trust")]


def test_a_pdf_without_signature_is_named(plain: bytes) -> None:
    assert problems(check(plain)) == [("report.pdf", "is not signed")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data + b"%more\n", "goes on behind"),
        (lambda data: data + b"\n", "goes on behind"),
        (lambda data: data[:-1], ""),
        (lambda data: data[: len(data) // 2], ""),
        (lambda data: data[:9], "cannot be read as PDF"),
        (lambda data: data.replace(b"/ByteRange [0 ", b"/ByteRange [1 "), ""),
        (lambda data: data.replace(b"It says", b"It sayz"), ""),
    ],
)
def test_what_was_changed_is_named(pdf: bytes, change: Callable[[bytes], bytes], said: str) -> None:
    changed = change(pdf)
    found = check(changed)
    assert changed == pdf or (found.problems and said in found.problems[0].what)


def test_the_padding_holds_nothing(pdf: bytes) -> None:
    """Behind the signature there are thousands of digits that nothing covers."""
    contents = CONTENTS.search(pdf)
    assert contents
    end = contents.end(1)
    padding = range(end - 2000, end)
    for position in [*random.Random(1).sample(padding, 12), end - 1, end - 2]:
        for octet in (b"1", b"A", b" ", b">", b"\n"):
            assert check(pdf[:position] + octet + pdf[position + 1 :]).problems, position


def test_the_same_digits_written_small_are_named(pdf: bytes) -> None:
    contents = CONTENTS.search(pdf)
    assert contents
    small = pdf[: contents.start(1)] + contents[1].lower() + pdf[contents.end(1) :]
    assert "not in the one form" in check(small).problems[0].what


def test_every_octet_of_the_signature_counts(pdf: bytes) -> None:
    """Also those that the signature leaves open: names that differ in case, other versions, loose parts."""
    contents = CONTENTS.search(pdf)
    assert contents
    used = range(contents.start(1) - 1, contents.start(1) + len(contents[1].rstrip(b"0")) + 2)
    chance = random.Random(2)
    missed = []
    for position in used if EVERYTHING else sorted(chance.sample(used, 200)):
        changed = bytearray(pdf)
        changed[position] ^= 1 << chance.randrange(8)
        if check(bytes(changed)).ok:
            missed.append(position - contents.start(1))
    assert missed == []


def test_the_name_in_another_case_is_named(pdf: bytes) -> None:
    """X.509 takes names for equal that differ in case, so a signature is good under both."""
    contents = CONTENTS.search(pdf)
    assert contents
    name = b"Example Laboratory".hex().upper().encode()
    at = pdf.rindex(name, contents.start(1), contents.end(1))
    assert check(pdf[:at] + b"65" + pdf[at + 2 :]).problems


@pytest.fixture
def issued(tmp_path: Path) -> tuple[SigningKey, Path]:
    """A key with a certificate of an authority, and the file with both certificates."""
    key = new_key(tmp_path / "keys", "ecdsa-p256")
    root = ec.generate_private_key(ec.SECP256R1())
    public = serialization.load_der_public_key(key.public.der)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    top = _certificate("Authority", root.public_key(), "Authority", root, ca=True)
    own = _certificate("Laboratory", public, "Authority", root, ca=False)
    pem = serialization.Encoding.PEM
    (tmp_path / "chain.pem").write_bytes(own.public_bytes(pem) + top.public_bytes(pem))
    return key, tmp_path / "chain.pem"


def _certificate(
    name: str, public: ec.EllipticCurvePublicKey, issuer: str, by: ec.EllipticCurvePrivateKey, *, ca: bool
) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    usage: dict[str, Any] = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "crl_sign", "encipher_only", "decipher_only"), False
    )
    usage |= {"digital_signature": not ca, "content_commitment": not ca, "key_cert_sign": ca}
    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(public)
        .serial_number(7 + ca)
        .not_valid_before(AT - datetime.timedelta(days=9))
        .not_valid_after(AT + datetime.timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(by, hashes.SHA256())
    )


def test_a_certificate_of_an_authority_goes_with_the_signature(plain: bytes, issued: tuple[SigningKey, Path]) -> None:
    key, file = issued
    data = sign_pdf(plain, key, at=AT, chain=load_chain(file, key.public))
    found = check(data, key)
    assert found.problems == []
    assert "Laboratory" in found.signatures[0].facts["signer"]
    top = bytes.fromhex(CONTENTS.search(data)[1].decode()).rindex(b"Authority")  # type: ignore[index]
    place = data.index(b"/Contents <") + 11 + 2 * top
    assert check(data[:place] + b"7" + data[place + 1 :]).problems, "an authority's name was changed"


def test_a_certificate_of_another_key_is_refused(issued: tuple[SigningKey, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no certificate of this key"):
        load_chain(issued[1], new_key(tmp_path / "other").public)
    with pytest.raises(InputError, match="holds no certificate of this key"):
        load_chain(tmp_path / "keys" / "key.pem", load_key(str(tmp_path / "keys" / "key.pem")).public)


@pytest.mark.parametrize("module", ["pyhanko.pdf_utils.reader", "asn1crypto.parser", "pyhanko.sign.validation"])
def test_a_missing_library_is_no_fault_of_the_pdf(pdf: bytes, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match="is not installed"):
        check(pdf)
