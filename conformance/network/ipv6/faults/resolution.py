"""Faults in address resolution, and in what solicitations say (RFC 4861, 4.3, 7.2.1 to 7.2.3)."""

from dataclasses import replace
from ipaddress import IPv6Address
from typing import Any

from ..reference import Rules
from ..reference.neighbour import State
from ..wire import (
    Frame,
    Ipv6,
    NdMessage,
    NdOption,
    NeighborAdvertisement,
    NeighborSolicitation,
    SourceLinkLayerAddress,
)
from ..wire.addresses import ALL_NODES, UNSPECIFIED
from .registry import FAULTS, both, router

STRANGER = IPv6Address("fe80::dead")


def asks(packet: Frame, *, unicast: bool | None = None) -> bool:
    """Whether a packet is a solicitation for a neighbour, no search for duplicates."""
    if not isinstance(packet.message, NeighborSolicitation) or not packet.ip or packet.ip.source == UNSPECIFIED:
        return False
    return unicast in (None, not packet.ip.destination.is_multicast)


@FAULTS.add("solicitation-from-a-stranger", *both("rfc4861:4.3-1a", "rfc4861:7.2.2-2"))
class _(Rules):
    """Solicitations come from an address that the node does not have."""

    def solicitation_source(self, asks_from: Any, own: Any, near: Any) -> IPv6Address:
        return super().solicitation_source(asks_from, own, near) if asks_from.is_link_local else STRANGER


@FAULTS.add("solicitation-from-link-local", *both("rfc4861:7.2.2-2"))
class _(Rules):
    """Solicitations come from the link-local address, whatever the packet that waits comes from."""

    def solicitation_source(self, asks_from: Any, own: Any, near: Any) -> IPv6Address:
        return near or super().solicitation_source(asks_from, own, near)


@FAULTS.add("solicitation-to-all-nodes", *both("rfc4861:4.3-1b", "rfc4861:7.2.2-1"))
class _(Rules):
    """Asks all nodes for a neighbour instead of its group."""

    def solicited(self, target: IPv6Address) -> IPv6Address:
        return ALL_NODES


@FAULTS.add("solicitation-of-hop-limit-64", *both("rfc4861:4.3-1c"))
class _(Rules):
    """Solicitations leave with hop limit 64."""

    def sends(self, packet: Frame) -> Frame:
        packet = super().sends(packet)
        return packet.changed(Ipv6, hop_limit=64) if asks(packet) else packet


@FAULTS.add("groups-resolved", *both("rfc4861:4.3-2", "rfc4861:7.2-2b", "rfc4861:7.2.4-5a"))
class _(Rules):
    """Asks for the hardware address of the group of all nodes instead of sending to it."""

    def sends(self, packet: Frame) -> Frame:
        packet = super().sends(packet)
        advertised = isinstance(packet.message, NeighborAdvertisement)
        if packet.ip and advertised and packet.ip.destination == ALL_NODES:
            return replace(packet, layers=(packet.ip, NeighborSolicitation(target=ALL_NODES)))
        return packet


@FAULTS.add("probe-for-duplicates-with-address", *both("rfc4861:4.3-3"))
class _(Rules):
    """Solicitations that look for duplicates have a Source Link-Layer Address option."""

    def probe_options(self, mac: bytes, nonce: bytes) -> tuple[NdOption, ...]:
        return (SourceLinkLayerAddress(address=mac),)


@FAULTS.add("question-without-address", *both("rfc4861:4.3-4a", "rfc4861:7.2.2-3"))
class _(Rules):
    """Solicitations to groups have no Source Link-Layer Address option."""

    def solicitation_options(self, mac: bytes, source: IPv6Address, *, multicast: bool) -> tuple[NdOption, ...]:
        return () if multicast else super().solicitation_options(mac, source, multicast=multicast)


@FAULTS.add("probe-without-address", *both("rfc4861:4.3-4b", "rfc4861:7.2.2-4"))
class _(Rules):
    """Unicast solicitations have no Source Link-Layer Address option."""

    def solicitation_options(self, mac: bytes, source: IPv6Address, *, multicast: bool) -> tuple[NdOption, ...]:
        return super().solicitation_options(mac, source, multicast=multicast) if multicast else ()


# What waits.


@FAULTS.add("nothing-waits", *both("rfc4861:7.2.2-5", "rfc4861:7.2.2-6b", "rfc4861:7.2.2-7", "rfc4861:7.2.5-3a"))
class _(Rules):
    """Packets for a neighbour that is not resolved are dropped."""

    def queues(self, queue: list[Frame], packet: Frame) -> None:
        if packet.ip and packet.ip.destination.is_link_local:
            super().queues(queue, packet)


