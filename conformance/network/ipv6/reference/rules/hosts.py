"""Rules of a host about routers (RFC 4861, 6.3; RFC 4191; RFC 7559)."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv6Address, IPv6Network
from typing import Any

from ...wire import NdOption, RouteInformation, RouterAdvertisement, SourceLinkLayerAddress
from ...wire.addresses import UNSPECIFIED
from ..neighbour import Neighbour, State

LEAST_MTU = 1280
SOLICITATION_GAP_S = 4.0
ORDER = {1: 2, 0: 1, 2: 1, 3: 0}
"""Router preferences from the best; the reserved one counts as medium."""

Entry = tuple[IPv6Address, int, Neighbour | None]


class HostRules:
    """What is decided about routers and what they say."""

    # Solicitations (6.3.7).

    def router_solicitation_options(self, mac: bytes, source: IPv6Address) -> tuple[NdOption, ...]:
        return () if source == UNSPECIFIED else (SourceLinkLayerAddress(address=mac),)

    def router_solicitation_to(self, routers: IPv6Address) -> IPv6Address:
        return routers

    def router_solicitation_gap_s(self, sent: int) -> float:
        return SOLICITATION_GAP_S

    def most_router_solicitations(self) -> int:
        return 3

    def stops_soliciting(self, sent: int) -> bool:
        """Once a router has answered; one solicitation is sent in any case."""
        return sent > 0

    def counts_as_answer(self, message: RouterAdvertisement) -> bool:
        return message.router_lifetime > 0

    # Default routers (6.3.4, 6.3.6).

    def router_lifetime_s(self, message: RouterAdvertisement) -> float:
        return float(message.router_lifetime)

    def drops_router_of_lifetime_0(self) -> bool:
        return True

    def keeps_another_router(self, routers: Mapping[IPv6Address, Any]) -> bool:
        return True

    def router_preference(self, message: RouterAdvertisement) -> int:
        return message.preference

    def records_router_address(self) -> bool:
        return True

    def router_from_advertisement(self, before: bool) -> bool:
        """Whoever advertises is a router."""
        return True

    def chooses_router(self, entries: Sequence[Entry], turn: int, to: IPv6Address) -> tuple[IPv6Address, int]:
        """A router that may be reachable, of the best preference; where none is, each in turn."""
        usable = [entry for entry in entries if self.may_be_reachable(entry[2])]
        if not usable:
            return entries[turn % len(entries)][0], turn + 1
        best = max(self.rank(preference) for _, preference, _ in usable)
        equal = [address for address, preference, _ in usable if self.rank(preference) == best]
        return equal[self.share(to) % len(equal)], turn

    def share(self, to: IPv6Address) -> int:
        """Destinations are shared among routers of equal standing, by a hash (RFC 4311)."""
        return sum(to.packed)

    def may_be_reachable(self, neighbour: Neighbour | None) -> bool:
        return neighbour is not None and neighbour.state is not State.INCOMPLETE

    def rank(self, preference: int) -> int:
        return ORDER[preference]

    def accepts_route(self, option: RouteInformation) -> bool:
        """Routes are not taken: a host of type A or B (RFC 4191, 3.1)."""
        return option.preference != 2

    # Parameters (6.3.4).

    def begins_advertisement(self, interface: Any) -> None:
        """What earlier advertisements said stays."""
        return

    def hop_limit_after(self, now: int, said: int) -> int:
        return said or now

    def retrans_after_s(self, now_s: float, said_s: float) -> float:
        return said_s or now_s

    def reachable_after_s(self, now_s: float, said_s: float) -> float:
        return said_s or now_s

    def accepts_mtu(self, mtu: int, link_mtu: int) -> bool:
        return LEAST_MTU <= mtu <= link_mtu

    # Prefixes (6.3.4).

    def on_link_s(self, valid_lifetime: int) -> float:
        return float("inf") if valid_lifetime == 0xFFFFFFFF else float(valid_lifetime)

    def ends_on_link_at_0(self) -> bool:
        return True

    def not_on_link(self, interface: Any, network: IPv6Network) -> None:
        """A prefix without L says nothing."""
        return

    # What a host leaves to routers.

    def hosts_take_router_solicitations(self) -> bool:
        return False

    def unasked_advertisement(self, interface: Any, ip: Any) -> None:
        """A host never sends a Router Advertisement."""
        return
