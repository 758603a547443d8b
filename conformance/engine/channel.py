"""A conversation in messages over one stream: `send`, `expect`, and the evidence of both."""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar, overload

from .allowance import PER_MESSAGE
from .outcome import Closed, Outcome, Silence, outcome
from .patience import Patience
from .record import Entry, Record
from .stream import Stream
from .verdict import Nonconformity, Unready

T = TypeVar("T")
FLOODED = "the product sends more than anyone will look at"
Decode = Callable[[bytes], tuple[Any | None, bytes]]
"""Octets to (the first event or None when more are needed, the octets left)."""


class Codec(Protocol):
    """What a channel must know of a protocol."""

    def decode(self, data: bytes) -> tuple[Any | None, bytes]: ...
    def describe(self, event: Any) -> str: ...


class Plain:
    """The codec around a function that decodes; its messages describe themselves by `str`."""

    def __init__(self, decode: Decode) -> None:
        self.decode = decode

    def describe(self, event: Any) -> str:
        return str(event)


MOMENT_S = 0.001
"""What comes so soon after a wait still came within it."""


class Arrival:
    """An event and when it came, in seconds of the loop's clock."""

    __slots__ = ("at_s", "event")

    def __init__(self, event: Any, at_s: float) -> None:
        self.event = event
        self.at_s = at_s


