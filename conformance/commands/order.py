"""What the user ordered."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EMBEDDED = "embedded"
"""The testbed in memory with the profile's own reference."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the user typed, as far as a later command must know it to do the same again."""

    profile: str
    product: Path | None = None
    testbed: str | None = None

    def to_json(self) -> dict[str, str | None]:
        return {
            "profile": self.profile,
            "product": str(self.product) if self.product else None,
            "testbed": self.testbed,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Order":
        product = value.get("product")
        return cls(
            profile=str(value.get("profile", "")),
            product=Path(product) if product else None,
            testbed=value.get("testbed"),
        )


@dataclass(frozen=True, kw_only=True)
class Telling:
    """How a run tells what it does and finds."""

    as_json: bool = False
    quiet: bool = False
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Issue:
    """What the test report needs besides the bundle."""

    laboratory: Path | None = None
    proof: Path | None = None
    language: str = "both"
