"""RFC 8200, 4.3 and 4.6, and RFC 9673: how long headers of options are, and what is broken in them."""

import pytest

from conformance.engine import negative

from .bind import both, router
from .provide import Station
from .station import error, packet, reply_to
from .wire import DestinationOptions, EchoRequest, HopByHop, PadN, ParameterProblem, RouterAlert, UnknownOption
from .wire.layers import OptionsHeader

LIMITS = range(6, 11)
"""Codes of Parameter Problem by which a node tells a limit of its own (RFC 8883)."""
HEADERS = pytest.mark.parametrize("header", [DestinationOptions, HopByHop], ids=["destination", "hop-by-hop"])
KINDS = pytest.mark.parametrize("option_type", [0x1E, 0x5E, 0x9E, 0xDE], ids=["00", "01", "10", "11"])


def filled(header: type[OptionsHeader], size: int) -> OptionsHeader:
    """A header of so many octets, filled by an unknown option that is skipped."""
    data = min(size - 4, 255)
    rest = size - 4 - data
    padding = (PadN(data=bytes(rest - 2)),) if rest else ()
    return header(options=(UnknownOption(option_type=0x1E, data=bytes(data)), *padding))


@both("rfc8200:4.3-1")
@pytest.mark.parametrize("size", [16, 64, 264])
async def test_a_hop_by_hop_header_is_as_long_as_it_says(tester: Station, size: int) -> None:
    """Hdr Ext Len counts units of 8 octets beyond the first; a limit of the product's is told by RFC 8883."""
    request = tester.echo()
    await tester.send(tester.frame(filled(HopByHop, size), request))
    await tester.expect(reply_to(request) | packet(ParameterProblem, code=_limit))


def _limit(code: int) -> bool:
    """of a limit (6 to 10)"""
    return code in LIMITS


@both("rfc8200:4.6-1")
@pytest.mark.parametrize("size", [16, 32, 64])
async def test_a_destination_options_header_is_as_long_as_it_says(tester: Station, size: int) -> None:
    """Next Header 60 names Destination Options, whose Hdr Ext Len counts units of 8 octets beyond the first."""
    await tester.ping(filled(DestinationOptions, size))


@both("rfc8200:4.3-2")
@HEADERS
@negative
async def test_an_option_beyond_its_header_is_not_answered(tester: Station, header: type[OptionsHeader]) -> None:
    """A packet with an option that runs past the end of its header is malformed: discarded, perhaps reported."""
    if header is HopByHop and tester.case.claims["hbh"] != 8200:
        tester.case.not_applicable(
            "a product that follows RFC 9673 may pass over the Hop-by-Hop Options header",
            "遵循 RFC 9673 的产品可以忽略逐跳选项头",
        )
    broken = header(options=(UnknownOption(option_type=0x1E, length=12, data=bytes(4)),))
    behind = tester.echo(b"behind")
    await tester.send(tester.frame(broken, tester.echo()), tester.frame(behind))
    await tester.expect(reply_to(behind) | error(ParameterProblem, code=0))


@both("rfc9673:5.1-5")
async def test_what_follows_a_hop_by_hop_header_is_processed(tester: Station) -> None:
    """A destination that does not process the Hop-by-Hop Options header processes what follows it."""
    await tester.ping(HopByHop(options=(UnknownOption(option_type=0x1E, data=bytes(3)),)))


@router("rfc9673:5.1-2", "rfc9673:5.1-3")
async def test_a_hop_by_hop_header_does_not_stop_a_packet(tester: Station, far: Station) -> None:
    """A router forwards a packet with a Hop-by-Hop Options header like any other."""
    request = tester.echo()
    await tester.send(tester.frame(HopByHop(options=(PadN(data=bytes(4)),)), request, to=far.address))
    await far.expect(packet(EchoRequest, data=request.data))


@router("rfc9673:5.2-5")
@KINDS
async def test_an_option_in_transit_that_is_not_known_is_skipped(
    tester: Station, far: Station, option_type: int
) -> None:
    """A router that cannot process an option of a packet in transit skips it, whatever its type begins with."""
    header = HopByHop(options=(UnknownOption(option_type=option_type, data=bytes(4)),))
    await tester.send(tester.frame(header, tester.echo(), to=far.address))
    await far.expect(packet(EchoRequest))


@router("rfc9673:5.2.1-4")
async def test_a_router_alert_of_no_interest_is_forwarded(tester: Station, far: Station) -> None:
    """A router forwards a packet whose Router Alert has a value that means nothing to it."""
    await tester.send(tester.frame(HopByHop(options=(RouterAlert(value=0xFFFF),)), tester.echo(), to=far.address))
    await far.expect(packet(EchoRequest))
