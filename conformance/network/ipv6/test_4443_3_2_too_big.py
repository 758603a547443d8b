"""RFC 4443, 3.2: Packet Too Big."""

from ipaddress import IPv6Address

import pytest

from conformance.engine import Unready, negative

from .bind import both, router
from .fragments import LEAST_MTU
from .path_mtu import answered, told
from .provide import Station
from .station import demand, error
from .transit import through
from .wire import EchoRequest, Frame, PacketTooBig
from .wire.addresses import multicast_mac

HEADERS_OCTETS = 48
GROUP = IPv6Address("ff0e::4443")
"""A group of global scope."""
TOO_BIG = error(PacketTooBig)


def large(tester: Station, far: Station) -> EchoRequest:
    """An Echo Request that fits the near link and not the far one. Raises Unready where there is no such."""
    if far.product.mtu >= tester.product.mtu:
        raise Unready("the far link takes packets as large as the near one")
    return tester.echo(tester.case.rng.randbytes(tester.product.mtu - HEADERS_OCTETS))


def too_large(tester: Station, far: Station) -> Frame:
    """A packet in transit that the far link does not take."""
    return through(tester, far, large(tester, far))


@router("rfc4443:3.2-1")
@negative
async def test_a_packet_too_large_for_the_next_link_is_reported(tester: Station, far: Station) -> None:
    """A packet that exceeds the MTU of the link that it should leave by is reported by Packet Too Big."""
    await tester.provokes(TOO_BIG, lambda station: [too_large(station, far)])


@router("rfc4443:3.2-2a")
@negative
async def test_the_code_of_packet_too_big_is_zero(tester: Station, far: Station) -> None:
    """The code of Packet Too Big is 0."""
    await tester.send(too_large(tester, far))
    await tester.expect_of_any(error(PacketTooBig, code=0))


@router("rfc4443:3.2-4")
@negative
async def test_packet_too_big_tells_the_mtu_of_the_next_link(tester: Station, far: Station) -> None:
    """Packet Too Big tells the MTU of the link that the packet should leave by."""
    await tester.send(too_large(tester, far))
    await tester.expect_of_any(error(PacketTooBig, mtu=far.product.mtu))


@router("rfc4443:3.2-3")
@negative
async def test_a_packet_too_large_for_a_group_is_reported(tester: Station, far: Station) -> None:
    """Packet Too Big is sent about a packet to a group as well."""
    far.channel.join(multicast_mac(GROUP))
    await tester.provokes(TOO_BIG, lambda station: [station.frame(large(station, far), to=GROUP)])


@both("rfc4443:3.2-2b")
@pytest.mark.parametrize("code", [1, 7, 255])
async def test_the_code_of_a_packet_too_big_received_is_ignored(tester: Station, code: int) -> None:
    """A Packet Too Big with another code than 0 counts like one with code 0."""
    other = await tester.another()
    await told(other, LEAST_MTU)
    if max(await answered(other)) > LEAST_MTU:
        tester.case.not_applicable(
            "the product does not follow Packet Too Big messages with code 0 either",
            "产品也不理会代码为 0 的报文过大消息",
        )
    await told(tester, LEAST_MTU, code=code)
    sizes = await answered(tester)
    demand(max(sizes) <= LEAST_MTU, f"packets of at most {LEAST_MTU} octets, as after code 0", sizes)
