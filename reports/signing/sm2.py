"""SM2 signatures with SM3 (GB/T 32918, GM/T 0009) by the library gmssl-pyx. `cryptography` does not offer the curve.

Keys are written as OpenSSL writes them: SubjectPublicKeyInfo and PKCS #8 with the curve's object identifier.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..needs import need

_CURVE = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
_PUBLIC = bytes.fromhex("3059") + _CURVE + bytes.fromhex("03420004")
_PRIVATE = bytes.fromhex("308187020100") + _CURVE + bytes.fromhex("046d306b0201010420")
_BETWEEN = bytes.fromhex("a14403420004")
_BLOCK = re.compile(rb"-----BEGIN PRIVATE KEY-----\s(.*?)-----END PRIVATE KEY-----", re.DOTALL)
_WIDTH = 32


@dataclass(frozen=True, repr=False)
class Private:
    """A private key: `secret` has 32 octets, `point` the 64 of the public key."""

    secret: bytes
    point: bytes

    @property
    def public(self) -> bytes:
        """The SubjectPublicKeyInfo."""
        return _PUBLIC + self.point

    @property
    def der(self) -> bytes:
        """PKCS #8."""
        return _PRIVATE + self.secret + _BETWEEN + self.point


def is_public(der: bytes) -> bool:
    """Whether these octets are the SubjectPublicKeyInfo of an SM2 key."""
    return len(der) == len(_PUBLIC) + 2 * _WIDTH and der.startswith(_PUBLIC)


def private_key(data: bytes) -> Private | None:
    """The SM2 key of a PEM file; None for any other."""
    import base64
    import binascii

    block = _BLOCK.search(data)
    try:
        der = base64.b64decode(b"".join(block[1].split()), validate=True) if block else b""
    except binascii.Error:
        return None
    secret = der[len(_PRIVATE) : len(_PRIVATE) + _WIDTH]
    found = Private(secret, der[-2 * _WIDTH :])
    return found if len(secret) == _WIDTH and found.der == der else None


def generate() -> Private:
    """A new key. Raises InputError where the library is missing."""
    point, secret = _library().sm2_key_generate()
    return Private(secret, point)


def sign(key: Private, data: bytes) -> bytes:
    """The signature in DER, under the default identity of GM/T 0009."""
    signature: bytes = _library().sm2_sign(key.secret, key.point, data)
    return signature


def verify(public: bytes, data: bytes, signature: bytes) -> bool:
    """Whether the signature is that of this SubjectPublicKeyInfo over `data`."""
    library = _library()
    try:
        point = library.normalize_sm2_public_key(public[len(_PUBLIC) :])
        with _silenced():
            return bool(library.sm2_verify(point, data, signature))
    except library.GmsslInnerError:
        return False


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """The library prints each signature that does not fit to the process's stderr, past Python's."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _library() -> Any:
    return need("gmssl_pyx", "sm2")
