"""Grants: what cases share or need alone, given all at once and in the order asked, so nothing deadlocks or starves."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager


class Grants:
    """A table of resources by name. A request names each resource it needs and whether it needs it alone."""

    def __init__(self) -> None:
        self._shared: Counter[str] = Counter()
        self._alone: set[str] = set()
        self._queue: deque[tuple[Mapping[str, bool], asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def hold(self, request: Mapping[str, bool]) -> AsyncIterator[None]:
        """Hold everything in `request` (resource name to "alone") for as long as the context lasts."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((request, turn))
        self._serve()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give_back(request)
            else:
                self._queue = deque(entry for entry in self._queue if entry[1] is not turn)
            self._serve()
            raise
        try:
            yield
        finally:
            self._give_back(request)
            self._serve()

    def _serve(self) -> None:
        """Grant, in the order of the queue, what conflicts neither with a holder nor with anyone who waits ahead."""
        ahead: dict[str, bool] = {}
        waiting: deque[tuple[Mapping[str, bool], asyncio.Future[None]]] = deque()
        for request, turn in self._queue:
            if turn.done():
                continue
            if self._free(request) and not _conflicts(request, ahead):
                self._take(request)
                turn.set_result(None)
            else:
                waiting.append((request, turn))
                for name, alone in request.items():
                    ahead[name] = ahead.get(name, False) or alone
        self._queue = waiting

    def _free(self, request: Mapping[str, bool]) -> bool:
        return not any(name in self._alone or (alone and self._shared[name]) for name, alone in request.items())

    def _take(self, request: Mapping[str, bool]) -> None:
        for name, alone in request.items():
            if alone:
                self._alone.add(name)
            else:
                self._shared[name] += 1

    def _give_back(self, request: Mapping[str, bool]) -> None:
        for name, alone in request.items():
            if alone:
                self._alone.discard(name)
            else:
                self._shared[name] -= 1


def _conflicts(request: Mapping[str, bool], ahead: Mapping[str, bool]) -> bool:
    return any(name in ahead and (alone or ahead[name]) for name, alone in request.items())
