"""A DHCP client, or a relay agent, on a link: it sends what a case says and takes what the server answers.

The steps (`advertised`, `leased`, ...) raise Unready when the server does not play along: the requirement was then not
judged. Only `expect` and `expect_nothing` fail a product.
"""

from dataclasses import dataclass, replace
from ipaddress import IPv6Address
from typing import Any

from conformance.engine import Case, Nonconformity, Outcome, Segment, Silence, Unready, a, outcome

from ..ipv6.provide import CHATTER, Mine, Node, Station
from ..ipv6.wire import Frame, Udp
from ..ipv6.wire import describe as describe_frame
from .wire import (
    ALL_DHCP_RELAY_AGENTS_AND_SERVERS,
    CLIENT_PORT,
    SERVER_PORT,
    Advertise,
    ClientId,
    Dhcp,
    Duid,
    DuidLl,
    ElapsedTime,
    IaAddr,
    IaNa,
    IaPd,
    Malformed,
    Option,
    Reply,
    Request,
    ServerId,
    Solicit,
    Status,
    StatusCode,
    decode,
    describe,
)
from .wire.codes import STATUS_NAMES

HOP_LIMIT = 1
"""Of what goes to the group of a link."""


@dataclass(frozen=True, kw_only=True)
class Datagram:
    """A message of the server in the frame that it came in."""

    TITLE = "datagram"

    frame: Frame
    message: Dhcp | Malformed

    @property
    def source(self) -> IPv6Address:
        assert self.frame.ip
        return self.frame.ip.source

    @property
    def udp(self) -> Udp:
        message = self.frame.message
        assert isinstance(message, Udp)
        return message


def _telling(code: StatusCode) -> Outcome:
    """Messages of a server with this status at their top level."""

    def told(options: tuple[Option, ...]) -> bool:
        return any(isinstance(each, Status) and each.status_code == code for each in options)

    told.__doc__ = f"the status {STATUS_NAMES[code]}"
    return outcome(a(Datagram, message=a(Advertise, options=told) | a(Reply, options=told)))


UNSPEC_FAIL = _telling(StatusCode.UNSPEC_FAIL)
"""What a server may say to an invalid message (16)."""
USE_MULTICAST = _telling(StatusCode.USE_MULTICAST)
"""What a server says to a unicast message after RFC 8415 (18.4)."""


@dataclass(frozen=True)
class Server:
    """The product: where it stands, and its DUID."""

    node: Node
    duid: Duid


@dataclass(frozen=True)
class Lease:
    """What a Reply has given to one IA of a client."""

    reply: Reply
    ia: IaNa | IaPd

    @property
    def address(self) -> IPv6Address:
        """The first address of the IA. Raises Unready."""
        found = self.ia.first(IaAddr)
        if found is None:
            raise Unready(f"the server leased no address: {describe(self.reply)}")
        return found.ipv6_address


