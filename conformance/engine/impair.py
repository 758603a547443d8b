"""A wire that is not perfect: delay, loss, duplication and other order, all from one seed, with a log of what it did.

The kernel need not be able to do it, and what was done to each frame is known afterwards.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

LOGGED = 100_000
APART_S = 1e-6
"""Between two frames: what is due at one moment comes in no certain order."""


@dataclass(frozen=True, kw_only=True)
class Impairment:
    """What happens to frames, in each direction alike. Times in seconds, the others as probabilities from 0 to 1.

    `reorder`: a frame is held back until the next has passed, or for `hold_s` where none comes.
    """

    seed: int = 0
    delay_s: float = 0.0
    jitter_s: float = 0.0
    loss: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    hold_s: float = 0.1


class Truth(NamedTuple):
    """What was done to one frame: `t_s` when it came, on the loop's clock, its number in its direction, and what."""

    t_s: float
    outward: bool
    number: int
    action: str


@dataclass
class _Direction:
    """One direction of the wire. What passes comes out in the order in which it went in, unless it is held back."""

    rng: random.Random
    count: int = 0
    last_s: float = 0.0
    held: list[Callable[[], None]] = field(default_factory=list)


class Relay:
    """Passes frames on, less well than it could. The same seed does the same to the same frames."""

    def __init__(self, impairment: Impairment) -> None:
        self.impairment = impairment
        self.truth: list[Truth] = []
        """What was done, frame by frame, up to a bound."""
        self._directions = {way: _Direction(random.Random(f"{impairment.seed}/{way}")) for way in (True, False)}

    def carry(self, frame: bytes, pass_on: Callable[[bytes], None], *, outward: bool) -> None:
        """Take a frame that goes to the product (`outward`) or comes from it; `pass_on` takes what is left of it."""
        way, wants = self._directions[outward], self.impairment
        way.count += 1
        # Always four draws, so that what befalls a frame does not depend on what befell those before it.
        loss, duplicate, reorder, jitter = (way.rng.random() for _ in range(4))
        if loss < wants.loss:
            self._log(outward, way, "lost")
            return
        copies = 2 if duplicate < wants.duplicate else 1
        delay_s = wants.delay_s + jitter * wants.jitter_s
        self._log(outward, way, _told(copies, delay_s, held=reorder < wants.reorder))
        for _ in range(copies):
            self._later(way, frame, pass_on, delay_s, hold=reorder < wants.reorder)

    def to_json(self, began_s: float = 0.0) -> list[dict[str, Any]]:
        """The log as a document, with times since `began_s`."""
        return [entry._asdict() | {"t_s": round(entry.t_s - began_s, 6)} for entry in self.truth]

    def _later(
        self, way: _Direction, frame: bytes, pass_on: Callable[[bytes], None], delay_s: float, *, hold: bool
    ) -> None:
        loop = asyncio.get_running_loop()
        if hold:
            timer = loop.call_later(delay_s + self.impairment.hold_s, pass_on, frame)
            way.held.append(lambda: _now(timer, pass_on, frame))
            return
        at_s = way.last_s = max(way.last_s + APART_S, loop.time() + delay_s)
        held, way.held = way.held, []
        loop.call_at(at_s, pass_on, frame)
        for release in held:
            loop.call_at(at_s, release)

    def _log(self, outward: bool, way: _Direction, action: str) -> None:
        if len(self.truth) < LOGGED:
            self.truth.append(Truth(asyncio.get_running_loop().time(), outward, way.count, action))


def _now(timer: asyncio.TimerHandle, pass_on: Callable[[bytes], None], frame: bytes) -> None:
    """Pass a frame on that was held back, unless its time had come already."""
    if not timer.cancelled() and timer.when() > asyncio.get_running_loop().time():
        timer.cancel()
        pass_on(frame)


def _told(copies: int, delay_s: float, *, held: bool) -> str:
    parts = [f"after {delay_s:.6f} s" if delay_s else "at once"]
    parts += ["twice"] if copies == 2 else []
    parts += ["held back"] if held else []
    return ", ".join(parts)
