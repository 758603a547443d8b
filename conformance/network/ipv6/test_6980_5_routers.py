"""RFC 6980, 5: what routers say and are asked, behind a Fragment header."""

from ipaddress import IPv6Network

import pytest

from conformance.engine import Silence, a, check, lasts, negative, uses

from .bind import host, router
from .default_routers import AWAY, PREFIX, ask_from, two_routers
from .provide import Fresh, Station
from .station import packet, reply_to
from .wire import (
    Frame,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
    fragments,
)
from .wire.addresses import ALL_ROUTERS

pytestmark = uses("product", exclusive=True)
CUTS = pytest.mark.parametrize("cuts", [(), (24,)], ids=["whole", "in two"])
FORGED = IPv6Network("2001:db8:66::/64")
ANSWERED_S = 2.0
"""A solicited advertisement follows within half a second (RFC 4861, 6.2.6)."""


def in_fragments(station: Station, frame: Frame, cuts: tuple[int, ...]) -> tuple[Frame, ...]:
    """A packet behind a Fragment header, whole or cut."""
    return fragments(frame, cuts, station.case.rng.getrandbits(32))


def probed(alone: Fresh, prefix: IPv6Network) -> bool:
    """Whether the host has looked for duplicates of an address of a prefix."""
    asked = [frame.message for frame in alone.heard]
    return any(isinstance(each, NeighborSolicitation) and each.target in prefix for each in asked)


@host("rfc6980:5-5")
@CUTS
@negative
async def test_a_fragmented_router_advertisement_is_ignored(alone: Fresh, cuts: tuple[int, ...]) -> None:
    """A Router Advertisement with a Fragment header is ignored: only a later one gives the host an address."""
    sender = alone.router()
    await sender.send(*in_fragments(sender, sender.advertised(FORGED), cuts))
    await sender.advertise(PREFIX)
    await alone.configured(PREFIX)
    check(not probed(alone, FORGED), "the host uses a prefix of an advertisement with a Fragment header")


@host("rfc6980:5-6")
@CUTS
@negative
async def test_a_fragmented_redirect_is_ignored(alone: Fresh, cuts: tuple[int, ...]) -> None:
    """A Redirect with a Fragment header is ignored: the host goes on using the same router."""
    used, other = await two_routers(alone)
    option = TargetLinkLayerAddress(address=other.mac)
    redirect = Redirect(target=other.link_local, destination=AWAY, options=(option,))
    frame = used.frame(redirect, to=used.product.address, source=used.link_local, hop_limit=255)
    await used.send(*in_fragments(used, frame, cuts))
    request = await ask_from(AWAY, used)
    await used.expect(reply_to(request), why="the host follows a Redirect with a Fragment header")


@router("rfc6980:5-4")
@lasts(ANSWERED_S)
@negative
async def test_a_fragmented_router_solicitation_is_ignored(tester: Station) -> None:
    """A Router Solicitation with a Fragment header is ignored: no advertisement comes to its sender alone."""
    question = RouterSolicitation(options=(SourceLinkLayerAddress(address=tester.mac),))
    frame = tester.frame(question, to=ALL_ROUTERS, source=tester.link_local, hop_limit=255)
    await tester.send(*in_fragments(tester, frame, ()))
    to_all = packet(RouterAdvertisement, ip=lambda ip: ip.destination.is_multicast)
    others = a(Frame, message=lambda m: not isinstance(m, RouterAdvertisement)) | a(Frame, ip=None) | to_all
    await tester.expect(Silence, passing=others, within_s=ANSWERED_S, why="the solicitation is answered")
