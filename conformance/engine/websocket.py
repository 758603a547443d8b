"""WebSocket (RFC 6455) over a stream, for protocols that ride on it: the client's side, and enough of the server's for references.

Written here because cases must be able to say wrong frames, and because keys and masks come from the case's seed, so that a
recorded exchange can be judged again.
"""

import asyncio
import base64
import hashlib
import random
from collections.abc import Callable

from .stream import Stream
from .verdict import Unready

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
HEAD_LIMIT = 16_384


def frame(opcode: int, payload: bytes, mask: bytes | None, *, final: bool = True) -> bytes:
    """One frame; `mask` is four octets for a client, None for a server."""
    head = bytes((opcode | (0x80 if final else 0),))
    bit = 0x80 if mask else 0
    if len(payload) < 126:
        head += bytes((bit | len(payload),))
    elif len(payload) < 65536:
        head += bytes((bit | 126,)) + len(payload).to_bytes(2, "big")
    else:
        head += bytes((bit | 127,)) + len(payload).to_bytes(8, "big")
    return head + (mask + _masked(payload, mask) if mask else payload)


def _masked(payload: bytes, mask: bytes) -> bytes:
    if not payload:
        return payload
    repeated = (mask * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(len(payload), "big")


def read_frame(data: bytes) -> tuple[tuple[int, bool, bytes] | None, bytes]:
    """The first frame as (opcode, final, payload) and the octets behind it; None when octets are missing."""
    if len(data) < 2:
        return None, data
    length, at = data[1] & 127, 2
    if length >= 126:
        size = 2 if length == 126 else 8
        length, at = int.from_bytes(data[2 : 2 + size], "big"), 2 + size
    mask = b""
    if data[1] & 128:
        mask, at = data[at : at + 4], at + 4
    if len(data) < at + length:
        return None, data
    payload = data[at : at + length]
    return (data[0] & 15, bool(data[0] & 128), _masked(payload, mask) if mask else payload), data[at + length :]


def accept_key(key: bytes) -> bytes:
    """The Sec-WebSocket-Accept for a key (RFC 6455, 4.2.2)."""
    return base64.b64encode(hashlib.sha1(key + GUID).digest())  # noqa: S324 - demanded by the protocol


class WebSocketStream(Stream):
    """A stream whose octets travel in binary frames. `subprotocol` is what the server selected, `text_frames` how many data
    frames of its were not binary.
    """

    def __init__(self, inner: Stream, rng: random.Random) -> None:
        super().__init__(inner.local, inner.remote)
        self.inner = inner
        self.rng = rng
        self.subprotocol: str | None = None
        self.text_frames = 0
        self._rest = b""

    @classmethod
    async def connect(cls, inner: Stream, *, host: str, path: str, subprotocol: str, rng: random.Random) -> "WebSocketStream":
        """Do the opening handshake over `inner`. Raises Unready when the server does not switch protocols."""
        stream = cls(inner, rng)
        key = base64.b64encode(rng.randbytes(16))
        lines = (
            f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key.decode()}", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Protocol: {subprotocol}",
        )  # fmt: skip
        inner.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        try:
            async with asyncio.timeout(10):
                head, rest = await _read_head(inner)
        except (TimeoutError, ConnectionResetError):
            raise Unready("the server did not answer the WebSocket handshake") from None
        status, headers = _parse_head(head)
        if status != "101" or headers.get("sec-websocket-accept") != accept_key(key).decode():
            raise Unready(f"the server did not switch to WebSocket (HTTP status {status})")
        stream.subprotocol = headers.get("sec-websocket-protocol")
        inner.attach(stream)
        if rest:
            stream.data(rest)
        return stream

    def send_frame(self, opcode: int, payload: bytes) -> None:
        """Send one frame of any kind."""
        self.inner.write(frame(opcode, payload, self.rng.randbytes(4)))

    def _send(self, data: bytes) -> None:
        self.send_frame(BINARY, data)

    def _close(self) -> None:
        self.send_frame(CLOSE, (1000).to_bytes(2, "big"))
        self.inner.close()

    def _abort(self) -> None:
        self.inner.abort()

    async def drain(self) -> None:
        await self.inner.drain()

    def data(self, data: bytes) -> None:
        self._rest += data
        while True:
            got, self._rest = read_frame(self._rest)
            if got is None:
                return
            opcode, _, payload = got
            if opcode == CLOSE:
                self._deliver("fin")
                self.inner.close()
            elif opcode == PING:
                self.send_frame(PONG, payload)
            elif opcode in (TEXT, BINARY, CONTINUATION):
                self.text_frames += opcode == TEXT
                self._deliver("in", payload)

    def fin(self) -> None:
        self._deliver("fin")

    def reset(self) -> None:
        self._deliver("reset")


async def _read_head(stream: Stream) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data and len(data) < HEAD_LIMIT:
        piece = await stream.read()
        if not piece:
            raise ConnectionResetError
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _parse_head(head: bytes) -> tuple[str, dict[str, str]]:
    """The second word of the first line, and the header fields by lower-case name."""
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in lines)
    words = first.split()
    return (words[1] if len(words) > 1 else ""), {name.strip().lower(): value.strip() for name, _, value in fields}


class WebSocketServer(Stream):
    """The server's end, for references. `accepts_text` is asked whether a text frame is taken as data."""

    def __init__(self, inner: Stream, accepts_text: Callable[[], bool] = lambda: False) -> None:
        super().__init__(inner.local, inner.remote)
        self.inner = inner
        self._accepts_text = accepts_text
        self._rest = b""
        self.opcode = BINARY
        """The opcode of the data frames sent."""

    @classmethod
    async def accept(cls, inner: Stream, *, select: Callable[[list[str]], str | None], accepts_text: Callable[[], bool]) -> "WebSocketServer":
        """Answer the opening handshake with the subprotocol that `select` picks from those offered."""
        stream = cls(inner, accepts_text)
        head, rest = await _read_head(inner)
        _, fields = _parse_head(head)
        offered = [name.strip() for name in fields.get("sec-websocket-protocol", "").split(",")]
        chosen = select(offered)
        lines = [
            "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {accept_key(fields.get('sec-websocket-key', '').encode()).decode()}",
        ]  # fmt: skip
        lines += [f"Sec-WebSocket-Protocol: {chosen}"] if chosen else []
        inner.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        inner.attach(stream)
        if rest:
            stream.data(rest)
        return stream

    def _send(self, data: bytes) -> None:
        self.inner.write(frame(self.opcode, data, None))

    def _close(self) -> None:
        self.inner.write(frame(CLOSE, b"", None))
        self.inner.close()

    def _abort(self) -> None:
        self.inner.abort()

    def data(self, data: bytes) -> None:
        self._rest += data
        while True:
            got, self._rest = read_frame(self._rest)
            if got is None:
                return
            opcode, _, payload = got
            if opcode == CLOSE or (opcode == TEXT and not self._accepts_text()):
                self._deliver("fin")
                self.inner.close()
                return
            if opcode == PING:
                self.inner.write(frame(PONG, payload, None))
            elif opcode in (TEXT, BINARY, CONTINUATION):
                self._deliver("in", payload)

    def fin(self) -> None:
        self._deliver("fin")

    def reset(self) -> None:
        self._deliver("reset")


