"""The smallest suite and product: each letter is one message; and a keeper that only remembers."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from conformance.engine import Case, Channel, provider
from conformance.engine.attempt import Surroundings
from conformance.engine.case import CaseResult, CaseSpec
from conformance.engine.memory import MemoryTestbed
from conformance.engine.record import Record
from conformance.engine.reference import Answering, Reference
from conformance.engine.session import execute
from conformance.engine.suite import Suite
from conformance.engine.testbed import Testbed

IXIT = {"small": {"url": "small://127.0.0.1:7007"}}


def decode(data: bytes) -> tuple[str | None, bytes]:
    """One letter is one message."""
    return (data[:1].decode("latin-1"), data[1:]) if data else (None, data)


class Shouting(Answering, decode=decode):
    """Says each letter in capitals; leaves at z and breaks down at x."""

    def answer(self, letter: str) -> bytes | None:
        if letter == "x":
            raise RuntimeError("broke down")
        return None if letter == "z" else letter.upper().encode("latin-1")


class Mute(Answering, decode=decode):
    """Says nothing."""

    def answer(self, letter: str) -> list[bytes]:
        return []


@provider
async def line(case: Case) -> Channel:
    return await case.channel(case.address(), decode)


async def alive(case: Case) -> None:
    channel = await case.channel(case.address(), decode)
    await channel.send(b"a")
    await channel.expect(str)


def small(**provide: Any) -> Suite:
    """The suite, with these names in its module `provide` besides `line` and `alive`."""
    suite = Suite("small", "small")
    suite.__dict__.update(folder=Path(), provide=ModuleType("provide"))
    vars(suite.provide).update({"STANDARDS": ("small-1/server",), "line": line, "alive": alive, **provide})
    return suite


def case(function: Callable[..., Any], suite: Suite | None = None, name: str = "", **more: Any) -> CaseSpec:
    """A case of the suite."""
    return CaseSpec(id=f"small/{name or function.__name__}", suite=suite or small(), function=function, **more)


class Remembering:
    """A keeper that remembers what it is told, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []
        self.records: dict[str, Record] = {}

    def started(self, spec: CaseSpec, number: int) -> None:
        self.told.append(("started", spec.id, str(number)))

    def ended(self, result: CaseResult, record: Record) -> None:
        self.told.append(("ended", result.case, str(result.verdict)))
        self.records[result.case] = record

    def interrupted(self, spec: CaseSpec, number: int, why: str) -> None:
        self.told.append(("interrupted", spec.id, str(number)))

    def product(self, event: str, detail: str) -> None:
        self.told.append(("product", event))

    def passed(self, link: str, frames: Iterable[tuple[float, bytes]], truth: Iterable[Mapping[str, Any]]) -> None:
        self.told.append(("passed", link, str(len(list(frames)))))

    def note(self, text: str) -> None:
        self.told.append(("note", text))

    def barrier(self) -> None:
        self.told.append(("barrier",))


def memory(make: Callable[[], Reference] = Shouting) -> MemoryTestbed:
    return MemoryTestbed("small", make, IXIT)


def run(
    specs: Iterable[CaseSpec],
    testbed: Testbed | None = None,
    keeper: Remembering | None = None,
    around: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, list[CaseResult]]:
    """Run cases against the product in memory."""
    specs = list(specs)
    surroundings = Surroundings(testbed=testbed or memory(), claims={}, ixit={}, **(around or {}))
    seeds = {spec.id: n for n, spec in enumerate(specs)}
    return execute(specs, seeds, surroundings, keeper or Remembering(), **more)


def one(spec: CaseSpec, *arguments: Any, **more: Any) -> CaseResult:
    """Run one case; its last result."""
    return run([spec], *arguments, **more)[spec.id][-1]


async def turns(count: int = 20) -> None:
    """Let everything that is ready run."""
    for _ in range(count):
        await asyncio.sleep(0)
