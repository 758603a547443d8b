"""Two default routers of the tester's, and which of them a host uses for what lies behind them."""

from collections.abc import Sequence
from ipaddress import IPv6Address, IPv6Network

from conformance.engine import Unready

from .fresh import Fresh
from .router import Router
from .station import CHATTER, packet, reply_to
from .wire import EchoReply, EchoRequest

PREFIX = IPv6Network("2001:db8:4::/64")
AWAY = IPv6Address("2001:db8:ffff::1")
"""An address behind the routers."""


async def two_routers(alone: Fresh) -> tuple[Router, Router]:
    """Two routers that the host takes for default routers; the first is the one that it uses for `AWAY`.

    Raises Unready.
    """
    routers = [alone.router(name=f"router {i}") for i in (1, 2)]
    await routers[0].advertise(PREFIX)
    await alone.configured(PREFIX)
    for each in routers:
        each.product = alone.node
        await each.advertise(PREFIX)
        await each.greet()
    used = await router_for(routers, AWAY)
    return routers[used], routers[1 - used]


async def router_for(routers: Sequence[Router], destination: IPv6Address) -> int:
    """Which of the routers carries what the host sends to a destination. Raises Unready where none does."""
    request = await ask_from(destination, routers[0])
    for i, each in enumerate(routers):
        behind = each.echo(b"behind")
        await each.send(each.frame(behind))
        await each.ready(reply_to(behind), passing=CHATTER | packet(EchoReply))
        if each.arrived(reply_to(request)):
            return i
    raise Unready(f"no router carries what the host sends to {destination}")


async def ask_from(source: IPv6Address, router: Router) -> EchoRequest:
    """Send an Echo Request that comes from behind a router."""
    request = router.echo()
    if router.product.address is None:
        raise Unready("the host has no address of wider scope here")
    await router.send(router.frame(request, to=router.product.address, source=source))
    return request
