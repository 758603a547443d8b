"""Rules of a host about routers (RFC 4861, 6.3; RFC 4191; RFC 7559)."""

from collections.abc import Mapping, MutableMapping, Sequence
from ipaddress import IPv6Address, IPv6Network
from random import Random
from typing import Any

from ...wire import NdOption, RouteInformation, RouterAdvertisement, SourceLinkLayerAddress
from ...wire.addresses import UNSPECIFIED
from ..neighbour import Neighbour, State

LEAST_MTU = 1280
SOLICITATION_GAP_S = 4.0
LONGEST_GAP_S = 3600.0
BACKOFF = 0.1
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

    def most_router_solicitations(self, *, for_ever: bool) -> float:
        return float("inf") if for_ever else 3

    def backed_off_s(self, before_s: float, rng: Random) -> float:
        """The time until the next solicitation, by RFC 7559: doubled, and varied at random by a tenth."""
        if not before_s:
            return SOLICITATION_GAP_S * (1 + rng.uniform(-BACKOFF, BACKOFF))
        return min(LONGEST_GAP_S, before_s * (2 + rng.uniform(-BACKOFF, BACKOFF)))

    def stops_soliciting(self, sent: int) -> bool:
        """Once a router has answered; one solicitation is sent in any case."""
        return sent > 0

    def counts_as_answer(self, message: RouterAdvertisement) -> bool:
        return message.router_lifetime > 0

    # Default routers (6.3.4, 6.3.6).

    def router_lifetime_s(self, message: RouterAdvertisement) -> float:
        return float(message.router_lifetime)

    def drops_router_of_lifetime_0(self, routers: MutableMapping[IPv6Address, Any]) -> bool:
        return True

    def until_s(self, before_s: float | None, said_s: float) -> float:
        """When a router is one no longer: by its latest advertisement."""
        return said_s

    def router_holds(self, until_s: float, now_s: float) -> bool:
        """Whether a router is still one."""
        return until_s > now_s

    def keeps_another_router(self, routers: Mapping[IPv6Address, Any]) -> bool:
        return True

    def router_preference(self, message: RouterAdvertisement) -> int:
        return message.preference

    def records_router_address(self) -> bool:
        return True

    def router_from_advertisement(self, before: bool, *, known: bool) -> bool:
        """Whoever advertises is a router; `known` tells whether it was a neighbour before."""
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
        return neighbour is not None and neighbour.state is not State.INCOMPLETE and not neighbour.unreachable

    def rank(self, preference: int) -> int:
        return ORDER[preference]

    def accepts_route(self, option: RouteInformation) -> bool:
        """Routes are not taken: a host of type A or B (RFC 4191, 3.1)."""
        return option.preference != 2

    def ends_route_at_0(self) -> bool:
        return True

    def route_length(self, length: int) -> int:
        """What counts among the routes that match: the length of the prefix."""
        return length

    def keeps_next_hop(self, to: IPv6Address, chosen: IPv6Address | None) -> IPv6Address | None:
        """The next hop is determined anew for each packet, so that all changes count."""
        return chosen

    def probe_gap_s(self) -> float:
        """A preferred router that cannot be reached is asked for at most once a minute (RFC 4191, 3.5)."""
        return 60.0

    def probes_idly_after_s(self) -> float | None:
        """Not unless a packet would go to it."""
        return None

    # Parameters (6.3.4).

    def begins_advertisement(self, interface: Any, router: IPv6Address, message: RouterAdvertisement) -> None:
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

    def on_link_s(self, valid_lifetime: int, remaining_s: float | None) -> float:
        """How long a prefix is on-link; `remaining_s` is what was left where it was known."""
        return float("inf") if valid_lifetime == 0xFFFFFFFF else float(valid_lifetime)

    def ends_on_link_at_0(self) -> bool:
        return True

    def adds_prefix_of_lifetime_0(self) -> bool:
        return False

    def prefix_holds(self, until_s: float, now_s: float) -> bool:
        """Whether a prefix is still on-link."""
        return until_s > now_s

    def not_on_link(self, interface: Any, network: IPv6Network) -> None:
        """A prefix without L says nothing."""
        return

    # What a host leaves to routers.

    def hosts_take_router_solicitations(self) -> bool:
        return False

    def unasked_advertisement(self, interface: Any, ip: Any) -> None:
        """A host never sends a Router Advertisement."""
        return
