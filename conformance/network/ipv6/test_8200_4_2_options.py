"""RFC 8200, 4.2: options of the Hop-by-Hop Options and Destination Options headers, known and unknown."""

import pytest

from conformance.engine import negative

from .bind import both
from .provide import Station
from .station import error, reply_to
from .wire import DestinationOptions, Frame, HopByHop, Pad1, PadN, ParameterProblem, RouterAlert, UnknownOption
from .wire.addresses import ALL_NODES
from .wire.layers import Option, OptionsHeader

DESTINATIONS = pytest.mark.parametrize("multicast", [False, True], ids=["unicast", "multicast"])
HEADERS = pytest.mark.parametrize("header", [DestinationOptions, HopByHop], ids=["destination", "hop-by-hop"])
FIRST = 42
"""Where the type of the first option of the first extension header stands."""


def unknown(option_type: int, size: int = 4) -> UnknownOption:
    """An option of which there is no definition: those that end in 0x1E are kept for experiments (RFC 4727)."""
    return UnknownOption(option_type=option_type, data=bytes(size))


def asked(station: Station, header: OptionsHeader, *, multicast: bool = False) -> Frame:
    """An Echo Request behind a header."""
    return station.frame(header, station.echo(), to=ALL_NODES if multicast else station.product.link_local)


async def skipped(tester: Station, header: OptionsHeader, *, multicast: bool = False) -> None:
    """The Echo Request behind the header is answered."""
    if multicast:  # to answer an Echo Request to all nodes is not what the clause is about
        request = tester.echo()
        await tester.send(tester.frame(request, to=ALL_NODES))
        await tester.ready(reply_to(request))
    request = tester.echo()
    await tester.send(tester.frame(header, request, to=ALL_NODES if multicast else tester.product.link_local))
    await tester.expect_reply(request)


async def discarded(tester: Station, header: OptionsHeader, *, multicast: bool = False) -> None:
    """The packet gets neither an answer nor an error."""
    await tester.send(asked(tester, header, multicast=multicast))
    await tester.expect_nothing()


async def reported(tester: Station, header: OptionsHeader, pointer: int = FIRST, *, multicast: bool = False) -> None:
    """The packet gets no answer but an error that points at the option."""
    wanted = error(ParameterProblem, code=2, pointer=pointer)
    await tester.provokes(wanted, lambda station: [asked(station, header, multicast=multicast)])
    await tester.expect_nothing("the packet was answered although an error about it was sent")


@both("rfc8200:4.2-2")
@DESTINATIONS
async def test_an_unknown_destination_option_of_00_is_skipped(tester: Station, multicast: bool) -> None:
    """A destination option whose type begins with 00 and that is not known is skipped, and the packet processed."""
    await skipped(tester, DestinationOptions(options=(unknown(0x1E),)), multicast=multicast)


@both("rfc8200:4.2-2h")
@DESTINATIONS
async def test_an_unknown_hop_by_hop_option_of_00_is_skipped(tester: Station, multicast: bool) -> None:
    """A hop-by-hop option whose type begins with 00 and that is not known is skipped, and the packet processed."""
    await skipped(tester, HopByHop(options=(unknown(0x1E),)), multicast=multicast)


@both("rfc8200:4.2-3")
@DESTINATIONS
@negative
async def test_an_unknown_destination_option_of_01_discards_the_packet(tester: Station, multicast: bool) -> None:
    """A destination option whose type begins with 01 and that is not known has the packet discarded without a word."""
    await discarded(tester, DestinationOptions(options=(unknown(0x5E),)), multicast=multicast)


@both("rfc8200:4.2-3h")
@DESTINATIONS
@negative
async def test_an_unknown_hop_by_hop_option_of_01_discards_the_packet(tester: Station, multicast: bool) -> None:
    """A hop-by-hop option whose type begins with 01 and that is not known has the packet discarded without a word."""
    await discarded(tester, HopByHop(options=(unknown(0x5E),)), multicast=multicast)


@both("rfc8200:4.2-4")
@DESTINATIONS
@negative
async def test_an_unknown_destination_option_of_10_is_reported(tester: Station, multicast: bool) -> None:
    """A destination option whose type begins with 10 and that is not known is reported, whatever the destination."""
    await reported(tester, DestinationOptions(options=(unknown(0x9E),)), multicast=multicast)


@both("rfc8200:4.2-4h")
@DESTINATIONS
@negative
async def test_an_unknown_hop_by_hop_option_of_10_is_reported(tester: Station, multicast: bool) -> None:
    """A hop-by-hop option whose type begins with 10 and that is not known is reported, whatever the destination."""
    await reported(tester, HopByHop(options=(unknown(0x9E),)), multicast=multicast)


