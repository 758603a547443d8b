"""How long to wait for a product: derived from how slow it has shown itself to be, doubted once before it counts."""

from .lag import LagProbe

LEAST_S = 0.001
"""The shortest wait. Time goes on in each: who waits again and again for what is left of a time comes to its end."""


class Patience:
    """Waits for answers, shared by all cases of a run.

    `wait_s` is the first wait; an answer missing after it is confirmed by a second wait twice as long. Whenever an
    answer comes late, the first wait grows, so that a slow product is not a wrong one.
    """

    CEILING_S = 20.0

    def __init__(self, wait_s: float = 1.5, lag: LagProbe | None = None) -> None:
        self.wait_s = wait_s
        self.lag = lag or LagProbe()

    def deadline(self, within_s: float | None) -> "Wait":
        """A wait that begins now; exactly `within_s` seconds when given."""
        return Wait(self, within_s)

    def answered(self, took_s: float) -> None:
        """Learn from an answer that took so many seconds."""
        if took_s < self.CEILING_S / 4 and took_s > self.wait_s / 2:
            self.wait_s = min(self.CEILING_S, took_s * 3)


class Wait:
    """One wait. `extend` is asked when its time is up; time that the machine itself lost is given back."""

    def __init__(self, patience: Patience, within_s: float | None) -> None:
        self._patience = patience
        self._lag = patience.lag
        self._end_s: float | None = None
        self._length_s = patience.wait_s if within_s is None else max(within_s, LEAST_S)
        self._confirm = within_s is None
        self._lost_s = self._lag.total_s

    def remaining_s(self, now_s: float) -> float:
        """Seconds left; the wait starts with the first call."""
        if self._end_s is None:
            self._end_s = now_s + self._length_s
        return self._end_s - now_s

    def extend(self, now_s: float) -> bool:
        """Whether to wait on: once for confirmation, and for as long as the machine was not running us."""
        lost_s, self._lost_s = self._lag.total_s - self._lost_s, self._lag.total_s
        more_s = min(lost_s, 2 * self._length_s)
        if self._confirm:
            self._confirm = False
            more_s += 2 * self._length_s
        self._end_s = now_s + more_s
        return more_s > 0.001
