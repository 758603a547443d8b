"""The simulated IPv6 node: a host, or a router between links. Everything that a clause decides, its rules decide."""

import asyncio
import random
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address
from typing import Any

from conformance.engine.stream import Stream

from ..wire import Frame
from ..wire.addresses import ALL_ROUTERS
from .configuration import Configuration
from .discovery import Discovery
from .icmp import Icmp
from .input import Input
from .interface import Interface
from .neighbour import Neighbour
from .options import Options
from .output import Output
from .reassembly import Reassembly
from .routing import Advertiser, Forwarding
from .rules import Rules


class Node:
    """One node on its links. `stand` runs it; the clock is the running loop's, and all randomness its own."""

    def __init__(self, rules: Rules | None = None, options: Options | None = None) -> None:
        self.rules = rules or Rules()
        self.options = options or Options()
        self.LINKS = self.options.links
        self.MTUS = dict(zip(self.options.links, self.options.mtus, strict=False))
        self.rng = random.Random(8200)
        self.interfaces: dict[str, Interface] = {}
        self.neighbours_by_redirect: dict[IPv6Address, IPv6Address] = {}
        """Destination to next hop, as a router has said (RFC 4861, 8.3)."""
        self.input = Input(self)
        self.output = Output(self)
        self.icmp = Icmp(self)
        self.discovery = Discovery(self)
        self.configuration = Configuration(self)
        self.reassembly = Reassembly(self)
        self.forwarding = Forwarding(self)
        self.advertisers: dict[str, Advertiser] = {}
        self.retired = False
        """Whether it is a router no more."""
        self._failed: asyncio.Future[None] | None = None

    @property
    def routes(self) -> bool:
        """Whether it is a router."""
        return self.options.router and not self.retired

    @property
    def now_s(self) -> float:
        return asyncio.get_running_loop().time()

    async def stand(self, links: Mapping[str, Stream]) -> None:
        """Be on these links, from when the node is switched on."""
        self._failed = asyncio.get_running_loop().create_future()
        self.rng = random.Random(f"8200 {self.now_s}")  # another one each time that it is switched on
        for name, mac, mtu in zip(self.options.links, self.options.macs, self.options.mtus, strict=False):
            self.interfaces[name] = Interface(self, name, links[name], mac, mtu)
        for name, said in self.options.advertised.items():
            self.advertisers[name] = Advertiser(self, self.interfaces[name], said)
        for interface in self.interfaces.values():
            interface.enable()
        await asyncio.gather(*(interface.run() for interface in self.interfaces.values()), self._failed)

    def later(self, delay_s: float, then: Callable[..., None], *arguments: Any) -> asyncio.TimerHandle:
        """Call something after a delay; what goes wrong in it ends the node."""
        return asyncio.get_running_loop().call_later(delay_s, self._call, then, arguments)

    def _call(self, then: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        try:
            then(*arguments)
        except Exception as error:  # noqa: BLE001 - a callback has nobody to raise to
            if self._failed and not self._failed.done():
                self._failed.set_exception(error)

    async def act_ping(self, address: str) -> None:
        """Send an Echo Request."""
        self.icmp.ping(IPv6Address(address))

    async def act_stop_advertising(self) -> None:
        """Cease to advertise on the first link."""
        self.advertisers[next(iter(self.interfaces))].cease()

    async def act_stop_forwarding(self) -> None:
        """Be a host from now on, that goes on advertising."""
        self.retired = self.rules.becomes_host()
        for interface in self.interfaces.values():
            if self.rules.leaves_all_routers():
                interface.listener.leave(ALL_ROUTERS)

    async def act_change_address(self) -> None:
        """Have another link-local address on the first link."""
        next(iter(self.interfaces.values())).readdress()

    async def act_change_mac(self, mac: str) -> None:
        """Have another hardware address on the first link, and say so."""
        interface = next(iter(self.interfaces.values()))
        interface.mac = bytes.fromhex(mac.replace(":", ""))
        interface.announce()

    async def act_add_address(self, address: str) -> None:
        """Give the first link an address by hand."""
        interface = next(iter(self.interfaces.values()))
        interface.add(IPv6Address(address), tested=self.rules.tests_what_is_given())

    async def act_remove_address(self, address: str) -> None:
        """Take it away again."""
        own = next(iter(self.interfaces.values())).addresses.get(IPv6Address(address))
        if own:
            own.forget()

    async def act_join(self, group: str) -> None:
        """Join a group on the first link."""
        next(iter(self.interfaces.values())).listener.join(IPv6Address(group))

    async def act_leave(self, group: str) -> None:
        """Leave it."""
        next(iter(self.interfaces.values())).listener.leave(IPv6Address(group))

    # What happens to interfaces and neighbours.

    def link_ready(self, interface: Interface) -> None:
        """An interface has its link-local address."""
        if self.routes:
            if advertiser := self.advertisers.get(interface.name):
                advertiser.begin()
        else:
            self.configuration.solicit(interface)

    def lost(self, neighbour: Neighbour) -> None:
        """A neighbour is unreachable: whoever was reached through it goes another way."""
        for destination, hop in list(self.neighbours_by_redirect.items()):
            if hop == neighbour.address:
                del self.neighbours_by_redirect[destination]

    def unreachable(self, interface: Interface, packet: Frame) -> None:
        """A packet waited for a neighbour that does not answer."""
        self.icmp.address_unreachable(interface, packet)

    def no_router_any_more(self, neighbour: Neighbour) -> None:
        """A default router says that it is none."""
        neighbour.interface.routers.pop(neighbour.address, None)
        self.lost(neighbour)
