"""Recorded conversations judged again: the same verdicts with no broker; none where the case or the record changed."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from conformance.engine import Case, Channel, Nonconformity, Silence, Unready, Verdict
from conformance.engine.attempt import Surroundings
from conformance.engine.case import CaseResult, CaseSpec
from conformance.engine.lag import LagProbe
from conformance.engine.memory import MemoryTestbed
from conformance.engine.patience import Patience
from conformance.engine.record import Record
from conformance.engine.replay import ReplayError, rejudge
from conformance.engine.session import InMemory, collect, execute
from conformance.engine.suite import find_suites
from conformance.engine.variants import Variant, faults, variants
from tests.network.mqtt.test_never_errors import Mangler, mangled

from .small import IXIT, Remembering, case, decode, memory, one

MQTT = find_suites()["mqtt"]
VARIANTS = variants(MQTT)
VERSIONS = ("mqtt-3.1.1", "mqtt-5.0")
JUDGED = ("verdict", "summary", "expected", "got", "notes", "output", "lost")
"""What a judgement is made of."""


# The whole MQTT suite.


class Writing(InMemory):
    """A keeper of each end with its transcript, as a bundle has it."""

    def __init__(self) -> None:
        self.ends: list[tuple[CaseResult, bytes | None]] = []

    def ended(self, result: CaseResult, record: Record) -> None:
        self.ends.append((result, record.to_json() if record.entries else None))


@dataclass
class Recording:
    """A run in memory: the cases, and what came of each."""

    specs: Mapping[str, CaseSpec]
    seeds: dict[str, int]
    around: Surroundings
    ends: list[tuple[CaseResult, bytes | None]]

    def again(self, result: CaseResult, transcript: bytes | None, *, other_seed: int = 0) -> CaseResult:
        """Judge one end again, perhaps with another seed."""
        seed = self.seeds[result.case] + other_seed
        spec, claims, ixit = self.specs[result.case], self.around.claims, self.around.ixit
        return rejudge(spec, transcript, seed=seed, lag_s=result.lag_s, claims=claims, ixit=ixit)

    def verdicts(self, standard: str) -> Counter[Verdict]:
        return Counter(end.verdict for end, _ in self.ends if self.specs[end.case].standard.startswith(standard))


def recording(specs: list[CaseSpec], variant: Variant, make: Callable[[], Any]) -> Recording:
    """Run all cases, also those that do not apply to the variant: what they say has to come again too."""
    lag, keeper = LagProbe(), Writing()
    testbed = MemoryTestbed(variant.name, make, variant.ixit)
    around = Surroundings(testbed=testbed, claims=variant.claims, ixit={}, patience=Patience(lag=lag), lag=lag)
    seeds = {spec.id: n for n, spec in enumerate(specs)}
    execute(specs, seeds, around, keeper, look_first=False, concurrency=64)
    assert {result.case for result, _ in keeper.ends} == set(seeds)
    return Recording({spec.id: spec for spec in specs}, seeds, around, keeper.ends)


def differing(run: Recording, names: tuple[str, ...] = JUDGED) -> Iterator[tuple[str, str, Any, Any]]:
    """Case, what differs, what it was and what it is now."""
    for result, transcript in run.ends:
        again = run.again(result, transcript)
        for name in names:
            was, now = getattr(result, name), getattr(again, name)
            if was != now:
                yield result.case, name, was, now


@pytest.fixture(scope="module")
def specs() -> list[CaseSpec]:
    return collect([MQTT])


@pytest.fixture(scope="module")
def clean(specs: list[CaseSpec]) -> Recording:
    return recording(specs, VARIANTS[0], lambda: VARIANTS[0].make(None))


def test_the_whole_suite_is_judged_as_it_was(clean: Recording) -> None:
    assert list(differing(clean)) == []
    for standard in VERSIONS:
        assert clean.verdicts(standard)[Verdict.PASS] > 200


@pytest.mark.parametrize("variant", VARIANTS[1:], ids=lambda variant: variant.name)
def test_so_it_is_on_other_variants(specs: list[CaseSpec], variant: Variant) -> None:
    """They lack things, so that many cases end before their last line."""
    run = recording(specs, variant, lambda: variant.make(None))
    assert list(differing(run)) == []
    for standard in VERSIONS:
        assert run.verdicts(standard)[Verdict.NOT_APPLICABLE] > 5


def test_a_fault_found_is_found_again(specs: list[CaseSpec], clean: Recording) -> None:
    fault = faults(MQTT)["unknown-characters-replaced"]
    run = recording(specs, VARIANTS[0], lambda: VARIANTS[0].make(fault))
    assert list(differing(run)) == []
    for standard in VERSIONS:
        assert run.verdicts(standard)[Verdict.FAIL] > clean.verdicts(standard)[Verdict.FAIL]


@pytest.mark.parametrize("share", [10, 40])
def test_a_server_that_says_anything_is_judged_as_it_was(specs: list[CaseSpec], share: int) -> None:
    """Packets changed, lost, doubled, and ends at any place. Only verdicts are compared: where octets that break
    WebSocket come in the same moment in which the case speaks, an inconclusive case may give the other reason.
    """
    mangler = Mangler(share, share=share)
    run = recording(specs, VARIANTS[0], lambda: mangled(VARIANTS[0], mangler))
    assert list(differing(run, ("verdict",))) == []
    for standard in VERSIONS:
        assert run.verdicts(standard)[Verdict.INCONCLUSIVE] > 10


def test_under_another_seed_every_case_leaves_its_record(clean: Recording) -> None:
    """Client identifiers and topics come from the seed, so that each case says something else at once."""
    tried = 0
    for result, transcript in clean.ends:
        token = b"%010x" % random.Random(clean.seeds[result.case]).getrandbits(40)  # in all names that a case makes
        if result.verdict is Verdict.PASS and transcript and token.hex().encode() in transcript:
            again = clean.again(result, transcript, other_seed=1)
            assert (again.verdict, again.case) == (Verdict.INCONCLUSIVE, result.case)
            assert "now does something else" in again.summary
            tried += 1
    assert tried > 500


@pytest.mark.parametrize("standard", VERSIONS)
def test_an_mqtt_case_that_sends_something_else_is_inconclusive(clean: Recording, standard: str) -> None:
    name = "mqtt/test_3_12_ping.py::test_"
    result, transcript = next(e for e in clean.ends if e[0].case.startswith(name) and f"[{standard}]" in e[0].case)
    assert result.verdict is Verdict.PASS

    async def other(client: Any) -> None:
        await client.send(b"\xc0\x01\x00")
        await client.expect(object)

    changed = replace(clean, specs={**clean.specs, result.case: replace(clean.specs[result.case], function=other)})
    again = changed.again(result, transcript)
    assert again.verdict is Verdict.INCONCLUSIVE
    assert "now out c00100, then out c000" in again.summary


# Changed cases, on the smallest suite.


async def two_letters(line: Channel) -> None:
    await line.send(b"a")
    await line.expect(str)
    await line.send(b"b")
    await line.expect(str)


async def another_letter(line: Channel) -> None:
    await line.send(b"a")
    await line.expect(str)
    await line.send(b"c")
    await line.expect(str)


async def a_third_letter(line: Channel) -> None:
    await two_letters(line)
    await line.send(b"c")


async def one_letter(line: Channel) -> None:
    await line.send(b"a")
    await line.expect(str)


async def nothing_said(line: Channel) -> None:
    return


async def nothing_at_all(case: Case) -> None:
    return


async def another_connection(case: Case, line: Channel) -> None:
    other = await case.channel(case.address(), decode)
    await two_letters(line)
    other.close()


async def cut_instead(line: Channel) -> None:
    await line.send(b"a")
    await line.expect(str)
    line.abort()


async def it_does_not_mind(line: Channel) -> None:
    """Takes what it is told for a fault of the product."""
    try:
        await another_letter(line)
    except Exception as error:
        raise Nonconformity(f"a bad line: {error}") from error


def judged_again(then: Callable[..., Any], now: Callable[..., Any]) -> tuple[CaseResult, CaseResult]:
    """Record a case, and judge it again after it was changed."""
    keeper = Remembering()
    result = one(case(then, name="one"), memory(), keeper)
    record = keeper.records["small/one"].to_json()
    return result, rejudge(case(now, name="one"), record, seed=0, lag_s=0, claims={}, ixit=IXIT)


CHANGED = [
    another_letter, a_third_letter, one_letter, nothing_said, nothing_at_all, another_connection, cut_instead,
    it_does_not_mind,
]  # fmt: skip


@pytest.mark.parametrize("now", CHANGED)
def test_a_case_that_does_something_else_is_inconclusive(now: Callable[..., Any]) -> None:
    then, again = judged_again(two_letters, now)
    assert then.verdict is Verdict.PASS
    assert again.verdict is Verdict.INCONCLUSIVE
    assert "the case now does something else than when it was recorded: now" in again.summary


def test_a_case_without_one_of_its_connections_is_inconclusive() -> None:

    async def both(case: Case, line: Channel) -> None:
        other = await case.channel(case.address(), decode)
        await other.send(b"q")
        await other.expect(str)
        await two_letters(line)

    then, again = judged_again(both, two_letters)
    assert (then.verdict, again.verdict) == (Verdict.PASS, Verdict.INCONCLUSIVE)
    assert "now no such connection, then in" in again.summary


@pytest.mark.parametrize("kind", [Nonconformity, Unready])
@pytest.mark.parametrize("letter", ["A", "B"])
def test_a_corrected_case_judges_what_came_even_before_its_old_end(
    letter: str, kind: Callable[[str], Exception]
) -> None:
    """That it then cleans up sooner than it did is nothing else said to the product."""

    async def stricter(line: Channel) -> None:
        for sent in (b"a", b"b"):
            await line.send(sent)
            if await line.expect(str) == letter:
                raise kind(f"no {letter}")

    _, again = judged_again(two_letters, stricter)
    assert again.summary == f"no {letter}"
    assert again.verdict is (Verdict.FAIL if kind is Nonconformity else Verdict.INCONCLUSIVE)


def test_a_corrected_case_that_takes_what_came_passes() -> None:
    async def mistaken(line: Channel) -> None:
        await line.send(b"a")
        if (letter := await line.expect(str)) != "a":
            raise Nonconformity(f"got {letter}")

    then, again = judged_again(mistaken, one_letter)
    assert (then.verdict, again.verdict) == (Verdict.FAIL, Verdict.PASS)


def test_a_wait_that_nothing_ended_ends_as_it_did() -> None:
    async def waits(line: Channel) -> None:
        await one_letter(line)
        raise Nonconformity(f"{await line.expect(Silence, within_s=40)}")

    then, again = judged_again(waits, waits)
    assert "40" in then.summary
    assert (again.verdict, again.summary) == (then.verdict, then.summary)


def test_a_product_that_died_and_refused_does_so_again() -> None:
    async def kills(line: Channel, case: Case) -> None:
        await line.send(b"x")
        await line.next()
        await case.channel(case.address(), decode)

    then, again = judged_again(kills, kills)
    assert (then.verdict, then.lost) == (Verdict.FAIL, True)
    assert "the product died" in then.summary
    assert (again.verdict, again.summary, again.lost) == (then.verdict, then.summary, then.lost)


# Damaged records.


def transcript() -> dict[str, Any]:
    keeper = Remembering()
    one(case(two_letters, name="one"), memory(), keeper)
    document: dict[str, Any] = json.loads(keeper.records["small/one"].to_json())
    return document


def judge(record: bytes) -> CaseResult:
    return rejudge(case(two_letters, name="one"), record, seed=0, lag_s=0, claims={}, ixit=IXIT)


def test_an_undamaged_record_is_played() -> None:
    assert judge(json.dumps(transcript()).encode()).verdict is Verdict.PASS


@pytest.mark.parametrize("data", [b"{", b"null", b"[]", b"7", b"{}", b"\xff\xfe\x00", b"[" * 100_000, b'{"events":{}}'])
def test_what_is_no_transcript_is_a_replay_error(data: bytes) -> None:
    with pytest.raises(ReplayError, match="cannot be read"):
        judge(data)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_cut_transcript_is_a_replay_error(share: float) -> None:
    whole = json.dumps(transcript()).encode()
    with pytest.raises(ReplayError, match="cannot be read"):
        judge(whole[: int(len(whole) * share)])


DAMAGE: dict[str, tuple[str, Any]] = {
    "odd digits": ("hex", "414"),
    "no digits": ("hex", "4x"),
    "no time": ("t", "soon"),
    "no end of time": ("t", float("inf")),
    "not a number": ("t", float("nan")),
    "no channel": ("channel", "first"),
    "unknown channel": ("channel", 7),
    "endless channel": ("channel", float("inf")),
    "unknown kind": ("kind", "i*"),
    "no kind": ("kind", None),
    "learned nothing": ("kind", "learned"),
    "no wait": ("kind", "silence"),
}


@pytest.mark.parametrize(("name", "value"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_event_is_a_replay_error(name: str, value: Any) -> None:
    """What is not understood is not passed over: without it the product would seem to have said something else."""
    document = transcript()
    came = next(event for event in document["events"] if event["kind"] == "in")
    came[name] = value
    with pytest.raises(ReplayError, match="cannot be read"):
        judge(json.dumps(document).encode())


@pytest.mark.parametrize("missing", ["t", "channel", "kind"])
def test_an_event_with_a_gap_is_a_replay_error(missing: str) -> None:
    document = transcript()
    del document["events"][1][missing]
    with pytest.raises(ReplayError, match="cannot be read"):
        judge(json.dumps(document).encode())


@pytest.mark.parametrize("events", [None, 7, "in", [7], ["in"], [None], [[]]])
def test_events_that_are_none_are_a_replay_error(events: Any) -> None:
    with pytest.raises(ReplayError, match="cannot be read"):
        judge(json.dumps(transcript() | {"events": events}).encode())


def test_a_record_that_is_not_whole_is_a_replay_error() -> None:
    with pytest.raises(ReplayError, match="not whole"):
        judge(json.dumps(transcript() | {"truncated": True}).encode())
