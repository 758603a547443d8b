"""A comparison as values, and as the JSON object of `schemas/compare.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..model import Said

VERSION = 1


class Kind(StrEnum):
    """How a requirement or a case changed, the worst first."""

    REGRESSION = "regression"  # fails or warns now
    LOST = "lost"  # was judged, and is not any more
    ADDED = "added"  # in the second run only
    REMOVED = "removed"  # in the first run only
    IMPROVEMENT = "improvement"
    OTHER = "other"


WORSE = frozenset({Kind.REGRESSION, Kind.LOST})


@dataclass(frozen=True, kw_only=True)
class CaseChange:
    """A case whose verdict is another one; `summary`, `expected` and `got` are those of the second run."""

    case: str
    title: str
    kind: Kind
    was: str
    now: str
    summary: str
    expected: str | None
    got: str | None

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "kind": str(self.kind)}


@dataclass(frozen=True, kw_only=True)
class Change:
    """A requirement that changed, or one of whose cases did. `was` or `now` is None where a run does not hold it."""

    kind: Kind
    standard: str
    role: str
    id: str
    clause: str
    level: str
    binding: bool
    text: Said
    was: str | None
    now: str | None
    reason: Said
    cases: tuple[CaseChange, ...]

    @property
    def ref(self) -> str:
        return f"{self.standard}/{self.role}:{self.id}"

    def to_json(self) -> dict[str, Any]:
        words = {name: getattr(self, name) for name in ("standard", "role", "id", "clause", "level", "binding")}
        return {
            "kind": str(self.kind),
            "requirement": self.ref,
            **words,
            "was": self.was,
            "now": self.now,
            "reason": self.reason.to_json(),
            "cases": [case.to_json() for case in self.cases],
        }


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something around the verdicts that differs; "" where a run does not say it. `group` is a key of `GROUPS`."""

    group: str
    name: str
    was: str
    now: str


GROUPS = {
    "product": Said("Product", "产品"),
    "claims": Said("Claims", "声明"),
    "access": Said("Access data", "接入数据"),
    "profile": Said("Profile", "行规"),
    "catalogues": Said("Standards and their catalogues", "标准及其目录"),
    "testbed": Said("Testbed", "测试台"),
    "options": Said("Options", "选项"),
    "tools": Said("Tools", "工具"),
    "host": Said("Host", "主机"),
}


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two runs."""

    bundle: str
    run: str
    created: str
    product: str
    profile: str
    verdict: str
    counts: Mapping[str, Mapping[str, int]]

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What changed from `a` to `b`. Changes stand in the order of their kinds, then in that of the profile."""

    a: Side
    b: Side
    verdict_worse: bool
    changes: tuple[Change, ...]
    facts: tuple[Fact, ...]
    only_in_a: tuple[str, ...]
    only_in_b: tuple[str, ...]
    """Cases that one run planned and the other did not."""

    @property
    def worse(self) -> bool:
        """Whether anything that both runs know is worse in the second."""
        return self.verdict_worse or any(self.is_worse(change) for change in self.changes)

    def is_worse(self, change: Change) -> bool:
        return change.kind in WORSE

    def of(self, *kinds: Kind) -> list[Change]:
        return [change for change in self.changes if change.kind in kinds]

    def to_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "worse": self.worse,
            "a": self.a.to_json(),
            "b": self.b.to_json(),
            "verdict": {"was": self.a.verdict, "now": self.b.verdict, "worse": self.verdict_worse},
            "changes": [change.to_json() for change in self.changes],
            "facts": [dict(vars(fact)) for fact in self.facts],
            "cases": {"only_in_a": list(self.only_in_a), "only_in_b": list(self.only_in_b)},
        }
