"""RFC 8415, 18.3.5: Rebind and its Reply."""

import pytest

from conformance.engine import Unready, a, check

from ..ipv6.provide import CHATTER
from .asking import ias_of, leases, renewed, same_ia, status
from .bind import server
from .client import Client, Datagram
from .holding import check_names, check_requested, check_same_times, foreign, given_back, kinds
from .wire import IaNa, IaPd, Message, Option, Rebind, Reply, Status, StatusCode, describe

KINDS = pytest.mark.parametrize("kind", [IaNa, IaPd], ids=["IA_NA", "IA_PD"])


def something(options: tuple[Option, ...]) -> bool:
    """leases or a status"""
    return any(isinstance(each, Status) or (isinstance(each, IaNa | IaPd) and each.options) for each in options)


TELLING = a(Datagram, message=a(Reply, options=something))


@server("rfc8415:18.3.5-1")
@KINDS
async def test_a_rebind_extends_what_is_bound(client: Client, kind: type[IaNa | IaPd]) -> None:
    """A known IA comes back with its lease and lifetimes of it."""
    lease = await client.leased(kinds(client, kind))
    reply = await client.obtained(client.message(Rebind, lease.ia))
    kept = leases(lease.ia)[0] in leases(same_ia(reply, lease.ia))
    check(kept, "the lease does not come back with a lifetime", expected=leases(lease.ia)[0], got=describe(reply))


@server("rfc8415:18.3.5-1")
async def test_a_rebind_extends_each_ia(client: Client) -> None:
    """Of several known IAs each comes back."""
    held = [(await client.leased(client.ia())).ia for _ in range(3)]
    reply = await client.obtained(client.message(Rebind, *held))
    for ia in held:
        check(leases(same_ia(reply, ia)), "a known IA does not come back with its lease", got=describe(reply))


@server("rfc8415:18.3.5-4")
@pytest.mark.parametrize("what", ["nothing", "an address of another link"])
async def test_a_rebind_about_nothing_gets_no_reply(client: Client, what: str) -> None:
    """To a Rebind of an unknown IA comes no Reply, or one that holds leases or a status."""
    inside = () if what == "nothing" else (foreign(client),)
    ia = kinds(client, IaNa).having(*inside) if inside else client.ia()
    await client.say(client.message(Rebind, ia))
    await client.expect_silence(passing=CHATTER | TELLING)


async def made(client: Client, kind: type[IaNa | IaPd]) -> tuple[IaNa | IaPd, Message]:
    """An unknown IA, and the Reply to a Rebind of it. Raises Unready."""
    ia = (await given_back(client, kinds(client, kind))).ia
    return ia, await client.obtained(client.message(Rebind, ia))


@server("rfc8415:18.3.5-5a")
@KINDS
async def test_a_rebind_creates_a_binding(client: Client, kind: type[IaNa | IaPd]) -> None:
    """An unknown IA gets leases from a server that is configured to create bindings."""
    ia, reply = await made(client, kind)
    check(leases(same_ia(reply, ia)), "an unknown IA gets no lease", got=describe(reply))


@server("rfc8415:18.3.5-5b")
@KINDS
async def test_a_created_binding_holds_what_is_assigned(client: Client, kind: type[IaNa | IaPd]) -> None:
    """A Renew finds every lease that such an IA holds."""
    ia, reply = await made(client, kind)
    created = same_ia(reply, ia)
    if created is None or not leases(created):
        raise Unready("the server creates no binding")
    found = same_ia(await renewed(client, created), created)
    missing = set(leases(created)) - set(leases(found))
    check(not missing, "the Reply held a lease that a Renew does not find", got=sorted(map(str, missing)))


@server("rfc8415:18.3.5-6b")
@KINDS
async def test_an_unknown_ia_has_no_binding(client: Client, kind: type[IaNa | IaPd]) -> None:
    """An unknown IA whose leases suit the link comes back with NoBinding."""
    lease = await given_back(client, kinds(client, kind))
    message = client.message(Rebind, lease.ia)
    await client.say(message)
    reply = await client.answer(a(Reply, transaction_id=message.transaction_id))
    found = same_ia(reply, lease.ia)
    told = found is not None and status(found) == StatusCode.NO_BINDING
    check(told, "the IA does not come back with NoBinding", expected="NoBinding in the IA", got=describe(reply))


@server("rfc8415:18.3.5-7")
@KINDS
async def test_no_binding_is_created_without_rapid_commit(client: Client, kind: type[IaNa | IaPd]) -> None:
    """A server that does not commit rapidly gives no lease to an unknown IA."""
    lease = await given_back(client, kinds(client, kind))
    await client.say(client.message(Rebind, lease.ia))
    event = await client.next(passing=CHATTER)
    given = [leases(ia) for ia in ias_of(event.message)] if a(Datagram, message=a(Reply)).matches(event) else []
    check(not any(given), "an unknown IA gets a lease", got=given)


@server("rfc8415:18.3.5-8a")
async def test_a_rebind_is_answered_with_a_reply(client: Client) -> None:
    """The answer is a Reply with the transaction-id of the Rebind."""
    lease = await client.leased()
    await client.asks(client.message(Rebind, lease.ia), Reply)


@server("rfc8415:18.3.5-8b", "rfc8415:18.3-2")
async def test_the_reply_has_the_identifiers_of_both(client: Client) -> None:
    """The Reply to a Rebind has the identifiers of server and client."""
    lease = await client.leased()
    await check_names(client, client.message(Rebind, lease.ia))


@server("rfc8415:18.3.5-8c", "rfc8415:18.1-1")
async def test_all_ias_of_a_reply_have_the_same_times(client: Client) -> None:
    """All IAs of the Reply to a Rebind have the same T1 and the same T2."""
    await check_same_times(client, Rebind)


@server("rfc8415:18.3.5-11", "rfc8415:18.3-3")
async def test_a_reply_has_what_is_requested(client: Client) -> None:
    """The Reply to a Rebind has the options that are asked for and that the server is configured to return."""
    lease = await client.leased(IaNa(iaid=client.iaid()))
    await check_requested(client, client.message(Rebind, lease.ia))
