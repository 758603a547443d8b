"""What cases ask a server for in one go, and how they look into its answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network

from conformance.engine import Unready, check

from ..ipv6.provide import CHATTER
from .client import Client, Datagram, Lease
from .wire import (
    ClientId,
    Confirm,
    Dhcp,
    DuidLl,
    ElapsedTime,
    Holder,
    IaAddr,
    IaNa,
    IaPd,
    IaPrefix,
    IaTa,
    InformationRequest,
    Message,
    Option,
    OptionCode,
    OptionRequest,
    Rebind,
    RelayForward,
    RelayMessage,
    Release,
    Renew,
    Request,
    ServerId,
    ServerUnicast,
    Solicit,
    Status,
    StatusCode,
    describe,
)

Ia = IaNa | IaTa | IaPd
Leased = IPv6Address | IPv6Network
CONFIGURATION = (
    OptionCode.DNS_SERVERS, OptionCode.DOMAIN_LIST, OptionCode.SOL_MAX_RT, OptionCode.INF_MAX_RT,
    OptionCode.VENDOR_OPTS,
)  # fmt: skip
"""Codes that servers are often set to return."""
DNS = (OptionCode.DNS_SERVERS, OptionCode.DOMAIN_LIST)


@dataclass(frozen=True)
class Exchange:
    """A message of a client and what came for it."""

    asked: Message
    answer: Message


class Talk:
    """A conversation that demands nothing: whatever comes next for a message is its answer."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.exchanges: list[Exchange] = []

    async def say(self, message: Message) -> Message | None:
        """Send a message; what came for it, where anything did that can be read."""
        await self.client.say(message)
        event = await self.client.next(passing=CHATTER)
        answer = event.message if isinstance(event, Datagram) else None
        if not isinstance(answer, Message):
            return None
        self.exchanges.append(Exchange(message, answer))
        return answer


async def conversation(client: Client, *, codes: tuple[int, ...] = CONFIGURATION) -> list[Exchange]:
    """A message of each kind with its answer, where one came: for what is true of all that a server sends.

    The client asks for options by `codes`, by an Information-request also for the refresh time. Raises Unready when the
    server said nothing at all.
    """
    talk, claims = Talk(client), client.case.claims
    wanted = OptionRequest(requested_option_codes=codes)
    asked: list[Ia] = [*client.ias(), *([IaTa(iaid=client.iaid())] if claims["ia_ta"] else [])]
    if asked:
        await _leases(talk, asked, wanted)
    if claims["information_request"]:
        also = OptionRequest(requested_option_codes=(*codes, OptionCode.INFORMATION_REFRESH_TIME))
        await talk.say(client.message(InformationRequest, also))
    if not talk.exchanges:
        raise Unready("the server answers nothing that can be read")
    return talk.exchanges


async def _leases(talk: Talk, asked: list[Ia], wanted: Option) -> None:
    """All that a client says of leases, from the first to the last."""
    client = talk.client
    advertise = await talk.say(client.message(Solicit, *asked, wanted))
    offered = (advertise and ias_of(advertise)) or asked
    reply = await talk.say(client.to_server(Request, *offered, wanted))
    held = (reply and ias_of(reply)) or asked
    confirmed = [ia for ia in held if not isinstance(ia, IaPd) and ia.options]
    if confirmed:
        await talk.say(client.message(Confirm, *confirmed))
    await talk.say(client.to_server(Renew, *held, wanted))
    await talk.say(client.to_server(Renew, client.ia()))
    await talk.say(client.message(Rebind, *held, wanted))
    await talk.say(client.to_server(Release, *held))


# Looking into answers.


def ias_of(message: Message) -> list[Ia]:
    """The IAs of a message."""
    return [each for each in message.options if isinstance(each, Ia)]


def same_ia(message: Message, ia: Ia) -> Ia | None:
    """The IA of a message that has the kind and the IAID of another."""
    return next((each for each in ias_of(message) if each.iaid == ia.iaid and type(each) is type(ia)), None)


def leases(ia: Ia | None) -> tuple[Leased, ...]:
    """The addresses or prefixes in an IA that are valid."""
    return () if ia is None else tuple(_lease(each) for each in _leases_in(ia) if each.valid_lifetime)


