"""WebSocket (RFC 6455) over a stream, for protocols that ride on it: the client's end, and the server's for references.

Written here because cases must be able to say wrong frames, and because the key comes from the case's seed, so that a
recorded exchange can be judged again.
"""

import asyncio
import base64
import hashlib
import random
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from .stream import Stream
from .verdict import Unready

S = TypeVar("S", bound="_FrameStream")

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
NORMAL_CLOSURE, PROTOCOL_ERROR, UNSUPPORTED_DATA = 1000, 1002, 1003
CLIENT_MASK = bytes(4)
"""Masks protect careless proxies from hostile pages. Nothing hostile is masked here, and a mask of zeros leaves every
octet as it is: else a password would stand in the evidence in a form that nobody finds and takes out.
"""
HEAD_LIMIT = 16_384
FRAME_LIMIT = 8 << 20
COUNT_LIMIT = 200_000
CONTROL_LIMIT = 125
HANDSHAKE_WITHIN_S = 10.0


class Frame(NamedTuple):
    """One frame, its payload unmasked; `reserved` holds the three bits that only extensions use."""

    opcode: int
    final: bool
    payload: bytes
    masked: bool = False
    reserved: int = 0


class FrameError(Exception):
    """What the peer sent is not WebSocket: why, in words."""


def frame(opcode: int, payload: bytes, mask: bytes | None, *, final: bool = True) -> bytes:
    """The octets of one frame; `mask` is four octets for a client, None for a server."""
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


