"""RFC 8415, 9, 18.3.10, 19.3 and 21.18: messages that come through relay agents."""

import pytest

from conformance.engine import Unready, a, check, negative

from ..ipv6.provide import CHATTER
from .asking import check_identifiers, leases, same_ia, walk
from .bind import server
from .client import Client, Datagram
from .holding import foreign_address
from .relaying import (
    expect_nothing_for,
    first_hop,
    handed_back,
    handed_on,
    innermost,
    inside,
    levels,
    link_local,
    next_hop,
    served,
)
from .wire import (
    HOP_COUNT_LIMIT,
    Advertise,
    Confirm,
    IaAddr,
    IaNa,
    InterfaceId,
    Message,
    RelayMessage,
    RelayReply,
    Reply,
    Request,
    Solicit,
    describe,
)

IDENTIFIERS = (b"\0", b"\x80\xff\0port", bytes(range(256)), b"%n%s<&>\r\n", b"x" * 500)
"""Values that an Interface-Id may have: it is opaque, and of any length."""


def solicit(relay: Client) -> Message:
    """A Solicit of a client behind a relay agent."""
    message: Message = relay.message(Solicit, relay.ia())
    return message


def interface_id(relay: Client) -> InterfaceId:
    """An identifier as relay agents have them."""
    return InterfaceId(interface_id=f"port {relay.case.rng.randrange(1000)}".encode())


# What a Relay-reply holds.


@server("rfc8415:9.1-1")
@negative
async def test_a_relay_forward_without_message_is_not_answered(relay: Client) -> None:
    """There is nothing to answer in a Relay-forward without Relay Message option."""
    await relay.say(handed_on(None, first_hop(relay, interface_id(relay))))
    await expect_nothing_for(relay)


@server("rfc8415:9.2-1a")
async def test_a_relay_reply_has_the_fields_of_the_relay_forward(relay: Client) -> None:
    """Hop-count, link-address and peer-address come back as they were."""
    forward = handed_on(solicit(relay), first_hop(relay))
    reply = await handed_back(relay, forward)
    sent = (forward.hop_count, forward.link_address, forward.peer_address)
    got = (reply.hop_count, reply.link_address, reply.peer_address)
    check(sent == got, "the Relay-reply has other fields than the Relay-forward", expected=sent, got=got)


@server("rfc8415:9.2-1b")
async def test_a_relay_reply_holds_a_relay_message(relay: Client) -> None:
    """A Relay-reply holds what is for the client in a Relay Message option."""
    reply = await handed_back(relay, handed_on(solicit(relay), first_hop(relay)))
    check(reply.first(RelayMessage) is not None, "the Relay-reply has no Relay Message option", got=describe(reply))


@server("rfc8415:18.3-4")
async def test_a_relayed_solicit_is_answered(relay: Client) -> None:
    """A client behind a relay agent gets its Advertise through that."""
    message = solicit(relay)
    await relay.say(handed_on(message, first_hop(relay)))
    reply = await relay.answer(RelayReply)
    found = innermost(reply)
    if found is None:
        raise Unready(f"the Relay-reply holds nothing for the client: {describe(reply)}")
    fits = isinstance(found, Advertise | Reply) and found.transaction_id == message.transaction_id
    check(fits, "the Relay-reply holds no answer to the Solicit", got=describe(reply))


@server("rfc8415:18.3-4")
async def test_a_relayed_client_gets_a_lease(relay: Client) -> None:
    """The whole exchange goes through a relay agent."""
    ia, hop = relay.ia(), first_hop(relay)
    advertise = await served(relay, handed_on(relay.message(Solicit, ia), hop))
    message = relay.to_server(Request, same_ia(advertise, ia) or ia)
    reply = await handed_back(relay, handed_on(message, hop))
    found = innermost(reply)
    fits = isinstance(found, Advertise | Reply) and leases(same_ia(found, ia))
    check(fits, "the Relay-reply holds no lease for the Request", got=describe(reply))


@server("rfc8415:18.3-2")
async def test_a_relayed_answer_has_the_identifiers_of_both(relay: Client) -> None:
    """Relay agents change nothing about the identifiers of server and client."""
    check_identifiers(relay, await served(relay, handed_on(solicit(relay), first_hop(relay))))


# Several relay agents.


