"""RFC 8415, 18.3.2: Request and its Reply."""

from ipaddress import IPv6Address

from conformance.engine import Unready, a, check

from ..ipv6.provide import CHATTER
from .asking import DNS, check_identifiers, codes, leases, lost, renewed, same_ia, status
from .bind import server
from .client import Client, Datagram
from .wire import (
    IaAddr,
    IaNa,
    IaPd,
    Message,
    OptionRequest,
    Reply,
    Request,
    StatusCode,
    describe,
)


async def request(client: Client, *ias: IaNa | IaPd) -> Message:
    """A Request for what the server has advertised for some IAs. Raises Unready."""
    advertise = await client.advertised(*ias)
    made: Message = client.to_server(Request, *(same_ia(advertise, ia) or ia for ia in ias))
    return made


@server("rfc8415:18.3.2-1")
async def test_a_request_is_answered_with_a_reply(client: Client) -> None:
    """The answer is a Reply with the transaction-id of the Request."""
    message = await request(client, client.ia())
    await client.say(message)
    await client.answer(a(Reply, transaction_id=message.transaction_id))


@server("rfc8415:18.3.2-2")
async def test_the_reply_has_the_identifiers_of_both(client: Client) -> None:
    """The Reply has the identifiers of server and client."""
    await client.say(await request(client, client.ia()))
    event = await client.next(passing=CHATTER)
    if not a(Datagram, message=a(Reply)).matches(event):
        raise Unready("no Reply came")
    check_identifiers(client, event.message)


@server("rfc8415:18.3.2-3")
async def test_an_address_of_another_link_is_refused(client: Client) -> None:
    """An IA_NA with an address that is not right for the link comes back with NotOnLink."""
    foreign = IPv6Address("2001:db8:ffff:ffff::") + client.case.rng.getrandbits(60)
    ia = IaNa(iaid=client.iaid(), options=(IaAddr(ipv6_address=foreign),))
    reply = await client.obtained(client.to_server(Request, ia))
    found = same_ia(reply, ia)
    refused = found is not None and status(found) == StatusCode.NOT_ON_LINK
    check(refused, "the IA does not come back with NotOnLink", expected="NotOnLink in the IA", got=describe(reply))


@server("rfc8415:18.3.2-7")
async def test_a_reply_holds_nothing_that_is_not_assigned(client: Client) -> None:
    """Every lease that the Reply holds is found by a Renew."""
    missing = await lost(client, (await client.leased()).ia)
    check(not missing, "the Reply held a lease that a Renew does not find", got=sorted(map(str, missing)))


@server("rfc8415:18.3.2-8a")
async def test_all_ias_of_a_reply_have_the_same_times(client: Client) -> None:
    """All IAs of the Reply have the same T1 and the same T2."""
    ias = [*client.ias(), client.ia()]
    reply = await client.obtained(await request(client, *ias))
    times = {(each.t1, each.t2) for each in reply.options if isinstance(each, IaNa | IaPd) and leases(each)}
    check(len(times) < 2, "T1 and T2 differ between the IAs of a Reply", got=sorted(times))


@server("rfc8415:18.3.2-10")
async def test_a_bound_ia_keeps_its_leases(client: Client) -> None:
    """A Request for an IA that is bound is answered with what it has."""
    lease = await client.leased()
    asked = type(lease.ia)(iaid=lease.ia.iaid)
    reply = await client.obtained(client.to_server(Request, asked))
    first = leases(lease.ia)[0]
    check(first in leases(same_ia(reply, asked)), "the IA has other leases now", expected=first, got=describe(reply))


@server("rfc8415:18.3.2-11a")
async def test_a_repeated_request_is_answered_anew(client: Client) -> None:
    """The same Request, with the same transaction-id, is answered again, by what is valid now."""
    ia = client.ia()
    message = await request(client, ia)
    await client.obtained(message)
    reply = await client.asks(message, Reply)
    check(leases(same_ia(reply, ia)), "the repeated Request leases nothing", got=describe(reply))


@server("rfc8415:18.3.2-12")
async def test_a_request_creates_bindings(client: Client) -> None:
    """A Renew finds the binding of each IA of the Request."""
    asked = [client.ia(), client.ia()]
    reply = await client.obtained(await request(client, *asked))
    given = [found for ia in asked if (found := same_ia(reply, ia)) and leases(found)]
    if not given:
        raise Unready("the server leases nothing")
    later = await renewed(client, *given)
    for ia in given:
        found = same_ia(later, ia)
        known = found is not None and status(found) != StatusCode.NO_BINDING
        check(known, "the server does not know the IA of a Request", got=describe(later))


@server("rfc8415:18.3.2-13")
async def test_a_reply_has_what_is_requested(client: Client) -> None:
    """The Reply has the options that are asked for and that the server is configured to return."""
    wanted = OptionRequest(requested_option_codes=DNS)
    reply = await client.obtained((await request(client, IaNa(iaid=client.iaid()))).having(wanted))
    missing = set(DNS) - codes(reply)
    check(not missing, "an option that was asked for is missing", expected=DNS, got=describe(reply))
