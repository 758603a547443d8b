"""What DHCPv6 cases ask for: `client` is one on the link of the server, `relay` a relay agent there."""

from collections.abc import AsyncIterator
from ipaddress import IPv6Address
from typing import Any

from conformance.engine import Case, Segment, Site, TestbedError, provider

from ..ipv6.provide import Finder, Node
from ..ipv6.wire import Frame, Ipv6, Udp
from .client import Client, Lease, Server
from .wire import (
    ALL_DHCP_RELAY_AGENTS_AND_SERVERS,
    CLIENT_PORT,
    SERVER_PORT,
    Advertise,
    ClientId,
    DuidLl,
    ElapsedTime,
    IaNa,
    IaPd,
    ServerId,
    Solicit,
    decode,
    read_duid,
)

__all__ = ["STANDARDS", "Client", "Lease", "Server", "alive", "client", "relay"]

STANDARDS = ("rfc8415/server",)
SERVER = "server"
WITHIN_S = 60.0


class ServerFinder(Finder):
    """Solicits until a server answers."""

    def __init__(self, segment: Segment) -> None:
        super().__init__(segment)
        self._server: dict[str, str] = {}

    async def find(self, within_s: float = WITHIN_S) -> dict[str, str]:
        """The server's hardware address, link-local address and DUID, as texts. Raises TestbedError."""
        try:
            return await super().find(within_s)
        except TestbedError:
            raise TestbedError(
                f"link {self.segment.name}: no DHCPv6 server answers a Solicit for {within_s:g} s",
                "Is it switched on, on this link, and has it addresses to lease there?",
            ) from None

    def found(self) -> dict[str, str]:
        return self._server

    def ask(self) -> None:
        options = (
            ClientId(duid=DuidLl(link_layer_address=self.MAC)), ElapsedTime(), IaNa(iaid=1), IaPd(iaid=2),
        )  # fmt: skip
        message = Solicit(transaction_id=0x5302, options=options)
        udp = Udp(source_port=CLIENT_PORT, destination_port=SERVER_PORT, data=bytes(message))
        self.say(udp, to=ALL_DHCP_RELAY_AGENTS_AND_SERVERS)

    def hear(self, frame: Frame, ip: Ipv6) -> None:
        super().hear(frame, ip)
        udp = frame.message
        if not isinstance(udp, Udp) or udp.destination_port != CLIENT_PORT or ip.destination != self.address:
            return
        message, _ = decode(udp.data)
        identifier = message.first(ServerId) if isinstance(message, Advertise) else None
        if identifier:
            source = str(ip.source)
            self._server = {"mac": frame.source.hex(), "link_local": source, "duid": bytes(identifier.duid).hex()}
            self.news()


async def server(case: Case, site: Site) -> Server:
    """The server on the common site, once it answers."""

    async def until(site: Site) -> None:
        finder = ServerFinder(site.links["lan"])
        try:
            site.keeper = await finder.find()
        finally:
            finder.close()

    async def ready() -> Any:
        await site.start(until)
        return site.keeper

    found = await case.learn(SERVER, ready)
    node = Node(mac=bytes.fromhex(found["mac"]), link_local=IPv6Address(found["link_local"]))
    return Server(node, read_duid(bytes.fromhex(found["duid"])))


@provider
async def client(case: Case) -> AsyncIterator[Client]:
    """A client on the server's link, which has asked for nothing yet."""
    async with case.site() as site:
        found = await server(case, site)
        yield Client(case, site.links["lan"], found, name="client")


@provider
async def relay(case: Case) -> AsyncIterator[Client]:
    """A relay agent on the server's link."""
    async with case.site() as site:
        found = await server(case, site)
        yield Client(case, site.links["lan"], found, name="relay agent", port=SERVER_PORT)


async def alive(case: Case) -> None:
    """The server advertises itself to a new client."""
    async with case.site() as site:
        found = await server(case, site)
        await Client(case, site.links["lan"], found, name="liveness").advertised()
