"""The testbed in memory: a suite's reference within this process, on virtual time. Needs no server, root or network."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any

from .link import MTU, MemorySegment, Segment, Site, Sites
from .stream import MemoryStream, Stream
from .testbed import Address, Testbed


class MemoryTestbed(Testbed):
    """Serves each connection with the reference that `make` builds, or puts a fresh one at each site.

    `ixit` is the reference's own access data.
    """

    kind = "memory"
    virtual = True

    def __init__(self, name: str, make: Callable[[], Any], ixit: Mapping[str, Mapping[str, Any]]) -> None:
        self.name = name
        self._make = make
        self._reference = make()
        self._ixit = ixit
        self._serving: dict[asyncio.Task[None], Stream] = {}
        self._count = 0
        self.copies = hasattr(self._reference, "stand")
        self.crashed: BaseException | None = None
        self._sites = Sites(self._site)

    @property
    def ixit(self) -> Mapping[str, Mapping[str, Any]]:
        return self._ixit

    async def site(self, *, fresh: bool = False) -> Site:
        if not self.copies:
            return await super().site()
        return await (self._sites.make() if fresh else self._sites.common())

    async def _site(self) -> Site:
        return _MemorySite(self._make)

    async def connect(self, address: Address) -> Stream:
        if self.crashed:
            raise ConnectionRefusedError(f"the reference crashed: {self.crashed!r}")
        self._count += 1
        ours, theirs = MemoryStream.pair(f"127.0.0.1:{20000 + self._count % 40000}", f"127.0.0.1:{address.port}")
        task = asyncio.create_task(self._serve(address, theirs))
        self._serving[task] = theirs
        task.add_done_callback(self._served)
        return ours

    def _serve(self, address: Address, stream: Stream) -> Coroutine[Any, Any, None]:
        method = "serve_datagrams" if address.transport == "udp" else "serve"
        served: Coroutine[Any, Any, None] = getattr(self._reference, method)(stream)
        return served

    def _served(self, task: asyncio.Task[None]) -> None:
        theirs = self._serving.pop(task)
        if task.cancelled() or not task.exception():
            return
        self.crashed = task.exception()
        for stream in (theirs, *self._serving.values()):
            stream.abort()  # as the system does for a process that has died
        for other in self._serving:
            other.cancel()

    def links(self) -> Mapping[str, Segment]:
        return self._sites.links()

    async def alive(self) -> bool:
        return self.crashed is None and await self._sites.alive()

    async def restart(self) -> bool:
        self.crashed = None
        await self._sites.restart()
        self._reference = self._make()
        return True

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self._sites.close()

    def describe(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind}


class _MemorySite(Site):
    """A reference on its links. It crashes alone: other sites have references of their own."""

    def __init__(self, make: Callable[[], Any]) -> None:
        super().__init__()
        self._make = make
        self._reference = make()
        mtus: Mapping[str, int] = getattr(self._reference, "MTUS", {})
        self._segments = {name: MemorySegment(name, mtus.get(name, MTU)) for name in self._reference.LINKS}
        self.links: Mapping[str, Segment] = self._segments
        self._standing: asyncio.Task[None] | None = None

    async def _switch_on(self) -> None:
        ends = {name: segment.product for name, segment in self._segments.items()}
        self._standing = asyncio.create_task(self._reference.stand(ends))

    async def restart(self) -> bool:
        await self.close()
        self._reference = self._make()
        await self._switch_on()
        return True

    async def act(self, name: str, **values: Any) -> bool:
        method = getattr(self._reference, f"act_{name}", None)
        if method is None:
            return False
        await method(**values)
        return True

    async def alive(self) -> bool:
        return self._standing is None or not self._standing.done()

    async def close(self) -> None:
        if self._standing:
            self._standing.cancel()
            await asyncio.gather(self._standing, return_exceptions=True)
            self._standing = None
