"""RFC 4861, 4.6: options in messages that do not define them, from routers and in Redirects."""

from conformance.engine import a, uses

from .bind import both, host
from .default_routers import AWAY, ask_from, two_routers
from .next_hops import expect_through, inside, numbered, on_link, served
from .provide import Fresh
from .redirecting import redirect
from .station import Station, packet, reply_to
from .wire import (
    EchoReply,
    Frame,
    MtuOption,
    NdOption,
    NeighborAdvertisement,
    NeighborSolicitation,
    RedirectedHeader,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)
from .wire.addresses import solicited_node

pytestmark = uses("product", exclusive=True)
LARGE = 1400
OTHERS = a(Frame, message=lambda message: not isinstance(message, NeighborSolicitation | EchoReply))
"""What neither asks for an address nor uses one."""


async def solicit(station: Station, *options: NdOption) -> None:
    """Ask for the product's address, with options besides; it answers. Raises Unready."""
    target = station.product.link_local
    question = NeighborSolicitation(target=target, options=(SourceLinkLayerAddress(address=station.mac), *options))
    await station.send(station.frame(question, to=solicited_node(target), hop_limit=255))
    await station.ready(packet(NeighborAdvertisement, target=target), passing=Frame)


@both("rfc4861:4.6.2-5")
async def test_an_mtu_in_a_solicitation_is_ignored(alone: Fresh) -> None:
    """MTU and Redirected Header options in a Neighbor Solicitation change nothing: large packets stay whole."""
    station = alone.station()
    request = station.echo(bytes(LARGE))
    await station.send(station.frame(request))
    await station.ready(reply_to(request))
    await solicit(station, MtuOption(mtu=1280), RedirectedHeader(packet=bytes(48)))
    request = station.echo(bytes(LARGE))
    await station.send(station.frame(request))
    await station.expect_reply(request, why="an MTU in a solicitation was used")


@host("rfc4861:4.6.2-5")
async def test_a_prefix_in_a_solicitation_is_ignored(alone: Fresh) -> None:
    """A Prefix Information option in a Neighbor Solicitation makes nothing on-link."""
    router = await served(alone)
    await solicit(router, on_link(numbered(1)))
    await expect_through(alone, router, inside(alone, numbered(1)), why="a prefix in a solicitation was used")


@host("rfc4861:4.6.1-1")
async def test_a_target_address_in_an_advertisement_is_ignored(alone: Fresh) -> None:
    """A Router Advertisement with a Target Link-Layer Address alone counts as one without an address."""
    router = await served(alone)
    unknown = alone.router(name="unknown")
    option = TargetLinkLayerAddress(address=router.mac)
    await unknown.advertise(options=(option,), router_lifetime=0)
    request = unknown.echo()
    await unknown.send(unknown.frame(request))
    asks = packet(NeighborSolicitation, target=unknown.link_local)
    await unknown.expect(asks, passing=OTHERS, why="the address in an option of another message was used")


@host("rfc4861:4.6.1-1")
async def test_a_source_address_in_a_redirect_is_ignored(alone: Fresh) -> None:
    """A Redirect with a Source Link-Layer Address alone counts as one without an address: the target is asked."""
    used, _ = await two_routers(alone)
    target = alone.router(name="target")
    option = SourceLinkLayerAddress(address=used.mac)
    await used.send(redirect(used, target.link_local, AWAY, option))
    await ask_from(AWAY, used)
    why = "the address in an option of another message was used"
    await target.expect(packet(NeighborSolicitation, target=target.link_local), passing=OTHERS, why=why)
