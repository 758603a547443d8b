"""Rules about neighbours: resolution, unreachability, and the table of RFC 4861, 7.2.5 (and 7.3)."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv6Address
from random import Random
from typing import Any

from ...wire import Frame, NdMessage, NdOption, NeighborAdvertisement, SourceLinkLayerAddress
from ...wire.addresses import UNSPECIFIED, solicited_node
from ..neighbour import State


class NeighbourRules:
    """What is decided about entries of the neighbour cache."""

    # Resolution (7.2.2).

    def queues(self, queue: list[Frame], packet: Frame) -> None:
        """A few packets wait; a new one takes the place of the oldest."""
        queue.append(packet)
        del queue[:-3]

    def sends_from_queue(self, waiting: Sequence[Frame]) -> Sequence[Frame]:
        return waiting

    def solicited(self, target: IPv6Address) -> IPv6Address:
        return solicited_node(target)

    def solicitation_source(
        self, asks_from: IPv6Address, own: Iterable[IPv6Address], near: IPv6Address | None
    ) -> IPv6Address:
        """The source of the packet that waits, where it is an address of the interface."""
        return asks_from if asks_from in own else near or UNSPECIFIED

    def solicitation_options(self, mac: bytes, source: IPv6Address, *, multicast: bool) -> tuple[NdOption, ...]:
        """Where the node is; never from the unspecified address."""
        return () if source == UNSPECIFIED else (SourceLinkLayerAddress(address=mac),)

    def most_solicitations(self, state: State) -> int:
        return 3

    def solicitation_gap_s(self, retrans_s: float) -> float:
        return retrans_s

    def forgets_unreachable(self) -> bool:
        """An entry whose neighbour does not answer is deleted."""
        return True

    # Unreachability (7.3).

    def reachable_s(self, base_s: float, rng: Random | None = None) -> float:
        """How long a neighbour counts as reachable: half to one and a half of the base (6.3.2)."""
        return base_s * rng.uniform(0.5, 1.5) if rng else base_s

    def state_after_use(self) -> State:
        """A packet sent in STALE."""
        return State.DELAY

    def delay_first_probe_s(self) -> float:
        return 5.0

    def probes(self, used: int) -> bool:
        """When DELAY ends a probe is due, however often the entry was used."""
        return True

    def probe_to(self, address: IPv6Address) -> IPv6Address:
        """Probes go to the neighbour alone."""
        return address

    def state_after_delay(self) -> State:
        return State.PROBE

    # Advertisements (7.2.5).

    def needs_target_address(self) -> bool:
        """Without a hardware address an entry stays INCOMPLETE."""
        return True

    def is_router_from(self, advertisement: NeighborAdvertisement) -> bool:
        return advertisement.router

    def resolves(self, *, override: bool) -> bool:
        """The O flag makes no difference to an INCOMPLETE entry."""
        return True

    def resolved_to(self, mac: bytes, sender: bytes) -> bytes:
        """What is recorded for an INCOMPLETE entry: the address of the option, not that of the frame."""
        return mac

    def state_when_resolved(self, solicited: bool) -> State:
        return State.REACHABLE if solicited else State.STALE

    def state_when_contradicted(self, state: State) -> State:
        """Override 0 and another address: what was reachable is STALE, all else as it was."""
        return State.STALE if state is State.REACHABLE else state

    def takes_contradiction(self, state: State) -> bool:
        """Without Override another address is not taken."""
        return False

    def takes_overriding_address(self, state: State) -> bool:
        return True

    def state_when_advertised(self, state: State, *, solicited: bool, changed: bool) -> State:
        """Solicited makes it REACHABLE; otherwise a new address makes it STALE."""
        return State.REACHABLE if solicited else State.STALE if changed else state

    def drops_router_turned_host(self) -> bool:
        return True

    def creates_from_advertisement(self, *, grand: bool) -> bool:
        """Without an entry an advertisement is ignored; a router that goes by RFC 9131 makes one."""
        return grand

    # Other messages.

    def state_when_told(self, by: type[NdMessage], *, new: bool) -> State:
        """What another message says of a neighbour makes its entry, new or changed, STALE."""
        return State.STALE

    def state_when_told_the_same(self, state: State, by: type[NdMessage]) -> State:
        return state

    def takes_told_address(self, by: type[NdMessage]) -> bool:
        return True

    def creates_from_solicitation(self) -> bool:
        """An unknown node that asks says where it is."""
        return True

    def learns_from_unspecified(self) -> bool:
        """A solicitation from nobody says nothing about a neighbour."""
        return False

    def learns_without_option(self, sender: bytes) -> bytes | None:
        """Without the option nothing is learnt (7.2)."""
        return None

    def solicitation_and_router(self, neighbour: Any) -> None:
        """A solicitation leaves the flag as it is that says whether a neighbour is a router."""
        return
