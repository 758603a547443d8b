"""An address on trial: Duplicate Address Detection as the link sees it (RFC 4862, 5.4)."""

from ipaddress import IPv6Address
from typing import Any

from conformance.engine import Case, Nonconformity, Outcome, Silence, Unready, a, outcome

from .fresh import Fresh
from .station import UNSPECIFIED, Node, Station, packet
from .wire import (
    Frame,
    Ipv6,
    NeighborAdvertisement,
    NeighborSolicitation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)
from .wire.addresses import ALL_NODES, multicast_mac, solicited_node

START_S = 25.0
"""How long a product may take from its start to its first question."""
RETRANS_S = 1.0
"""RetransTimer, as no router here says otherwise (RFC 4861, 10)."""
SOON_S = 0.8
"""What is said to a product on trial comes so early that it hears it while the trial lasts."""
AFTER_S = 0.4
"""So long after its end a trial is certainly over."""
NEARLY_S = 0.1
"""In the last tenth of a second of a trial one may take it for over."""
ASK_S = 0.5
ASKS = 30
SOON_ASKS = 16
"""So many of them are over before 9 s are."""
QUIET_S = 3.0


def probe(address: Any = None) -> Any:
    """A solicitation that asks whether an address is free: a link-local one unless another, or a demand, is given."""
    wanted = address or link_local
    return packet(NeighborSolicitation, ip=a(Ipv6, source=UNSPECIFIED), target=wanted)


def link_local(target: IPv6Address) -> bool:
    """that is link-local"""
    return target.is_link_local


async def elapse(fresh: Fresh, seconds: float) -> None:
    """Let time pass, of which the product's link tells."""
    await fresh.watch.next(passing=object, within_s=max(0.0, seconds))


def transmits(case: Case) -> int:
    """How many questions the product asks for one address."""
    return int(case.claims.get("dad_transmits", 1))


class Trial:
    """An address that the product has just asked for, and another node, `other`, that speaks meanwhile."""

    def __init__(self, fresh: Fresh, asked: Frame) -> None:
        assert isinstance(asked.message, NeighborSolicitation)
        self.fresh = fresh
        self.asked = asked
        self.address = asked.message.target
        self.began_s = fresh.watch.arrived_at_s
        self.ends_s = self.began_s + RETRANS_S * max(1, transmits(fresh.case))
        self.product = Node(mac=asked.source, link_local=self.address)
        self.other = Station(fresh.case, fresh.lan, self.product, name="other node")

    # What the other node says.

    def solicitation(self, *, source: IPv6Address | None = UNSPECIFIED, **fields: Any) -> Frame:
        """The other node tries the same address or, from an address of its own (None), looks for who has it."""
        options = () if source == UNSPECIFIED else (SourceLinkLayerAddress(address=self.other.mac),)
        fields = {"target": self.address, "options": options} | fields
        message = NeighborSolicitation(**fields)
        return self.other.frame(message, to=solicited_node(self.address), source=source, hop_limit=255)

    def advertisement(self, *, to: IPv6Address = ALL_NODES, **fields: Any) -> Frame:
        """The other node says that the address is its own."""
        options = (TargetLinkLayerAddress(address=self.other.mac),)
        values: dict[str, Any] = {"target": self.address, "override": True, "options": options} | fields
        message = NeighborAdvertisement(**values)
        source = self.address if to.is_multicast else self.other.link_local
        mac = multicast_mac(to) if to.is_multicast else self.product.mac
        return self.other.frame(message, to=to, source=source, mac=mac, hop_limit=255)

    async def say(self, *frames: Frame | bytes) -> None:
        """Send something while the address is on trial. Raises Unready when it comes too late."""
        await self.other.send(*frames)
        if self.other.channel.sent_at_s - self.began_s > SOON_S:
            raise Unready("this machine was too slow to speak while the address was on trial")

    # What becomes of the address.

    @property
    def answers(self) -> Outcome:
        """Whatever shows that the product has the address."""
        from_it = a(Frame, ip=a(Ipv6, source=self.address))
        return from_it | outcome(packet(NeighborAdvertisement, target=self.address))

    async def expect_used(self, why: str = "", *, asks: int = ASKS) -> Frame:
        """The product takes the address, by the time that it was asked for so often. Raises Nonconformity."""
        wanted = outcome(packet(NeighborAdvertisement, target=self.address))
        event: Any = None
        for _ in range(asks):
            await self.other.send(self.solicitation(source=None))
            event = await self.other.next(passing=object, until=wanted, within_s=ASK_S)
            if not isinstance(event, Silence):
                found: Frame = event
                return found
        raise self.other.channel.unexpected(Silence(asks * ASK_S), wanted, why)

    async def expect_unused(self, why: str = "the product uses an address that another node has") -> None:
        """The product does not take the address. Raises Nonconformity."""
        await self.over()
        wanted, request = self.answers, self.other.echo()
        for ask in (self.solicitation(source=None), self.other.frame(request, to=self.address)):
            await self.other.send(ask)
            event = await self.fresh.watch.next(passing=object, until=wanted, within_s=QUIET_S / 2)
            if not isinstance(event, Silence):
                raise Nonconformity(
                    why, expected=f"nothing from or about {self.address}", got=self.fresh.watch.describe(event)
                )

    async def over(self) -> None:
        """Come back when the trial has ended, and leave aside what was sent before."""
        await elapse(self.fresh, self.ends_s + AFTER_S - self.other.channel.sent_at_s)
        self.fresh.watch.arrived(object)

    async def expect_none(self, wanted: Outcome, why: str) -> None:
        """Nothing of a kind comes while the trial lasts; what comes afterwards does not count. Raises Nonconformity."""
        watch = self.fresh.watch
        remaining_s = self.ends_s - max(self.began_s, self.other.channel.sent_at_s)
        event = await watch.next(passing=object, until=wanted, within_s=max(0.0, remaining_s))
        if not isinstance(event, Silence) and watch.arrived_at_s < self.ends_s - NEARLY_S:
            raise Nonconformity(why, expected="silence", got=watch.describe(event))


async def trial(fresh: Fresh, wanted: Any = None) -> Trial:
    """Switch the product on, and come back when it has first asked for its link-local address. Raises Unready.

    That may be while the product still starts: what takes long then is none of this.
    """
    fresh.begin()
    return await asked_for(fresh, wanted or probe(), START_S)


async def asked_for(fresh: Fresh, wanted: Any, within_s: float) -> Trial:
    """Come back when the product asks whether an address is free. Raises Unready."""
    asked = await fresh.watch.next(passing=object, until=outcome(wanted), within_s=within_s)
    if not isinstance(asked, Frame):
        raise Unready("the product does not ask whether its address is free")
    return Trial(fresh, asked)
