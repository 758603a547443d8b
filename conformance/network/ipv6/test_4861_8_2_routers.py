"""RFC 4861, 4.5 and 8.2: the Redirects that a router sends, and what it makes of those that it hears."""

from ipaddress import IPv6Address, IPv6Network

import pytest

from conformance.engine import Unready, a, check, negative

from .advertised import lan
from .bind import router
from .provide import Fresh, Station
from .router import Router
from .station import packet, random_mac
from .transit import acquaint, through
from .wire import EchoRequest, Frame, Redirect, RedirectedHeader, TargetLinkLayerAddress
from .wire.addresses import link_local

MOST_OCTETS = 1280
OPTION_OCTETS = 8
"""A router may keep room for the link-layer address of the target, also where it does not tell it."""
FLOOD = 60
REDIRECT = packet(Redirect)
GROUP = IPv6Address("ff0e::1234")


async def provoked(tester: Station, size: int = 8) -> tuple[Frame, Redirect, Frame, Station]:
    """The Redirect for a packet that the station sends to a neighbour by way of the router, its message, that packet,
    and the neighbour. Raises Unready.
    """
    beside = await tester.another()
    await beside.greet(to=tester.product.address)
    sent = tester.frame(tester.echo(tester.case.rng.randbytes(size)), to=beside.address)
    await tester.send(sent)
    frame: Frame = await tester.ready(REDIRECT)
    assert isinstance(frame.message, Redirect)
    return frame, frame.message, sent, beside


@router("rfc4861:4.5-1a")
async def test_a_redirect_comes_from_the_link_local_address(tester: Station) -> None:
    """A Redirect comes from the link-local address of the interface that sends it."""
    frame, *_ = await provoked(tester)
    assert frame.ip
    got = frame.ip.source
    check(got == tester.product.link_local, "it has another source", expected=tester.product.link_local, got=got)


@router("rfc4861:4.5-1b")
async def test_a_redirect_goes_to_the_sender_of_the_packet(tester: Station) -> None:
    """A Redirect goes to the source of the packet that prompted it, with hop limit 255 and code 0."""
    frame, message, *_ = await provoked(tester)
    assert frame.ip
    got = frame.ip.destination
    check(got == tester.address, "it goes elsewhere", expected=tester.address, got=got)
    check(frame.ip.hop_limit == 255, "the hop limit is not 255", got=frame.ip.hop_limit)
    check(message.code == 0, "the code is not 0", got=message.code)


@router("rfc4861:4.1-2a")
async def test_the_reserved_fields_of_a_redirect_are_zero(tester: Station) -> None:
    """The sender of a Redirect sets the Reserved fields of it and of its options to zero."""
    _, message, *_ = await provoked(tester)
    check(message.reserved == 0, "the Reserved field is not 0", got=message.reserved)
    for each in message.every(RedirectedHeader):
        check(each.reserved == 0, "the Reserved field of the Redirected Header is not 0", got=each.reserved)


@router("rfc4861:4.5-2a", "rfc4861:8.2-2")
async def test_the_target_of_a_neighbour_is_itself(tester: Station) -> None:
    """Where the destination is a neighbour, the target of the Redirect is the destination."""
    _, message, _, beside = await provoked(tester)
    got = (message.target, message.destination)
    good = got == (beside.address, beside.address)
    check(good, "the Redirect names another target or destination", expected=beside.address, got=got)


async def told_where(tester: Station) -> None:
    """A Redirect tells the link-layer address of its target, which the router knows."""
    _, message, _, beside = await provoked(tester)
    if message.target != beside.address:
        raise Unready("the Redirect names another target")
    option = message.first(TargetLinkLayerAddress)
    got = option.address.hex(":") if option else "no option"
    check(option and option.address == beside.mac, "it is not told", expected=beside.mac.hex(":"), got=got)


@router("rfc4861:4.5-3a")
async def test_a_redirect_tells_the_address_of_its_target(tester: Station) -> None:
    """A Redirect has the Target Link-Layer Address option, if the router knows that address."""
    await told_where(tester)


@router("rfc4861:4.5-3b")
async def test_a_redirect_tells_the_address_where_hosts_rely_on_it(tester: Station) -> None:
    """On a link whose hosts learn addresses from Redirects, a Redirect has the Target Link-Layer Address option."""
    await told_where(tester)


