"""Compact JSON Web Signatures as credentials use them (RFC 7515, VC-JOSE-COSE), and keys as JWK and `did:jwk`.

The issuer's identifier holds the public key itself, so that nothing has to be fetched to check a signature.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from profiles.problems import InputError

from ..needs import need
from .keys import ALGORITHMS, ED25519, P256, P384, PublicKey, SigningKey, public_key

DID = "did:jwk:"
LARGEST_OCTETS = 16 * 2**20
_CURVES = {ED25519: "Ed25519", P256: "P-256", P384: "P-384"}
_WIDTHS = {P256: 32, P384: 48}
_BEFORE_POINT = {
    ED25519: bytes.fromhex("302a300506032b6570032100"),
    P256: bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"),
    P384: bytes.fromhex("3076301006072a8648ce3d020106052b8104002203620004"),
}


class TokenError(Exception):
    """Octets that are no signed token of this kind: why."""


@dataclass(frozen=True)
class Token:
    """A token as read; the signature is not checked yet."""

    header: Mapping[str, Any]
    payload: dict[str, Any]
    signed: bytes
    signature: bytes

    def is_by(self, key: PublicKey) -> bool:
        """Whether the signature is good under a key and its only algorithm."""
        return self.header.get("alg") == key.algorithm.jose and key.verify(self.signed, _to_der(key, self.signature))


def sign(payload: Mapping[str, Any], key: SigningKey) -> bytes:
    """A credential as token, with a newline at its end. Raises InputError for a key that JOSE has no name for."""
    name = did(key.public)
    header = {"alg": key.public.algorithm.jose, "kid": f"{name}#0", "typ": "vc+jwt", "cty": "vc"}
    signed = ".".join(encoded(_compact(part)) for part in (header, payload)).encode()
    return signed + b"." + encoded(_from_der(key.public, key.sign(signed))).encode() + b"\n"


def read(data: bytes) -> Token:
    """A token in the only form in which it is written here. Raises TokenError."""
    parts = data.removesuffix(b"\n").split(b".")
    if len(parts) != 3:
        raise TokenError("is no signed token")
    try:
        header, payload, signature = (decoded(part) for part in parts)
        documents = [json.loads(part) for part in (header, payload)]
    except (ValueError, RecursionError):
        raise TokenError("is no signed token, or was changed") from None
    if not all(isinstance(document, dict) for document in documents):
        raise TokenError("is no signed token")
    if (documents[0].get("typ"), documents[0].get("cty")) != ("vc+jwt", "vc") or "crit" in documents[0]:
        raise TokenError("is no credential")
    return Token(documents[0], documents[1], b".".join(parts[:2]), signature)


def issuer(token: Token) -> PublicKey:
    """The key of the issuer that a token names, in payload and header alike. Raises TokenError."""
    said = token.payload.get("issuer")
    name = said.get("id") if isinstance(said, dict) else said
    if not isinstance(name, str) or token.header.get("kid") != f"{name}#0":
        raise TokenError("does not name one issuer and its key")
    return from_did(name)


def did(key: PublicKey) -> str:
    """The identifier that holds the key. Raises InputError for a key that JOSE has no name for."""
    if not key.algorithm.jose:
        raise InputError(
            what=f"JOSE has no registered algorithm for {key.algorithm.title}, so that no credential can be signed",
            cure=f"Use a key of one of these kinds: {', '.join(a.name for a in ALGORITHMS.values() if a.jose)}",
        )
    return DID + encoded(_compact(jwk(key)))


def from_did(name: str) -> PublicKey:
    """The key in an identifier. Raises TokenError."""
    try:
        key = _from_jwk(json.loads(decoded(name.removeprefix(DID).encode())))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise TokenError("names no key that can be used") from None
    if did(key) != name:
        raise TokenError("names its key in another form than is written here")
    return key


def jwk(key: PublicKey) -> dict[str, str]:
    """The public key as JSON Web Key (RFC 7517)."""
    point = key.der.removeprefix(_BEFORE_POINT[key.algorithm])
    if key.algorithm is ED25519:
        return {"kty": "OKP", "crv": _CURVES[ED25519], "x": encoded(point)}
    half = len(point) // 2
    return {"kty": "EC", "crv": _CURVES[key.algorithm], "x": encoded(point[:half]), "y": encoded(point[half:])}


def _from_jwk(said: Mapping[str, str]) -> PublicKey:
    algorithm = next((a for a, curve in _CURVES.items() if curve == said["crv"]), None)
    if algorithm is None:
        raise ValueError
    point = b"".join(decoded(said[name].encode()) for name in ("x", "y") if name in said)
    return public_key(_BEFORE_POINT[algorithm] + point)


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: bytes) -> bytes:
    """Base64url without padding, in the one form that its encoder gives. Raises ValueError."""
    data = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    if encoded(data).encode() != text:
        raise ValueError("base64url in an unusual form")
    return data


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def _from_der(key: PublicKey, signature: bytes) -> bytes:
    """A signature as JOSE has it: for ECDSA r and s side by side."""
    if key.algorithm is ED25519:
        return signature
    r, s = need("cryptography.hazmat.primitives.asymmetric.utils").decode_dss_signature(signature)
    width = _WIDTHS[key.algorithm]
    return int(r).to_bytes(width, "big") + int(s).to_bytes(width, "big")


def _to_der(key: PublicKey, signature: bytes) -> bytes:
    """The signature as our keys have it; b"" for one of a wrong length, which none verifies."""
    if key.algorithm is ED25519:
        return signature
    width = _WIDTHS[key.algorithm]
    if len(signature) != 2 * width:
        return b""
    r, s = (int.from_bytes(part, "big") for part in (signature[:width], signature[width:]))
    der: bytes = need("cryptography.hazmat.primitives.asymmetric.utils").encode_dss_signature(r, s)
    return der
