"""RFC 4311, 2: a host shares its destinations among routers of equal standing."""

from ipaddress import IPv6Address

from conformance.engine import check, uses

from .bind import host
from .default_routers import router_for, two_routers
from .provide import Fresh

pytestmark = uses("product", exclusive=True)
DESTINATIONS = 32
"""That all of so many go to one of two routers by chance happens once in 2^31 times."""


@host("rfc4311:2-1")
async def test_destinations_are_shared_among_routers(alone: Fresh) -> None:
    """Among routers of equal standing the host shares its destinations."""
    routers = await two_routers(alone)
    away = [IPv6Address(f"2001:db8:ffff::{alone.case.rng.getrandbits(16):x}:{i + 2:x}") for i in range(DESTINATIONS)]
    used = {await router_for(routers, each) for each in away}
    check(len(used) == 2, f"all of {DESTINATIONS} destinations go to one router", expected="both routers", got="one")
