"""The simulated IPv6 node, a host or a router between two links, in memory. Faults override its rules."""

from dataclasses import replace
from ipaddress import IPv6Interface, IPv6Network
from typing import Any

from conformance.engine.reference import Fault, faulty
from conformance.engine.variants import Variant

from .node import Node
from .options import Advertised, Options
from .rules import Rules

NAME = "ipv6-node"
ROLES = ("host",)
CLAIMS: dict[str, dict[str, Any]] = {
    "rfc4862/host": {"hardware_identifiers": True, "outgoing_flow": True},
    "rfc3810/host": {"joins": True, "factory_defaults": True},
}
ROUTER_CLAIMS: dict[str, dict[str, Any]] = {
    "rfc4862/router": {"hardware_identifiers": True, "anycast": True},
    "rfc3810/router": {"joins": True, "factory_defaults": True, "second_link": True},
}
IXIT: dict[str, dict[str, Any]] = {"ipv6": {}}
LAN, WAN = "2001:db8:1::1/64", "2001:db8:2::1/64"
ROUTER = Options(
    router=True,
    links=("lan", "wan"),
    addresses={"lan": (IPv6Interface(LAN),), "wan": (IPv6Interface(WAN),)},
    advertised={"lan": Advertised(prefixes=(IPv6Network("2001:db8:1::/64"),))},
)


def make(fault: Fault | None = None) -> Node:
    """A host that conforms, but for the fault given."""
    return Node(faulty(Rules, fault))


def router(fault: Fault | None = None) -> Node:
    """A router between two links."""
    return Node(faulty(Rules, fault), ROUTER)


def _variant(role: str, name: str, claims: dict[str, Any], **options: Any) -> Variant:
    """The host or the router with other options, and with claims about RFC 8200 that go with them."""
    common = ROUTER if role == "router" else Options()
    ixit = {"lan": LAN, "wan": WAN} if role == "router" else {}
    if options.get("services"):
        ixit |= {"tcp_port": "7", "udp_port": "7"}

    def made(fault: Fault | None = None) -> Node:
        return Node(faulty(Rules, fault), replace(common, **options))

    return Variant(f"ipv6-{name}", made, {f"rfc8200/{role}": claims}, {"ipv6": ixit}, frozenset((role,)))


SERVICES = {"tcp_service": True, "udp_service": True, "sets_flow_labels": True}
VARIANTS = (
    Variant("ipv6-router", router, ROUTER_CLAIMS, {"ipv6": {"lan": LAN, "wan": WAN}}, frozenset(("router",))),
    _variant("host", "host-with-services", SERVICES, services=True),
    _variant("router", "router-with-services", SERVICES, services=True),
    _variant("host", "host-of-rfc-9673", {"hbh": 9673}),
    _variant("router", "router-of-rfc-9673", {"hbh": 9673}),
    _variant("router", "router-that-gives-labels", {"labels_for_hosts": True}, labels="given"),
    _variant("router", "router-that-rewrites-labels", {"rewrites_flow_labels": True}, labels="rewritten"),
)
__all__ = ["CLAIMS", "IXIT", "NAME", "ROLES", "VARIANTS", "Node", "Rules", "make", "router"]
