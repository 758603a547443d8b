"""Runs cases against a product, all at once under limits, and puts each end into the bundle as it comes."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .attempt import CLEAN_UP_S, Surroundings, attempt, blame
from .case import CaseResult, CaseSpec
from .grants import Grants
from .link import Frames
from .liveness import Liveness
from .record import NO_CHANNEL, Entry, Record
from .verdict import Verdict

CONCURRENCY = 1024
IN_ONE_TURN = 8
PRODUCT = "product"
"""The resource that every case shares and some need alone."""


class Keeper(Protocol):
    """Where a run's record goes: a bundle, or memory in a proof."""

    def started(self, spec: CaseSpec, number: int) -> None: ...
    def ended(self, result: CaseResult, record: Record) -> None: ...
    def interrupted(self, spec: CaseSpec, number: int, why: str) -> None: ...
    def product(self, event: str, detail: str) -> None: ...
    def passed(self, link: str, frames: Frames, truth: Sequence[Mapping[str, Any]]) -> None: ...
    def note(self, text: str) -> None: ...
    def barrier(self) -> None: ...


class _Died(Exception):
    """The product takes no session any more."""


@dataclass
class Runner:
    """One execution of cases. `seeds` by case id; `results` fills while it runs."""

    around: Surroundings
    keeper: Keeper
    seeds: dict[str, int]
    concurrency: int = CONCURRENCY
    on_end: Callable[[CaseResult], None] = lambda result: None
    results: dict[str, list[CaseResult]] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    """How often each case was begun, earlier parts of a resumed run included."""

    async def run(self, specs: Sequence[CaseSpec]) -> None:
        """Run all cases: the ordinary ones together, then the disruptive ones alone, one after the other."""
        self._grants = Grants()
        self._shared = self.around.shared()
        self._liveness = Liveness(self.around)
        self._lost = False
        self._copies = self.around.testbed.copies
        loop = asyncio.get_running_loop()
        self._began_s = loop.time()
        if not self.around.testbed.virtual:
            self.around.lag.start()
        try:
            ordinary = sorted((s for s in specs if not s.disruptive), key=lambda s: -s.lasts_s)
            await self._together(ordinary)
            await self._alone([s for s in specs if s.disruptive])
        finally:
            self.around.lag.stop()
            self._keep_traffic()
            await self._close_shared()

    async def _close_shared(self) -> None:
        """Have the providers that outlive cases clean up; all verdicts stand already, so trouble is only noted."""
        try:
            async with asyncio.timeout(CLEAN_UP_S):
                await self._shared.close()
        except Exception as error:  # noqa: BLE001 - see above
            self.keeper.note(f"while cleaning up after the cases: {type(error).__name__}: {error}")

    async def _together(self, specs: Sequence[CaseSpec]) -> None:
        """All at once; when the product dies, find the case that killed it, restart, and go on with the rest."""
        waiting = list(specs)
        while len(waiting) > 1:
            suspects, waiting = await self._wave(waiting)
            if suspects or waiting:
                if not await self._revived():
                    self._give_up([*suspects, *waiting])
                    return
                await self._alone(suspects)
        await self._alone(waiting)

    async def _wave(self, specs: Sequence[CaseSpec]) -> tuple[list[CaseSpec], list[CaseSpec]]:
        """Run until done or the product is gone; returns the cases it interrupted and those not begun."""
        gate = asyncio.Semaphore(0)
        running: set[str] = set()
        opening = asyncio.create_task(self._open(gate, len(specs)))
        tasks = [asyncio.create_task(self._one(spec, gate, running)) for spec in specs]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for task in (opening, *tasks):
                task.cancel()
            await asyncio.gather(opening, *tasks, return_exceptions=True)
        errors = [task.exception() for task in tasks if not task.cancelled()]
        for error in errors:
            if error and not isinstance(error, _Died):
                raise error
        left = [spec for spec in specs if spec.id not in self.results]
        suspects = [spec for spec in left if spec.id in running]
        for spec in suspects:
            self.keeper.interrupted(spec, self.attempts[spec.id], "the product died meanwhile")
        return suspects, [spec for spec in left if spec.id not in running]

    async def _open(self, gate: asyncio.Semaphore, wanted: int) -> None:
        """Let the cases in, a few at each turn of the loop: all in one turn would be late for what comes back."""
        for n in range(1, min(self.concurrency, wanted) + 1):
            gate.release()
            if n % IN_ONE_TURN == 0:
                await asyncio.sleep(0)

    async def _one(self, spec: CaseSpec, gate: asyncio.Semaphore, running: set[str]) -> None:
        async with gate, self._grants.hold(self._wanted(spec)):
            running.add(spec.id)
            result, record = await self._attempt(spec)
            try:
                doubtful = spec.negative or result.lost or record.cut or result.verdict is Verdict.FAIL
                if doubtful and await self._liveness.problem(spec.suite):
                    raise _Died
                self._keep(result, record)
            finally:
                record.share.give_back()

    def _wanted(self, spec: CaseSpec) -> dict[str, bool]:
        """What a case needs to be granted. Where each has a product of its own, nobody needs one alone."""
        alone = {name: alone for name, alone in spec.resources.items() if name != PRODUCT or not self._copies}
        return {PRODUCT: False, **alone}

    async def _alone(self, specs: Iterable[CaseSpec]) -> None:
        """One after the other, each followed by a look at whether the product lives."""
        remaining = list(specs)
        if self._lost:
            self._give_up(remaining)
            return
        while remaining:
            spec = remaining.pop(0)
            if spec.disruptive:
                self.keeper.barrier()
            result, record = await self._attempt(spec)
            problem = await self._liveness.problem(spec.suite)
            if problem and (record.reached or not result.lost):
                record.add(Entry(result.seconds, NO_CHANNEL, "died", text=problem))
                blame(result, problem)
            self._keep(result, record)
            record.share.give_back()
            if problem and not await self._revived():
                self._give_up(remaining)
                return

    async def _attempt(self, spec: CaseSpec) -> tuple[CaseResult, Record]:
        number = self.attempts[spec.id] = self.attempts.get(spec.id, 0) + 1
        self.keeper.started(spec, number)
        began_s = asyncio.get_running_loop().time() - self._began_s
        result, record = await attempt(spec, self.around, self._shared, seed=self.seeds[spec.id], number=number)
        result.started = began_s
        return result, record

    def _keep(self, result: CaseResult, record: Record) -> None:
        self.keeper.ended(result, record)
        self.results.setdefault(result.case, []).append(result)
        self.on_end(result)

    def _keep_traffic(self) -> None:
        """Keep what last passed on the links that all cases share."""
        for name, link in self.around.testbed.links().items():
            frames = [(at_s - self._began_s, frame) for at_s, frame in link.traffic.frames]
            self.keeper.passed(name, frames, link.relay.to_json(self._began_s) if link.relay else [])

    async def _revived(self) -> bool:
        self._keep_traffic()
        self.keeper.product("died", self.around.testbed.output().decode("utf-8", "replace")[-2000:])
        self._lost = not await self.around.testbed.restart()
        self.keeper.product("lost" if self._lost else "restarted", "")
        return not self._lost

    def _give_up(self, specs: Iterable[CaseSpec]) -> None:
        for spec in specs:
            result = CaseResult(
                case=spec.id, attempt=self.attempts.get(spec.id, 0) + 1, verdict=Verdict.INCONCLUSIVE, lost=True
            )
            result.summary = "the product died before this case, and the testbed cannot start it again"
            self._keep(result, Record(spec.id))