@FAULTS.add("everything-waits", *both("rfc4861:7.2.2-6a"))
class _(Rules):
    """As many packets wait as there are."""

    def queues(self, queue: list[Frame], packet: Frame) -> None:
        queue.append(packet)


@FAULTS.add("oldest-kept", *both("rfc4861:7.2.2-6b"))
class _(Rules):
    """When the queue is full, new packets are dropped."""

    def queues(self, queue: list[Frame], packet: Frame) -> None:
        queue.append(packet)
        del queue[3:]


# When it is asked.


def _gap(factor: float, only: State) -> type:
    class Gap(Rules):
        state = State.INCOMPLETE

        def most_solicitations(self, state: State) -> int:
            self.state = state
            return super().most_solicitations(state)

        def solicitation_gap_s(self, retrans_s: float) -> float:
            return super().solicitation_gap_s(retrans_s) * (factor if self.state is only else 1)

    return Gap


@FAULTS.add("question-repeated-late", *both("rfc4861:7.2.2-8"))
class _(_gap(3.5, State.INCOMPLETE)):  # type: ignore[misc]
    """A question to the group is repeated after 3.5 s only."""


@FAULTS.add("questions-too-close", *both("rfc4861:7.2.2-9", "rfc4861:7.3.3-6"), *router("rfc4861:6.2.1-9"))
class _(_gap(0.5, State.INCOMPLETE)):  # type: ignore[misc]
    """Questions to the group are half a second apart."""


@FAULTS.add("probes-too-close", *both("rfc4861:7.3.3-6"))
class _(_gap(0.5, State.PROBE)):  # type: ignore[misc]
    """Probes are half a second apart."""


@FAULTS.add("fourth-question", *both("rfc4861:7.2.2-10"))
class _(Rules):
    """Asks the group four times."""

    def most_solicitations(self, state: State) -> int:
        return 4 if state is State.INCOMPLETE else super().most_solicitations(state)


# What is learnt from solicitations (7.2.3).


@FAULTS.add("asker-not-recorded", *both("rfc4861:7.2.3-2a", "rfc4861:4.1-5", "rfc4861:9-2"))
class _(Rules):
    """An unknown node that asks is not recorded."""

    def creates_from_solicitation(self) -> bool:
        return False


@FAULTS.add("asker-reachable", *both("rfc4861:7.2.3-2b", "rfc4861:7.3.3-7a"))
class _(Rules):
    """An entry that a solicitation creates is REACHABLE."""

    def state_when_told(self, by: type[NdMessage], *, new: bool) -> State:
        return State.REACHABLE if new and by is NeighborSolicitation else State.STALE


@FAULTS.add("moved-asker-reachable", *both("rfc4861:7.2.3-2d", "rfc4861:7.3.3-7b"))
class _(Rules):
    """An entry that a solicitation changes is REACHABLE."""

    def state_when_told(self, by: type[NdMessage], *, new: bool) -> State:
        return State.STALE if new or by is not NeighborSolicitation else State.REACHABLE


@FAULTS.add("moved-asker-not-recorded", *both("rfc4861:7.2.3-2c"))
class _(Rules):
    """Another address in a solicitation is not taken."""

    def takes_told_address(self, by: type[NdMessage]) -> bool:
        return by is not NeighborSolicitation


@FAULTS.add("asker-confirmed-stale", *both("rfc4861:7.2.3-3"))
class _(Rules):
    """A solicitation with the address that is known makes the entry STALE."""

    def state_when_told_the_same(self, state: State, by: type[NdMessage]) -> State:
        return State.STALE if by is NeighborSolicitation else state


@FAULTS.add("address-from-the-frame", *both("rfc4861:7.2-1", "rfc4861:7.2.4-7", "rfc4861:4.6.1-1"))
class _(Rules):
    """Where a solicitation has no address, that of its frame is taken."""

    def learns_without_option(self, sender: bytes) -> bytes | None:
        return sender


@FAULTS.add("answers-for-others", *both("rfc4861:7.2.3-1"))
class _(Rules):
    """Answers for all addresses of the solicited-node group of its first one."""

    def answers_for(self, target: IPv6Address) -> bool:
        return int(target) & 0xFFFFFF == 1


@FAULTS.add("unreachable-unsaid", *router("rfc4861:7.2.2-11"))
class _(Rules):
    """Senders of packets that waited in vain are told nothing."""

    def reports_unreachable_address(self) -> bool:
        return False
