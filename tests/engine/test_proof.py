"""Which variant of a reference a case is proved with: the first that it applies to, by claims and by what it finds."""

from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from conformance.engine import Case, Channel, check
from conformance.engine import proof as proofs
from conformance.engine.case import CaseSpec
from conformance.engine.reference import Answering, Fault
from conformance.engine.suite import Suite
from conformance.engine.variants import Variant

IXIT = {"toy": {"url": "toy://127.0.0.1:7007"}}
LETTER = "toy-1/server:1"


def decode(data: bytes) -> tuple[str | None, bytes]:
    return (data[:1].decode(), data[1:]) if data else (None, data)


def saying(word: bytes) -> Any:
    """What makes a product that answers every letter with this word, or with "x" by a fault."""

    class Saying(Answering, decode=decode):
        def __init__(self, fault: Fault | None) -> None:
            self.word = b"x" if fault else word

        def answer(self, letter: str) -> list[bytes] | bytes | None:
            return self.word

    return Saying


async def says_b(case: Case) -> None:
    channel: Channel = await case.channel(case.address(), decode)
    await channel.send(b"?")
    said = await channel.expect(str)
    if said == "a":
        case.not_applicable("it says a")
    check(said == "b", "it does not say b")


def prove(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *words: bytes) -> proofs.Proof:
    """The proof of one case against variants that say these words."""
    suite = Suite("toy", "toy")
    suite.__dict__.update(folder=tmp_path, provide=ModuleType("provide"))
    vars(suite.provide).update(STANDARDS=("toy-1/server",))
    spec = CaseSpec(id="toy/says_b", suite=suite, function=says_b, requirements=(LETTER,), standard="toy-1/server")
    variants = tuple(Variant(word.decode(), saying(word), {}, IXIT) for word in words)
    monkeypatch.setattr(proofs, "collect", lambda suites: [spec])
    monkeypatch.setattr(proofs, "check_bindings", lambda *given: None)
    monkeypatch.setattr(proofs, "variants", lambda suite: variants)
    monkeypatch.setattr(proofs, "faults", lambda suite: {"x": Fault("x", (LETTER,), "says x", SimpleNamespace)})
    return proofs.prove(suite, {}, workers=1)


def test_a_case_that_does_not_apply_goes_to_the_next_variant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = prove(tmp_path, monkeypatch, b"a", b"b")
    assert not proof.clean_failures
    assert proof.holds
    assert proof.caught == ["x"]


def test_a_case_that_applies_to_no_variant_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = prove(tmp_path, monkeypatch, b"a", b"a")
    assert proof.clean_failures == {"toy/says_b": "it says a"}
    assert not proof.holds
