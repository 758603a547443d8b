"""What the engine asks of a testbed: a product that can be reached, and perhaps started again."""

import ssl
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from .stream import Stream, connect_tcp


@dataclass(frozen=True)
class Address:
    """A place in the product's access data (IXIT): host, TCP port, and the TLS context where the place speaks TLS."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None

    def __str__(self) -> str:
        return f"{'tls' if self.tls else 'tcp'}://{self.host}:{self.port}"


class TestbedError(Exception):
    """The testbed cannot reach or start the product: what is wrong, and the cure."""

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

    async def connect(self, address: Address) -> Stream:
        """Open a stream. Raises OSError when the product does not take it."""
        return await connect_tcp(address.host, address.port, tls=address.tls)

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
