"""RFC 6724, 2, 4 and 5: the choice among the addresses that the product has on a link."""

from ipaddress import IPv6Address, IPv6Interface, IPv6Network

import pytest

from conformance.engine import Unready

from .bind import both, router
from .provide import Station
from .provoking import has, unknown_option
from .sources import answered_from, chosen, of_one_node
from .station import CHATTER, demand, packet
from .transit import through
from .wire import EchoRequest, Frame, ParameterProblem, TimeExceeded
from .wire.addresses import ALL_NODES

WIDER = pytest.mark.parametrize("wider", [False, True], ids=["near", "far"])


def ours(station: Station, wider: bool) -> IPv6Address:
    """An address of a station."""
    return station.address if wider else station.link_local


@both("rfc6724:2-3")
@WIDER
async def test_an_answer_comes_from_where_a_request_would(tester: Station, wider: bool) -> None:
    """The source of an answer to a request for a group is what the product chooses when it begins by itself."""
    to = ours(tester, wider)
    async with tester.case.site() as site:
        if not await tester.case.act(site, "ping", address=str(to)):
            raise Unready("the testbed has no way to have the product send a ping")
    request: Frame = await tester.ready(packet(EchoRequest))
    wanted = request.ip.source if request.ip else None
    source = await chosen(tester, to)
    demand(source == wanted, f"the source {wanted}, as when the product begins", source)


@both("rfc6724:5-2")
@WIDER
async def test_the_scope_of_the_source_fits(tester: Station, wider: bool) -> None:
    """Rule 2: the source has the smallest scope that reaches the destination."""
    if tester.product.address is None:
        raise Unready("the product has no address of wider scope here")
    source = await chosen(tester, ours(tester, wider))
    demand(source.is_link_local != wider, f"a source of {'wider' if wider else 'link-local'} scope", source)


@both("rfc6724:4-4")
async def test_towards_the_link_the_source_is_of_the_link(tester: Station) -> None:
    """Towards a link-local destination only addresses of the interface on that link are candidates."""
    source = await chosen(tester, tester.link_local)
    known = source in (tester.product.link_local, tester.product.address)
    demand(known or await has(tester, source), "an address of the product's on this link", source)


@router("rfc6724:4-4")
async def test_towards_the_far_link_the_source_is_of_that_link(far: Station) -> None:
    """Towards a link-local destination only addresses of the interface on that link are candidates."""
    source = await chosen(far, far.link_local)
    known = source in (far.product.link_local, far.product.address)
    demand(known or await has(far, source), "an address of the product's on this link", source)


@both("rfc6724:4-6")
@WIDER
async def test_a_group_is_no_candidate(tester: Station, wider: bool) -> None:
    """Groups and the unspecified address are never chosen as a source."""
    to = ours(tester, wider)
    await tester.send(unknown_option(tester, to=ALL_NODES, source=to))
    event = await tester.next(passing=CHATTER, until=packet(ParameterProblem))
    sources = [event.ip.source] if isinstance(event, Frame) and event.ip else []
    sources.append(await answered_from(tester, to))
    wrong = [each for each in sources if not of_one_node(each)]
    demand(not wrong, "a unicast source", ", ".join(map(str, wrong)))


@router("rfc6724:5-5")
async def test_the_source_is_of_the_interface_that_the_packet_leaves_by(tester: Station, far: Station) -> None:
    """Rule 5: an address of the interface through which the packet leaves is preferred."""
    own = IPv6Network((far.address, 64), strict=False)
    await far.send(through(far, tester, far.echo(), hop_limit=1))
    frame = await far.expect_of_any(packet(TimeExceeded))
    source = frame.ip.source if frame.ip else None
    if source is None or source.is_link_local:
        raise Unready("the error does not come from an address of wider scope")
    demand(source in own, f"a source in {own}", source)


def on_another_prefix(tester: Station) -> IPv6Address:
    """An address of ours in another prefix of the link, which the access data name as `more`. Raises Unready."""
    named = tester.case.ixit.get("ipv6", {}).get("more")
    if named is None:
        raise Unready("[ixit.ipv6] more names no second address of the product's on the link, with its prefix")
    address = IPv6Interface(str(named)).network[tester.case.rng.getrandbits(62) | 1 << 62]
    tester.add(address)
    return address


@router("rfc6724:5-8", "rfc6724:2.1-2")
@pytest.mark.parametrize("other", [False, True], ids=["first", "second"])
async def test_the_source_of_the_same_prefix_is_chosen(tester: Station, other: bool) -> None:
    """Rule 8: of two global sources the one that shares more leading bits with the destination is chosen."""
    second = on_another_prefix(tester)
    to = second if other else tester.address
    source = await chosen(tester, to)
    if source.is_link_local:
        raise Unready("the product chooses a link-local address")
    own = IPv6Network((to, 64), strict=False)
    demand(source in own, f"a source in {own}", source)
