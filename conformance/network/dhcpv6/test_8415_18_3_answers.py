"""RFC 8415, 18.3 and 18.3.10: which messages are answered, and where the answer goes."""

from ipaddress import IPv6Address

import pytest

from conformance.engine import Unready, check

from ..ipv6.provide import CHATTER
from .asking import DNS, ias_of
from .bind import server
from .client import Client, Datagram
from .holding import needs
from .wire import (
    Advertise,
    Confirm,
    Decline,
    IaNa,
    InformationRequest,
    Message,
    OptionRequest,
    Rebind,
    Release,
    Renew,
    Reply,
    Request,
    Solicit,
)

ANSWERED = (Request, Confirm, Renew, Rebind, Decline, Release, InformationRequest)
NEEDED = {InformationRequest: "information_request", Confirm: "ia_na", Decline: "ia_na"}
"""The claim without which a server need not know a message."""


async def valid(client: Client, kind: type[Message]) -> Message:
    """A valid message of a kind that a client sends to its server, about two leases of its own. Raises Unready."""
    if kind is InformationRequest:
        return client.message(kind, OptionRequest(requested_option_codes=DNS))  # type: ignore[no-any-return]
    ias = [IaNa(iaid=client.iaid()) if kind in NEEDED else client.ia() for _ in range(2)]
    if kind is Request:
        return client.to_server(kind, *ias_of(await client.advertised(*ias)))  # type: ignore[no-any-return]
    held = [(await client.leased(ia)).ia for ia in ias]
    make = client.message if kind in (Confirm, Rebind) else client.to_server
    return make(kind, *held)  # type: ignore[no-any-return]


@server("rfc8415:18.3-1a")
async def test_a_solicit_is_answered(client: Client) -> None:
    """Each valid Solicit has an answer, that of a client which has a lease already too."""
    await client.leased()
    await client.asks(client.message(Solicit, client.ia()), Advertise | Reply)


@server("rfc8415:18.3-1b")
@pytest.mark.parametrize("kind", ANSWERED, ids=lambda kind: str(kind.TITLE))
async def test_a_valid_message_is_answered(client: Client, kind: type[Message]) -> None:
    """Each valid message has an answer; of what type it must be, the clause about the message tells."""
    if kind in NEEDED:
        needs(client, NEEDED[kind])
    await client.asks(await valid(client, kind), Advertise | Reply)


# Where the answer goes.


async def answered_at(client: Client) -> tuple[IPv6Address, Datagram]:
    """Another link-local address of the client, and what comes for a Solicit from there. Raises Unready."""
    address = IPv6Address("fe80::") + client.case.rng.getrandbits(62)
    client.add(address)
    await client.say(client.message(Solicit, client.ia()), source=address)
    event = await client.next(passing=CHATTER)
    if not isinstance(event, Datagram):
        raise Unready("the server does not answer")
    return address, event


def goes_to(datagram: Datagram) -> IPv6Address:
    assert datagram.frame.ip
    return datagram.frame.ip.destination


@server("rfc8415:18.3.10-1a")
async def test_the_answer_goes_to_the_source(client: Client) -> None:
    """The answer goes to the address that the message came from, whatever other addresses the client has."""
    address, datagram = await answered_at(client)
    to = goes_to(datagram)
    if to.is_multicast:
        raise Unready("the answer is not unicast")
    check(to == address, "the answer does not go to the source of the message", expected=address, got=to)


@server("rfc8415:18.3.10-1b")
async def test_the_answer_is_unicast(client: Client) -> None:
    """The answer goes to the client alone, on the link that the message came from."""
    _, datagram = await answered_at(client)
    check(not goes_to(datagram).is_multicast, "the answer is sent to a group", got=goes_to(datagram))
    mac = datagram.frame.destination
    check(mac == client.mac, "the frame is not for the client alone", expected=client.mac.hex(":"), got=mac.hex(":"))
