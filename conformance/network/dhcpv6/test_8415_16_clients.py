"""RFC 8415, 16.2 to 16.12: which messages of clients are valid."""

from dataclasses import replace

import pytest

from conformance.engine import check, negative

from .asking import still_bound
from .bind import server
from .client import Client, other_duid
from .wire import (
    Advertise,
    ClientId,
    Confirm,
    Decline,
    Dhcp,
    Duid,
    IaNa,
    IaPd,
    InformationRequest,
    Rebind,
    Release,
    Renew,
    Reply,
    Request,
    ServerId,
    Solicit,
)

DUIDS = ("the server's own", "another server's")


def server_duid(client: Client, whose: str) -> Duid:
    """The DUID of a Server Identifier."""
    return client.server.duid if whose == DUIDS[0] else other_duid(client)


def misdirected(client: Client, message: Dhcp) -> Dhcp:
    """The message with the Server Identifier of another server."""
    foreign = ServerId(duid=other_duid(client))
    options = tuple(foreign if isinstance(each, ServerId) else each for each in message.options)
    return replace(message, options=options)


@server("rfc8415:16.2-1")
@negative
async def test_a_solicit_without_client_identifier_is_discarded(client: Client) -> None:
    """A Solicit without a Client Identifier is discarded."""
    await client.say(client.message(Solicit, client.ia()).without(ClientId))
    await client.expect_discarded()


@server("rfc8415:16.2-2")
@pytest.mark.parametrize("whose", DUIDS)
@negative
async def test_a_solicit_with_a_server_identifier_is_discarded(client: Client, whose: str) -> None:
    """A Solicit has no Server Identifier, whosever DUID it would hold."""
    await client.say(client.message(Solicit, ServerId(duid=server_duid(client, whose)), client.ia()))
    await client.expect_discarded()


@server("rfc8415:16.4-1")
@negative
async def test_a_request_without_server_identifier_is_discarded(client: Client) -> None:
    """A Request that names no server is discarded."""
    await client.say(client.message(Request, client.ia()))
    await client.expect_discarded()


@server("rfc8415:16.4-2")
@negative
async def test_a_request_to_another_server_is_discarded(client: Client) -> None:
    """A Request that names another server is discarded."""
    await client.say(misdirected(client, client.to_server(Request, client.ia())))
    await client.expect_discarded()


@server("rfc8415:16.4-3")
@negative
async def test_a_request_without_client_identifier_is_discarded(client: Client) -> None:
    """A Request without a Client Identifier is discarded."""
    await client.say(client.to_server(Request, client.ia()).without(ClientId))
    await client.expect_discarded()


@server("rfc8415:16.5-1")
@negative
async def test_a_confirm_without_client_identifier_is_discarded(client: Client) -> None:
    """A Confirm without a Client Identifier is discarded."""
    lease = await client.leased(IaNa(iaid=client.iaid()))
    await client.say(client.message(Confirm, lease.ia).without(ClientId))
    await client.expect_discarded()


@server("rfc8415:16.5-2")
@pytest.mark.parametrize("whose", DUIDS)
@negative
async def test_a_confirm_with_a_server_identifier_is_discarded(client: Client, whose: str) -> None:
    """A Confirm has no Server Identifier, whosever DUID it would hold."""
    lease = await client.leased(IaNa(iaid=client.iaid()))
    await client.say(client.message(Confirm, ServerId(duid=server_duid(client, whose)), lease.ia))
    await client.expect_discarded()


@server("rfc8415:16.6-1")
@negative
async def test_a_renew_without_server_identifier_is_discarded(client: Client) -> None:
    """A Renew that names no server is discarded."""
    lease = await client.leased()
    await client.say(client.message(Renew, lease.ia))
    await client.expect_discarded()


@server("rfc8415:16.6-2")
@negative
async def test_a_renew_to_another_server_is_discarded(client: Client) -> None:
    """A Renew that names another server is discarded."""
    lease = await client.leased()
    await client.say(misdirected(client, client.to_server(Renew, lease.ia)))
    await client.expect_discarded()


@server("rfc8415:16.6-3")
@negative
async def test_a_renew_without_client_identifier_is_discarded(client: Client) -> None:
    """A Renew without a Client Identifier is discarded."""
    lease = await client.leased()
    await client.say(client.to_server(Renew, lease.ia).without(ClientId))
    await client.expect_discarded()


