"""RFC 4861, 4.2, 6.3.4 to 6.3.6: the default routers of a host: who is one, for how long, and which is used."""

import pytest

from conformance.engine import Unready, check, lasts, outcome, uses

from .bind import host
from .default_routers import AWAY, PREFIX, two_routers
from .next_hops import (
    TICK_S,
    another,
    answering,
    away,
    expect_direct,
    expect_through,
    expect_unreached,
    idle,
    inside,
    nearly,
    numbered,
    on_link,
    ready_through,
    router_of,
    served,
)
from .provide import Fresh
from .resolving import TRIES, at
from .router import LIFETIME_S, Router
from .station import packet
from .wire import Frame, NeighborAdvertisement, NeighborSolicitation, SourceLinkLayerAddress, TargetLinkLayerAddress
from .wire.addresses import ALL_NODES, solicited_node

pytestmark = uses("product", exclusive=True)
SHORT_S = 3
DESTINATIONS = 8
MANY = 4
TRIED_S = 12.0
"""DELAY_FIRST_PROBE_TIME and three solicitations of a second each (10), and some time to spare."""
UNREACHABLE_S = 45.0 + TRIED_S
"""The same behind the time for which a router may count as reachable: one and a half of REACHABLE_TIME (6.3.2)."""


@host("rfc4861:4.2-3")
@pytest.mark.parametrize("lifetime", [9001, 65535])
async def test_a_router_lifetime_above_9000_s_is_used(alone: Fresh, lifetime: int) -> None:
    """No router should announce more than 9000 s, but a host uses one that does."""
    router = await served(alone, router_lifetime=lifetime)
    await expect_through(alone, router, away(alone), why="the router is not used")


@host("rfc4861:4.2-4a")
async def test_a_router_lifetime_of_0_makes_no_default_router(alone: Fresh) -> None:
    """A router that advertises a lifetime of 0 is no default router."""
    router = await served(alone, router_lifetime=0)
    await expect_unreached(alone, router, away(alone), why="a router with Router Lifetime 0 is used")


@host("rfc4861:4.2-4b")
async def test_a_router_lifetime_of_0_says_nothing_of_the_rest(alone: Fresh) -> None:
    """From an advertisement with Router Lifetime 0 a host takes prefixes and parameters all the same."""
    router = await served(alone)
    quiet = await another(alone, on_link(numbered(1)), router_lifetime=0, cur_hop_limit=41)
    await expect_direct(alone, router, inside(alone, numbered(1)), why="the prefix was not taken")
    got = (await quiet.ping()).ip
    if got and got.hop_limit != 41:
        await router.advertise(cur_hop_limit=42)
        other = (await router.ping()).ip
        takes = other and other.hop_limit == 42  # a host that takes none from any is for other cases
        check(not takes, "the hop limit was not taken", expected=41, got=got.hop_limit)


@host("rfc4861:6.3.4-4a")
@lasts(SHORT_S)
async def test_a_router_is_used_for_its_lifetime(alone: Fresh) -> None:
    """A Router Lifetime above 0 puts the sender into the default router list for that time."""
    router = await served(alone, router_lifetime=0)
    await router.advertise(router_lifetime=SHORT_S)
    told_s = router.channel.sent_at_s
    await expect_through(alone, router, away(alone), why="the router is not used")
    await nearly(alone, told_s, SHORT_S)
    await expect_through(alone, router, away(alone), why="the router is left before its time")


@host("rfc4861:6.3.5-1")
@lasts(SHORT_S + TICK_S)
async def test_a_router_whose_time_is_over_is_not_used(alone: Fresh) -> None:
    """A router whose lifetime has run out is no longer used."""
    router = await served(alone)
    await router.advertise(router_lifetime=SHORT_S)
    await ready_through(alone, router, away(alone))
    await idle(alone, SHORT_S + TICK_S)
    await expect_unreached(alone, router, away(alone), why="the router is used after its lifetime")


