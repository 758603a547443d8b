"""Links: Ethernet segments between the tester and a product, and sites, where a product stands with its links.

A port is the tester's end of a segment: a stream on which each write and each delivery is one whole frame. Like a
network card it hears only what is addressed to it: its own addresses, the groups that it has joined, or everything.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any

from .impair import Relay
from .stream import Stream

BROADCAST = b"\xff" * 6
MAC_OCTETS = 6
MTU = 1500
Frames = Iterable[tuple[float, bytes]]
"""Frames with the time of each in seconds."""
KEPT_OCTETS = 4 << 20
"""How much of what passes on a segment is kept, besides what the cases record."""


class Traffic:
    """The last frames that passed on a segment, in both directions, each with its time on the loop's clock."""

    def __init__(self) -> None:
        self.frames: deque[tuple[float, bytes]] = deque()
        self._octets = 0

    def add(self, frame: bytes, at_s: float | None = None) -> None:
        """Keep a frame, and no more than there is room for."""
        self.frames.append((asyncio.get_running_loop().time() if at_s is None else at_s, frame))
        self._octets += len(frame)
        while self._octets > KEPT_OCTETS:
            self._octets -= len(self.frames.popleft()[1])


class Port(Stream):
    """One end of a segment. `hears` holds the destination addresses whose frames it takes; None takes every frame."""

    def __init__(self, segment: "Segment", hears: Collection[bytes] | None = None) -> None:
        super().__init__("tester", segment.name)
        self.segment = segment
        self.hears = None if hears is None else {BROADCAST, *hears}

    def join(self, *addresses: bytes) -> None:
        """Hear frames for these addresses too."""
        if self.hears is not None:
            self.hears.update(addresses)

    def leave(self, *addresses: bytes) -> None:
        """Hear frames for these addresses no more."""
        if self.hears is not None:
            self.hears.difference_update(addresses)

    def take(self, frame: bytes, at_s: float | None = None) -> None:
        """A frame passes on the segment; `at_s` is when, on the loop's clock."""
        if self.hears is None or frame[:MAC_OCTETS] in self.hears:
            self.at_s = at_s
            self._deliver("in", frame)
            self.at_s = None

    def _send(self, data: bytes) -> None:
        self.segment.send(data, self)

    def _close(self) -> None:
        self.segment.ports.discard(self)

    def _abort(self) -> None:
        self._close()


class Segment(ABC):
    """One link as the tester sees it. What the product sends goes to every port that hears it."""

    def __init__(self, name: str, mtu: int = MTU) -> None:
        self.name = name
        self.mtu = mtu
        self.ports: set[Port] = set()
        self.traffic = Traffic()
        self.relay: Relay | None = None
        """What makes the segment less than perfect, where anything does."""

    def port(self, hears: Collection[bytes] | None = None) -> Stream:
        """A new end of the segment."""
        port = Port(self, hears)
        self.ports.add(port)
        return port

    def heard(self, frame: bytes, at_s: float | None = None) -> None:
        """The product has sent a frame."""
        self.traffic.add(frame, at_s)
        if self.relay:
            self.relay.carry(frame, self._deliver, outward=False)
        else:
            self._deliver(frame, at_s)

    def send(self, frame: bytes, sender: Port) -> None:
        """A port sends a frame to the product."""
        self.traffic.add(frame)
        if self.relay:
            self.relay.carry(frame, lambda left: self.transmit(left, sender), outward=True)
        else:
            self.transmit(frame, sender)

    def _deliver(self, frame: bytes, at_s: float | None = None) -> None:
        for port in list(self.ports):
            port.take(frame, at_s)

    @abstractmethod
    def transmit(self, frame: bytes, sender: Port) -> None:
        """Put a frame on the wire to the product."""


class MemorySegment(Segment):
    """A segment within this process; each frame is a turn of the loop. `product` is the end given to a reference."""

    def __init__(self, name: str, mtu: int = MTU) -> None:
        super().__init__(name, mtu)
        self.product = _ProductEnd(self)

    def transmit(self, frame: bytes, sender: Port) -> None:
        asyncio.get_running_loop().call_soon(self.product.take, frame)


class _ProductEnd(Port):
    def __init__(self, segment: MemorySegment) -> None:
        super().__init__(segment)
        self.local, self.remote = segment.name, "tester"

    def _send(self, data: bytes) -> None:
        asyncio.get_running_loop().call_soon(self.segment.heard, data)


class Site(ABC):
    """Where one copy of the product stands. `links` by name; the product is silent until `start`."""

    links: Mapping[str, Segment]
    keeper: Any = None
    """What whoever started the product here keeps for all who use it; the engine does not look at it."""

    def __init__(self) -> None:
        self._starting = asyncio.Lock()
        self._on = False

    async def start(self, until: Callable[["Site"], Awaitable[None]] | None = None) -> None:
        """Switch the product on, and come back when `until` does; where it is on already, at once.

        Raises TestbedError.
        """
        async with self._starting:
            if not self._on:
                await self._switch_on()
                if until:
                    await until(self)
                self._on = True

    @abstractmethod
    async def _switch_on(self) -> None:
        """Switch the product on. Raises TestbedError."""

    async def act(self, name: str, **values: Any) -> bool:
        """Have the product do something that only its owner can, such as sending a ping; False where nobody can."""
        return False

    async def alive(self) -> bool:
        """Whether the product still runs, as far as can be seen from outside its protocols."""
        return True

    async def restart(self) -> bool:
        """Start a product that has died again; False where nobody can."""
        return False

    def output(self) -> bytes:
        """What the product has printed, as far as it is kept."""
        return b""

    async def close(self) -> None:
        """Take the site down."""
        return


class Sites:
    """The sites of a testbed: one that all cases share, made at first need, and fresh ones from `make`."""

    def __init__(self, make: Callable[[], Awaitable[Site]]) -> None:
        self.make = make
        self._common: Site | None = None
        self._making = asyncio.Lock()

    async def common(self) -> Site:
        """The site that all cases share. Raises TestbedError."""
        async with self._making:
            if self._common is None:
                self._common = await self.make()
            return self._common

    async def alive(self) -> bool:
        """Whether the product on the common site still runs, where there is one."""
        return self._common is None or await self._common.alive()

    async def restart(self) -> bool:
        """Start the product on the common site again, where there is one."""
        return self._common is None or await self._common.restart()

    def links(self) -> Mapping[str, Segment]:
        """The links of the common site."""
        return self._common.links if self._common else {}

    def output(self) -> bytes:
        """What the product on the common site has printed."""
        return self._common.output() if self._common else b""

    async def close(self) -> None:
        """Take the common site down."""
        if self._common:
            await self._common.close()
