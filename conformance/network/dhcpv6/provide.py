"""What DHCPv6 cases ask for: `client` is one on the link of the server, `relay` a relay agent there."""

from collections.abc import AsyncIterator
from ipaddress import IPv6Address
from typing import Any

from conformance.engine import Case, Segment, Site, TestbedError, Unready, provider

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
    Malformed,
    Reply,
    ServerId,
    Solicit,
    decode,
    read_duid,
)

__all__ = ["IXIT_KEYS", "STANDARDS", "Client", "Fresh", "Lease", "Server", "alive", "client", "fresh", "relay"]

STANDARDS = ("rfc8415/server",)
IXIT_KEYS: dict[str, tuple[str, ...]] = {"prefix": ()}
"""What the cases read of [ixit.dhcpv6]: the prefix of the link, such as 2001:db8:1::/64."""
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
        if isinstance(message, Malformed):
            message = message.message or message
        identifier = message.first(ServerId) if isinstance(message, Advertise | Reply) else None
        if identifier:
            source = str(ip.source)
            self._server = {"mac": frame.source.hex(), "link_local": source, "duid": bytes(identifier.duid).hex()}
            self.news()


async def server(case: Case, site: Site, name: str = SERVER) -> Server:
    """The server on a site, once it answers; `name` is under what the case has learned of it."""

    async def until(site: Site) -> None:
        finder = ServerFinder(site.links["lan"])
        try:
            site.keeper = await finder.find()
        finally:
            finder.close()

    async def ready() -> Any:
        await site.start(until)
        if site.keeper is None:
            await until(site)
        return site.keeper

    found = await case.learn(name, ready)
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


class Fresh:
    """A server of the case's own, which can be started again."""

    def __init__(self, case: Case, site: Site) -> None:
        self.case = case
        self.site = site
        self._starts = 0

    async def client(self) -> Client:
        """A client of the server, once that answers."""
        self._starts += 1
        found = await server(self.case, self.site, f"{SERVER} {self._starts}")
        return Client(self.case, self.site.links["lan"], found, name=f"client {self._starts}")

    async def restart(self) -> None:
        """Stop the server and start it again. Raises Unready."""

        async def again() -> bool:
            self.site.keeper = None
            return await self.site.restart()

        if not await self.case.learn("restart", again):
            raise Unready("this needs a server that can be started again, which this testbed cannot do")


@provider
async def fresh(case: Case) -> AsyncIterator[Fresh]:
    """A server of the case's own."""
    if not case.testbed.copies:
        raise Unready("this needs a server that is started for the case alone, which this testbed cannot do")
    async with case.site(fresh=True) as site:
        yield Fresh(case, site)


async def alive(case: Case) -> None:
    """The server answers a Solicit of a new client."""
    async with case.site() as site:
        found = await server(case, site)
        new = Client(case, site.links["lan"], found, name="liveness")
        await new.obtained(new.message(Solicit, new.ia()), Advertise | Reply)
