"""Rules about the messages of Neighbor Discovery: validity and answers (RFC 4861, 6.1, 7.1, 7.2.4, 8.1)."""

from collections.abc import Sequence
from ipaddress import IPv6Address
from typing import Any

from ...wire import (
    Fragment,
    NdMessage,
    NdOption,
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)
from ...wire.addresses import ALL_NODES, SOLICITED_NODE, UNSPECIFIED

HOP_LIMIT = 255


class DiscoveryRules:
    """What is decided about messages."""

    # Validation. Options of length 0 and messages that are too short are malformed, and never get here.

    def accepts_discovery(self, arrival: Any, message: NdMessage) -> bool:
        """Whether a message is valid."""
        if not self.accepts_hop_limit(arrival.ip.hop_limit) or not self.accepts_code(message):
            return False
        if self.was_fragmented(arrival) and not self.takes_fragmented_discovery():
            return False
        if isinstance(message, NeighborSolicitation):
            return self.valid_solicitation(arrival.ip, message)
        if isinstance(message, NeighborAdvertisement):
            return self.valid_advertisement(arrival.ip, message)
        if isinstance(message, RouterSolicitation):
            return self.valid_router_solicitation(arrival.ip, message)
        if isinstance(message, RouterAdvertisement):
            return self.comes_from_link_local(arrival.ip)
        return not isinstance(message, Redirect) or self.valid_redirect(arrival.ip, message)

    def accepts_hop_limit(self, hop_limit: int) -> bool:
        return hop_limit == HOP_LIMIT

    def accepts_code(self, message: NdMessage) -> bool:
        return message.code == 0

    def was_fragmented(self, arrival: Any) -> bool:
        return any(isinstance(layer, Fragment) for layer in arrival.layers) or arrival.fragmented

    def takes_fragmented_discovery(self) -> bool:
        """Neighbor Discovery in fragments is ignored (RFC 6980)."""
        return False

    def valid_solicitation(self, ip: Any, message: NeighborSolicitation) -> bool:
        if message.target.is_multicast and not self.takes_multicast_target():
            return False
        if ip.source != UNSPECIFIED:
            return True
        return self.valid_probe_destination(ip) and self.valid_probe_options(message)

    def takes_multicast_target(self) -> bool:
        return False

    def valid_probe_destination(self, ip: Any) -> bool:
        """From nobody it goes to a solicited-node group."""
        return int(ip.destination) >> 24 == SOLICITED_NODE >> 24

    def valid_probe_options(self, message: NdMessage) -> bool:
        """From nobody it has no Source Link-Layer Address."""
        return not any(isinstance(each, SourceLinkLayerAddress) for each in getattr(message, "options", ()))

    def valid_advertisement(self, ip: Any, message: NeighborAdvertisement) -> bool:
        if message.target.is_multicast and not self.takes_multicast_target():
            return False
        return not (ip.destination.is_multicast and message.solicited) or self.takes_solicited_to_many()

    def takes_solicited_to_many(self) -> bool:
        return False

    def valid_router_solicitation(self, ip: Any, message: RouterSolicitation) -> bool:
        return ip.source != UNSPECIFIED or self.valid_probe_options(message)

    def comes_from_link_local(self, ip: Any) -> bool:
        return bool(ip.source.is_link_local)

    def valid_redirect(self, ip: Any, message: Redirect) -> bool:
        if not self.comes_from_link_local(ip) or (message.destination.is_multicast and not self.redirects_groups()):
            return False
        near = message.target.is_link_local or message.target == message.destination
        return near or self.takes_far_target()

    def redirects_groups(self) -> bool:
        return False

    def takes_far_target(self) -> bool:
        """The target is a router's link-local address, or the destination itself."""
        return False

    # Options that belong to a message; all others in it are ignored (4.6).

    def source_options(self, message: Any) -> Sequence[NdOption]:
        """Where the hardware address of the sender is looked for."""
        return [each for each in message.options if isinstance(each, SourceLinkLayerAddress)]

    def target_options(self, message: Any) -> Sequence[NdOption]:
        return [each for each in message.options if isinstance(each, TargetLinkLayerAddress)]

    # Answers (7.2.4).

    def answers_for(self, target: IPv6Address) -> bool:
        """Nobody else's address is answered for."""
        return False

    def answers_anycast(self) -> bool:
        """A router has the Subnet-Router anycast addresses of its links (RFC 4291, 2.6.1)."""
        return True

    def advertisement(
        self, question: NeighborSolicitation, mac: bytes, *, router: bool, probe: bool, anycast: bool, multicast: bool
    ) -> NeighborAdvertisement:
        """The answer to a solicitation."""
        return NeighborAdvertisement(
            router=self.says_router(router),
            solicited=self.says_solicited(probe=probe),
            override=self.says_override(anycast=anycast),
            target=self.advertised_target(question.target),
            options=self.advertised_options(mac, multicast=multicast),
        )

    def says_router(self, router: bool) -> bool:
        return router

    def says_solicited(self, *, probe: bool) -> bool:
        return not probe

    def says_override(self, *, anycast: bool) -> bool:
        return not anycast

    def advertised_target(self, target: IPv6Address) -> IPv6Address:
        return target

    def advertised_options(self, mac: bytes, *, multicast: bool) -> tuple[NdOption, ...]:
        return (TargetLinkLayerAddress(address=mac),)

    def advertisement_to(self, source: IPv6Address) -> IPv6Address:
        """To the one who asked; to all nodes where nobody did."""
        return ALL_NODES if source == UNSPECIFIED else source

    def advertisement_source(self, target: IPv6Address, interface: Any, *, anycast: bool) -> IPv6Address | None:
        return interface.link_local if anycast else target

    # Unasked (7.2.6).

    def announcements(self) -> int:
        """How often a new hardware address is told."""
        return 3

    def announcement_gap_s(self, retrans_s: float) -> float:
        return retrans_s

    def announcement_spread_s(self) -> float:
        """Between the announcements of several addresses."""
        return 0.05

    def announcement(self, address: IPv6Address, mac: bytes, *, router: bool) -> NeighborAdvertisement:
        """Nobody has asked, and what was known is over."""
        options = (TargetLinkLayerAddress(address=mac),)
        return NeighborAdvertisement(router=router, override=True, target=address, options=options)

    def announcement_to(self, address: IPv6Address) -> IPv6Address:
        return ALL_NODES

    def anycast_delay_s(self) -> float:
        return 1.0

    def discovery_hop_limit(self) -> int:
        return HOP_LIMIT

    # Redirects (8.3).

    def follows_redirects(self, *, router: bool) -> bool:
        """A host follows redirects, a router does not."""
        return not router

    def is_first_hop(self, source: IPv6Address, hop: IPv6Address | None) -> bool:
        """Only the router that one uses redirects."""
        return source == hop

    def redirected_to(self, message: Redirect) -> IPv6Address:
        return message.target

    def keeps_to_redirect(self) -> bool:
        """Each packet to the destination follows it."""
        return True

    def learns_from_redirect(self) -> bool:
        return True
