"""What is wrong with a packet that no clause allows."""

from dataclasses import dataclass
from typing import Any

CODES: dict[str, int] = {
    "authentication-data": 0x82, "dup": 0x82, "empty-payload": 0x82, "filter-empty": 0x8F,
    "filter-multi-level": 0x8F, "filter-single-level": 0x8F, "fixed-header-flags": 0x81, "missing-field": 0x81,
    "no-local-shared": 0x82, "nul": 0x81, "packet-identifier-zero": 0x82, "packet-type": 0x81,
    "password-without-user-name": 0x82, "property-not-allowed": 0x81, "property-twice": 0x82,
    "property-unknown": 0x81, "property-value": 0x82, "protocol-name": 0x84, "qos": 0x81, "reason-code": 0x82,
    "reserved-bits": 0x81, "response-topic-wildcard": 0x82, "retain-handling": 0x82, "share-name": 0x8F,
    "share-name-empty": 0x8F, "subscription-identifier": 0x82, "subscription-qos": 0x82,
    "topic-alias-zero": 0x94, "topic-empty": 0x82, "topic-wildcard": 0x90, "trailing-bytes": 0x81,
    "utf-8": 0x81, "variable-byte-integer": 0x81, "will-flags": 0x81, "will-qos": 0x81, "wrong-direction": 0x82,
}  # fmt: skip
"""Every kind of flaw, and the reason code that 5.0 gives for it (82, Protocol Error, where its text gives none)."""


@dataclass(frozen=True)
class Flaw:
    """One departure: its kind (a key of `CODES`), the field it is in, and words for a person."""

    kind: str
    field: str
    detail: str = ""

    @property
    def reason_code(self) -> int:
        """The reason code that 5.0 gives for it."""
        return CODES[self.kind]

    def __str__(self) -> str:
        return f"{self.field}: {self.kind}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True)
class Malformed:
    """Octets that no clause allows, with every flaw found.

    `message` is what they would mean with the flaws overlooked: a missing field is then empty. None when not even the
    packet's type or borders can be read.
    """

    raw: bytes
    flaws: tuple[Flaw, ...]
    message: Any = None

    TITLE = "a malformed packet"

    @property
    def why(self) -> str:
        """All flaws in words."""
        return "; ".join(map(str, self.flaws))

    @property
    def reason_code(self) -> int:
        """The reason code that 5.0 gives for the first flaw."""
        return self.flaws[0].reason_code

    def __bytes__(self) -> bytes:
        return self.raw