@router("rfc4861:8.2-3")
@pytest.mark.parametrize("size", [8, 1400], ids=["small", "large"])
async def test_a_redirect_shows_the_packet(tester: Station, size: int) -> None:
    """A Redirect holds the Redirected Header option, with as much of the packet as fits into 1280 octets."""
    frame, message, sent, _ = await provoked(tester, size)
    option = message.first(RedirectedHeader)
    check(option, "no Redirected Header option")
    assert option
    room = MOST_OCTETS - (frame.size - len(option.packet))
    wanted = min(len(sent.packet), room // 8 * 8 - OPTION_OCTETS)
    shown = option.packet[:wanted]
    good = len(shown) == wanted and _alike(shown, sent.packet[:wanted])
    check(good, "it does not show the packet", expected=f"{wanted} octets of it", got=f"{len(option.packet)} octets")


def _alike(shown: bytes, sent: bytes) -> bool:
    """Whether they are the same but for the hop limit, which the router may have changed already."""
    return shown[:7] == sent[:7] and shown[8:] == sent[8:]


@router("rfc4861:9-5")
async def test_a_redirect_is_no_larger_than_1280_octets(tester: Station) -> None:
    """The Redirected Header holds no more of the packet than lets the Redirect stay within 1280 octets."""
    frame, *_ = await provoked(tester, 1400)
    check(frame.size <= MOST_OCTETS, "it is too large", expected=f"{MOST_OCTETS} octets or less", got=frame.size)


@router("rfc4861:8.2-1")
async def test_a_packet_for_a_neighbour_is_forwarded_and_redirected(tester: Station) -> None:
    """A packet for a neighbour of its sender is forwarded, and the sender is sent a Redirect."""
    beside = await tester.another()
    await beside.greet(to=tester.product.address)
    request = tester.echo()
    await tester.send(tester.frame(request, to=beside.address))
    await tester.expect(REDIRECT, why="no Redirect came")
    await beside.expect(packet(EchoRequest, data=request.data, identifier=request.identifier))


@router("rfc4861:8.2-1")
@negative
async def test_a_packet_for_a_group_is_not_redirected(tester: Station) -> None:
    """A packet to a multicast address prompts no Redirect."""
    await tester.send(tester.frame(tester.echo(), to=GROUP, mac=tester.product.mac))
    await tester.expect_nothing("a packet to a group was redirected", passing=_without(Redirect))


def _without(kind: type) -> object:
    """Chatter, but for one kind of message."""
    return a(Frame, message=lambda message: not isinstance(message, kind))


@router("rfc4861:8.2-4")
async def test_the_rate_of_redirects_is_limited(tester: Station) -> None:
    """A flood of packets prompts clearly fewer Redirects."""
    beside = await tester.another()
    for each in (tester, beside):
        await each.greet(to=tester.product.address)
    requests = [tester.echo() for _ in range(FLOOD)]
    await tester.send(*(tester.frame(each, to=beside.address) for each in requests))
    await tester.greet()
    came = len(tester.arrived(REDIRECT))
    check(came <= FLOOD / 2, "each packet is redirected", expected=f"half of {FLOOD} or fewer", got=came)


@router("rfc4861:8.2-5")
@negative
async def test_a_router_does_not_follow_a_redirect(tester: Station, far: Station) -> None:
    """A router does not change its routes because of a Redirect: a packet still goes where it went before."""
    await acquaint(tester, far)
    for by, mac in ((tester, tester.mac), (far, random_mac(far.case.rng))):
        option = TargetLinkLayerAddress(address=mac)
        message = Redirect(target=link_local(mac), destination=far.address, options=(option,))
        await by.send(by.frame(message, source=by.link_local, hop_limit=255))
        await by.greet()
    behind = tester.echo(b"behind")
    await tester.send(through(tester, far, behind))
    await far.expect(packet(EchoRequest, data=b"behind", identifier=behind.identifier))


# A better first hop that is a router: the product has a route by way of it, which the access data name.


async def better(fresh: Fresh) -> tuple[Station, Router, IPv6Address]:
    """A host on the link, the router that is the better first hop, and an address behind that. Raises Unready."""
    given = fresh.case.ixit.get("ipv6", {}).get("route")
    if not given:
        raise Unready("the access data do not name a route by way of a neighbouring router, as [ixit.ipv6] route")
    node = await fresh.up()
    via = IPv6Address(str(given["via"]))
    there = Router(fresh.case, fresh.lan, node, name="better router", addresses=[via])
    network = lan(fresh.case)
    address = network[fresh.case.rng.getrandbits(62) | 1 << 62]
    station = Station(fresh.case, fresh.lan, node, addresses=[address])
    await station.greet()
    return station, there, IPv6Network(str(given["prefix"]))[1]


@router("rfc4861:4.5-2b", "rfc4861:8.2-2")
async def test_the_target_of_a_better_router_is_its_link_local_address(fresh: Fresh) -> None:
    """Where a better first hop is a router, the target of the Redirect is the link-local address of that router."""
    station, there, destination = await better(fresh)
    await station.send(station.frame(station.echo(), to=destination))
    frame: Frame = await station.ready(REDIRECT)
    assert isinstance(frame.message, Redirect)
    via = next(each for each in there.addresses if each != there.link_local)
    got = (frame.message.target, frame.message.destination)
    check(got == (via, destination), "it names another", expected=f"{via} for {destination}", got=got)
