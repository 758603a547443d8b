"""RFC 3810, 8.1 and 8.2: a listener on a link with a querier of version 1."""

from conformance.engine import Silence, Unready, check, lasts, uses

from .bind import both
from .fresh import Fresh
from .listening import ANY, GROUP, Listener, current, joins, leaves, listener, version_1
from .tentative import elapse
from .wire import MulticastListenerDone, MulticastListenerReport
from .wire.addresses import ALL_ROUTERS

pytestmark = [uses("product", exclusive=True), lasts(12)]
PRESENT_S = 2 * 125.0
"""The Robustness Variable times the Query Interval (9.12); the Query Response Interval comes on top."""
RESPONSE_S = 10.0


async def older(alone: Fresh) -> Listener:
    """The product has answered a querier of version 1, as it should. Raises Unready."""
    asked = await listener(alone)
    await asked.ask(version=1)
    if isinstance(await asked.next(version_1(asked.group), 3), Silence):
        raise Unready("a query of version 1 was not answered in version 1")
    await asked.next(ANY, 1.5)
    asked.watch.arrived(object)
    return asked


async def in_version(asked: Listener, version: int, why: str) -> None:
    """A query of version 2 is answered in the version that the product is in. Raises Nonconformity."""
    asked.watch.arrived(object)
    await asked.ask()
    wanted = current(asked.group) if version == 2 else version_1(asked.group)
    event = await asked.next(version_1(asked.group) | current(asked.group), 4)
    check(wanted.matches(event), why, expected=wanted, got=event)


@both("rfc3810:8.1-1a", "rfc3810:8.2.1-1a", "rfc3810:5-3")
async def test_a_query_of_24_octets_is_answered_in_version_1(alone: Fresh) -> None:
    """A query of 24 octets is one of version 1: the answers are reports of version 1, each to its group."""
    asked = await listener(alone)
    await asked.ask(version=1)
    frame = await asked.answer(1, version_1(asked.group))
    check(
        frame.ip.destination == asked.group, "the report goes elsewhere", expected=asked.group, got=frame.ip.destination
    )


@both("rfc3810:5.2.14-1")
async def test_a_report_of_version_1_goes_to_its_group(alone: Fresh) -> None:
    """A report of version 1 goes to the group that it reports."""
    asked = await older(alone)
    for frame in asked.reports:
        if isinstance(frame.message, MulticastListenerReport) and frame.ip:
            group = frame.message.multicast_address
            check(frame.ip.destination == group, "the report goes elsewhere", expected=group, got=frame.ip.destination)


@both("rfc3810:8.2.1-1a")
async def test_a_query_of_version_2_does_not_end_version_1(alone: Fresh) -> None:
    """While a querier of version 1 is present, queries of version 2 too are answered in version 1."""
    asked = await older(alone)
    await in_version(asked, 1, "the product has left version 1 although its time is not over")


@both("rfc3810:8.2.1-1b")
async def test_joining_and_leaving_is_told_in_version_1(alone: Fresh) -> None:
    """In version 1 a group that is joined is told by a report to it, and one that is left by a Done to all routers."""
    asked = await older(alone)
    await joins(alone)
    await asked.answer(1, version_1(GROUP), why="the group was not reported in version 1")
    await leaves(alone)
    frame = await asked.answer(1, version_1(GROUP, MulticastListenerDone), why="no Done tells that the group was left")
    check(
        frame.ip.destination == ALL_ROUTERS, "the Done goes elsewhere", expected=ALL_ROUTERS, got=frame.ip.destination
    )


@both("rfc3810:8.2.1-1c")
@lasts(80)
async def test_the_response_code_of_version_1_is_linear(alone: Fresh) -> None:
    """In version 1 a Maximum Response Code of 0xFFFF is 65.5 s, not 2.3 hours."""
    asked = await listener(alone)
    await asked.ask(version=1, response_ms=0xFFFF)
    await asked.answer(65.6, version_1(asked.group))


@both("rfc3810:8.2.1-3")
@lasts(40)
async def test_a_change_of_version_cancels_pending_answers(alone: Fresh) -> None:
    """An answer that is due when a querier of version 1 appears is not sent any more."""
    asked = await listener(alone)
    group = asked.query(multicast_address=asked.group, response_ms=30_000)
    await asked.querier.send(group, asked.query(version=1, response_ms=100))
    await asked.answer(1, ANY)
    await elapse(alone, 1)
    asked.watch.arrived(object)
    await asked.no_answer(30, "an answer that was due before the change of version was sent")


@both("rfc3810:8.2.1-2b")
@lasts(300)
async def test_version_1_ends(alone: Fresh) -> None:
    """When the querier of version 1 has been silent for long enough, the interface is in version 2 again."""
    asked = await older(alone)
    await elapse(alone, PRESENT_S + 2 * RESPONSE_S)
    await in_version(asked, 2, "the product has not come back to version 2")


@both("rfc3810:9.12-1")
@lasts(300)
async def test_version_1_lasts_for_the_older_version_querier_present_timeout(alone: Fresh) -> None:
    """The time of version 1 is the Robustness Variable times the Query Interval plus the Query Response Interval."""
    asked = await older(alone)
    await elapse(alone, PRESENT_S - 2 * RESPONSE_S)
    await in_version(asked, 1, "the product has left version 1 too early")
    await elapse(alone, 4 * RESPONSE_S)
    await in_version(asked, 2, "the product stays in version 1 for too long")


@both("rfc3810:8.2.1-2a")
@lasts(330)
async def test_each_query_of_version_1_starts_the_time_anew(alone: Fresh) -> None:
    """The time of version 1 is counted from the latest query of that version."""
    asked = await older(alone)
    await elapse(alone, 150)
    await asked.ask(version=1)
    await elapse(alone, PRESENT_S - 150 + 3 * RESPONSE_S)
    await in_version(asked, 1, "the product counts from the first query of version 1")
