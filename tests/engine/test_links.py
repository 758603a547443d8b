"""Frames on links: what a port hears, sites of one's own and for all, a product that dies there, and their replay."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from conformance.engine import Case, Nonconformity, Silence, Verdict
from conformance.engine.attempt import Surroundings
from conformance.engine.case import CaseResult, CaseSpec
from conformance.engine.clock import run_virtual
from conformance.engine.link import BROADCAST, KEPT_OCTETS, MemorySegment
from conformance.engine.memory import MemoryTestbed
from conformance.engine.pcapng import capture
from conformance.engine.replay import rejudge
from conformance.engine.session import execute
from conformance.engine.stream import Stream
from conformance.engine.testbed import TestbedError

from .small import Remembering, case, decode, memory, small

PRODUCT = b"\x02\0\0\0\0\1"
OURS = b"\x02\0\0\0\0\2"
GROUP = b"\x33\x33\0\0\0\1"


def frame(target: bytes, source: bytes, text: bytes) -> bytes:
    return target + source + b"\x88\xb5" + text


def decode_frame(data: bytes) -> tuple[bytes | None, bytes]:
    return data or None, b""


class Station:
    """Greets everyone when it is switched on, repeats what it is told, remembers how often, and dies of an x."""

    LINKS = ("lan",)

    def __init__(self) -> None:
        self.count = 0

    async def stand(self, links: Mapping[str, Stream]) -> None:
        lan = links["lan"]
        lan.write(frame(BROADCAST, PRODUCT, b"here"))
        while data := await lan.read():
            if data[14:] == b"x":
                raise RuntimeError("broke down")
            self.count += 1
            lan.write(frame(data[6:12], PRODUCT, b"%d " % self.count + data[14:]))

    async def act_shout(self, word: str) -> None:
        self.count = 100


def stations() -> MemoryTestbed:
    return MemoryTestbed("stations", Station, {})


async def alive(case: Case) -> None:
    """The common station answers."""
    async with case.site() as site:
        await site.start()
        port = case.port(site.links["lan"], decode_frame, hears=[b"\x02\0\0\0\0\x0f"])
        await port.send(frame(PRODUCT, b"\x02\0\0\0\0\x0f", b"alive?"))
        await port.expect(bytes)


SUITE = small(alive=alive)


def run(*functions: Any, **more: Any) -> tuple[dict[str, CaseResult], Remembering]:
    specs = [case(function, suite=SUITE, **more) for function in functions]
    keeper = Remembering()
    around = Surroundings(testbed=stations(), claims={}, ixit={})
    results = execute(specs, {spec.id: 1 for spec in specs}, around, keeper)
    return {name.removeprefix("small/"): ends[-1] for name, ends in results.items()}, keeper


def test_a_port_hears_its_own_addresses_what_is_for_all_and_the_groups_that_it_joins() -> None:
    async def main() -> None:
        segment = MemorySegment("lan")
        mine, all_ = segment.port([OURS]), segment.port()
        heard: dict[str, list[bytes]] = {"mine": [], "all": []}
        mine.tap = lambda _, data: heard["mine"].append(data[14:])
        all_.tap = lambda _, data: heard["all"].append(data[14:])
        for target, text in ((OURS, b"1"), (PRODUCT, b"2"), (BROADCAST, b"3"), (GROUP, b"4")):
            segment.product.write(frame(target, PRODUCT, text))
        await asyncio.sleep(0)
        assert heard == {"mine": [b"1", b"3"], "all": [b"1", b"2", b"3", b"4"]}
        mine.join(GROUP)  # type: ignore[attr-defined]
        segment.product.write(frame(GROUP, PRODUCT, b"5"))
        await asyncio.sleep(0)
        mine.leave(GROUP)  # type: ignore[attr-defined]
        segment.product.write(frame(GROUP, PRODUCT, b"6"))
        await asyncio.sleep(0)
        all_.close()
        segment.product.write(frame(OURS, PRODUCT, b"7"))
        await asyncio.sleep(0)
        assert heard["mine"] == [b"1", b"3", b"5", b"7"]
        assert b"7" not in heard["all"]

    run_virtual(main())


def test_the_common_site_is_one_and_is_started_once() -> None:
    async def asks(case: Case) -> None:
        async with case.site() as site:
            await site.start()
            own = case.unique().encode()[-6:]
            port = case.port(site.links["lan"], decode_frame, hears=[own])
            await port.send(frame(PRODUCT, own, b"a"))
            case.note((await port.expect(bytes, passing=()))[14:].decode())

    specs = [case(asks, suite=SUITE, name=str(n)) for n in range(20)]
    around = Surroundings(testbed=stations(), claims={}, ixit={})
    results = execute(specs, {spec.id: n for n, spec in enumerate(specs)}, around, Remembering())
    said = sorted(int(ends[0].notes[0]["text"].split()[0]) for ends in results.values())
    assert said == list(range(said[0], said[0] + 20))


def test_a_fresh_site_begins_when_the_case_says() -> None:
    async def sees_the_start(case: Case) -> None:
        async with case.site(fresh=True) as site:
            port = case.port(site.links["lan"], decode_frame)
            await port.expect(Silence, within_s=5)
            await site.start()
            assert await port.expect(bytes) == frame(BROADCAST, PRODUCT, b"here")
            await port.send(frame(PRODUCT, OURS, b"a"))
            assert (await port.expect(bytes))[14:] == b"1 a"
            assert not await case.act(site, "sing")
            assert await case.act(site, "shout", word="x")
            await port.send(frame(PRODUCT, OURS, b"b"))
            assert (await port.expect(bytes))[14:] == b"101 b"

    results, _ = run(sees_the_start)
    assert results["sees_the_start"].verdict is Verdict.PASS, results["sees_the_start"].summary


def test_whoever_needs_a_product_alone_has_one_here() -> None:
    running: list[int] = [0, 0]

    async def alone(case: Case) -> None:
        running[0] += 1
        running[1] = max(running)
        async with case.site(fresh=True) as site:
            await site.start()
            await case.port(site.links["lan"], decode_frame).next(within_s=1)
        running[0] -= 1

    specs = [case(alone, suite=SUITE, name=str(n), resources={"product": True}) for n in range(9)]
    around = Surroundings(testbed=stations(), claims={}, ixit={})
    execute(specs, {spec.id: n for n, spec in enumerate(specs)}, around, Remembering())
    assert running[1] == 9


def test_a_product_that_dies_on_a_site_of_its_own_fails_that_case_alone() -> None:
    async def kills(case: Case) -> None:
        async with case.site(fresh=True) as site:
            await site.start()
            port = case.port(site.links["lan"], decode_frame, hears=[OURS])
            await port.send(frame(PRODUCT, OURS, b"x"))
            await port.expect(Silence, passing=bytes, within_s=1)

    async def asks(case: Case) -> None:
        await alive(case)

    results, _ = run(kills, asks)
    assert results["kills"].verdict is Verdict.FAIL
    assert results["kills"].summary == "the product died"
    assert results["asks"].verdict is Verdict.PASS


def test_a_product_that_dies_on_the_common_site_is_started_again() -> None:
    async def kills(case: Case) -> None:
        async with case.site() as site:
            await site.start()
            port = case.port(site.links["lan"], decode_frame, hears=[OURS])
            await port.send(frame(PRODUCT, OURS, b"x"))
            await port.expect(Silence, within_s=1)

    async def asks(case: Case) -> None:
        await alive(case)

    specs = [case(kills, suite=SUITE, negative=True), *(case(asks, suite=SUITE, name=f"asks{n}") for n in range(5))]
    around = Surroundings(testbed=stations(), claims={}, ixit={})
    results = execute(specs, {spec.id: n for n, spec in enumerate(specs)}, around, Remembering())
    verdicts = {name.removeprefix("small/"): str(ends[-1].verdict) for name, ends in results.items()}
    assert verdicts == {"kills": "fail", **{f"asks{n}": "pass" for n in range(5)}}


async def judged(case: Case) -> None:
    async with case.site(fresh=True) as site:
        port = case.port(site.links["lan"], decode_frame, "lan")
        await site.start()
        await port.expect(bytes)
        await port.send(frame(PRODUCT, OURS, b"a"), frame(PRODUCT, OURS, b"b"))
        first, second = await port.expect(bytes), await port.expect(bytes)
        await port.expect(Silence, within_s=2)
        raise Nonconformity(f"{first[14:]!r} {second[14:]!r}")


def test_a_recorded_case_is_judged_again() -> None:
    results, keeper = run(judged)
    assert results["judged"].verdict is Verdict.FAIL
    spec: CaseSpec = case(judged, suite=SUITE)
    again = rejudge(spec, keeper.records["small/judged"].to_json(), seed=1, lag_s=0, claims={}, ixit={})
    assert (again.verdict, again.summary) == (Verdict.FAIL, "b'1 a' b'2 b'")


def test_what_passes_on_the_common_link_is_kept_for_evidence_once_more() -> None:
    async def asks(case: Case) -> None:
        await alive(case)

    specs = [case(asks, suite=SUITE, name=str(n)) for n in range(3)]
    keeper = Remembering()
    execute(
        specs,
        {spec.id: n for n, spec in enumerate(specs)},
        Surroundings(testbed=stations(), claims={}, ixit={}),
        keeper,
    )
    assert ("passed", "lan", "9") in keeper.told  # a greeting at the start; a look, and each case: question and answer


def test_no_more_is_kept_than_there_is_room_for() -> None:
    async def main() -> None:
        segment = MemorySegment("lan")
        for n in range(40):
            segment.heard(bytes([n]) * (KEPT_OCTETS // 10), at_s=float(n))
        kept = segment.traffic.frames
        assert [int(at_s) for at_s, _ in kept] == list(range(30, 40))

    run_virtual(main())


async def learns(case: Case) -> None:
    async def find() -> list[int]:
        return [case.rng.randrange(1000), 7]

    async with case.site(fresh=True) as site:
        await site.start()
        found = await case.learn("numbers", find)
        shouted = await case.act(site, "shout", word="x")
        port = case.port(site.links["lan"], decode_frame, "lan")
        await port.send(frame(PRODUCT, OURS, b"a"))
        raise Nonconformity(f"{found} {shouted} {await port.expect(bytes)!r}")


def test_what_a_case_learned_is_known_when_it_is_judged_again() -> None:
    results, keeper = run(learns)
    assert ", 7] True" in results["learns"].summary
    record = keeper.records["small/learns"].to_json()
    again = rejudge(case(learns, suite=SUITE), record, seed=2, lag_s=0, claims={}, ixit={})
    assert (again.verdict, again.summary) == (Verdict.FAIL, results["learns"].summary)
    emptied = record.replace(b"numbers", b"others")
    again = rejudge(case(learns, suite=SUITE), emptied, seed=2, lag_s=0, claims={}, ixit={})
    assert again.verdict is Verdict.INCONCLUSIVE
    assert "now asks for numbers" in again.summary


def test_the_capture_holds_the_frames_as_they_are() -> None:
    _, keeper = run(judged)
    data = capture(keeper.records["small/judged"])
    for text in (b"here", b"a", b"1 a"):
        target, source = (BROADCAST, PRODUCT) if text == b"here" else (PRODUCT, OURS)
        if text == b"1 a":
            target, source = OURS, PRODUCT
        assert frame(target, source, text) in data


def test_a_testbed_without_links_says_so() -> None:
    async def main() -> None:
        with pytest.raises(TestbedError, match="has no links"):
            await memory().site()

    run_virtual(main())


class Repeater:
    """Repeats each datagram twice; silent at an empty one."""

    async def serve_datagrams(self, stream: Stream) -> None:
        while data := await stream.read():
            stream.write(data)
            stream.write(data.upper())


def test_each_datagram_is_a_message() -> None:
    async def asks(case: Case) -> None:
        channel = await case.datagrams(case.address(), decode_frame)
        await channel.send(b"abc", b"def")
        assert [await channel.expect(bytes) for _ in range(4)] == [b"abc", b"ABC", b"def", b"DEF"]
        await channel.expect(Silence, within_s=1)

    async def serves(case: Case) -> None:
        channel = await case.datagrams(case.address(), decode)
        await channel.send(b"a")
        await channel.expect(str)

    suite = small(alive=serves)
    around = Surroundings(
        testbed=MemoryTestbed("repeater", Repeater, {"small": {"url": "small://127.0.0.1:7007"}}), claims={}, ixit={}
    )
    spec = case(asks, suite=suite)
    keeper = Remembering()
    results = execute([spec], {spec.id: 1}, around, keeper)
    assert results[spec.id][0].verdict is Verdict.PASS, results[spec.id][0].summary
    data = capture(keeper.records[spec.id])
    assert b"\x08\0E\0" in data
    assert b"abc" in data
