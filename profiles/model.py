"""Catalogues, profiles and products as values. Nothing here reads a file."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

Scalar = bool | int | str

LEVELS = ("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY")
WORDINGS = ("keyword", "lower-case", "stated", "derived")
CHECKS = ("automatic", "review", "none")
MASK = "***"


@dataclass(frozen=True)
class Claim:
    """What a product can say about itself for one catalogue, with the value it has when the product says nothing."""

    name: str
    default: Scalar
    text: str = ""
    text_zh: str = ""
    minimum: int | None = None
    maximum: int | None = None
    values: tuple[Scalar, ...] = ()


OFFERED = Claim("offered", True, "The product offers this standard in this role.", "产品以该角色提供该标准。")


@dataclass(frozen=True)
class Requirement:
    """One normative statement of a standard, in our own words."""

    id: str
    clause: str
    level: str
    text: str
    wording: str = "keyword"
    text_zh: str = ""
    when: str | None = None
    check: str = "automatic"
    why: str | None = None
    why_zh: str | None = None
    interpretation: str | None = None
    interpretation_zh: str | None = None
    standard: str = ""
    role: str = ""
    restates: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    """Where else it is tested or said, such as the number of a test in another body's programme."""
    duty: str | None = None
    derived: bool = False
    """The id is ours, not the standard's."""
    claims: Mapping[str, Claim] = field(default_factory=dict, repr=False, compare=False)
    """Those its catalogue declares: the defaults that `when` falls back to."""

    @property
    def key(self) -> str:
        """The catalogue's key, such as "mqtt-5.0/server"."""
        return f"{self.standard}/{self.role}"

    @property
    def ref(self) -> str:
        """The full reference, such as "mqtt-5.0/server:MQTT-3.1.0-2"."""
        return f"{self.standard}/{self.role}:{self.id}"

    def to_json(self) -> dict[str, Any]:
        """The requirement as `profile.json` holds it; the rarer keys only where they say something."""
        document = {name: getattr(self, name) for name in _ALWAYS}
        document.update((name, getattr(self, name)) for name in ("interpretation_zh", "duty") if getattr(self, name))
        document.update(
            (name, list(getattr(self, name))) for name in ("restates", "codes", "see") if getattr(self, name)
        )
        return document | ({"derived": True} if self.derived else {})


_ALWAYS = (
    "id", "standard", "role", "clause", "level", "wording", "text", "text_zh", "when", "check", "why", "why_zh",
    "interpretation",
)  # fmt: skip


@dataclass(frozen=True)
class Catalogue:
    """All requirements of one standard for one role."""

    id: str
    role: str
    title: str
    title_zh: str
    issuer: str
    edition: str
    source: str
    requirements: tuple[Requirement, ...] = ()
    claims: Mapping[str, Claim] = field(default_factory=dict)
    file: Path | None = field(default=None, compare=False)
    sha256: str = ""
    """Of the file's octets; "" for one made in code."""

    @property
    def key(self) -> str:
        """The key of claims and references, such as "mqtt-5.0/server"."""
        return f"{self.id}/{self.role}"

    def to_json(self) -> dict[str, Any]:
        """The catalogue's head as `profile.json` holds it, without the requirements."""
        names = ("key", "id", "role", "title", "title_zh", "issuer", "edition", "source", "sha256")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Exclusion:
    """A requirement that a profile leaves out, and why."""

    id: str
    reason: str
    reason_zh: str = ""


@dataclass(frozen=True)
class Selection:
    """What a profile takes from one catalogue: `levels` and `only` (ids) narrow it, None is all."""

    catalogue: str
    levels: tuple[str, ...] | None = None
    only: tuple[str, ...] | None = None
    without: tuple[Exclusion, ...] = ()


@dataclass(frozen=True)
class Profile:
    """What a class of product must meet."""

    id: str
    title: str
    title_zh: str = ""
    version: str = ""
    summary: str = ""
    summary_zh: str = ""
    catalogues: tuple[Selection, ...] = ()
    reference: str | None = None
    file: Path | None = field(default=None, compare=False)
    sha256: str = ""


class Secret:
    """A value that is never shown: `repr`, `str` and every format give ***; only `reveal()` gives the text.

    `Secret("text")` holds a text; `Secret(read=function)` gets it when first asked for; `function` may raise.
    """

    __slots__ = ("_read", "_text")

    def __init__(self, text: str | None = None, *, read: Callable[[], str] | None = None) -> None:
        self._text = text
        self._read = read

    def reveal(self) -> str:
        """The text itself. Raises InputError when the place it is kept in cannot be read."""
        if self._text is None:
            self._text = self._read() if self._read else ""
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: Any) -> "Secret":
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never written anywhere")


@dataclass(frozen=True)
class Product:
    """What is tested: its identity, its claims (ICS) by catalogue key, and its access data (IXIT) by protocol."""

    vendor: str
    name: str
    version: str = ""
    claims: Mapping[str, Mapping[str, Scalar]] = field(default_factory=dict)
    ixit: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    file: Path | None = field(default=None, compare=False)

    def secrets(self) -> Iterator[Secret]:
        """Every secret in the access data."""
        return _secrets(self.ixit)

    def to_json(self) -> dict[str, Any]:
        """The product as `product.json` holds it: secrets are ***."""
        document = {
            "vendor": self.vendor,
            "name": self.name,
            "version": self.version,
            "claims": {key: dict(claims) for key, claims in self.claims.items()},
            "ixit": _masked(self.ixit),
        }
        return document | ({"extra": _masked(self.extra)} if self.extra else {})


def _secrets(value: Any) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _secrets(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _secrets(item)


def _masked(value: Any) -> Any:
    if isinstance(value, Secret):
        return MASK
    if isinstance(value, Mapping):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    return value
