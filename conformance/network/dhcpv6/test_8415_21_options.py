"""RFC 8415, 21.7, 21.12 to 21.25 and B, RFC 9915, 21.12: options of configuration, and which options stand where."""

from conformance.engine import Unready, check, negative

from .asking import DNS, codes, conversation
from .bind import server
from .client import Client
from .wire import (
    Advertise,
    InfMaxRt,
    InformationRefreshTime,
    InformationRequest,
    Option,
    OptionCode,
    OptionRequest,
    Reply,
    ServerUnicast,
    Solicit,
    SolMaxRt,
    VendorOpts,
    describe,
)

UNKNOWN_CODES = (65_000, 65_001)
NEVER_REQUESTED = (OptionCode.CLIENTID, OptionCode.IA_NA, OptionCode.IAADDR, OptionCode.ELAPSED_TIME)
"""Codes that no Option Request may hold (RFC 8415, 24)."""
SHORTEST_S, LONGEST_S = 60, 86_400
IRT_MINIMUM_S = 600
NOWHERE = {
    OptionCode.ORO, OptionCode.ELAPSED_TIME, OptionCode.RELAY_MSG, OptionCode.INTERFACE_ID, OptionCode.RECONF_MSG,
}  # fmt: skip
"""Codes that neither an Advertise nor a Reply may hold (B)."""


def wanting(*wanted: int) -> OptionRequest:
    return OptionRequest(requested_option_codes=wanted)


async def check_served_alike(client: Client, *strange: int) -> None:
    """An Option Request with strange codes is answered, with the other options that it asks for."""
    message = client.message(Solicit, client.ia(), wanting(*strange, *DNS))
    answer = await client.asks(message, Advertise | Reply)
    plain = await client.obtained(client.message(Solicit, client.ia(), wanting(*DNS)), Advertise | Reply)
    missing = codes(plain) - codes(answer)
    check(not missing, "an option is missing beside strange codes", expected=sorted(codes(plain)), got=describe(answer))


@server("rfc8415:21.7-1")
@negative
async def test_unknown_codes_in_an_option_request_are_ignored(client: Client) -> None:
    """Codes that the server does not know are ignored."""
    await check_served_alike(client, *UNKNOWN_CODES)


@server("rfc8415:24-1")
@negative
async def test_codes_that_are_never_requested_are_ignored(client: Client) -> None:
    """Codes that an Option Request may not hold are ignored."""
    await check_served_alike(client, *NEVER_REQUESTED)


@server("rfc9915:21.12-1")
async def test_no_server_unicast_is_sent(client: Client) -> None:
    """The server sends no Server Unicast option, even when it is asked for."""
    answers = [each.answer for each in await conversation(client, codes=(OptionCode.UNICAST,))]
    wrong = [each for each in answers if each.first(ServerUnicast)]
    check(not wrong, "the server sends a Server Unicast option", got=wrong and describe(wrong[0]))


@server("rfc9915:21.12-2")
@negative
async def test_a_server_unicast_option_is_ignored(client: Client) -> None:
    """A message with a Server Unicast option is answered as without it."""
    option = ServerUnicast(server_address=client.link_local)
    await client.asks(client.message(Solicit, client.ia(), option), Advertise | Reply)


@server("rfc8415:21.17-1a")
async def test_vendor_information_comes_only_when_requested(client: Client) -> None:
    """Without its code in the Option Request there is no Vendor-specific Information."""
    answers = [each.answer for each in await conversation(client, codes=DNS)]
    wrong = [each for each in answers if each.first(VendorOpts)]
    check(not wrong, "Vendor-specific Information comes unasked", got=wrong and describe(wrong[0]))


async def informed(client: Client, *wanted: int) -> Reply:
    """The Reply to an Information-request. Raises Unready."""
    reply: Reply = await client.obtained(client.message(InformationRequest, wanting(*wanted)))
    return reply


@server("rfc8415:21.23-1")
async def test_the_refresh_time_comes_when_requested(client: Client) -> None:
    """An Information-request that asks for the Information Refresh Time gets it."""
    reply = await informed(client, OptionCode.INFORMATION_REFRESH_TIME)
    check(reply.first(InformationRefreshTime), "there is no Information Refresh Time", got=describe(reply))


@server("rfc8415:21.23-2a")
async def test_the_refresh_time_is_not_short(client: Client) -> None:
    """An information refresh time is at least 600 seconds."""
    found = (await informed(client, OptionCode.INFORMATION_REFRESH_TIME)).first(InformationRefreshTime)
    if found is None:
        raise Unready("the server returns no Information Refresh Time")
    time_s = found.information_refresh_time
    check(time_s >= IRT_MINIMUM_S, "the refresh time is too short", expected=IRT_MINIMUM_S, got=time_s)


@server("rfc8415:21.23-3")
async def test_the_refresh_time_comes_with_information_only(client: Client) -> None:
    """Only the Reply to an Information-request has an Information Refresh Time."""
    wanted = (*DNS, OptionCode.INFORMATION_REFRESH_TIME)
    others = [
        each.answer
        for each in await conversation(client, codes=wanted)
        if not isinstance(each.asked, InformationRequest)
    ]
    wrong = [each for each in others if each.first(InformationRefreshTime)]
    check(not wrong, "another message has an Information Refresh Time", got=wrong and describe(wrong[0]))


async def maximum(client: Client, kind: type[SolMaxRt | InfMaxRt]) -> int:
    """The value of SOL_MAX_RT or INF_MAX_RT, in seconds, where a Solicit or Information-request gets it.

    Raises Unready.
    """
    wanted = wanting(OptionCode.SOL_MAX_RT, OptionCode.INF_MAX_RT)
    message = client.message(InformationRequest, wanted)
    if not client.case.claims["information_request"]:
        message = client.message(Solicit, client.ia(), wanted)
    found = (await client.obtained(message, Advertise | Reply)).first(kind)
    if isinstance(found, SolMaxRt):
        return found.sol_max_rt_value
    if isinstance(found, InfMaxRt):
        return found.inf_max_rt_value
    raise Unready(f"the server returns no {kind.TITLE}")


@server("rfc8415:21.24-1a")
async def test_sol_max_rt_is_within_bounds(client: Client) -> None:
    """SOL_MAX_RT is 60 to 86400 seconds."""
    value_s = await maximum(client, SolMaxRt)
    check(SHORTEST_S <= value_s <= LONGEST_S, "SOL_MAX_RT is out of bounds", got=value_s)


@server("rfc8415:21.25-1a")
async def test_inf_max_rt_is_within_bounds(client: Client) -> None:
    """INF_MAX_RT is 60 to 86400 seconds."""
    value_s = await maximum(client, InfMaxRt)
    check(SHORTEST_S <= value_s <= LONGEST_S, "INF_MAX_RT is out of bounds", got=value_s)


@server("rfc8415:B-1")
async def test_no_option_stands_where_the_table_has_none(client: Client) -> None:
    """Advertise and Reply have no options that the tables of the standard do not allow there."""
    for exchange in await conversation(client):
        wrong = codes(exchange.answer) & forbidden(exchange.answer)
        check(not wrong, "an option stands in a message that it is not for", got=describe(exchange.answer))


def forbidden(answer: Option | object) -> set[int]:
    """Codes that an answer may not hold."""
    return NOWHERE | ({OptionCode.PREFERENCE} if isinstance(answer, Reply) else set())
