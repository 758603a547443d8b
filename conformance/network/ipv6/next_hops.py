"""Where a host sends what it has to say, by what its routers have told it (RFC 4861, 5.2 and 6.3).

An Echo Request from an address behind a router, or from one that may be on the link, has the host choose a next hop:
either it asks for the address itself, or its reply goes to the hardware address of a router.
"""

from collections.abc import Callable, Iterable
from ipaddress import IPv6Address, IPv6Network
from typing import Any

from conformance.engine import Nonconformity, Outcome, Silence, Unready

from .default_routers import AWAY, PREFIX, ask_from
from .fresh import Fresh
from .resolving import at
from .router import Router, as_prefix
from .station import Station, packet, reply_to
from .wire import EchoRequest, Frame, NeighborSolicitation, PrefixInformation

Wrong = Callable[[EchoRequest, IPv6Address], Any]
TICK_S = 1.0
"""How far a lifetime may be off: the clocks of small nodes tick in seconds."""
SETTLE_S = 0.3


async def served(alone: Fresh, *prefixes: IPv6Network | PrefixInformation, **fields: Any) -> Router:
    """A router that the host has heard, and an address that the host has of it; `fields` of the advertisement.

    Raises Unready.
    """
    router = alone.router(name="router")
    await router.advertise(PREFIX, *prefixes, **fields)
    await alone.configured(PREFIX)
    router.product = alone.node
    await router.greet()
    return router


async def another(alone: Fresh, *prefixes: IPv6Network | PrefixInformation, **fields: Any) -> Router:
    """One more router, which the host hears and knows. Raises Unready."""
    router = alone.router(name="another router")
    await router.advertise(*prefixes, **fields)
    await router.greet()
    return router


def away(alone: Fresh) -> IPv6Address:
    """An address behind the routers that the case has not used yet."""
    return IPv6Address(int(AWAY) & ~((1 << 64) - 1) | alone.case.rng.getrandbits(62) | 1 << 62)


def inside(alone: Fresh, prefix: IPv6Network) -> IPv6Address:
    """An address of a prefix that the case has not used yet."""
    return prefix[alone.case.rng.randrange(2, prefix.num_addresses - 1)]


def numbered(i: int) -> IPv6Network:
    """A prefix that no other number stands for."""
    return IPv6Network((int(IPv6Address("2001:db8:5::")) | i << 64, 64))


def on_link(prefix: IPv6Network, **fields: Any) -> PrefixInformation:
    """The option that says a prefix is on-link, and no more."""
    return as_prefix(prefix, **({"autonomous": False} | fields))


# Where the answer goes.


async def expect_direct(alone: Fresh, router: Router, source: IPv6Address, *, why: str = "") -> None:
    """The host takes an address as on-link: it asks for it. `router` brings the question. Raises Nonconformity."""
    _, event = await _asked(alone, router, source)
    if not isinstance(event, Silence) and not isinstance(event.message, NeighborSolicitation):
        await _settle(alone)
        _, event = await _asked(alone, router, source)
    wanted = packet(NeighborSolicitation, target=source)
    if not wanted.matches(event):
        raise alone.watch.unexpected(event, Outcome((wanted,)), why or f"the host does not take {source} as on-link")


async def expect_through(
    alone: Fresh, router: Router, source: IPv6Address, *, by: Router | None = None, why: str = ""
) -> None:
    """The host's answer goes to a router, `by` or that which brings the question. Raises Nonconformity."""
    request, event = await _asked(alone, router, source)
    if not isinstance(event, Silence) and not at((by or router).mac, request).matches(event):
        await _settle(alone)
        request, event = await _asked(alone, router, _unasked(event, source))
    wanted = at((by or router).mac, request)
    if not wanted.matches(event):
        raise alone.watch.unexpected(event, Outcome((wanted,)), why)


async def _settle(alone: Fresh) -> None:
    """A host need not act on an advertisement within the same millisecond: it is asked once again."""
    await idle(alone, SETTLE_S)


def _unasked(event: Frame, source: IPv6Address) -> IPv6Address:
    """The address to ask again from: the same, or the one beside it where the host waits for that one's answer."""
    return IPv6Address(int(source) ^ 1) if isinstance(event.message, NeighborSolicitation) else source


