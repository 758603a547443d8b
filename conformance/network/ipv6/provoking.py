"""What makes a product send ICMPv6 errors, and stations that have what nobody may have."""

from ipaddress import IPv6Address
from typing import Any

from .find import ROUTER_MAC
from .station import CHATTER, Station, error, packet
from .wire import (
    DestinationOptions,
    DestinationUnreachable,
    Frame,
    Icmpv6Error,
    NeighborAdvertisement,
    NeighborSolicitation,
    ParameterProblem,
    Raw,
    SourceLinkLayerAddress,
    Udp,
    UnknownOption,
)
from .wire.addresses import solicited_node

UNASSIGNED = 200
"""A next header that nobody knows."""
UNKNOWN = DestinationOptions(options=(UnknownOption(option_type=0x9E, data=bytes(4)),))
"""A header with an option that nobody knows, and that is to be told of wherever the packet went."""
PROBLEM = error(ParameterProblem, code=2)
CLOSED = error(DestinationUnreachable, code=4)
ERRORS = packet(Icmpv6Error)


def unknown_option(station: Station, size: int = 8, **how: Any) -> Frame:
    """An Echo Request with an option that nobody knows."""
    return station.frame(UNKNOWN, station.echo(station.case.rng.randbytes(size)), **how)


def unknown_next_header(station: Station, size: int = 8, **how: Any) -> Frame:
    """A packet of a protocol that nobody knows."""
    return station.frame(Raw(data=station.case.rng.randbytes(size), next_header=UNASSIGNED), **how)


def closed_port(station: Station, size: int = 8, **how: Any) -> Frame:
    """A datagram to a port that hardly anybody listens on."""
    rng = station.case.rng
    ports = {"source_port": rng.randrange(33500, 65000), "destination_port": rng.randrange(33500, 65000)}
    return station.frame(Udp(data=rng.randbytes(size), **ports), **how)


class StandIn(Station):
    """A station with an address that is no node's. It hears what the product sends to the default router, too.

    All that stand in for one address have one hardware address: the product may remember it from another case.
    """

    def __init__(self, beside: Station, address: IPv6Address) -> None:
        mac = b"\x02\x5e" + address.packed[-4:]
        super().__init__(beside.case, beside.segment, beside.product, name="stand-in", mac=mac, addresses=[address])
        self.channel.join(ROUTER_MAC)

    def takes(self, destination: IPv6Address) -> bool:
        return True


async def settled(tester: Station, why: str = "", *, passing: Any = CHATTER) -> None:
    """What was sent last gets no answer, nor does the product ask where to send one and then does. Raises
    Nonconformity.
    """
    await tester.expect_nothing(why, passing=passing)
    await tester.expect_nothing(why, passing=passing)


async def has(tester: Station, address: IPv6Address) -> bool:
    """Whether the product answers for an address on this link."""
    question = NeighborSolicitation(target=address, options=(SourceLinkLayerAddress(address=tester.mac),))
    behind = tester.echo(b"behind")
    await tester.send(
        tester.frame(question, to=solicited_node(address), source=tester.link_local, hop_limit=255),
        tester.frame(behind),
    )
    await tester.expect_reply(behind)
    return bool(tester.arrived(packet(NeighborAdvertisement, target=address)))
