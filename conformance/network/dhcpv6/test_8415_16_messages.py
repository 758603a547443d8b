"""RFC 8415, 16, 16.3, 16.10, 16.11, 16.14, and RFC 9915, 16: messages of other kinds, unknown options, unicast."""

import pytest

from conformance.engine import a, check, negative

from ..ipv6.provide import CHATTER
from .asking import CONFIGURATION, codes, conversation, status
from .bind import server
from .client import UNSPEC_FAIL, USE_MULTICAST, Client, Datagram
from .wire import (
    Advertise,
    ClientId,
    Confirm,
    Holder,
    IaNa,
    InformationRequest,
    Message,
    Option,
    OptionRequest,
    RawOption,
    Rebind,
    Reconfigure,
    ReconfigureMessage,
    RelayMessage,
    RelayReply,
    Renew,
    Reply,
    Request,
    Solicit,
    StatusCode,
    Suboption,
    VendorClass,
    VendorOpts,
)

UNKNOWN_TYPE = 200
UNKNOWN_OPTION = 65_000
ENTERPRISE = 4_294_967_294
"""An enterprise number that nobody has."""
UNKNOWN: tuple[Option, ...] = (
    RawOption(code=UNKNOWN_OPTION, octets=b"unknown"),
    VendorClass(enterprise_number=ENTERPRISE, vendor_class_data=(b"unknown",)),
    VendorOpts(enterprise_number=ENTERPRISE, vendor_option_data=(Suboption(code=1, octets=b"unknown"),)),
)


def name_of(option: Option) -> str:
    return str(option.TITLE) if not isinstance(option, RawOption) else str(option.code)


@server("rfc8415:16-1")
@pytest.mark.parametrize("option", UNKNOWN, ids=name_of)
@negative
async def test_an_unknown_option_is_no_reason_to_discard(client: Client, option: Option) -> None:
    """A message with an option that the server does not know, or of an unknown vendor, is answered."""
    await client.asks(client.message(Solicit, client.ia(), option), Advertise | Reply)


@server("rfc8415:16-6")
@negative
async def test_an_unknown_option_changes_nothing(client: Client) -> None:
    """The answer has the options that it has without the unknown one."""
    ia, wanted = client.ia(), OptionRequest(requested_option_codes=CONFIGURATION)
    plain = await client.obtained(client.message(Solicit, ia, wanted), Advertise)
    unknown = await client.obtained(client.message(Solicit, ia, wanted, UNKNOWN[0]), Advertise)
    check(
        codes(plain) == codes(unknown) and status(plain) == status(unknown),
        "an unknown option changes the answer",
        expected=sorted(codes(plain)),
        got=sorted(codes(unknown)),
    )


@server("rfc8415:16-2")
@negative
async def test_an_unknown_type_is_discarded(client: Client) -> None:
    """A message of a type that nobody has defined is discarded."""
    await client.say(client.message(Message, client.ia(), msg_type=UNKNOWN_TYPE))
    await client.expect_silence()


@server("rfc8415:16.3-1")
@negative
async def test_an_advertise_is_discarded(client: Client) -> None:
    """Servers take no Advertise."""
    await client.say(client.to_server(Advertise, client.ia()))
    await client.expect_discarded()


@server("rfc8415:16.10-1")
@negative
async def test_a_reply_is_discarded(client: Client) -> None:
    """Servers take no Reply."""
    await client.say(client.to_server(Reply, client.ia()))
    await client.expect_discarded()


@server("rfc8415:16.11-1")
@negative
async def test_a_reconfigure_is_discarded(client: Client) -> None:
    """Servers take no Reconfigure."""
    await client.say(client.to_server(Reconfigure, ReconfigureMessage(msg_type=5), transaction_id=0))
    await client.expect_discarded()


@server("rfc8415:16.14-1")
@negative
async def test_a_relay_reply_is_discarded(client: Client) -> None:
    """Servers take no Relay-reply, whatever it holds."""
    inner = client.message(Solicit, client.ia())
    options = (RelayMessage(dhcp_relay_message=inner),)
    await client.say(RelayReply(peer_address=client.link_local, options=options))
    await client.expect_discarded()


@server("rfc8415:16.10-2a")
async def test_a_reply_has_the_client_identifier_of_its_message(client: Client) -> None:
    """Every Reply has the Client Identifier of the message that it answers."""
    replies = [each.answer for each in await conversation(client) if isinstance(each.answer, Reply)]
    wrong = [each for each in replies if each.first(ClientId) != ClientId(duid=client.duid)]
    check(not wrong, "a Reply has not the Client Identifier of its message", got=wrong and wrong[0].first(ClientId))


@server("rfc8415:16.10-2b")
async def test_a_reply_to_nobody_has_no_client_identifier(client: Client) -> None:
    """The Reply to a message without a Client Identifier has none."""
    reply = await client.obtained(client.message(InformationRequest).without(ClientId))
    check(reply.first(ClientId) is None, "the Reply has a Client Identifier", got=reply.first(ClientId))


# Unicast.


def messages_to_all(client: Client, kind: type[Message]) -> Message:
    """A valid message of a kind that names no server."""
    ias = () if kind is InformationRequest else (client.ia(),)
    message: Message = client.message(kind, *ias)
    return message


@server("rfc8415:16-3")
@pytest.mark.parametrize("kind", [Solicit, Rebind, InformationRequest], ids=lambda kind: str(kind.TITLE))
@negative
async def test_a_message_to_all_servers_is_not_taken_by_unicast(client: Client, kind: type[Message]) -> None:
    """A Solicit, Rebind or Information-request to a unicast address is discarded; UseMulticast is no normal answer."""
    message = messages_to_all(client, kind)
    if kind is Rebind:
        message = client.message(Rebind, (await client.leased()).ia)
    await client.say(message, to=client.product.link_local)
    await client.expect_silence(passing=CHATTER | UNSPEC_FAIL | USE_MULTICAST)


@server("rfc8415:16-3")
@negative
async def test_a_confirm_is_not_taken_by_unicast(client: Client) -> None:
    """Nor is a Confirm."""
    lease = await client.leased(IaNa(iaid=client.iaid()))
    await client.say(client.message(Confirm, lease.ia), to=client.product.link_local)
    await client.expect_silence(passing=CHATTER | UNSPEC_FAIL | USE_MULTICAST)


@server("rfc9915:16-1")
@pytest.mark.parametrize("kind", [Solicit, Request, Renew], ids=lambda kind: str(kind.TITLE))
@negative
async def test_unicast_is_not_accepted(client: Client, kind: type[Message]) -> None:
    """What a client sends to a unicast address is not accepted; an answer that tells so is no acceptance."""
    ia = (await client.leased()).ia if kind is Renew else client.ia()
    message = client.message(Solicit, ia) if kind is Solicit else client.to_server(kind, ia)
    await client.say(message, to=client.product.link_local)
    await client.expect_silence(passing=CHATTER | UNSPEC_FAIL | USE_MULTICAST)


def other_status(message: Holder) -> bool:
    """any status but UseMulticast"""
    return status(message) != StatusCode.USE_MULTICAST


@server("rfc9915:21.13-1")
@negative
async def test_use_multicast_is_not_said(client: Client) -> None:
    """The status UseMulticast is obsolete: no unicast message is answered with it."""
    await client.say(client.to_server(Request, client.ia()), to=client.product.link_local)
    await client.expect_silence(passing=CHATTER | a(Datagram, message=other_status))
