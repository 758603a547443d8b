"""What the product remembers of a neighbour: steps into each state of its entry, and how each state shows.

The product uses an entry whenever it answers an Echo Request of the neighbour's. Which hardware address the reply goes
to, and whether and when a solicitation follows, tell the state (RFC 4861, 7.3).
"""

from ipaddress import IPv6Address
from typing import Any

from conformance.engine import Outcome, Silence, Unready, a, check, outcome

from .station import CHATTER, Station, packet, random_mac, reply_to
from .wire import (
    EchoReply,
    EchoRequest,
    Frame,
    Icmpv6,
    Ipv6,
    Layer,
    MldMessage,
    NdOption,
    NeighborAdvertisement,
    NeighborSolicitation,
    RouterAdvertisement,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)
from .wire.addresses import ALL_NODES, solicited_node

DELAY_S = 5.0
"""DELAY_FIRST_PROBE_TIME (10)."""
RETRANS_S = 1.0
"""RETRANS_TIMER (10): what the product waits between solicitations where no router has said otherwise."""
TRIES = 3
"""MAX_MULTICAST_SOLICIT and MAX_UNICAST_SOLICIT (10)."""
REACHABLE_LEAST_S = 15.0
REACHABLE_MOST_S = 45.0
"""What a node may draw as its reachable time from REACHABLE_TIME, 30 s (6.3.2)."""
TICK_S = 1.0
"""How far a timer of several seconds may be off: the clocks of small nodes tick in seconds."""
LATE_S = 2.0
UNPROBED_S = DELAY_S + 1.5
"""So long after its use an entry that is not probed is REACHABLE, or was STALE and out of use."""
PROBED_S = DELAY_S + LATE_S
RETRANS_LEAST_S = 0.9 * RETRANS_S


NO_ANSWER = a(Frame, message=outcome(NeighborSolicitation | RouterAdvertisement | MldMessage)) | a(Frame, ip=None)
"""What nodes say at any time; an advertisement is not among it, for that would answer a solicitation."""
TO_ALL = a(Frame, message=a(NeighborAdvertisement, solicited=False), ip=a(Ipv6, destination=ALL_NODES))
"""An advertisement to all nodes, which may answer somebody else's probe on a link that is shared."""
NOT_TO_ALL = a(Frame, message=a(NeighborAdvertisement), ip=a(Ipv6, destination=lambda to: to != ALL_NODES))
"""An advertisement that is not `TO_ALL`: it answers who hears it."""


