"""An interface of the node: its addresses, groups, neighbours and what routers have said on its link."""

from dataclasses import dataclass, replace
from ipaddress import IPv6Address, IPv6Network
from typing import TYPE_CHECKING

from conformance.engine.stream import Stream

from ..wire import Frame, Ipv6, Layer, NeighborSolicitation, SourceLinkLayerAddress, decode
from ..wire.addresses import (
    ALL_NODES,
    ALL_ROUTERS,
    UNSPECIFIED,
    interface_identifier,
    link_local,
    multicast_mac,
    solicited_node,
)
from .addresses import Own
from .listener import Listener
from .neighbour import Neighbour, State

if TYPE_CHECKING:
    from .node import Node

BROADCAST = b"\xff" * 6
MULTICAST = b"\x33\x33"


@dataclass
class Lives:
    """Something that a router has said, and until when it holds, on the loop's clock."""

    until_s: float
    preference: int = 0


class Interface:
    """One interface, on the link that `stream` is an end of."""

    def __init__(self, node: "Node", name: str, stream: Stream, mac: bytes, mtu: int) -> None:
        self.node = node
        self.rules = node.rules
        self.name = name
        self.stream = stream
        self.mac = mac
        self.link_mtu = self.mtu = mtu
        self.on = True
        self.addresses: dict[IPv6Address, Own] = {}
        self.neighbours: dict[IPv6Address, Neighbour] = {}
        self.routers: dict[IPv6Address, Lives] = {}
        self.prefixes: dict[IPv6Network, Lives] = {}
        self.routes: dict[tuple[IPv6Network, IPv6Address], Lives] = {}
        self.cur_hop_limit = 64
        self.base_reachable_s = 30.0
        self.reachable_s = self.rules.reachable_s(30.0, node.rng)
        self.retrans_s = 1.0
        self.listener = Listener(self)
        self._formed = False

    def enable(self) -> None:
        """Come up: join the groups of every node, and try an address."""
        self.listener.join(ALL_NODES)
        if self.node.routes:
            self.listener.join(ALL_ROUTERS)
        for group in self.rules.own_groups(self.node.options.groups):
            self.listener.join(group)
        for anycast in self.node.options.anycast:
            self.listener.join(solicited_node(anycast))
            if self.rules.asks_for_anycast():
                self.send_probe(anycast)
        if self.rules.begins_by_itself():
            self._form_link_local()
        elif not self.node.routes:
            self.node.later(self.rules.first_delay_s(self.node.rng), self.node.link_ready, self)
        for own in self.node.options.addresses.get(self.name, ()):
            self.prefixes[own.network] = Lives(float("inf"))
            self.add(own.ip, delay_s=self.rules.first_delay_s(self.node.rng))

    def _form_link_local(self) -> None:
        self._formed = True
        address = self.rules.own_link_local(link_local(self.mac))
        self.add(address, from_hardware=True, delay_s=self.rules.first_delay_s(self.node.rng))

    # Addresses.

    @property
    def link_local(self) -> IPv6Address | None:
        """The link-local address, once it is assigned."""
        return next((a for a, own in self.addresses.items() if a.is_link_local and own.assigned), None)

    def add(
        self, address: IPv6Address, *, from_hardware: bool = False, delay_s: float = 0.0, tested: bool = True
    ) -> Own:
        """Try an address."""
        own = self.addresses[address] = Own(self, address, from_hardware=from_hardware)
        own.begin(delay_s, tested=tested)
        return own

    def own_identifier(self) -> int:
        return interface_identifier(self.mac)

    def announce(self) -> None:
        """Say where the node is now, of each of its addresses (RFC 4861, 7.2.6)."""
        for at, address in enumerate([address for address, own in self.addresses.items() if own.assigned]):
            for time in range(self.rules.announcements()):
                delay_s = at * self.rules.announcement_spread_s() + time * self.rules.announcement_gap_s(self.retrans_s)
                self.node.later(delay_s, self._announce, address)

    def _announce(self, address: IPv6Address) -> None:
        message = self.rules.announcement(address, self.mac, router=self.node.routes)
        to = self.rules.announcement_to(address)
        self.send(message, to=to, source=address, hop_limit=self.rules.discovery_hop_limit())

    def readdress(self) -> None:
        """Take another link-local address; the router says that it leaves the old one (RFC 4861, 6.2.8)."""
        old = self.link_local
        advertiser = self.node.advertisers.get(self.name)
        if advertiser:
            advertiser.cease()
        if old:
            del self.addresses[old]
        self.add(link_local(bytes((*self.mac[:5], self.mac[5] ^ 0x80))))

    def assigned(self, own: Own) -> None:
        """An address has been found to be free."""
        if own.address.is_link_local:
            self.listener.ready()
            if not own.returned:
                self.node.link_ready(self)
            if (ends_s := self.rules.link_local_s()) != float("inf"):
                self.node.later(ends_s, self._times_out, own)

    def _times_out(self, own: Own) -> None:
        """The link-local address ends, as it never should; one tries it again."""
        own.forget()
        self.node.later(6.0, self._try_again, own)

    def _try_again(self, own: Own) -> None:
        self.add(own.address, from_hardware=own.from_hardware).returned = True

    def duplicate(self, own: Own) -> None:
        """An address has been found to be another node's."""
        if own.from_hardware and self.rules.stops_when_duplicate():
            self.on = False

    def owns(self, address: IPv6Address) -> bool:
        """Whether packets to this address are for this node, by an address of this interface."""
        own = self.addresses.get(address)
        if own is not None:
            return self.rules.takes_packets_to(own)
        return self.rules.answers_anycast() and self.is_anycast(address)

    def is_anycast(self, address: IPv6Address) -> bool:
        """Whether this is an anycast address of the node; a router has that of each subnet (RFC 4291, 2.6.1)."""
        return address in self.node.options.anycast or (self.node.routes and self._is_subnet_router(address))

    def _is_subnet_router(self, address: IPv6Address) -> bool:
        return any(address == prefix.network_address for prefix in self.prefixes if not prefix.is_link_local)

    # Groups.

    def join(self, group: IPv6Address, delay_s: float = 0.0) -> None:
        self.listener.join(group, delay_s)

    def leave(self, group: IPv6Address) -> None:
        """Listen to a solicited-node group no more, unless another address needs it."""
        if not any(solicited_node(each) == group for each in self.addresses):
            self.listener.leave(group)

    # Neighbours.

    def neighbour(self, address: IPv6Address) -> Neighbour:
        """The entry of a neighbour, made when there is none."""
        if address not in self.neighbours:
            self.neighbours[address] = Neighbour(self, address)
        return self.neighbours[address]

    def on_link(self, address: IPv6Address) -> bool:
        """Whether an address is known to be on the link (RFC 4861, 5.2)."""
        now_s = self.node.now_s
        known = any(
            address in prefix and self.rules.prefix_holds(lives.until_s, now_s)
            for prefix, lives in self.prefixes.items()
        )
        return address.is_link_local or known or self.node.neighbours_by_redirect.get(address) == address

    def solicit(self, neighbour: Neighbour) -> None:
        """Ask where a neighbour is, or whether it is still there (RFC 4861, 7.2.2, 7.3.3)."""
        multicast = neighbour.state is State.INCOMPLETE
        source = self.rules.solicitation_source(neighbour.asks_from, self.addresses, self.link_local)
        message = NeighborSolicitation(
            target=neighbour.address, options=self.rules.solicitation_options(self.mac, source, multicast=multicast)
        )
        to = self.rules.solicited(neighbour.address) if multicast else self.rules.probe_to(neighbour.address)
        self.send(message, to=to, source=source, mac=None if to.is_multicast else neighbour.mac)

    def send_probe(self, address: IPv6Address, nonce: bytes = b"") -> None:
        """Ask whether anybody has an address (RFC 4862, 5.4.2)."""
        message = NeighborSolicitation(target=address, options=self.rules.probe_options(self.mac, nonce))
        to = self.rules.probe_destination(solicited_node(address))
        self.send(message, to=to, source=self.rules.probe_source(address))

    # Frames.

    def send(
        self,
        *layers: Layer,
        to: IPv6Address,
        source: IPv6Address | None = None,
        mac: bytes | None = None,
        hop_limit: int = 255,
    ) -> None:
        """Send a packet of Neighbor Discovery or the like, which needs no address resolution."""
        header = Ipv6(source=source or self.link_local or UNSPECIFIED, destination=to, hop_limit=hop_limit)
        self.transmit(Frame(destination=b"", source=b"", layers=(header, *layers)), mac or multicast_mac(to))

    def transmit(self, packet: Frame, mac: bytes) -> None:
        """Put a packet on the link."""
        if self.on:
            sent = self.rules.sends(packet)
            self.stream.write(bytes(replace(sent, destination=mac, source=self.mac, tags=(), padding=b"")))

    async def run(self) -> None:
        """Take frames until the link ends."""
        while octets := await self.stream.read():
            if not self._formed:
                self._form_link_local()
            if self.on and self.hears(octets[:6]):
                event, _ = decode(octets)
                if event is not None:
                    self.node.input.take(self, event)

    def hears(self, mac: bytes) -> bool:
        """Whether frames for this hardware address are taken."""
        if mac[:2] == MULTICAST and self.rules.hears_all_groups(forwards=self.node.options.forwards_multicast):
            return True
        return mac in (self.mac, BROADCAST) or (bool(mac[0] & 1) and mac in map(multicast_mac, self.listener.groups))


def own_address(mac: bytes) -> SourceLinkLayerAddress:
    """The option that says where a message comes from."""
    return SourceLinkLayerAddress(address=mac)
