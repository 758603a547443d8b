"""RFC 8415, 18.3.3: Confirm and its Reply."""

from dataclasses import replace

import pytest

from conformance.engine import Unready, check, negative

from .asking import check_identifiers, leases, renewed, same_ia, status
from .bind import server
from .client import Client
from .holding import foreign, suiting
from .wire import INFINITY, Confirm, IaAddr, IaNa, Message, Option, Reply, Status, StatusCode, describe


async def bound(client: Client) -> IaNa:
    """An IA with an address that the server has leased. Raises Unready."""
    ia = (await client.leased(IaNa(iaid=client.iaid()))).ia
    assert isinstance(ia, IaNa)
    return ia


def new_ia(client: Client, *options: Option, t1: int = 0, t2: int = 0) -> IaNa:
    return IaNa(iaid=client.iaid(), t1=t1, t2=t2, options=options)


async def check_status(client: Client, wanted: StatusCode, *ias: IaNa) -> None:
    """The Reply to a Confirm of these IAs has this status. Raises Nonconformity."""
    reply = await client.obtained(client.message(Confirm, *ias))
    check(status(reply) == wanted, f"the status is not {wanted.name}", expected=wanted.name, got=describe(reply))


@server("rfc8415:18.3.3-1a")
async def test_addresses_of_the_link_are_confirmed(client: Client) -> None:
    """A Confirm whose addresses suit the link is answered with Success."""
    await check_status(client, StatusCode.SUCCESS, await bound(client))


@server("rfc8415:18.3.3-1b")
async def test_an_address_of_another_link_is_not_confirmed(client: Client) -> None:
    """A Confirm whose only address does not suit the link is answered with NotOnLink."""
    await check_status(client, StatusCode.NOT_ON_LINK, new_ia(client, foreign(client)))


@server("rfc8415:18.3.3-1b")
async def test_one_address_of_another_link_is_enough(client: Client) -> None:
    """One address among others that does not suit the link makes it NotOnLink."""
    good = await bound(client)
    await check_status(client, StatusCode.NOT_ON_LINK, good, new_ia(client, foreign(client)))


@server("rfc8415:18.3.3-2a")
@pytest.mark.parametrize("ias", [0, 1, 2])
@negative
async def test_a_confirm_without_addresses_gets_no_reply(client: Client, ias: int) -> None:
    """A Confirm that has no address in its IAs, or no IA, gets no Reply."""
    await client.say(client.message(Confirm, *(new_ia(client) for _ in range(ias))))
    await client.expect_silence()


@server("rfc8415:18.3.3-3")
@pytest.mark.parametrize("times", [(INFINITY, 1), (0, 0)])
async def test_times_in_a_confirm_are_ignored(client: Client, times: tuple[int, int]) -> None:
    """Neither T1 and T2 nor the lifetimes in a Confirm change its answer."""
    ia = await bound(client)
    plain = status(await client.obtained(client.message(Confirm, ia)))
    address = ia.every(IaAddr)[0].ipv6_address
    first, second = times
    held = IaAddr(ipv6_address=address, preferred_lifetime=first, valid_lifetime=second)
    odd = status(await client.obtained(client.message(Confirm, replace(ia, t1=first, t2=second, options=(held,)))))
    check(odd == plain, "the status depends on times in the Confirm", expected=plain, got=odd)


@server("rfc8415:18.3.3-4")
async def test_addresses_that_nobody_has_are_confirmed(client: Client) -> None:
    """Whether the addresses are bound does not matter: they suit the link."""
    known = await client.obtained(client.message(Confirm, await bound(client)))
    if status(known) != StatusCode.SUCCESS:
        raise Unready(f"not even an address that is leased is confirmed: {describe(known)}")
    await check_status(client, StatusCode.SUCCESS, new_ia(client, suiting(client)))


@server("rfc8415:18.3.3-4")
async def test_a_confirm_creates_no_binding(client: Client) -> None:
    """An address is not the client's by being confirmed."""
    if client.case.claims["creates_on_renew"]:
        client.case.not_applicable("a Renew would create the binding", "Renew 会创建绑定")
    ia = new_ia(client, suiting(client))
    await client.obtained(client.message(Confirm, ia))
    found = same_ia(await renewed(client, ia), ia)
    check(not leases(found), "a Renew finds an address that was only confirmed", got=found)


@server("rfc8415:18.3.3-5", "rfc8415:18.3-2")
@pytest.mark.parametrize("where", ["this link", "another link"])
async def test_the_reply_has_the_identifiers_of_both(client: Client, where: str) -> None:
    """The Reply to a Confirm has the identifiers of server and client."""
    ia = await bound(client) if where == "this link" else new_ia(client, foreign(client))
    check_identifiers(client, await client.obtained(client.message(Confirm, ia)))


@server("rfc8415:18.3.3-6")
async def test_a_confirm_is_answered_with_a_reply(client: Client) -> None:
    """The answer is a Reply with the transaction-id of the Confirm and a Status Code at its top level."""
    message: Message = client.message(Confirm, await bound(client))
    reply = await client.asks(message, Reply)
    check(reply.first(Status) is not None, "the Reply has no Status Code option", got=describe(reply))
