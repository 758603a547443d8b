"""Testbed `netns`: a topology of network namespaces, in which the product is the kernel, a process, or on a cable."""

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, ExitStack, suppress
from types import TracebackType
from typing import Any

from conformance.engine.impair import Relay
from conformance.engine.link import Segment, Site, Sites
from conformance.engine.testbed import Testbed, TestbedError

from . import build
from .ethernet import PacketSegment, open_socket
from .namespaces import SILENT, Namespace, apply, many_neighbours, may_make
from .process import ProcessTestbed
from .settings import Settings, find_program, search_path
from .topology import Node, Topology, topology

SITES = 128
"""Copies of the product at one time."""
COMMAND_WITHIN_S = 30.0


class NetnsTestbed(Testbed):
    """Builds the topology of a testbed file, once for all cases and once more for each that needs it alone."""

    kind = "netns"

    def __init__(self, settings: Settings) -> None:
        self.name = settings.name
        self._settings = settings
        self._topology = topology(settings)
        self.copies = not self._topology.attached
        self._sites = Sites(self._site)
        self._room = asyncio.Semaphore(SITES)
        self._held = ExitStack()

    @property
    def ixit(self) -> Mapping[str, Mapping[str, Any]]:
        return self._settings.table("ixit")

    async def check(self) -> list[TestbedError]:
        """What this machine lacks to build the topology, each with the way to get it."""
        found = []
        if not may_make():
            what = f"{self.name}: this user may not make network namespaces"
            cure = "Run as root, or with CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_NET_RAW; without, use the reference"
            found.append(TestbedError(what, f"{cure}: leave --testbed away"))
        for program, package in (("nsenter", "util-linux"), ("ip", "iproute2")):
            if not find_program(program):
                found.append(TestbedError(f"{self.name} needs {program}", f"Get it with: apt-get install {package}"))
        if any(i.tap for node in self._topology.nodes.values() for i in node.interfaces) and not build.has_taps():
            found.append(TestbedError(f"{self.name} needs /dev/net/tun", "Get it with: modprobe tun"))
        found += [problem for link in self._topology.links.values() if (problem := build.missing(link.attach))]
        if "process" in self._settings.tables:
            found += await ProcessTestbed(self._settings).check()
        return found

    async def __aenter__(self) -> "NetnsTestbed":
        for problem in await self.check():
            raise problem
        self._held.enter_context(many_neighbours())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._sites.close()
        self._held.close()

    async def site(self, *, fresh: bool = False) -> Site:
        return await (self._sites.make() if fresh and self.copies else self._sites.common())

    async def _site(self) -> Site:
        await self._room.acquire()
        site = NetnsSite(self._settings, self._topology, self._room.release)
        await site.build()
        return site

    def links(self) -> Mapping[str, Segment]:
        return self._sites.links()

    async def alive(self) -> bool:
        return await self._sites.alive()

    async def restart(self) -> bool:
        return await self._sites.restart()

    def describe(self) -> dict[str, Any]:
        links = {name: link.attach or "virtual" for name, link in self._topology.links.items()}
        product = self._topology.product
        described: dict[str, Any] = {"name": self.name, "kind": self.kind, "links": links}
        return described | ({"settings": dict(product.settings)} if product else {})

    def output(self) -> bytes:
        return self._sites.output()


class NetnsSite(Site):
    """One copy of the topology."""

    def __init__(self, settings: Settings, plan: Topology, closed: Callable[[], None]) -> None:
        super().__init__()
        self._settings = settings
        self._plan = plan
        self._closed = closed
        self._segments: dict[str, PacketSegment] = {
            link.name: PacketSegment(link.name, link.mtu) for link in plan.links.values() if link.tester
        }
        for name, segment in self._segments.items():
            impair = plan.links[name].impair
            segment.relay = Relay(impair) if impair else None
        self.links: Mapping[str, Segment] = self._segments
        self._spaces: dict[str, Namespace] = {}
        self._process: ProcessTestbed | None = None
        self._held = AsyncExitStack()

    async def build(self) -> None:
        """Make namespaces and links; all but the product's own ends are up. Raises TestbedError."""
        try:
            await self._build()
        except (OSError, build.NetlinkError) as error:
            await self.close()
            raise TestbedError(f"{self._settings.name}: the topology cannot be built: {error}") from None
        except BaseException:
            await self.close()
            raise

    async def _build(self) -> None:
        tester = self._spaces[""] = Namespace()
        await tester.run(apply, SILENT)
        for node in self._plan.nodes.values():
            space = self._spaces[node.name] = Namespace()
            await space.run(apply, node.settings)
        for link in self._plan.links.values():
            ends = [(self._spaces[node.name], interface) for node, interface in self._plan.ends(link.name)]
            place, name = await build.link(link, tester, ends)
            if link.tester:
                self._segments[link.name].attach(await place.run(open_socket, name))
        for node in self._plan.nodes.values():
            if not node.product:
                await self._up(node)

    async def _switch_on(self) -> None:
        product = self._plan.product
        if product is None:
            return
        await self._up(product)
        if "process" in self._settings.tables:
            enter = ("nsenter", f"--net={self._spaces[product.name].path}", "--")
            self._process = await self._held.enter_async_context(ProcessTestbed(self._settings, enter=enter))

    async def _up(self, node: Node) -> None:
        """Bring a node's interfaces up, then run its commands."""
        try:
            await self._spaces[node.name].run(build.up, node.interfaces)
        except (OSError, build.NetlinkError) as error:
            raise TestbedError(f"{self._settings.name}: node {node.name} cannot be brought up: {error}") from None
        for command in node.commands:
            code, said = await self._command(node, command)
            if code:
                raise TestbedError(f"{self._settings.name}: node {node.name}: {' '.join(command)} failed: {said}")

    async def act(self, name: str, **values: Any) -> bool:
        product = self._plan.product
        command = product.acts.get(name) if product else None
        if product is None or command is None:
            return False
        code, said = await self._command(product, tuple(part.format(**values) for part in command))
        if code:
            raise TestbedError(f"{self._settings.name}: act {name} failed: {said}")
        return True

    async def _command(self, node: Node, command: tuple[str, ...]) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            *("nsenter", f"--net={self._spaces[node.name].path}", "--", *command),
            env={**os.environ, "PATH": search_path()},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(COMMAND_WITHIN_S):
                printed, _ = await process.communicate()
        except BaseException as error:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            if isinstance(error, TimeoutError):
                return 1, f"it takes more than {COMMAND_WITHIN_S:g} s"
            raise
        return process.returncode or 0, printed.decode("utf-8", "replace").strip()[-500:]

    async def alive(self) -> bool:
        return self._process is None or await self._process.alive()

    async def restart(self) -> bool:
        return self._process is None or await self._process.restart()

    def output(self) -> bytes:
        return self._process.output() if self._process else b""

    async def close(self) -> None:
        await self._held.aclose()
        for segment in self._segments.values():
            segment.close()
        for space in self._spaces.values():
            space.close()
        closed, self._closed = self._closed, lambda: None
        closed()
