"""The simulated IPv6 node, a host or a router between two links, in memory. Faults override its rules."""

from dataclasses import replace
from ipaddress import IPv6Address, IPv6Interface, IPv6Network
from typing import Any

from conformance.engine.reference import Fault, faulty
from conformance.engine.variants import Variant

from .node import Node
from .options import Advertised, Options
from .rules import Rules
from .variants import discovery_variants

NAME = "ipv6-node"
ROLES = ("host",)
CLAIMS: dict[str, dict[str, Any]] = {
    "rfc4291/host": {"modified_eui64": True},
    "rfc4862/host": {"hardware_identifiers": True, "outgoing_flow": True, "manual_addresses": True},
    "rfc3810/host": {"joins": True, "factory_defaults": True},
}
ROUTER_CLAIMS: dict[str, dict[str, Any]] = {
    "rfc4291/router": {"modified_eui64": True},
    "rfc8201/router": {"several_interfaces": True},
    "rfc6724/router": {"several_interfaces": True},
    "rfc4861/router": {"quiet_interface": True},
    "rfc4862/router": {"hardware_identifiers": True, "manual_addresses": True},
    "rfc3810/router": {"joins": True, "factory_defaults": True, "second_link": True},
}
IXIT: dict[str, dict[str, Any]] = {"ipv6": {}}
LAN, WAN, MORE = "2001:db8:1::1/64", "2001:db8:2::1/64", "2001:db8:11::1/64"
ANYCAST = "2001:db8:1::a:4291"
BEYOND = {"prefix": "2001:db8:9::/64", "via": "fe80::5eff:fe00:5309"}
REFUSED = {"prohibited": "2001:db8:f1::1", "rejected": "2001:db8:f2::1", "filtered": "2001:db8:1:0:f::1"}
ROUTER = Options(
    router=True,
    links=("lan", "wan"),
    mtus=(1500, 1400),
    addresses={"lan": (IPv6Interface(LAN), IPv6Interface(MORE)), "wan": (IPv6Interface(WAN),)},
    advertised={"lan": Advertised(prefixes=(IPv6Network("2001:db8:1::/64"),))},
    routes={IPv6Network("2001:db8:9::/64"): ("lan", IPv6Address(BEYOND["via"]))},
)
ADVERTISED: dict[str, Any] = {
    "least_interval_s": 3,
    "most_interval_s": 4,
    "cur_hop_limit": 64,
    "router_lifetime": 1800,
    "prefixes": ["2001:db8:1::/64"],
}


def make(fault: Fault | None = None) -> Node:
    """A host that conforms, but for the fault given."""
    return Node(faulty(Rules, fault))


def router(fault: Fault | None = None) -> Node:
    """A router between two links."""
    return Node(faulty(Rules, fault), ROUTER)


def two_links(fault: Fault | None = None) -> Node:
    """A host on two links."""
    return Node(faulty(Rules, fault), Options(links=("lan", "wan")))


def _variant(role: str, name: str, claims: dict[str, Any], **options: Any) -> Variant:
    """The host or the router with other options, and with claims about RFC 8200 that go with them."""
    common = ROUTER if role == "router" else Options()
    ixit = {"lan": LAN, "wan": WAN} if role == "router" else {}
    if options.get("services"):
        ixit |= {"tcp_port": "7", "udp_port": "7"}

    def made(fault: Fault | None = None) -> Node:
        return Node(faulty(Rules, fault), replace(common, **options))

    own = {f"rfc8200/{role}": claims} | (
        {"rfc4862/host": {"tcp_service": True}} if name == "host-with-services" else {}
    )
    return Variant(f"ipv6-{name}", made, own, {"ipv6": ixit}, frozenset((role,)))


