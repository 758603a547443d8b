"""RFC 8415, 18.3.1, 18.3.9 and 21.14: Solicit, Advertise, Rapid Commit."""

from ipaddress import IPv6Address

from conformance.engine import Unready, a, check

from ..ipv6.provide import CHATTER
from .asking import CONFIGURATION, DNS, check_identifiers, codes, conversation, leases, lost, prefix, same_ia
from .bind import server
from .client import Client, Datagram
from .wire import (
    Advertise,
    IaAddr,
    IaNa,
    Message,
    OptionCode,
    OptionRequest,
    Preference,
    RapidCommit,
    Reply,
    Request,
    Solicit,
    VendorOpts,
    describe,
)


@server("rfc8415:18.3.1-2")
async def test_a_solicit_is_answered_with_an_advertise(client: Client) -> None:
    """Without Rapid Commit the answer is an Advertise."""
    await client.say(client.message(Solicit, client.ia()))
    await client.answer(Advertise)


@server("rfc8415:18.3.1-2")
async def test_rapid_commit_without_leave_is_answered_with_an_advertise(client: Client) -> None:
    """A server that is not configured for Rapid Commit answers with an Advertise as ever."""
    if client.case.claims["rapid_commit"]:
        client.case.not_applicable("the server commits rapidly", "服务器支持 Rapid Commit")
    await client.say(client.message(Solicit, RapidCommit(), client.ia()))
    await client.answer(Advertise)


@server("rfc8415:18.3.1-3")
async def test_rapid_commit_is_answered_with_a_reply(client: Client) -> None:
    """A server that is configured for it answers a Solicit with Rapid Commit by a Reply with leases."""
    ia = client.ia()
    reply = await client.asks(client.message(Solicit, RapidCommit(), ia), Reply)
    check(leases(same_ia(reply, ia)), "the Reply leases nothing", got=describe(reply))


async def committed(client: Client) -> Reply:
    """The Reply to a Solicit with Rapid Commit. Raises Unready."""
    reply: Reply = await client.obtained(client.message(Solicit, RapidCommit(), client.ia()), Reply)
    return reply


@server("rfc8415:18.3.1-4")
async def test_a_rapid_reply_is_committed(client: Client) -> None:
    """What that Reply leases is bound: a Renew right after it finds it."""
    ia = client.ia()
    reply = await client.obtained(client.message(Solicit, RapidCommit(), ia), Reply)
    leased = same_ia(reply, ia)
    if leased is None or not leases(leased):
        raise Unready("the server leases nothing")
    over = await lost(client, leased)
    check(not over, "a Renew does not find the lease", got=sorted(map(str, over)))


@server("rfc8415:18.3.1-5", "rfc8415:21.14-1")
async def test_a_rapid_reply_has_rapid_commit(client: Client) -> None:
    """A Reply to a Solicit has a Rapid Commit option."""
    reply = await committed(client)
    check(reply.first(RapidCommit) is not None, "the Reply has no Rapid Commit option", got=describe(reply))


@server("rfc8415:21.14-2")
async def test_no_other_message_has_rapid_commit(client: Client) -> None:
    """No Advertise and no Reply to another message has a Rapid Commit option."""
    answers = [each.answer for each in await conversation(client)]
    wrong = [each for each in answers if each.first(RapidCommit)]
    check(not wrong, "Rapid Commit stands where none was asked for", got=wrong and describe(wrong[0]))


# Advertise.


@server("rfc8415:18.3.9-1")
async def test_an_advertise_answers_the_solicit(client: Client) -> None:
    """An Advertise has the transaction-id of the Solicit and the identifiers of both sides."""
    message = client.message(Solicit, client.ia())
    await client.say(message)
    event = await client.next(passing=CHATTER)
    if not a(Datagram, message=a(Advertise)).matches(event):
        raise Unready("no Advertise came")
    advertise = event.message
    same = advertise.transaction_id == message.transaction_id
    check(same, "the transaction-id is another", expected=message.transaction_id, got=advertise.transaction_id)
    check_identifiers(client, advertise)


