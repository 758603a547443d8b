"""A suite's reference, reached over loopback like a product: for `simulate`, and for proving over real sockets."""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

from conformance.engine.reference import Reference
from conformance.engine.stream import SocketStream
from conformance.engine.suite import find_suites
from conformance.engine.testbed import Testbed, TestbedError
from conformance.engine.variants import faults, variants

from .ports import LOOPBACK, free_port
from .settings import Settings

Ixit = Mapping[str, Mapping[str, Any]]


class ReferenceTestbed(Testbed):
    """Serves a reference on 127.0.0.1: each port that `ixit` names becomes a free one, the first of them `port`."""

    kind = "reference"

    def __init__(self, name: str, reference: Reference, ixit: Ixit, *, port: int = 0) -> None:
        self.name = name
        self._reference = reference
        self._template = ixit
        self._first_port = port
        self._ports: dict[int, int] = {}
        self._servers: list[asyncio.Server] = []
        self._serving: set[asyncio.Task[None]] = set()
        self.crashed: BaseException | None = None
        self.has_crashed = asyncio.Event()

    @property
    def ixit(self) -> Ixit:
        """The reference's access data with the ports that it is served on."""
        return {
            key: {name: self._moved(value) for name, value in table.items()} for key, table in self._template.items()
        }

    async def __aenter__(self) -> Self:
        wanted = dict.fromkeys(port for table in self._template.values() for v in table.values() if (port := _port(v)))
        loop = asyncio.get_running_loop()
        for number in wanted:
            port = self._first_port if self._first_port and not self._ports else free_port(self._ports.values())
            try:
                self._servers.append(await loop.create_server(lambda: _Accepted(self._serve), LOOPBACK, port))
            except OSError as error:
                await self._close()
                raise TestbedError(
                    f"the reference cannot listen on {LOOPBACK}:{port}: {error.strerror}", "Choose another port"
                ) from None
            self._ports[number] = port
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def alive(self) -> bool:
        return self.crashed is None

    def describe(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind}

    def _moved(self, value: Any) -> Any:
        port = _port(value)
        if port not in self._ports:
            return value
        parts = urlsplit(value)
        return urlunsplit(parts._replace(netloc=f"{LOOPBACK}:{self._ports[port]}"))

    def _serve(self, stream: SocketStream) -> None:
        task = asyncio.get_running_loop().create_task(self._reference.serve(stream))
        self._serving.add(task)
        task.add_done_callback(self._served)

    def _served(self, task: asyncio.Task[None]) -> None:
        self._serving.discard(task)
        if not task.cancelled() and task.exception():
            self.crashed = task.exception()
            self.has_crashed.set()

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        for server in self._servers:
            await server.wait_closed()


class _Accepted(SocketStream):
    """The server's end of a connection."""

    def __init__(self, serve: Any) -> None:
        super().__init__()
        self._serve = serve

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._serve(self)


def from_settings(settings: Settings) -> ReferenceTestbed:
    """The reference of the suite that the table `[reference]` names, with its fault. Raises InputError."""
    table = settings.table("reference")
    suites = {name: suite for name, suite in find_suites().items() if suite.has("reference")}
    suite = suites.get(table["suite"])
    if suite is None:
        raise settings.wrong(
            ["reference", "suite"], f"no suite {table['suite']!r} has a reference", f"Use one of: {', '.join(suites)}"
        )
    fault = None
    if name := table.get("fault"):
        fault = faults(suite).get(name)
        if fault is None:
            raise settings.wrong(
                ["reference", "fault"], f"there is no fault {name!r}", "`iic-conform list references` tells them"
            )
    variant = variants(suite)[0]
    return ReferenceTestbed(settings.name, variant.make(fault), variant.ixit, port=table.get("port", 0))


def _port(value: Any) -> int:
    """The port of a URL in access data; 0 for anything else."""
    if not isinstance(value, str) or "://" not in value:
        return 0
    return urlsplit(value).port or 0
