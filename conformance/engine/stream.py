"""Byte streams to a product: TCP, TLS, and a pair of ends in memory; and datagrams, each of them one delivery.

A stream pushes what arrives into a `Sink` when it has one; otherwise the bytes wait for `read`. Writing never blocks:
what a product does not take stays in the transport's buffer until `drain` or the end of the case.
"""

import asyncio
import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

from .verdict import Unready


class Sink(Protocol):
    """Receives what a stream delivers, in order; after `fin` or `reset` nothing more comes."""

    def data(self, data: bytes) -> None: ...
    def fin(self) -> None: ...
    def reset(self) -> None: ...


class Stream(ABC):
    """One connection as one of its two ends sees it. `local` and `remote` are "host:port" texts for evidence."""

    def __init__(self, local: str, remote: str) -> None:
        self.local = local
        self.remote = remote
        self.tap: Callable[[str, bytes], None] | None = None
        """Called with "out", "in", "fin", "reset", "close" or "abort" and the octets, before anyone else sees them."""
        self.broken = ""
        """Why what came cannot be judged: the peer broke the rules of a layer below. The stream has ended then."""
        self.at_s: float | None = None
        """When what is being delivered came, on the loop's clock, where the transport knows better than "now"."""
        self._sink: Sink | None = None
        self._arrived: list[tuple[str, bytes]] = []
        self._waiter: asyncio.Future[None] | None = None
        self._ended = False

    def attach(self, sink: Sink) -> None:
        """Push everything, also what has already arrived, into `sink` from now on."""
        self._sink = sink
        arrived, self._arrived = self._arrived, []
        for kind, data in arrived:
            self._push(sink, kind, data)

    async def read(self) -> bytes:
        """The next octets; b"" once the peer has finished. Raises ConnectionResetError; Unready once given up."""
        while not self._arrived:
            if self._ended:
                return b""
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        kind, data = self._arrived.pop(0)
        if self.broken:
            raise Unready(self.broken)
        if kind == "reset":
            raise ConnectionResetError("the peer reset the connection")
        return data

    def write(self, data: bytes) -> None:
        """Send octets; lost without a word when the connection is gone, as on a wire."""
        if self.tap:
            self.tap("out", data)
        self._send(data)

    def close(self) -> None:
        """End the connection in an orderly way (FIN)."""
        if self.tap:
            self.tap("close", b"")
        self._close()

    def abort(self) -> None:
        """End the connection at once (RST)."""
        if self.tap:
            self.tap("abort", b"")
        self._abort()

    def join(self, *addresses: bytes) -> None:
        """Hear what is sent to these hardware addresses too, where the stream is the end of a link."""
        return

    async def drain(self) -> None:
        """Wait until the transport has taken what was written; here it always has."""
        return

    def give_up(self, why: str) -> None:
        """Cut the connection to a peer whose octets cannot be judged; nothing that it sends comes any more."""
        self.broken = why
        self.abort()
        self._deliver("reset")

    @abstractmethod
    def _send(self, data: bytes) -> None: ...
    @abstractmethod
    def _close(self) -> None: ...
    @abstractmethod
    def _abort(self) -> None: ...

    def _deliver(self, kind: str, data: bytes = b"") -> None:
        """Called by the transport: `kind` is "in", "fin" or "reset"."""
        if self._ended:
            return
        self._ended = kind != "in"
        if self.tap:
            self.tap(kind, data)
        if self._ended and kind == "in":
            return  # whoever listens has given the peer up
        if self._sink:
            self._push(self._sink, kind, data)
            return
        self._arrived.append((kind, data))
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    @staticmethod
    def _push(sink: Sink, kind: str, data: bytes) -> None:
        if kind == "in":
            sink.data(data)
        elif kind == "fin":
            sink.fin()
        else:
            sink.reset()


class MemoryStream(Stream):
    """One end of a connection within this process; make both with `pair`. Each delivery is a turn of the event loop."""

    def __init__(self, local: str, remote: str) -> None:
        super().__init__(local, remote)
        self._peer: MemoryStream | None = None

    @classmethod
    def pair(cls, client: str = "memory:1", server: str = "memory:0") -> tuple["MemoryStream", "MemoryStream"]:
        one, other = cls(client, server), cls(server, client)
        one._peer, other._peer = other, one
        return one, other

    def _send(self, data: bytes) -> None:
        if self._peer and not self._ended:
            asyncio.get_running_loop().call_soon(self._peer._deliver, "in", data)

    def _close(self) -> None:
        self._leave("fin")

    def _abort(self) -> None:
        self._leave("reset")

    def _leave(self, how: str) -> None:
        peer, self._peer = self._peer, None
        if peer:
            loop = asyncio.get_running_loop()
            loop.call_soon(peer._deliver, how)
            loop.call_soon(self._deliver, "fin")


class SocketStream(Stream, asyncio.Protocol):
    """A stream over an asyncio transport (TCP, or TLS with its octets in the clear)."""

    def __init__(self) -> None:
        Stream.__init__(self, "", "")
        self._transport: asyncio.Transport | None = None
        self._resume: asyncio.Event | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.local = _name(transport.get_extra_info("sockname"))
        self.remote = _name(transport.get_extra_info("peername"))

    def data_received(self, data: bytes) -> None:
        self._deliver("in", data)

    def eof_received(self) -> bool:
        self._deliver("fin")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._deliver("reset" if exc else "fin")
        if self._resume:
            self._resume.set()

    def pause_writing(self) -> None:
        self._resume = asyncio.Event()

    def resume_writing(self) -> None:
        if self._resume:
            self._resume.set()
        self._resume = None

    async def drain(self) -> None:
        if self._resume:
            await self._resume.wait()

    def _send(self, data: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(data)

    def _close(self) -> None:
        if self._transport:
            self._transport.close()

    def _abort(self) -> None:
        if self._transport:
            self._transport.abort()


class DatagramStream(Stream, asyncio.DatagramProtocol):
    """A UDP socket connected to one address: each write and each delivery is one datagram.

    "reset" says that the host has told us that nobody listens there.
    """

    def __init__(self) -> None:
        Stream.__init__(self, "", "")
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport
        self.local = _name(transport.get_extra_info("sockname"))
        self.remote = _name(transport.get_extra_info("peername"))

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._deliver("in", data)

    def error_received(self, exc: Exception) -> None:
        self._deliver("reset")

    def _send(self, data: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.sendto(data)

    def _close(self) -> None:
        if self._transport:
            self._transport.close()

    def _abort(self) -> None:
        self._close()


def _name(address: object) -> str:
    if isinstance(address, tuple):
        host, port = str(address[0]), address[1]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return str(address)


async def connect_tcp(host: str, port: int, *, tls: ssl.SSLContext | None = None) -> SocketStream:
    """Open a TCP connection, with TLS where a context is given. Raises OSError when it cannot be made."""
    loop = asyncio.get_running_loop()
    _, stream = await loop.create_connection(
        SocketStream,
        host,
        port,
        ssl=tls,
        server_hostname=host if tls else None,
        ssl_handshake_timeout=10 if tls else None,
    )
    return stream


async def connect_udp(host: str, port: int) -> DatagramStream:
    """A UDP socket that talks to one address. Raises OSError when there is no way to it."""
    loop = asyncio.get_running_loop()
    _, stream = await loop.create_datagram_endpoint(DatagramStream, remote_addr=(host, port))
    return stream
