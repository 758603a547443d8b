"""RFC 4861, 6.2.5 and 6.2.8: a router that ceases to advertise or to forward, or has another address.

Only the owner of the router can change that; the testbed does it where it knows how.
"""

from conformance.engine import Unready, check, lasts, uses

from .advertised import first_advertisement, next_to_all
from .bind import router
from .provide import Fresh, Station
from .station import packet, reply_to
from .wire import Frame, NeighborAdvertisement, NeighborSolicitation, RouterAdvertisement, SourceLinkLayerAddress
from .wire.addresses import ALL_NODES, ALL_ROUTERS, solicited_node

pytestmark = uses("product", exclusive=True)
SOON_S = 5.0
LONGEST_S = 600.0
LAST = packet(RouterAdvertisement, router_lifetime=0)


async def changed(fresh: Fresh, act: str) -> Station:
    """A station beside a router that has advertised itself, and that was changed then. Raises Unready."""
    await fresh.up()
    await first_advertisement(fresh)
    station = fresh.station()
    await station.greet()
    if not await fresh.case.act(fresh.site, act):
        raise Unready(f"nobody here can have the product {act.replace('_', ' ')}")
    return station


@router("rfc4861:6.2.5-1")
@lasts(SOON_S)
async def test_a_router_that_ceases_to_advertise_says_so(fresh: Fresh) -> None:
    """An interface that ceases to advertise sends one to three advertisements with Router Lifetime 0."""
    await changed(fresh, "stop_advertising")
    await fresh.sees(LAST, within_s=SOON_S, why="no advertisement with Router Lifetime 0 came")


@router("rfc4861:6.2.5-2")
async def test_a_router_that_becomes_a_host_leaves_all_routers(fresh: Fresh) -> None:
    """A router that has become a host hears no more what is sent to ff02::2."""
    station = await changed(fresh, "stop_forwarding")
    for group, heard in ((ALL_NODES, True), (ALL_ROUTERS, False)):
        request = station.echo()
        await station.send(station.frame(request, to=group))
        if heard:
            await station.ready(reply_to(request))
        else:
            await station.expect_nothing("a host is a member of ff02::2")


@router("rfc4861:6.2.5-3")
async def test_a_router_that_becomes_a_host_says_so(fresh: Fresh) -> None:
    """After it has become a host, the product answers solicitations with the R flag clear."""
    await fresh.up()
    if not await says_router(fresh.station(name="before")):
        raise Unready("the router does not say that it is one")
    station = await changed(fresh, "stop_forwarding")
    check(not await says_router(station), "the R flag is set", expected="R 0", got="R 1")


async def says_router(station: Station) -> bool:
    """The R flag of the product's answer to a solicitation. Raises Unready."""
    target = station.product.link_local
    question = NeighborSolicitation(target=target, options=(SourceLinkLayerAddress(address=station.mac),))
    await station.send(station.frame(question, to=solicited_node(target), hop_limit=255))
    answer: Frame = await station.ready(packet(NeighborAdvertisement, target=target), passing=Frame)
    assert isinstance(answer.message, NeighborAdvertisement)
    return answer.message.router


@router("rfc4861:6.2.5-4")
@lasts(LONGEST_S)
async def test_a_router_that_does_not_forward_is_no_default_router(fresh: Fresh) -> None:
    """When forwarding is off while the interface advertises, the advertisements have Router Lifetime 0."""
    await changed(fresh, "stop_forwarding")
    message = await next_to_all(fresh, LONGEST_S)
    check(not message.router_lifetime, "it has a Router Lifetime", expected=0, got=message.router_lifetime)


@router("rfc4861:6.2.8-1")
@lasts(2 * SOON_S)
async def test_a_router_with_a_new_address_says_so(fresh: Fresh) -> None:
    """A router with a new link-local address ends the old one by Router Lifetime 0, and advertises from the new."""
    station = await changed(fresh, "change_address")
    old = station.product.link_local
    await fresh.sees(
        packet(RouterAdvertisement, router_lifetime=0, ip=lambda ip: ip.source == old),
        within_s=SOON_S,
        why="no advertisement with Router Lifetime 0 came from the old address",
    )
    await fresh.sees(
        packet(RouterAdvertisement, ip=lambda ip: ip.source != old),
        within_s=2 * SOON_S,
        why="no advertisement came from the new address",
    )
