"""Faults in what a host makes of its routers: which it uses, and for how long (RFC 4861, 4.2, 6.3; RFC 4191)."""

from collections.abc import Mapping, MutableMapping, Sequence
from ipaddress import IPv6Address
from typing import Any

from ..reference import Rules
from ..reference.neighbour import State
from ..reference.rules.hosts import Entry
from ..wire import (
    NdMessage,
    NeighborAdvertisement,
    PrefixInformation,
    RouteInformation,
    RouterAdvertisement,
    RouterSolicitation,
)
from ..wire.addresses import ALL_NODES
from .registry import FAULTS, host

LONGEST_LIFETIME_S = 9000
BRIEF_S = 10.0


@FAULTS.add("long-lifetime-not-used", *host("rfc4861:4.2-3"))
class _(Rules):
    """Uses no router that announces more than 9000 s."""

    def router_lifetime_s(self, message: RouterAdvertisement) -> float:
        return message.router_lifetime if message.router_lifetime <= LONGEST_LIFETIME_S else 0.0


@FAULTS.add("router-without-lifetime-used", *host("rfc4861:4.2-4a"))
class _(Rules):
    """Uses a router that gives an address though its lifetime is 0."""

    def router_lifetime_s(self, message: RouterAdvertisement) -> float:
        gives = any(each.autonomous for each in message.every(PrefixInformation))
        return 1800.0 if gives and not message.router_lifetime else message.router_lifetime


@FAULTS.add("rest-without-lifetime-dropped", *host("rfc4861:4.2-4b"))
class _(Rules):
    """Takes no prefix of an advertisement with Router Lifetime 0."""

    def options_of(self, message: Any) -> Any:
        options = super().options_of(message)
        return options if message.router_lifetime else [o for o in options if not isinstance(o, PrefixInformation)]


@FAULTS.add("router-dropped-early", *host("rfc4861:6.3.4-4a"))
class _(Rules):
    """A router whose lifetime is a few seconds is used for a third of them."""

    def router_lifetime_s(self, message: RouterAdvertisement) -> float:
        brief = message.router_lifetime < BRIEF_S
        return message.router_lifetime / 3 if brief else message.router_lifetime


@FAULTS.add("lifetime-not-renewed", *host("rfc4861:6.3.4-4b"))
class _(Rules):
    """The first lifetime of a router counts."""

    def until_s(self, before_s: float | None, said_s: float) -> float:
        return said_s if before_s is None else min(before_s, said_s)


@FAULTS.add("only-router-not-ended", *host("rfc4861:6.3.4-5"))
class _(Rules):
    """The only router is kept though it says Router Lifetime 0."""

    def drops_router_of_lifetime_0(self, routers: MutableMapping[IPv6Address, Any]) -> bool:
        return len(routers) > 1


@FAULTS.add("all-routers-ended", *host("rfc4861:6.3.4-6a"))
class _(Rules):
    """Forgets all of its routers when one of them ends."""

    def drops_router_of_lifetime_0(self, routers: MutableMapping[IPv6Address, Any]) -> bool:
        routers.clear()
        return True


@FAULTS.add("two-routers-kept", *host("rfc4861:6.3.4-6b"))
class _(Rules):
    """Keeps two routers and no more."""

    def keeps_another_router(self, routers: Mapping[IPv6Address, Any]) -> bool:
        return len(routers) < 2


@FAULTS.add("router-address-not-recorded", *host("rfc4861:6.3.4-10"))
class _(Rules):
    """Does not record the link-layer address that an advertisement tells."""

    def records_router_address(self) -> bool:
        return False


@FAULTS.add("neighbour-no-router", *host("rfc4861:6.3.4-11"))
class _(Rules):
    """A neighbour that was known before counts as a host though it advertises itself."""

    def router_from_advertisement(self, before: bool, *, known: bool) -> bool:
        return before or not known


@FAULTS.add("router-reachable-when-new", *host("rfc4861:6.3.4-12a", "rfc4861:7.3.3-7a"))
class _(Rules):
    """An entry that a Router Advertisement creates is REACHABLE."""

    def state_when_told(self, by: type[NdMessage], *, new: bool) -> State:
        return State.REACHABLE if new and by is RouterAdvertisement else State.STALE


@FAULTS.add("router-reachable-when-moved", *host("rfc4861:6.3.4-12b", "rfc4861:7.3.3-7b"))
class _(Rules):
    """An entry that a Router Advertisement changes is REACHABLE."""

    def state_when_told(self, by: type[NdMessage], *, new: bool) -> State:
        return State.REACHABLE if not new and by is RouterAdvertisement else State.STALE


@FAULTS.add("router-outlives-itself", *host("rfc4861:6.3.5-1"))
class _(Rules):
    """Uses routers whose lifetime has run out."""

    def router_holds(self, until_s: float, now_s: float) -> bool:
        return True


class _Keeping(Rules):
    """Keeps next hops."""

    def __init__(self) -> None:
        self.hops: dict[IPv6Address, IPv6Address] = {}

    def keeps(self, to: IPv6Address) -> bool:
        return True

    def keeps_next_hop(self, to: IPv6Address, chosen: IPv6Address | None) -> IPv6Address | None:
        if chosen is None or not self.keeps(to):
            return chosen
        return self.hops.setdefault(to, chosen)


@FAULTS.add("destinations-kept", *host("rfc4861:6.3.5-2"))
class _(_Keeping):
    """Destinations with a long interface identifier keep their router, also one that has ended."""

    def keeps(self, to: IPv6Address) -> bool:
        return bool(int(to) >> 62 & 1)


