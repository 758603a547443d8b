"""RFC 8415, 18.3.8: Decline and its Reply."""

from conformance.engine import check

from .asking import check_identifiers, leases, renewed, same_ia, status, still_bound
from .bind import server
from .client import Client, Lease
from .holding import check_no_binding, given_back, neighbour
from .wire import Decline, IaNa, Reply, StatusCode, describe


async def address_of(client: Client) -> Lease:
    """A lease of an address. Raises Unready."""
    return await client.leased(IaNa(iaid=client.iaid()))


@server("rfc8415:18.3.8-1")
async def test_what_is_declined_is_not_the_clients(client: Client) -> None:
    """A Renew does not find an address that was declined."""
    lease = await address_of(client)
    await client.obtained(client.to_server(Decline, lease.ia))
    found = same_ia(await renewed(client, lease.ia), lease.ia)
    check(leases(lease.ia)[0] not in leases(found), "an address that was declined is still bound", got=found)


@server("rfc8415:18.3.8-3a")
async def test_a_decline_is_answered_with_success(client: Client) -> None:
    """The answer is a Reply with the transaction-id of the Decline, both identifiers and Success."""
    lease = await address_of(client)
    reply = await client.asks(client.to_server(Decline, lease.ia), Reply)
    check_identifiers(client, reply)
    check(status(reply) == StatusCode.SUCCESS, "the status is not Success", got=describe(reply))


@server("rfc8415:18.3.8-3a")
async def test_a_decline_of_an_unknown_ia_has_success_too(client: Client) -> None:
    """The status of the Reply is Success even where an IA in it tells NoBinding."""
    lease = await given_back(client, IaNa(iaid=client.iaid()))
    reply = await client.obtained(client.to_server(Decline, lease.ia))
    check(status(reply) == StatusCode.SUCCESS, "the status is not Success", got=describe(reply))


@server("rfc8415:18.3.8-3b")
async def test_an_unknown_ia_has_no_binding(client: Client) -> None:
    """An IA that is not bound comes back with NoBinding and nothing else."""
    lease = await given_back(client, IaNa(iaid=client.iaid()))
    await check_no_binding(client, client.to_server(Decline, lease.ia), lease.ia, alone=True)


@server("rfc8415:18.3.8-4")
async def test_the_address_of_another_client_stays(client: Client) -> None:
    """An address that another client has is not taken from it by a Decline."""
    owner, other = client, neighbour(client)
    theirs = await address_of(owner)
    own = await address_of(other)
    await other.obtained(other.to_server(Decline, IaNa(iaid=own.ia.iaid, options=theirs.ia.options)))
    check(await still_bound(owner, theirs), "another client has ended the lease by a Decline")
