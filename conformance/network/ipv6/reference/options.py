"""What the simulated node can be set to; times in seconds (RFC 4861, 10; RFC 4862, 5.1; RFC 3810, 9; RFC 8200, 4.5)."""

from dataclasses import dataclass, field
from ipaddress import IPv6Address, IPv6Interface, IPv6Network

from ..wire import NdOption


@dataclass(frozen=True, kw_only=True)
class Advertised:
    """What a router says on a link."""

    prefixes: tuple[IPv6Network, ...] = ()
    least_interval_s: float = 3.0
    most_interval_s: float = 4.0
    default_lifetime: int = 1800
    valid_lifetime: int = 2_592_000
    preferred_lifetime: int = 604_800
    mtu: int = 0
    """Where it is 0, no MTU option is sent."""
    extra: tuple[NdOption, ...] = ()
    """Further options: routes, DNS servers, search lists."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """One node. `links` by name, in order; `addresses` are given by hand, `advertised` makes a router advertise."""

    router: bool = False
    links: tuple[str, ...] = ("lan",)
    macs: tuple[bytes, ...] = (bytes.fromhex("020000000001"), bytes.fromhex("020000000002"))
    mtus: tuple[int, ...] = (1500, 1500)
    addresses: dict[str, tuple[IPv6Interface, ...]] = field(default_factory=dict)
    advertised: dict[str, Advertised] = field(default_factory=dict)
    routes: dict[IPv6Network, tuple[str, IPv6Address]] = field(default_factory=dict)
    """What a router reaches by way of another: prefix to link and next hop."""
    dup_addr_detect_transmits: int = 1
    enhanced_dad: bool = False
    robustness: int = 2
    largest_packet: int = 65_535
    path_mtu_s: float = 600.0
    errors_burst: int = 10
    errors_per_s: float = 10.0
    services: bool = False
    """Whether it accepts TCP on port 7 and sends back what UDP brings there, with flow labels."""
    routes_from_routers: bool = False
    """Whether it is a host of type C (RFC 4191): it takes routes, and asks for preferred routers now and then."""
    solicits_for_ever: bool = False
    """Whether it goes on with Router Solicitations (RFC 7559)."""
    grand: bool = False
    """Whether it makes and announces entries ahead of traffic (RFC 9131)."""
    groups: tuple[IPv6Address, ...] = ()
    """Groups that it listens to besides those of every node."""
    anycast: tuple[IPv6Address, ...] = ()
    prohibited: tuple[IPv6Network, ...] = ()
    """Where a router lets nothing go; nothing goes to `rejected` either, nor comes from `filtered`."""
    rejected: tuple[IPv6Network, ...] = ()
    filtered: tuple[IPv6Network, ...] = ()
    forwards_multicast: bool = False
    labels: str = "kept"
    """What a router does with flow labels: "kept", "given" to packets without one, or "rewritten"."""
