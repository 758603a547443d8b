"""The tester's nodes on a link. Each has a hardware address and addresses of its own, and answers for them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, IPv6Network
from random import Random
from typing import Any

from conformance.engine import Case, Nonconformity, Outcome, Segment, Silence, Unready, a, outcome

from .wire import (
    Codec,
    EchoReply,
    EchoRequest,
    Frame,
    Icmpv6Error,
    Ipv6,
    Layer,
    MldMessage,
    NdMessage,
    NeighborAdvertisement,
    NeighborSolicitation,
    TargetLinkLayerAddress,
)
from .wire.addresses import ALL_NODES, link_local, multicast_mac, solicited_node

CHATTER = a(Frame, message=outcome(NdMessage | MldMessage)) | a(Frame, ip=None)
"""What nodes say of themselves at any time, and frames of other protocols: neither answers what a case sends."""
UNSPECIFIED = IPv6Address("::")
_OF_FRAMES = ("ip", "source", "destination", "layers", "padding", "checksum_ok")


@dataclass(frozen=True, kw_only=True)
class Node:
    """The product as it stands on a link."""

    mac: bytes
    link_local: IPv6Address
    address: IPv6Address | None = None
    """Its address of wider scope, where it has one."""
    mtu: int = 1500
    """How large packets on the link may be; kept here so that a replay knows it."""


class Station:
    """A node of the tester's on one link, towards one product.

    It hears what is sent to its own addresses and to all nodes. While `answers` holds it answers Neighbour
    Solicitations for them by itself.
    """

    ROUTER = False

    def __init__(
        self,
        case: Case,
        segment: Segment,
        product: Node,
        *,
        name: str = "tester",
        mac: bytes | None = None,
        addresses: Iterable[IPv6Address] = (),
    ) -> None:
        self.case = case
        self.segment = segment
        self.product = product
        self.name = name
        self.mac = mac or random_mac(case.rng)
        self.link_local = link_local(self.mac)
        self.addresses = {self.link_local, *addresses}
        self.answers = True
        self.codec = self.read_with()
        groups = {ALL_NODES, *map(solicited_node, self.addresses)}
        self.channel = case.port(segment, self.codec, name, hears=[self.mac, *map(multicast_mac, groups)])
        self.channel.listen(self._hear)
        self.next = self.channel.next
        self.arrived = self.channel.arrived
        self._sequence = 0

    def read_with(self) -> Codec:
        """The codec of this station; suites of protocols above IPv6 have their own, which reads on."""
        return Mine(self)

    @property
    def address(self) -> IPv6Address:
        """Its address of wider scope; its link-local address where it has no other."""
        return next((each for each in sorted(self.addresses) if not each.is_link_local), self.link_local)

    # What it says.

    def frame(
        self,
        *layers: Layer,
        to: IPv6Address | None = None,
        source: IPv6Address | None = None,
        mac: bytes | None = None,
        **ip: Any,
    ) -> Frame:
        """A packet to the product (its link-local address by default), or to another address `to`; `ip` holds fields of
        the IPv6 header. The source is an address of ours of the same scope.
        """
        to = to or self.product.link_local
        if mac is None:
            mac = multicast_mac(to) if to.is_multicast else self.product.mac
        header = Ipv6(source=source or self.source_for(to), destination=to, **ip)
        return Frame(destination=mac, source=self.mac, layers=(header, *layers))

    def source_for(self, to: IPv6Address) -> IPv6Address:
        """The address of ours that packets to this one come from."""
        near = to.is_link_local or (to.is_multicast and to.packed[1] & 0x0F <= 2)
        return self.link_local if near else self.address

    async def send(self, *frames: Frame | bytes) -> None:
        await self.channel.send(*frames)

    def echo(self, data: bytes = b"iic-conform", **fields: Any) -> EchoRequest:
        """An Echo Request that differs from all others of this station."""
        self._sequence += 1
        fields.setdefault("identifier", int.from_bytes(self.mac[-2:]))
        return EchoRequest(sequence_number=self._sequence, data=data, **fields)

    # What it expects.

    async def expect(self, wanted: Any, *, passing: Any = CHATTER, within_s: float | None = None, why: str = "") -> Any:
        """The next packet that is no chatter, which must be one of `wanted`. Raises Nonconformity."""
        return await self.channel.expect(_as_packets(wanted), passing=passing, within_s=within_s, why=why)

    async def ready(self, wanted: Any, *, passing: Any = CHATTER, within_s: float | None = None) -> Any:
        """Like `expect`, as a step towards the start of a case. Raises Unready."""
        try:
            return await self.expect(wanted, passing=passing, within_s=within_s)
        except Nonconformity as error:
            raise Unready(f"before the case proper: {error.summary}") from None

    async def expect_reply(self, request: EchoRequest, *, why: str = "") -> Frame:
        """The reply to an Echo Request of ours. Raises Nonconformity."""
        reply: Frame = await self.expect(reply_to(request), why=why)
        return reply

    async def ping(self, *headers: Layer, data: bytes = b"iic-conform", **ip: Any) -> Frame:
        """Send an Echo Request behind some extension headers; the reply, which must come. Raises Nonconformity."""
        request = self.echo(data)
        await self.send(self.frame(*headers, request, **ip))
        return await self.expect_reply(request)

    async def greet(self, **ip: Any) -> Frame:
        """The same as a step towards the start of a case: afterwards each knows the other. Raises Unready."""
        try:
            return await self.ping(**ip)
        except Nonconformity as error:
            raise Unready(f"the product does not answer a plain Echo Request: {error.summary}") from None

    async def expect_nothing(self, why: str = "", *, passing: Any = CHATTER, **ip: Any) -> None:
        """Whatever was sent last gets no answer: a plain Echo Request behind it is answered first.

        Raises Nonconformity when something else comes.
        """
        for last in (False, True):  # a plain request may be lost, where other cases ask for much at the same time
            request = self.echo(b"behind")
            await self.send(self.frame(request, **ip))
            wanted = _as_packets(reply_to(request))
            event = await self.next(passing=passing, until=wanted)
            if wanted.matches(event):
                return
            if last or not isinstance(event, Silence):
                raise self.channel.unexpected(event, wanted, why)

    async def expect_of_any(self, wanted: Any, *, passing: Any = CHATTER, within_s: float | None = None) -> Frame:
        """The next packet, which must be one of `wanted`, for a clause that speaks of what comes, if anything does.

        Raises Nonconformity when another one comes, Unready when none does.
        """
        event = await self.next(passing=passing, until=_as_packets(wanted), within_s=within_s)
        if isinstance(event, Silence):
            raise Unready("the packet that the clause is about did not come")
        if not _as_packets(wanted).matches(event):
            raise self.channel.unexpected(event, _as_packets(wanted))
        found: Frame = event
        return found

    async def provokes(
        self, wanted: Any, stimulus: "Stimulus", *, within_s: float | None = None, why: str = ""
    ) -> Frame:
        """What `stimulus` makes a station send is answered by `wanted`. Raises Nonconformity.

        Products limit the rate of their errors (RFC 4443, 2.4 f): one that stays out is asked for again by a new
        station before that counts.
        """
        await self.send(*stimulus(self))
        event = await self.next(passing=CHATTER, until=_as_packets(wanted), within_s=within_s)
        asking = self
        if isinstance(event, Silence):
            asking = await self.another()
            await asking.send(*stimulus(asking))
            event = await asking.next(passing=CHATTER, until=_as_packets(wanted), within_s=within_s)
        if not _as_packets(wanted).matches(event):
            raise asking.channel.unexpected(event, _as_packets(wanted), why)
        found: Frame = event
        return found

    async def another(self) -> "Station":
        """A new station beside this one, with addresses of its own, that knows the product. Raises Unready."""
        prefix = IPv6Network((self.address, 64), strict=False)
        address = prefix[self.case.rng.getrandbits(62) | 1 << 62]
        wide = [] if self.address.is_link_local else [address]
        made = type(self)(self.case, self.segment, self.product, name=f"{self.name} again", addresses=wide)
        await made.greet()
        return made

    # Within.

    def takes(self, destination: IPv6Address) -> bool:
        """Whether a packet to this address is for this station."""
        return destination.is_multicast or destination in self.addresses

    def add(self, *addresses: IPv6Address) -> None:
        """Have more addresses."""
        self.addresses.update(addresses)
        self.channel.join(*map(multicast_mac, map(solicited_node, addresses)))

    def _hear(self, event: Any) -> None:
        question = event.message if isinstance(event, Frame) else None
        if self.answers and isinstance(question, NeighborSolicitation) and question.target in self.addresses:
            self.channel.put(self.advertisement(event))

    def advertisement(self, solicitation: Frame, **fields: Any) -> Frame:
        """The Neighbour Advertisement that answers a solicitation; `fields` replace some of its own."""
        question, ip = solicitation.message, solicitation.ip
        assert isinstance(question, NeighborSolicitation)
        assert ip
        probe = ip.source == UNSPECIFIED
        answer = NeighborAdvertisement(
            router=self.ROUTER,
            solicited=not probe,
            override=True,
            target=question.target,
            options=(TargetLinkLayerAddress(address=self.mac),),
        )
        to = ALL_NODES if probe else ip.source
        sender = question.target
        mac = multicast_mac(ALL_NODES) if probe else solicitation.source
        return self.frame(replace(answer, **fields), to=to, source=sender, mac=mac, hop_limit=255)


Stimulus = Callable[[Station], Sequence[Frame | bytes]]
"""What a station sends to provoke an answer; called again for the station that asks for it once more."""


class Mine(Codec):
    """Reads the frames of a link and leaves out the packets that are for others."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def decode(self, data: bytes) -> tuple[Any | None, bytes]:
        event, rest = super().decode(data)
        ip = event.ip if isinstance(event, Frame) else None
        return (None if ip and not self._station.takes(ip.destination) else event), rest


