"""What is wrong with a payload that no clause allows."""

from dataclasses import dataclass

from .base import Dhcp

KINDS = frozenset(
    (
        "domain-name", "duid-length", "empty-option", "enterprise-twice", "field-value", "missing-option", "nul",
        "option-length", "option-misplaced", "option-twice", "options-end", "short-message", "utf-8",
    )
)  # fmt: skip
"""Every kind of flaw."""


@dataclass(frozen=True)
class Flaw:
    """One departure: its kind (one of `KINDS`), the field it is in, and words for a person."""

    kind: str
    field: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.field}: {self.kind}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True)
class Malformed:
    """A payload that no clause allows, with every flaw found.

    `message` is what it would mean with the flaws overlooked: what cannot be read is then a `RawOption` or `extra`, so
    that its octets are those of the payload. None when not even the fixed fields are there.
    """

    raw: bytes
    flaws: tuple[Flaw, ...]
    message: Dhcp | None = None

    @property
    def why(self) -> str:
        """All flaws in words."""
        return "; ".join(map(str, self.flaws))

    def __bytes__(self) -> bytes:
        return self.raw
