"""RFC 8415, 18.4 and 21.12: messages to a unicast address, with and without leave."""

import pytest

from conformance.engine import Silence, Unready, check, negative

from ..ipv6.provide import CHATTER
from .asking import check_identifiers, codes, leases, same_ia, status, unicast_address
from .bind import server
from .client import UNSPEC_FAIL, USE_MULTICAST, Client, Datagram
from .wire import (
    Decline,
    IaNa,
    Message,
    OptionCode,
    Release,
    Renew,
    Reply,
    Request,
    StatusCode,
    describe,
)

KINDS = (Request, Renew, Release, Decline)
ONLY = {OptionCode.CLIENTID, OptionCode.SERVERID, OptionCode.STATUS_CODE}


async def message(client: Client, kind: type[Message]) -> Message:
    """A message to the one server. Raises Unready."""
    if kind is Decline and not client.case.claims["ia_na"]:
        client.case.not_applicable("the server assigns no addresses", "服务器不分配地址")
    wanted = IaNa(iaid=client.iaid()) if kind is Decline else client.ia()
    ia = wanted if kind is Request else (await client.leased(wanted)).ia
    made: Message = client.to_server(kind, ia)
    return made


@server("rfc8415:18.4-1")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.TITLE))
@negative
async def test_unicast_without_leave_is_answered_with_use_multicast(client: Client, kind: type[Message]) -> None:
    """The answer holds the status UseMulticast and both identifiers, and nothing else."""
    await client.say(await message(client, kind), to=client.product.link_local)
    reply = await client.answer(Reply)
    check(status(reply) == StatusCode.USE_MULTICAST, "the status is not UseMulticast", got=describe(reply))
    check(codes(reply) <= ONLY, "the Reply holds more than status and identifiers", got=describe(reply))
    check_identifiers(client, reply)


@server("rfc8415:21.12-3")
@negative
async def test_unicast_without_leave_is_not_accepted(client: Client) -> None:
    """A Request that was sent by unicast without leave gets no lease."""
    await client.say(await message(client, Request), to=client.product.link_local)
    await client.expect_silence(passing=CHATTER | UNSPEC_FAIL | USE_MULTICAST)


@server("rfc8415:18.4-2")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.TITLE))
async def test_unicast_with_leave_is_accepted(client: Client, kind: type[Message]) -> None:
    """A client that has got a Server Unicast option may send to its address."""
    to = await unicast_address(client)
    sent = await message(client, kind)
    await client.say(sent, to=to)
    event = await client.next(passing=CHATTER)
    if isinstance(event, Silence):
        raise Unready("the server does not answer; is its unicast address reached from this link?")
    reply = event.message if isinstance(event, Datagram) else None
    if not isinstance(reply, Reply):
        raise Unready("the answer is no Reply")
    check(status(reply) != StatusCode.USE_MULTICAST, "the server does not accept unicast", got=describe(reply))
    if kind in (Request, Renew):
        ia = next(each for each in sent.options if isinstance(each, type(client.ia())))
        check(leases(same_ia(reply, ia)), "the Reply leases nothing", got=describe(reply))