def random_mac(rng: Random) -> bytes:
    """A unicast address of local administration."""
    return bytes((0x02, *rng.randbytes(5)))


def packet(kind: type, **fields: Any) -> Any:
    """A frame that carries a message of this kind, with demands on its fields; `ip`, `layers` ... on the frame's."""
    own = {name: fields.pop(name) for name in _OF_FRAMES if name in fields}
    return a(Frame, message=a(kind, **fields), **own)


def reply_to(request: EchoRequest) -> Any:
    """The reply to an Echo Request, with the same data."""
    return packet(EchoReply, identifier=request.identifier, sequence_number=request.sequence_number, data=request.data)


def error(kind: type[Icmpv6Error], *, code: int | None = None, **fields: Any) -> Any:
    """An ICMPv6 error message."""
    return packet(kind, **({} if code is None else {"code": code}), **fields)


def demand(holds: bool, expected: str, got: object) -> None:
    """What was computed from several packets is as expected. Raises Nonconformity."""
    if not holds:
        raise Nonconformity(f"expected {expected}, got {got}", expected=expected, got=str(got))


def _as_packets(wanted: Any) -> Outcome:
    """Kinds of messages stand for frames that carry them."""
    choices = [
        a(Frame, message=each) if not issubclass(each.kind, (Frame, Silence)) else each
        for each in outcome(wanted).choices
    ]
    return Outcome(tuple(choices))
