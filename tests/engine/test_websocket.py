"""WebSocket: both ends over a pair in memory, and peers that mean no good."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from conformance.engine import Channel, Closed, Unready
from conformance.engine.clock import run_virtual
from conformance.engine.patience import Patience
from conformance.engine.record import Record
from conformance.engine.stream import MemoryStream, Stream
from conformance.engine.websocket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    HEAD_LIMIT,
    PING,
    TEXT,
    Frame,
    FrameReader,
    WebSocketServer,
    WebSocketStream,
    accept_key,
    frame,
)

MASK = bytes.fromhex("37fa213d")


class Heard:
    """A sink that keeps what it hears."""

    def __init__(self) -> None:
        self.octets = b""
        self.pieces: list[bytes] = []
        self.end = ""

    def data(self, data: bytes) -> None:
        self.octets += data
        self.pieces.append(data)

    def fin(self) -> None:
        self.end = "fin"

    def reset(self) -> None:
        self.end = "reset"


def read(data: bytes) -> list[Frame]:
    return list(FrameReader().feed(data))


async def turns() -> None:
    """Let everything in memory arrive."""
    for _ in range(20):
        await asyncio.sleep(0)


async def opened(peer: Callable[[Stream], Awaitable[None]]) -> tuple[WebSocketStream, Heard, MemoryStream]:
    """A client whose server `peer` answers the handshake, what the client hears, and the server's bare end."""
    ours, theirs = MemoryStream.pair()
    server = asyncio.ensure_future(peer(theirs))
    client = await WebSocketStream.connect(
        ours, host="192.0.2.1", path="/mqtt", subprotocols=("mqtt",), rng=random.Random(1)
    )
    await server
    heard = Heard()
    client.attach(heard)
    return client, heard, theirs


