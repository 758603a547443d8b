"""RFC 4191, 2 and 3: which router a host prefers, and the routes that it takes from advertisements."""

import itertools
from ipaddress import IPv6Network

import pytest

from conformance.engine import Nonconformity, Silence, Unready, check, lasts, negative, outcome, uses

from .bind import host
from .default_routers import AWAY, ask_from
from .next_hops import another, away, expect_through, expect_unreached, idle, ready_through, served
from .provide import Fresh
from .resolving import at
from .router import Router
from .station import packet
from .wire import Frame, NdOption, NeighborSolicitation, RouteInformation, SourceLinkLayerAddress

pytestmark = uses("product", exclusive=True)
HIGH, MEDIUM, LOW, RESERVED = 1, 0, 3, 2
BEHIND = IPv6Network((AWAY, 64), strict=False)
WIDER = IPv6Network((AWAY, 48), strict=False)
KNOWN = BEHIND[0x4191]
DESTINATIONS = 6
"""That so many all go to the right one of two routers of equal standing happens once in 64 times."""
UNREACHABLE_S = 12.0
MINUTE_S = 60.0
STEP_S = 2.0
RESOLVED_S = 4.0
"""When the last of three solicitations has gone out, a second apart, and some time to spare."""


def route(prefix: IPv6Network = BEHIND, **fields: int) -> RouteInformation:
    """A Route Information option."""
    values = {"preference": MEDIUM, "route_lifetime": 1800} | fields
    return RouteInformation(prefix=prefix.network_address, prefix_length=prefix.prefixlen, **values)


async def with_routes(alone: Fresh, *options: NdOption) -> Router:
    """One more router, which is no default router and has these routes. Raises Unready."""
    router = alone.router(name="router with routes")
    await tell(router, *options)
    await router.greet()
    return router


async def tell(router: Router, *options: NdOption) -> None:
    """Advertise routes."""
    address = SourceLinkLayerAddress(address=router.mac)
    await router.advertise(options=(address, *options), router_lifetime=0)


async def expect_all_through(alone: Fresh, asking: Router, by: Router, why: str) -> None:
    """The answers to several addresses all go to one router."""
    for _ in range(DESTINATIONS):
        await expect_through(alone, asking, away(alone), by=by, why=why)


# Preferences (2.2, 3.1).


@host("rfc4191:3.1-1")
@pytest.mark.parametrize(("better", "worse"), [(HIGH, MEDIUM), (MEDIUM, LOW), (HIGH, LOW)])
@pytest.mark.parametrize("first", ["better", "worse"])
async def test_the_router_of_the_highest_preference_is_used(alone: Fresh, better: int, worse: int, first: str) -> None:
    """Among routers that can be reached the host takes one of the highest preference, whichever came first."""
    order = (better, worse) if first == "better" else (worse, better)
    routers = [await served(alone, preference=order[0]), await another(alone, preference=order[1])]
    wanted = routers[order.index(better)]
    await expect_all_through(alone, routers[0], wanted, "a router of lower preference is used")


@host("rfc4191:2.2-2")
@negative
async def test_the_reserved_preference_counts_as_medium(alone: Fresh) -> None:
    """A router of preference 10 counts as medium: above a low one and below a high one."""
    odd = await served(alone, preference=RESERVED)
    low = await another(alone, preference=LOW)
    await expect_all_through(alone, low, odd, "a router of low preference is used before one of preference 10")
    await low.advertise(router_lifetime=0)
    high = await another(alone, preference=HIGH)
    await expect_all_through(alone, low, high, "a router of preference 10 is used before one of high preference")


# Routes (2.3, 3.1 to 3.3).


@host("rfc4191:2.3-1")
@negative
async def test_a_route_of_the_reserved_preference_is_ignored(alone: Fresh) -> None:
    """A Route Information option of preference 10 is ignored."""
    router = await served(alone)
    await with_routes(alone, route(preference=RESERVED))
    await expect_through(alone, router, AWAY, why="a route of preference 10 is used")


@host("rfc4191:2.3-2")
async def test_reserved_bits_of_a_route_are_ignored(alone: Fresh) -> None:
    """The reserved bits of a Route Information option, and those of the prefix behind its length, are ignored."""
    router = await served(alone)
    odd = RouteInformation(
        prefix=AWAY, prefix_length=60, prefix_octets=16, route_lifetime=1800, reserved1=7, reserved2=7
    )
    wanted = await with_routes(alone, odd)
    await expect_through(alone, router, AWAY, by=wanted, why="the route is not used")


@host("rfc4191:3.1-2")
async def test_the_route_of_the_longest_prefix_is_used(alone: Fresh) -> None:
    """The host takes the route with the longest prefix that matches, whatever the preferences."""
    router = await served(alone, preference=HIGH)
    wide = await with_routes(alone, route(WIDER, preference=HIGH))
    await expect_through(alone, router, AWAY, by=wide, why="the default router is used although a route matches")
    narrow = await with_routes(alone, route(BEHIND, preference=LOW))
    await expect_through(alone, router, AWAY, by=narrow, why="a shorter prefix is used")


