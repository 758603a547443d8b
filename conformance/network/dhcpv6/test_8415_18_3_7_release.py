"""RFC 8415, 18.3.7: Release and its Reply."""

import pytest

from conformance.engine import check

from .asking import check_identifiers, leases, renewed, same_ia, status, still_bound
from .bind import server
from .client import Client
from .holding import check_no_binding, given_back, kinds, neighbour
from .wire import IaNa, IaPd, Release, Reply, StatusCode, describe

KINDS = pytest.mark.parametrize("kind", [IaNa, IaPd], ids=["IA_NA", "IA_PD"])


@server("rfc8415:18.3.7-1a")
@KINDS
async def test_what_is_released_is_free(client: Client, kind: type[IaNa | IaPd]) -> None:
    """A Renew does not find a lease that was released."""
    if client.case.claims["creates_on_renew"]:
        client.case.not_applicable("a Renew would lease it again", "Renew 会重新分配")
    lease = await given_back(client, kinds(client, kind))
    found = same_ia(await renewed(client, lease.ia), lease.ia)
    check(not leases(found), "a lease that was released is still bound", got=found)


@server("rfc8415:18.3.7-1a")
async def test_each_ia_is_released(client: Client) -> None:
    """Of several IAs in a Release each is freed."""
    if client.case.claims["creates_on_renew"]:
        client.case.not_applicable("a Renew would lease it again", "Renew 会重新分配")
    held = [(await client.leased(client.ia())).ia for _ in range(2)]
    await client.obtained(client.to_server(Release, *held))
    reply = await renewed(client, *held)
    left = [ia for ia in held if leases(same_ia(reply, ia))]
    check(not left, "a lease that was released is still bound", got=describe(reply))


@server("rfc8415:18.3.7-1b")
@KINDS
async def test_the_lease_of_another_client_stays(client: Client, kind: type[IaNa | IaPd]) -> None:
    """A lease that another client has is not freed; its owner keeps it."""
    owner, other = client, neighbour(client)
    theirs = await owner.leased(kinds(client, kind))
    own = await other.leased(kind(iaid=other.iaid()))
    await other.obtained(other.to_server(Release, type(own.ia)(iaid=own.ia.iaid, options=theirs.ia.options)))
    check(await still_bound(owner, theirs), "another client has freed the lease")


@server("rfc8415:18.3.7-2")
async def test_a_release_is_answered_with_success(client: Client) -> None:
    """The answer is a Reply with the transaction-id of the Release, both identifiers and Success."""
    lease = await client.leased()
    reply = await client.asks(client.to_server(Release, lease.ia), Reply)
    check_identifiers(client, reply)
    check(status(reply) == StatusCode.SUCCESS, "the status is not Success", got=describe(reply))


@server("rfc8415:18.3.7-2")
async def test_a_release_of_an_unknown_ia_has_success_too(client: Client) -> None:
    """The status of the Reply is Success even where an IA in it tells NoBinding."""
    lease = await given_back(client)
    reply = await client.obtained(client.to_server(Release, lease.ia))
    check(status(reply) == StatusCode.SUCCESS, "the status is not Success", got=describe(reply))


@server("rfc8415:18.3.7-3")
@KINDS
async def test_an_unknown_ia_has_no_binding(client: Client, kind: type[IaNa | IaPd]) -> None:
    """An IA that was released already comes back with NoBinding and nothing else."""
    lease = await given_back(client, kinds(client, kind))
    await check_no_binding(client, client.to_server(Release, lease.ia), lease.ia, alone=True)
