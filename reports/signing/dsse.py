"""Signed envelopes after DSSE 1.0 (Dead Simple Signing Envelope), in one form only, so that any changed octet is seen.

Beside `keyid` and `sig` each signature carries the public key, so that a bundle can be checked by itself; whose key it
is, only the reader can know.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

from conformance.engine.bundle import dump

from .keys import PublicKey, SigningKey, read_public_pem

PAYLOAD_TYPE = "application/vnd.in-toto+json"
LARGEST_OCTETS = 64 * 2**20


class EnvelopeError(Exception):
    """An envelope that cannot be read: why."""


@dataclass(frozen=True)
class Signature:
    """One signature, and the key that is said to have made it."""

    key: PublicKey
    octets: bytes


@dataclass(frozen=True)
class Envelope:
    """What was signed, and by whom."""

    payload: bytes
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The envelope in its only form."""
        return dump(
            {
                "payloadType": PAYLOAD_TYPE,
                "payload": base64.b64encode(self.payload).decode(),
                "signatures": [_entry(signature) for signature in self.signatures],
            }
        )

    def holds(self, signature: Signature) -> bool:
        """Whether a signature of this envelope is good."""
        return signature.key.verify(encoded(self.payload), signature.octets)


def sealed(payload: bytes, key: SigningKey) -> Envelope:
    """An envelope around a payload, signed."""
    return Envelope(payload, (Signature(key.public, key.sign(encoded(payload))),))


def encoded(payload: bytes) -> bytes:
    """What is signed of a payload: the pre-authentication encoding of DSSE."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def read(data: bytes) -> Envelope:
    """An envelope from its octets; its signatures are not checked yet. Raises EnvelopeError."""
    try:
        document = json.loads(data)
        envelope = _envelope(document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise EnvelopeError("is no signed statement of the form that is written here") from None
    if not envelope.signatures:
        raise EnvelopeError("carries no signature")
    if envelope.to_bytes() != data:
        raise EnvelopeError("is not in the one form in which statements are written: it was changed")
    return envelope


def _envelope(document: dict[str, Any]) -> Envelope:
    if document["payloadType"] != PAYLOAD_TYPE:
        raise ValueError
    return Envelope(
        base64.b64decode(document["payload"], validate=True),
        tuple(
            Signature(read_public_pem(entry["publicKey"]), base64.b64decode(entry["sig"], validate=True))
            for entry in document["signatures"]
        ),
    )


def _entry(signature: Signature) -> dict[str, str]:
    return {
        "keyid": signature.key.keyid,
        "sig": base64.b64encode(signature.octets).decode(),
        "publicKey": signature.key.pem,
    }