@server("rfc8415:18.3.9-2c")
async def test_the_preference_is_0_unless_set(client: Client) -> None:
    """The server preference value is 0, in the option or by its absence."""
    preference = (await client.advertised()).first(Preference)
    check(preference is None or preference.pref_value == 0, "the preference is not 0", got=preference)


@server("rfc8415:18.3.9-3")
async def test_an_advertise_has_what_is_requested(client: Client) -> None:
    """An Advertise has the options that are asked for and that the server is configured to return."""
    advertise = await client.advertised(client.ia(), OptionRequest(requested_option_codes=DNS))
    missing = set(DNS) - codes(advertise)
    check(not missing, "an option that was asked for is missing", expected=DNS, got=describe(advertise))


@server("rfc8415:18.3.9-4")
async def test_a_container_comes_with_its_content(client: Client) -> None:
    """A container option that was asked for has in an Advertise what it has in the Reply."""
    wanted = OptionRequest(requested_option_codes=(OptionCode.VENDOR_OPTS,))
    ia = client.ia()
    advertise = await client.advertised(ia, wanted)
    reply = await client.obtained(client.to_server(Request, same_ia(advertise, ia) or ia, wanted))
    if not reply.first(VendorOpts):
        raise Unready("the server returns no Vendor-specific Information")
    offered, given = content(advertise), content(reply)
    check(given == offered and all(offered.values()), "the container lacks content", expected=given, got=offered)


def content(message: Message) -> dict[int, set[int]]:
    """The suboptions of Vendor-specific Information, by enterprise number."""
    return {
        each.enterprise_number: {suboption.code for suboption in each.vendor_option_data}
        for each in message.every(VendorOpts)
    }


@server("rfc8415:18.3.9-5")
async def test_an_advertise_has_the_leases_to_be_had(client: Client) -> None:
    """For each IA of the Solicit the Advertise has one, with what would be assigned."""
    ias = client.ias()
    advertise = await client.advertised(*ias)
    for ia in ias:
        check(
            leases(same_ia(advertise, ia)), f"the Advertise offers nothing for an {ia.TITLE}", got=describe(advertise)
        )


@server("rfc8415:18.3.9-6b")
async def test_a_hint_that_is_not_followed_is_not_advertised(client: Client) -> None:
    """An address that the client hints at is in the Advertise only if the server then assigns it."""
    hint = prefix(client)[client.case.rng.getrandbits(30) | 1 << 62]
    await check_hint(client, hint)


@server("rfc8415:18.3.9-6b")
async def test_a_hint_of_another_link_is_not_advertised(client: Client) -> None:
    """An address that is not right for the link is not in the Advertise."""
    await check_hint(client, IPv6Address("2001:db8:ffff:ffff::") + client.case.rng.getrandbits(60))


async def check_hint(client: Client, hint: IPv6Address) -> None:
    """A hint that is advertised is assigned to a Request. Raises Nonconformity."""
    if not client.case.claims["ia_na"]:
        client.case.not_applicable("the server assigns no addresses", "服务器不分配地址")
    ia = IaNa(iaid=client.iaid(), options=(IaAddr(ipv6_address=hint),))
    advertise = await client.obtained(client.message(Solicit, ia), Advertise)
    offered = same_ia(advertise, ia)
    if offered is None or hint not in leases(offered):
        return
    reply = await client.obtained(client.to_server(Request, offered))
    check(hint in leases(same_ia(reply, ia)), "a hint was advertised and not assigned", got=describe(reply))


@server("rfc8415:18.3.9-9")
async def test_an_advertise_has_the_options_of_the_reply(client: Client) -> None:
    """What the Reply to the Request holds, the Advertise holds already."""
    ia, wanted = client.ia(), OptionRequest(requested_option_codes=CONFIGURATION)
    advertise = await client.advertised(ia, wanted)
    reply = await client.obtained(client.to_server(Request, same_ia(advertise, ia) or ia, wanted))
    others = {OptionCode.CLIENTID, OptionCode.SERVERID, OptionCode.STATUS_CODE}
    missing = codes(reply) - codes(advertise) - others
    check(not missing, "the Reply has options that the Advertise has not", got=sorted(missing))
