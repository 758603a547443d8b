"""RFC 6980, 5: Neighbor Discovery and the Fragment header."""

import pytest

from conformance.engine import check, negative

from .bind import both
from .provide import Neighbour, Station
from .resolving import NO_ANSWER, NOT_TO_ALL, TO_ALL
from .station import reply_to
from .wire import (
    Fragment,
    Frame,
    NeighborSolicitation,
    PacketTooBig,
    SourceLinkLayerAddress,
    fragments,
)
from .wire.addresses import solicited_node

CUTS = pytest.mark.parametrize("cuts", [(), (24,)], ids=["whole", "in two"])


def in_fragments(station: Station, frame: Frame, cuts: tuple[int, ...]) -> tuple[Frame, ...]:
    """A packet behind a Fragment header, whole or cut."""
    return fragments(frame, cuts, station.case.rng.getrandbits(32))


def solicitation(tester: Station) -> Frame:
    """A solicitation that the product would answer."""
    target = tester.product.link_local
    option = SourceLinkLayerAddress(address=tester.mac)
    return tester.frame(
        NeighborSolicitation(target=target, options=(option,)), to=solicited_node(target), hop_limit=255
    )


@both("rfc6980:5-2")
@CUTS
@negative
async def test_a_fragmented_solicitation_is_ignored(tester: Station, cuts: tuple[int, ...]) -> None:
    """A Neighbor Solicitation with a Fragment header is ignored, also if it is the only fragment."""
    await tester.send(*in_fragments(tester, solicitation(tester), cuts))
    await tester.expect_nothing(passing=NO_ANSWER | TO_ALL)


@both("rfc6980:5-3")
@CUTS
@negative
async def test_a_fragmented_advertisement_is_ignored(neighbour: Neighbour, cuts: tuple[int, ...]) -> None:
    """A Neighbor Advertisement with a Fragment header is ignored: what waits for the address waits on."""
    request = await neighbour.incomplete()
    frame = neighbour.advertised(neighbour.elsewhere, solicited=True, override=True)
    await neighbour.send(*in_fragments(neighbour, frame, cuts))
    await neighbour.expect_nothing("an advertisement with a Fragment header was used")
    await neighbour.send(neighbour.advertised(neighbour.mac, solicited=True, override=True))
    await neighbour.ready(reply_to(request))


@both("rfc6980:5-1")
async def test_an_answer_has_no_fragment_header(tester: Station) -> None:
    """An advertisement has no Fragment header, even where the way to its destination is said to be narrow."""
    reply = await tester.ping(data=bytes(64))
    tight = PacketTooBig(mtu=1280, invoking_packet=reply.packet)
    await tester.send(tester.frame(tight), solicitation(tester))
    frame: Frame = await tester.expect(NOT_TO_ALL, passing=NO_ANSWER | TO_ALL)
    check(not frame.get(Fragment), "the advertisement has a Fragment header")


@both("rfc6980:5-1")
async def test_a_question_has_no_fragment_header(neighbour: Neighbour) -> None:
    """A solicitation has no Fragment header, even where the packet that prompts it must be fragmented."""
    request = neighbour.echo(bytes(1800))
    await neighbour.send(*in_fragments(neighbour, neighbour.frame(request, to=neighbour.there), (1200,)))
    frame = await neighbour.expect_asked(neighbour.asks())
    check(not frame.get(Fragment), "the solicitation has a Fragment header")
