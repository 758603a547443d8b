"""The simulated DHCPv6 server, conforming to RFC 9915 or to RFC 8415, in memory. Faults override its rules."""

from typing import Any
from uuid import UUID

from conformance.engine.reference import Fault, faulty
from conformance.engine.variants import Variant

from ..wire import INFINITY, DuidEn, DuidLl, DuidUuid
from .options import LINK, UNICAST, Options
from .rules import Rules
from .server import Server

NAME = "dhcpv6-server"
KEY = "rfc8415/server"
IXIT: dict[str, dict[str, Any]] = {"dhcpv6": {"prefix": str(LINK)}}
CLAIMS: dict[str, dict[str, Any]] = {
    KEY: {
        "edition": 9915,
        "rapid_commit": True,
        "dns_options": True,
        "vendor_options": True,
        "information_refresh_time": True,
        "sol_max_rt": True,
        "inf_max_rt": True,
        "duid_type": 1,
    }
}
EARLIER = Options(
    edition=8415, temporary=True, rapid_commit=False, duid=DuidEn(enterprise_number=32473, identifier=b"cell-7")
)
SET = Options(
    edition=8415, unicast=UNICAST, preference=7, user_classes=(b"line", b"cell"), preferred_lifetime=INFINITY,
    valid_lifetime=INFINITY, duid=DuidUuid(uuid=UUID("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")),
)  # fmt: skip

CREATING = Options(creates_on_renew=True, creates_on_rebind=True, duid=DuidLl(link_layer_address=Options.mac))


def make(fault: Fault | None = None) -> Server:
    """A server that conforms, but for the fault given."""
    return Server(faulty(Rules, fault))


def earlier(fault: Fault | None = None) -> Server:
    """One that follows RFC 8415, leases temporary addresses, and commits nothing rapidly."""
    return Server(faulty(Rules, fault), EARLIER)


def unicast(fault: Fault | None = None) -> Server:
    """One that follows RFC 8415 and is set to what few are: unicast, a preference, leases that never end."""
    return Server(faulty(Rules, fault), SET)


def creating(fault: Fault | None = None) -> Server:
    """One that follows RFC 9915 and makes bindings for what it does not know in a Renew or Rebind."""
    return Server(faulty(Rules, fault), CREATING)


def claims(**others: Any) -> dict[str, dict[str, Any]]:
    """The claims of a variant that differ from those of the first."""
    return {KEY: CLAIMS[KEY] | others}


VARIANTS = (
    Variant("dhcpv6-server-8415", earlier, claims(edition=8415, ia_ta=True, rapid_commit=False, duid_type=2), IXIT),
    Variant(
        "dhcpv6-server-unicast",
        unicast,
        claims(
            edition=8415,
            server_unicast=True,
            preference=True,
            user_class=True,
            infinite_lifetimes=True,
            duid_type=4,
        ),
        IXIT,
    ),
    Variant(
        "dhcpv6-server-creating", creating, claims(creates_on_renew=True, creates_on_rebind=True, duid_type=3), IXIT
    ),
)
__all__ = ["CLAIMS", "IXIT", "NAME", "VARIANTS", "Rules", "Server", "make"]
