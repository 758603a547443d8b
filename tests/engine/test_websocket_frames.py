"""The frames of WebSocket as RFC 6455 shows them, at any split, and within bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.websocket import (
    BINARY,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Frame,
    FrameError,
    FrameReader,
    accept_key,
    frame,
)

MASK = bytes.fromhex("37fa213d")
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="


def read(data: bytes) -> list[Frame]:
    return list(FrameReader().feed(data))


def test_the_accept_key_of_the_rfc() -> None:
    assert accept_key(KEY) == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        ("810548656c6c6f", Frame(TEXT, True, b"Hello")),
        ("818537fa213d7f9f4d5158", Frame(TEXT, True, b"Hello", masked=True)),
        ("010348656c", Frame(TEXT, False, b"Hel")),
        ("80026c6f", Frame(CONTINUATION, True, b"lo")),
        ("890548656c6c6f", Frame(PING, True, b"Hello")),
        ("8a8537fa213d7f9f4d5158", Frame(PONG, True, b"Hello", masked=True)),
        ("827e0100" + "ab" * 256, Frame(BINARY, True, b"\xab" * 256)),
        ("827f0000000000010000" + "cd" * 65536, Frame(BINARY, True, b"\xcd" * 65536)),
    ],
)
def test_frames_of_the_rfc(octets: str, expected: Frame) -> None:
    data = bytes.fromhex(octets)
    assert read(data) == [expected]
    assert frame(expected.opcode, expected.payload, MASK if expected.masked else None, final=expected.final) == data


@given(st.lists(st.tuples(st.sampled_from((BINARY, TEXT)), st.binary(max_size=300), st.booleans())), st.data())
def test_frames_are_the_same_at_any_split(frames: list[tuple[int, bytes, bool]], data: st.DataObject) -> None:
    octets = b"".join(frame(opcode, payload, MASK if masked else None) for opcode, payload, masked in frames)
    reader, got = FrameReader(), []
    at = 0
    while at < len(octets):
        size = data.draw(st.integers(1, 200))
        got += list(reader.feed(octets[at : at + size]))
        at += size
    assert [(f.opcode, f.payload, f.masked) for f in got] == frames


@given(st.binary(max_size=400))
def test_a_reader_takes_any_octets(octets: bytes) -> None:
    try:
        frames = read(octets)
    except FrameError:
        return
    assert sum(len(f.payload) + 2 for f in frames) <= len(octets)


@pytest.mark.parametrize("length", [b"\xff" * 8, (9 << 20).to_bytes(8, "big")], ids=["64 bits", "9 MiB"])
def test_a_hostile_length_is_refused_before_it_is_waited_for(length: bytes) -> None:
    with pytest.raises(FrameError, match="octets"):
        read(b"\x82\x7f" + length)


def test_frames_without_end_are_refused() -> None:
    reader = FrameReader(limit_frames=100)
    with pytest.raises(FrameError, match="without end"):
        list(reader.feed(b"\x89\x00" * 101))
