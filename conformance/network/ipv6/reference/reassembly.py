"""Putting fragments together again (RFC 8200, 4.5; RFC 5722, 6946, 7112)."""

import asyncio
from dataclasses import dataclass, field, replace
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from ..wire import Fragment, Frame, ParameterProblem, Raw, TimeExceeded, decode, encode

if TYPE_CHECKING:
    from .input import Arrival
    from .node import Node

Key = tuple[IPv6Address, IPv6Address, int]
ETHERNET = bytes(12) + b"\x86\xdd"


@dataclass
class Partial:
    """The fragments of one packet so far, by their offset in octets."""

    earliest: "Arrival"
    """The fragment that arrived first."""
    parts: dict[int, bytes] = field(default_factory=dict)
    first: "Arrival | None" = None
    at: int = 0
    """Which layer of the first fragment is its Fragment header."""
    total: int | None = None
    spoilt: bool = False
    """Whether fragments overlapped: nothing comes of the packet any more."""
    timer: asyncio.TimerHandle | None = None


class Reassembly:
    """The packets that wait for fragments."""

    def __init__(self, node: "Node") -> None:
        self.node = node
        self.rules = node.rules
        self.waiting: dict[Key, Partial] = {}

    def take(self, arrival: "Arrival", at: int, header: Fragment) -> None:
        """Take a fragment."""
        rest = arrival.layers[at + 1]
        data = rest.data if isinstance(rest, Raw) else encode(arrival.layers)[len(encode(arrival.layers[: at + 1])) :]
        data = self.rules.fragment_data(header, data)
        problem = self.rules.fragment_problem(arrival, at, header, data)
        if problem is not None:
            if isinstance(problem, ParameterProblem):
                self.node.icmp.error(arrival, problem)
            return
        key = self.rules.reassembly_key(arrival.ip, header)
        partial = self.waiting.get(key)
        if partial is None:
            partial = self.waiting[key] = Partial(arrival)
            partial.timer = self.node.later(self.rules.reassembly_s(), self._expired, key)
        elif self.rules.restarts_reassembly_timer() and partial.timer:
            partial.timer.cancel()
            partial.timer = self.node.later(self.rules.reassembly_s(), self._expired, key)
        self._add(key, partial, arrival, at, header, data)

    def _add(self, key: Key, partial: Partial, arrival: "Arrival", at: int, header: Fragment, data: bytes) -> None:
        start = header.fragment_offset * 8
        if partial.spoilt:
            return
        if partial.parts.get(start) == data:
            return  # an exact duplicate
        if self._overlaps(partial, start, len(data)) and self.rules.abandons_overlapping():
            if self.rules.reports_overlap():
                self.node.icmp.error(arrival, ParameterProblem(code=0, pointer=arrival.offset(at) + 2))
            if self.rules.keeps_what_was_there():
                return
            partial.spoilt = True
            partial.parts.clear()
            if not self.rules.remembers_overlap():
                self._drop(key)
            return
        partial.parts[start] = data
        if not header.fragment_offset:
            partial.first, partial.at = arrival, at
        if not header.more:
            partial.total = start + len(data)
        if partial.first and partial.total == self._length(partial):
            self._drop(key)
            self._complete(partial)

    @staticmethod
    def _overlaps(partial: Partial, start: int, size: int) -> bool:
        return any(start < at + len(data) and at < start + size for at, data in partial.parts.items())

    @staticmethod
    def _length(partial: Partial) -> int:
        """How many octets are there from the beginning without a gap."""
        end = 0
        for at in sorted(partial.parts):
            if at > end:
                return -1
            end = max(end, at + len(partial.parts[at]))
        return end

    def _complete(self, partial: Partial) -> None:
        first = partial.first
        assert first
        data = bytearray(partial.total or 0)
        for at in sorted(partial.parts):
            data[at : at + len(partial.parts[at])] = partial.parts[at]
        named = self.rules.names_packet(first, partial.earliest)
        rest = next(layer for layer in reversed(named.layers) if isinstance(layer, Raw))
        packet = encode((*first.layers[: partial.at], replace(rest, data=bytes(data))))
        frame, _ = decode(ETHERNET + packet)
        if frame is None or not self.rules.accepts_reassembled(len(packet)):
            return
        read = frame if isinstance(frame, Frame) else None
        whole = replace(first, layers=frame.layers, raw=packet, whole=read is not None, frame=read, fragmented=True)
        self.node.input.process(whole, partial.at)

    def _expired(self, key: Key) -> None:
        partial = self.waiting.pop(key, None)
        if partial is None or partial.spoilt:
            return
        about = partial.first or self.rules.reports_instead_of_first(partial.earliest)
        if about and self.rules.reports_expired_reassembly():
            self.node.icmp.error(about, TimeExceeded(code=1))

    def _drop(self, key: Key) -> None:
        partial = self.waiting.pop(key, None)
        if partial and partial.timer:
            partial.timer.cancel()
