"""RFC 3810, 6.1: what a listener tells when it joins a group or leaves it, and how often."""

from ipaddress import IPv6Address
from itertools import pairwise

import pytest

from conformance.engine import Silence, TestbedError, check, lasts, uses

from .bind import both, host, router
from .fresh import Fresh
from .listening import CALM_S, CURRENT, GROUP, SLACK_S, Listener, change, joins, leaves, listener, records_of
from .wire import MulticastAddressRecord, RecordType

pytestmark = [uses("product", exclusive=True), lasts(12)]
INTERVAL_S = 1.0
"""The Unsolicited Report Interval (9.11)."""
ROBUSTNESS = 2
NEAR = ("ff01::4862:3810", "ff00::4862:3810")


async def changed(asked: Listener) -> list[tuple[float, MulticastAddressRecord]]:
    """When each record about a change for GROUP comes, and what it says, until no more come."""
    found = []
    while not isinstance(frame := await asked.next(change(GROUP), CALM_S), Silence):
        found += [(asked.watch.arrived_at_s, r) for r in records_of(frame, GROUP) if r.record_type not in CURRENT]
    return found


async def joined(alone: Fresh) -> Listener:
    """The product has joined GROUP, and has not yet been listened to."""
    asked = await listener(alone)
    await joins(alone)
    return asked


async def expect_left(alone: Fresh) -> None:
    """The product, once it leaves a group, tells of it by CHANGE_TO_INCLUDE_MODE. Raises Nonconformity."""
    asked = await joined(alone)
    await changed(asked)
    await leaves(alone)
    told = await changed(asked)
    check(told, "the product tells nobody that it has left a group")
    for _, record in told:
        right = record.record_type == RecordType.CHANGE_TO_INCLUDE_MODE and not record.sources
        check(right, "a group that was left is reported otherwise", expected="CHANGE_TO_INCLUDE_MODE", got=record)


@host("rfc3810:6.1-2b")
async def test_a_group_that_is_left_is_reported_as_including_nothing(alone: Fresh) -> None:
    """A group that a host leaves is reported as CHANGE_TO_INCLUDE_MODE with no sources."""
    await expect_left(alone)


@router("rfc3810:6.1-2g")
async def test_a_group_that_a_router_leaves_is_reported_as_including_nothing(alone: Fresh) -> None:
    """A group that a router leaves is reported as CHANGE_TO_INCLUDE_MODE with no sources."""
    await expect_left(alone)


@both("rfc3810:6.1-1")
async def test_a_join_is_reported_at_once(alone: Fresh) -> None:
    """A node that joins a group reports it immediately."""
    asked = await joined(alone)
    seen = await asked.next(change(GROUP), SLACK_S + INTERVAL_S)
    check(not isinstance(seen, Silence), "a group that was joined was not reported")


@both("rfc3810:6.1-2a")
async def test_a_join_is_reported_as_excluding_nothing(alone: Fresh) -> None:
    """A group that is joined for any source is reported as CHANGE_TO_EXCLUDE_MODE with no sources."""
    for _, record in await changed(await joined(alone)):
        right = record.record_type == RecordType.CHANGE_TO_EXCLUDE_MODE and not record.sources
        check(right, "a joined group is reported otherwise", expected="CHANGE_TO_EXCLUDE_MODE, no sources", got=record)


@both("rfc3810:6.1-3a", "rfc3810:9.1-2")
async def test_a_change_is_reported_twice(alone: Fresh) -> None:
    """The report of a change is repeated as often as the Robustness Variable says less one: once by default."""
    told = await changed(await joined(alone))
    check(len(told) == ROBUSTNESS, "a change is not reported twice", expected=ROBUSTNESS, got=len(told))


@both("rfc3810:6.1-3b", "rfc3810:9.11-1")
async def test_repetitions_follow_within_the_interval(alone: Fresh) -> None:
    """A report of a change is repeated after a random time of up to the Unsolicited Report Interval, 1 s by default."""
    told = await changed(await joined(alone))
    for (before_s, _), (after_s, _) in pairwise(told):
        gap_s = after_s - before_s
        check(gap_s < INTERVAL_S + SLACK_S, "a repetition comes late", expected="within 1 s", got=f"{gap_s:.3f} s")


@both("rfc3810:6.1-4")
async def test_a_further_change_replaces_what_is_still_to_be_told(alone: Fresh) -> None:
    """A change while repetitions of another are due is merged with them, and told as often as any."""
    asked = await joined(alone)
    await leaves(alone)
    told = [record.record_type for _, record in await changed(asked)]
    left = RecordType.CHANGE_TO_INCLUDE_MODE
    first = told.index(left) if left in told else len(told)
    expected = [left] * ROBUSTNESS
    check(told[first:] == expected, "the later change is told otherwise", expected=expected, got=told[first:])


@both("rfc3810:6-1b")
@pytest.mark.parametrize("group", NEAR, ids=["scope-1", "scope-0"])
async def test_a_group_that_leaves_no_node_is_not_reported(alone: Fresh, group: str) -> None:
    """A group of scope 0 or 1 is never reported."""
    asked = await listener(alone)
    try:
        await joins(alone, IPv6Address(group))
    except TestbedError as error:
        alone.case.not_applicable(f"the product does not join {group}: {error}", f"产品不加入 {group}：{error}")
    await asked.no_answer(CALM_S, f"{group} was reported", change(IPv6Address(group)))
