"""Channels: messages at any split, what a case is told of them, and bounds on what a product can make us hold."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine import Channel, Closed, Nonconformity, Silence, Unready
from conformance.engine.allowance import CASE_OCTETS, FREE_OCTETS, Allowance, Share
from conformance.engine.case import Case
from conformance.engine.channel import FLOODED
from conformance.engine.clock import run_virtual
from conformance.engine.patience import Patience
from conformance.engine.record import SHORT_ENTRIES, SHORT_OCTETS, Record
from conformance.engine.stream import MemoryStream
from conformance.engine.testbed import Address, Testbed

from .small import case as spec
from .small import turns


def framed(data: bytes) -> tuple[bytes | None, bytes]:
    """One octet says how many hundred octets follow."""
    length = 1 + 100 * data[0] if data else 1
    return (data[:length], data[length:]) if len(data) >= length else (None, data)


class Bed(Testbed):
    """Hands out one end of a pair in memory; the other is the test's."""

    def __init__(self) -> None:
        self.theirs: list[MemoryStream] = []

    async def connect(self, address: Address) -> MemoryStream:
        ours, theirs = MemoryStream.pair()
        self.theirs.append(theirs)
        return ours

    def describe(self) -> dict[str, Any]:
        return {}


def talk(main: Callable[[Case, Bed], Awaitable[Any]], *, share: Share | None = None, keep: bool = True) -> Any:
    """Run a conversation on virtual time."""

    async def played() -> Any:
        bed = Bed()
        made = Case(
            spec(talk),
            seed=1,
            testbed=bed,
            claims={},
            ixit={},
            patience=Patience(),
            record=Record("x", keep=keep, share=share or Share()),
        )
        return await main(made, bed)

    return run_virtual(played())


PLACE = Address("127.0.0.1", 1)


@given(st.lists(st.integers(0, 90), max_size=6), st.lists(st.integers(1, 3000), max_size=40))
def test_messages_are_the_same_at_any_split(lengths: list[int], cuts: list[int]) -> None:
    messages = [bytes([n]) + b"x" * (100 * n) for n in lengths]

    async def main(case: Case, bed: Bed) -> list[bytes]:
        channel = await case.channel(PLACE, framed)
        data = b"".join(messages)
        for cut in [*cuts, len(data)]:
            if data:
                bed.theirs[0].write(data[:cut])
            data = data[cut:]
        await turns()
        heard: list[bytes] = channel.arrived(bytes)
        assert b"".join(e.data for e in case.record.entries if e.kind == "received") == b"".join(messages)
        return heard

    assert talk(main) == messages


def test_events_that_may_pass_stay_for_a_later_call() -> None:
    async def main(case: Case, bed: Bed) -> None:
        channel = await case.channel(PLACE, lambda data: (data[:1], data[1:]) if data else (None, data))
        bed.theirs[0].write(b"ab")
        bed.theirs[0].close()
        await turns()
        assert await channel.next(passing=bytes) == Closed("fin")
        assert await channel.next() == b"a"
        assert channel.arrived(bytes) == [b"b"]
        with pytest.raises(Nonconformity) as told:
            await channel.expect(bytes)
        assert told.value.got == "the connection closed (FIN)"

    talk(main)


def test_silence_and_closed_are_told_apart() -> None:
    async def main(case: Case, bed: Bed) -> None:
        one, other = await case.channel(PLACE, framed), await case.channel(PLACE, framed)
        bed.theirs[1].abort()
        assert isinstance(await one.next(within_s=3), Silence)
        assert await other.next(within_s=3) == Closed("reset")

    talk(main)


def test_what_comes_at_the_very_end_of_a_wait_has_come() -> None:
    """Else an answer and a silence would stand in one moment of the record, and which is seen would be chance."""

    async def main(case: Case, bed: Bed) -> Any:
        channel, loop = await case.channel(PLACE, framed), asyncio.get_running_loop()
        loop.call_soon(lambda: loop.call_later(4, channel.data, b"\0"))  # behind the wait's own timer
        return await channel.next(within_s=4)

    assert talk(main) == b"\0"


