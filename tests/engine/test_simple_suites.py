"""What the engine does for a suite that says little: defaults, plain functions, and a newcomer's mistakes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from conformance.engine import Case, Channel, Closed, Verdict, provider
from conformance.engine.attempt import Surroundings
from conformance.engine.case import CaseResult, CaseSpec
from conformance.engine.channel import Codec, Decode
from conformance.engine.memory import MemoryTestbed
from conformance.engine.plan import PlanError, check_bindings
from conformance.engine.reference import Answering, Fault, Faults, Reference
from conformance.engine.session import InMemory, execute
from conformance.engine.stream import MemoryStream
from conformance.engine.suite import Suite, SuiteError
from conformance.engine.testbed import TestbedError
from conformance.engine.variants import faults, variants

IXIT = {"toy": {"url": "toy://127.0.0.1:7007"}}


def decode(data: bytes) -> tuple[str | None, bytes]:
    """One letter is one message."""
    return (data[:1].decode(), data[1:]) if data else (None, data)


class Shouting(Answering, decode=decode):
    """Says each letter in capitals, twice for b; leaves at z."""

    def answer(self, letter: str) -> list[bytes] | bytes | None:
        shout = letter.upper().encode()
        return None if letter == "z" else [shout, shout] if letter == "b" else shout


def toy(tmp_path: Path, **provide: Any) -> Suite:
    """A suite whose module `provide` holds what is given."""
    suite = Suite("toy", "toy")
    suite.__dict__.update(folder=tmp_path, provide=ModuleType("provide"))
    vars(suite.provide).update(STANDARDS=("toy-1/server",), **provide)
    return suite


def spec(suite: Suite, function: Callable[..., Any], **more: Any) -> CaseSpec:
    return CaseSpec(id=f"toy/{function.__name__}", suite=suite, function=function, **more)


def run(one: CaseSpec, make: Callable[[], Reference] = Shouting, **more: Any) -> CaseResult:
    around = Surroundings(testbed=MemoryTestbed("toy", make, IXIT), claims={}, ixit={})
    return execute([one], {one.id: 1}, around, InMemory(), **more)[one.id][-1]


def talk(codec: Codec | Decode = decode) -> Callable[..., Any]:
    async def case(case: Case) -> None:
        channel = await case.channel(case.address(), codec)
        await channel.send(b"a")
        await channel.expect(str)

    return case


def test_a_function_that_decodes_is_codec_enough(tmp_path: Path) -> None:
    assert run(spec(toy(tmp_path), talk())).verdict is Verdict.PASS


def test_a_provider_may_return_instead_of_yielding(tmp_path: Path) -> None:
    @provider
    async def guest(case: Case) -> Channel:
        return await case.channel(case.address(), decode)

    @provider
    async def letter(guest: Channel) -> AsyncIterator[str]:
        await guest.send(b"q")
        yield await guest.expect(str)

    async def case(letter: str) -> None:
        assert letter == "Q"

    assert run(spec(toy(tmp_path, guest=guest, letter=letter), case)).verdict is Verdict.PASS


def test_an_answering_reference_says_one_thing_several_or_goodbye() -> None:
    async def main() -> list[bytes]:
        ours, theirs = MemoryStream.pair()
        serving = asyncio.create_task(Shouting().serve(theirs))
        ours.write(b"ab")
        ours.write(b"cza")
        heard = [await ours.read() for _ in range(4)]
        await serving
        return heard

    assert asyncio.run(main()) == [b"A", b"BB", b"C", b""]


@pytest.mark.parametrize("url", ["nonsense", "toy://[x", "toy://127.0.0.1"])
def test_an_address_that_is_none_stops_the_run_with_its_cure(tmp_path: Path, url: str) -> None:
    around = Surroundings(testbed=MemoryTestbed("toy", Shouting, {"toy": {"url": url}}), claims={}, ixit={})
    one = spec(toy(tmp_path), talk())
    with pytest.raises(TestbedError, match=r"\[ixit\.toy\] url .* is no address\. Write one"):
        execute([one], {one.id: 1}, around, InMemory())


@pytest.mark.parametrize("ixit", [{}, {"url": ""}])
def test_without_an_address_a_case_that_needs_one_is_inconclusive(tmp_path: Path, ixit: dict[str, str]) -> None:
    around = Surroundings(testbed=MemoryTestbed("toy", Shouting, {"toy": ixit}), claims={}, ixit={})
    one = spec(toy(tmp_path), talk())
    result = execute([one], {one.id: 1}, around, InMemory())[one.id][-1]
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "toy://192.0.2.1:7007" in result.summary


def raising(data: bytes) -> tuple[str | None, bytes]:
    raise LookupError("a defect of the codec")


def standing(data: bytes) -> tuple[str | None, bytes]:
    return "again", data


@pytest.mark.parametrize(("codec", "said"), [(raising, "a defect of the codec"), (standing, "took no octets")])
def test_a_defect_of_the_codec_is_an_error_of_ours_and_fails_nobody(tmp_path: Path, codec: Decode, said: str) -> None:
    result = run(spec(toy(tmp_path), talk(codec)))
    assert result.verdict is Verdict.ERROR
    assert said in result.summary


class Crashing(Shouting):
    """Breaks down at z."""

    def answer(self, letter: str) -> Any:
        if letter == "z":
            raise RuntimeError("out of memory")
        return super().answer(letter)


def test_without_an_alive_a_fresh_connection_shows_whether_the_product_lives(tmp_path: Path) -> None:
    async def kills(case: Case) -> None:
        channel = await case.channel(case.address(), decode)
        await channel.send(b"z")
        await channel.next(within_s=1)

    result = run(spec(toy(tmp_path), kills, negative=True), Crashing)
    assert result.verdict is Verdict.FAIL
    assert "the product died" in result.summary


def test_without_an_alive_a_product_that_nobody_can_reach_stops_the_run(tmp_path: Path) -> None:
    testbed = MemoryTestbed("toy", Shouting, IXIT)
    testbed.crashed = RuntimeError("never began")
    one = spec(toy(tmp_path), talk())
    with pytest.raises(TestbedError, match="takes no session"):
        execute([one], {one.id: 1}, Surroundings(testbed=testbed, claims={}, ixit={}), InMemory())


FAULTS = Faults()


@FAULTS.add("whispers", "toy-1/server:T-1")
class Whispering(Shouting):
    """Says it softly."""

    def answer(self, letter: str) -> bytes:
        return letter.lower().encode()


def test_a_reference_needs_no_more_than_its_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    suite = toy(tmp_path)
    module = SimpleNamespace(Reference=Shouting, FAULTS=FAULTS)
    monkeypatch.setattr(Suite, "has", lambda self, name: name == "reference")
    monkeypatch.setattr(Suite, "module", lambda self, name: module)
    (variant,) = variants(suite)
    assert (variant.name, variant.claims, variant.ixit) == ("toy", {}, IXIT)
    assert variant.make(None).answer("a") == b"A"  # type: ignore[attr-defined]
    fault: Fault = faults(suite)["whispers"]
    assert fault.summary == "Says it softly."
    assert variant.make(fault).answer("a") == b"a"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("refs", "cure"),
    [
        ((), "write @requirement above it"),
        (("toy-2/server:T-1",), "name the standard in STANDARDS"),
        (("toy-1/server:T-9",), "correct the id in @requirement"),
    ],
)
def test_a_case_that_is_bound_to_nothing_known_stops_everything(tmp_path: Path, refs: tuple[str], cure: str) -> None:
    wrong = spec(toy(tmp_path), talk(), requirements=refs, source="test_1.py:3")
    with pytest.raises(PlanError, match=cure):
        check_bindings([wrong], {}, ["toy-1/server"])


def test_a_folder_without_init_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bare_suite").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(SuiteError, match=r"no __init__\.py"):
        _ = Suite("bare", "bare_suite").folder


async def _closes(case: Case) -> None:
    channel = await case.channel(case.address(), decode)
    await channel.send(b"z")
    await channel.expect(Closed)


def test_a_reference_that_leaves_is_seen_to_close(tmp_path: Path) -> None:
    assert run(spec(toy(tmp_path), _closes)).verdict is Verdict.PASS
