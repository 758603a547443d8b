"""What verification finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..signing.keys import PublicKey
from ..text import one_line, shortened

VERSION = 1
SHOWN = 400


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the path within the bundle (or the file's name), and what."""

    path: str
    what: str

    def to_json(self) -> dict[str, str]:
        return {"path": _shown(self.path), "what": _shown(self.what)}


@dataclass(frozen=True)
class Signed:
    """A good signature. `trusted` is None where the reader named no key to trust."""

    path: str
    key: PublicKey
    trusted: bool | None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        key = {"keyid": self.key.keyid, "algorithm": self.key.algorithm.name, "trusted": self.trusted}
        facts = {name: _shown(value) if isinstance(value, str) else value for name, value in self.facts.items()}
        return {"path": _shown(self.path), **key, **facts}


@dataclass
class Verification:
    """The outcome. `notes` are what was not looked at, or what a reader should know; they are no problems."""

    kind: str
    path: str
    problems: list[Problem] = field(default_factory=list)
    signatures: list[Signed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.problems

    def add(self, path: str, what: str) -> None:
        """Add a problem, once."""
        problem = Problem(path, what)
        if problem not in self.problems:
            self.problems.append(problem)

    def to_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "ok": self.ok,
            "kind": self.kind,
            "path": self.path,
            "problems": [problem.to_json() for problem in self.problems],
            "signatures": [signed.to_json() for signed in self.signatures],
            "notes": [_shown(note) for note in self.notes],
            **self.facts,
        }


def _shown(text: str) -> str:
    return one_line(shortened(text, SHOWN))


@dataclass(frozen=True)
class Trust:
    """The keys that the reader trusts, by fingerprint; None where none were named."""

    keyids: frozenset[str] | None = None

    @classmethod
    def of(cls, keys: list[PublicKey]) -> "Trust":
        return cls(frozenset(key.keyid for key in keys) if keys else None)

    def __contains__(self, key: PublicKey) -> bool:
        return self.keyids is None or key.keyid in self.keyids

    def word(self, key: PublicKey) -> bool | None:
        """For `Signed.trusted`."""
        return None if self.keyids is None else key.keyid in self.keyids
