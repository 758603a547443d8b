"""Products that mean no good: a TCP server that speaks just enough MQTT to be tested, and then misbehaves in one way.

python -m tests.commands.hostile BEHAVIOUR prints its port and serves until its standard input ends.
"""

import asyncio
import contextlib
import random
import struct
import sys
from collections.abc import Awaitable, Callable

Behaviour = Callable[["Peer"], Awaitable[None]]

MARKUP = "<script>alert(1)</script>\x1b[31m\x07‮\"'=cmd|calc!A1\t</td>&amp;"  # noqa: PLE2502
ILL_FORMED = b"\xff\xfe\xc0\x80\xed\xa0\x80\xf8\x88"
GIANT = b"\xff\xff\xff\x7f"
"""The largest Remaining Length."""
MANY = 10_000
EVERY_S = 1.0
MOST_OCTETS = 64 << 20
"""What is sent without end ends here, in case nobody ever closes."""


def text(value: str | bytes) -> bytes:
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    return struct.pack(">H", len(data)) + data


def packet(kind: int, body: bytes) -> bytes:
    """A packet by the first octet of its fixed header."""
    length, octets = len(body), b""
    while True:
        length, octet = length >> 7, length & 127
        octets += bytes([octet | (128 if length else 0)])
        if not length:
            return bytes([kind]) + octets + body


class Peer:
    """One connection to a hostile product. `version` is what the client's CONNECT said."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.version = 5
        self.rng = random.Random(1)

    async def heard(self) -> bytes:
        """Whatever the client says next; raises EOFError when it says nothing more."""
        data = await self.reader.read(1 << 16)
        if not data:
            raise EOFError
        if data[0] == 0x10 and len(data) > 8 and data[8] in (4, 5):
            self.version = data[8]
        return data

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def greet(self, properties: bytes = b"") -> None:
        """Take the client's CONNECT and accept it."""
        await self.heard()
        await self.say(self.connack(properties))

    def connack(self, properties: bytes = b"") -> bytes:
        return packet(0x20, b"\0\0" + self.properties(properties))

    def properties(self, properties: bytes = b"") -> bytes:
        return bytes([len(properties)]) + properties if self.version >= 5 else b""

    def publish(self, topic: str | bytes, payload: bytes) -> bytes:
        return packet(0x30, text(topic) + self.properties() + payload)

    async def without_end(self, data: bytes) -> None:
        for _ in range(MOST_OCTETS // len(data)):
            await self.say(data)
        await self.hold()

    async def hold(self) -> None:
        while True:
            await self.heard()


async def mute(peer: Peer) -> None:
    """Takes connections and never answers."""
    await peer.hold()


async def closes_at_once(peer: Peer) -> None:
    """Closes every connection as soon as it is made."""


async def never_closes(peer: Peer) -> None:
    """Accepts, and after that neither answers nor closes."""
    await peer.greet()
    await peer.hold()


async def deaf(peer: Peer) -> None:
    """Accepts, and then reads nothing more."""
    await peer.greet()
    await asyncio.sleep(600)


async def slow(peer: Peer) -> None:
    """Answers one octet a second."""
    await peer.heard()
    for octet in peer.connack() + peer.publish("a", b"slow" * 100):
        await peer.say(bytes([octet]))
        await asyncio.sleep(EVERY_S)


async def garbage(peer: Peer) -> None:
    """Accepts, and after that answers everything with random octets."""
    await peer.greet()
    while True:
        await peer.heard()
        await peer.say(peer.rng.randbytes(peer.rng.randrange(1, 400)))


async def endless_octets(peer: Peer) -> None:
    """Sends random octets without end."""
    await peer.greet()
    await peer.without_end(peer.rng.randbytes(1 << 16))


async def endless_packets(peer: Peer) -> None:
    """Sends well-formed packets without end."""
    await peer.greet()
    await peer.without_end(peer.publish("a/b", b"x" * 100) * 500)


async def giant(peer: Peer) -> None:
    """Announces the longest packet that there can be, and sends of it what it can."""
    await peer.greet()
    await peer.heard()
    await peer.say(b"\x30" + GIANT + text("a"))
    await peer.without_end(bytes(1 << 16))


async def giant_connack(peer: Peer) -> None:
    """Announces a huge CONNACK and sends nothing of it."""
    await peer.heard()
    await peer.say(b"\x20" + GIANT + b"\0")
    await peer.hold()


async def thousandfold(peer: Peer) -> None:
    """Answers whatever comes with ten thousand packets."""
    await peer.greet()
    while True:
        await peer.heard()
        await peer.say(b"\xd0\x00" * MANY)


async def markup(peer: Peer) -> None:
    """Puts HTML, control characters and formulas into every string."""
    await strings(peer, MARKUP)


async def ill_formed(peer: Peer) -> None:
    """Puts octets that are no UTF-8 into every string."""
    await strings(peer, ILL_FORMED)


async def strings(peer: Peer, value: str | bytes) -> None:
    pair = b"\x26" + text(value) + text(value)
    await peer.greet(b"\x1f" + text(value) + pair)
    while True:
        await peer.heard()
        disconnect = packet(0xE0, b"\x81" + peer.properties(b"\x1f" + text(value) + pair)) if peer.version >= 5 else b""
        await peer.say(peer.publish(value, text(value)) + b"\xd0\x00" + disconnect)


async def fickle(peer: Peer) -> None:
    """Cuts connections whenever it likes."""
    await peer.greet()
    await peer.heard()
    peer.writer.transport.abort()


BEHAVIOURS: dict[str, Behaviour] = {
    behaviour.__name__: behaviour
    for behaviour in (
        mute, closes_at_once, never_closes, deaf, slow, garbage, endless_octets, endless_packets, giant, giant_connack,
        thousandfold, markup, ill_formed, fickle,
    )
}  # fmt: skip


async def serve(behaviour: Behaviour) -> asyncio.Server:
    """Serve it on a free port of the loopback interface."""

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The end of the program cancels whoever is still served; the server would print that as an error.
        with contextlib.suppress(ConnectionError, EOFError, asyncio.CancelledError):
            await behaviour(Peer(reader, writer))
        writer.close()

    return await asyncio.start_server(accepted, "127.0.0.1", 0, backlog=1024, limit=1 << 17)


async def main(name: str) -> None:
    server = await serve(BEHAVIOURS[name])
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
