"""RFC 8415, 18.3.4: Renew and its Reply."""

from ipaddress import IPv6Network

import pytest

from conformance.engine import check

from .asking import DNS, leases, renewed, same_ia
from .bind import server
from .client import Client
from .holding import (
    check_names,
    check_no_binding,
    check_requested,
    check_same_times,
    foreign,
    foreign_prefix,
    kinds,
    suiting,
)
from .wire import IaAddr, IaNa, IaPd, IaPrefix, OptionRequest, Renew, Reply, describe

WANTED = OptionRequest(requested_option_codes=DNS)
"""What clients ask for as a rule."""
KINDS = pytest.mark.parametrize("kind", [IaNa, IaPd], ids=["IA_NA", "IA_PD"])


@server("rfc8415:18.3.4-1")
@KINDS
async def test_a_renew_extends_what_is_bound(client: Client, kind: type[IaNa | IaPd]) -> None:
    """A known IA comes back with its lease and lifetimes of it."""
    lease = await client.leased(kinds(client, kind))
    reply = await client.obtained(client.to_server(Renew, lease.ia, WANTED))
    kept = leases(lease.ia)[0] in leases(same_ia(reply, lease.ia))
    check(kept, "the lease does not come back with a lifetime", expected=leases(lease.ia)[0], got=describe(reply))


@server("rfc8415:18.3.4-1")
async def test_a_renew_extends_each_ia(client: Client) -> None:
    """Of several known IAs each comes back."""
    held = [(await client.leased(client.ia())).ia for _ in range(3)]
    reply = await client.obtained(client.to_server(Renew, *held, WANTED))
    for ia in held:
        check(leases(same_ia(reply, ia)), "a known IA does not come back with its lease", got=describe(reply))


@server("rfc8415:18.3.4-3a")
async def test_an_address_of_another_link_ends(client: Client) -> None:
    """An address in a known IA that does not suit the link comes back with both lifetimes 0."""
    lease = await client.leased(IaNa(iaid=client.iaid()))
    wrong = foreign(client)
    reply = await renewed(client, lease.ia.having(wrong))
    found = same_ia(reply, lease.ia)
    told = [
        (each.preferred_lifetime, each.valid_lifetime)
        for each in (found.every(IaAddr) if found else ())
        if each.ipv6_address == wrong.ipv6_address
    ]
    check(told == [(0, 0)], "the address does not come back with both lifetimes 0", got=describe(reply))


@server("rfc8415:18.3.4-3b")
async def test_a_prefix_of_another_link_ends(client: Client) -> None:
    """A prefix in a known IA that does not suit the link comes back with both lifetimes 0."""
    lease = await client.leased(IaPd(iaid=client.iaid()))
    wrong = foreign_prefix(client)
    reply = await renewed(client, lease.ia.having(wrong))
    found = same_ia(reply, lease.ia)
    network = IPv6Network((wrong.ipv6_prefix, wrong.prefix_length))
    told = [
        (each.preferred_lifetime, each.valid_lifetime)
        for each in (found.every(IaPrefix) if found else ())
        if (each.ipv6_prefix, each.prefix_length) == (network.network_address, network.prefixlen)
    ]
    check(told == [(0, 0)], "the prefix does not come back with both lifetimes 0", got=describe(reply))


@server("rfc8415:18.3.4-4")
@KINDS
async def test_a_renew_creates_a_binding(client: Client, kind: type[IaNa | IaPd]) -> None:
    """An unknown IA gets leases from a server that is configured to create bindings."""
    ia = kinds(client, kind)
    reply = await renewed(client, ia)
    check(leases(same_ia(reply, ia)), "an unknown IA gets no lease", got=describe(reply))


@server("rfc8415:18.3.4-6")
@KINDS
async def test_an_unknown_ia_has_no_binding(client: Client, kind: type[IaNa | IaPd]) -> None:
    """An unknown IA without leases comes back with NoBinding."""
    ia = kinds(client, kind)
    await check_no_binding(client, client.to_server(Renew, ia), ia)


@server("rfc8415:18.3.4-6")
async def test_an_unknown_ia_with_an_address_has_no_binding(client: Client) -> None:
    """So does one with an address that suits the link."""
    ia = kinds(client, IaNa).having(suiting(client))
    await check_no_binding(client, client.to_server(Renew, ia), ia)


@server("rfc8415:18.3.4-7a")
async def test_a_renew_is_answered_with_a_reply(client: Client) -> None:
    """The answer is a Reply with the transaction-id of the Renew."""
    lease = await client.leased()
    await client.asks(client.to_server(Renew, lease.ia), Reply)


@server("rfc8415:18.3.4-7b", "rfc8415:18.3-2")
async def test_the_reply_has_the_identifiers_of_both(client: Client) -> None:
    """The Reply to a Renew has the identifiers of server and client."""
    lease = await client.leased()
    await check_names(client, client.to_server(Renew, lease.ia))


@server("rfc8415:18.3.4-7c", "rfc8415:18.1-1")
async def test_all_ias_of_a_reply_have_the_same_times(client: Client) -> None:
    """All IAs of the Reply to a Renew have the same T1 and the same T2."""
    await check_same_times(client, Renew)


@server("rfc8415:18.3.4-11", "rfc8415:18.3-3")
async def test_a_reply_has_what_is_requested(client: Client) -> None:
    """The Reply to a Renew has the options that are asked for and that the server is configured to return."""
    lease = await client.leased(IaNa(iaid=client.iaid()))
    await check_requested(client, client.to_server(Renew, lease.ia))
