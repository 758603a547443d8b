"""Whatever a product sends, a case ends in a verdict about it: never in an error of ours.

The whole suite runs in memory against references whose packets are changed on their way out, by chance from a seed:
mutated field by field, cut, mixed with anything, lost, doubled, or followed by the end of the connection.
"""

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

import pytest

from conformance.engine.attempt import Surroundings
from conformance.engine.case import CaseResult, CaseSpec
from conformance.engine.lag import LagProbe
from conformance.engine.memory import MemoryTestbed
from conformance.engine.patience import Patience
from conformance.engine.record import Record
from conformance.engine.session import InMemory, collect, execute
from conformance.engine.stream import Stream
from conformance.engine.suite import find_suites
from conformance.engine.variants import Variant, variants
from conformance.engine.verdict import Verdict
from conformance.network.mqtt import wire
from conformance.network.mqtt.wire import Packet, Properties, PropertyId
from conformance.network.mqtt.wire.packets import PACKETS
from conformance.network.mqtt.wire.properties import BINARY, PAIR, STRING, TYPES, VARIABLE

SUITE = find_suites()["mqtt"]
VARIANTS = variants(SUITE)
ROUNDS = int(os.environ.get("IIC_CONFORM_FUZZ_ROUNDS", "3"))
"""How often each variant is tried; each round from a seed of its own."""

SHARES = (5, 15, 40)
"""How many of a hundred packets are changed, in turn: with few changes cases get far, with many they meet several."""
TEXTS = ("", "iic/x", "\ufeffx", "$SYS/x", "a/#", "x" * 70_000, b"\xff", b"\xed\xa0\x80", b"iic\0", "\u540d", "=", ",,")
NUMBERS = (0, 1, 2, 3, 4, 6, 0x10, 0x18, 0x19, 0x7F, 0x80, 0x87, 0x92, 0xFF, 0x1234, 0xFFFF, 0x10000, 0xFFFFFFFF)


class Mangler:
    """Changes some of what a server sends. `share` is how many packets of a hundred."""

    def __init__(self, seed: int, share: int) -> None:
        self._rng = random.Random(seed)
        self._share = share

    def attach(self, stream: Stream) -> None:
        """Stand between a server and its stream."""
        send, close = stream.write, stream.close

        def write(data: bytes) -> None:
            if self._rng.randrange(100) >= self._share:
                send(data)
                return
            for octets in self._rng.choice(WAYS)(self._rng, data):
                send(octets)
            if self._rng.randrange(25) == 0:
                close()

        stream.write = write  # type: ignore[method-assign]


def text(rng: random.Random) -> Any:
    return rng.choice(TEXTS)


def properties(rng: random.Random) -> Properties:
    """Properties that need not go together, with values of their own type."""
    return Properties(tuple((i, _value(rng, TYPES[i])) for i in rng.choices(list(PropertyId), k=rng.randrange(5))))


def _value(rng: random.Random, kind: int) -> Any:
    if kind == PAIR:
        return text(rng), text(rng)
    if kind in (STRING, BINARY):
        return text(rng)
    number = rng.choice(NUMBERS)
    return number & 0xFFFFFFF if kind == VARIABLE else number & (0xFF, 0xFFFF, 0xFFFFFFFF)[kind]


OTHER: dict[str, Callable[[random.Random], Any]] = {
    "topic": text,
    "payload": lambda rng: rng.choice((b"", b"message", b"end", b"not a number", b"\xff\xfe", b"7", b" 1 ")),
    "qos": lambda rng: rng.randrange(4),
    "retain": lambda rng: rng.random() < 0.5,
    "dup": lambda rng: rng.random() < 0.5,
    "packet_identifier": lambda rng: rng.choice(NUMBERS) & 0xFFFF,
    "reason_code": lambda rng: rng.choice(NUMBERS) & 0xFF,
    "reason_codes": lambda rng: tuple(rng.choice(NUMBERS) & 0xFF for _ in range(rng.randrange(4))),
    "session_present": lambda rng: rng.random() < 0.5,
    "acknowledge_flags": lambda rng: rng.randrange(256),
    "properties": properties,
    "flags": lambda rng: rng.randrange(16),
    "length": lambda rng: rng.choice((b"\x80\x00", b"\xff\xff\xff\xff\xff", b"\x00", b"\x7f")),
    "extra": lambda rng: rng.randbytes(rng.randrange(6)),
    "brief": lambda rng: rng.random() < 0.5,
}
"""For each field of a packet that a server sends: another value."""


