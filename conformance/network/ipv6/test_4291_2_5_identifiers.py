"""RFC 4291, 2.1, 2.5.1 and 2.5.6: link-local addresses and interface identifiers of the product's own."""

from ipaddress import IPv6Address, IPv6Network
from typing import Any

from conformance.engine import Silence, a, lasts, uses

from .bind import both, host
from .find import FINDER_MAC
from .provide import Fresh, Station
from .station import demand
from .wire import EchoRequest, Frame, Ipv6, NeighborSolicitation
from .wire.addresses import ALL_NODES, interface_identifier, link_local, multicast_mac

UP_S = 15.0
"""By then a product that was switched on shows an address."""
LINK_LOCAL = IPv6Network("fe80::/64")
PREFIX = IPv6Network("2001:db8:7::/64")
LONG = IPv6Network("2001:db8:8:0:1::/80")
SHORT = IPv6Network("2001:db8:1000::/36")
FORMED_S = 5.0
"""By then the address of a prefix is tried, if there is to be one."""


def is_near(ip: Any) -> bool:
    """from a link-local address"""
    return bool(ip and ip.source.is_link_local)


def tries_near(message: Any) -> bool:
    """that tries a link-local address"""
    return isinstance(message, NeighborSolicitation) and message.target.is_link_local


NEAR = a(Frame, ip=is_near) | a(Frame, message=tries_near)


@both("rfc4291:2.1-1")
@uses("product", exclusive=True)
@lasts(UP_S)
async def test_an_interface_has_a_link_local_address(fresh: Fresh) -> None:
    """Each interface has a link-local address, which shows when the product is switched on or is asked."""
    await fresh.start()
    event = await fresh.watch.next(passing=Frame, until=NEAR, within_s=UP_S)
    if isinstance(event, Silence):
        header = Ipv6(source=link_local(FINDER_MAC), destination=ALL_NODES)
        layers = (header, EchoRequest(identifier=1, sequence_number=1))
        await fresh.watch.send(Frame(destination=multicast_mac(ALL_NODES), source=FINDER_MAC, layers=layers))
        await fresh.sees(NEAR, why="the product shows no link-local address")


def identifier(address: IPv6Address) -> int:
    """The lower half of an address."""
    return int(address) & (1 << 64) - 1


@both("rfc4291:2.5.1-3a", "rfc4291:2.5.6-2")
async def test_a_link_local_address_has_54_zero_bits(tester: Station) -> None:
    """A link-local address is fe80::/10, 54 zero bits, and an interface identifier of 64 bits."""
    address = tester.product.link_local
    demand(address in LINK_LOCAL, "an address in fe80::/64", address)


@host("rfc4291:2.5.1-3a")
@uses("product", exclusive=True)
@lasts(FORMED_S)
async def test_an_identifier_has_64_bits(alone: Fresh) -> None:
    """The product forms addresses whose identifiers have 64 bits, and none of a prefix of another length."""
    router = alone.router()
    await router.advertise(LONG, SHORT, PREFIX)
    await alone.configured(PREFIX)
    await router.next(passing=object, within_s=FORMED_S)
    tried = [frame.message.target for frame in alone.heard if isinstance(frame.message, NeighborSolicitation)]
    wrong = [each for each in tried if each in LONG or each in SHORT]
    demand(not wrong, "addresses with identifiers of 64 bits", ", ".join(map(str, wrong)))


@both("rfc4291:2.5.1-3b")
async def test_an_identifier_has_the_form_of_eui_64(tester: Station) -> None:
    """An interface identifier is a Modified EUI-64: from a MAC address it has FFFE in its middle."""
    middle = identifier(tester.product.link_local) >> 24 & 0xFFFF
    demand(middle == 0xFFFE, "FFFE in the middle of the identifier", tester.product.link_local)


@both("rfc4291:2.5.1-4")
async def test_an_identifier_is_made_from_the_mac_address(tester: Station) -> None:
    """An identifier from a MAC address has FFFE inserted and the universal/local bit inverted."""
    wanted = interface_identifier(tester.product.mac)
    demand(identifier(tester.product.link_local) == wanted, f"{wanted:016x}", tester.product.link_local)
