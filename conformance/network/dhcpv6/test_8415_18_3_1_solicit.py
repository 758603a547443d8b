"""RFC 8415, 16.2, 18.3.1 and 18.3.9: Solicit and Advertise."""

from conformance.engine import negative

from .bind import server
from .client import Client
from .wire import Advertise, ClientId, IaNa, ServerId, Solicit


@server("rfc8415:18.3.9-1")
async def test_an_advertise_answers_the_solicit(client: Client) -> None:
    """An Advertise has the transaction-id of the Solicit and the identifiers of both sides."""
    advertise = await client.asks(client.message(Solicit, IaNa(iaid=client.iaid())), Advertise)
    assert advertise.first(ClientId) == ClientId(duid=client.duid)
    assert advertise.first(ServerId) == ServerId(duid=client.server.duid)


@server("rfc8415:16.2-1")
@negative
async def test_a_solicit_without_client_identifier_is_discarded(client: Client) -> None:
    """A Solicit without a Client Identifier is discarded."""
    await client.say(client.message(Solicit, IaNa(iaid=client.iaid())).without(ClientId))
    await client.expect_silence()