async def agree(stream: Stream, behind: bytes = b"") -> None:
    """A server that answers the handshake by hand, so that wrong frames can follow."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += await stream.read()
    key = next(line.split()[1] for line in head.split(b"\r\n") if line.startswith(b"Sec-WebSocket-Key:"))
    stream.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept_key(key) + b"\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n" + behind
    )


async def both() -> tuple[WebSocketStream, Heard, WebSocketServer, Heard]:
    """Client and server of ours, connected, and what each hears."""
    ours, theirs = MemoryStream.pair()
    accepting = asyncio.ensure_future(
        WebSocketServer.accept(theirs, b"", select=lambda names: "mqtt" if "mqtt" in names else None)
    )
    client = await WebSocketStream.connect(
        ours, host="192.0.2.1", path="/mqtt", subprotocols=("other", "mqtt"), rng=random.Random(1)
    )
    server = await accepting
    assert server
    at_client, at_server = Heard(), Heard()
    client.attach(at_client)
    server.attach(at_server)
    return client, at_client, server, at_server


# Bounds.


def test_a_head_without_end_is_no_handshake() -> None:
    async def endless(stream: Stream) -> None:
        await stream.read()
        stream.write(b"HTTP/1.1 101 Switching Protocols\r\n")
        for _ in range(HEAD_LIMIT // 512 + 2):
            stream.write(b"X-Fill: " + b"x" * 504)

    with pytest.raises(Unready, match="did not answer"):
        run_virtual(_just(opened(endless)))


def test_a_silent_server_does_not_hold_the_case() -> None:
    async def silent(stream: Stream) -> None:
        await stream.read()

    with pytest.raises(Unready, match="did not answer"):
        run_virtual(_just(opened(silent)))


async def _just(opening: Awaitable[object]) -> None:
    await opening


# The handshake.


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "status '404'"),
        (b"\r\n\r\n", "status ''"),
        (b"HTTP/1.1 101 Yes\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "not to WebSocket"),
        (b"HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: close\r\n\r\n", "not to WebSocket"),
        (b"HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n", "Accept"),
    ],
)
def test_an_answer_that_does_not_switch(answer: bytes, why: str) -> None:
    async def peer(stream: Stream) -> None:
        await stream.read()
        stream.write(answer)

    with pytest.raises(Unready, match=why):
        run_virtual(_just(opened(peer)))


def test_what_comes_with_the_handshake_is_not_lost() -> None:
    async def main() -> tuple[bytes, str | None]:
        client, heard, theirs = await opened(lambda s: agree(s, frame(BINARY, b"early", None)))
        theirs.write(frame(BINARY, b" and late", None))
        await turns()
        return heard.octets, client.subprotocol

    assert run_virtual(main()) == (b"early and late", "mqtt")


def test_a_get_that_is_no_handshake_gets_400() -> None:
    async def main() -> tuple[object, Heard]:
        ours, theirs = MemoryStream.pair()
        heard = Heard()
        ours.attach(heard)
        server = await WebSocketServer.accept(theirs, b"GET / HTTP/1.1\r\n\r\n", select=lambda names: None)
        await turns()
        return server, heard

    server, heard = run_virtual(main())
    assert server is None
    assert heard.octets.startswith(b"HTTP/1.1 400 ")
    assert heard.end == "fin"


def test_a_handshake_that_ends_early_is_none() -> None:
    async def main() -> object:
        ours, theirs = MemoryStream.pair()
        ours.write(b"GET / HT")
        ours.close()
        return await WebSocketServer.accept(theirs, b"", select=lambda names: None)

    assert run_virtual(main()) is None


# Conversation.


def test_octets_go_both_ways_and_an_end_is_heard() -> None:
    async def main() -> tuple[Heard, Heard, WebSocketStream]:
        client, at_client, server, at_server = await both()
        client.write(b"question")
        client.send_frame(BINARY, b"in ", final=False)
        client.send_frame(PING, b"still there?")
        client.send_frame(CONTINUATION, b"parts")
        server.write(b"x" * 70_000)
        await turns()
        client.close()
        await turns()
        return at_client, at_server, client

    at_client, at_server, client = run_virtual(main())
    assert at_server.octets == b"questionin parts"
    assert at_client.octets == b"x" * 70_000
    assert at_server.end == at_client.end == "fin"
    assert client.subprotocol == "mqtt"
    assert client.broken == ""
    assert client.text_frames == 0


def test_text_from_the_server_is_taken_and_counted() -> None:
    async def main() -> tuple[bytes, int]:
        client, at_client, server, _ = await both()
        server.opcode = TEXT
        server.write(b"one")
        server.send_frame(TEXT, b"tw", final=False)
        server.send_frame(CONTINUATION, b"o")
        await turns()
        return at_client.octets, client.text_frames

    assert run_virtual(main()) == (b"onetwo", 3)


def test_the_servers_close_frame_is_answered_and_ends_the_stream() -> None:
    async def main() -> tuple[Heard, bytes]:
        _, heard, theirs = await opened(agree)
        theirs.write(frame(CLOSE, b"\x03\xe8bye", None) + frame(BINARY, b"late", None))
        await turns()
        return heard, await theirs.read()

    heard, answer = run_virtual(main())
    assert heard.end == "fin"
    assert heard.octets == b""
    assert [(f.opcode, f.payload) for f in read(answer)] == [(CLOSE, b"\x03\xe8")]


def test_a_text_frame_ends_the_connection_to_the_server_of_ours() -> None:
    async def main() -> tuple[Heard, Heard]:
        client, at_client, _, at_server = await both()
        client.send_frame(TEXT, b"hello")
        await turns()
        return at_client, at_server

    at_client, at_server = run_virtual(main())
    assert at_client.end == at_server.end == "fin"
    assert at_server.octets == b""


WRONG = {
    "a mask": frame(BINARY, b"x", MASK),
    "reserved bits": b"\xc2\x01x",
    "an unknown opcode": b"\x83\x01x",
    "an unknown control opcode": b"\x8b\x00",
    "a ping in parts": frame(PING, b"x", None, final=False),
    "a long ping": frame(PING, b"x" * 126, None),
    "a continuation of nothing": frame(CONTINUATION, b"x", None),
    "a message within a message": frame(BINARY, b"x", None, final=False) + frame(BINARY, b"y", None),
    "a hostile length": b"\x82\x7f" + b"\xff" * 8,
}


@pytest.mark.parametrize("octets", WRONG.values(), ids=WRONG.keys())
def test_a_server_that_breaks_the_rules_is_left_and_not_judged(octets: bytes) -> None:
    async def main() -> tuple[WebSocketStream, Heard]:
        client, heard, theirs = await opened(agree)
        theirs.write(octets)
        theirs.write(frame(BINARY, b"late", None))
        await turns()
        return client, heard

    client, heard = run_virtual(main())
    assert "RFC 6455" in client.broken
    assert heard.end == "reset"
    assert b"late" not in heard.octets


@pytest.mark.parametrize("octets", [frame(BINARY, b"x", None), frame(PING, b"x" * 126, MASK)])
def test_a_client_that_breaks_the_rules_is_closed(octets: bytes) -> None:
    async def main() -> tuple[Heard, Heard]:
        client, at_client, _, at_server = await both()
        client.inner.write(octets)
        await turns()
        return at_client, at_server

    at_client, at_server = run_virtual(main())
    assert at_client.end == at_server.end == "fin"
    assert at_server.octets == b""


def test_what_is_sent_stands_in_the_record_as_it_is() -> None:
    """A secret can be taken out of the evidence only where it can be found."""

    async def main() -> bytes:
        client, _, _, _ = await both()
        sent: list[bytes] = []
        client.inner.tap = lambda kind, data: sent.append(data)
        client.write(b"a secret password")
        return b"".join(sent)

    octets = run_virtual(main())
    assert b"a secret password" in octets
    assert [(f.masked, f.payload) for f in read(octets)] == [(True, b"a secret password")]


def test_a_case_is_not_judged_by_what_cannot_be_read() -> None:
    """What the harness itself has cut off is no close of the product's."""

    class Octets:
        def decode(self, data: bytes) -> tuple[bytes, bytes]:
            return data, b""

        def describe(self, event: bytes) -> str:
            return repr(event)

    async def main() -> None:
        client, _, theirs = await opened(agree)
        channel = Channel(client, Octets(), record=Record("case"), number=0, patience=Patience(), began_s=0.0)
        theirs.write(frame(BINARY, b"x", MASK))
        await channel.expect(Closed)

    with pytest.raises(Unready, match="RFC 6455"):
        run_virtual(main())


def test_the_same_seed_says_the_same_octets() -> None:
    """A record can be judged again only if the case sends again what it sent."""

    async def main() -> list[bytes]:
        ours, theirs = MemoryStream.pair()
        sent: list[bytes] = []
        ours.tap = lambda kind, data: sent.append(data) if kind == "out" else None
        accepting = asyncio.ensure_future(WebSocketServer.accept(theirs, b"", select=lambda names: "mqtt"))
        client = await WebSocketStream.connect(
            ours, host="192.0.2.1", path="/", subprotocols=("mqtt",), rng=random.Random(7)
        )
        await accepting
        client.write(b"payload")
        return sent

    assert run_virtual(main()) == run_virtual(main())
