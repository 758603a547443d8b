"""The loop-lag probe: how late the machine runs us. Judgements that rest on time do not stand when it was too slow."""

import asyncio


class LagProbe:
    """Wakes every `EVERY_S` seconds and notes how much too late; only while started. On virtual time it shows none."""

    EVERY_S = 0.05
    NOTABLE_S = 0.02

    def __init__(self) -> None:
        self.total_s = 0.0
        """All lateness above the notable, since the start."""
        self._worst: list[tuple[float, float]] = []
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time() + self.EVERY_S
        self._timer = loop.call_at(due_s, self._wake, loop, due_s)

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()

    def worst_since(self, since_s: float) -> float:
        """The worst lateness in seconds seen since that moment of the loop's clock."""
        return max((late for at, late in self._worst if at >= since_s), default=0.0)

    def _wake(self, loop: asyncio.AbstractEventLoop, due_s: float) -> None:
        now_s = loop.time()
        late_s = now_s - due_s
        if late_s > self.NOTABLE_S:
            self.total_s += late_s
            self._worst.append((now_s, late_s))
            del self._worst[:-10_000]
        due_s = now_s + self.EVERY_S
        self._timer = loop.call_at(due_s, self._wake, loop, due_s)
