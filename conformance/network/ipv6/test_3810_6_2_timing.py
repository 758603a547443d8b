"""RFC 3810, 5.1.3 and 6.2: when a listener answers, and what becomes of an answer when another query comes."""

import pytest

from conformance.engine import Nonconformity, Silence, Unready, check, lasts, uses

from .bind import both
from .fresh import Fresh
from .listening import SLACK_S, Listener, current, listener, records_of
from .station import Station
from .wire import Frame, MulticastListenerReportV2, RecordType
from .wire.mld import MulticastAddressRecord

pytestmark = [uses("product", exclusive=True), lasts(20)]
ASKS = 8
SPREAD_S = 0.05
"""Of eight times drawn from two seconds, all lie closer together than this once in 200 million times."""


async def delays(asked: Listener, response_s: float) -> list[float]:
    """How long after its query each of several answers comes."""
    found = []
    for _ in range(ASKS):
        await asked.ask(response_ms=int(1000 * response_s))
        await asked.answer(response_s)
        found.append(asked.watch.arrived_at_s - asked.querier.channel.sent_at_s)
    return found


def told(seconds: list[float]) -> str:
    """Times for people."""
    return ", ".join(f"{each:.3f} s" for each in sorted(seconds))


@both("rfc3810:5.1.3-1a", "rfc3810:6.2-4a")
@pytest.mark.parametrize("response_ms", [100, 1000, 3000])
async def test_an_answer_comes_within_the_maximum_response_delay(alone: Fresh, response_ms: int) -> None:
    """A Maximum Response Code below 32768 is the time in milliseconds within which the answer comes."""
    asked = await listener(alone)
    await asked.ask(response_ms=response_ms)
    await asked.answer(response_ms / 1000, why=f"no answer within {response_ms} ms", late_s=SLACK_S)


@both("rfc3810:5.1.3-1b")
@lasts(140)
async def test_a_large_response_code_is_a_floating_point_number(alone: Fresh) -> None:
    """A Maximum Response Code of 0xFFFF stands for 2.3 hours, of which one answers within 65 s twice in 16,000 runs."""
    asked = await listener(alone)
    for _ in range(2):
        await asked.ask(response_ms=0xFFFF)
        if isinstance(await asked.next(current(), 66), Silence):
            return
    raise Nonconformity("twice the answer came as if the code were linear", expected="within 8387.6 s", got="65.5 s")


@both("rfc3810:6.2-4b")
async def test_the_time_of_an_answer_is_random(alone: Fresh) -> None:
    """An answer is delayed by a time drawn at random from the Maximum Response Delay."""
    found = await delays(await listener(alone), 2)
    check(max(found) - min(found) > SPREAD_S, "answers come always after the same time", got=told(found))


@both("rfc3810:6.3-2")
async def test_a_general_query_is_not_answered_at_once(alone: Fresh) -> None:
    """A query about everything is never answered without delay."""
    found = await delays(await listener(alone), 2)
    check(max(found) > SPREAD_S, "general queries are answered at once", expected="a random delay", got=told(found))


@both("rfc3810:6.2-6")
@lasts(40)
async def test_an_earlier_answer_serves_a_later_query(alone: Fresh) -> None:
    """Where an answer to a query about everything is due already, a further one with more time gets none of its own."""
    asked = await listener(alone)
    for _ in range(2):  # of the second time, drawn from 15 s, one in thirty is shorter than the first
        await asked.querier.send(asked.query(response_ms=1000), asked.query(response_ms=15_000))
        await asked.answer(1, why="the answer to the earlier query did not come within its time", late_s=SLACK_S)
        await asked.no_answer(15 + SLACK_S, "both queries were answered", current())


@both("rfc3810:6.2-7")
async def test_a_shorter_time_replaces_a_longer_one(alone: Fresh) -> None:
    """A further query about everything that leaves less time replaces the answer that is due later."""
    asked = await listener(alone)
    await asked.querier.send(asked.query(response_ms=10_000), asked.query(response_ms=500))
    await asked.answer(0.5, why="the answer did not come within the later query's time", late_s=SLACK_S)
    await asked.no_answer(10, "both queries were answered", current())


@both("rfc3810:6.2-8a")
@pytest.mark.parametrize("times", [(8000, 500), (500, 8000)], ids=["shorter-later", "shorter-first"])
async def test_a_query_about_a_group_has_a_timer_of_its_own(alone: Fresh, times: tuple[int, int]) -> None:
    """Two queries about one group have one answer, at the earlier of the two times."""
    asked = await listener(alone)
    group = asked.group
    await asked.querier.send(*(asked.query(multicast_address=group, response_ms=each) for each in times))
    await asked.answer(min(times) / 1000, current(group), why="no answer within the shorter time", late_s=SLACK_S)
    await asked.no_answer(max(times) / 1000, "both queries were answered", current(group))


def sources(asked: Listener, count: int) -> tuple[Station, ...]:
    """Nodes that might send to a group."""
    return tuple(asked.alone.station(name=f"source {i}") for i in range(count))