@server("rfc8415:16.7-1")
@negative
async def test_a_rebind_without_client_identifier_is_discarded(client: Client) -> None:
    """A Rebind without a Client Identifier is discarded."""
    lease = await client.leased()
    await client.say(client.message(Rebind, lease.ia).without(ClientId))
    await client.expect_discarded()


@server("rfc8415:16.7-2")
@pytest.mark.parametrize("whose", DUIDS)
@negative
async def test_a_rebind_with_a_server_identifier_is_discarded(client: Client, whose: str) -> None:
    """A Rebind has no Server Identifier, whosever DUID it would hold."""
    lease = await client.leased()
    await client.say(client.message(Rebind, ServerId(duid=server_duid(client, whose)), lease.ia))
    await client.expect_discarded()


@server("rfc8415:16.8-1")
@negative
async def test_a_decline_without_server_identifier_is_discarded(client: Client) -> None:
    """A Decline that names no server is discarded; the address stays bound."""
    lease = await client.leased(IaNa(iaid=client.iaid()))
    await client.say(client.message(Decline, lease.ia))
    await client.expect_discarded()
    check(await still_bound(client, lease), "the address is not bound any more")


@server("rfc8415:16.8-2")
@negative
async def test_a_decline_to_another_server_is_discarded(client: Client) -> None:
    """A Decline that names another server is discarded; the address stays bound."""
    lease = await client.leased(IaNa(iaid=client.iaid()))
    await client.say(misdirected(client, client.to_server(Decline, lease.ia)))
    await client.expect_discarded()
    check(await still_bound(client, lease), "the address is not bound any more")


@server("rfc8415:16.8-3")
@negative
async def test_a_decline_without_client_identifier_is_discarded(client: Client) -> None:
    """A Decline without a Client Identifier is discarded; the address stays bound."""
    lease = await client.leased(IaNa(iaid=client.iaid()))
    await client.say(client.to_server(Decline, lease.ia).without(ClientId))
    await client.expect_discarded()
    check(await still_bound(client, lease), "the address is not bound any more")


@server("rfc8415:16.9-1")
@negative
async def test_a_release_without_server_identifier_is_discarded(client: Client) -> None:
    """A Release that names no server is discarded; the lease stays."""
    lease = await client.leased()
    await client.say(client.message(Release, lease.ia))
    await client.expect_discarded()
    check(await still_bound(client, lease), "the lease has ended")


@server("rfc8415:16.9-2")
@negative
async def test_a_release_to_another_server_is_discarded(client: Client) -> None:
    """A Release that names another server is discarded; the lease stays."""
    lease = await client.leased()
    await client.say(misdirected(client, client.to_server(Release, lease.ia)))
    await client.expect_discarded()
    check(await still_bound(client, lease), "the lease has ended")


@server("rfc8415:16.9-3")
@negative
async def test_a_release_without_client_identifier_is_discarded(client: Client) -> None:
    """A Release without a Client Identifier is discarded; the lease stays."""
    lease = await client.leased()
    await client.say(client.to_server(Release, lease.ia).without(ClientId))
    await client.expect_discarded()
    check(await still_bound(client, lease), "the lease has ended")


@server("rfc8415:16.12-1")
@negative
async def test_an_information_request_to_another_server_is_discarded(client: Client) -> None:
    """An Information-request that names another server is discarded."""
    await client.say(misdirected(client, client.to_server(InformationRequest)))
    await client.expect_discarded()


@server("rfc8415:16.12-1")
async def test_an_information_request_to_the_server_is_answered(client: Client) -> None:
    """One that names the server itself is answered."""
    await client.obtained(client.message(InformationRequest), Advertise | Reply)
    await client.asks(client.to_server(InformationRequest), Advertise | Reply)


@server("rfc8415:16.12-2")
@pytest.mark.parametrize("kind", [IaNa, IaPd], ids=lambda kind: str(kind.TITLE))
@negative
async def test_an_information_request_with_an_ia_is_discarded(client: Client, kind: type[IaNa | IaPd]) -> None:
    """An Information-request that asks for leases is discarded."""
    if not client.case.claims["ia_pd" if kind is IaPd else "ia_na"]:
        client.case.not_applicable(f"the server knows no {kind.TITLE}", f"服务器不支持 {kind.TITLE}")
    await client.say(client.message(InformationRequest, kind(iaid=client.iaid())))
    await client.expect_discarded()
