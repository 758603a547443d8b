"""Judging a recorded conversation again, without the product: channels answer from the record.

What the product did comes again at its time and behind the same acts of ours; a case that would now send something else
than it did has left the record, and is inconclusive.
"""

import asyncio
import contextlib
import json
import math
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .attempt import Surroundings, attempt, blame
from .case import CaseResult, CaseSpec
from .clock import VirtualLoop, run_virtual
from .lag import LagProbe
from .link import Port, Segment, Site
from .patience import Patience, Wait
from .stream import Stream
from .testbed import Address, Testbed
from .verdict import Diverged, Verdict

OURS = frozenset(("open", "refused", "out", "close", "abort"))
ASKING = frozenset(("open", "refused", "out"))
"""What of ours has the product do something; ends also come of cleaning up."""
THEIRS = frozenset(("in", "fin", "reset", "silence"))
TOLD = frozenset(("sent", "received", "learned", "died"))
"""What is no act on a channel."""
FOREVER_S = 1e6
Redact = Callable[[bytes], bytes]


class ReplayError(Exception):
    """A record that cannot be played: why."""


class Step(NamedTuple):
    """One act of ours or of the product's, `t` seconds after the case began; `hex` has 2a where a secret stood."""

    t: float
    channel: int
    kind: str
    hex: str
    text: str


@dataclass(frozen=True)
class Recorded:
    """What a transcript holds for a replay."""

    steps: tuple[Step, ...]
    names: Mapping[int, tuple[str, str]]
    """Channel to its local and remote name."""
    died: str
    """What was wrong with the product after the case; "" when it lived."""
    learned: Mapping[str, Any]
    """What the case was told otherwise, by name."""

    @classmethod
    def read(cls, data: bytes) -> "Recorded":
        """Read a transcript. Raises ReplayError."""
        try:
            document = json.loads(data)
            events = [_step(event) for event in document["events"]]
            names = {int(c["n"]): (str(c.get("local", "")), str(c.get("remote", ""))) for c in document["channels"]}
            steps = tuple(e for e in events if e.kind in OURS or e.kind in THEIRS)
            _check_opened(steps)
            learned = dict(json.loads(e.text) for e in events if e.kind == "learned")
            truncated = bool(document.get("truncated"))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise ReplayError(f"its transcript cannot be read ({error})") from None
        if truncated:
            raise ReplayError("the product sent more than is kept, so that its record is not whole")
        died = next((e.text for e in events if e.kind == "died"), "")
        return cls(steps, names, died, learned)


def _step(event: Mapping[str, Any]) -> Step:
    """An event of a transcript. Raises ValueError, and whatever else comes of values of other types."""
    step = Step(
        float(event["t"]),
        int(event["channel"]),
        str(event["kind"]),
        str(event.get("hex", "")),
        str(event.get("text", "")),
    )
    if step.kind not in OURS | THEIRS | TOLD:
        raise ValueError(f"an event of kind {step.kind!r}")
    if not math.isfinite(step.t) or (step.kind == "silence" and not math.isfinite(float(step.text))):
        raise ValueError("a time without end")
    bytes.fromhex(step.hex)
    return step


def _check_opened(steps: Iterable[Step]) -> None:
    """Raises ValueError where something passes on a channel before it is there."""
    opened: set[int] = set()
    for step in steps:
        if step.kind in ("open", "refused"):
            opened.add(step.channel)
        elif step.channel not in opened:
            raise ValueError(f"channel {step.channel} has no beginning")