def another_field(rng: random.Random, data: bytes) -> list[bytes]:
    """The same packet with other values in one or two of its fields."""
    packet, rest = wire.decode(data, version=rng.choice((4, 5, 5)), sender="server")
    if not isinstance(packet, Packet):
        return another_octet(rng, data)
    names = [field.name for field in fields(packet) if field.name in OTHER]
    changed = replace(
        packet, **{name: OTHER[name](rng) for name in rng.sample(names, min(len(names), rng.choice((1, 1, 2))))}
    )
    return [bytes(changed) + rest]


def another_packet(rng: random.Random, data: bytes) -> list[bytes]:
    """Before or instead of what was due: a packet of any kind."""
    kind = rng.choice(list(PACKETS.values()))
    packet = kind(
        **{field.name: OTHER[field.name](rng) for field in fields(kind) if field.name in OTHER and rng.random() < 0.5}
    )
    return [bytes(packet), *([data] if rng.random() < 0.5 else [])]


def another_octet(rng: random.Random, data: bytes) -> list[bytes]:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 3))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return [bytes(changed)]


def cut(rng: random.Random, data: bytes) -> list[bytes]:
    return [data[: rng.randrange(len(data))]]


def noise(rng: random.Random, data: bytes) -> list[bytes]:
    return [rng.choice((b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0" * 9, rng.randbytes(rng.randrange(1, 40))))]


def lost(rng: random.Random, data: bytes) -> list[bytes]:
    return []


def doubled(rng: random.Random, data: bytes) -> list[bytes]:
    return [data, data]


WAYS = (*[another_field] * 8, another_packet, another_octet, cut, noise, lost, doubled)


class Writing(InMemory):
    """A keeper that makes the document of each record, as a bundle does: that must not go wrong either."""

    def ended(self, result: CaseResult, record: Record) -> None:
        record.to_json()


def mangled(variant: Variant, mangler: Mangler) -> Any:
    """The reference, with the mangler between it and its clients."""
    reference: Any = variant.make(None)
    serve = reference.serve

    async def behind(stream: Stream) -> None:
        mangler.attach(stream)
        await serve(stream)

    reference.serve = behind
    return reference


def ended_in_error(specs: Sequence[CaseSpec], variant: Variant, seed: int) -> dict[str, str]:
    """The cases that end in an error against a reference whose packets are changed, with what was wrong."""
    lag = LagProbe()
    mangler = Mangler(seed, share=SHARES[seed % len(SHARES)])
    around = Surroundings(
        testbed=MemoryTestbed(variant.name, lambda: mangled(variant, mangler), variant.ixit),
        claims=variant.claims,
        ixit={},
        patience=Patience(lag=lag),
        lag=lag,
    )
    seeds = {spec.id: seed * 10_000 + n for n, spec in enumerate(specs)}
    results = execute(list(specs), seeds, around, Writing(), look_first=False, concurrency=64)
    ends = [end for each in results.values() for end in each]
    assert len(results) == len(specs)
    assert sum(end.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE) for end in ends) > 50, "hardly anything was changed"
    return {end.case: f"{end.summary}\n{end.detail}" for end in ends if end.verdict is Verdict.ERROR}


@pytest.fixture(scope="module")
def specs() -> list[CaseSpec]:
    return collect([SUITE])


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_no_case_ends_in_an_error(specs: list[CaseSpec], variant: Variant, number: int) -> None:
    errors = ended_in_error(specs, variant, seed=number + VARIANTS.index(variant))
    assert errors == {}