class Channel:
    """Messages of one protocol over one stream. Every octet and message goes into `record` as it passes."""

    WINDOW_OCTETS = 4096
    """How much a codec is shown first: what it hands back is a copy, and of much that would be one for each message."""

    def __init__(
        self, stream: Stream, codec: Codec | Decode, *, record: Record, number: int, patience: Patience, began_s: float
    ) -> None:
        self.stream = stream
        self.codec: Codec = Plain(codec) if callable(codec) else codec
        self.closed: Closed | None = None
        self.bug: Exception | None = None
        """What went wrong on our side while reading, such as a codec that breaks its own law."""
        self.sent_at_s = self.arrived_at_s = asyncio.get_running_loop().time()
        """When the last message was sent, and when the event last returned by `expect` came."""
        self._time = asyncio.get_running_loop().time
        self._record = record
        self._number = number
        self._patience = patience
        self._began_s = began_s
        self._inbox: deque[Arrival] = deque()
        self._silences: deque[Silence] = deque()
        self._rest = b""
        self._wake: asyncio.Future[None] | None = None
        self._listeners: list[Callable[[Any], None]] = []
        stream.attach(self)

    # What a case calls.

    def listen(self, hear: Callable[[Any], None]) -> None:
        """Have `hear` called with each event as it comes, besides the inbox: for rules on all that a product sends."""
        self._listeners.append(hear)

    async def send(self, *messages: Any) -> None:
        """Send messages, or raw octets, in one write."""
        data = b"".join(map(bytes, messages))
        for message in messages:
            self._note("sent", bytes(message), message)
        self.sent_at_s = self._time()
        self.stream.write(data)
        await self.stream.drain()

    @overload
    async def expect(
        self, wanted: type[T], *, passing: Any = (), within_s: float | None = None, why: str = ""
    ) -> T: ...
    @overload
    async def expect(self, wanted: Any, *, passing: Any = (), within_s: float | None = None, why: str = "") -> Any: ...
    async def expect(self, wanted: Any, *, passing: Any = (), within_s: float | None = None, why: str = "") -> Any:
        """The next event, which must be one of `wanted`; events of kinds in `passing` stay for a later call.

        `within_s` is the longest wait in seconds (default: the product's patience, once more when it is in doubt).
        `why` says what it would mean if something else came. Raises Nonconformity.
        """
        want, leave, began_s = outcome(wanted), outcome(passing), self._time()
        event = await self.next(passing=leave, within_s=within_s, until=want)
        if want.matches(event):
            return event
        if within_s is not None and want.matches(Silence(0.0)) and self.arrived_at_s > began_s + within_s + MOMENT_S:
            # A wait that was made longer for what the machine had lost: the silence was kept for its time.
            if not isinstance(event, Closed):
                self._inbox.appendleft(Arrival(event, self.arrived_at_s))
            return self._silent(within_s)
        raise self.unexpected(event, want, why)

    async def next(self, *, passing: Any = (), within_s: float | None = None, until: Outcome | None = None) -> Any:
        """The next event that is not of a kind in `passing` (unless it is wanted by `until`); Closed; Silence at the
        deadline.
        """
        leave = outcome(passing)
        began_s = self._time()
        wait = self._patience.deadline(within_s)
        over = False
        while True:
            if self.bug:
                raise self.bug
            arrival = self._take(leave, until)
            if arrival:
                self.arrived_at_s = arrival.at_s
                if within_s is None:  # a wait of a case's own choosing tells nothing of how soon answers come
                    self._patience.answered(arrival.at_s - began_s)
                return arrival.event
            if self.closed:
                return self._ended(self.closed)
            if self._silences:
                return self._silences.popleft()
            if over:
                return self._silent(self._time() - began_s)
            # Something may still come between the end of a wait and our turn: so one looks once more.
            over = not await self._woken(wait.remaining_s(self._time())) and not wait.extend(self._time())

    def arrived(self, wanted: Any) -> list[Any]:
        """Take, without waiting, all events of these kinds that have come so far."""
        want = outcome(wanted)
        taken = [x.event for x in self._inbox if want.matches(x.event)]
        self._inbox = deque(x for x in self._inbox if not want.matches(x.event))
        return taken

    def unexpected(self, event: Any, want: Outcome, why: str = "") -> Nonconformity:
        """The finding that `event` came where `want` was due."""
        # That nothing comes is expected for a time of ours: a machine that gave it too long has seen nothing wrong.
        timing = event.bears_s if isinstance(event, Silence) else want.matches(Silence(0.0))
        got = f"nothing for {event.wait_s:g} s" if isinstance(event, Silence) else self.describe(event)
        summary = why or f"expected {want}, got {got}"
        return Nonconformity(summary, expected=str(want), got=got, timing=timing)

    def describe(self, event: Any) -> str:
        """One line about an event, for a person."""
        if isinstance(event, Closed):
            return f"the connection closed ({event.how.upper()})"
        return self.codec.describe(event)

    def close(self) -> None:
        """Close in an orderly way (FIN)."""
        self.stream.close()

    def abort(self) -> None:
        """Cut the connection (RST)."""
        self.stream.abort()

    # What the stream calls.

    def data(self, data: bytes) -> None:
        pending = self._rest + data if self._rest else data
        self._rest = b""
        try:
            self._read(pending)
        except Exception as error:  # noqa: BLE001 - we are in a callback, where it would be lost: `next` raises it
            self.bug = self.bug or error
        self._notify()

    def silence(self, wait_s: float) -> None:
        """In a replay: the wait that goes on now had no answer for so many seconds."""
        self._silences.append(Silence(wait_s))
        self._notify()

    def fin(self) -> None:
        self._end("fin")

    def reset(self) -> None:
        self._end("reset")

    # Within.

    def _read(self, pending: bytes) -> None:
        """Take every message of what has come."""
        at = 0
        while at < len(pending) and not self.closed:
            event, length = self._first(pending, at)
            if event is None:
                self._rest = pending[at:]
                return
            self._note("received", pending[at : at + length], event)
            self._hear(event)
            at += length

    def _first(self, pending: bytes, at: int) -> tuple[Any | None, int]:
        """The first message from `at` on, None where it has not wholly come, and its length."""
        size = self.WINDOW_OCTETS
        while True:
            shown = pending[at : at + size]
            event, rest = self.codec.decode(shown)
            if event is not None and len(rest) >= len(shown):
                raise RuntimeError(f"the codec decoded {event!r} and took no octets")
            if event is not None or at + size >= len(pending):
                return event, len(shown) - len(rest)
            size *= 8

    def _silent(self, waited_s: float) -> Silence:
        silence = Silence(round(waited_s, 3))
        self._record.add(Entry(self._time() - self._began_s, self._number, "silence", text=repr(silence.wait_s)))
        return silence

    def _ended(self, closed: Closed) -> Closed:
        """How the product ended the connection. Raises Unready when it was we who did, for what came was unreadable."""
        if self.stream.broken:
            raise Unready(self.stream.broken)
        return closed

    def _end(self, how: str) -> None:
        self.closed = Closed(how)
        self._hear(self.closed, queue=False)
        self._notify()

    def _hear(self, event: Any, *, queue: bool = True) -> None:
        if queue:
            if not self._record.share.take(PER_MESSAGE):
                self._record.shorten()
                self.stream.give_up(FLOODED)
                return
            self._inbox.append(Arrival(event, self._now_s()))
        else:
            self.closed_at_s = self._now_s()
        for hear in self._listeners:
            hear(event)

    def _take(self, leave: Outcome, until: Outcome | None) -> Arrival | None:
        for i, arrival in enumerate(self._inbox):
            if (until and until.matches(arrival.event)) or not leave.matches(arrival.event):
                del self._inbox[i]
                return arrival
        if self.closed:
            self.arrived_at_s = self.closed_at_s
        return None

    async def _woken(self, wait_s: float) -> bool:
        """Wait for the next arrival; False when the time is up first."""
        if wait_s <= 0:
            return False
        loop = asyncio.get_running_loop()
        self._wake = loop.create_future()
        timer = loop.call_later(wait_s, _expire, self._wake)
        try:
            await self._wake
        except TimeoutError:
            return False
        else:
            return True
        finally:
            timer.cancel()
            self._wake = None

    def _now_s(self) -> float:
        """When what is being delivered came."""
        return self._time() if self.stream.at_s is None else self.stream.at_s

    def _notify(self) -> None:
        if self._wake and not self._wake.done():
            self._wake.set_result(None)

    def _note(self, kind: str, data: bytes, event: Any) -> None:
        if self._record.keep:
            text = "raw octets" if isinstance(event, bytes) else partial(self.codec.describe, event)
            self._record.add(Entry(self._now_s() - self._began_s, self._number, kind, data, text))


class PacketChannel(Channel):
    """Messages that come one to a packet: datagrams, or the frames of a link."""

    def join(self, *addresses: bytes) -> None:
        """Hear frames for these hardware addresses too, on a link."""
        self.stream.join(*addresses)

    async def send(self, *messages: Any) -> None:
        """Send messages, or raw octets, each in a packet of its own."""
        self.put(*messages)
        await self.stream.drain()

    def put(self, *messages: Any) -> None:
        """The same at once, for answers that are due as soon as a question comes."""
        for message in messages:
            data = bytes(message)
            self._note("sent", data, message)
            self.stream.write(data)
        self.sent_at_s = self._time()

    def _read(self, pending: bytes) -> None:
        event, _ = self.codec.decode(pending)
        if event is not None and not self.closed:
            self._note("received", pending, event)
            self._hear(event)


def _expire(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())