@host("rfc4861:6.3.4-4b")
@lasts(SHORT_S + TICK_S)
async def test_a_repeated_advertisement_begins_the_lifetime_anew(alone: Fresh) -> None:
    """An advertisement of a router that is listed sets its lifetime anew."""
    router = await served(alone)
    await router.advertise(router_lifetime=SHORT_S)
    await router.advertise()
    await ready_through(alone, router, away(alone))
    await idle(alone, SHORT_S + TICK_S)
    await expect_through(alone, router, away(alone), why="the earlier lifetime ended the router")


@host("rfc4861:6.3.4-5")
async def test_a_router_lifetime_of_0_ends_a_router_at_once(alone: Fresh) -> None:
    """An advertisement with Router Lifetime 0 takes a router off the list at once."""
    router = await served(alone)
    await ready_through(alone, router, away(alone))
    await router.advertise(router_lifetime=0)
    await expect_unreached(alone, router, away(alone), why="the router is still used")


@host("rfc4861:6.3.4-6a")
async def test_two_routers_are_kept(alone: Fresh) -> None:
    """A host keeps at least two routers: when one ends, the other is used."""
    first, second = await two_routers(alone)
    await first.advertise(router_lifetime=0)
    await expect_through(alone, second, AWAY, why="the second router is not used")


@host("rfc4861:6.3.4-6b")
async def test_more_than_two_routers_are_kept(alone: Fresh) -> None:
    """A host keeps more than two routers: as they end one by one, another is used until the last."""
    left = list(await two_routers(alone))
    left += [await another(alone) for _ in range(MANY - 2)]
    while len(left) > 1:
        used = await router_of(alone, left, AWAY)
        if used is None and len(left) == MANY - 1:
            raise Unready("the host does not keep two routers")
        check(used, "no router is used", expected=f"one of {len(left)} routers", got="none")
        assert used
        await used.advertise(router_lifetime=0)
        left.remove(used)
    await expect_through(alone, left[0], AWAY, why="the last of several routers is not used")


@host("rfc4861:6.3.4-10")
async def test_the_address_in_an_advertisement_is_recorded(alone: Fresh) -> None:
    """The source link-layer address of an advertisement is used for the router without asking for it."""
    router = alone.router()
    router.answers = False
    await router.advertise(PREFIX)
    await alone.configured(PREFIX)
    router.product = alone.node
    asked = [each for each in alone.heard if packet(NeighborSolicitation, target=router.link_local).matches(each)]
    check(not asked, "the host asked for an address that the advertisement had told")
    await answering(alone, alone.station(name="neighbour"))
    await expect_through(alone, router, away(alone), why="the address in the advertisement was not used")


@host("rfc4861:6.3.4-11")
async def test_a_neighbour_that_advertises_counts_as_a_router(alone: Fresh) -> None:
    """The entry of a neighbour that was known before its advertisement says from then on that it is a router.

    So a Neighbor Advertisement with the R flag clear ends it as one.
    """
    router = await served(alone)
    neighbour = alone.router(name="neighbour")
    question = NeighborSolicitation(
        target=alone.node.link_local, options=(SourceLinkLayerAddress(address=neighbour.mac),)
    )
    await neighbour.send(neighbour.frame(question, to=solicited_node(alone.node.link_local), hop_limit=255))
    await neighbour.ready(packet(NeighborAdvertisement, target=alone.node.link_local), passing=Frame)
    await neighbour.advertise()
    await router.advertise(router_lifetime=0)
    await ready_through(alone, neighbour, away(alone))
    answer = NeighborAdvertisement(
        target=neighbour.link_local, override=True, options=(TargetLinkLayerAddress(address=neighbour.mac),)
    )
    await neighbour.send(neighbour.frame(answer, to=ALL_NODES, source=neighbour.link_local, hop_limit=255))
    await expect_unreached(alone, router, away(alone), why="a neighbour that is no router any more is used as one")