class Client(Station):
    """A client with a DUID of its own. `port` is where it hears: 546, or 547 as a relay agent."""

    def __init__(self, case: Case, segment: Segment, server: Server, *, port: int = CLIENT_PORT, **how: Any) -> None:
        self.port = port
        self.flaws: list[Malformed] = []
        """What the server has sent that no clause allows; where it can be read it counts as what it means."""
        super().__init__(case, segment, server.node, **how)
        self.server = server
        self.duid: Duid = DuidLl(link_layer_address=self.mac)

    def read_with(self) -> "Reader":
        return Reader(self)

    # What it says.

    def transaction_id(self) -> int:
        """A transaction-id not used before, as far as chance goes."""
        return self.case.rng.getrandbits(24)

    def iaid(self) -> int:
        return self.case.rng.getrandbits(32)

    def ia(self) -> IaNa | IaPd:
        """A new IA of the kind that the server serves: for addresses, or else for prefixes."""
        return IaNa(iaid=self.iaid()) if self.case.claims.get("ia_na", True) else IaPd(iaid=self.iaid())

    def ias(self) -> list[IaNa | IaPd]:
        """A new IA of each kind that the server serves."""
        claims = self.case.claims
        kinds = [kind for kind, claim in ((IaNa, "ia_na"), (IaPd, "ia_pd")) if claims.get(claim, True)]
        return [kind(iaid=self.iaid()) for kind in kinds]

    def message(self, kind: type[Dhcp], *options: Option, **fields: Any) -> Any:
        """A message of this client: with its Client Identifier, an Elapsed Time, and the options given."""
        fields.setdefault("transaction_id", self.transaction_id())
        return kind(options=(ClientId(duid=self.duid), ElapsedTime(), *options), **fields)

    def to_server(self, kind: type[Dhcp], *options: Option, **fields: Any) -> Any:
        """The same with the Server Identifier."""
        return self.message(kind, ServerId(duid=self.server.duid), *options, **fields)

    def packet(self, message: Dhcp | bytes, *, to: IPv6Address = ALL_DHCP_RELAY_AGENTS_AND_SERVERS, **ip: Any) -> Frame:
        """A message in a datagram to the servers of the link."""
        ip.setdefault("hop_limit", HOP_LIMIT if to.is_multicast else 64)
        udp = Udp(source_port=self.port, destination_port=SERVER_PORT, data=bytes(message))
        return self.frame(udp, to=to, **ip)

    async def say(self, message: Dhcp | bytes, **how: Any) -> None:
        """Send a message; see `packet`."""
        await self.send(self.packet(message, **how))

    # What it expects.

    async def answer(self, wanted: Any, *, passing: Any = CHATTER, within_s: float | None = None, why: str = "") -> Any:
        """The next message of the server, which must be one of `wanted`. Raises Nonconformity."""
        choices = outcome(wanted).choices
        datagrams = Outcome(tuple(a(Datagram, message=choice) for choice in choices))
        datagram = await self.channel.expect(datagrams, passing=passing, within_s=within_s, why=why)
        return datagram.message

    async def answered(self, wanted: Any) -> Any:
        """The same as a step towards the start of a case. Raises Unready."""
        try:
            return await self.answer(wanted)
        except Nonconformity as error:
            raise Unready(f"before the case proper: {error.summary}") from None

    async def asks(self, message: Dhcp, wanted: Any = Reply, *, why: str = "") -> Any:
        """Send a message and take its answer, which has the same transaction-id. Raises Nonconformity."""
        await self.say(message)
        return await self.answer(answering(message, wanted), why=why)

    async def expect_silence(self, why: str = "", *, passing: Any = CHATTER) -> None:
        """What was sent last gets no answer: Solicits of other clients behind it are answered first, twice.

        Raises Nonconformity when something else comes, Unready when the other clients get no answer either.
        """
        for _ in range(2):
            other = Solicit(
                transaction_id=self.transaction_id(),
                options=(ClientId(duid=other_duid(self)), ElapsedTime(), IaNa(iaid=self.iaid())),
            )
            await self.say(other)
            wanted = Outcome(tuple(a(Datagram, message=each) for each in answering(other, Advertise | Reply).choices))
            event = await self.channel.next(passing=passing, until=wanted)
            if isinstance(event, Silence):
                raise Unready("the server does not answer another client, so that its silence tells nothing")
            if not wanted.matches(event):
                raise self.channel.unexpected(event, wanted, why)

    async def expect_discarded(self, why: str = "") -> None:
        """The same for a message that is invalid: the server may tell that it is, by UnspecFail (16)."""
        await self.expect_silence(why, passing=CHATTER | UNSPEC_FAIL)

    # Steps that lead somewhere.

    async def obtained(self, message: Dhcp, wanted: Any = Reply) -> Any:
        """Like `asks`, as a step towards the start of a case. Raises Unready."""
        try:
            return await self.asks(message, wanted)
        except Nonconformity as error:
            raise Unready(f"before the case proper: {error.summary}") from None

    async def advertised(self, *options: Option) -> Advertise:
        """The Advertise to a Solicit, by default for one address. Raises Unready."""
        asked = options or (self.ia(),)
        advertise: Advertise = await self.obtained(self.message(Solicit, *asked), Advertise)
        return advertise

    async def leased(self, *options: Option) -> Lease:
        """What the server leases for the first IA, by default an address, after the whole exchange. Raises Unready."""
        asked = options or (self.ia(),)
        advertise = await self.advertised(*asked)
        offered = [each for each in advertise.options if isinstance(each, IaNa | IaPd)]
        reply: Reply = await self.obtained(self.to_server(Request, *(offered or asked)))
        found = next((each for each in reply.options if isinstance(each, IaNa | IaPd)), None)
        if found is None or not found.options:
            raise Unready(f"the server leased nothing: {describe(reply)}")
        return Lease(reply, found)


class Reader(Mine):
    """Reads datagrams for the client's port as messages of DHCP, and leaves all else to IPv6."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._client = client

    def decode(self, data: bytes) -> tuple[Any | None, bytes]:
        event, rest = super().decode(data)
        udp = event.message if isinstance(event, Frame) else None
        if not isinstance(udp, Udp) or udp.destination_port != self._client.port:
            return event, rest
        assert isinstance(event, Frame)
        message, _ = decode(udp.data)
        if isinstance(message, Malformed):
            self._client.flaws.append(message)
            message = message.message or message
        return Datagram(frame=event, message=message), rest

    def describe(self, event: Any) -> str:
        if isinstance(event, Datagram):
            return f"{event.source}: {describe(event.message)}"
        udp = event.message if isinstance(event, Frame) else None
        if isinstance(udp, Udp) and udp.destination_port == SERVER_PORT:
            return f"to {event.ip.destination}: {describe(decode(udp.data)[0])}"
        return describe_frame(event)


def answering(message: Any, wanted: Any) -> Outcome:
    """Answers of some kinds to a message: they have its transaction-id."""
    choices = outcome(wanted).choices
    identity = (("transaction_id", getattr(message, "transaction_id", 0)),)
    return Outcome(tuple(replace(choice, fields=(*choice.fields, *identity)) for choice in choices))


def other_duid(client: Client) -> Duid:
    """The DUID of a client that is none of the case's."""
    return DuidLl(link_layer_address=bytes((0x02, *client.case.rng.randbytes(5))))
