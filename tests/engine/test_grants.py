"""Grants: who may hold what beside whom, in which order, and what a cancellation leaves behind."""

import asyncio
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.clock import run_virtual
from conformance.engine.grants import Grants

from .small import turns


async def hold(grants: Grants, request: Mapping[str, bool], name: str, log: list[str], until: asyncio.Event) -> None:
    async with grants.hold(request):
        log.append(f"+{name}")
        await until.wait()
    log.append(f"-{name}")


def play(*requests: Mapping[str, bool], cancel: tuple[int, ...] = ()) -> list[str]:
    """Ask in this order; once everything waits cancel some; then let the holders go one after the other."""

    async def main() -> list[str]:
        grants, log = Grants(), list[str]()
        gates = [asyncio.Event() for _ in requests]
        tasks = [
            asyncio.create_task(hold(grants, request, str(i), log, gate))
            for i, (request, gate) in enumerate(zip(requests, gates, strict=True))
        ]
        await turns()
        for i in cancel:
            tasks[i].cancel()
            await turns()
        for gate in gates:
            gate.set()
            await turns()
        await asyncio.gather(*tasks, return_exceptions=True)
        return log

    return run_virtual(main())


SHARED, ALONE = {"link": False}, {"link": True}


def test_sharers_hold_together() -> None:
    assert play(SHARED, SHARED)[:2] == ["+0", "+1"]


def test_one_who_needs_it_alone_waits_for_all_others() -> None:
    assert play(SHARED, SHARED, ALONE) == ["+0", "+1", "-0", "-1", "+2", "-2"]


def test_nobody_overtakes_one_who_waits_for_the_same() -> None:
    """Otherwise sharers that keep coming would starve him."""
    assert play(SHARED, ALONE, SHARED) == ["+0", "-0", "+1", "-1", "+2", "-2"]


def test_one_who_waits_for_something_else_is_overtaken() -> None:
    assert play(ALONE, ALONE, {"disk": True})[:2] == ["+0", "+2"]


def test_several_resources_are_given_all_at_once() -> None:
    both = {"link": True, "disk": True}
    assert play(ALONE, both, {"disk": True}) == ["+0", "-0", "+1", "-1", "+2", "-2"]


def test_a_request_for_nothing_is_granted_at_once() -> None:
    assert play(ALONE, {})[:2] == ["+0", "+1"]


def test_one_who_gives_up_waiting_frees_those_behind_him() -> None:
    assert play(SHARED, ALONE, SHARED, cancel=(1,))[:2] == ["+0", "+2"]


def test_a_holder_that_is_cancelled_gives_back() -> None:
    assert play(ALONE, ALONE, cancel=(0,)) == ["+0", "+1", "-1"]


def test_a_grant_that_comes_together_with_the_cancellation_is_given_back() -> None:
    async def main() -> bool:
        grants, log = Grants(), list[str]()
        first, never = asyncio.Event(), asyncio.Event()
        one = asyncio.create_task(hold(grants, ALONE, "0", log, first))
        two = asyncio.create_task(hold(grants, ALONE, "1", log, never))
        await turns()
        first.set()
        while not one.done():  # noqa: ASYNC110
            await asyncio.sleep(0)
        two.cancel()
        await turns()
        async with asyncio.timeout(1), grants.hold(ALONE):
            return True

    assert run_virtual(main())


requests = st.lists(st.dictionaries(st.sampled_from("abc"), st.booleans()), max_size=12)


@given(requests=requests, data=st.data())
def test_nobody_conflicts_and_everybody_gets_his_turn(requests: list[dict[str, bool]], data: st.DataObject) -> None:
    cancelled = data.draw(st.sets(st.sampled_from(range(len(requests))))) if requests else set()
    log = play(*requests, cancel=tuple(sorted(cancelled)))
    holding: set[int] = set()
    for entry in log:
        number = int(entry[1:])
        if entry[0] == "-":
            holding.discard(number)
            continue
        for other in holding - cancelled:
            for name in requests[number].keys() & requests[other].keys():
                assert not requests[number][name]
                assert not requests[other][name]
        holding.add(number)
    assert {int(entry[1:]) for entry in log if entry[0] == "-"} == set(range(len(requests))) - cancelled