@host("rfc4191:3.2-1")
async def test_without_a_route_a_packet_is_discarded(alone: Fresh) -> None:
    """Without default router, what no route matches is discarded."""
    router = await served(alone, router_lifetime=0)
    try:
        await expect_unreached(alone, router, AWAY)
    except Nonconformity as error:
        raise Unready(f"a router that is no default router is used: {error.summary}") from None
    with_route = await with_routes(alone, route(BEHIND))
    await ready_through(alone, router, AWAY, by=with_route)
    beside = BEHIND[0] + (1 << 64) + 1
    await expect_unreached(alone, router, beside, why="a packet goes where no route leads")


@host("rfc4191:3.3-1")
async def test_destinations_follow_changes_of_routes(alone: Fresh) -> None:
    """When routes or preferences change, the next hop of what they concern is determined anew."""
    router = await served(alone)
    await ready_through(alone, router, KNOWN)
    other = await with_routes(alone, route())
    await expect_through(alone, router, KNOWN, by=other, why="a new route is not used for a known destination")
    await tell(other, route(route_lifetime=0))
    await expect_through(alone, router, KNOWN, why="a route that has ended is used for a known destination")
    await other.advertise(preference=HIGH)
    await expect_through(alone, router, KNOWN, by=other, why="a router that is preferred now is not used")


# Preferred routers that cannot be reached (3.5).


async def unreachable(alone: Fresh) -> tuple[Router, Router]:
    """A router that is used, and one of higher preference that the host has found to be unreachable. Raises Unready."""
    router = await served(alone, preference=LOW)
    silent = alone.router(name="silent")
    silent.answers = False
    await silent.advertise(options=(), preference=HIGH)
    ends_s = alone.case.now_s + UNREACHABLE_S
    found = False
    while not found and alone.case.now_s < ends_s:
        request = await ask_from(AWAY, router)
        event = await alone.watch.next(passing=Frame, until=outcome(at(router.mac, request)), within_s=1.0)
        found = isinstance(event, Frame)
    if not found:
        raise Unready("the host goes on using a router that never answered")
    await idle(alone, RESOLVED_S)
    silent.arrived(packet(NeighborSolicitation, target=silent.link_local))
    return router, silent


@host("rfc4191:3.5-1a")
@lasts(UNREACHABLE_S + 1.5 * MINUTE_S)
async def test_a_preferred_router_is_probed(alone: Fresh) -> None:
    """A preferred router that was unreachable is asked for by and by, or used again."""
    router, silent = await unreachable(alone)
    silent.answers = True
    ends_s = alone.case.now_s + 1.5 * MINUTE_S
    reached = False
    while not reached and alone.case.now_s < ends_s:
        request = await ask_from(AWAY, router)
        either = outcome(at(silent.mac, request)) | packet(NeighborSolicitation, target=silent.link_local)
        event = await silent.next(passing=Frame, until=either, within_s=STEP_S)
        reached = isinstance(event, Frame)
    check(reached, "the preferred router is not probed", expected="a solicitation or its use", got="neither", timing=1)


@host("rfc4191:3.5-1b")
@lasts(UNREACHABLE_S + MINUTE_S)
async def test_an_unreachable_router_is_not_probed_idly(alone: Fresh) -> None:
    """An unreachable router is not probed while no packet would go to it."""
    _, silent = await unreachable(alone)
    wanted = packet(NeighborSolicitation, target=silent.link_local)
    event = await silent.next(passing=Frame, until=outcome(wanted), within_s=MINUTE_S + STEP_S)
    check(isinstance(event, Silence), "an unreachable router is probed idly", expected="silence", got="a solicitation")


@host("rfc4191:3.5-1c")
@lasts(UNREACHABLE_S + 2 * MINUTE_S)
async def test_an_unreachable_router_is_probed_once_a_minute(alone: Fresh) -> None:
    """An unreachable router is probed at most once a minute, however many packets would go to it."""
    router, silent = await unreachable(alone)
    ends_s = alone.case.now_s + 2 * MINUTE_S
    came_s: list[float] = []
    while alone.case.now_s < ends_s:
        came_s += await _probes_s(alone, router, silent)
    gaps_s = [after - before for before, after in itertools.pairwise(came_s)]
    good = all(gap_s >= MINUTE_S - 2 * STEP_S for gap_s in gaps_s)
    got = ", ".join(f"{gap_s:.1f} s" for gap_s in gaps_s)
    check(good, "a router is probed more than once a minute", expected="a minute between probes", got=got, timing=True)


async def _probes_s(alone: Fresh, router: Router, silent: Router) -> list[float]:
    """When the silent router was probed because of a request whose answer went to the other one.

    Where the answer goes to neither, the host tries to use the silent router: what it sends then is no probe.
    """
    now_s = alone.case.now_s
    request = await ask_from(AWAY, router)
    event = await alone.watch.next(passing=Frame, until=outcome(at(router.mac, request)), within_s=STEP_S)
    await idle(alone, STEP_S)
    probes = silent.arrived(packet(NeighborSolicitation, target=silent.link_local))
    return [now_s for _ in probes] if isinstance(event, Frame) else []
