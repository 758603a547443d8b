"""What a relay agent does in cases: it hands a client's message on, and takes apart what comes back."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Any

from conformance.engine import Nonconformity, Silence, Unready, a, outcome

from ..ipv6.provide import CHATTER
from .asking import prefix
from .client import Client, Datagram, other_duid
from .wire import (
    ClientId,
    Dhcp,
    ElapsedTime,
    Message,
    Option,
    RelayForward,
    RelayMessage,
    RelayReply,
    Solicit,
    describe,
)


@dataclass(frozen=True)
class Hop:
    """One relay agent on the way of a message: where it stands and what it adds."""

    link: IPv6Address
    peer: IPv6Address
    options: tuple[Option, ...] = ()


def link_local(relay: Client) -> IPv6Address:
    """An address of some node on a link behind a relay agent."""
    return IPv6Address("fe80::") + relay.case.rng.getrandbits(62)


def own_link(relay: Client) -> IPv6Address:
    """An address of a relay agent on the link that the server has leases for. Raises Unready."""
    return prefix(relay)[relay.case.rng.getrandbits(62) | 1 << 62]


def first_hop(relay: Client, *options: Option, link: IPv6Address | None = None) -> Hop:
    """The relay agent on the client's link, which is the server's own unless another one is told."""
    return Hop(own_link(relay) if link is None else link, link_local(relay), options)


def next_hop(relay: Client, *options: Option) -> Hop:
    """A relay agent behind others: its peer is one of them, and the link to that one is the server's."""
    return Hop(own_link(relay), own_link(relay), options)


def handed_on(message: Dhcp | None, *hops: Hop) -> RelayForward:
    """A message as the last of some relay agents hands it on; without a message, what the first would send."""
    made: Any = message
    for count, hop in enumerate(hops):
        inside = () if made is None else (RelayMessage(dhcp_relay_message=made),)
        made = RelayForward(
            hop_count=count, link_address=hop.link, peer_address=hop.peer, options=(*hop.options, *inside)
        )
    assert isinstance(made, RelayForward)
    return made


def levels(message: Dhcp | None) -> Iterator[RelayReply]:
    """The Relay-replies inside each other, from the outermost."""
    while isinstance(message, RelayReply):
        yield message
        message = inside(message)


def inside(message: Dhcp) -> Dhcp | None:
    """What a relayed message holds."""
    found = message.first(RelayMessage)
    return found.dhcp_relay_message if found and isinstance(found.dhcp_relay_message, Dhcp) else None


def innermost(message: RelayReply) -> Message | None:
    """The message for the client."""
    found = inside(list(levels(message))[-1])
    return found if isinstance(found, Message) else None


async def handed_back(relay: Client, forward: RelayForward) -> RelayReply:
    """The Relay-reply that comes for what was handed on. Raises Unready."""
    await relay.say(forward)
    try:
        reply: RelayReply = await relay.answer(RelayReply)
    except Nonconformity as error:
        raise Unready(f"before the case proper: {error.summary}") from None
    return reply


async def served(relay: Client, forward: RelayForward) -> Message:
    """The message for the client in it. Raises Unready."""
    reply = await handed_back(relay, forward)
    message = innermost(reply)
    if message is None:
        raise Unready(f"the Relay-reply holds nothing for the client: {describe(reply)}")
    return message


def other_solicit(relay: Client) -> RelayForward:
    """A Solicit of a client that is none of the case's."""
    options = (ClientId(duid=other_duid(relay)), ElapsedTime(), relay.ia())
    message = Solicit(transaction_id=relay.transaction_id(), options=options)
    return handed_on(message, first_hop(relay))


async def expect_nothing_for(relay: Client, *, passing: Any = CHATTER) -> None:
    """What was handed on last gets no answer: Solicits of other clients behind it are answered first, twice.

    Raises Nonconformity when something else comes, Unready when the other clients get no answer either.
    """
    for _ in range(2):
        other = other_solicit(relay)
        await relay.say(other)
        wanted = outcome(a(Datagram, message=a(RelayReply, peer_address=other.peer_address)))
        event = await relay.next(passing=passing, until=wanted)
        if isinstance(event, Silence):
            raise Unready("the server does not answer another client, so that its silence tells nothing")
        if not wanted.matches(event):
            raise relay.channel.unexpected(event, wanted)
