"""Neighbor Discovery: what the node does with each message (RFC 4861, 6 to 8)."""

from typing import TYPE_CHECKING, Any

from ..wire import (
    Ipv6,
    NdMessage,
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)
from ..wire.addresses import UNSPECIFIED

if TYPE_CHECKING:
    from .input import Arrival
    from .interface import Interface
    from .node import Node


class Discovery:
    """The node's Neighbor Discovery."""

    def __init__(self, node: "Node") -> None:
        self.node = node
        self.rules = node.rules

    def take(self, arrival: "Arrival", message: NdMessage) -> None:
        """Take a message that is valid."""
        if not self.rules.accepts_discovery(arrival, message):
            return
        interface, ip = arrival.interface, arrival.ip
        if isinstance(message, NeighborSolicitation):
            self._solicited(interface, ip, message, arrival.sender)
        elif isinstance(message, NeighborAdvertisement):
            self._advertised(interface, ip, message, arrival.sender)
        elif isinstance(message, RouterSolicitation):
            self._router_solicited(interface, ip, message)
        elif isinstance(message, RouterAdvertisement):
            self._router_advertised(interface, ip, message)
        elif isinstance(message, Redirect):
            self._redirected(interface, ip, message)

    # Solicitations (7.2.3, 7.2.4).

    def _solicited(self, interface: "Interface", ip: Ipv6, message: NeighborSolicitation, sender: bytes) -> None:
        own = interface.addresses.get(message.target)
        if own is not None and not own.assigned:
            heard = own.transmits > 0 or self.rules.hears_before_asking()
            mine = self.rules.is_own_frame(sender, interface.mac)
            if self.node.options.enhanced_dad:
                mine = self.rules.is_own_nonce(own.nonces, message)
            if mine and self.node.options.enhanced_dad:
                own.came_back()
            if heard and not mine and self.rules.is_conflicting_solicitation(ip.source, message):
                own.conflict()
            if not self.rules.answers_for_tentative():
                return
        anycast = interface.is_anycast(message.target)
        if not (own or anycast or self.rules.answers_for(message.target)):
            return
        mac = address_of(self.rules.source_options(message), SourceLinkLayerAddress)
        if ip.source != UNSPECIFIED or self.rules.learns_from_unspecified():
            mac = mac or self.rules.learns_without_option(sender)
            known = ip.source in interface.neighbours
            if mac and (known or self.rules.creates_from_solicitation()):
                interface.neighbour(ip.source).told(mac, type(message))
                self.rules.solicitation_and_router(interface.neighbour(ip.source))
        self._answer(interface, ip, message, anycast=anycast and own is None)

    def _answer(self, interface: "Interface", ip: Ipv6, message: NeighborSolicitation, *, anycast: bool) -> None:
        probe = ip.source == UNSPECIFIED
        answer = self.rules.advertisement(
            message, interface.mac, router=self.node.routes, probe=probe, anycast=anycast,
            multicast=ip.destination.is_multicast,
        )  # fmt: skip
        to = self.rules.advertisement_to(ip.source)
        source = self.rules.advertisement_source(message.target, interface, anycast=anycast)
        if to.is_multicast:
            interface.send(answer, to=to, source=source, hop_limit=self.rules.discovery_hop_limit())
            return
        delay_s = self.node.rng.uniform(0, self.rules.anycast_delay_s()) if anycast else 0.0
        if delay_s:
            self.node.later(delay_s, self._send_answer, interface, answer, to, source)
        else:
            self._send_answer(interface, answer, to, source)

    def _send_answer(self, interface: "Interface", answer: NeighborAdvertisement, to: Any, source: Any) -> None:
        limit = self.rules.discovery_hop_limit()
        self.node.output.send(answer, to=to, source=source, via=interface, hop_limit=limit)

    # Advertisements (7.2.5).

    def _advertised(self, interface: "Interface", ip: Ipv6, message: NeighborAdvertisement, sender: bytes) -> None:
        own = interface.addresses.get(message.target)
        if own is not None:
            heard = own.transmits > 0 or self.rules.hears_before_asking()
            if heard and not own.assigned and self.rules.is_conflicting_advertisement(ip.destination):
                own.conflict()
            return
        mac = address_of(self.rules.target_options(message), TargetLinkLayerAddress)
        neighbour = interface.neighbours.get(message.target)
        if neighbour is not None:
            neighbour.advertised(message, mac, sender)
        elif mac and self.rules.creates_from_advertisement(grand=self.node.options.grand and self.node.routes):
            interface.neighbour(message.target).told(mac, type(message))

    # Routers (6.2.6, 6.3.4).

    def _router_solicited(self, interface: "Interface", ip: Ipv6, message: RouterSolicitation) -> None:
        if not self.node.routes and not self.rules.hosts_take_router_solicitations():
            return
        mac = address_of(self.rules.source_options(message), SourceLinkLayerAddress)
        if mac and ip.source != UNSPECIFIED:
            interface.neighbour(ip.source).told(mac, type(message))
        if advertiser := self.node.advertisers.get(interface.name):
            advertiser.solicited(ip.source)
        else:
            self.rules.unasked_advertisement(interface, ip)

    def _router_advertised(self, interface: "Interface", ip: Ipv6, message: RouterAdvertisement) -> None:
        if self.node.routes:
            return
        mac = address_of(self.rules.source_options(message), SourceLinkLayerAddress)
        known = ip.source in interface.neighbours
        if mac and self.rules.records_router_address():
            interface.neighbour(ip.source).told(mac, type(message))
        if neighbour := interface.neighbours.get(ip.source):
            neighbour.is_router = self.rules.router_from_advertisement(neighbour.is_router, known=known)
        self.node.configuration.advertised(interface, ip.source, message)

    # Redirects (8.3).

    def _redirected(self, interface: "Interface", ip: Ipv6, message: Redirect) -> None:
        if not self.rules.follows_redirects(router=self.node.routes):
            return
        if not self.rules.is_first_hop(ip.source, self.node.output.next_hop(interface, message.destination)):
            return
        self.node.neighbours_by_redirect[message.destination] = self.rules.redirected_to(message)
        mac = address_of(self.rules.target_options(message), TargetLinkLayerAddress)
        if mac and self.rules.learns_from_redirect():
            interface.neighbour(message.target).told(mac, type(message))
        if message.target != message.destination and (neighbour := interface.neighbours.get(message.target)):
            neighbour.is_router = True


def address_of(options: Any, kind: Any) -> bytes | None:
    """The hardware address in the first option of a kind."""
    found = next((each for each in options if isinstance(each, kind)), None)
    return found.address if found else None