@server("rfc8415:19.3-1", "rfc8415:18.3-4")
@pytest.mark.parametrize("count", [2, 3, HOP_COUNT_LIMIT])
async def test_an_answer_goes_back_through_all_relay_agents(relay: Client, count: int) -> None:
    """The answer comes in as many Relay-replies inside each other, each with the fields of its Relay-forward."""
    hops = [first_hop(relay), *(next_hop(relay) for _ in range(count - 1))]
    reply = await handed_back(relay, handed_on(solicit(relay), *hops))
    if inside(list(levels(reply))[-1]) is None:
        raise Unready(f"the Relay-reply holds nothing for the client: {describe(reply)}")
    sent = [(at, hop.link, hop.peer) for at, hop in enumerate(hops)]
    got = [(each.hop_count, each.link_address, each.peer_address) for each in levels(reply)]
    check(sent[::-1] == got, "the Relay-replies are not those of the Relay-forwards", expected=sent[::-1], got=got)


# Where it goes.


@server("rfc8415:18.3.10-2")
async def test_a_relay_reply_goes_to_the_relay_agent(relay: Client) -> None:
    """A Relay-reply is unicast to the address that the Relay-forward came from, whatever its peer-address says."""
    address = link_local(relay)
    relay.add(address)
    await relay.say(handed_on(solicit(relay), first_hop(relay)), source=address)
    event = await relay.next(passing=CHATTER)
    if not a(Datagram, message=a(RelayReply)).matches(event):
        raise Unready("no Relay-reply came")
    to = event.frame.ip.destination
    check(to == address, "the Relay-reply does not go to the relay agent", expected=address, got=to)


@server("rfc8415:18.3.3-2b")
async def test_a_confirm_from_an_unknown_link_gets_no_reply(relay: Client) -> None:
    """A Confirm through a relay agent on a link of which the server knows no prefix gets no Reply."""
    link = foreign_address(relay)
    held = IaAddr(ipv6_address=link + 1, preferred_lifetime=3000, valid_lifetime=4000)
    message = relay.message(Confirm, IaNa(iaid=relay.iaid(), options=(held,)))
    await relay.say(handed_on(message, first_hop(relay, link=link)))
    await expect_nothing_for(relay)


# Interface-Id.


@server("rfc8415:21.18-1a", "rfc8415:18.3.10-3")
async def test_an_interface_id_comes_back(relay: Client) -> None:
    """The Interface-Id of a Relay-forward is in the Relay-reply as it was."""
    mine = interface_id(relay)
    reply = await handed_back(relay, handed_on(solicit(relay), first_hop(relay, mine)))
    got = reply.every(InterfaceId)
    check(got == (mine,), "the Interface-Id does not come back as it was", expected=mine, got=got)


@server("rfc8415:21.18-1a", "rfc8415:18.3.10-3")
async def test_each_interface_id_comes_back_at_its_level(relay: Client) -> None:
    """Of three relay agents, two with an Interface-Id, each gets back its own or none."""
    first, last = interface_id(relay), InterfaceId(interface_id=b"uplink")
    hops = [first_hop(relay, first), next_hop(relay), next_hop(relay, last)]
    reply = await handed_back(relay, handed_on(solicit(relay), *hops))
    got = [each.every(InterfaceId) for each in levels(reply)]
    if len(got) != len(hops):
        raise Unready(f"the answer comes through other relay agents: {describe(reply)}")
    wanted = [(last,), (), (first,)]
    check(got == wanted, "the Interface-Ids are not at their levels", expected=wanted, got=got)


@server("rfc8415:21.18-1b")
@pytest.mark.parametrize("value", IDENTIFIERS, ids=["zero", "binary", "all octets", "text", "long"])
async def test_any_interface_id_is_served(relay: Client, value: bytes) -> None:
    """The content of an Interface-Id means nothing to the server: the client is served."""
    await relay.say(handed_on(solicit(relay), first_hop(relay, InterfaceId(interface_id=value))))
    await relay.answer(RelayReply)


@server("rfc8415:21.18-2")
async def test_no_other_message_has_an_interface_id(relay: Client) -> None:
    """What is for the client has no Interface-Id."""
    message = await served(relay, handed_on(solicit(relay), first_hop(relay, interface_id(relay))))
    found = [option for _, option in walk(message) if isinstance(option, InterfaceId)]
    check(not found, "an Interface-Id is in a message for a client", got=describe(message))
