"""Finding the product on a link: which of the addresses seen there it really has, asked until they are answered for."""

import asyncio
from collections.abc import Iterable
from ipaddress import IPv6Address, IPv6Network
from typing import Any

from conformance.engine import Segment, TestbedError

from .wire import (
    EchoRequest,
    Frame,
    Ipv6,
    Layer,
    NeighborAdvertisement,
    NeighborSolicitation,
    PrefixInformation,
    RouterAdvertisement,
    RouterSolicitation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
    decode,
)
from .wire.addresses import ALL_NODES, link_local, multicast_mac, solicited_node

ROUTER_MAC = bytes.fromhex("02005e005301")
FINDER_MAC = bytes.fromhex("02005e005302")
ASK_S = 0.3
"""How often one asks for what has not been answered."""
WITHIN_S = 30.0
LIFETIME_S = 9000


class Finder:
    """Watches a link and asks for the addresses that its product shows. Nothing of this is recorded.

    `prefix` is where the product should have an address besides its link-local one; `known` are addresses that it is
    said to have. `loudly`: ask all nodes too, for a product that has been there before.
    """

    MAC = FINDER_MAC

    def __init__(
        self,
        segment: Segment,
        *,
        prefix: IPv6Network | None = None,
        known: Iterable[IPv6Address] = (),
        loudly: bool = False,
    ) -> None:
        self.segment = segment
        self.prefix = prefix
        self.loudly = loudly
        self.address = link_local(self.MAC)
        self.seen: dict[IPv6Address, bytes] = dict.fromkeys(known, b"")
        """Addresses that the product may have, with the hardware address that they were seen at."""
        self.answered: dict[IPv6Address, bytes] = {}
        """Addresses that it has answered for."""
        self._news = asyncio.Event()
        self._port = segment.port()
        self._port.tap = self._tapped

    async def find(self, within_s: float = WITHIN_S) -> dict[str, str]:
        """The product's hardware address, link-local address and, where it should have one, address of wider scope, as
        texts for JSON. Raises TestbedError.
        """
        try:
            async with asyncio.timeout(within_s):
                while not (found := self.found()):
                    self.ask()
                    self._news.clear()
                    await self._waited()
        except TimeoutError:
            raise TestbedError(
                f"link {self.segment.name}: the product cannot be found; {self._told()}",
                "Is it switched on and on this link? Name its addresses in [ixit.ipv6]",
            ) from None
        return found

    def news(self) -> None:
        """Something has come that may be enough."""
        self._news.set()

    def close(self) -> None:
        self._port.close()

    async def _waited(self) -> None:
        try:
            async with asyncio.timeout(ASK_S):
                await self._news.wait()
        except TimeoutError:
            return

    def found(self) -> dict[str, str]:
        """What is known of the product and its link once it is enough; nothing before."""
        near = next((each for each in self.answered if each.is_link_local), None)
        wide = next((each for each in self.answered if self.prefix and each in self.prefix), None)
        if near is None or (self.prefix and wide is None):
            return {}
        found = {"mac": self.answered[near].hex(), "link_local": str(near), "mtu": str(self.segment.mtu)}
        return found | ({"address": str(wide)} if wide else {})

    def _told(self) -> str:
        answered = ", ".join(map(str, self.answered)) or "nothing"
        return f"it answers for {answered}" + (f", and has no address in {self.prefix}" if self.prefix else "")

    # What it asks.

    def ask(self) -> None:
        """Ask for what has not been answered."""
        for address in self.seen.keys() - self.answered.keys():
            self.say(self.solicitation(address), to=solicited_node(address))
            if mac := self.seen[address]:  # a product that does not hear the group is to be found all the same
                self.say(self.solicitation(address), to=address, mac=mac)
        if self.loudly:
            self.say(EchoRequest(identifier=1, sequence_number=1), to=ALL_NODES)
            if self.prefix:
                request = EchoRequest(identifier=1, sequence_number=2)
                self.say(request, to=ALL_NODES, source=self.prefix[0x5302])

    def solicitation(self, target: IPv6Address) -> NeighborSolicitation:
        return NeighborSolicitation(target=target, options=(SourceLinkLayerAddress(address=self.MAC),))

    def say(
        self, message: Layer, *, to: IPv6Address, mac: bytes | None = None, source: IPv6Address | None = None
    ) -> None:
        """Send a packet."""
        header = Ipv6(source=source or self.address, destination=to, hop_limit=255)
        frame = Frame(destination=mac or multicast_mac(to), source=self.MAC, layers=(header, message))
        self._port.write(bytes(frame))

    # What it hears.

    def _tapped(self, kind: str, data: bytes) -> None:
        if kind != "in":
            return
        frame, _ = decode(data)
        if isinstance(frame, Frame) and frame.ip:
            self.hear(frame, frame.ip)

    def hear(self, frame: Frame, ip: Ipv6) -> None:
        """Take what passes on the link."""
        message: Any = frame.message
        if isinstance(message, NeighborSolicitation) and int(ip.source) == 0:
            self._see(message.target, frame.source)
        elif isinstance(message, NeighborAdvertisement):
            if message.target in self.seen:
                self.answered[message.target] = frame.source
                self.news()
        elif isinstance(message, NeighborSolicitation) and message.target == self.address:
            self._answer(frame, ip)
        if int(ip.source) and not ip.source.is_multicast:
            self._see(ip.source, frame.source)

    def _see(self, address: IPv6Address, mac: bytes) -> None:
        if not self.seen.get(address):
            self.seen[address] = mac
            self.news()

    def _answer(self, frame: Frame, ip: Ipv6) -> None:
        options = (TargetLinkLayerAddress(address=self.MAC),)
        answer = NeighborAdvertisement(router=True, solicited=True, override=True, target=self.address, options=options)
        self.say(answer, to=ip.source, mac=frame.source)


class Keeper(Finder):
    """The router of a link that all cases share: it advertises one prefix, and answers for itself for good."""

    MAC = ROUTER_MAC

    def advertise(self) -> None:
        assert self.prefix
        options = (
            SourceLinkLayerAddress(address=self.MAC),
            PrefixInformation(
                prefix=self.prefix.network_address,
                prefix_length=self.prefix.prefixlen,
                on_link=True,
                autonomous=True,
                valid_lifetime=2_592_000,
                preferred_lifetime=604_800,
            ),
        )
        self.say(RouterAdvertisement(router_lifetime=LIFETIME_S, options=options), to=ALL_NODES)

    async def find(self, within_s: float = WITHIN_S) -> dict[str, str]:
        self.advertise()
        return await super().find(within_s)

    def hear(self, frame: Frame, ip: Ipv6) -> None:
        if isinstance(frame.message, RouterSolicitation):
            self.advertise()
        super().hear(frame, ip)
