"""A product on links of its own, from before it is switched on: for cases about how it starts and what it remembers."""

import asyncio
from collections.abc import Iterable
from ipaddress import IPv6Address, IPv6Network
from typing import Any

from conformance.engine import Case, PacketChannel, Segment, Site, Unready

from .find import Finder
from .router import Router
from .station import UNSPECIFIED, Node, Station
from .wire import Codec, Frame, NeighborSolicitation


class Fresh:
    """The product on a site of the case's own. `watch` hears every frame of the link `lan`, from the very first; of
    another link where `link` names it.
    """

    def __init__(self, case: Case, site: Site, link: str = "lan") -> None:
        self.case = case
        self.site = site
        self.lan: Segment = site.links[link]
        self.watch: PacketChannel = case.port(self.lan, Codec(), "link")
        self.heard: list[Frame] = []
        """All that the product has sent on the link so far."""
        self.watch.listen(self._hear)
        self._node: Node | None = None
        self._starting: asyncio.Future[None] | None = None

    @property
    def node(self) -> Node:
        """The product, once it is up. Raises Unready."""
        if self._node is None:
            raise Unready("the product was not yet found on the link")
        return self._node

    async def start(self) -> None:
        """Switch the product on."""
        await self.site.start()

    def begin(self) -> None:
        """Switch the product on, for who does not want to wait until all of it has started."""
        self._starting = asyncio.ensure_future(self.start())

    @property
    def started(self) -> bool:
        """Whether all that has begun to start has started."""
        return self._starting is not None and self._starting.done()

    async def settled(self) -> None:
        """Come back when all that has begun to start has started."""
        if self._starting:
            await self._starting

    async def up(self) -> Node:
        """Switch the product on, and come back when it has a link-local address that it answers for."""
        await self.start()
        self._node = await self._find("up", None)
        return self._node

    async def configured(self, prefix: IPv6Network) -> Node:
        """Come back when the product has an address of this prefix that it answers for."""
        self._node = await self._find(f"address in {prefix}", prefix)
        return self._node

    async def _find(self, name: str, prefix: IPv6Network | None) -> Node:
        found = await self.case.learn(name, lambda: find(self.lan, prefix, self._probed()))
        return as_node(found)

    def _hear(self, event: Any) -> None:
        if isinstance(event, Frame):
            self.heard.append(event)

    def _probed(self) -> Iterable[IPv6Address]:
        """The addresses for which the product has asked whether they are free."""
        asked = (frame.message for frame in self.heard if frame.ip and frame.ip.source == UNSPECIFIED)
        return tuple(message.target for message in asked if isinstance(message, NeighborSolicitation))

    def station(self, **how: Any) -> Station:
        """A node of the tester's on the link; see `Station`."""
        return Station(self.case, self.lan, self.node, **how)

    def router(self, **how: Any) -> Router:
        """A router of the tester's on the link; see `Router`."""
        return Router(self.case, self.lan, self.node, **how)

    async def sees(self, wanted: Any, *, within_s: float | None = None, why: str = "") -> Frame:
        """The next packet of a kind that the product sends on the link, others left aside. Raises Nonconformity."""
        frame: Frame = await self.watch.expect(wanted, passing=Frame, within_s=within_s, why=why)
        return frame


async def find(segment: Segment, prefix: IPv6Network | None, known: Iterable[IPv6Address]) -> dict[str, str]:
    """See `Finder.find`."""
    finder = Finder(segment, prefix=prefix, known=known)
    try:
        return await finder.find()
    finally:
        finder.close()


def as_node(found: dict[str, str]) -> Node:
    """The product, from what was found of it."""
    address = found.get("address")
    return Node(
        mac=bytes.fromhex(found["mac"]),
        link_local=IPv6Address(found["link_local"]),
        mtu=int(found["mtu"]),
        address=IPv6Address(address) if address else None,
    )
