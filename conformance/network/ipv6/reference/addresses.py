"""The addresses of an interface: tried for duplicates, then used for as long as they are valid (RFC 4862)."""

import asyncio
from collections.abc import Callable
from enum import Enum
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from ..wire.addresses import solicited_node

if TYPE_CHECKING:
    from .interface import Interface

FOREVER = 0xFFFFFFFF


class Use(Enum):
    """What an address is good for (RFC 4862, 2)."""

    TENTATIVE = "tentative"
    PREFERRED = "preferred"
    DEPRECATED = "deprecated"


class Own:
    """An address of the node."""

    def __init__(self, interface: "Interface", address: IPv6Address, *, from_hardware: bool = False) -> None:
        self.interface = interface
        self.address = address
        self.from_hardware = from_hardware
        self.use = Use.TENTATIVE
        self.returned = False
        """Whether the node has had and lost it before."""
        self.transmits = 0
        self.nonces: set[bytes] = set()
        """Those of its own questions (RFC 7527)."""
        self._more = 0
        """Questions that follow because one has come back."""
        self.valid_until_s = self.preferred_until_s = float("inf")
        self._timers: dict[str, asyncio.TimerHandle] = {}

    @property
    def assigned(self) -> bool:
        return self.use is not Use.TENTATIVE

    # Duplicate Address Detection (5.4).

    def begin(self, delay_s: float, *, tested: bool = True) -> None:
        """Look for duplicates, after a delay."""
        if self.interface.rules.joins_before_asking() and self.interface.rules.joins_group_of(self.address):
            self.interface.join(solicited_node(self.address), delay_s)
        if not (tested and self.interface.rules.looks_for_duplicates(self.address)):
            self._assign()
            return
        self._set("dad", delay_s, self._probe)

    def _probe(self) -> None:
        rules = self.interface.rules
        most = rules.dad_transmits(self.interface.node.options.dup_addr_detect_transmits)
        if self.transmits >= most + self._more:
            self._assign()
            return
        self.transmits += 1
        nonce = rules.nonce(self.interface.node.rng) if self.interface.node.options.enhanced_dad else b""
        self.nonces.add(nonce)
        self.interface.send_probe(self.address, nonce)
        self._set("dad", rules.dad_wait_s(self.interface.retrans_s), self._probe)

    def came_back(self) -> None:
        """A question of its own has come back (RFC 7527, 4.1)."""
        if not self._more:
            self._more = self.interface.rules.more_after_loop()

    def conflict(self) -> None:
        """Another node has or wants the address."""
        self.forget()
        self.interface.duplicate(self)

    def _assign(self) -> None:
        self.use = Use.PREFERRED
        if self.interface.rules.joins_group_of(self.address):
            self.interface.join(solicited_node(self.address))
        self._age()
        self.interface.assigned(self)

    # Lifetimes (5.5.4).

    def lives(self, valid_s: float, preferred_s: float) -> None:
        """Set lifetimes in seconds from now."""
        now_s = self.interface.node.now_s
        self.valid_until_s, self.preferred_until_s = now_s + valid_s, now_s + preferred_s
        self._age()

    @property
    def remaining_s(self) -> float:
        """Seconds for which the address is still valid."""
        return self.valid_until_s - self.interface.node.now_s

    def _age(self) -> None:
        now_s = self.interface.node.now_s
        if self.assigned:
            self.use = Use.PREFERRED if self.preferred_until_s > now_s else Use.DEPRECATED
        if self.preferred_until_s > now_s:
            self._set("preferred", self.preferred_until_s - now_s, self._age)
        self._set("valid", self.valid_until_s - now_s, self._expire)

    def _expire(self) -> None:
        if self.interface.rules.drops_invalid_address():
            self.forget()

    def forget(self) -> None:
        """Have the address no more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self.interface.addresses.pop(self.address, None):
            self.interface.leave(solicited_node(self.address))

    def _set(self, name: str, delay_s: float, then: Callable[[], None]) -> None:
        if old := self._timers.pop(name, None):
            old.cancel()
        if delay_s != float("inf"):
            self._timers[name] = self.interface.node.later(max(0.0, delay_s), then)
