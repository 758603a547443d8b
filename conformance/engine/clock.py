"""An event loop whose clock jumps: when everything waits, the next timer is due at once.

With references in memory on this loop a keep-alive of minutes costs no wall time and a run is deterministic.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _JumpingSelector(selectors.DefaultSelector):
    """Turns every wait into a step of the virtual clock, unless a worker thread is still computing."""

    loop: "VirtualLoop"
    _turns = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.loop.foreign_work or timeout is None:
            return super().select(None if self.loop.foreign_work and timeout != 0 else timeout)
        if timeout > 0:
            self.loop.now_s += timeout
        self._turns += 1
        return [] if self._turns % 64 else super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """A selector loop on virtual time, in seconds since its start."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.foreign_work = 0
        """How many worker threads compute right now: while any does, time stands still."""
        selector = _JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now_s


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` to its end on a clock of its own; like asyncio.run."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