class FrameReader:
    """Octets to frames. What a frame announces is bounded before it is waited for, and so is the number of frames."""

    def __init__(self, limit_octets: int = FRAME_LIMIT, limit_frames: int = COUNT_LIMIT) -> None:
        self._limit_octets = limit_octets
        self._frames_left = limit_frames
        self._pending = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that are whole with this data. Raises FrameError."""
        self._pending += data
        while (one := self._next()) is not None:
            self._frames_left -= 1
            if self._frames_left < 0:
                raise FrameError("it sends frames without end")
            yield one

    def _next(self) -> Frame | None:
        """The first frame (RFC 6455, 5.2), taken out; None when octets are missing."""
        pending = self._pending
        if len(pending) < 2:
            return None
        length, at = pending[1] & 127, 2
        if length >= 126:
            at += 2 if length == 126 else 8
            if len(pending) < at:
                return None
            length = int.from_bytes(pending[2:at], "big")
        if length > self._limit_octets:
            raise FrameError(f"a frame of {length} octets")
        masked = bool(pending[1] & 128)
        mask, at = bytes(pending[at : at + 4]) if masked else b"", at + 4 * masked
        if len(pending) < at + length:
            return None
        head, payload = pending[0], bytes(pending[at : at + length])
        del pending[: at + length]
        return Frame(head & 15, bool(head & 128), _masked(payload, mask) if mask else payload, masked, head >> 4 & 7)


def accept_key(key: bytes) -> bytes:
    """The Sec-WebSocket-Accept for a key (RFC 6455, 4.2.2)."""
    return base64.b64encode(hashlib.sha1(key + GUID).digest())


class _FrameStream(Stream):
    """What both ends share: frames over `inner`, their order, and the close."""

    MASKED_PEER = False
    """Whether the peer masks its frames, as a client must and a server must not."""

    def __init__(self, inner: Stream) -> None:
        super().__init__(inner.local, inner.remote)
        self.inner = inner
        self._reader = FrameReader()
        self._message: int | None = None
        """The opcode of the message that has begun and not ended."""
        self._closing = False

    @abstractmethod
    def send_frame(self, opcode: int, payload: bytes, *, final: bool = True) -> None:
        """Send one frame of any kind."""

    @abstractmethod
    def _data(self, opcode: int, payload: bytes) -> None:
        """Take the payload of a data frame; `opcode` is that of its message."""

    @abstractmethod
    def _wrong(self, why: str) -> None:
        """End the connection: the peer does not keep to RFC 6455."""

    async def drain(self) -> None:
        await self.inner.drain()

    def data(self, data: bytes) -> None:
        if self._hung_up():
            return
        try:
            for one in self._reader.feed(data):
                self._check(one)
                self._take(one)
                if self._hung_up():
                    return
        except FrameError as error:
            self._closing = True
            self._wrong(str(error))

    def fin(self) -> None:
        self._deliver("fin")

    def reset(self) -> None:
        self.broken = self.broken or self.inner.broken
        self._deliver("reset")

    def silence(self, wait_s: float) -> None:
        """In a replay: hand on that the wait which goes on now had no answer for so many seconds."""
        if hear := getattr(self._sink, "silence", None):
            hear(wait_s)

    def _hung_up(self) -> bool:
        return self._closing

    def _check(self, one: Frame) -> None:
        """Sections 5.1, 5.2, 5.4 and 5.5 of RFC 6455. Raises FrameError."""
        if one.masked != self.MASKED_PEER:
            raise FrameError("a frame with a mask" if one.masked else "a frame without a mask")
        if one.reserved:
            raise FrameError("a frame with reserved bits, though no extension was agreed on")
        if one.opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise FrameError(f"a frame with the unknown opcode {one.opcode}")
        if one.opcode >= CLOSE and not (one.final and len(one.payload) <= CONTROL_LIMIT):
            raise FrameError("a control frame in parts, or above 125 octets")
        if one.opcode == CONTINUATION and self._message is None:
            raise FrameError("a continuation of no message")
        if one.opcode in (TEXT, BINARY) and self._message is not None:
            raise FrameError("a new message before the end of the last")

    def _take(self, one: Frame) -> None:
        if one.opcode == CLOSE:
            self._hang_up(one.payload[:2])
        elif one.opcode == PING:
            self.send_frame(PONG, one.payload)
        elif one.opcode != PONG:
            opcode = one.opcode if self._message is None else self._message
            self._message = None if one.final else opcode
            self._data(opcode, one.payload)

    def _hang_up(self, status: bytes) -> None:
        """Answer or begin the closing handshake, and end."""
        self._closing = True
        self.send_frame(CLOSE, status)
        self._deliver("fin")
        self.inner.close()

    def _send(self, data: bytes) -> None:
        self.send_frame(BINARY, data)

    def _close(self) -> None:
        if not self._closing:
            self.send_frame(CLOSE, NORMAL_CLOSURE.to_bytes(2, "big"))
        self.inner.close()

    def _abort(self) -> None:
        self.inner.abort()


class WebSocketStream(_FrameStream):
    """The client's end: octets travel in binary frames. `subprotocol` is what the server selected, `text_frames` how
    many data frames of its were not binary.
    """

    def __init__(self, inner: Stream) -> None:
        super().__init__(inner)
        self.subprotocol: str | None = None
        self.text_frames = 0

    @classmethod
    async def connect(
        cls, inner: Stream, *, host: str, path: str, subprotocols: Sequence[str], rng: random.Random
    ) -> "WebSocketStream":
        """Do the opening handshake over `inner`. Raises Unready when the server does not switch protocols."""
        stream = cls(inner)
        key = base64.b64encode(rng.randbytes(16))
        lines = [
            f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key.decode()}", "Sec-WebSocket-Version: 13",
        ]  # fmt: skip
        lines += [f"Sec-WebSocket-Protocol: {', '.join(subprotocols)}"] if subprotocols else []
        inner.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        try:
            async with asyncio.timeout(HANDSHAKE_WITHIN_S):
                head, rest = await _read_head(inner)
        except (TimeoutError, ConnectionResetError):
            raise Unready("the server did not answer the WebSocket handshake") from None
        fields = _switched(head, key)
        stream.subprotocol = fields.get("sec-websocket-protocol")
        _attach(stream, rest)
        return stream

    def send_frame(self, opcode: int, payload: bytes, *, final: bool = True) -> None:
        self.inner.write(frame(opcode, payload, CLIENT_MASK, final=final))

    def _data(self, opcode: int, payload: bytes) -> None:
        self.text_frames += opcode != BINARY
        self._deliver("in", payload)

    def _wrong(self, why: str) -> None:
        self.give_up(f"the server does not keep to WebSocket (RFC 6455): {why}")


class WebSocketServer(_FrameStream):
    """The server's end, for references. `accepts_text` is asked whether a text frame is taken as data; `takes` is given
    the payload of each data frame, and whether it continues a message, and returns what is taken of it.
    """

    MASKED_PEER = True

    def __init__(self, inner: Stream) -> None:
        super().__init__(inner)
        self.accepts_text: Callable[[], bool] = lambda: False
        self.takes: Callable[[bytes, bool], bytes] = lambda payload, continues: payload
        self.opcode = BINARY
        """The opcode of the data frames sent."""

    @classmethod
    async def accept(
        cls, inner: Stream, began: bytes, *, select: Callable[[list[str]], str | None]
    ) -> "WebSocketServer | None":
        """Answer the opening handshake, whose first octets were `began`, with the subprotocol that `select` picks from
        those offered. None when it is no handshake, or does not end; the connection is closed then.
        """
        stream = cls(inner)
        try:
            head, rest = await _read_head(inner, began)
        except ConnectionResetError:
            inner.close()
            return None
        _, fields = _parse_head(head)
        key = fields.get("sec-websocket-key", "")
        if not key:
            inner.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            inner.close()
            return None
        chosen = select([name.strip() for name in fields.get("sec-websocket-protocol", "").split(",")])
        lines = [
            "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {accept_key(key.encode('latin-1')).decode()}",
        ]  # fmt: skip
        lines += [f"Sec-WebSocket-Protocol: {chosen}"] if chosen else []
        inner.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
        _attach(stream, rest)
        return stream

    def send_frame(self, opcode: int, payload: bytes, *, final: bool = True) -> None:
        self.inner.write(frame(opcode, payload, None, final=final))

    def _send(self, data: bytes) -> None:
        self.send_frame(self.opcode, data)

    def _take(self, one: Frame) -> None:
        continues = one.opcode == CONTINUATION
        super()._take(one._replace(payload=self.takes(one.payload, continues)) if one.opcode < CLOSE else one)

    def _data(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT and not self.accepts_text():
            self._hang_up(UNSUPPORTED_DATA.to_bytes(2, "big"))
        elif payload:
            self._deliver("in", payload)

    def _wrong(self, why: str) -> None:
        self._hang_up(PROTOCOL_ERROR.to_bytes(2, "big"))


def _attach(stream: S, rest: bytes) -> None:
    """Let `stream` have everything behind the handshake."""
    if rest:
        stream.data(rest)
    stream.inner.attach(stream)


async def _read_head(stream: Stream, began: bytes = b"") -> tuple[bytes, bytes]:
    """The head of an HTTP message and the octets behind it. Raises ConnectionResetError when it does not end."""
    data = began
    while b"\r\n\r\n" not in data:
        piece = await stream.read()
        if not piece or len(data) > HEAD_LIMIT:
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


def _switched(head: bytes, key: bytes) -> dict[str, str]:
    """The header fields of an answer that switches to WebSocket (RFC 6455, 4.1). Raises Unready for any other."""
    status, fields = _parse_head(head)
    if status != "101":
        raise Unready(f"the server did not switch to WebSocket: HTTP status {status[:40]!r}")
    upgrade, connection = fields.get("upgrade", "").lower(), fields.get("connection", "").lower()
    if upgrade != "websocket" or "upgrade" not in [word.strip() for word in connection.split(",")]:
        raise Unready("the server switched protocols, but not to WebSocket")
    if fields.get("sec-websocket-accept") != accept_key(key).decode():
        raise Unready("the server answered the WebSocket handshake with a wrong Sec-WebSocket-Accept")
    return fields