def test_a_listener_that_finds_something_wrong_is_heard_at_the_next_step() -> None:
    async def main(case: Case, bed: Bed) -> None:
        channel = await case.channel(PLACE, framed)

        def hear(event: Any) -> None:
            raise Nonconformity("that must never be sent")

        channel.listen(hear)
        bed.theirs[0].write(b"\0")
        with pytest.raises(Nonconformity, match="never be sent"):
            await channel.next()

    talk(main)


@pytest.mark.parametrize("keep", [True, False])
def test_octets_without_end_are_given_up(keep: bool) -> None:
    """One message that never ends: it is neither kept nor waited for, and the case learns that it cannot judge."""

    async def main(case: Case, bed: Bed) -> None:
        channel = await case.channel(PLACE, lambda data: (None, data))
        for _ in range(200):
            bed.theirs[0].write(bytes(1 << 16))
        await turns(400)
        with pytest.raises(Unready, match=FLOODED):
            await channel.expect(bytes)
        assert case.record.octets <= SHORT_OCTETS

    talk(main, keep=keep)


def test_messages_without_end_are_given_up_and_those_before_can_be_read() -> None:
    async def main(case: Case, bed: Bed) -> None:
        channel = await case.channel(PLACE, framed)
        bed.theirs[0].write(b"\0" * 100_000)
        await turns()
        assert await channel.next() == b"\0"
        assert 1000 < len(channel.arrived(bytes)) <= CASE_OCTETS // 800
        with pytest.raises(Unready, match=FLOODED):
            await channel.next()
        assert case.record.truncated
        assert len(case.record.entries) <= SHORT_ENTRIES + 1

    talk(main)


def test_raw_octets_without_end_are_given_up() -> None:
    async def main(case: Case, bed: Bed) -> None:
        stream, _ = await case.open(PLACE)
        for _ in range(200):
            bed.theirs[0].write(bytes(1 << 16))
        await turns(400)
        with pytest.raises(Unready, match=FLOODED):  # noqa: PT012
            while True:
                await stream.read()

    talk(main)


def test_a_flood_elsewhere_leaves_every_case_what_it_usually_needs() -> None:
    allowance = Allowance(1 << 20)
    flood, other, calm = Share(allowance), Share(allowance), Share(allowance)
    while flood.take(10_000):
        pass
    assert allowance.left < 10_000
    assert calm.take(FREE_OCTETS)
    assert not calm.take(20_000)
    assert other.take(FREE_OCTETS)
    flood.give_back()
    assert allowance.left == 1 << 20
    assert calm.take(20_000)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 300_000)), max_size=40))
def test_an_allowance_is_never_overdrawn_and_comes_back_whole(steps: list[tuple[int, int]]) -> None:
    allowance = Allowance(1 << 20)
    shares = [Share(allowance) for _ in range(4)]
    for who, octets in steps:
        shares[who].take(octets) or shares[who].give_back()
        assert 0 <= allowance.left <= 1 << 20
    for share in shares:
        share.give_back()
    assert allowance.left == 1 << 20


def test_decoding_much_takes_time_in_proportion() -> None:
    """A codec hands back what it leaves: shown everything at each message, 40,000 messages would copy gigabytes."""
    shown = 0

    def counting(data: bytes) -> tuple[bytes | None, bytes]:
        nonlocal shown
        shown += len(data)
        return framed(data)

    async def main(case: Case, bed: Bed) -> None:
        channel = await case.channel(PLACE, counting)
        bed.theirs[0].write(b"\0" * 8000)
        await turns()
        assert len(channel.arrived(bytes)) == 8000
        assert shown <= 8000 * Channel.WINDOW_OCTETS

    talk(main)


def test_a_record_that_is_cut_short_keeps_its_beginning() -> None:
    async def main(case: Case, bed: Bed) -> None:
        channel = await case.channel(PLACE, framed)
        for _ in range(50):
            await channel.send(b"\x0a" + b"x" * 1000)
        await asyncio.sleep(0)
        case.record.shorten()
        kept = sum(len(entry.data) for entry in case.record.entries)
        assert kept == case.record.octets == SHORT_OCTETS
        assert case.record.entries[0].kind == "open"
        before = len(case.record.entries)
        await channel.send(b"\0")
        assert len(case.record.entries) == before

    talk(main)