def _asking(role: str, name: str, claims: dict[str, Any], **options: Any) -> Variant:
    """The host or the router that asks for its addresses in another way, with claims about RFC 4862 that go with it."""
    common = ROUTER if role == "router" else Options()

    def made(fault: Fault | None = None) -> Node:
        return Node(faulty(Rules, fault), replace(common, **options))

    ixit = {"lan": LAN, "wan": WAN} if role == "router" else {}
    return Variant(f"ipv6-{role}-{name}", made, {f"rfc4862/{role}": claims}, {"ipv6": ixit}, frozenset((role,)))


def _host_with_more(fault: Fault | None = None) -> Node:
    """A host that listens to a group of its own and has an anycast address."""
    options = Options(groups=(IPv6Address("ff02::fb"),), anycast=(IPv6Address(ANYCAST),))
    return Node(faulty(Rules, fault), options)


def _router_with_more(fault: Fault | None = None) -> Node:
    """A router that refuses some packets, forwards those for groups, and has an anycast address."""
    options = replace(
        ROUTER,
        anycast=(IPv6Address(ANYCAST),),
        forwards_multicast=True,
        prohibited=_refused("prohibited"),
        rejected=_refused("rejected"),
        filtered=_refused("filtered"),
    )
    return Node(faulty(Rules, fault), options)


def _refused(name: str) -> tuple[IPv6Network, ...]:
    return (IPv6Network((REFUSED[name], 80), strict=False),)


ROUTER_IXIT: dict[str, Any] = {"lan": LAN, "wan": WAN, "more": MORE, "anycast": ANYCAST}
ROUTER_IXIT |= {"route": BEYOND, "advertised": ADVERTISED}
ROUTERS = frozenset(("router",))
BOTH = ("host", "router")
FILTERS = {"administrative_filter": True, "source_filter": True, "reject_route": True, "forwards_multicast": True}
HOST_MORE: dict[str, dict[str, Any]] = {
    "rfc4291/host": {"anycast": True},
    "rfc4861/host": {"reconfigurable": True},
    "rfc4862/host": {"anycast": True},
}
ROUTER_MORE: dict[str, dict[str, Any]] = {
    "rfc4443/router": FILTERS,
    "rfc4291/router": {"anycast": True, "forwards_multicast": True},
    "rfc4862/router": {"anycast": True},
}
SERVICES = {"tcp_service": True, "udp_service": True, "sets_flow_labels": True}
VARIANTS = (
    Variant("ipv6-router", router, ROUTER_CLAIMS, {"ipv6": ROUTER_IXIT}, frozenset(("router",))),
    *discovery_variants(ROUTER, ROUTER_IXIT),
    Variant("ipv6-host-with-more", _host_with_more, HOST_MORE, {"ipv6": {"anycast": ANYCAST}}, frozenset(("host",))),
    Variant(
        "ipv6-router-with-more", _router_with_more, ROUTER_MORE, {"ipv6": ROUTER_IXIT | REFUSED}, frozenset(("router",))
    ),
    Variant("ipv6-host-of-two-links", two_links, {"rfc3810/host": {"second_link": True}}, IXIT, frozenset(("host",))),
    *(_asking(role, "that-asks-thrice", {"dad_transmits": 3}, dup_addr_detect_transmits=3) for role in BOTH),
    *(_asking(role, "with-nonces", {"enhanced_dad": True}, enhanced_dad=True) for role in BOTH),
    _variant("host", "host-with-services", SERVICES, services=True),
    _variant("router", "router-with-services", SERVICES, services=True),
    _variant("host", "host-of-rfc-9673", {"hbh": 9673}),
    _variant("router", "router-of-rfc-9673", {"hbh": 9673}),
    _variant("router", "router-that-gives-labels", {"labels_for_hosts": True}, labels="given"),
    _variant("router", "router-that-rewrites-labels", {"rewrites_flow_labels": True}, labels="rewritten"),
)
__all__ = ["CLAIMS", "IXIT", "NAME", "ROLES", "VARIANTS", "Node", "Rules", "make", "router"]