@both("rfc8200:4.2-4")
@negative
async def test_the_pointer_finds_an_option_behind_others(tester: Station) -> None:
    """The Pointer is where the type of the unknown option stands in the packet, wherever that is."""
    await reported(tester, DestinationOptions(options=(unknown(0x1E, 2), unknown(0x9E, 0))), FIRST + 4)


@both("rfc8200:4.2-5")
@negative
async def test_an_unknown_destination_option_of_11_is_reported_for_unicast(tester: Station) -> None:
    """A destination option whose type begins with 11 and that is not known is reported if it went to one node."""
    await reported(tester, DestinationOptions(options=(unknown(0xDE),)))


@both("rfc8200:4.2-5")
@negative
async def test_an_unknown_destination_option_of_11_is_silent_for_multicast(tester: Station) -> None:
    """A destination option whose type begins with 11 and that is not known causes no error if it went to a group."""
    await discarded(tester, DestinationOptions(options=(unknown(0xDE),)), multicast=True)


@both("rfc8200:4.2-5h")
@negative
async def test_an_unknown_hop_by_hop_option_of_11_is_reported_for_unicast(tester: Station) -> None:
    """A hop-by-hop option whose type begins with 11 and that is not known is reported if it went to one node."""
    await reported(tester, HopByHop(options=(unknown(0xDE),)))


@both("rfc8200:4.2-5h")
@negative
async def test_an_unknown_hop_by_hop_option_of_11_is_silent_for_multicast(tester: Station) -> None:
    """A hop-by-hop option whose type begins with 11 and that is not known causes no error if it went to a group."""
    await discarded(tester, HopByHop(options=(unknown(0xDE),)), multicast=True)


@both("rfc8200:4.2-1")
@negative
async def test_a_silent_option_in_front_keeps_the_next_one_silent(tester: Station) -> None:
    """Options are taken in order: behind one that has the packet discarded silently nothing is reported any more."""
    await discarded(tester, DestinationOptions(options=(unknown(0x7E, 0), unknown(0xBE, 0))))


@both("rfc8200:4.2-1")
@pytest.mark.parametrize("second", [0x7E, 0xBE], ids=["01", "10"])
@negative
async def test_the_first_of_two_options_is_reported(tester: Station, second: int) -> None:
    """Options are taken in order: the first one that ends processing is the one that is told of."""
    await reported(tester, DestinationOptions(options=(unknown(0xBE, 0), unknown(second, 0))))


@both("rfc8200:4.2-7")
@pytest.mark.parametrize("option_type", [0x40, 0x41, 0x45], ids=["Pad1", "PadN", "Router-Alert"])
@negative
async def test_an_option_that_resembles_a_known_one_is_discarded(tester: Station, option_type: int) -> None:
    """An option is known by all bits of its type: one of 01 with the low five bits of another is unknown."""
    await discarded(tester, DestinationOptions(options=(unknown(option_type),)))


@both("rfc8200:4.2-7")
@pytest.mark.parametrize("option_type", [0x81, 0xC5], ids=["PadN", "Router-Alert"])
@negative
async def test_an_option_that_resembles_a_known_one_is_reported(tester: Station, option_type: int) -> None:
    """An option is known by all bits of its type: one of 10 or 11 with the low five bits of another is unknown."""
    await reported(tester, DestinationOptions(options=(unknown(option_type),)))


@both("rfc8200:4.2-8")
async def test_a_router_alert_for_the_destination_is_skipped(tester: Station) -> None:
    """A Router Alert in a Destination Options header is skipped, as the first bits of its type say."""
    await skipped(tester, DestinationOptions(options=(RouterAlert(value=0xFFFF),)))


PADDING: dict[str, tuple[Option, ...]] = {
    "six-Pad1": (Pad1(),) * 6,
    "PadN-of-2": (PadN(), unknown(0x1E, 2)),
    "PadN-of-3": (PadN(data=bytes(1)), unknown(0x1E, 1)),
    "PadN-of-7": (PadN(data=bytes(5)), unknown(0x1E, 5)),
    "Pad1-and-PadN": (Pad1(), PadN(data=bytes(1)), PadN()),
    "in-the-middle": (unknown(0x1E, 1), Pad1(), PadN(data=bytes(2)), unknown(0x1E, 1), PadN(data=bytes(1))),
}
"""Padding in stretches of up to 7 octets: more is never needed, and RFC 8504, 5.3 lets a node refuse it."""


@both("rfc8200:4.2-9")
@HEADERS
@pytest.mark.parametrize("options", PADDING.values(), ids=PADDING)
async def test_padding_is_recognised(tester: Station, header: type[OptionsHeader], options: tuple[Option, ...]) -> None:
    """Every node knows Pad1 and PadN: they are passed over, and the packet processed."""
    await skipped(tester, header(options=options))