class Neighbour(Station):
    """A node with an address of which the product knows nothing yet: that of wider scope, where it has one.

    For that one it does not answer by itself. It has a second hardware address, `elsewhere`.
    """

    def __init__(self, *given: Any, **how: Any) -> None:
        super().__init__(*given, **how)
        self.elsewhere = random_mac(self.case.rng)
        self.channel.join(self.elsewhere)
        self._address = super().address

    @property
    def address(self) -> IPv6Address:
        """The address of which nothing is known at first, whatever addresses are added."""
        return self._address

    @property
    def there(self) -> IPv6Address:
        """The product's address of the scope of ours. Raises Unready."""
        if self.address.is_link_local:
            return self.product.link_local
        if self.product.address is None:
            raise Unready("the product has no address of wider scope here")
        return self.product.address

    def _hear(self, event: Any) -> None:
        question = event.message if isinstance(event, Frame) else None
        if question and not self.asked(question) and getattr(question, "target", None) == self.link_local:
            super()._hear(event)

    # What it says.

    def advertised(self, mac: bytes | None, *, solicited: bool = False, override: bool = False, **fields: Any) -> Frame:
        """An advertisement of its address to the product; without the hardware address where `mac` is None."""
        options = () if mac is None else (TargetLinkLayerAddress(address=mac),)
        values: dict[str, Any] = {"target": self.address, "options": options} | fields
        message = NeighborAdvertisement(solicited=solicited, override=override, **values)
        return self.frame(message, to=self.there, hop_limit=255)

    def solicited(
        self,
        mac: bytes | None = None,
        *headers: Layer,
        target: IPv6Address | None = None,
        unicast: bool = False,
        source: IPv6Address | None = None,
        options: tuple[NdOption, ...] | None = None,
    ) -> Frame:
        """A solicitation for an address of the product's, from ours of wider scope; `mac` stands in its option."""
        target = target or self.there
        if options is None:
            options = () if mac is None else (SourceLinkLayerAddress(address=mac),)
        question = NeighborSolicitation(target=target, options=options)
        to = target if unicast else solicited_node(target)
        return self.frame(*headers, question, to=to, source=source or self.address, hop_limit=255)

    async def use(self) -> EchoRequest:
        """Send an Echo Request, whose reply the product has to send to our address."""
        request = self.echo()
        await self.send(self.frame(request, to=self.there))
        return request

    # What it hears.

    def asked(self, message: Any) -> bool:
        """Whether a message asks for our address."""
        return isinstance(message, NeighborSolicitation) and message.target == self.address

    @property
    def others(self) -> Outcome:
        """All packets but solicitations for our address."""
        return a(Frame, message=lambda message: not self.asked(message)) | a(Frame, ip=None)

    @property
    def unrelated(self) -> Outcome:
        """All packets but solicitations for our address and advertisements that may answer ours."""
        wanted = NeighborAdvertisement
        return a(Frame, message=lambda m: not self.asked(m) and not isinstance(m, wanted)) | a(Frame, ip=None) | TO_ALL

    def asks(self, **fields: Any) -> Any:
        """A solicitation for our address."""
        return packet(NeighborSolicitation, target=self.address, **fields)

    def asks_all(self) -> Any:
        """The same to the solicited-node group, as resolution begins."""
        return self.asks(ip=to(solicited_node(self.address)))

    def asks_at(self, mac: bytes) -> Any:
        """The same to our address at a hardware address: a probe."""
        return self.asks(ip=to(self.address), destination=mac)

    async def expect_asked(self, wanted: Any, *, within_s: float | None = None, why: str = "") -> Frame:
        """The next solicitation for our address, which must be one of `wanted`. Raises Nonconformity."""
        frame: Frame = await self.expect(wanted, passing=self.others, within_s=within_s, why=why)
        return frame

    async def expect_unasked(self, within_s: float, why: str = "") -> None:
        """No solicitation for our address for so long. Raises Nonconformity."""
        await self.expect(Silence, passing=self.others, within_s=within_s, why=why)

    async def expect_unknown(self, why: str = "") -> None:
        """Nothing is known of our address: before the product uses it, it asks for it. Raises Nonconformity."""
        wanted = outcome(self.asks())
        event = await self.next(passing=Frame, until=wanted | reply_to(await self.use()))
        if isinstance(event, Silence):
            raise Unready("the product neither answers the neighbour nor asks for it")
        if not wanted.matches(event):
            raise self.channel.unexpected(event, wanted, why)

    async def expect_reply_at(self, mac: bytes, request: EchoRequest | None = None, *, why: str = "") -> None:
        """The reply to an Echo Request (by default to one sent now) comes to a hardware address."""
        await self.expect(at(mac, request or await self.use()), why=why)

    async def resolved(self) -> None:
        """Our address is known: another Echo Request is answered, whatever became of those before.

        Raises Nonconformity.
        """
        await self.expect(reply_to(await self.use()), passing=packet(EchoReply) | CHATTER, why="it was not resolved")

    # Steps into each state. Each raises Unready where it fails.

    async def incomplete(self) -> EchoRequest:
        """INCOMPLETE: the product asks where we are, to answer the Echo Request that is returned."""
        request = await self.use()
        await self.ready(self.asks_all(), passing=self.others)
        return request

    async def reachable(self, mac: bytes | None = None) -> None:
        """REACHABLE, at `mac` or the first of our hardware addresses.

        It is confirmed twice more: a product that heeds a confirmation in some states only is in the same state.
        """
        mac = mac or self.mac
        request = await self.incomplete()
        advertisement = self.advertised(mac, solicited=True, override=True)
        await self.send(advertisement)
        await self.ready(at(mac, request))
        await self.send(advertisement, advertisement)

    async def stale(self) -> None:
        """STALE, at the first of our hardware addresses, and not used since.

        An advertisement that contradicts what is known does it, and so does one that moves us from elsewhere; a product
        that heeds only one of them is in the same state.
        """
        await self.reachable(self.elsewhere)
        away = random_mac(self.case.rng)
        await self.send(self.advertised(away), self.advertised(self.mac, override=True))

    async def delay(self) -> float:
        """DELAY: STALE and used just now; since when."""
        await self.stale()
        return await self.used(self.mac)

    async def used(self, mac: bytes) -> float:
        """The entry is used, at `mac`; since when. Where the address itself is judged it is by `expect_reply_at`."""
        await self.ready(at(mac, await self.use()))
        return self.channel.arrived_at_s

    async def probe(self) -> None:
        """PROBE: the first probe has come just now."""
        await self.delay()
        await self.ready(self.asks_at(self.mac), passing=self.others, within_s=PROBED_S)

    # How states show.

    async def shows_reachable(self, mac: bytes | None = None, *, why: str = "") -> None:
        """The entry is used, at `mac` or the first of our hardware addresses, and not probed. Raises Nonconformity."""
        await self.used(mac or self.mac)
        await self.expect_unasked(UNPROBED_S, why or "the entry was not REACHABLE: it is probed after its use")

    async def shows_stale(self, mac: bytes | None = None, *, not_since_s: float | None = None, why: str = "") -> None:
        """The entry is used, at `mac` or the first of our hardware addresses, and probed there after DELAY, which did
        not begin before, at `not_since_s`. Raises Nonconformity.
        """
        mac = mac or self.mac
        since_s = await self.used(mac)
        await self.used(mac)
        await self.shows_delay(since_s, not_since_s=not_since_s, why=why)

    async def shows_delay(self, since_s: float, *, not_since_s: float | None = None, why: str = "") -> None:
        """The entry is probed when DELAY, which began at `since_s`, is over. Raises Nonconformity, and Unready
        where DELAY itself is too short, which other cases judge.
        """
        left_s = since_s + PROBED_S - self.now_s
        await self.expect_asked(self.asks(), within_s=left_s, why=why)
        probed_s = self.channel.arrived_at_s
        if probed_s - since_s >= DELAY_S - TICK_S:
            return
        told = f"the probe came {probed_s - since_s:.2f} s after the entry was used"
        begun_before = not_since_s is not None and probed_s - not_since_s >= DELAY_S - TICK_S
        check(not begun_before, f"{told}: DELAY had begun before", expected=f"{DELAY_S:g} s", timing=True)
        raise Unready(told)

    async def shows_probe(self, *, why: str = "") -> Frame:
        """The next probe comes in its time. Raises Nonconformity."""
        return await self.expect_asked(self.asks(), within_s=RETRANS_S + LATE_S, why=why)

    @property
    def now_s(self) -> float:
        """The time by which packets are stamped."""
        return self.case.began_s + self.case.now_s


def spoiled(frame: Frame) -> Frame:
    """The same ICMPv6 message, the last layer of a packet, with a wrong checksum."""
    message = frame.message
    assert isinstance(message, Icmpv6)
    at = frame.offset(message) + 2
    right = int.from_bytes(frame.packet[at : at + 2])
    return frame.changed(type(message), checksum=right ^ 0x5555)


def asks_for(*addresses: IPv6Address) -> Any:
    """A solicitation for one of these addresses."""
    return packet(NeighborSolicitation, target=lambda target: target in addresses)


def to(address: IPv6Address) -> Any:
    """An IPv6 header with this destination."""
    return a(Ipv6, destination=address)


def at(mac: bytes, request: EchoRequest) -> Any:
    """The reply to an Echo Request, at a hardware address."""
    reply = reply_to(request)
    return a(Frame, **dict(reply.fields), destination=mac)
