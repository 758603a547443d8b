"""Whether the product still lives: a crash also closes a connection, so every negative case is followed by a look."""

import asyncio

from .attempt import Surroundings
from .case import Case, CaseSpec
from .patience import Patience
from .record import Record
from .suite import Suite
from .verdict import Judgement

WAIT_S = 3.0
LOOK_S = 20.0


async def takes_a_connection(case: Case) -> None:
    """The least that a suite without an `alive` of its own can ask: the product takes a fresh connection."""
    stream, _ = await case.open(case.address())
    stream.close()


class Liveness:
    """Opens a fresh session through the suite's `alive`. Those who ask while a look waits to begin share it."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._next: dict[str, asyncio.Task[str]] = {}
        self._looking = asyncio.Lock()
        self._looks = 0

    async def problem(self, suite: Suite) -> str:
        """What is wrong with the product; "" when it lives. Never raises for what the product does."""
        task = self._next.get(suite.name)
        if task is None or task.done():
            task = self._next[suite.name] = asyncio.create_task(self._wait_and_look(suite))
        return await asyncio.shield(task)

    async def _wait_and_look(self, suite: Suite) -> str:
        async with self._looking:
            await asyncio.sleep(0)
            self._next.pop(suite.name, None)  # whoever asks from now on needs a later look
            problem = await self.look(suite)
            return problem and await self.look(suite)  # doubted once

    async def look(self, suite: Suite) -> str:
        """What is wrong with the product at the first glance."""
        if not await self._around.testbed.alive():
            return "its process has ended"
        alive = suite.alive
        if alive is None:
            if not self._around.ixit.get(suite.name, {}).get("url"):
                return ""
            alive = takes_a_connection
        self._looks += 1
        spec = CaseSpec(id=f"{suite.name}/alive", suite=suite, function=alive)
        case = Case(
            spec,
            seed=self._looks,
            testbed=self._around.testbed,
            claims={},
            ixit=self._around.ixit,
            patience=Patience(WAIT_S),
            record=Record(spec.id, keep=False),
        )
        try:
            async with asyncio.timeout(LOOK_S):
                await alive(case)
        except (Judgement, TimeoutError, OSError) as error:
            return str(error) or "no answer"
        finally:
            case.close()
        return ""
