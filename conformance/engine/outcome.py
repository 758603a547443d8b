"""What a case accepts next: kinds of events and the values of their fields, combined with `|`.

Closed | Disconnect                     either class
a(Disconnect, reason_code=0x82)         a class with a field of this value
a(Publish, qos=lambda q: q < 2)         a class with a field that satisfies a predicate
a(Frame, message=a(EchoReply, code=0))  a class with a field that is itself as expected
"""

import types
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Closed:
    """The product ended the connection; `how` is "fin" or "reset" (evidence, not a verdict)."""

    how: str = "fin"


@dataclass(frozen=True)
class Silence:
    """Nothing came before the deadline, on a connection that is still open."""

    wait_s: float

    @property
    def bears_s(self) -> float:
        """How late the machine may have run us for this silence to count; a wait gives back what was lost in it."""
        return self.wait_s / 4


@dataclass(frozen=True)
class Expectation:
    """One kind of event, with the demands on its fields."""

    kind: type
    fields: tuple[tuple[str, Any], ...] = ()

    def matches(self, event: object) -> bool:
        return isinstance(event, self.kind) and all(_fits(getattr(event, name), want) for name, want in self.fields)

    def __or__(self, other: Any) -> "Outcome":
        return Outcome((self, *outcome(other).choices))

    def __ror__(self, other: Any) -> "Outcome":
        return Outcome((*outcome(other).choices, self))

    def __str__(self) -> str:
        demands = ", ".join(f"{name} {_wanted(want)}" for name, want in self.fields)
        return _title(self.kind) + (f" with {demands}" if demands else "")


@dataclass(frozen=True)
class Outcome:
    """A choice of expectations; matches what any of them matches."""

    choices: tuple[Expectation, ...]

    def matches(self, event: object) -> bool:
        return any(choice.matches(event) for choice in self.choices)

    def __or__(self, other: Any) -> "Outcome":
        return Outcome((*self.choices, *outcome(other).choices))

    def __ror__(self, other: Any) -> "Outcome":
        return Outcome((*outcome(other).choices, *self.choices))

    def __str__(self) -> str:
        return " or ".join(str(choice) for choice in self.choices)


_known: dict[Any, Outcome] = {}


def outcome(wanted: Any) -> Outcome:
    """The outcome for a class, a union or tuple of classes, an expectation, or an outcome itself."""
    if isinstance(wanted, Outcome):
        return wanted
    if isinstance(wanted, Expectation):
        return Outcome((wanted,))
    if (known := _known.get(wanted)) is None:
        if isinstance(wanted, types.UnionType):
            members: tuple[Any, ...] = wanted.__args__
        else:
            members = wanted if isinstance(wanted, tuple) else (wanted,)
        known = _known[wanted] = Outcome(tuple(c for m in members for c in _choices(m)))
    return known


def _choices(member: Any) -> tuple[Expectation, ...]:
    return (Expectation(member),) if isinstance(member, type) else outcome(member).choices


def a(kind: type, **fields: Any) -> Expectation:
    """An event of this class, each of whose fields equals its value, satisfies its predicate, or is as expected."""
    return Expectation(kind, tuple(fields.items()))


def _fits(value: Any, want: Any) -> bool:
    if isinstance(want, Expectation | Outcome):
        return want.matches(value)
    return bool(want(value)) if callable(want) else value == want


def _wanted(want: Any) -> str:
    if isinstance(want, Expectation | Outcome):
        return str(want)
    if callable(want):
        return (getattr(want, "__doc__", None) or "as demanded").strip()
    return f"0x{want:02X}" if isinstance(want, int) and not isinstance(want, bool) and want > 9 else repr(want)


_TITLES = {Closed: "the connection closed", Silence: "silence"}


def _title(kind: type) -> str:
    return _TITLES.get(kind) or str(getattr(kind, "TITLE", kind.__name__))