class Script:
    """Steps in order: ours are awaited; the product's come when all of ours before them are done, at their time."""

    def __init__(self, steps: tuple[Step, ...], loop: VirtualLoop, redact: Redact) -> None:
        self._steps = steps
        self._loop = loop
        self._redact = redact
        self._began_s = loop.time()
        self._streams: dict[int, ReplayStream] = {}
        self._ours: dict[int, deque[int]] = {}
        for i, step in enumerate(steps):
            if step.kind in OURS:
                self._ours.setdefault(step.channel, deque()).append(i)
        self._done = [False] * len(steps)
        self._next = 0
        self._timer: Any = None
        self.left: Diverged | None = None
        """Where the case left the record."""
        self._judged = False

    def opened(self, channel: int, stream: "ReplayStream") -> None:
        """The case opens a channel. Raises OSError where the product refused it then."""
        self._streams[channel] = stream
        step = self.did(channel, ("open", "refused"))
        if step.kind == "refused":
            raise OSError(step.text) if step.text else TimeoutError

    def did(self, channel: int, kinds: tuple[str, ...], data: bytes = b"") -> Step:
        """The case does something, which must be what it did then. Raises Diverged."""
        if self.left:
            raise self.left
        waiting = self._ours.get(channel)
        index = waiting[0] if waiting else -1
        step = self._steps[index] if waiting else None
        if step is None or step.kind not in kinds or step.hex != self._redact(data).hex():
            diverged = _diverged(f"now {kinds[0]} {data.hex()[:80]}", step)
            self.left = None if self._judged else diverged
            raise diverged
        assert waiting
        waiting.popleft()
        self._give_until(index)
        self._loop.now_s = max(self._loop.now_s, self._began_s + step.t)
        self._done[index] = True
        self._schedule()
        return step

    def judged(self) -> None:
        """The case has judged what came. What it does from now on is cleaning up, which may come sooner than then."""
        self._judged = True

    def passed(self) -> None:
        """The case has found nothing wrong: then it must have done all that it did when it was recorded."""
        left = next((i for waiting in self._ours.values() for i in waiting if self._steps[i].kind in ASKING), None)
        if left is not None and not self.left:
            self.left = _diverged("now nothing more", self._steps[left])

    def ends(self, channel: int) -> bool:
        """Whether only the product's end of a channel is still to come."""
        left = [
            step for step, done in zip(self._steps, self._done, strict=True) if step.channel == channel and not done
        ]
        return not self._ours.get(channel) and any(step.kind in ("fin", "reset") for step in left)

    def _give_until(self, end: int) -> None:
        """What the product had done before this act of ours has come before it."""
        for i in range(self._next, end):
            if self._steps[i].kind in THEIRS and not self._done[i]:
                self._give(i)

    def _schedule(self) -> None:
        """Have the product's next step come at its time."""
        while self._next < len(self._steps) and self._done[self._next]:
            self._next += 1
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._next < len(self._steps) and self._steps[self._next].kind in THEIRS:
            self._timer = self._loop.call_at(self._began_s + self._steps[self._next].t, self._due)

    def _due(self) -> None:
        self._timer = None
        self._give(self._next)
        self._schedule()

    def _give(self, index: int) -> None:
        step = self._steps[index]
        self._done[index] = True
        if stream := self._streams.get(step.channel):
            stream.receive(step)
        elif not self._judged:
            self.left = self.left or _diverged("now no such connection", step)


def _diverged(now: str, step: Step | None) -> Diverged:
    then = f"{step.kind} {step.hex[:80]}" if step else "nothing more"
    told = f"{now.strip()}, then {then.strip()}"
    return Diverged(f"the case now does something else than when it was recorded: {told}")


class ReplayStream(Stream):
    """A connection of a script."""

    def __init__(self, script: Script, channel: int, names: tuple[str, str]) -> None:
        super().__init__(*names)
        self._script = script
        self._channel = channel

    def receive(self, step: Step) -> None:
        """Take what the product did."""
        if step.kind == "silence":
            silence = getattr(self._sink, "silence", None)
            if silence:
                silence(float(step.text))
        else:
            self._deliver(step.kind, bytes.fromhex(step.hex))

    def _send(self, data: bytes) -> None:
        if not self._script.ends(self._channel):  # WebSocket says its end in a frame
            self._script.did(self._channel, ("out",), data)

    def _close(self) -> None:
        self._end("close")

    def _abort(self) -> None:
        self._end("abort")

    def _end(self, how: str) -> None:
        """Ends also come when a case is cleaned up, where nobody could take an exception; the script keeps it."""
        if self._script.ends(self._channel):
            return  # then the product came first, in the same moment, and the case had nothing left to end
        with contextlib.suppress(Diverged):
            self._script.did(self._channel, (how,))


