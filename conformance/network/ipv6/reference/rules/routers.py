"""Rules of a router: forwarding, redirects and advertisements (RFC 8200, 3; RFC 4443, 3; RFC 4861, 6.2 and 8.2)."""

from ipaddress import IPv6Address
from random import Random
from typing import Any

from ...wire import Ipv6, Layer, NdOption, RedirectedHeader, RouterAdvertisement, TargetLinkLayerAddress
from ...wire.addresses import UNSPECIFIED, scope
from .services import flow_label

LINK_SCOPE = 2
LARGEST_REDIRECT = 1280
BEFORE_PACKET = 40 + 40 + 8
"""The octets of a Redirect before the packet that it shows; a Target Link-Layer Address has 8 more."""


class RouterRules:
    """What is decided about packets that are for others, and about what a router says of itself."""

    # Forwarding.

    def may_forward(self, ip: Ipv6) -> bool:
        """What has a link-local or no source, or stays on its link by its destination, is not forwarded."""
        return self.may_leave(ip.source) and (self.may_go(ip.destination) or self.may_go_to_group(ip.destination))

    def may_go_to_group(self, destination: IPv6Address) -> bool:
        """What goes to a group of more than the link may leave it, where multicast is forwarded (RFC 4291, 2.7)."""
        return destination.is_multicast and scope(destination) > LINK_SCOPE

    def goes_to_other_link(self, destination: IPv6Address, *, multicast: bool) -> bool:
        """A router between two links forwards what is for groups to the other one; scope F is like scope E."""
        return multicast and destination.is_multicast

    def hears_all_groups(self, *, forwards: bool) -> bool:
        """Who forwards multicast takes frames for all groups."""
        return forwards

    def reports_beyond_scope(self) -> bool:
        return True

    def beyond_scope_code(self) -> int:
        return 2

    def prohibited_code(self) -> int:
        return 1

    def filtered_code(self) -> int:
        return 5

    def rejected_code(self) -> int:
        return 6

    def may_leave(self, source: IPv6Address) -> bool:
        return not source.is_link_local and source != UNSPECIFIED

    def may_go(self, destination: IPv6Address) -> bool:
        return not destination.is_link_local and not destination.is_multicast and destination != UNSPECIFIED

    def may_be_forwarded_from(self, arrival: Any) -> bool:
        """Only what was sent to the router's own hardware address is forwarded, or to a group."""
        return bool(arrival.mac == arrival.interface.mac or arrival.ip.destination.is_multicast)

    def examines(self, arrival: Any) -> bool:
        """No header behind the first is looked at on the way; whether the packet goes on."""
        return True

    def ends_at_hop_limit(self) -> bool:
        return True

    def hop_limit_code(self) -> int:
        return 0

    def forwarded_hop_limit(self, hop_limit: int) -> int:
        return max(0, hop_limit - 1)

    def forwarded_header(self, header: Ipv6) -> Ipv6:
        """All else in the header stays as it is."""
        return header

    def forwarded_label(self, header: Ipv6, message: Layer, options: Any) -> int:
        """A label stays, unless the router sets or changes labels: then each flow has its own (RFC 6437, 3)."""
        if options.labels == "rewritten" or (options.labels == "given" and not header.flow_label):
            return self.label_of_flow(header, message)
        return header.flow_label

    def label_of_flow(self, header: Ipv6, message: Layer) -> int:
        ports = getattr(message, "source_port", 0), getattr(message, "destination_port", 0)
        return flow_label(header.source, header.destination, *ports)

    def forwarding_delay_s(self, arrival: Any) -> float:
        """Packets leave in the order in which they came."""
        return 0.0

    def forwarded_to(self, destination: IPv6Address, redirected: IPv6Address | None) -> IPv6Address:
        """A Redirect changes no route of a router."""
        return destination

    def forwarded_layers(self, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        return layers

    def fits(self, size: int, mtu: int) -> bool:
        return size <= mtu

    def too_big_mtu(self, mtu: int) -> int:
        return mtu

    def reports_no_route(self) -> bool:
        return True

    def no_route_code(self) -> int:
        return 0

    # Redirects (8.2).

    def redirects(self, arrival: Any, out: Any) -> bool:
        """A neighbour's packet goes back to the link that it came from."""
        return bool(out.on_link(arrival.ip.source)) and not arrival.ip.destination.is_multicast

    def redirect_target(self, destination: IPv6Address, hop: IPv6Address) -> IPv6Address:
        """The better first hop: a router, or the destination itself."""
        return hop

    def redirect_source(self, out: Any) -> IPv6Address | None:
        return out.link_local  # type: ignore[no-any-return]

    def redirect_options(
        self, address: TargetLinkLayerAddress | None, header: RedirectedHeader
    ) -> tuple[NdOption, ...]:
        return (address, header) if address else (header,)

    def redirected_packet(self, packet: bytes, *, address: bool) -> bytes:
        """As much as keeps the Redirect within 1,280 octets, in units of 8."""
        return packet[: (LARGEST_REDIRECT - BEFORE_PACKET - 8 * address) // 8 * 8]

    def redirects_per_s(self) -> float:
        return 10

    # Advertisements (6.2).

    def answers_router_solicitation(self) -> bool:
        return True

    def solicited_delay_s(self, rng: Random) -> float:
        return rng.uniform(0, 0.5)

    def least_gap_between_advertisements_s(self) -> float:
        return 3.0

    def advertisement_gap_s(self, said: Any, sent: int, rng: Random) -> float:
        """Between the least and the most; the first three at most 16 s apart."""
        gap_s = rng.uniform(said.least_interval_s, said.most_interval_s)
        return min(16.0, gap_s) if sent < 3 else gap_s

    def says_farewell(self) -> bool:
        """Who ceases to advertise says Router Lifetime 0 (6.2.5)."""
        return True

    def is_default_router(self, *, forwards: bool) -> bool:
        """Who forwards nothing advertises Router Lifetime 0."""
        return forwards

    def becomes_host(self) -> bool:
        return True

    def leaves_all_routers(self) -> bool:
        """A router that becomes a host leaves ff02::2."""
        return True

    def restarts_timer(self) -> bool:
        """Each advertisement to all nodes starts the timer anew, those that were asked for too."""
        return True

    def advertiser_source(self, interface: Any) -> IPv6Address:
        return interface.link_local or UNSPECIFIED

    def router_advertisement(self, message: RouterAdvertisement) -> RouterAdvertisement:
        return message
