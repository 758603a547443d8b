"""Many cases at once, what is exclusive, and a product that dies in the middle."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from conformance.engine import Case, Channel, Closed, Nonconformity, Silence, Verdict
from conformance.engine.attempt import Surroundings
from conformance.engine.case import CaseResult, CaseSpec
from conformance.engine.liveness import Liveness
from conformance.engine.session import execute
from conformance.engine.testbed import Testbed, TestbedError

from .small import Mute, Remembering, Shouting, case, memory, run, small


def verdicts(results: dict[str, list[CaseResult]]) -> dict[str, str]:
    return {name.removeprefix("small/"): str(ends[-1].verdict) for name, ends in results.items()}


async def asks(line: Channel) -> None:
    await line.send(b"a")
    await line.expect(str)


async def waits(line: Channel) -> None:
    await line.expect(Silence, within_s=1)


async def kills(line: Channel) -> None:
    """The product breaks down at x, which also closes the connection: what the case expects."""
    await line.send(b"x")
    await line.expect(Closed)


def test_everything_runs_at_once() -> None:
    clock: list[float] = []

    async def last(case: Case, line: Channel) -> None:
        await line.next(within_s=1)
        clock.append(asyncio.get_running_loop().time())

    run([case(waits, name=str(n)) for n in range(300)] + [case(last)])
    assert clock[0] < 1.5


def test_concurrency_is_a_limit() -> None:
    running, most = 0, 0

    async def counts(line: Channel) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await line.next(within_s=1)
        running -= 1

    run([case(counts, name=str(n)) for n in range(30)], concurrency=7)
    assert most == 7


def test_what_is_exclusive_runs_alone_and_all_the_rest_beside_it() -> None:
    inside: set[str] = set()
    seen: list[set[str]] = []

    def member(name: str, **resources: bool) -> CaseSpec:
        async def holds(line: Channel) -> None:
            inside.add(name)
            seen.append(set(inside))
            await line.next(within_s=1)
            inside.discard(name)

        return case(holds, name=name, resources=resources)

    exclusive = [member(f"x{n}", link=True) for n in range(3)]
    results = run([*exclusive, member("s1", link=False), member("s2", link=False), member("free")])
    assert all(ends[0].verdict is Verdict.PASS for ends in results.values())
    assert {"s1", "s2"} in [group - {"free"} for group in seen]
    for group in seen:
        assert len([name for name in group if name.startswith("x")]) <= 1
        assert not ({"s1", "s2"} & group and any(name.startswith("x") for name in group))


def test_one_who_needs_the_product_alone_has_it_alone() -> None:
    inside = 0

    async def shares(line: Channel) -> None:
        nonlocal inside
        inside += 1
        await line.next(within_s=1)
        inside -= 1

    async def alone(line: Channel) -> None:
        assert inside == 0
        await line.next(within_s=1)
        assert inside == 0

    spec = case(alone, resources={"product": True})
    assert set(verdicts(run([case(shares, name=str(n)) for n in range(5)] + [spec])).values()) == {"pass"}


def test_disruptive_cases_come_last_and_alone_and_what_came_before_is_on_the_disk() -> None:
    keeper = Remembering()
    disruptive = [case(waits, name=f"d{n}", disruptive=True) for n in range(2)]
    run([*disruptive, case(waits, name="a"), case(waits, name="b")], keeper=keeper)
    assert keeper.told[-6:] == [
        ("barrier",),
        ("started", "small/d0", "1"),
        ("ended", "small/d0", "pass"),
        ("barrier",),
        ("started", "small/d1", "1"),
        ("ended", "small/d1", "pass"),
    ]


def test_long_waits_begin_first() -> None:
    keeper = Remembering()
    run([case(waits, name="short"), case(waits, name="long", lasts_s=9)], keeper=keeper, concurrency=1)
    assert [told[1] for told in keeper.told if told[0] == "started"] == ["small/long", "small/short"]


@pytest.mark.parametrize("negative", [False, True])
def test_the_case_that_kills_the_product_fails_alone(negative: bool) -> None:
    """Those that ran beside it are judged again on a product that was started anew; nobody fails for another."""

    async def long(line: Channel) -> None:
        await line.send(b"a")
        await line.expect(str)
        await line.next(within_s=30)
        await line.send(b"b")
        await line.expect(str)

    keeper = Remembering()
    innocent = [case(long, name=f"i{n}") for n in range(5)]
    killer = case(kills, negative=negative)
    if not negative:  # then nothing but the loss of the others tells that the product is dead
        innocent.append(case(asks, name="after", lasts_s=0))
    results = run([*innocent, killer], keeper=keeper)
    told = verdicts(results)
    if negative:
        assert told.pop("kills") == "fail"
        assert "the product died" in results["small/kills"][-1].summary
        assert ("product", "died") in keeper.told
        assert ("product", "restarted") in keeper.told
    assert {name: verdict for name, verdict in told.items() if name != "kills"} == dict.fromkeys(
        [name for name in told if name != "kills"], "pass"
    )


def test_a_close_that_another_case_has_caused_by_killing_passes_nobody() -> None:
    """A crash closes every connection: whoever waits for a close at that moment is judged again."""

    async def waits_for_a_close(line: Channel) -> None:
        await line.expect(Closed, within_s=5)

    told = verdicts(run([case(waits_for_a_close), case(kills, negative=True)]))
    assert told == {"waits_for_a_close": "fail", "kills": "fail"}


def test_two_killers_fail_and_the_others_pass() -> None:
    specs = [case(kills, name=f"k{n}", negative=True) for n in range(2)] + [
        case(waits, name=f"w{n}") for n in range(20)
    ]
    told = verdicts(run(specs))
    assert {name for name, verdict in told.items() if verdict == "fail"} == {"k0", "k1"}
    assert {verdict for name, verdict in told.items() if name[0] == "w"} == {"pass"}


def test_every_attempt_is_told_and_numbered() -> None:
    keeper = Remembering()
    run([case(kills, negative=True), case(waits)], keeper=keeper)
    assert ("interrupted", "small/kills", "1") in keeper.told
    assert ("started", "small/kills", "2") in keeper.told
    attempts = [told for told in keeper.told if told[0] == "started" and told[1] == "small/waits"]
    assert [told[2] for told in attempts] == ["1", "2"]


def test_numbers_go_on_from_those_of_an_earlier_part() -> None:
    keeper = Remembering()
    results = run([case(asks)], keeper=keeper, attempts={"small/asks": 3})
    assert ("started", "small/asks", "4") in keeper.told
    assert results["small/asks"][0].attempt == 4


def unrestartable() -> Testbed:
    testbed = memory()

    async def cannot() -> bool:
        return False

    testbed.restart = cannot  # type: ignore[method-assign]
    return testbed


def test_behind_a_product_that_cannot_be_started_again_everything_is_inconclusive() -> None:
    keeper = Remembering()
    specs = [case(asks, name="done"), case(kills, negative=True), case(waits, name="beside")]
    specs += [case(asks, name=f"later{n}", resources={"link": True}) for n in range(3)]
    specs += [case(asks, name="last", disruptive=True)]
    results = run(specs, unrestartable(), keeper)
    told = verdicts(results)
    assert told.pop("done") == "pass"
    assert set(told.values()) <= {"inconclusive", "pass"}
    assert told["beside"] == told["kills"] == told["last"] == "inconclusive"
    assert set(results) == {spec.id for spec in specs}
    assert keeper.told.count(("product", "lost")) == 1


def test_a_disruptive_case_that_kills_is_blamed_even_where_nothing_can_be_restarted() -> None:
    results = run([case(kills, disruptive=True), case(waits, name="next", disruptive=True)], unrestartable())
    assert verdicts(results) == {"kills": "fail", "next": "inconclusive"}


def test_cases_that_fail_without_killing_are_looked_at_once_and_kept() -> None:
    looks = 0

    async def alive(case: Case) -> None:
        nonlocal looks
        looks += 1

    async def fails(line: Channel) -> None:
        raise Nonconformity("wrong")

    suite = small(alive=alive)
    results = run([case(fails, suite, name=str(n)) for n in range(50)], concurrency=50)
    assert set(verdicts(results).values()) == {"fail"}
    assert looks < 20


def liveness(testbed: Testbed, **provide: Any) -> Callable[[], Any]:
    """Look once, on virtual time; what was found."""

    async def look() -> tuple[str, float]:
        around = Surroundings(testbed=testbed, claims={}, ixit=testbed.ixit)
        problem = await Liveness(around).problem(small(**provide))
        return problem, asyncio.get_running_loop().time()

    from conformance.engine.clock import run_virtual

    return lambda: run_virtual(look())


def test_a_product_that_answers_lives() -> None:
    assert liveness(memory())() == ("", 0.0)


def test_a_mute_product_is_dead_within_a_bounded_time() -> None:
    problem, took_s = liveness(memory(Mute))()
    assert problem
    assert took_s <= 40


def test_a_look_that_never_ends_is_cut_off() -> None:
    async def forever(case: Case) -> None:
        await asyncio.Event().wait()

    problem, took_s = liveness(memory(), alive=forever)()
    assert problem == "no answer"
    assert took_s <= 40


def test_a_product_that_stumbles_once_is_doubted_and_lives() -> None:
    count = 0

    async def at_the_second(case: Case) -> None:
        nonlocal count
        count += 1
        if count == 1:
            raise Nonconformity("a hiccup")

    assert liveness(memory(), alive=at_the_second)()[0] == ""


def test_those_who_ask_while_a_look_waits_to_begin_share_it() -> None:
    looks = 0

    async def counts(case: Case) -> None:
        nonlocal looks
        looks += 1
        channel = await case.channel(case.address(), lambda data: (None, data))
        await channel.next(within_s=1)

    async def main() -> None:
        testbed = memory()
        looking = Liveness(Surroundings(testbed=testbed, claims={}, ixit=testbed.ixit))
        suite = small(alive=counts)
        await asyncio.gather(*(looking.problem(suite) for _ in range(10)))
        first = asyncio.create_task(looking.problem(suite))
        await asyncio.sleep(0.5)
        await asyncio.gather(first, *(looking.problem(suite) for _ in range(10)))

    from conformance.engine.clock import run_virtual

    run_virtual(main())
    assert looks == 3


def test_a_product_that_takes_no_session_at_the_start_stops_the_run() -> None:
    with pytest.raises(TestbedError, match="takes no session at the start"):
        run([case(asks)], memory(Mute))


def test_a_keeper_that_cannot_write_stops_the_run() -> None:
    class Full(Remembering):
        def ended(self, result: CaseResult, record: Any) -> None:
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        run([case(waits, name=str(n)) for n in range(10)], keeper=Full())


def test_an_interruption_leaves_no_case_behind() -> None:
    """What SIGINT does to a run: everything is cancelled, every clean-up runs, and what has ended is kept."""
    cleaned = 0
    keeper = Remembering()

    async def long(line: Channel) -> None:
        nonlocal cleaned
        try:
            await line.next(within_s=1000)
        finally:
            cleaned += 1

    async def stops() -> None:
        await asyncio.sleep(1)
        raise KeyboardInterrupt

    specs = [case(asks)] + [case(long, name=str(n), lasts_s=1000) for n in range(10)] + [case(stops, name="stops")]
    testbed = memory(Shouting)
    with pytest.raises(KeyboardInterrupt):
        execute(specs, {s.id: 1 for s in specs}, Surroundings(testbed=testbed, claims={}, ixit={}), keeper)
    assert cleaned == 10
    assert ("ended", "small/asks", "pass") in keeper.told
