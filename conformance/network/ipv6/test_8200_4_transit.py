"""RFC 8200, 3 to 7, in transit: what a router changes of a packet that it passes on, and what it does not look at."""

import pytest

from conformance.engine import a, negative

from .bind import router
from .provide import Station
from .transit import kept_back, of, through
from .wire import (
    DestinationOptions,
    Fragment,
    Frame,
    HopByHop,
    Layer,
    Raw,
    Routing,
    UnknownOption,
)

UNASSIGNED = 200
OPTION = UnknownOption(option_type=0x9E, data=bytes(4))


@router("rfc8200:3-6")
@pytest.mark.parametrize("hop_limit", [2, 64, 255])
async def test_the_hop_limit_goes_down_by_one(tester: Station, far: Station, hop_limit: int) -> None:
    """A router lowers the Hop Limit of a packet that it forwards by one."""
    await tester.send(through(tester, far, tester.echo(), hop_limit=hop_limit))
    await far.expect(a(Frame, ip=of(tester, hop_limit=hop_limit - 1)))


@router("rfc8200:3-7")
@pytest.mark.parametrize("hop_limit", [0, 1])
@negative
async def test_a_packet_at_its_last_hop_goes_no_further(tester: Station, far: Station, hop_limit: int) -> None:
    """A router does not forward a packet whose Hop Limit is 0 or becomes 0."""
    await kept_back(tester, far, [through(tester, far, tester.echo(), hop_limit=hop_limit)])


IN_TRANSIT: dict[str, tuple[Layer, ...]] = {
    "unknown-option": (DestinationOptions(options=(OPTION,)),),
    "unknown-next-header": (Raw(data=bytes(8), next_header=UNASSIGNED),),
    "unknown-behind-options": (DestinationOptions(), Raw(data=bytes(8), next_header=UNASSIGNED)),
    "four-headers": (
        DestinationOptions(),
        DestinationOptions(),
        Routing(routing_type=UNASSIGNED),
        DestinationOptions(),
    ),
    "fragment": (Fragment(fragment_offset=3, more=True, identification=0x8200), Raw(data=bytes(12), next_header=58)),
}


@router("rfc8200:4-1")
@pytest.mark.parametrize("headers", IN_TRANSIT.values(), ids=IN_TRANSIT)
async def test_extension_headers_pass_unchanged(tester: Station, far: Station, headers: tuple[Layer, ...]) -> None:
    """A router leaves extension headers of a packet that it forwards alone, also those that it does not know."""
    await unchanged(tester, far, *headers)


async def unchanged(tester: Station, far: Station, *headers: Layer) -> None:
    """What stands behind the IPv6 header comes out as it went in."""
    layers = headers if isinstance(headers[-1], Raw) else (*headers, tester.echo())
    sent = through(tester, far, *layers)
    await tester.send(sent)
    await far.expect(a(Frame, ip=of(tester), packet=_behind(sent)))


def _behind(sent: Frame) -> object:
    """What a packet must be to be the one sent, apart from the fields that a router may change."""

    def same(packet: bytes) -> bool:
        """as sent behind the IPv6 header"""
        return packet[40:] == sent.packet[40:] and packet[4:7] == sent.packet[4:7]

    return same


@router("rfc8200:4.4-4")
@pytest.mark.parametrize("segments_left", [0, 1, 255])
async def test_a_routing_header_for_somebody_else_is_not_looked_at(
    tester: Station, far: Station, segments_left: int
) -> None:
    """A router forwards a packet that is not addressed to it whatever its Routing header says."""
    header = Routing(routing_type=UNASSIGNED, segments_left=segments_left, data=tester.case.rng.randbytes(20))
    await unchanged(tester, far, header)


OPTIONAL = HopByHop(options=(UnknownOption(option_type=0x1E, data=bytes(4)),))


@router("rfc8200:4-2")
@pytest.mark.parametrize("headers", [(OPTIONAL,), ()], ids=["not-deleted", "not-inserted"])
async def test_a_hop_by_hop_header_stays_as_it_is(tester: Station, far: Station, headers: tuple[Layer, ...]) -> None:
    """A router neither takes a Hop-by-Hop Options header out of a packet that it forwards nor puts one in."""

    def kept(layers: tuple[Layer, ...]) -> bool:
        """with as many Hop-by-Hop Options headers as it was sent with"""
        return sum(isinstance(layer, HopByHop) for layer in layers) == len(headers)

    await tester.send(through(tester, far, *headers, tester.echo()))
    await far.expect_of_any(a(Frame, ip=of(tester), layers=kept))


@router("rfc8200:4.2-6")
async def test_an_option_that_may_not_change_does_not(tester: Station, far: Station) -> None:
    """A router leaves the data of a hop-by-hop option alone when the third bit of its type is 0."""
    option = UnknownOption(option_type=0x1E, data=tester.case.rng.randbytes(4))

    def unchanged_option(layers: tuple[Layer, ...]) -> bool:
        """with the option as it was, if the header is still there"""
        return all(option in layer.options for layer in layers if isinstance(layer, HopByHop))

    await tester.send(through(tester, far, HopByHop(options=(option,)), tester.echo()))
    await far.expect_of_any(a(Frame, ip=of(tester), layers=unchanged_option))


@router("rfc8200:4.7-2")
@pytest.mark.parametrize("headers", [(), (DestinationOptions(),)], ids=["ipv6-header", "options"])
async def test_octets_behind_no_next_header_pass_unchanged(
    tester: Station, far: Station, headers: tuple[Layer, ...]
) -> None:
    """What stands behind a header with Next Header 59 is passed on as it is."""
    await unchanged(tester, far, *headers, Raw(data=tester.case.rng.randbytes(33)))
