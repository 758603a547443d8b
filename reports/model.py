"""A run as reports see it. Nothing here reads a file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.engine.verdict import Verdict, worst


@dataclass(frozen=True)
class Said:
    """A sentence of ours, in both languages."""

    en: str
    zh: str

    def __bool__(self) -> bool:
        return bool(self.en)

    def to_json(self) -> dict[str, str]:
        return {"en": self.en, "zh": self.zh}


NOTHING = Said("", "")
OURS = "iic-conform"
"""The vendor of every reference product."""


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One statement of the profile, as the bundle holds it."""

    id: str
    standard: str
    role: str
    clause: str
    level: str
    wording: str
    text: str
    text_zh: str
    when: str | None
    check: str
    why: str | None
    why_zh: str | None
    interpretation: str | None
    interpretation_zh: str | None

    @property
    def key(self) -> str:
        return f"{self.standard}/{self.role}"

    @property
    def ref(self) -> str:
        return f"{self.key}:{self.id}"

    @property
    def binding(self) -> bool:
        """Whether it can fail a product: a MUST that the standard writes and that needs no interpretation."""
        written = self.wording != "derived" and not self.interpretation
        return self.level in ("MUST", "MUST NOT") and written


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """The end of one attempt at a case. `began_s` are seconds since the epoch, by the clock of the tester."""

    number: int
    verdict: Verdict
    began_s: float
    seconds: float
    summary: str
    summary_zh: str = ""
    """The summary in Chinese where the suite says it, else ""."""
    expected: str | None
    got: str | None
    notes: tuple[Mapping[str, str], ...]
    lag_s: float
    transcript: str | None
    capture: str | None
    output: str | None
    detail: str | None


@dataclass(frozen=True, kw_only=True)
class Case:
    """A planned case and what came of it."""

    id: str
    suite: str
    standard: str
    requirements: tuple[str, ...]
    title: str
    source: str
    seed: int
    disruptive: bool
    negative: bool
    attempts: tuple[Attempt, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst over its attempts; `not tested` when it never ended."""
        return worst(a.verdict for a in self.attempts) if self.attempts else Verdict.NOT_TESTED

    @property
    def failed(self) -> bool:
        """Whether any attempt failed, also where a later one ended in an error of ours."""
        return any(a.verdict is Verdict.FAIL for a in self.attempts)

    @property
    def decisive(self) -> Attempt | None:
        """The attempt to show: the first that failed, else the first of the worst."""
        wanted = Verdict.FAIL if self.failed else self.verdict
        return next((a for a in self.attempts if a.verdict is wanted), None)

    @property
    def kind(self) -> str:
        """The test that it is, whatever its parameters: cases of one kind differ in their input alone."""
        return self.id.partition("[")[0]

    @property
    def seconds(self) -> float:
        """How long all its attempts took."""
        return sum(a.seconds for a in self.attempts)


def alike(cases: Iterable[Case], shown: int) -> Iterator[tuple[list[Case], list[Case]]]:
    """The cases by kind, in the order of the first of each: those to be told in full, and the others like them."""
    kinds: dict[str, list[Case]] = {}
    for case in cases:
        kinds.setdefault(case.kind, []).append(case)
    for of in kinds.values():
        yield (of[:shown], of[shown:]) if len(of) > shown + 1 else (of, [])  # to name one takes as much as to tell it


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Why no case of this run judges a requirement."""

    verdict: Verdict
    said: Said


@dataclass(frozen=True, kw_only=True)
class LeftOutCase:
    """A case that applies to the product and that this run did without; `option` of the command is what left it out."""

    id: str
    suite: str
    standard: str
    requirements: tuple[str, ...]
    title: str
    source: str
    option: str
    said: Said


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to the run, `t` seconds after it began; `detail` is the product's own output."""

    t: float
    said: Said
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything a report says about a run."""

    id: str
    created: str
    finished: str
    seconds: float
    complete: bool
    problems: tuple[Said, ...]
    """What is wrong with the record; empty for a complete one."""
    profile: dict[str, Any]
    catalogues: tuple[dict[str, Any], ...]
    product: dict[str, Any]
    plan: dict[str, Any]
    manifest: dict[str, Any]
    journal_last: str
    """The digest of the journal's last record, to which all others are chained."""
    requirements: tuple[Requirement, ...]
    cases: tuple[Case, ...]
    left_out: dict[str, LeftOut]
    left_out_cases: tuple[LeftOutCase, ...]
    events: tuple[Event, ...] = ()

    @property
    def simulated(self) -> bool:
        """Whether a reference of the harness itself was tested, in memory or over loopback, and no product."""
        testbed, order = (self.plan.get(name) for name in ("testbed", "order"))
        kind = testbed.get("kind") if isinstance(testbed, dict) else None
        ordered = order.get("testbed") if isinstance(order, dict) else None
        return kind in ("memory", "reference") or ordered == "embedded" or self.product.get("vendor") == OURS
