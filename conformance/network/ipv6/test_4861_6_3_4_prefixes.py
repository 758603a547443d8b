"""RFC 4861, 4.6.2, 6.3.4, 6.3.5 and RFC 5942: which prefixes a host takes as on-link, and for how long."""

from dataclasses import replace
from ipaddress import IPv6Address, IPv6Network

import pytest

from conformance.engine import lasts, negative, uses

from .bind import host
from .next_hops import (
    TICK_S,
    another,
    away,
    expect_direct,
    expect_through,
    expect_unasked,
    idle,
    inside,
    nearly,
    numbered,
    on_link,
    ready_direct,
    served,
)
from .provide import Fresh
from .router import Router, as_prefix
from .station import Station

pytestmark = uses("product", exclusive=True)
ONE = numbered(1)
SHORT_S = 3
LINK_LOCAL = IPv6Network("fe80::/64")


async def taught(alone: Fresh, **fields: int) -> Router:
    """A router that has said that the prefix ONE is on-link, which the host shows to know."""
    router = await served(alone)
    await router.advertise(on_link(ONE, **fields))
    await ready_direct(alone, router, inside(alone, ONE))
    return router


@host("rfc4861:4.6.2-1", "rfc4861:6.3.4-14")
async def test_a_prefix_without_l_says_nothing(alone: Fresh) -> None:
    """A prefix with the L flag clear makes no statement: what was on-link stays so."""
    router = await taught(alone)
    await router.advertise(on_link(ONE, on_link=False))
    await expect_direct(alone, router, inside(alone, ONE), why="a prefix without L ends the on-link state")


@host("rfc4861:4.6.2-3")
async def test_bits_behind_the_prefix_length_are_ignored(alone: Fresh) -> None:
    """The bits of the Prefix field behind the prefix length make no difference."""
    router = await served(alone)
    prefix = replace(on_link(ONE), prefix=inside(alone, ONE))
    await router.advertise(prefix)
    await expect_direct(alone, router, inside(alone, ONE))


@host("rfc4861:4.6.2-4b")
@lasts(2 * TICK_S)
@negative
async def test_the_link_local_prefix_is_ignored(alone: Fresh) -> None:
    """A Prefix Information option for the link-local prefix is ignored: neither addresses nor prefix end with it."""
    router = await served(alone)
    for lifetime in (1, 0):
        fields = {"valid_lifetime": lifetime, "preferred_lifetime": lifetime}
        await router.advertise(as_prefix(LINK_LOCAL, **fields))
    await idle(alone, 1 + TICK_S)
    neighbour = Station(alone.case, alone.lan, alone.node, name="neighbour")
    await neighbour.ping()


@host("rfc4861:9-3")
async def test_the_absence_of_a_prefix_means_nothing(alone: Fresh) -> None:
    """A prefix of an earlier advertisement stays when a later one has none."""
    router = await taught(alone)
    await router.advertise()
    await expect_direct(alone, router, inside(alone, ONE), why="an advertisement without the prefix ended it")


@host("rfc4861:6.3.4-15a")
async def test_a_prefix_with_l_is_on_link(alone: Fresh) -> None:
    """A prefix with the L flag set and a valid lifetime is on-link: the host asks for its addresses itself."""
    router = await served(alone)
    await expect_through(alone, router, inside(alone, ONE))
    await router.advertise(on_link(ONE, valid_lifetime=SHORT_S, preferred_lifetime=SHORT_S))
    told_s = router.channel.sent_at_s
    await expect_direct(alone, router, inside(alone, ONE))
    await nearly(alone, told_s, SHORT_S)
    await expect_direct(alone, router, inside(alone, ONE), why="the prefix was dropped before its time")


@host("rfc4861:6.3.4-15b")
@lasts(SHORT_S + TICK_S)
async def test_a_repeated_prefix_begins_its_lifetime_anew(alone: Fresh) -> None:
    """A prefix that is repeated has its lifetime from then on."""
    router = await taught(alone, valid_lifetime=SHORT_S, preferred_lifetime=SHORT_S)
    await router.advertise(on_link(ONE))
    await idle(alone, SHORT_S + TICK_S)
    await expect_direct(alone, router, inside(alone, ONE), why="the earlier lifetime ended the prefix")


