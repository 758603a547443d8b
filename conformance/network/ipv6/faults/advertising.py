"""Faults in what a router advertises, to whom and when, and in its Redirects (RFC 4861, 4.2, 4.5, 6.2, 8.2)."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv6Address
from random import Random
from typing import Any

from ..reference import Rules
from ..reference.neighbour import State
from ..wire import (
    DnsSearchList,
    EchoRequest,
    Frame,
    Ipv6,
    MtuOption,
    NdMessage,
    NdOption,
    PrefixInformation,
    RecursiveDnsServer,
    Redirect,
    RouteInformation,
    RouterAdvertisement,
    RouterSolicitation,
    UnknownNdOption,
)
from ..wire.addresses import ALL_NODES, ALL_ROUTERS, UNSPECIFIED, link_local
from .registry import FAULTS, router

Change = Callable[[RouterAdvertisement], RouterAdvertisement]


def _with(**fields: Any) -> Change:
    return lambda message: replace(message, **fields)


def _lifetime(lifetime: int) -> Change:
    return lambda message: replace(message, router_lifetime=lifetime) if message.router_lifetime else message


def _options(change: Callable[[NdOption], NdOption | None]) -> Change:
    def changed(message: RouterAdvertisement) -> RouterAdvertisement:
        options = [change(each) for each in message.options]
        return replace(message, options=tuple(each for each in options if each is not None))

    return changed


def _prefix(**fields: Any) -> Change:
    return _options(lambda each: replace(each, **fields) if isinstance(each, PrefixInformation) else each)


def _without(kind: type[NdOption]) -> Change:
    return _options(lambda each: None if isinstance(each, kind) else each)


def _more(*options: NdOption) -> Change:
    return lambda message: replace(message, options=(*message.options, *options))


def _advertising(change: Change, summary: str) -> type:
    class Advertising(Rules):
        def router_advertisement(self, message: RouterAdvertisement) -> RouterAdvertisement:
            return change(super().router_advertisement(message))

    Advertising.__doc__ = summary
    return Advertising


AS_TOLD = "rfc4861:6.2.3-1"
"""Broken too by whatever is not as it was configured."""
LINK_LOCAL = PrefixInformation(prefix=IPv6Address("fe80::"), valid_lifetime=7200, preferred_lifetime=3600)
ROUTE = RouteInformation(prefix=IPv6Address("2001:db8:77::"), prefix_length=48, route_lifetime=600)

for _id, _ids, _change, _summary in (
    ("advertised-with-code", ("rfc4861:4.2-2a",), _with(code=1), "Advertisements have code 1."),
    ("advertised-with-reserved", ("rfc4861:4.1-2a",), _with(reserved=1), "Advertisements have an unknown flag set."),
    ("advertised-with-reserved-of-prefix", ("rfc4861:4.1-2a",), _prefix(reserved2=1), "Prefixes have a reserved bit."),
    ("prefix-not-advertised", ("rfc4861:4.2-6", AS_TOLD), _without(PrefixInformation), "No prefix is advertised."),
    ("mtu-not-advertised", ("rfc4861:4.2-5a",), _without(MtuOption), "No MTU is advertised where it varies."),
    (
        "preferred-longer-than-valid",
        ("rfc4861:4.6.2-2", "rfc4861:6.2.1-7e"),
        _prefix(preferred_lifetime=2_592_001),
        "Prefixes are preferred for longer than they are valid.",
    ),
    (
        "link-local-prefix-advertised",
        ("rfc4861:4.6.2-4a", "rfc4861:6.2.1-8", "rfc4861:6.2.1-7d", "rfc4861:6.2.1-7e", "rfc4861:6.2.1-7f", AS_TOLD),
        _more(LINK_LOCAL),
        "The link-local prefix is advertised.",
    ),
    (
        "prefix-with-more-bits",
        ("rfc4861:4.6.2-6", "rfc4861:4.2-6", AS_TOLD),
        _prefix(prefix=IPv6Address("2001:db8:1::1")),
        "Bits behind the prefix length are set.",
    ),
    (
        "reachable-time-too-long",
        ("rfc4861:6.2.1-5a", "rfc4861:6.2.1-5b"),
        _with(reachable_time=3_600_001),
        "The Reachable Time is above an hour.",
    ),
    ("reachable-time-set", ("rfc4861:6.2.1-5b",), _with(reachable_time=30_000), "The Reachable Time is 30 s."),
    (
        "router-lifetime-too-long",
        ("rfc4861:6.2.1-6a", "rfc4861:6.2.1-6b", AS_TOLD),
        _lifetime(9001),
        "The Router Lifetime is above 9000 s.",
    ),
    (
        "router-lifetime-too-short",
        ("rfc4861:6.2.1-6a", "rfc4861:6.2.1-6b", AS_TOLD),
        _lifetime(3),
        "The Router Lifetime is below MaxRtrAdvInterval.",
    ),
    ("managed-flag-set", ("rfc4861:6.2.1-7a",), _with(managed=True), "The flag M is set."),
    ("mtu-told-unasked", ("rfc4861:6.2.1-7b",), _more(MtuOption(mtu=1500)), "An MTU is told by default."),
    ("retrans-timer-set", ("rfc4861:6.2.1-7c",), _with(retrans_timer=1000), "The Retrans Timer is a second."),
    (
        "prefix-valid-otherwise",
        ("rfc4861:6.2.1-7d",),
        _prefix(valid_lifetime=2_000_000),
        "Prefixes are valid for less.",
    ),
    ("prefix-preferred-otherwise", ("rfc4861:6.2.1-7e",), _prefix(preferred_lifetime=600_000), "Preferred for less."),
    ("prefix-without-a", ("rfc4861:6.2.1-7f",), _prefix(autonomous=False), "Prefixes have the flag A clear."),
    ("hop-limit-other-than-told", (AS_TOLD,), _with(cur_hop_limit=63), "The hop limit is not the one configured."),
    (
        "preference-reserved",
        ("rfc4191:2.1-1", "rfc4191:4-1a"),
        _with(preference=2),
        "The preference is 10.",
    ),
    ("preference-high", ("rfc4191:4-1a",), _with(preference=1), "The preference is high by default."),
    (
        "preference-without-lifetime",
        ("rfc4191:2.2-1a", "rfc4191:4-1a", "rfc4861:6.2.1-6b", AS_TOLD),
        _with(preference=3, router_lifetime=0),
        "A router with Router Lifetime 0 has a preference.",
    ),
    ("route-told-unasked", ("rfc4191:4-1b",), _more(ROUTE), "A route is told by default."),
    ("route-told-twice", ("rfc4191:2.3-3", "rfc4191:4-1b"), _more(ROUTE, ROUTE), "A route is told twice."),
):
    FAULTS.add(_id, *router(*_ids))(_advertising(_change, _summary))


def _sending(kind: type[NdMessage], change: Callable[[Frame], Frame], summary: str) -> type:
    class Sending(Rules):
        def sends(self, packet: Frame) -> Frame:
            sent = super().sends(packet)
            return change(sent) if isinstance(sent.message, kind) else sent

    Sending.__doc__ = summary
    return Sending


def _ip(**fields: Any) -> Callable[[Frame], Frame]:
    return lambda frame: frame.changed(Ipv6, **fields)


def _lasting(change: Callable[[Frame], Frame]) -> Callable[[Frame], Frame]:
    """The change, for advertisements that have a Router Lifetime."""
    return lambda frame: change(frame) if getattr(frame.message, "router_lifetime", 0) else frame


WIDE = IPv6Address("2001:db8:1::1")
for _id, _clause, _kind, _frame, _summary in (
    ("advertised-from-afar", "4.2-2a", RouterAdvertisement, _ip(hop_limit=64), "Advertisements have hop limit 64."),
    (
        "advertised-from-wide",
        "4.2-1",
        RouterAdvertisement,
        _lasting(_ip(source=WIDE)),
        "Advertisements come from elsewhere.",
    ),
    ("advertised-to-routers", "4.2-2b", RouterAdvertisement, _ip(destination=ALL_ROUTERS), "They go to all routers."),
    ("redirect-from-wide", "4.5-1a", Redirect, _ip(source=WIDE), "Redirects come from a wider address."),
    ("redirect-of-hop-limit-64", "4.5-1b", Redirect, _ip(hop_limit=64), "Redirects have hop limit 64."),
    (
        "redirect-with-reserved",
        "4.1-2a",
        Redirect,
        lambda frame: frame.changed(Redirect, reserved=1),
        "Redirects have a Reserved field of 1.",
    ),
):
    FAULTS.add(_id, *router(f"rfc4861:{_clause}"))(_sending(_kind, _frame, _summary))


# When, and to whom.


@FAULTS.add("quiet-interface-advertises", *router("rfc4861:6.2.2-1"))
class _(Rules):
    """Answers a Router Solicitation on an interface that does not advertise."""

    def unasked_advertisement(self, interface: Any, ip: Any) -> None:
        interface.send(RouterAdvertisement(), to=ALL_NODES)


@FAULTS.add("all-routers-not-heard", *router("rfc4861:6.2.2-2"))
class _(Rules):
    """Hears nothing but Router Solicitations of what is sent to ff02::2."""

    def takes_frame(self, interface: Any, frame: Any) -> bool:
        to_routers = frame.ip and frame.ip.destination == ALL_ROUTERS
        return super().takes_frame(interface, frame) and not (to_routers and isinstance(frame.message, EchoRequest))


@FAULTS.add("later-advertisements-shortened", *router("rfc4861:6.2.3-2a", AS_TOLD))
class _(Rules):
    """Solicited advertisements leave the prefix out."""

    count = 0

    def router_advertisement(self, message: RouterAdvertisement) -> RouterAdvertisement:
        self.count += 1
        return message if self.count == 1 else _without(PrefixInformation)(message)


def _at_first(interval_s: float, sent: int, factor: float) -> float:
    """An interval times a factor, but for the first three advertisements, which may come sooner."""
    return min(16.0, interval_s) if sent < 3 else interval_s * factor


def _gap(seconds: Callable[[Any, int, Random], float]) -> type:
    class Gap(Rules):
        def advertisement_gap_s(self, said: Any, sent: int, rng: Random) -> float:
            return seconds(said, sent, rng)

    return Gap


for _id, _ids, _seconds, _summary in (
    (
        "advertised-too-seldom",
        ("rfc4861:6.2.4-2a", "rfc4861:6.2.1-3b"),
        lambda said, sent, rng: _at_first(said.most_interval_s, sent, rng.uniform(1.5, 1.6)),
        "Gaps are longer than MaxRtrAdvInterval.",
    ),
    (
        "advertised-too-often",
        ("rfc4861:6.2.4-2a", "rfc4861:6.2.6-4", "rfc4861:6.2.1-4b", "rfc4861:6.2.6-3"),
        lambda said, sent, rng: _at_first(said.least_interval_s, sent, rng.uniform(0.6, 0.7)),
        "Gaps are shorter than MinRtrAdvInterval.",
    ),
    (
        "advertised-regularly",
        ("rfc4861:6.2.4-2b",),
        lambda said, sent, rng: min(16.0, said.most_interval_s) if sent < 3 else said.most_interval_s,
        "Gaps are all the same.",
    ),
    (
        "advertised-slowly-at-first",
        ("rfc4861:6.2.4-3",),
        lambda said, sent, rng: rng.uniform(said.least_interval_s, said.most_interval_s),
        "The first advertisements are as far apart as the later ones.",
    ),
):
    _rules = _gap(_seconds)
    _rules.__doc__ = _summary
    FAULTS.add(_id, *router(*_ids))(_rules)


@FAULTS.add("timer-not-restarted", *router("rfc4861:6.2.4-2c", "rfc4861:6.2.6-3"))
class _(Rules):
    """A solicited advertisement does not start the timer anew."""

    def restarts_timer(self) -> bool:
        return False


@FAULTS.add("answered-at-once", *router("rfc4861:6.2.6-1"))
class _(Rules):
    """Answers a Router Solicitation without delay."""

    def solicited_delay_s(self, rng: Random) -> float:
        return 0.0


@FAULTS.add("advertised-without-pause", *router("rfc4861:6.2.6-3"))
class _(Rules):
    """Advertisements to all nodes may be half a second apart."""

    def least_gap_between_advertisements_s(self) -> float:
        return 0.5


@FAULTS.add("farewell-not-said", *router("rfc4861:6.2.5-1", "rfc4861:6.2.8-1"))
class _(Rules):
    """Ceases to advertise without a word."""

    def says_farewell(self) -> bool:
        return False


@FAULTS.add("host-with-all-routers", *router("rfc4861:6.2.5-2"))
class _(Rules):
    """Stays in ff02::2 when it becomes a host."""

    def leaves_all_routers(self) -> bool:
        return False


@FAULTS.add("host-that-says-router", *router("rfc4861:6.2.5-3"))
class _(Rules):
    """Says that it is a router when it has become a host."""

    def says_router(self, router: bool) -> bool:
        return True


@FAULTS.add("host-as-default-router", *router("rfc4861:6.2.5-4"))
class _(Rules):
    """Advertises itself as a default router though it forwards nothing."""

    def is_default_router(self, *, forwards: bool) -> bool:
        return True


# Who asked (6.2.6).


@FAULTS.add("learns-from-nobody", *router("rfc4861:6.2.6-5"))
class _(Rules):
    """Takes the link-local address that goes with the sender of a Router Solicitation from nobody."""

    def accepts_discovery(self, arrival: Any, message: NdMessage) -> bool:
        if isinstance(message, RouterSolicitation) and arrival.ip.source == UNSPECIFIED and not message.options:
            arrival.interface.neighbour(link_local(arrival.sender)).told(arrival.sender, RouterSolicitation)
        return super().accepts_discovery(arrival, message)


@FAULTS.add("router-asker-not-moved", *router("rfc4861:6.2.6-6a"))
class _(Rules):
    """Another address in a Router Solicitation is not taken."""

    def takes_told_address(self, by: type[NdMessage]) -> bool:
        return by is not RouterSolicitation


def _told(new_one: bool) -> type:
    class Told(Rules):
        def state_when_told(self, by: type[NdMessage], *, new: bool) -> State:
            return State.REACHABLE if new is new_one and by is RouterSolicitation else State.STALE

    return Told


for _id, _new, _clause, _summary in (
    ("router-asker-reachable", True, "6.2.6-6c", "An entry that a Router Solicitation creates is REACHABLE."),
    ("moved-router-asker-reachable", False, "6.2.6-6b", "An entry that a Router Solicitation changes is REACHABLE."),
):
    _rules = _told(_new)
    _rules.__doc__ = _summary
    FAULTS.add(_id, *router(f"rfc4861:{_clause}"))(_rules)


# DNS (RFC 8106).


def _dns(change: Callable[[Any], NdOption], kind: type[NdOption]) -> Change:
    return _options(lambda each: change(each) if isinstance(each, kind) else each)


for _id, _ids, _change, _summary in (
    (
        "servers-with-half-an-address",
        ("rfc8106:5.1-1",),
        _more(UnknownNdOption(type=25, data=bytes(6) + bytes(24))),
        "Servers are told with half an address behind.",
    ),
    (
        "servers-told-for-a-minute",
        ("rfc8106:5.1-2",),
        _dns(lambda each: replace(each, lifetime=60), RecursiveDnsServer),
        "Servers are told for a minute.",
    ),
    (
        "search-list-cut-off",
        ("rfc8106:5.2-1",),
        _dns(lambda each: replace(each, names=b"\7example"), DnsSearchList),
        "A search list ends within a name.",
    ),
    (
        "search-list-compressed",
        ("rfc8106:5.2-1", "rfc8106:5.2-2"),
        _dns(lambda each: replace(each, names=each.names[:-2] + b"\xc0\x00"), DnsSearchList),
        "A name is compressed.",
    ),
):
    FAULTS.add(_id, *router(*_ids))(_advertising(_change, _summary))
