"""What the simulated server is set to; times in seconds."""

from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network

from ..wire import Duid, DuidLlt, Suboption

LINK = IPv6Network("2001:db8:1::/64")
OWN_DUID = DuidLlt(time=0x2D5A7E10, link_layer_address=bytes.fromhex("020000000001"))
UNICAST = IPv6Address("2001:db8:1::547")
DELEGATED = IPv6Network("2001:db8:8000::/36")


@dataclass(frozen=True, kw_only=True)
class Options:
    """One server. `edition` is the RFC that it follows: 8415, or 9915, which has neither IA_TA nor unicast."""

    edition: int = 9915
    mac: bytes = bytes.fromhex("020000000001")
    duid: Duid = OWN_DUID
    links: tuple[IPv6Network, ...] = (LINK,)
    """The prefixes of the links that it serves; the first is that of its own link."""
    delegated: IPv6Network | None = DELEGATED
    """Where prefixes to delegate come from; None to delegate none."""
    delegated_length: int = 56
    largest_pool: int | None = None
    """How many addresses and prefixes there are; None for as many as anyone asks for."""
    preferred_lifetime: int = 3000
    valid_lifetime: int = 4000
    rapid_commit: bool = True
    creates_on_renew: bool = False
    creates_on_rebind: bool = False
    temporary: bool = False
    """Whether it leases temporary addresses, for RFC 8415."""
    unicast: IPv6Address | None = None
    """The address of a Server Unicast option, for RFC 8415."""
    preference: int | None = None
    user_classes: tuple[bytes, ...] = ()
    """What a User Class option tells clients of the classes that it interpreted."""
    dns_servers: tuple[IPv6Address, ...] = (IPv6Address("2001:db8:1::53"), IPv6Address("2001:db8:2::53"))
    domains: tuple[str, ...] = ("plant.example", "line.plant.example")
    sol_max_rt: int | None = 7200
    inf_max_rt: int | None = 7200
    information_refresh_time: int | None = 86400
    enterprise: int = 32473
    """The number for documentation (RFC 5612) in Vendor-specific Information."""
    vendor_options: tuple[Suboption, ...] = (Suboption(code=1, octets=b"line-1"), Suboption(code=2, octets=b"\0\7"))