@host("rfc4861:6.3.4-15c")
async def test_a_valid_lifetime_of_0_ends_a_prefix(alone: Fresh) -> None:
    """A valid lifetime of 0 ends the on-link state of a known prefix at once."""
    router = await taught(alone)
    await router.advertise(on_link(ONE, valid_lifetime=0, preferred_lifetime=0))
    await expect_through(alone, router, inside(alone, ONE), why="the prefix is still taken as on-link")


@host("rfc4861:6.3.4-15d")
async def test_a_valid_lifetime_of_0_adds_no_prefix(alone: Fresh) -> None:
    """A valid lifetime of 0 for a prefix that the host does not know has no effect."""
    router = await served(alone)
    await router.advertise(on_link(ONE, valid_lifetime=0, preferred_lifetime=0))
    await expect_through(alone, router, inside(alone, ONE), why="the prefix is taken as on-link")


@host("rfc4861:6.3.4-16a")
@pytest.mark.parametrize("length", [32, 48, 63, 65, 96, 120, 127])
async def test_prefixes_of_any_length_are_on_link(alone: Fresh, length: int) -> None:
    """A prefix of any length is on-link, and what lies beside it is not."""
    router = await served(alone)
    base = int(IPv6Address("2001:db9:a5a5:a5a5:5a5a:a5a5:5a5a:a500"))
    prefix = IPv6Network((base, length), strict=False)
    await router.advertise(on_link(prefix))
    await expect_direct(alone, router, prefix[alone.case.rng.randrange(prefix.num_addresses)])
    beside = IPv6Address(int(prefix.network_address) ^ 1 << 128 - length)
    await expect_through(alone, router, beside, why=f"{beside} is taken as on-link, which the prefix does not hold")


@host("rfc4861:6.3.4-16b")
@lasts(SHORT_S + TICK_S)
async def test_the_two_hour_rule_does_not_keep_a_prefix(alone: Fresh) -> None:
    """The rule that keeps an address for two hours does not keep its prefix: a short lifetime takes effect at once."""
    router = await served(alone)
    await router.advertise(as_prefix(ONE))
    await alone.configured(ONE)
    await ready_direct(alone, router, inside(alone, ONE))
    await router.advertise(as_prefix(ONE, valid_lifetime=SHORT_S, preferred_lifetime=SHORT_S))
    await idle(alone, SHORT_S + TICK_S)
    await expect_through(alone, router, inside(alone, ONE), why="the prefix is on-link after its lifetime")


@host("rfc4861:6.3.5-1", "rfc5942:4-2")
@lasts(SHORT_S + TICK_S)
async def test_a_prefix_whose_time_is_over_is_off_link(alone: Fresh) -> None:
    """When the valid lifetime of a prefix has run out, its addresses are reached through a router."""
    router = await taught(alone, valid_lifetime=SHORT_S, preferred_lifetime=SHORT_S)
    await idle(alone, SHORT_S + TICK_S)
    await expect_through(alone, router, inside(alone, ONE), why="the prefix is on-link after its lifetime")


@host("rfc4861:6.3.4-1")
@lasts(SHORT_S + TICK_S)
async def test_what_several_routers_say_adds_up(alone: Fresh) -> None:
    """An advertisement does not wipe out what another has said: prefixes and routers of both stay."""
    first = await taught(alone)
    second = await another(alone, on_link(numbered(2)), router_lifetime=SHORT_S)
    for prefix in (ONE, numbered(2)):
        await expect_direct(alone, second, inside(alone, prefix), why=f"{prefix} is not on-link any more")
    await idle(alone, SHORT_S + TICK_S)
    await expect_through(alone, first, away(alone), why="the first router was forgotten")


# RFC 5942.


@host("rfc5942:4-1")
async def test_an_address_does_not_make_its_prefix_on_link(alone: Fresh) -> None:
    """A host that has an address of a prefix without L reaches the others of this prefix through a router."""
    router = await served(alone)
    await router.advertise(as_prefix(ONE, on_link=False))
    await alone.configured(ONE)
    router.product = alone.node
    await expect_through(alone, router, inside(alone, ONE), why="the prefix of an address is taken as on-link")


@host("rfc5942:4-3")
async def test_without_a_router_not_everything_is_on_link(alone: Fresh) -> None:
    """A host without default router asks only for link-local addresses and those that it knows to be on-link."""
    router = await served(alone, router_lifetime=0)
    await expect_unasked(alone, router, away(alone), why="the host looks on the link for what is elsewhere")
