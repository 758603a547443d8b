"""What a router does besides: it forwards, redirects and advertises itself (RFC 8200, 3; RFC 4861, 6.2 and 8.2)."""

import asyncio
from dataclasses import replace
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from ..wire import (
    DestinationUnreachable,
    Frame,
    Ipv6,
    MtuOption,
    PacketTooBig,
    PrefixInformation,
    Redirect,
    RedirectedHeader,
    RouterAdvertisement,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
    TimeExceeded,
)
from ..wire.addresses import ALL_NODES, multicast_mac

if TYPE_CHECKING:
    from .input import Arrival
    from .interface import Interface
    from .node import Node
    from .options import Advertised


class Forwarding:
    """Takes packets that are for others."""

    def __init__(self, node: "Node") -> None:
        self.node = node
        self.rules = node.rules
        self._redirects: dict[IPv6Address, list[float]] = {}

    def forward(self, arrival: "Arrival") -> None:
        """Forward a packet, or say why not."""
        ip = arrival.ip
        if not self.rules.may_be_forwarded_from(arrival):
            return
        if not self.rules.may_forward(ip):
            self._keep(arrival)
            return
        if not self.rules.examines(arrival):
            return
        if ip.hop_limit <= 1 and self.rules.ends_at_hop_limit():
            self.node.icmp.error(arrival, TimeExceeded(code=self.rules.hop_limit_code()))
            return
        if (code := self._refusal(ip)) is not None:
            self.node.icmp.error(arrival, DestinationUnreachable(code=code))
            return
        out = self._way(arrival)
        if out is None:
            if self.rules.reports_no_route():
                self.node.icmp.error(arrival, DestinationUnreachable(code=self.rules.no_route_code()))
            return
        if not self.rules.fits(len(arrival.octets), out.mtu):
            self.node.icmp.error(arrival, PacketTooBig(mtu=self.rules.too_big_mtu(out.mtu)), may_be_multicast=True)
            return
        if out is arrival.interface:
            self._redirect(arrival, out)
        delay_s = self.rules.forwarding_delay_s(arrival)
        if delay_s:
            self.node.later(delay_s, self._send, arrival, out)
        else:
            self._send(arrival, out)

    def _send(self, arrival: "Arrival", out: "Interface") -> None:
        ip = arrival.ip
        header = replace(ip, hop_limit=self.rules.forwarded_hop_limit(ip.hop_limit))
        header = self.rules.forwarded_header(header)
        header = replace(header, flow_label=self.rules.forwarded_label(header, arrival.layers[-1], self.node.options))
        layers = self.rules.forwarded_layers((header, *arrival.layers[1:]))
        packet = Frame(destination=b"", source=b"", layers=layers)
        if ip.destination.is_multicast:
            out.transmit(packet, multicast_mac(ip.destination))
        else:
            out.neighbour(self._hop(ip.destination)).send(packet)

    def _keep(self, arrival: "Arrival") -> None:
        """A packet must not leave its link (RFC 4443, 3.1, code 2)."""
        ip = arrival.ip
        if ip.source.is_link_local and self.rules.may_go(ip.destination) and self.rules.reports_beyond_scope():
            self.node.icmp.error(arrival, DestinationUnreachable(code=self.rules.beyond_scope_code()))

    def _refusal(self, ip: Ipv6) -> int | None:
        """The code for what the administrator lets go nowhere (RFC 4443, 3.1, codes 1, 5 and 6)."""
        options = self.node.options
        if any(ip.source in each for each in options.filtered):
            return self.rules.filtered_code()
        if any(ip.destination in each for each in options.prohibited):
            return self.rules.prohibited_code()
        return self.rules.rejected_code() if any(ip.destination in each for each in options.rejected) else None

    def _way(self, arrival: "Arrival") -> "Interface | None":
        """The interface that a packet leaves by."""
        destination, interfaces = arrival.ip.destination, self.node.interfaces.values()
        if self.rules.goes_to_other_link(destination, multicast=self.node.options.forwards_multicast):
            return next((each for each in interfaces if each is not arrival.interface), None)
        route = self._route(destination)
        if route:
            return self.node.interfaces[route[0]]
        return next((each for each in interfaces if each.on_link(destination)), None)

    def _route(self, destination: IPv6Address) -> tuple[str, IPv6Address] | None:
        """The link and the neighbouring router of a route to a destination."""
        return next((way for prefix, way in self.node.options.routes.items() if destination in prefix), None)

    def _hop(self, destination: IPv6Address) -> IPv6Address:
        """The neighbour that a packet goes to."""
        route = self._route(destination)
        redirected = self.node.neighbours_by_redirect.get(destination)
        return self.rules.forwarded_to(route[1] if route else destination, redirected)

    # Redirect (8.2).

    def _redirect(self, arrival: "Arrival", out: "Interface") -> None:
        ip = arrival.ip
        if not self.rules.redirects(arrival, out) or not self._within_rate(ip.source):
            return
        target = self.rules.redirect_target(ip.destination, self._hop(ip.destination))
        known = out.neighbours.get(target)
        address = TargetLinkLayerAddress(address=known.mac) if known and known.mac else None
        shown = self.rules.redirected_packet(arrival.octets, address=address is not None)
        options = self.rules.redirect_options(address, RedirectedHeader(packet=shown))
        message = Redirect(target=target, destination=ip.destination, options=options)
        source = self.rules.redirect_source(out)
        if source is None:
            return
        header = Ipv6(source=source, destination=ip.source, hop_limit=self.rules.discovery_hop_limit())
        out.neighbour(ip.source).send(Frame(destination=b"", source=b"", layers=(header, message)))

    def _within_rate(self, to: IPv6Address) -> bool:
        now_s = self.node.now_s
        self._redirects[to] = [*(at for at in self._redirects.get(to, ()) if at > now_s - 1), now_s]
        return len(self._redirects[to]) <= self.rules.redirects_per_s()


