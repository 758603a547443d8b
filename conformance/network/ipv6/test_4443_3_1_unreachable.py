"""RFC 4443, 3.1: Destination Unreachable."""

from ipaddress import IPv6Address

import pytest

from conformance.engine import lasts, negative

from .anycast import access
from .bind import both, router
from .provide import Station
from .provoking import CLOSED, closed_port
from .resolving import LATE_S, RETRANS_S, TRIES
from .station import Stimulus, error, packet
from .transit import through
from .wire import DestinationUnreachable, Frame, Ipv6, TimeExceeded

UNREACHABLE = error(DestinationUnreachable)
UNRESOLVED_S = TRIES * RETRANS_S + 2 * LATE_S
"""By then a router has told that a neighbour does not answer it."""


def nowhere(station: Station) -> IPv6Address:
    """An address that no route leads to."""
    return IPv6Address(0x20010DB8DEAD << 80 | station.case.rng.getrandbits(64))


def nobody(station: Station, far: Station) -> IPv6Address:
    """An address on the far link that no node has."""
    return IPv6Address(int(far.address) >> 64 << 64 | station.case.rng.getrandbits(62) | 1 << 63)


def unrouted(station: Station) -> Frame:
    """A packet to an address that no route leads to."""
    return station.frame(station.echo(), to=nowhere(station))


def beyond(station: Station, far: Station) -> Frame:
    """A packet to the far link from an address that is known on the near link only."""
    return through(station, far, station.echo()).changed(Ipv6, source=station.link_local)


def unanswered(station: Station, far: Station) -> Frame:
    """A packet to an address on the far link that no node has."""
    return station.frame(station.echo(), to=nobody(station, far))


def has_no_default_route(tester: Station) -> None:
    """Such a packet would leave by a default route."""
    if tester.case.claims.get("default_route"):
        tester.case.not_applicable("the router has a default route", "路由器有默认路由")


@both("rfc4443:3.1-1a")
@negative
async def test_the_unused_field_about_a_port_is_zero(tester: Station) -> None:
    """The unused field of Destination Unreachable is zero."""
    await tester.send(closed_port(tester))
    await tester.expect_of_any(error(DestinationUnreachable, unused=0))


@router("rfc4443:3.1-1a")
@negative
async def test_the_unused_field_about_a_hop_limit_is_zero(tester: Station, far: Station) -> None:
    """The unused field of Time Exceeded is zero."""
    await tester.send(through(tester, far, tester.echo(), hop_limit=1))
    await tester.expect_of_any(error(TimeExceeded, unused=0))


@both("rfc4443:3.1-9")
@pytest.mark.parametrize("size", [0, 8, 1300])
@negative
async def test_a_datagram_for_a_closed_port_is_reported(tester: Station, size: int) -> None:
    """A datagram to a port that nobody listens on is reported by code 4."""
    await tester.provokes(CLOSED, lambda station: [closed_port(station, size)])


async def reported(tester: Station, stimulus: Stimulus, within_s: float | None = None) -> None:
    """A packet that cannot be delivered is reported."""
    await tester.provokes(UNREACHABLE, stimulus, within_s=within_s)


async def coded(tester: Station, faulty: Frame, *codes: int, within_s: float | None = None) -> None:
    """If a packet is reported, it is by one of these codes; whether it is, is another clause's matter."""
    await tester.send(faulty)
    await tester.expect_of_any(packet(DestinationUnreachable, code=_one_of(codes)), within_s=within_s)


def _one_of(codes: tuple[int, ...]) -> object:
    def fits(code: int) -> bool:
        return code in codes

    fits.__doc__ = " or ".join(map(str, codes))
    return fits


@router("rfc4443:3.1-2")
@negative
async def test_a_packet_without_a_route_is_reported(tester: Station) -> None:
    """A packet to an address that no route leads to is reported."""
    has_no_default_route(tester)
    await reported(tester, lambda station: [unrouted(station)])


@router("rfc4443:3.1-2")
@negative
async def test_a_packet_beyond_its_scope_is_reported(tester: Station, far: Station) -> None:
    """A packet to another link from a link-local address is reported."""
    await reported(tester, lambda station: [beyond(station, far)])


@router("rfc4443:3.1-2")
@lasts(2 * UNRESOLVED_S)
@negative
async def test_a_packet_for_a_neighbour_that_is_not_there_is_reported(tester: Station, far: Station) -> None:
    """A packet to an address that address resolution finds nobody for is reported."""
    await reported(tester, lambda station: [unanswered(station, far)], UNRESOLVED_S)


@router("rfc4443:3.1-4")
@negative
async def test_no_route_is_code_0(tester: Station) -> None:
    """Where no route leads to the destination, the code is 0."""
    await coded(tester, unrouted(tester), 0)


@router("rfc4443:3.1-6")
@negative
async def test_beyond_the_scope_is_code_2(tester: Station, far: Station) -> None:
    """Where the destination is beyond the scope of the source, the code is 2."""
    await coded(tester, beyond(tester, far), 2)


@router("rfc4443:3.1-7")
@lasts(UNRESOLVED_S)
@negative
async def test_a_neighbour_that_is_not_there_is_code_3(tester: Station, far: Station) -> None:
    """Where address resolution fails, the code is 3."""
    await coded(tester, unanswered(tester, far), 3, within_s=UNRESOLVED_S)


@router("rfc4443:3.1-5")
@negative
async def test_what_is_prohibited_is_code_1(tester: Station) -> None:
    """Where the administrator prohibits the destination, the code is 1, or one that tells more exactly why."""
    await coded(tester, tester.frame(tester.echo(), to=access(tester, "prohibited")), 1, 5, 6)


@router("rfc4443:3.1-10a")
@negative
async def test_a_source_that_is_filtered_is_code_5(tester: Station, far: Station) -> None:
    """Where a filter refuses the source address, the code is 5, or 1, of which that is a part."""
    filtered = access(tester, "filtered")
    tester.add(filtered)
    faulty = through(tester, far, tester.echo())
    await coded(tester, faulty.changed(Ipv6, source=filtered), 5, 1)


@router("rfc4443:3.1-10b")
@negative
async def test_a_route_that_rejects_is_code_6(tester: Station) -> None:
    """Where the route to the destination rejects packets, the code is 6, or 1, of which that is a part."""
    await coded(tester, tester.frame(tester.echo(), to=access(tester, "rejected")), 6, 1)