class ReplayTestbed(Testbed):
    """Stands in for the product while a script plays."""

    name = kind = "replay"
    virtual = True
    copies = True

    def __init__(self, script: Script, recorded: Recorded) -> None:
        self._script = script
        self._names = recorded.names
        self.learned = recorded.learned
        self._count = 0

    async def site(self, *, fresh: bool = False) -> Site:
        return _ReplaySite(self.open)

    async def connect(self, address: Address) -> Stream:
        return self.open()

    def open(self) -> Stream:
        """The next channel of the record. Raises OSError where the product refused it then."""
        channel, self._count = self._count, self._count + 1
        stream = ReplayStream(self._script, channel, self._names.get(channel, ("", "")))
        self._script.opened(channel, stream)
        return stream

    def describe(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind}


class _ReplaySite(Site):
    """A site whose links are the record's. That the product came up stands there already."""

    def __init__(self, open_: Callable[[], Stream]) -> None:
        super().__init__()
        self.links = _ReplayLinks(open_)

    async def start(self, until: Callable[[Site], Awaitable[None]] | None = None) -> None:
        return

    async def _switch_on(self) -> None:
        return


class _ReplayLinks(dict[str, Segment]):
    """Every link that a case asks for by name."""

    def __init__(self, open_: Callable[[], Stream]) -> None:
        super().__init__()
        self._open = open_

    def __missing__(self, name: str) -> Segment:
        return self.setdefault(name, _ReplaySegment(name, self._open))


class _ReplaySegment(Segment):
    def __init__(self, name: str, open_: Callable[[], Stream]) -> None:
        super().__init__(name)
        self._open = open_

    def port(self, hears: Collection[bytes] | None = None) -> Stream:
        return self._open()

    def transmit(self, frame: bytes, sender: Port) -> None:
        raise NotImplementedError("the ports of a record send by themselves")


class _RecordedPatience(Patience):
    """Waits for as long as the record goes on: silences stand in it."""

    def __init__(self) -> None:
        super().__init__(FOREVER_S)

    def deadline(self, within_s: float | None) -> Wait:
        return Wait(self, FOREVER_S)

    def answered(self, took_s: float) -> None:
        return


class _RecordedLag(LagProbe):
    """How late the machine was when the case was recorded."""

    def __init__(self, lag_s: float) -> None:
        super().__init__()
        self._lag_s = lag_s

    def worst_since(self, since_s: float) -> float:
        return self._lag_s


def rejudge(
    spec: CaseSpec,
    transcript: bytes | None,
    *,
    seed: int,
    lag_s: float,
    claims: Mapping[str, Mapping[str, Any]],
    ixit: Mapping[str, Mapping[str, Any]],
    redact: Redact = lambda data: data,
) -> CaseResult:
    """Judge a case by its transcript (None where it sent nothing). `seed`, `claims` and `ixit` are those of the run.

    Raises ReplayError for a record that cannot be played.
    """
    recorded = Recorded.read(transcript) if transcript else Recorded((), {}, "", {})
    return run_virtual(_replay(spec, recorded, seed, lag_s, claims, ixit, redact))


async def _replay(
    spec: CaseSpec,
    recorded: Recorded,
    seed: int,
    lag_s: float,
    claims: Mapping[str, Mapping[str, Any]],
    ixit: Mapping[str, Mapping[str, Any]],
    redact: Redact,
) -> CaseResult:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.set_exception_handler(lambda _, context: None)  # what diverges within a callback is told by the script
    script = Script(recorded.steps, loop, redact)
    around = Surroundings(
        testbed=ReplayTestbed(script, recorded),
        claims=claims,
        ixit=ixit,
        patience=_RecordedPatience(),
        lag=_RecordedLag(lag_s),
        judged=script.judged,
    )
    shared = around.shared()
    try:
        result, _ = await attempt(spec, around, shared, seed=seed)
    finally:
        await shared.close()
    if result.verdict is Verdict.PASS:
        script.passed()
    if script.left and result.verdict is not Verdict.ERROR:
        result.verdict, result.summary = script.left.verdict, script.left.summary
    elif recorded.died:
        blame(result, recorded.died)
    return result
