"""X.509 certificates for signatures in PDF: one that the laboratory was given, or one that its key signs for itself.

A self-signed certificate only carries the name and the key; who trusts the key, trusts it. The same key, name and day
give the same certificate.
"""

import datetime
import hashlib
import re
from pathlib import Path
from typing import Any

from profiles.problems import InputError
from profiles.reading import read_octets

from ..needs import need
from .keys import ALGORITHMS, ED25519, LARGEST_OCTETS, P256, PublicKey, SigningKey

_ALGORITHMS = {ED25519: "ed25519", P256: "sha256_ecdsa"}
_NO_END = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.UTC)
_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def load_chain(path: Path, key: PublicKey) -> list[Any]:
    """The certificates of a PEM file, the signer's first. Raises InputError where that is not this key's."""
    x509, pem = need("asn1crypto.x509"), need("asn1crypto.pem")
    try:
        chain = [
            x509.Certificate.load(pem.unarmor(block)[2]) for block in _BLOCK.findall(read_octets(path, LARGEST_OCTETS))
        ]
        mine = [certificate for certificate in chain if certificate.public_key.dump() == key.der]
    except ValueError:
        mine = []
    if not mine:
        cure = "Name the certificate that was issued for this key, in PEM, with those above it in the same file"
        raise InputError(path, "", "it holds no certificate of this key", cure)
    return [mine[0], *(certificate for certificate in chain if certificate is not mine[0])]


def self_signed(key: SigningKey, name: str, at: datetime.datetime) -> Any:
    """A certificate of asn1crypto for a key, by itself, valid from a day on without end. Raises InputError."""
    if not key.public.algorithm.in_pdf:
        usable = ", ".join(a.name for a in ALGORITHMS.values() if a.in_pdf)
        raise InputError(
            what=f"the library that signs PDF has no {key.public.algorithm.title}",
            cure=f"Use a key of one of these kinds: {usable}",
        )
    x509 = need("asn1crypto.x509")
    algorithm = {"algorithm": _ALGORITHMS.get(key.public.algorithm, "sha384_ecdsa")}
    tbs = x509.TbsCertificate(_content(x509, key.public, name, at) | {"signature": algorithm})
    return x509.Certificate(
        {"tbs_certificate": tbs, "signature_algorithm": algorithm, "signature_value": key.sign(tbs.dump())}
    )


def _content(x509: Any, key: PublicKey, name: str, at: datetime.datetime) -> dict[str, Any]:
    midnight = at.astimezone(datetime.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    who = x509.Name.build({"common_name": name[:64]})
    serial = hashlib.sha256(key.der + who.dump() + midnight.isoformat().encode()).digest()[:16]
    keys = need("asn1crypto.keys")
    identifier = hashlib.sha256(key.der).digest()[:20]
    return {
        "version": "v3",
        "serial_number": int.from_bytes(serial, "big") >> 1,
        "issuer": who,
        "subject": who,
        "validity": {
            "not_before": x509.Time({"utc_time": midnight})
            if midnight.year < 2050
            else x509.Time({"general_time": midnight}),
            "not_after": x509.Time({"general_time": _NO_END}),
        },
        "subject_public_key_info": keys.PublicKeyInfo.load(key.der),
        "extensions": [
            {"extn_id": "key_identifier", "critical": False, "extn_value": identifier},
            {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": False}},
            {"extn_id": "key_usage", "critical": True, "extn_value": {"digital_signature", "non_repudiation"}},
        ],
    }
