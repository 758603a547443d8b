"""Prefixes that a router of the tester's advertises, and the addresses that a host makes of them (RFC 4862, 5.5)."""

from ipaddress import IPv6Address, IPv6Network
from typing import Any

from conformance.engine import Silence, Unready, a, check, outcome

from .fresh import Fresh
from .router import Router, as_prefix
from .station import packet, reply_to
from .tentative import RETRANS_S, elapse, probe
from .wire import Frame, Ipv6, NeighborAdvertisement, NeighborSolicitation, PrefixInformation, SourceLinkLayerAddress
from .wire.addresses import ALL_NODES, LINK_LOCAL, solicited_node

GOOD = IPv6Network("2001:db8:a::/64")
"""A prefix that every host takes."""
OTHER = IPv6Network("2001:db8:b::/64")
AWAY = IPv6Address("2001:db8:ffff::1")
"""An address as far from GOOD as from OTHER, so that no source is nearer to it than another."""
FORMED_S = 16.0
"""A random delay of a second, Duplicate Address Detection of another, and time for a slow product."""
LATE_S = 1.0 + RETRANS_S + 1.0
"""By now an address that a host was to make is there."""
ASK_S = 0.5


class Giver:
    """A router of the tester's that a host takes its addresses from."""

    def __init__(self, alone: Fresh) -> None:
        self.alone = alone
        self.router: Router = alone.router(addresses=[AWAY])
        self.identifier = int(alone.node.link_local) & (1 << 64) - 1

    async def give(self, *prefixes: IPv6Network | PrefixInformation, **fields: Any) -> None:
        """Advertise prefixes."""
        await self.router.advertise(*prefixes, **fields)

    async def address(self, prefix: IPv6Network) -> IPv6Address:
        """The address that the host has made of a prefix, once it answers for it. Raises Unready."""
        address = await self.tried(prefix)
        if address is None or not await self.has(address, within_s=FORMED_S):
            raise Unready(f"the host makes no address of {prefix}")
        return address

    async def tried(self, prefix: IPv6Network, *, but: IPv6Address | None = None) -> IPv6Address | None:
        """The address of a prefix that the host shows or has shown; None where it shows none."""
        watch = self.alone.watch
        event = await watch.next(passing=object, until=of(prefix, but), within_s=FORMED_S)
        return await self.used(prefix) if isinstance(event, Silence) else shown(event)

    async def used(self, prefix: IPv6Network) -> IPv6Address | None:
        """The address of a prefix that the host answers a packet to all nodes from; None where it has none."""
        near = prefix[0x4862]
        self.router.add(near)
        request = self.router.echo()
        await self.router.send(self.router.frame(request, to=ALL_NODES, source=near))
        event = await self.router.next(passing=object, until=outcome(reply_to(request)))
        return event.ip.source if not isinstance(event, Silence) and event.ip.source in prefix else None

    async def has(self, address: IPv6Address, *, within_s: float = 1.5) -> bool:
        """Whether the host answers for an address."""
        wanted = outcome(packet(NeighborAdvertisement, target=address))
        for _ in range(max(1, int(within_s / ASK_S))):
            question = NeighborSolicitation(target=address, options=(SourceLinkLayerAddress(address=self.router.mac),))
            await self.router.send(self.router.frame(question, to=solicited_node(address), hop_limit=255))
            event = await self.router.next(passing=object, until=wanted, within_s=ASK_S)
            if not isinstance(event, Silence):
                return True
        return False

    async def expect_none(self, *prefixes: IPv6Network, why: str) -> None:
        """Of none of these prefixes the host makes an address, while it makes one of another. Raises Nonconformity."""
        await self.give(GOOD)
        good = await self.address(GOOD)
        await elapse(self.alone, LATE_S)
        for prefix in prefixes:
            seen = [shown(frame) for frame in self.alone.heard if of(prefix).matches(frame)]
            check(not seen, why, expected=f"no address of {prefix}", got=seen)
            for identifier in {self.identifier, int(good) & (1 << 64) - 1}:
                address = IPv6Address(int(prefix.network_address) | identifier)
                check(not await self.has(address), why, expected=f"no address of {prefix}", got=address)

    async def source(self) -> IPv6Address:
        """The address that the host answers a packet to all nodes from, which it has to choose. Raises Unready."""
        request = self.router.echo()
        await self.router.send(self.router.frame(request, to=ALL_NODES, source=AWAY))
        event = await self.router.next(passing=object, until=outcome(reply_to(request)))
        if isinstance(event, Silence):
            raise Unready("the host does not answer an Echo Request to all nodes")
        source: IPv6Address = event.ip.source
        return source

    async def source_once(self, prefix: IPv6Network) -> IPv6Address:
        """The same, once it is of a prefix; what it is in the end where it never is."""
        for _ in range(6):
            source = await self.source()
            if source in prefix:
                break
            await elapse(self.alone, ASK_S)
        return source

    async def answers(self, address: IPv6Address) -> bool:
        """Whether the host answers an Echo Request to an address, and from it."""
        request = self.router.echo()
        await self.router.send(self.router.frame(request, to=address))
        event = await self.router.next(passing=object, until=outcome(reply_to(request)), within_s=1.5)
        return not isinstance(event, Silence) and event.ip.source == address


def of(prefix: IPv6Network, but: IPv6Address | None = None) -> Any:
    """Whatever shows an address of a prefix: a question whether it is free, or a packet from it."""

    def belongs(address: IPv6Address) -> bool:
        return address in prefix and address != but

    return outcome(probe(belongs) | a(Frame, ip=a(Ipv6, source=belongs)))


def shown(frame: Any) -> IPv6Address:
    """The address that a frame shows."""
    address: IPv6Address = frame.message.target if not int(frame.ip.source) else frame.ip.source
    return address


def lasting(
    valid_s: int, preferred_s: int | None = None, prefix: IPv6Network = GOOD, **fields: Any
) -> PrefixInformation:
    """A prefix with these lifetimes; the preferred one is the valid one where it is not given."""
    lifetimes = {"valid_lifetime": valid_s, "preferred_lifetime": valid_s if preferred_s is None else preferred_s}
    return as_prefix(prefix, **lifetimes, **fields)


LINK = IPv6Network((LINK_LOCAL, 64))
"""The link-local prefix."""
