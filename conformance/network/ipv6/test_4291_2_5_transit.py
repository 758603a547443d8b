"""RFC 4291, 2.5 and 2.7: what a router does not pass on to another link."""

from ipaddress import IPv6Address

import pytest

from conformance.engine import Silence, a, lasts, negative, outcome

from .bind import router
from .provide import Station
from .provoking import StandIn
from .station import CHATTER, UNSPECIFIED, packet
from .transit import acquaint, kept_back, through
from .wire import EchoRequest, Frame, Icmpv6Error, Ipv6, NeighborSolicitation
from .wire.addresses import LOOPBACK, multicast_mac

ASKED_S = 1.5
"""By then a router asks for a neighbour, again if it has done so before."""
GLOBAL = IPv6Address("ff0e::4291")
RESERVED = IPv6Address("ff0f::4291")


async def stays(tester: Station, far: Station, frame: Frame) -> None:
    """A packet does not come out of the far link, nor does the router look there for its destination."""
    await acquaint(tester, far)
    await kept_back(tester, far, [frame])
    await kept_back(tester, far, [])


@router("rfc4291:2.5.2-3")
@negative
async def test_a_packet_from_the_unspecified_address_stays(tester: Station, far: Station) -> None:
    """A packet from the unspecified address is not passed on."""
    await stays(tester, far, through(tester, far, tester.echo()).changed(Ipv6, source=UNSPECIFIED))


@router("rfc4291:2.5.3-4")
@lasts(ASKED_S)
@negative
async def test_a_packet_to_the_loopback_address_stays(tester: Station, far: Station) -> None:
    """A packet to ::1 is not passed on."""
    stand_in = StandIn(far, LOOPBACK)
    await stays(tester, far, tester.frame(tester.echo(), to=LOOPBACK, source=tester.address))
    about = a(Frame, ip=a(Ipv6, destination=LOOPBACK)) | packet(NeighborSolicitation, target=LOOPBACK)
    event = await stand_in.next(passing=a(Frame), until=about, within_s=ASKED_S)
    if not isinstance(event, Silence):
        raise stand_in.channel.unexpected(event, outcome(Silence))


@router("rfc4291:2.5.6-1")
@pytest.mark.parametrize("end", ["source", "destination"])
@negative
async def test_a_packet_with_a_link_local_address_stays(tester: Station, far: Station, end: str) -> None:
    """A packet from or to a link-local address is not passed on to another link."""
    change = {"source": tester.link_local} if end == "source" else {"destination": far.link_local}
    await stays(tester, far, through(tester, far, tester.echo()).changed(Ipv6, **change))


@router("rfc4291:2.7-3")
@pytest.mark.parametrize("group", ["ff01::4291", "ff02::4291", "ff11::4291", "ff12::4291", "ff02::1", "ff02::2"])
@negative
async def test_a_packet_to_a_group_of_the_link_stays(tester: Station, far: Station, group: str) -> None:
    """A packet to a group of interface-local or link-local scope is not passed on."""
    address = IPv6Address(group)
    far.channel.join(multicast_mac(address))
    await stays(tester, far, tester.frame(tester.echo(), to=address, source=tester.address))


@router("rfc4291:2.7-2d")
async def test_a_packet_to_a_group_of_scope_f_is_passed_on(tester: Station, far: Station) -> None:
    """A packet to a group of scope F is treated like one of scope E, which is passed on."""
    far.channel.join(multicast_mac(GLOBAL), multicast_mac(RESERVED))
    for group, expect in ((GLOBAL, far.ready), (RESERVED, far.expect)):
        data = tester.case.rng.randbytes(16)
        await tester.send(tester.frame(tester.echo(data), to=group, source=tester.address))
        await expect(packet(EchoRequest, data=data), passing=CHATTER | packet(Icmpv6Error))