@host("rfc4861:6.3.5-2")
async def test_all_destinations_of_a_router_that_ends_go_elsewhere(alone: Fresh) -> None:
    """When a router leaves the list, each destination that used it chooses its next hop again."""
    routers = await two_routers(alone)
    destinations = [away(alone) for _ in range(DESTINATIONS)]
    users = {each: await router_of(alone, routers, each) for each in destinations}
    first, second = routers
    await first.advertise(router_lifetime=0)
    await ready_through(alone, second, away(alone))
    for destination in (each for each, by in users.items() if by is first):
        await expect_through(alone, second, destination, why=f"{destination} is still reached through the router")


async def _through_in_time(alone: Fresh, wanted: Router, silent: Router) -> None:
    """The host uses a router before long, and not the one that cannot be reached. Raises Nonconformity."""
    ends_s = alone.case.now_s + UNREACHABLE_S
    came: Router | None = None
    while came is not wanted and alone.case.now_s < ends_s:
        came = await _used_soon(alone, wanted, silent)
    asked = packet(NeighborSolicitation, target=wanted.link_local)
    resolved = sum(asked.matches(each) for each in alone.heard) < TRIES
    if came is None and not (resolved and _asked_for(alone, silent)):
        raise Unready("what the host sends goes to neither of its routers")
    why = "a router that cannot be reached is still used"
    check(came is wanted, why, expected=f"the other router within {UNREACHABLE_S:g} s", got="not", timing=1.0)


async def _used_soon(alone: Fresh, asking: Router, *others: Router) -> Router | None:
    """Where the host's answer to a request goes within a second; to wait for that one it has gone elsewhere."""
    request = asking.echo()
    assert asking.product.address
    await asking.send(asking.frame(request, to=asking.product.address, source=AWAY))
    came = await alone.watch.next(passing=Frame, until=outcome(at(asking.mac, request)), within_s=1.0)
    if isinstance(came, Frame):
        return asking
    return next((each for each in others if each.arrived(at(each.mac, request))), None)


def _asked_for(alone: Fresh, *routers: Router) -> bool:
    """Whether the host has asked for each of the routers."""
    asked = {each.message.target for each in alone.heard if isinstance(each.message, NeighborSolicitation)}
    return asked >= {each.link_local for each in routers}


@host("rfc4861:6.3.6-1")
@lasts(UNREACHABLE_S)
async def test_a_router_that_does_not_answer_is_left(alone: Fresh) -> None:
    """A router that stops answering solicitations is left for one that is reachable."""
    used, other = await two_routers(alone)
    used.answers = False
    await _through_in_time(alone, other, used)


@host("rfc4861:6.3.6-1")
@pytest.mark.parametrize("first", ["silent", "reachable"])
@lasts(UNREACHABLE_S)
async def test_a_router_that_never_answered_is_not_preferred(alone: Fresh, first: str) -> None:
    """A router of which no link-layer address is known is not preferred to one that is reachable."""
    router = await served(alone, router_lifetime=0 if first == "silent" else LIFETIME_S)
    silent = alone.router(name="silent")
    silent.answers = False
    await silent.advertise(options=())
    await router.advertise()
    await _through_in_time(alone, router, silent)


@host("rfc4861:6.3.6-2")
@lasts(2 * TRIED_S)
async def test_routers_that_do_not_answer_are_tried_in_turn(alone: Fresh) -> None:
    """While no router is known to be reachable, the host tries one after the other."""
    asking = await served(alone, router_lifetime=0)
    silent = [alone.router(name=f"silent {i}") for i in (1, 2)]
    for each in silent:
        each.answers = False
        await each.advertise(options=())
    ends_s = alone.case.now_s + 2 * TRIED_S
    while not _asked_for(alone, *silent) and alone.case.now_s < ends_s:
        if await _used_soon(alone, asking):
            raise Unready("the host uses a router that is none")
    if not any(_asked_for(alone, each) for each in silent):
        raise Unready("the host tries none of its routers")
    good = _asked_for(alone, *silent)
    check(good, "not every router is tried", expected="a solicitation for each", got="not for each", timing=1.0)
