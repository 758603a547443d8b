"""RFC 8201, 3 and 4: what a Packet Too Big does to the size of later packets."""

from ipaddress import IPv6Address, IPv6Network

import pytest

from conformance.engine import Unready, uses

from .bind import both, host
from .fragments import reply_in_pieces
from .path_mtu import LARGE, answered, pieces, sized, told, too_big
from .provide import Fresh, Router, Station
from .station import demand

AWAY = IPv6Address("2001:db8:8201::1")
"""An address behind the router."""
PREFIX = IPv6Network("2001:db8:7::/64")
IN_A_ROW = 20


@both("rfc8201:3-1")
async def test_the_path_is_as_wide_as_the_first_link_at_first(tester: Station) -> None:
    """Before any Packet Too Big a reply as large as the link takes goes out in one piece."""
    sizes = await answered(tester, tester.product.mtu)
    demand(len(sizes) == 1, f"one packet of {tester.product.mtu} octets", sizes)


async def fits(station: Station, mtu: int, size: int = LARGE) -> None:
    """What the product sends to a station now is no larger than this."""
    sizes = await answered(station, size)
    demand(max(sizes) <= mtu, f"packets of at most {mtu} octets", sizes)


@both("rfc8201:3-3")
@pytest.mark.parametrize("teller", ["itself", "router"])
async def test_a_destination_on_the_link_may_be_behind_a_narrow_path(tester: Station, teller: str) -> None:
    """A Packet Too Big about a destination that seems to be on the link is obeyed, whoever sends it."""
    about = (await pieces(tester))[0]
    sender = tester if teller == "itself" else await tester.another()
    await sender.send(too_big(sender, about, 1400))
    await sender.greet()
    await fits(tester, 1400)


@both("rfc8201:4-4")
@pytest.mark.parametrize("mtu", [1280, 1300, 1400, 1492])
async def test_a_packet_too_big_lowers_the_path_mtu(tester: Station, mtu: int) -> None:
    """A Packet Too Big lowers the path MTU to the value that it tells."""
    await told(tester, mtu)
    await fits(tester, mtu)


@both("rfc8201:4-4")
async def test_a_second_packet_too_big_lowers_the_path_mtu_again(tester: Station) -> None:
    """Each Packet Too Big lowers the path MTU to the value that it tells, if that is smaller."""
    for mtu in (1450, 1400, 1281):
        await told(tester, mtu)
        await fits(tester, mtu)


async def behind(alone: Fresh) -> Router:
    """A router that speaks for a node behind it. Raises Unready."""
    router = alone.router()
    await router.advertise(PREFIX)
    await alone.configured(PREFIX)
    router.product = alone.node
    await router.greet()
    router.addresses = {AWAY, router.link_local}
    return router


@host("rfc8201:4-4")
@uses("product", exclusive=True)
async def test_a_packet_too_big_from_a_router_lowers_the_path_mtu(alone: Fresh) -> None:
    """A Packet Too Big about a destination behind a router lowers the path MTU to the value that it tells."""
    router = await behind(alone)
    for mtu in (1400, 1300):
        await told(router, mtu)
        await fits(router, mtu)


@both("rfc8201:4-5")
async def test_later_packets_keep_to_the_path_mtu(tester: Station) -> None:
    """After a Packet Too Big the product sends smaller packets along that path, and not only once."""
    await told(tester, 1300)
    for _ in range(IN_A_ROW):
        await fits(tester, 1300)


@both("rfc8201:4-6")
async def test_the_next_packet_keeps_to_the_path_mtu(tester: Station) -> None:
    """A smaller path MTU takes effect at once: a packet that is asked for in the same breath keeps to it."""
    about = (await pieces(tester))[0]
    asked = sized(tester, LARGE)
    await tester.send(too_big(tester, about, 1300), tester.frame(asked, to=tester.product.address))
    sizes = [frame.size for frame in await reply_in_pieces(tester, asked)]
    if not sizes:
        raise Unready("the product does not answer a large Echo Request")
    demand(max(sizes) <= 1300, "packets of at most 1300 octets", sizes)


@both("rfc8201:4-8")
@pytest.mark.parametrize("larger", [1400, 1500, 9000, 0xFFFFFFFF])
async def test_a_packet_too_big_never_raises_the_path_mtu(tester: Station, larger: int) -> None:
    """A Packet Too Big that tells a larger MTU than is known changes nothing."""
    about = await told(tester, 1300)
    await fits(tester, 1300)
    await tester.send(too_big(tester, about, larger))
    await fits(tester, 1300)
