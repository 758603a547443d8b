"""RFC 4861, 4.4 and 7.2.4: the Neighbor Advertisements by which the product answers."""

import pytest

from conformance.engine import check

from .bind import both, host, router
from .provide import Neighbour, Station
from .resolving import NO_ANSWER, NOT_TO_ALL, TO_ALL, to
from .station import packet
from .wire import Frame, NeighborAdvertisement, NeighborSolicitation, SourceLinkLayerAddress, TargetLinkLayerAddress
from .wire.addresses import solicited_node

UNICAST = pytest.mark.parametrize("unicast", [False, True], ids=["multicast", "unicast"])
WIDER = pytest.mark.parametrize("wider", [False, True], ids=["link-local", "wider"])


def question(tester: Station, *, unicast: bool = False, wider: bool = False) -> Frame:
    """A solicitation for an address of the product's, from the tester's link-local address, which it knows."""
    target = (wider and tester.product.address) or tester.product.link_local
    message = NeighborSolicitation(target=target, options=(SourceLinkLayerAddress(address=tester.mac),))
    goes_to = target if unicast else solicited_node(target)
    return tester.frame(message, to=goes_to, source=tester.link_local, hop_limit=255)


async def answer(tester: Station, *, unicast: bool = False, wider: bool = False) -> tuple[Frame, NeighborAdvertisement]:
    """Ask for an address of the product's; its answer."""
    await tester.send(question(tester, unicast=unicast, wider=wider))
    frame: Frame = await tester.ready(NOT_TO_ALL, passing=NO_ANSWER | TO_ALL)
    message = frame.message
    assert isinstance(message, NeighborAdvertisement)
    return frame, message


@both("rfc4861:7.2.4-1")
@UNICAST
@WIDER
async def test_the_target_is_that_of_the_solicitation(tester: Station, unicast: bool, wider: bool) -> None:
    """The target of the answer is that of the question."""
    _, message = await answer(tester, unicast=unicast, wider=wider)
    target = (wider and tester.product.address) or tester.product.link_local
    check(message.target == target, "the answer is about another address", expected=target, got=message.target)


@both("rfc4861:4.4-4")
@UNICAST
async def test_the_target_of_an_advertisement_is_no_group(tester: Station, unicast: bool) -> None:
    """The target of an advertisement is not a multicast address."""
    _, message = await answer(tester, unicast=unicast)
    check(not message.target.is_multicast, "the target is a multicast address", got=message.target)


@both("rfc4861:7.2.4-2a", "rfc4861:4.4-3a")
@WIDER
async def test_an_answer_to_a_group_holds_the_address(tester: Station, wider: bool) -> None:
    """The answer to a multicast solicitation has the Target Link-Layer Address option."""
    _, message = await answer(tester, wider=wider)
    option = message.first(TargetLinkLayerAddress)
    check(option, "the answer has no Target Link-Layer Address option")
    assert option
    check(option.address == tester.product.mac, "it holds another address", got=option.address.hex(":"))


@both("rfc4861:4.4-3b")
async def test_an_answer_to_one_holds_the_address(tester: Station) -> None:
    """The answer to a unicast solicitation has the Target Link-Layer Address option."""
    _, message = await answer(tester, unicast=True)
    check(message.first(TargetLinkLayerAddress), "the answer has no Target Link-Layer Address option")


@host("rfc4861:7.2.4-3a")
@UNICAST
async def test_a_host_does_not_say_that_it_is_a_router(tester: Station, unicast: bool) -> None:
    """The R flag is clear in each advertisement of a host."""
    _, message = await answer(tester, unicast=unicast)
    check(not message.router, "the R flag is set")


@router("rfc4861:7.2.4-3b")
@UNICAST
async def test_a_router_says_that_it_is_one(tester: Station, unicast: bool) -> None:
    """The R flag is set in each advertisement of a router."""
    _, message = await answer(tester, unicast=unicast)
    check(message.router, "the R flag is clear")


@both("rfc4861:7.2.4-4b")
@UNICAST
async def test_an_answer_without_address_does_not_override(tester: Station, unicast: bool) -> None:
    """A solicited advertisement without a Target Link-Layer Address option has the O flag clear."""
    _, message = await answer(tester, unicast=unicast)
    check(message.first(TargetLinkLayerAddress) or not message.override, "the O flag is set without an address")


@both("rfc4861:7.2.4-4c", "rfc4861:4.4-2b")
@UNICAST
@WIDER
async def test_an_answer_with_an_address_overrides(tester: Station, unicast: bool, wider: bool) -> None:
    """Any other solicited advertisement has the O flag set."""
    _, message = await answer(tester, unicast=unicast, wider=wider)
    check(message.override or not message.first(TargetLinkLayerAddress), "the O flag is clear")


@both("rfc4861:7.2.4-5b")
@UNICAST
async def test_an_answer_goes_to_the_one_who_asks(tester: Station, unicast: bool) -> None:
    """The answer to a solicitation from an assigned address goes there, with the S flag set."""
    await tester.send(question(tester, unicast=unicast))
    wanted = packet(NeighborAdvertisement, solicited=True, ip=to(tester.link_local))
    await tester.expect(wanted, passing=NO_ANSWER | TO_ALL)


@both("rfc4861:4.4-5")
@UNICAST
@WIDER
async def test_an_advertisement_comes_from_here(tester: Station, unicast: bool, wider: bool) -> None:
    """An advertisement leaves with hop limit 255 and code 0, from an address of the sending interface."""
    frame, message = await answer(tester, unicast=unicast, wider=wider)
    assert frame.ip
    check(frame.ip.hop_limit == 255, "the hop limit is not 255", got=frame.ip.hop_limit)
    check(message.code == 0, "the code is not 0", got=message.code)
    own = (tester.product.link_local, tester.product.address)
    if frame.ip.source not in own:
        await owns(tester, frame)


async def owns(tester: Station, frame: Frame) -> None:
    """The source of a packet is an address that the product answers for, though it is none of those that we know."""
    assert frame.ip
    asks = NeighborSolicitation(target=frame.ip.source, options=(SourceLinkLayerAddress(address=tester.mac),))
    await tester.send(tester.frame(asks, to=solicited_node(frame.ip.source), hop_limit=255))
    why = f"it comes from {frame.ip.source}, which the product does not answer for"
    await tester.expect(
        packet(NeighborAdvertisement, target=frame.ip.source, ip=to(tester.link_local)),
        passing=NO_ANSWER | TO_ALL,
        why=why,
    )


@both("rfc4861:4.1-2a")
async def test_the_reserved_field_of_an_advertisement_is_zero(tester: Station) -> None:
    """The sender of an advertisement sets its Reserved field to zero."""
    _, message = await answer(tester)
    check(message.reserved == 0, "the Reserved field is not 0", got=message.reserved)


@both("rfc4861:7.2.4-7", "rfc4861:7.2-1")
async def test_the_one_who_asks_is_resolved_before_the_answer(neighbour: Neighbour) -> None:
    """A solicitation without a link-layer address creates no entry: the product asks for it before it answers."""
    await neighbour.send(neighbour.solicited(unicast=True))
    await neighbour.expect(neighbour.asks(), passing=neighbour.unrelated)
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, solicited=True, override=True))
    answers = packet(NeighborAdvertisement, target=neighbour.there, ip=to(neighbour.address))
    await neighbour.ready(answers, passing=neighbour.unrelated)
