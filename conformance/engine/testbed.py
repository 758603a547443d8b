"""What the engine asks of a testbed: a product that can be reached, and perhaps started again."""

import ssl
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

from .link import Segment, Site
from .stream import Stream, connect_tcp, connect_udp


@dataclass(frozen=True)
class Tls:
    """How a place speaks TLS: PEM files of the authority that its certificate is judged by (without, it is not judged),
    and of the client's own certificate and key. Nothing is read before a connection is made.
    """

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None

    def context(self) -> ssl.SSLContext:
        """The context for connections; one for all of them. Raises TestbedError."""
        try:
            return _context(self)
        except (OSError, ssl.SSLError) as error:
            files = ", ".join(name for name in (self.ca, self.certificate, self.key) if name)
            raise TestbedError(f"the TLS files cannot be read: {error}", f"Correct {files}: PEM files") from None


@lru_cache(maxsize=8)
def _context(tls: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if tls.ca:
        context.load_verify_locations(cafile=tls.ca)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if tls.certificate:
        context.load_cert_chain(tls.certificate, tls.key)
    return context


@dataclass(frozen=True)
class Address:
    """A place in the product's access data (IXIT): host, port, how it speaks TLS where it does, and "tcp" or "udp"."""

    host: str
    port: int
    tls: Tls | None = None
    transport: str = "tcp"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'tls' if self.tls else self.transport}://{host}:{self.port}"


class TestbedError(Exception):
    """The testbed cannot reach or start the product: what is wrong, and the cure."""

    __test__ = False  # its name is no test's, whatever pytest makes of it in a file of cases

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(f"{what}. {cure}" if cure else what)
        self.what = what
        self.cure = cure


class Testbed(ABC):
    """An asynchronous context manager around a product under test.

    `virtual` says that it lives in this process on virtual time; `ixit` overrides the product file's access data, such
    as the port of a product that the testbed itself has started.
    """

    __test__ = False
    name = ""
    kind = ""
    virtual = False
    copies = False
    """Whether `site` builds a copy of the product for each who asks; otherwise all share one."""
    learned: Mapping[str, Any] | None = None
    """In a replay: what the case learned when it was recorded, by name."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    @property
    def ixit(self) -> Mapping[str, Mapping[str, Any]]:
        """Access data by protocol that the testbed knows better than the product file."""
        return {}

    async def check(self) -> "list[TestbedError]":
        """What is missing to start or reach the product, each with the way to get it; starts nothing."""
        return []

    async def site(self, *, fresh: bool = False) -> Site:
        """Where a product stands with its links: that of all cases, or a fresh one where the testbed makes copies.

        Raises TestbedError where the testbed has no links.
        """
        raise TestbedError(
            f"testbed {self.name or self.kind!r} has no links", "Frames need a testbed of kind netns, or the reference"
        )

    def links(self) -> Mapping[str, Segment]:
        """The links that all cases share, for evidence of what passed there."""
        return {}

    async def connect(self, address: Address) -> Stream:
        """Open a stream, or a socket for datagrams. Raises OSError when the product does not take it."""
        if address.transport == "udp":
            return await connect_udp(address.host, address.port)
        tls = address.tls.context() if address.tls else None
        return await connect_tcp(address.host, address.port, tls=tls)

    async def alive(self) -> bool:
        """Whether the product still runs, as far as the testbed can see from outside its protocol."""
        return True

    async def restart(self) -> bool:
        """Start the product anew after it died; False where the testbed cannot."""
        return False

    @abstractmethod
    def describe(self) -> dict[str, Any]:
        """Name, kind and settings, for the plan; secrets left out."""

    def output(self) -> bytes:
        """The last that the product itself printed, for evidence."""
        return b""
