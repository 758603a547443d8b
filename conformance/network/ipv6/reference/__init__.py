"""The simulated IPv6 node, a host or a router between two links, in memory. Faults override its rules."""

from ipaddress import IPv6Interface, IPv6Network
from typing import Any

from conformance.engine.reference import Fault, faulty
from conformance.engine.variants import Variant

from .node import Node
from .options import Advertised, Options
from .rules import Rules

NAME = "ipv6-node"
ROLES = ("host",)
CLAIMS: dict[str, dict[str, Any]] = {}
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


VARIANTS = (Variant("ipv6-router", router, {}, {"ipv6": {"lan": LAN, "wan": WAN}}, frozenset(("router",))),)
__all__ = ["CLAIMS", "IXIT", "NAME", "ROLES", "VARIANTS", "Node", "Rules", "make", "router"]