def queried(asked: Listener, *wanted: Station, response_ms: int = 1000) -> Frame:
    """A query about the product's group, and perhaps about some sources."""
    named = tuple(sorted(each.link_local for each in wanted))
    return asked.query(multicast_address=asked.group, sources=named, response_ms=response_ms)


async def answered(asked: Listener, within_s: float) -> MulticastAddressRecord:
    """The one record about the product's group in the answer. Raises Nonconformity."""
    frame = await asked.answer(within_s, current(asked.group))
    records = records_of(frame, asked.group)
    check(len(records) == 1, "the answer has several records about one group", got=records)
    return records[0]


def expect_excluding_nothing(record: MulticastAddressRecord) -> None:
    """The record says that any source is wanted. Raises Nonconformity."""
    right = record.record_type == RecordType.MODE_IS_EXCLUDE and not record.sources
    check(right, "the record is another", expected="MODE_IS_EXCLUDE without sources", got=record)


def expect_including(record: MulticastAddressRecord, *wanted: Station) -> None:
    """The record says that just these sources are wanted. Raises Nonconformity."""
    names = {each.link_local for each in wanted}
    right = record.record_type == RecordType.MODE_IS_INCLUDE and set(record.sources) == names
    check(right, "the record is another", expected=f"MODE_IS_INCLUDE of {len(names)} sources", got=record)


@both("rfc3810:6.2-8b")
async def test_a_query_about_the_group_replaces_one_about_sources(alone: Fresh) -> None:
    """A query about a group, while an answer about some of its sources is due, makes it one about the group."""
    asked = await listener(alone)
    await asked.querier.send(queried(asked, *sources(asked, 1), response_ms=3000), queried(asked, response_ms=3000))
    expect_excluding_nothing(await answered(asked, 3))


@both("rfc3810:6.2-8c")
async def test_sources_are_added_to_those_asked_about(alone: Fresh) -> None:
    """A query about sources, while an answer about others is due, is answered together with them."""
    asked = await listener(alone)
    one, two = sources(asked, 2)
    await asked.querier.send(queried(asked, one, response_ms=3000), queried(asked, two, response_ms=3000))
    record = await answered(asked, 3)
    if record.record_type != RecordType.MODE_IS_INCLUDE:
        raise Unready("the answer to a query about sources does not tell of sources")
    expect_including(record, one, two)


@both("rfc3810:6.3-3")
async def test_a_query_about_a_group_has_one_record_for_an_answer(alone: Fresh) -> None:
    """The answer to a query about a group is one current state record for it, and for no other."""
    asked = await listener(alone)
    await asked.querier.send(queried(asked))
    frame = await asked.answer(1, current(asked.group))
    records = records_of(frame)
    check(len(records) == 1, "the answer has further records", expected="one record", got=records)
    expect_excluding_nothing(records[0])


@both("rfc3810:6.3-4a")
@pytest.mark.parametrize("count", [1, 3])
async def test_a_query_about_sources_is_answered_with_those_wanted(alone: Fresh, count: int) -> None:
    """Where no source is excluded, the answer to a query about some of them is MODE_IS_INCLUDE of them all."""
    asked = await listener(alone)
    wanted = sources(asked, count)
    await asked.querier.send(queried(asked, *wanted))
    expect_including(await answered(asked, 1), *wanted)


@both("rfc3810:6.3-1")
async def test_a_general_query_is_answered_for_each_group(alone: Fresh) -> None:
    """The answer to a general query has one current state record for each group, in as few reports as hold them."""
    asked = await listener(alone)
    await asked.ask()
    frame = await asked.answer(1)
    records = records_of(frame)
    groups = [record.multicast_address for record in records]
    check(len(set(groups)) == len(groups), "a group has several records", got=groups)
    known = {r.multicast_address for report in asked.reports for r in records_of(report)} | {asked.group}
    check(set(groups) == known, "the records are not those of all groups", expected=sorted(known), got=sorted(groups))
    more = await asked.next(current(), 1.0)
    check(isinstance(more, Silence), "the answer takes more reports than it needs", expected="one report", got=more)


@both("rfc3810:6-2")
async def test_the_report_of_another_suppresses_nothing(alone: Fresh) -> None:
    """A node reports its groups whatever others report: in version 2 nobody keeps quiet for another's report."""
    asked = await listener(alone)
    record = MulticastAddressRecord(record_type=RecordType.MODE_IS_EXCLUDE, multicast_address=asked.group)
    other = asked.packet(MulticastListenerReportV2(records=(record,)), to=asked.group)
    await asked.querier.send(asked.query(response_ms=3000), other)
    await asked.answer(3, current(asked.group), why="the report of another node has suppressed the product's own")


@both("rfc3810:6-3")
async def test_each_interface_listens(fresh: Fresh) -> None:
    """A node takes queries and reports on each interface, here on its second."""
    name = next((name for name in ("wan", *getattr(fresh.site.links, "keys", list)()) if name != "lan"), "wan")
    second = Fresh(fresh.case, fresh.site, name)
    await second.up()
    asked = await listener(second)
    await asked.ask()
    await asked.answer(1, current(asked.group))
