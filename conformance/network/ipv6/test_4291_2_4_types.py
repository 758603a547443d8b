"""RFC 4291, 2, 2.4 and 2.5.7: what an address is by its first bits, and that nothing else about it matters."""

from ipaddress import IPv6Address, IPv6Network

import pytest

from conformance.engine import a, uses

from .bind import both, host, router
from .default_routers import ask_from
from .provide import Fresh, Router, Station
from .station import packet, reply_to
from .transit import through
from .wire import EchoRequest, Ipv6

PREFIX = IPv6Network("2001:db8:7::/64")
SITE_LOCAL = IPv6Network("fec0:0:0:7::/64")
BESIDE = ["1::1", "fe00::1", "fe7f:ffff:ffff:ffff::1"]
"""Addresses beside the ranges that are something special."""
UNALLOCATED = ["400::1", "4000::1", "6000::1", "8000::1", "a000::1", "c000::1", "e000::1", "f000::1", "f800::1"]
SITE = ["fec0::7:0:0:0:1", "feff:ffff::1"]


async def routed(alone: Fresh) -> Router:
    """A default router of the product's. Raises Unready."""
    made = alone.router()
    await made.advertise(PREFIX)
    await alone.configured(PREFIX)
    made.product = alone.node
    await made.greet()
    return made


async def answered(alone: Fresh, source: str) -> None:
    """An Echo Request from behind the router is answered by way of the router."""
    router_ = await routed(alone)
    request = await ask_from(IPv6Address(source), router_)
    await router_.expect(reply_to(request))


async def passed_on(tester: Station, far: Station, source: str) -> None:
    """A packet from such an address is passed on like any other."""
    frame = through(tester, far, tester.echo(tester.case.rng.randbytes(16)))
    await tester.send(frame.changed(Ipv6, source=IPv6Address(source)))
    data = getattr(frame.message, "data", b"")
    await far.expect(packet(EchoRequest, data=data, ip=a(Ipv6, source=IPv6Address(source))))


@host("rfc4291:2.4-1")
@pytest.mark.parametrize("source", BESIDE)
@uses("product", exclusive=True)
async def test_an_address_beside_the_special_ones_is_global(alone: Fresh, source: str) -> None:
    """The special types of addresses end where their prefixes do: what lies beside them is global unicast."""
    await answered(alone, source)


@router("rfc4291:2.4-1")
@pytest.mark.parametrize("source", BESIDE)
async def test_from_an_address_beside_the_special_ones_is_passed_on(tester: Station, far: Station, source: str) -> None:
    """The special types of addresses end where their prefixes do: what lies beside them is global unicast."""
    await passed_on(tester, far, source)


@host("rfc4291:2.4-2")
@pytest.mark.parametrize("source", UNALLOCATED)
@uses("product", exclusive=True)
async def test_an_address_that_is_not_allocated_is_global(alone: Fresh, source: str) -> None:
    """An address of a range from which nothing is allocated yet is treated as global unicast."""
    await answered(alone, source)


@router("rfc4291:2.4-2")
@pytest.mark.parametrize("source", UNALLOCATED)
async def test_from_an_address_that_is_not_allocated_is_passed_on(tester: Station, far: Station, source: str) -> None:
    """An address of a range from which nothing is allocated yet is treated as global unicast."""
    await passed_on(tester, far, source)


@host("rfc4291:2.5.7-1")
@pytest.mark.parametrize("source", SITE)
@uses("product", exclusive=True)
async def test_a_site_local_address_is_global(alone: Fresh, source: str) -> None:
    """An address of fec0::/10 is treated as global unicast."""
    await answered(alone, source)


@router("rfc4291:2.5.7-1")
@pytest.mark.parametrize("source", SITE)
async def test_from_a_site_local_address_is_passed_on(tester: Station, far: Station, source: str) -> None:
    """An address of fec0::/10 is treated as global unicast."""
    await passed_on(tester, far, source)


@both("rfc4291:2-1")
@pytest.mark.parametrize("field", [0, 0xFFFFFFFFFFFF], ids=["zeros", "ones"])
async def test_fields_of_zeros_and_ones_are_legal(tester: Station, field: int) -> None:
    """A packet from an address whose fields are all zeros or all ones is treated like any other."""
    prefix = int(tester.address) >> 64 << 64
    source = IPv6Address(prefix | field << 16 | tester.case.rng.randrange(0x100, 0xFF00))
    tester.add(source)
    request = tester.echo()
    await tester.send(tester.frame(request, to=tester.product.address, source=source))
    await tester.expect_reply(request)
