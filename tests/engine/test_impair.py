"""The imperfect wire: the same for the same seed, near what was asked for, and true to its log."""

import asyncio
from collections import Counter

import pytest

from conformance.engine.clock import run_virtual
from conformance.engine.impair import Impairment, Relay
from conformance.engine.link import MemorySegment

FRAMES = [bytes([n % 256, n // 256]) for n in range(2000)]


def carried(impairment: Impairment, frames: list[bytes] = FRAMES, gap_s: float = 0.01) -> tuple[list[bytes], Relay]:
    """What comes out, in order, of frames that are sent one after the other."""
    out: list[bytes] = []
    relay = Relay(impairment)

    async def main() -> None:
        for frame in frames:
            relay.carry(frame, out.append, outward=True)
            await asyncio.sleep(gap_s)
        await asyncio.sleep(30)

    run_virtual(main())
    return out, relay


def test_without_impairment_all_comes_in_order() -> None:
    assert carried(Impairment())[0] == FRAMES


def test_the_same_seed_does_the_same() -> None:
    wild = Impairment(seed=5, loss=0.1, duplicate=0.1, reorder=0.1, delay_s=0.02, jitter_s=0.05)
    first, second = carried(wild), carried(wild)
    assert first[0] == second[0]
    assert first[1].to_json() == second[1].to_json()
    assert carried(Impairment(seed=6, loss=0.1))[0] != carried(Impairment(seed=7, loss=0.1))[0]


def test_what_befalls_a_frame_depends_on_its_number_alone() -> None:
    lossy = Impairment(seed=1, loss=0.2)
    few, many = carried(lossy, FRAMES[:100])[0], carried(lossy)[0]
    assert few == many[: len(few)]


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 1.0])
def test_loss(share: float) -> None:
    out, relay = carried(Impairment(seed=3, loss=share))
    assert abs(len(FRAMES) - len(out) - share * len(FRAMES)) < 80
    lost = {entry.number for entry in relay.truth if entry.action == "lost"}
    assert out == [frame for n, frame in enumerate(FRAMES, 1) if n not in lost]


def test_duplicates_are_told() -> None:
    out, relay = carried(Impairment(seed=3, duplicate=0.1))
    twice = {n for n, count in Counter(out).items() if count == 2}
    told = {FRAMES[entry.number - 1] for entry in relay.truth if "twice" in entry.action}
    assert twice == told
    assert 120 < len(twice) < 280


def test_order_changes_by_what_is_held_back_alone() -> None:
    out, relay = carried(Impairment(seed=3, reorder=0.1))
    held = {FRAMES[entry.number - 1] for entry in relay.truth if "held" in entry.action}
    assert sorted(out) == sorted(FRAMES)
    assert out != FRAMES
    assert [frame for frame in out if frame not in held] == [frame for frame in FRAMES if frame not in held]


def test_a_frame_that_is_held_back_comes_though_none_follows() -> None:
    assert carried(Impairment(reorder=1.0), FRAMES[:1])[0] == FRAMES[:1]


def test_jitter_alone_keeps_the_order() -> None:
    out, _ = carried(Impairment(seed=2, jitter_s=0.5))
    assert out == FRAMES


def test_both_directions_of_a_segment_go_through_it() -> None:
    async def main() -> None:
        segment = MemorySegment("lan")
        segment.relay = Relay(Impairment(delay_s=2.0))
        port = segment.port()
        began_s = asyncio.get_running_loop().time()
        port.write(b"there")
        assert await segment.product.read() == b"there"
        segment.product.write(b"and back")
        assert await port.read() == b"and back"
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(4.0)
        assert [entry.outward for entry in segment.relay.truth] == [True, False]
        assert [frame for _, frame in segment.traffic.frames] == [b"there", b"and back"]

    run_virtual(main())
