"""RFC 4861, 7.2.3, 7.2.5, 7.3: neighbours that are routers, on a link of the case's own."""

from conformance.engine import lasts, uses

from .bind import both, host
from .default_routers import AWAY, ask_from, two_routers
from .provide import Fresh, Neighbour
from .resolving import NO_ANSWER, PROBED_S
from .router import Router
from .station import packet, reply_to
from .wire import (
    Frame,
    NeighborAdvertisement,
    NeighborSolicitation,
    RouterAdvertisement,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)
from .wire.addresses import ALL_NODES, solicited_node

pytestmark = uses("product", exclusive=True)


def neighbour_of(alone: Fresh) -> Neighbour:
    """A neighbour that has a link-local address alone."""
    return Neighbour(alone.case, alone.lan, alone.node, name="neighbour")


def retires(router: Router) -> Frame:
    """The router says that it is no router any more."""
    option = TargetLinkLayerAddress(address=router.mac)
    message = NeighborAdvertisement(router=False, override=True, target=router.link_local, options=(option,))
    return router.frame(message, to=ALL_NODES, source=router.link_local, hop_limit=255)


def advertising(neighbour: Neighbour, mac: bytes | None) -> Frame:
    """A Router Advertisement that says nothing but where its sender is."""
    options = () if mac is None else (SourceLinkLayerAddress(address=mac),)
    return neighbour.frame(RouterAdvertisement(options=options), to=ALL_NODES, hop_limit=255)


@host("rfc4861:7.2.5-10b", "rfc4861:7.3.3-8")
async def test_a_router_that_becomes_a_host_is_left(alone: Fresh) -> None:
    """An advertisement with the R flag clear takes a default router off the list: the host uses another one."""
    used, other = await two_routers(alone)
    await used.send(retires(used))
    request = await ask_from(AWAY, used)
    await other.expect(reply_to(request), why="the host goes on using what is no router any more")


@host("rfc4861:7.2.3-4b")
async def test_a_router_that_asks_stays_a_router(alone: Fresh) -> None:
    """A solicitation does not change what is known of a router: a default router that sends one stays one."""
    used, other = await two_routers(alone)
    for each in (used, other):
        target = each.product.link_local
        question = NeighborSolicitation(target=target, options=(SourceLinkLayerAddress(address=each.mac),))
        await each.send(each.frame(question, to=solicited_node(target), source=each.link_local, hop_limit=255))
        await each.ready(packet(NeighborAdvertisement, target=target), passing=NO_ANSWER)
    request = await ask_from(AWAY, used)
    await used.expect(reply_to(request), why="the host does not use its default router any more")


@both("rfc4861:7.3.1-2")
@lasts(PROBED_S)
async def test_a_router_advertisement_confirms_nothing(alone: Fresh) -> None:
    """A Router Advertisement does not confirm that its sender can be reached: STALE stays."""
    neighbour = neighbour_of(alone)
    await neighbour.stale()
    await neighbour.send(advertising(neighbour, neighbour.mac), advertising(neighbour, None))
    await neighbour.shows_stale(why="a Router Advertisement confirms the entry")


@host("rfc4861:7.3.3-7a", "rfc4861:6.3.4-12a")
@lasts(PROBED_S)
async def test_an_entry_that_a_router_advertisement_creates_is_stale(alone: Fresh) -> None:
    """An entry that an advertisement of a router creates is STALE."""
    neighbour = neighbour_of(alone)
    await neighbour.send(advertising(neighbour, neighbour.mac))
    await neighbour.shows_stale()


@host("rfc4861:7.3.3-7b", "rfc4861:6.3.4-12b")
@lasts(PROBED_S)
async def test_an_entry_that_a_router_advertisement_changes_is_stale(alone: Fresh) -> None:
    """An entry whose link-layer address an advertisement of a router changes is STALE."""
    neighbour = neighbour_of(alone)
    await neighbour.reachable(neighbour.elsewhere)
    await neighbour.send(advertising(neighbour, neighbour.mac))
    await neighbour.shows_stale()
