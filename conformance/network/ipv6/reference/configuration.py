"""A host and its routers: soliciting them, and what their advertisements set (RFC 4861, 6.3; RFC 4862, 5.5)."""

import asyncio
from ipaddress import IPv6Address, IPv6Network
from typing import TYPE_CHECKING

from ..wire import MtuOption, PrefixInformation, RouteInformation, RouterAdvertisement, RouterSolicitation
from ..wire.addresses import ALL_ROUTERS, UNSPECIFIED
from .interface import Interface, Lives

if TYPE_CHECKING:
    from .node import Node


class Configuration:
    """What a host learns from its routers."""

    def __init__(self, node: "Node") -> None:
        self.node = node
        self.rules = node.rules
        self._solicitations: dict[str, int] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._answered: set[str] = set()
        self._gap_s = 0.0

    # Solicitations (6.3.7; RFC 7559).

    def solicit(self, interface: Interface) -> None:
        """Ask for routers, until one answers."""
        sent = self._solicitations.get(interface.name, 0)
        if interface.name in self._answered and self.rules.stops_soliciting(sent):
            return
        if sent >= self.rules.most_router_solicitations(for_ever=self.node.options.solicits_for_ever):
            return
        self._solicitations[interface.name] = sent + 1
        source = interface.link_local or UNSPECIFIED
        message = RouterSolicitation(options=self.rules.router_solicitation_options(interface.mac, source))
        to, limit = self.rules.router_solicitation_to(ALL_ROUTERS), self.rules.discovery_hop_limit()
        interface.send(message, to=to, source=source, hop_limit=limit)
        if self.node.options.solicits_for_ever:
            gap_s = self._gap_s = self.rules.backed_off_s(self._gap_s, self.node.rng)
        else:
            gap_s = self.rules.router_solicitation_gap_s(sent)
        self._timers[interface.name] = self.node.later(gap_s, self.solicit, interface)

    # Advertisements (6.3.4).

    def advertised(self, interface: Interface, router: IPv6Address, message: RouterAdvertisement) -> None:
        """Take a Router Advertisement."""
        self.rules.begins_advertisement(interface, router, message)
        self._router(interface, router, message)
        if self.rules.counts_as_answer(message):
            self._answered.add(interface.name)
        self._parameters(interface, message)
        for option in self.rules.options_of(message):
            if isinstance(option, PrefixInformation):
                self._prefix(interface, option)
            elif isinstance(option, MtuOption):
                if self.rules.accepts_mtu(option.mtu, interface.link_mtu):
                    interface.mtu = option.mtu
            elif isinstance(option, RouteInformation) and self._takes_routes() and self.rules.accepts_route(option):
                self._route(interface, router, option)

    def _router(self, interface: Interface, router: IPv6Address, message: RouterAdvertisement) -> None:
        lifetime_s = self.rules.router_lifetime_s(message)
        if lifetime_s:
            preference = self.rules.router_preference(message)
            if router in interface.routers or self.rules.keeps_another_router(interface.routers):
                before = interface.routers.get(router)
                until_s = self.rules.until_s(before.until_s if before else None, self.node.now_s + lifetime_s)
                interface.routers[router] = Lives(until_s, preference)
        elif router in interface.routers and self.rules.drops_router_of_lifetime_0(interface.routers):
            interface.routers.pop(router, None)

    def _parameters(self, interface: Interface, message: RouterAdvertisement) -> None:
        interface.cur_hop_limit = self.rules.hop_limit_after(interface.cur_hop_limit, message.cur_hop_limit)
        interface.retrans_s = self.rules.retrans_after_s(interface.retrans_s, message.retrans_timer / 1000)
        base_s = self.rules.reachable_after_s(interface.base_reachable_s, message.reachable_time / 1000)
        if base_s != interface.base_reachable_s:
            interface.base_reachable_s = base_s
            interface.reachable_s = self.rules.reachable_s(base_s, self.node.rng)

    def _prefix(self, interface: Interface, option: PrefixInformation) -> None:
        if not self.rules.accepts_prefix(option):
            return
        network = IPv6Network((self.rules.prefix_bits(option), option.prefix_length), strict=False)
        if option.on_link:
            self._on_link(interface, network, option)
        else:
            self.rules.not_on_link(interface, network)
        if option.autonomous or not self.rules.needs_autonomous_flag():
            self._address(interface, network, option)

    def _on_link(self, interface: Interface, network: IPv6Network, option: PrefixInformation) -> None:
        before = interface.prefixes.get(network)
        if option.valid_lifetime:
            remaining_s = before.until_s - self.node.now_s if before else None
            on_link_s = self.rules.on_link_s(option.valid_lifetime, remaining_s)
            interface.prefixes[network] = Lives(self.node.now_s + on_link_s)
        elif not before and self.rules.adds_prefix_of_lifetime_0():
            interface.prefixes[network] = Lives(float("inf"))
        elif self.rules.ends_on_link_at_0():
            interface.prefixes.pop(network, None)

    def _route(self, interface: Interface, router: IPv6Address, option: RouteInformation) -> None:
        network = IPv6Network((option.prefix, option.prefix_length), strict=False)
        if option.route_lifetime:
            interface.routes[network, router] = Lives(self.node.now_s + option.route_lifetime, option.preference)
        elif self.rules.ends_route_at_0():
            interface.routes.pop((network, router), None)

    def _takes_routes(self) -> bool:
        """Whether it is a host of type C (RFC 4191, 3.1)."""
        return self.node.options.routes_from_routers

    # Addresses (RFC 4862, 5.5.3).

    def _address(self, interface: Interface, network: IPv6Network, option: PrefixInformation) -> None:
        if not self.rules.forms_address(option):
            return
        address = IPv6Address(int(network.network_address) | interface.own_identifier())
        valid_s, preferred_s = seconds(option.valid_lifetime), seconds(option.preferred_lifetime)
        own = interface.addresses.get(address)
        if own is None:
            if option.valid_lifetime or self.rules.forms_address_of_lifetime_0():
                own = interface.add(address, delay_s=self.rules.address_delay_s(self.node.rng))
                own.lives(self.rules.first_lifetime_s(valid_s), preferred_s)
            return
        own.lives(self.rules.valid_after_s(own.remaining_s, valid_s), self.rules.preferred_after_s(preferred_s))


def seconds(lifetime: int) -> float:
    """A lifetime, of which all ones is for ever."""
    return float("inf") if lifetime == 0xFFFFFFFF else float(lifetime)
