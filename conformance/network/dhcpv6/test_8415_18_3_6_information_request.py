"""RFC 8415, 18.3.6: Information-request and its Reply."""

from conformance.engine import check

from .asking import DNS, check_identifiers, ias_of
from .bind import server
from .client import Client
from .holding import check_requested
from .wire import ClientId, InformationRequest, OptionCode, OptionRequest, Reply, ServerId, describe


@server("rfc8415:18.3.6-1", "rfc8415:18.3-2")
async def test_the_reply_has_the_identifiers_of_both(client: Client) -> None:
    """The Reply to an Information-request has the identifiers of server and client."""
    check_identifiers(client, await client.obtained(client.message(InformationRequest)))


@server("rfc8415:18.3.6-1", "rfc8415:18.3-2")
async def test_the_reply_to_nobody_names_the_server(client: Client) -> None:
    """So it has the server's where the client has not told its own."""
    reply = await client.obtained(client.message(InformationRequest).without(ClientId))
    named = reply.first(ServerId) == ServerId(duid=client.server.duid)
    check(named, "the Server Identifier is not the server's", got=describe(reply))


@server("rfc8415:18.3.6-2")
async def test_a_client_without_identifier_is_answered(client: Client) -> None:
    """An Information-request without a Client Identifier is answered."""
    await client.asks(client.message(InformationRequest).without(ClientId), Reply)


@server("rfc8415:18.3.6-3")
async def test_the_reply_holds_no_leases(client: Client) -> None:
    """The Reply has no IA, even if the client names IAs among the options that it wants."""
    wanted = OptionRequest(requested_option_codes=(OptionCode.IA_NA, OptionCode.IA_PD, *DNS))
    reply = await client.obtained(client.message(InformationRequest, wanted))
    check(not ias_of(reply), "the Reply to an Information-request holds an IA", got=describe(reply))


@server("rfc8415:18.3.6-4")
async def test_an_information_request_is_answered_with_a_reply(client: Client) -> None:
    """The answer is a Reply with the transaction-id of the Information-request."""
    await client.asks(client.message(InformationRequest), Reply)


@server("rfc8415:18.3.6-6", "rfc8415:18.3-3")
async def test_a_reply_has_what_is_requested(client: Client) -> None:
    """The Reply has the options that are asked for and that the server is configured to return."""
    await check_requested(client, client.message(InformationRequest))
