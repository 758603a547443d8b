"""A neighbour of the node: its cache entry and the states of Neighbor Unreachability Detection (RFC 4861, 7.3)."""

import asyncio
from enum import Enum
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from ..wire import Frame, NdMessage, NeighborAdvertisement
from ..wire.addresses import UNSPECIFIED

if TYPE_CHECKING:
    from .interface import Interface


class State(Enum):
    """States of an entry (7.3.2)."""

    INCOMPLETE = "INCOMPLETE"
    REACHABLE = "REACHABLE"
    STALE = "STALE"
    DELAY = "DELAY"
    PROBE = "PROBE"


class Neighbour:
    """One entry of the neighbour cache. What its state calls for happens by `interface.rules`."""

    def __init__(self, interface: "Interface", address: IPv6Address) -> None:
        self.interface = interface
        self.rules = interface.rules
        self.address = address
        self.state = State.INCOMPLETE
        self.mac: bytes | None = None
        self.is_router = False
        self.unreachable = False
        """Whether it has not answered when it was asked last."""
        self.queue: list[Frame] = []
        self.solicitations = 0
        """Sent without an answer in this state."""
        self.used = 0
        """Packets sent in this state."""
        self.asks_from = UNSPECIFIED
        self._timer: asyncio.TimerHandle | None = None

    # Packets.

    def send(self, packet: Frame) -> None:
        """Send a packet to this neighbour, now or once it is known where it is."""
        if self.state is State.INCOMPLETE:
            self.rules.queues(self.queue, packet)
            if not self.solicitations:
                self.asks_from = packet.ip.source if packet.ip else UNSPECIFIED
                self._solicit()
            return
        if self.state is State.STALE:
            self.enter(self.rules.state_after_use())
        self.used += 1
        assert self.mac
        self.interface.transmit(packet, self.mac)

    # States.

    def enter(self, state: State) -> None:
        """Change the state, and set the timer that goes with it."""
        self.state = state
        self.unreachable = False
        self.solicitations = self.used = 0
        self._stop()
        node = self.interface.node
        if state is State.REACHABLE:
            self._timer = node.later(self.rules.reachable_s(self.interface.reachable_s), self.enter, State.STALE)
        elif state is State.DELAY:
            self._timer = node.later(self.rules.delay_first_probe_s(), self._probe)
        elif state is State.PROBE:
            self._solicit()

    def found(self, mac: bytes, state: State) -> None:
        """The hardware address is known: send what waits."""
        self.mac = mac
        self.enter(state)
        waiting, self.queue = self.queue, []
        for packet in self.rules.sends_from_queue(waiting):
            self.send(packet)

    def forget(self) -> None:
        self._stop()
        self.interface.neighbours.pop(self.address, None)

    def _stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _probe(self) -> None:
        if self.rules.probes(self.used):
            self.enter(self.rules.state_after_delay())

    # Solicitations.

    def _solicit(self) -> None:
        """Ask, and again for as long as nobody answers."""
        most = self.rules.most_solicitations(self.state)
        if self.solicitations >= most:
            self._failed()
            return
        self.solicitations += 1
        self.interface.solicit(self)
        self._timer = self.interface.node.later(self.rules.solicitation_gap_s(self.interface.retrans_s), self._solicit)

    def ask_once(self) -> None:
        """Ask where it is by a single solicitation, with nothing to send (RFC 4191, 3.5)."""
        if self.state is State.INCOMPLETE and not self.solicitations:
            self.solicitations = self.rules.most_solicitations(self.state) - 1
            self._solicit()

    def _failed(self) -> None:
        waiting, self.queue = self.queue, []
        self._stop()
        self.solicitations = 0
        self.unreachable = True
        if self.rules.forgets_unreachable():
            self.forget()
            self.interface.node.lost(self)
        for packet in waiting:
            self.interface.node.unreachable(self.interface, packet)

    # What it hears.

    def advertised(self, advertisement: NeighborAdvertisement, mac: bytes | None, sender: bytes) -> None:
        """Take a Neighbor Advertisement for this address (7.2.5); `sender` is where its frame comes from."""
        if self.state is State.INCOMPLETE:
            if mac is None and self.rules.needs_target_address():
                return
            if not self.rules.resolves(override=advertisement.override):
                return
            self.is_router = self.rules.is_router_from(advertisement)
            self.found(
                self.rules.resolved_to(mac or bytes(6), sender),
                self.rules.state_when_resolved(advertisement.solicited),
            )
            return
        changed = mac is not None and mac != self.mac
        if changed and not advertisement.override:
            after = self.rules.state_when_contradicted(self.state)
            if self.rules.takes_contradiction(self.state):
                self.mac = mac
            if after is not self.state:
                self.enter(after)
            return
        if changed and self.rules.takes_overriding_address(self.state):
            self.mac = mac
        after = self.rules.state_when_advertised(self.state, solicited=advertisement.solicited, changed=changed)
        if after is not self.state or (after is State.REACHABLE and advertisement.solicited):
            self.enter(after)
        was_router, self.is_router = self.is_router, self.rules.is_router_from(advertisement)
        if was_router and not self.is_router and self.rules.drops_router_turned_host():
            self.interface.node.no_router_any_more(self)

    def told(self, mac: bytes, by: type[NdMessage]) -> None:
        """A solicitation, an advertisement of a router or a redirect says where the neighbour is."""
        if self.state is State.INCOMPLETE:
            self.found(mac, self.rules.state_when_told(by, new=True))
        elif mac != self.mac and self.rules.takes_told_address(by):
            self.mac = mac
            self.enter(self.rules.state_when_told(by, new=False))
        elif mac == self.mac:
            self._same(by)

    def _same(self, by: type[NdMessage]) -> None:
        after = self.rules.state_when_told_the_same(self.state, by)
        if after is not self.state:
            self.enter(after)
