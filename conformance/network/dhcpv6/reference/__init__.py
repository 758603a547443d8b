"""The simulated DHCPv6 server, conforming to RFC 9915 or to RFC 8415, in memory. Faults override its rules."""

from typing import Any

from conformance.engine.reference import Fault, faulty
from conformance.engine.variants import Variant

from .options import Options
from .rules import Rules
from .server import Server

NAME = "dhcpv6-server"
KEY = "rfc8415/server"
IXIT: dict[str, dict[str, Any]] = {"dhcpv6": {}}
CLAIMS: dict[str, dict[str, Any]] = {
    KEY: {
        "edition": 9915,
        "rapid_commit": True,
        "dns_options": True,
        "vendor_options": True,
        "information_refresh_time": True,
        "sol_max_rt": True,
        "inf_max_rt": True,
    }
}
EARLIER = Options(edition=8415, temporary=True)


def make(fault: Fault | None = None) -> Server:
    """A server that conforms, but for the fault given."""
    return Server(faulty(Rules, fault))


def earlier(fault: Fault | None = None) -> Server:
    """One that follows RFC 8415."""
    return Server(faulty(Rules, fault), EARLIER)


VARIANTS = (Variant("dhcpv6-server-8415", earlier, {KEY: CLAIMS[KEY] | {"edition": 8415, "ia_ta": True}}, IXIT),)
__all__ = ["CLAIMS", "IXIT", "NAME", "VARIANTS", "Rules", "Server", "make"]