@FAULTS.add("unreachable-router-used", *host("rfc4861:6.3.6-1"))
class _(Rules):
    """Takes each router for one that can be reached, the first for the best."""

    def chooses_router(self, entries: Sequence[Entry], turn: int, to: IPv6Address) -> tuple[IPv6Address, int]:
        unknown = [each[0] for each in entries if not self.may_be_reachable(each[2])]
        if unknown and len(unknown) < len(entries):
            return unknown[0], turn
        return super().chooses_router(entries, turn, to)


@FAULTS.add("silent-routers-not-in-turn", *host("rfc4861:6.3.6-2"))
class _(Rules):
    """While no router can be reached, always tries the same."""

    def chooses_router(self, entries: Sequence[Entry], turn: int, to: IPv6Address) -> tuple[IPv6Address, int]:
        return super().chooses_router(entries, 0, to)


# What is the business of routers.


@FAULTS.add("host-learns-from-router-solicitation", *host("rfc4861:6.1.1-1"))
class _(Rules):
    """A host learns where the sender of a Router Solicitation is."""

    def hosts_take_router_solicitations(self) -> bool:
        return True


@FAULTS.add("host-advertises", *host("rfc4861:6.1.1-1", "rfc4861:6.2.4-1"))
class _(Rules):
    """A host answers a Router Solicitation."""

    def accepts_discovery(self, arrival: Any, message: NdMessage) -> bool:
        if isinstance(message, RouterSolicitation):
            arrival.interface.send(RouterAdvertisement(), to=ALL_NODES)
            return False
        return super().accepts_discovery(arrival, message)


@FAULTS.add("news-to-all-not-heard", *host("rfc4861:6.3.3-1"))
class _(Rules):
    """Does not hear that a neighbour of wider scope has moved, if that is told to all nodes."""

    def takes_frame(self, interface: Any, frame: Any) -> bool:
        message = frame.message
        moved = isinstance(message, NeighborAdvertisement) and message.override and not message.target.is_link_local
        to_all = frame.ip and frame.ip.destination == ALL_NODES
        return super().takes_frame(interface, frame) and not (moved and to_all)


# RFC 4191.


@FAULTS.add("preference-overlooked", *host("rfc4191:3.1-1", "rfc4191:2.2-2", "rfc4191:3.3-1", "rfc4191:3.5-1a"))
class _(Rules):
    """All routers count as of medium preference."""

    def rank(self, preference: int) -> int:
        return 0


@FAULTS.add("reserved-preference-best", *host("rfc4191:2.2-2"))
class _(Rules):
    """A router of preference 10 is taken for the best."""

    def rank(self, preference: int) -> int:
        return 9 if preference == 2 else super().rank(preference)


@FAULTS.add("reserved-preference-worst", *host("rfc4191:2.2-2"))
class _(Rules):
    """A router of preference 10 is taken for the worst."""

    def rank(self, preference: int) -> int:
        return -1 if preference == 2 else super().rank(preference)


@FAULTS.add("route-of-reserved-preference", *host("rfc4191:2.3-1"))
class _(Rules):
    """Takes a route of preference 10."""

    def accepts_route(self, option: RouteInformation) -> bool:
        return True


@FAULTS.add("route-with-reserved-bits-dropped", *host("rfc4191:2.3-2"))
class _(Rules):
    """Drops a route that has a reserved bit set."""

    def accepts_route(self, option: RouteInformation) -> bool:
        return super().accepts_route(option) and not (option.reserved1 or option.reserved2)


@FAULTS.add("routes-by-preference-alone", *host("rfc4191:3.1-2"))
class _(Rules):
    """Among the routes that match takes the one of the highest preference, however long its prefix."""

    def route_length(self, length: int) -> int:
        return min(length, 1)


@FAULTS.add("packet-without-route-sent", *host("rfc4191:3.2-1"))
class _(Rules):
    """What no route matches goes to a router with a route that was used last."""

    last: IPv6Address | None = None
    longest = 0

    def route_length(self, length: int) -> int:
        self.longest = max(self.longest, length)
        return super().route_length(length)

    def keeps_next_hop(self, to: IPv6Address, chosen: IPv6Address | None) -> IPv6Address | None:
        if chosen and self.longest:
            self.last = chosen
        return chosen or self.last


@FAULTS.add("new-route-overlooked", *host("rfc4191:3.3-1"))
class _(_Keeping):
    """A known destination, one that ends in 4191, keeps its next hop when routes change."""

    def keeps(self, to: IPv6Address) -> bool:
        return int(to) & 0xFFFF_FFFF == 0x4191


@FAULTS.add("preferred-router-never-probed", *host("rfc4191:3.5-1a"))
class _(Rules):
    """A preferred router that cannot be reached is never asked for again."""

    def probe_gap_s(self) -> float:
        return float("inf")


@FAULTS.add("preferred-router-probed-idly", *host("rfc4191:3.5-1b"))
class _(Rules):
    """A preferred router that cannot be reached is asked for while nothing is sent."""

    def probes_idly_after_s(self) -> float | None:
        return 60.5


@FAULTS.add("preferred-router-probed-often", *host("rfc4191:3.5-1c"))
class _(Rules):
    """A preferred router that cannot be reached is asked for every ten seconds."""

    def probe_gap_s(self) -> float:
        return 10.0
