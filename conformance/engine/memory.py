"""The testbed in memory: a suite's reference within this process, on virtual time. Needs no server, root or network."""

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from .reference import Reference
from .stream import MemoryStream, Stream
from .testbed import Address, Testbed


class MemoryTestbed(Testbed):
    """Serves each connection with the reference that `make` builds. `ixit` is the reference's own access data."""

    kind = "memory"
    virtual = True

    def __init__(self, name: str, make: Callable[[], Reference], ixit: Mapping[str, Mapping[str, Any]]) -> None:
        self.name = name
        self._make = make
        self._reference = make()
        self._ixit = ixit
        self._serving: dict[asyncio.Task[None], Stream] = {}
        self._count = 0
        self.crashed: BaseException | None = None

    @property
    def ixit(self) -> Mapping[str, Mapping[str, Any]]:
        return self._ixit

    async def connect(self, address: Address) -> Stream:
        if self.crashed:
            raise ConnectionRefusedError(f"the reference crashed: {self.crashed!r}")
        self._count += 1
        ours, theirs = MemoryStream.pair(f"127.0.0.1:{20000 + self._count % 40000}", f"127.0.0.1:{address.port}")
        task = asyncio.create_task(self._reference.serve(theirs))
        self._serving[task] = theirs
        task.add_done_callback(self._served)
        return ours

    def _served(self, task: asyncio.Task[None]) -> None:
        theirs = self._serving.pop(task)
        if task.cancelled() or not task.exception():
            return
        self.crashed = task.exception()
        for stream in (theirs, *self._serving.values()):
            stream.abort()  # as the system does for a process that has died
        for other in self._serving:
            other.cancel()

    async def alive(self) -> bool:
        return self.crashed is None

    async def restart(self) -> bool:
        self.crashed = None
        self._reference = self._make()
        return True

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def describe(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind}
