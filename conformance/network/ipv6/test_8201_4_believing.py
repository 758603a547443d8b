"""RFC 8201, 4, and RFC 8021: Packet Too Big messages that are not to be believed."""

from collections.abc import Callable
from ipaddress import IPv6Address

import pytest

from conformance.engine import negative

from .bind import both
from .path_mtu import LARGE, answered, pieces, told, too_big, unchanged
from .provide import Station
from .station import demand
from .wire import Frame, Ipv6, Tcp, TcpFlag, Udp

LEAST_MTU = 1280
TOO_SMALL = pytest.mark.parametrize("mtu", [0, 68, 1000, 1272, 1279])


def from_product(tester: Station, message: Tcp | Udp) -> Frame:
    """A large packet as the product might have sent it to a station."""
    there = tester.product.address or tester.product.link_local
    return Frame(
        destination=tester.mac,
        source=tester.product.mac,
        layers=(Ipv6(source=there, destination=tester.address), message),
    )


def segment(tester: Station) -> Frame:
    """A segment of a connection that does not exist."""
    rng = tester.case.rng
    made = Tcp(
        source_port=rng.randrange(33500, 65000),
        destination_port=rng.randrange(33500, 65000),
        flags=TcpFlag.ACK,
        data=rng.randbytes(1400),
        window=1000,
    )
    return from_product(tester, made)


def datagram(tester: Station) -> Frame:
    """A datagram from a port that nobody uses."""
    rng = tester.case.rng
    ports = {"source_port": rng.randrange(33500, 65000), "destination_port": rng.randrange(33500, 65000)}
    return from_product(tester, Udp(data=rng.randbytes(1400), **ports))


def anothers(tester: Station) -> Frame:
    """A datagram from an address that is not the product's."""
    frame = datagram(tester)
    return frame.changed(Ipv6, source=IPv6Address(int(tester.address) ^ 0x4443))


@both("rfc8201:4-1")
@pytest.mark.parametrize("never_sent", [segment, datagram, anothers])
@negative
async def test_an_error_about_a_packet_never_sent_is_not_believed(
    tester: Station, never_sent: Callable[[Station], Frame]
) -> None:
    """A Packet Too Big that quotes a packet which the product has not sent changes nothing."""
    await unchanged(tester)
    await tester.send(too_big(tester, never_sent(tester), 1300))
    sizes = await answered(tester)
    demand(len(sizes) == 1, "one packet, as before", sizes)


@both("rfc8201:4-2")
@TOO_SMALL
@negative
async def test_too_small_an_mtu_is_not_believed(tester: Station, mtu: int) -> None:
    """A Packet Too Big that tells less than 1280 octets is discarded: nothing changes."""
    await unchanged(tester)
    await told(tester, mtu)
    sizes = await answered(tester)
    demand(len(sizes) == 1, "one packet, as before", sizes)


@both("rfc8201:4-3")
@TOO_SMALL
@negative
async def test_no_path_is_taken_for_narrower_than_1280(tester: Station, mtu: int) -> None:
    """A packet of 1280 octets goes out in one piece, whatever a Packet Too Big has told."""
    await told(tester, mtu)
    sizes = await answered(tester, LEAST_MTU)
    demand(len(sizes) == 1, "one packet of 1280 octets", sizes)


@both("rfc8021:4-1")
@TOO_SMALL
@pytest.mark.parametrize("size", [100, LEAST_MTU, LARGE])
@negative
async def test_no_atomic_fragments_are_sent(tester: Station, mtu: int, size: int) -> None:
    """A Packet Too Big that tells less than 1280 octets does not cause packets with a Fragment header for nothing."""
    await told(tester, mtu)
    came = await pieces(tester, size)
    atomic = [frame for frame in came if frame.fragment and frame.fragment.atomic]
    demand(not atomic, "no atomic fragment", atomic)
