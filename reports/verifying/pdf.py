"""Signed PDF: the signature, and every octet that the signature itself does not cover.

A signature covers the file but for its own place. There stand the signature as CMS, of which parts are free to change,
and padding. So the place has to be exactly what our own signer writes: one form, nothing loose, zeros behind it.
"""

import contextlib
import io
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from profiles.problems import InputError

from ..needs import need
from ..signing.keys import public_key
from .model import Signed, Trust, Verification

LARGEST_OCTETS = 512 * 2**20


def check_pdf(data: bytes, path: str, trust: Trust, found: Verification, *, vouched: bool = False) -> None:
    """Check every signature of a PDF; problems go into `found` under `path`.

    `vouched`: something else that is trusted vouches for the file, so that its signer need not be trusted too.
    """
    with _unlogged():
        signed = _check_all(data, path, trust, found)
    found.signatures += signed
    if signed and not vouched and not any(one.key in trust for one in signed):
        found.add(path, "is signed by no key that you trust")


def _check_all(data: bytes, path: str, trust: Trust, found: Verification) -> list[Signed]:
    """The good signatures of a PDF; what is wrong with it goes into `found`."""
    try:
        reader = need("pyhanko.pdf_utils.reader").PdfFileReader(io.BytesIO(data))
        embedded = list(reader.embedded_signatures)
    except InputError:
        raise  # a library is missing
    except Exception as error:  # noqa: BLE001 - what a parser of PDF raises at hostile octets is not to be listed
        found.add(path, f"cannot be read as PDF: {error}")
        return []
    if not embedded:
        found.add(path, "is not signed")
        return []
    signed = [_check(signature, data, path, trust, found) for signature in embedded]
    if _reach(embedded[-1]) != len(data):
        found.add(path, "goes on behind what its last signature covers")
    return [one for one in signed if one]


@contextlib.contextmanager
def _unlogged() -> Iterator[None]:
    """The library logs what it finds wrong, with tracebacks; here that is a result and no news."""
    logger = logging.getLogger("pyhanko")
    kept = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(kept)


def is_signed(data: bytes) -> bool:
    """Whether octets look like a PDF with a signature."""
    return data.startswith(b"%PDF-") and b"/ByteRange" in data


def _reach(signature: Any) -> int:
    return int(signature.byte_range[-2] + signature.byte_range[-1])


def _check(signature: Any, data: bytes, path: str, trust: Trust, found: Verification) -> Signed | None:
    before = len(found.problems)
    try:
        for what in _wrong(signature, data):
            found.add(path, what)
        key = public_key(signature.signer_cert.public_key.dump())
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        found.add(path, f"carries a signature that cannot be read: {error}")
        return None
    if len(found.problems) > before:
        return None
    return Signed(path, key, trust.word(key), _facts(signature))


def _wrong(signature: Any, data: bytes) -> Iterator[str]:
    """What is wrong with one signature."""
    ranges = [int(n) for n in signature.byte_range]
    if len(ranges) != 4 or ranges[0] != 0 or not ranges[1] < ranges[2] <= _reach(signature) <= len(data):
        yield "carries a signature that does not cover the file from its beginning"
        return
    if not _tidy(data[ranges[1] : ranges[2]]):
        yield "was changed in the place of its signature: it is not in the one form in which it is written"
        return
    if not _plain(signature.signed_data):
        yield "carries a signature with loose parts that it does not cover, or that were changed"
        return
    status = _status(signature)
    if not (status.intact and status.valid):
        yield "is not what was signed: the signature is not good"
    elif not status.trusted:
        yield f"carries a signature whose certificate does not hold: {status.trust_problem_indic}"
    elif not status.docmdp_ok:
        yield "was changed after it was signed, in ways that a signature forbids"


def _tidy(place: bytes) -> bool:
    """Whether the place holds DER in capital hex digits and then zeros."""
    inner = place[1:-1]
    if place[:1] != b"<" or place[-1:] != b">" or len(inner) % 2:
        return False
    try:
        octets = bytes.fromhex(inner.decode("ascii"))
        info = need("asn1crypto.parser").peek(octets)
    except ValueError:
        return False
    content = need("asn1crypto.cms").ContentInfo.load(octets[:info])
    again = content.copy().dump(force=True)
    return bool(again == octets[:info] and inner == again.hex().upper().encode() + b"0" * (len(inner) - 2 * info))


def _plain(signed: Any) -> bool:
    """Whether the CMS is as baseline PAdES has it, with nothing that is not signed or does not follow."""
    (signer,) = signed["signer_infos"]
    sid = signer["sid"].chosen
    certificates = [choice.chosen for choice in signed["certificates"]]
    named = (sid["issuer"].dump(), sid["serial_number"].native)  # octets: names that differ in case are equal to X.509
    own = [c for c in certificates if (c.issuer.dump(), c.serial_number) == named]
    algorithms = [algorithm.dump() for algorithm in signed["digest_algorithms"]]
    return bool(
        signed["version"].native == "v1"
        and signer["version"].native == "v1"
        and algorithms == [signer["digest_algorithm"].dump()]
        and signed["encap_content_info"]["content_type"].native == "data"
        and signed["encap_content_info"]["content"].native is None
        and not signed["crls"]
        and not signer["unsigned_attrs"]
        and len(own) == 1
        and _linked(own[0], [c for c in certificates if c is not own[0]])
        and _usual(signer, own[0])
    )


def _usual(signer: Any, certificate: Any) -> bool:
    """Whether the algorithms are written as our signer writes them for the key's kind."""
    wanted = {
        "ed25519": ("ed25519", "sha512"),
        "secp256r1": ("sha256_ecdsa", "sha256"),
        "secp384r1": ("sha384_ecdsa", "sha384"),
    }
    key = certificate.public_key
    kind = key.curve[1] if key.algorithm == "ec" else key.algorithm
    algorithm, digest = signer["signature_algorithm"], signer["digest_algorithm"]
    said = (algorithm["algorithm"].native, digest["algorithm"].native)
    bare = algorithm["parameters"].native is None and digest["parameters"].native is None
    return bool(bare and said == wanted.get(kind))


def _linked(own: Any, others: Sequence[Any]) -> bool:
    """Whether each certificate is vouched for by the next, up to one that vouches for itself, and none is left over."""
    x509 = need("cryptography.x509")
    left = {c.dump(): x509.load_der_x509_certificate(c.dump()) for c in others}
    here = x509.load_der_x509_certificate(own.dump())
    while not _issued(here, here):
        above = next((octets for octets, c in left.items() if _issued(here, c)), None)
        if above is None:
            return False
        here = left.pop(above)
    return not left


def _issued(certificate: Any, by: Any) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it was not issued by this one
        return False
    return True


def _status(signature: Any) -> Any:
    """What the library says, with the signer's own certificate as anchor: whom to trust is decided by the key."""
    context = need("pyhanko_certvalidator").ValidationContext(
        trust_roots=[signature.signer_cert], allow_fetching=False, moment=signature.self_reported_timestamp
    )
    return need("pyhanko.sign.validation").validate_pdf_signature(signature, context)


def _facts(signature: Any) -> dict[str, Any]:
    at = signature.self_reported_timestamp
    said = {"signed": at.isoformat() if at else "", "signer": signature.signer_cert.subject.human_friendly}
    return said | {"reason": str(signature.sig_object.get("/Reason", ""))}
