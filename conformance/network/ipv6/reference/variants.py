"""Variants of the node that differ in how it asks routers and heeds them, or in what it says as a router."""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv6Address, IPv6Network
from typing import Any

from conformance.engine.reference import Fault, faulty
from conformance.engine.variants import Variant

from ..wire import DnsSearchList, RecursiveDnsServer, RouteInformation, domain_names
from .node import Node
from .options import Advertised, Options
from .rules import Rules

PREFIX = IPv6Network("2001:db8:1::/64")
DNS = (
    RecursiveDnsServer(lifetime=1800, addresses=(IPv6Address("2001:db8:1::53"), IPv6Address("2001:db8:1::54"))),
    DnsSearchList(lifetime=1800, names=domain_names("example.org", "lab.example.org")),
)
ROUTE = RouteInformation(prefix=IPv6Address("2001:db8:7::"), prefix_length=48, route_lifetime=1800)
DEFAULTS = Advertised(prefixes=(PREFIX,), least_interval_s=198, most_interval_s=600, extra=DNS)
TOLD = Advertised(prefixes=(PREFIX,), least_interval_s=12, most_interval_s=16, mtu=1500, extra=(ROUTE, *DNS))
TELLING = {"variable_mtu": True, "nbma": True, "route_information": True, "dns_ra": True}
DEFAULT = {"factory_defaults": True, "reconfigurable": True, "dns_ra": True}
HOST = {"rs_backoff": True, "router_preference": True, "route_information": True}


def discovery_variants(router: Options, ixit: Mapping[str, Any]) -> tuple[Variant, ...]:
    """A host of type C that solicits for ever, a router with default values, and one that was told to say more."""

    def host_of_type_c(fault: Fault | None = None) -> Node:
        return Node(faulty(Rules, fault), Options(routes_from_routers=True, solicits_for_ever=True))

    def router_by_default(fault: Fault | None = None) -> Node:
        return Node(faulty(Rules, fault), replace(router, advertised={"lan": DEFAULTS}))

    def router_with_more_to_say(fault: Fault | None = None) -> Node:
        return Node(faulty(Rules, fault), replace(router, advertised={"lan": TOLD}))

    told = dict(ixit) | {"advertised": {"least_interval_s": 12, "most_interval_s": 16}}
    return (
        Variant("ipv6-host-of-type-c", host_of_type_c, {"rfc4861/host": HOST}, {"ipv6": {}}, frozenset(("host",))),
        Variant(
            "ipv6-router-with-more-to-say",
            router_with_more_to_say,
            {"rfc4861/router": TELLING},
            {"ipv6": told},
            frozenset(("router",)),
        ),
        Variant(
            "ipv6-router-by-default",
            router_by_default,
            {"rfc4861/router": DEFAULT},
            {"ipv6": dict(ixit) | {"advertised": {}}},
            frozenset(("router",)),
        ),
    )
