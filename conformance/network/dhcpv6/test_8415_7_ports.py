"""RFC 8415, 7.1, 7.2 and 7.7, and RFC 9915, 7.2: groups, ports, infinity."""

from ipaddress import IPv6Address
from typing import Any

from conformance.engine import Nonconformity, Silence, Unready, a, check, outcome

from ..ipv6.provide import CHATTER
from ..ipv6.wire import Frame, Udp
from .asking import forward, prefix
from .bind import server
from .client import Client, Datagram, answering
from .wire import (
    ALL_DHCP_SERVERS,
    CLIENT_PORT,
    INFINITY,
    SERVER_PORT,
    Advertise,
    IaAddr,
    IaPrefix,
    RelayReply,
    Reply,
    Solicit,
)

OTHER_PORT = 40_547
"""A port that is neither that of clients nor that of servers."""


def solicit(client: Client) -> Solicit:
    """What a client asks first."""
    message: Solicit = client.message(Solicit, client.ia())
    return message


def to_port(number: int) -> Any:
    """A datagram to a port at which the client does not hear."""
    return a(Frame, message=a(Udp, destination_port=number))


async def say_from(client: Client, port: int, data: bytes, *, to: IPv6Address | None = None) -> None:
    """Send a message from another port than the client's own."""
    packet = client.packet(data) if to is None else client.packet(data, to=to, hop_limit=8)
    ip = packet.ip
    assert ip
    udp = Udp(source_port=port, destination_port=SERVER_PORT, data=data)
    await client.send(client.frame(udp, to=ip.destination, hop_limit=ip.hop_limit))


@server("rfc8415:7.1-1")
async def test_the_server_hears_the_group_of_the_link(client: Client) -> None:
    """What goes to ff02::1:2 reaches the server, whatever its hop limit."""
    message = solicit(client)
    await client.say(message, hop_limit=64)
    await client.answer(answering(message, Advertise | Reply))


@server("rfc8415:7.1-2")
async def test_the_server_hears_the_group_of_the_site(relay: Client) -> None:
    """What a relay agent sends to ff05::1:3 reaches the server."""
    await relay.say(forward(relay, prefix(relay)[1]), to=ALL_DHCP_SERVERS, hop_limit=8)
    await relay.answer(RelayReply)


@server("rfc9915:7.2-1")
async def test_the_server_hears_at_its_port(client: Client) -> None:
    """What goes to port 547 reaches the server, from whatever port."""
    await say_from(client, OTHER_PORT, bytes(solicit(client)))
    wanted = a(Datagram, message=outcome(Advertise | Reply)) | to_port(OTHER_PORT)
    await client.channel.expect(wanted, passing=CHATTER)


@server("rfc9915:7.2-2")
async def test_answers_go_to_the_port_of_clients(client: Client) -> None:
    """The answer goes to port 546, from whatever port the client has sent."""
    await say_from(client, OTHER_PORT, bytes(solicit(client)))
    await expect_at_port(client, Advertise | Reply, CLIENT_PORT)


@server("rfc8415:7.2-1")
async def test_by_rfc_8415_answers_go_to_the_port_of_clients(client: Client) -> None:
    """By RFC 8415 too, the server listens on port 547 and answers to port 546."""
    await say_from(client, OTHER_PORT, bytes(solicit(client)))
    await expect_at_port(client, Advertise | Reply, CLIENT_PORT)


@server("rfc9915:7.2-3")
async def test_relay_replies_go_to_the_port_of_servers(relay: Client) -> None:
    """A Relay-reply goes to port 547, from whatever port the relay agent has sent."""
    await say_from(relay, OTHER_PORT, bytes(forward(relay, prefix(relay)[1])))
    await expect_at_port(relay, RelayReply, SERVER_PORT)


async def expect_at_port(client: Client, kind: Any, port: int) -> None:
    """What comes goes to a port. Raises Nonconformity, Unready when nothing comes."""
    event = await client.next(passing=CHATTER)
    if isinstance(event, Silence):
        raise Unready("the server does not answer")
    if not isinstance(event, Datagram) or not isinstance(event.message, kind):
        raise Nonconformity(f"the answer does not go to port {port}", expected=f"port {port}", got=_port(event))


def _port(event: Any) -> str:
    udp = event.message if isinstance(event, Frame) else None
    return f"port {udp.destination_port}" if isinstance(udp, Udp) else str(event)


@server("rfc9915:7.2-4")
async def test_answers_come_from_the_port_of_servers(client: Client) -> None:
    """What the server sends comes from port 547."""
    await client.say(solicit(client))
    event = await client.next(passing=CHATTER)
    if not isinstance(event, Datagram):
        raise Unready("the server does not answer")
    check(event.udp.source_port == SERVER_PORT, "the source port is not 547", got=event.udp.source_port)


@server("rfc8415:7.7-1")
async def test_leases_that_never_end_have_an_infinite_lifetime(client: Client) -> None:
    """A lease that never expires has a valid lifetime of 0xffffffff."""
    lease = await client.leased()
    lives = [each.valid_lifetime for each in lease.ia.options if isinstance(each, IaAddr | IaPrefix)]
    check(lives[0] == INFINITY, "the valid lifetime is not infinity", expected=hex(INFINITY), got=lives)