def held(ia: Ia | None) -> tuple[Leased, ...]:
    """All addresses or prefixes in an IA, also those that are over."""
    return () if ia is None else tuple(map(_lease, _leases_in(ia)))


def _leases_in(ia: Ia) -> list[IaAddr | IaPrefix]:
    return [*ia.every(IaAddr), *ia.every(IaPrefix)]


def _lease(option: IaAddr | IaPrefix) -> Leased:
    if isinstance(option, IaAddr):
        return option.ipv6_address
    return IPv6Network((option.ipv6_prefix, min(option.prefix_length, 128)), strict=False)


def status(holder: Holder | None) -> int:
    """The status code that stands right in a message or option; without one it is Success (21.13)."""
    found = holder.first(Status) if holder else None
    return StatusCode.SUCCESS if found is None else found.status_code


def codes(message: Holder) -> set[int]:
    """The codes of the options that stand right in a message or option."""
    return {option.option_code for option in message.options}


def check_identifiers(client: Client, message: Message) -> None:
    """A message has the identifiers of both sides. Raises Nonconformity."""
    ours, theirs = ClientId(duid=client.duid), ServerId(duid=client.server.duid)
    check(message.first(ClientId) == ours, "the Client Identifier is not the client's", got=describe(message))
    check(message.first(ServerId) == theirs, "the Server Identifier is not the server's", got=describe(message))


def walk(holder: Holder) -> Iterator[tuple[Holder, Option]]:
    """Every option within a message, with what it stands in."""
    for option in holder.options:
        yield holder, option
        if isinstance(option, Holder):
            yield from walk(option)
        if isinstance(option, RelayMessage) and isinstance(option.dhcp_relay_message, Dhcp):
            yield from walk(option.dhcp_relay_message)


# Steps.


async def renewed(client: Client, *ias: Ia) -> Message:
    """The Reply to a Renew of some IAs. Raises Unready."""
    reply: Message = await client.obtained(client.to_server(Renew, *ias))
    return reply


async def still_bound(client: Client, lease: Lease) -> bool:
    """Whether a Renew finds the first lease of an IA. Raises Unready."""
    return leases(lease.ia)[0] not in await lost(client, lease.ia)


async def lost(client: Client, ia: Ia) -> set[Leased]:
    """The leases of an IA of which a Renew tells that the client does not have them: the IA has the status NoBinding,
    or they come back with a lifetime of 0. What is left out is not lost (18.3.4). Raises Unready.
    """
    reply = await renewed(client, ia)
    found = same_ia(reply, ia)
    if status(found) == StatusCode.NO_BINDING:
        return set(leases(ia))
    over = {each for each in held(found) if each not in leases(found)}
    if not held(found):
        raise Unready(f"a Renew tells nothing of the leases: {describe(reply)}")
    return over & set(leases(ia))


async def unicast_address(client: Client) -> IPv6Address:
    """Where the server takes unicast messages, by its Server Unicast option. Raises Unready."""
    wanted = OptionRequest(requested_option_codes=(OptionCode.UNICAST,))
    found = (await client.advertised(client.ia(), wanted)).first(ServerUnicast)
    if found is None:
        raise Unready("the server sends no Server Unicast option")
    return found.server_address


def forward(relay: Client, link: IPv6Address) -> RelayForward:
    """A Solicit of some client, as a relay agent hands it on."""
    duid = DuidLl(link_layer_address=bytes((0x02, *relay.case.rng.randbytes(5))))
    options = (ClientId(duid=duid), ElapsedTime(), relay.ia())
    inner = Solicit(transaction_id=relay.transaction_id(), options=options)
    message = (RelayMessage(dhcp_relay_message=inner),)
    return RelayForward(link_address=link, peer_address=relay.link_local, options=message)


def prefix(client: Client) -> IPv6Network:
    """The prefix of the server's link, which its access data tell. Raises Unready."""
    told = client.case.ixit.get("dhcpv6", {}).get("prefix")
    if told is None:
        raise Unready("the prefix of the link is not known; name it in the access data: prefix in [ixit.dhcpv6]")
    return IPv6Network(str(told))
