"""RFC 4861, 6.1.1, 6.2.4 and 6.3.3: a host and what is the business of routers."""

from conformance.engine import Silence, a, lasts, negative

from .bind import host
from .provide import Neighbour
from .resolving import at
from .wire import (
    Frame,
    NeighborAdvertisement,
    RouterAdvertisement,
    RouterSolicitation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)
from .wire.addresses import ALL_NODES, ALL_ROUTERS

ANSWERED_S = 1.5
"""By when an answer to a Router Solicitation would have come: half a second, and some time to spare."""
OTHERS = a(Frame, message=lambda message: not isinstance(message, RouterAdvertisement)) | a(Frame, ip=None)


def solicitations(neighbour: Neighbour) -> list[Frame]:
    """Router Solicitations that reach the host: at its own address, and at groups that it may be a member of."""
    question = RouterSolicitation(options=(SourceLinkLayerAddress(address=neighbour.elsewhere),))
    ways = (neighbour.there, ALL_NODES, ALL_ROUTERS)
    return [neighbour.frame(question, to=to, source=neighbour.address, hop_limit=255) for to in ways]


@host("rfc4861:6.1.1-1")
@negative
async def test_a_host_learns_nothing_from_a_router_solicitation(neighbour: Neighbour) -> None:
    """A host discards each Router Solicitation: it does not learn the address of its sender."""
    await neighbour.send(*solicitations(neighbour))
    await neighbour.expect_unknown("the host has learnt from a Router Solicitation")


@host("rfc4861:6.1.1-1", "rfc4861:6.2.4-1")
@lasts(ANSWERED_S)
@negative
async def test_a_host_sends_no_router_advertisement(neighbour: Neighbour) -> None:
    """A host never sends a Router Advertisement, not even when it is asked for one."""
    await neighbour.send(*solicitations(neighbour))
    await neighbour.expect(Silence, passing=OTHERS, within_s=ANSWERED_S, why="the host sent a Router Advertisement")


@host("rfc4861:6.3.3-1")
async def test_a_host_is_a_member_of_all_nodes(neighbour: Neighbour) -> None:
    """A host hears what is sent to ff02::1, such as that a neighbour has a new link-layer address."""
    await neighbour.reachable()
    here, there = (news(neighbour, mac) for mac in (neighbour.mac, neighbour.elsewhere))
    await neighbour.send(neighbour.frame(there, to=neighbour.there, source=neighbour.address, hop_limit=255))
    await neighbour.ready(at(neighbour.elsewhere, await neighbour.use()))
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, solicited=True, override=True))
    await neighbour.send(neighbour.frame(here, to=ALL_NODES, source=neighbour.address, hop_limit=255))
    await neighbour.expect_reply_at(neighbour.mac, why="the host did not hear what was sent to ff02::1")


def news(neighbour: Neighbour, mac: bytes) -> NeighborAdvertisement:
    """The neighbour says that it is somewhere else."""
    return NeighborAdvertisement(
        target=neighbour.address, override=True, options=(TargetLinkLayerAddress(address=mac),)
    )