class Advertiser:
    """The Router Advertisements of one interface (6.2)."""

    def __init__(self, node: "Node", interface: "Interface", said: "Advertised") -> None:
        self.node = node
        self.rules = node.rules
        self.interface = interface
        self.said = said
        self.sent = 0
        self._last_s = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._answer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """The interface has come up."""
        self._next()

    def cease(self) -> None:
        """Advertise no more, and say so (6.2.5)."""
        for timer in (self._timer, self._answer):
            if timer:
                timer.cancel()
        self._timer = self._answer = None
        if self.rules.says_farewell():
            self._send(replace(self.message(), router_lifetime=0, preference=0))

    def _next(self, *, asked: bool = False) -> None:
        """Advertise, and again after an interval (6.2.4)."""
        self._advertise()
        if asked and self._timer and not self.rules.restarts_timer():
            return
        if self._timer:
            self._timer.cancel()
        gap_s = self.rules.advertisement_gap_s(self.said, self.sent, self.node.rng)
        self._timer = self.node.later(gap_s, self._next)

    def _advertise(self) -> None:
        self.sent += 1
        self._last_s = self.node.now_s
        self._send(self.message())

    def _send(self, message: RouterAdvertisement) -> None:
        self.interface.send(
            message, to=ALL_NODES, source=self.rules.advertiser_source(self.interface),
            hop_limit=self.rules.discovery_hop_limit(),
        )  # fmt: skip

    def _solicited(self) -> None:
        self._answer = None
        self._next(asked=True)

    def solicited(self, source: IPv6Address) -> None:
        """Answer a Router Solicitation, after a delay and not too soon after the last (6.2.6)."""
        if not self.rules.answers_router_solicitation():
            return
        delay_s = self.rules.solicited_delay_s(self.node.rng)
        due_s = self.node.now_s + delay_s
        earliest_s = self._last_s + self.rules.least_gap_between_advertisements_s()
        if due_s < earliest_s:
            due_s = earliest_s + delay_s
        if self._answer is None and not (self._timer and self._timer.when() <= due_s):
            self._answer = self.node.later(due_s - self.node.now_s, self._solicited)

    def message(self) -> RouterAdvertisement:
        """What is advertised (6.2.3)."""
        said = self.said
        prefixes = [
            PrefixInformation(
                prefix=prefix.network_address, prefix_length=prefix.prefixlen, on_link=True, autonomous=True,
                valid_lifetime=said.valid_lifetime, preferred_lifetime=said.preferred_lifetime,
            )
            for prefix in said.prefixes
        ]  # fmt: skip
        mtu = [MtuOption(mtu=said.mtu)] if said.mtu else []
        options = (SourceLinkLayerAddress(address=self.interface.mac), *prefixes, *mtu, *said.extra)
        lifetime = said.default_lifetime if self.rules.is_default_router(forwards=self.node.routes) else 0
        message = RouterAdvertisement(cur_hop_limit=64, router_lifetime=lifetime, options=options)
        return self.rules.router_advertisement(message)
