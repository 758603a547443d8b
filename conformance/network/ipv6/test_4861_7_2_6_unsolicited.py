"""RFC 4861, 7.2.6 and 4.4: what a node says unasked when its link-layer address changes."""

from collections import Counter
from ipaddress import IPv6Network
from itertools import pairwise
from typing import Any

from conformance.engine import Silence, Unready, check, lasts, uses

from .bind import both, host, router
from .provide import Fresh
from .resolving import LATE_S, RETRANS_LEAST_S, RETRANS_S
from .station import random_mac
from .wire import Frame, NeighborAdvertisement
from .wire.addresses import ALL_NODES

pytestmark = [uses("product", exclusive=True), lasts(3 * RETRANS_S + LATE_S)]
MOST = 3
"""MAX_NEIGHBOR_ADVERTISEMENT (10)."""
ANNOUNCES_S = MOST * RETRANS_S + LATE_S
PREFIX = IPv6Network("2001:db8:726::/64")
APART_S = 0.005
"""Two packets so close together leave in one go."""


class Announced:
    """An advertisement that the product has sent unasked, and when."""

    def __init__(self, at_s: float, frame: Frame, message: NeighborAdvertisement) -> None:
        self.at_s = at_s
        self.frame = frame
        self.message = message


async def announced(alone: Fresh) -> list[Announced]:
    """What the product announces when its link-layer address changes; not applicable where it announces nothing.

    Raises Unready where nobody can change the address.
    """
    said: list[Announced] = []

    def hear(event: Any) -> None:
        if isinstance(event, Frame) and isinstance(event.message, NeighborAdvertisement):
            said.append(Announced(alone.case.now_s, event, event.message))

    alone.watch.listen(hear)
    if not await alone.case.act(alone.site, "change_mac", mac=random_mac(alone.case.rng).hex(":")):
        raise Unready("the testbed names no command for the act change_mac")
    await alone.watch.expect(Silence, passing=Frame, within_s=ANNOUNCES_S)
    if not said:
        alone.case.not_applicable("the product does not announce a new link-layer address", "产品不通告新的链路层地址")
    return said


@both("rfc4861:7.2.6-1a")
async def test_a_new_address_is_announced_three_times_at_most(alone: Fresh) -> None:
    """A node that changes its link-layer address may announce it by at most three unsolicited advertisements."""
    counts = Counter(each.message.target for each in await announced(alone))
    check(max(counts.values()) <= MOST, "it is announced too often", expected=f"at most {MOST}", got=dict(counts))


@both("rfc4861:7.2.6-1b")
async def test_announcements_are_a_retrans_timer_apart(alone: Fresh) -> None:
    """Unsolicited advertisements for one address are at least RetransTimer apart."""
    said = await announced(alone)
    for target in {each.message.target for each in said}:
        at_s = [each.at_s for each in said if each.message.target == target]
        gaps = [later - earlier for earlier, later in pairwise(at_s)]
        close = [gap for gap in gaps if gap < RETRANS_LEAST_S]
        check(not close, "two announcements are too close", expected=f"{RETRANS_S:g} s", got=close, timing=True)


@both("rfc4861:7.2.6-1c")
async def test_announcements_go_to_all_nodes(alone: Fresh) -> None:
    """Unsolicited advertisements go to all nodes."""
    for each in await announced(alone):
        destination = each.frame.ip and each.frame.ip.destination
        check(destination == ALL_NODES, "an announcement goes elsewhere", expected=ALL_NODES, got=destination)


@both("rfc4861:7.2.6-2a")
async def test_announcements_are_not_solicited(alone: Fresh) -> None:
    """Unsolicited advertisements have the S flag clear."""
    for each in await announced(alone):
        check(not each.message.solicited, "the S flag is set")


@host("rfc4861:7.2.6-2b")
async def test_a_host_announces_itself_as_one(alone: Fresh) -> None:
    """Unsolicited advertisements of a host have the R flag clear."""
    for each in await announced(alone):
        check(not each.message.router, "the R flag is set")


@router("rfc4861:7.2.6-2b")
async def test_a_router_announces_itself_as_one(alone: Fresh) -> None:
    """Unsolicited advertisements of a router have the R flag set."""
    for each in await announced(alone):
        check(each.message.router, "the R flag is clear")


@both("rfc4861:4.4-2c")
async def test_announcements_override(alone: Fresh) -> None:
    """Unsolicited advertisements have the O flag set."""
    for each in await announced(alone):
        check(each.message.override, "the O flag is clear")


@both("rfc4861:7.2.6-3")
async def test_announcements_for_several_addresses_are_spread(alone: Fresh) -> None:
    """A node that announces several addresses waits a little between the advertisements."""
    if alone.case.spec.standard.endswith("/host"):
        await alone.router().advertise(PREFIX)
        await alone.configured(PREFIX)
    said = await announced(alone)
    firsts = {each.message.target: each.at_s for each in reversed(said)}
    if len(firsts) < 2:
        alone.case.not_applicable("the product has one address only", "产品只有一个地址")
    gaps = [later - earlier for earlier, later in pairwise(sorted(firsts.values()))]
    check(min(gaps) >= APART_S, "two addresses are announced at once", got=f"{min(gaps) * 1000:.1f} ms", timing=True)