async def expect_unreached(alone: Fresh, router: Router, source: IPv6Address, *, why: str = "") -> None:
    """The host's answer to an address goes nowhere: a request behind is answered first. Raises Nonconformity."""
    await _only_behind(alone, router, source, lambda request, _: reply_to(request), why)


async def expect_unasked(alone: Fresh, router: Router, source: IPv6Address, *, why: str = "") -> None:
    """The host does not ask for an address: a request behind is answered first. Raises Nonconformity."""
    await _only_behind(alone, router, source, lambda _, asked: packet(NeighborSolicitation, target=asked), why)


async def _only_behind(alone: Fresh, router: Router, source: IPv6Address, wrong: Wrong, why: str) -> None:
    wanted, event = await _behind(alone, router, source, wrong)
    if not wanted.matches(event) and not isinstance(event, Silence):
        await _settle(alone)
        wanted, event = await _behind(alone, router, _unasked(event, source), wrong)
    if not wanted.matches(event):
        raise alone.watch.unexpected(event, Outcome((wanted,)), why)


async def _behind(alone: Fresh, router: Router, source: IPv6Address, wrong: Wrong) -> tuple[Any, Frame | Silence]:
    """Ask from an address, and plainly behind; the plain answer, and what comes first of it and what is wrong."""
    request = await ask_from(source, router)
    behind = router.echo(b"behind")
    await router.send(router.frame(behind))
    wanted = reply_to(behind)
    return wanted, await alone.watch.next(passing=Frame, until=wanted | wrong(request, source))


async def ready_through(alone: Fresh, router: Router, source: IPv6Address, *, by: Router | None = None) -> None:
    """`expect_through`, as a step towards the start of a case. Raises Unready."""
    try:
        await expect_through(alone, router, source, by=by)
    except Nonconformity as error:
        raise Unready(f"before the case proper: {error.summary}") from None


async def ready_direct(alone: Fresh, router: Router, source: IPv6Address) -> None:
    """`expect_direct`, as a step towards the start of a case. Raises Unready."""
    try:
        await expect_direct(alone, router, source)
    except Nonconformity as error:
        raise Unready(f"before the case proper: {error.summary}") from None


async def router_of(alone: Fresh, routers: Iterable[Router], source: IPv6Address) -> Router | None:
    """The router that the host's answer to an address goes to; None where it goes to none of them."""
    routers = list(routers)
    request, event = await _asked(alone, routers[0], source)
    return next((each for each in routers if at(each.mac, request).matches(event)), None)


async def idle(alone: Fresh, seconds: float) -> None:
    """Let the time pass that a lifetime or a timer has."""
    await alone.watch.next(passing=Frame, within_s=seconds)


async def nearly(alone: Fresh, since_s: float, lifetime_s: float) -> None:
    """Come back when a lifetime that was told at `since_s` is nearly over. Raises Unready where it is over by then."""
    ends_s = since_s + lifetime_s - TICK_S
    await idle(alone, max(0.0, ends_s - TICK_S / 2 - _now_s(alone)))
    if _now_s(alone) > ends_s:
        raise Unready("this machine was too slow to ask before the time was over")


def _now_s(alone: Fresh) -> float:
    return alone.case.began_s + alone.case.now_s


async def _asked(alone: Fresh, router: Router, source: IPv6Address) -> tuple[EchoRequest, Frame | Silence]:
    """Send an Echo Request from an address; what the host does first, answer it or ask for the address."""
    request = await ask_from(source, router)
    either = Outcome((packet(NeighborSolicitation, target=source), reply_to(request)))
    event: Frame | Silence = await alone.watch.next(passing=Frame, until=either)
    if isinstance(event, Silence):
        await answering(alone, alone.station(name="neighbour"))
    return request, event


async def answering(alone: Fresh, neighbour: Station) -> None:
    """The host answers at its address of wider scope, to a neighbour for which it needs no router. Raises Unready."""
    request = neighbour.echo()
    there = neighbour.product.address
    await neighbour.send(neighbour.frame(request, to=there, source=neighbour.link_local))
    if isinstance(await alone.watch.next(passing=Frame, until=Outcome((reply_to(request),))), Silence):
        raise Unready(f"the host answers nobody at {there}")
