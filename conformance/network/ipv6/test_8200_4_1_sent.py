"""RFC 8200, 3 to 4.3 and 8.1: extension headers of the product's own, which its answers to an MLD Query have.

The query is of version 2, which changes nothing in a product. The address that it comes from is a random one.
"""

import re
from itertools import pairwise

from conformance.engine import Silence, Unready, a, outcome

from .bind import both
from .provide import Station
from .station import demand
from .wire import (
    DestinationOptions,
    Fragment,
    Frame,
    HopByHop,
    JumboPayload,
    Malformed,
    MulticastListenerQueryV2,
    MulticastListenerReport,
    MulticastListenerReportV2,
    NdMessage,
    Pad1,
    PadN,
    Raw,
    RouterAlert,
    Routing,
)
from .wire.addresses import ALL_MLDV2_ROUTERS, ALL_NODES, multicast_mac, solicited_node
from .wire.layers import Option, OptionsHeader

SOON_MS = 100
OTHERS = a(Frame, message=outcome(NdMessage)) | a(Frame, ip=None)
REPORTS = MulticastListenerReport | MulticastListenerReportV2
ANSWER = outcome(a(Frame, message=outcome(REPORTS)))
ORDER = re.compile("H?(D?R)?F?D?")
LETTERS: dict[type, str] = {HopByHop: "H", DestinationOptions: "D", Routing: "R", Fragment: "F"}
MOST = {"H": 1, "D": 2, "R": 1, "F": 1}
ALIGNED: dict[type, tuple[int, int]] = {RouterAlert: (2, 0), JumboPayload: (4, 2)}
"""Where an option may stand in its header: x and y of xn + y."""
FIRST_OPTION = 2


async def sent(tester: Station) -> Frame | Malformed:
    """What the product sends when it is asked which groups it listens to. Raises Unready where nothing comes."""
    own = {tester.product.link_local, tester.product.address or tester.product.link_local}
    tester.channel.join(*map(multicast_mac, (ALL_MLDV2_ROUTERS, *map(solicited_node, own))))
    asked = MulticastListenerQueryV2(maximum_response_code=SOON_MS)
    alert = HopByHop(options=(RouterAlert(),))
    await tester.send(tester.frame(alert, asked, to=ALL_NODES, hop_limit=1))
    event = await tester.next(passing=OTHERS, until=ANSWER)
    if isinstance(event, Silence):
        raise Unready("the product does not answer a Multicast Listener Query")
    found: Frame | Malformed = event
    return found


def options(frame: Frame | Malformed) -> list[tuple[Option, ...]]:
    """The options of a packet, by the headers that they stand in. Raises Unready where there is no such header."""
    found = [layer.options for layer in frame.layers if isinstance(layer, OptionsHeader)]
    if not found:
        raise Unready("the product sends no header with options")
    return found


def order(frame: Frame | Malformed) -> str:
    """A letter for each extension header of a packet, in order."""
    return "".join(LETTERS.get(type(layer), "") for layer in frame.layers)


def is_report(frame: Frame | Malformed) -> bool:
    """Whether a packet could be read and is a report."""
    return isinstance(frame, Frame) and isinstance(frame.message, REPORTS)


def told(tester: Station, frame: Frame | Malformed) -> str:
    """A line about a packet."""
    return tester.channel.describe(frame)


@both("rfc8200:3-2")
async def test_payload_length_counts_extension_headers(tester: Station) -> None:
    """Payload Length counts extension headers like all else behind the IPv6 header."""
    frame = await sent(tester)
    exact = not frame.padding if isinstance(frame, Frame) else not frame.why.startswith("Payload Length")
    demand(exact, "a packet that ends where its Payload Length says", told(tester, frame))


@both("rfc8200:4-3")
async def test_hop_by_hop_options_stand_first(tester: Station) -> None:
    """A Hop-by-Hop Options header stands directly behind the IPv6 header."""
    frame = await sent(tester)
    numbers = [layer.NUMBER for layer in frame.layers[2:]]
    demand(HopByHop.NUMBER not in numbers, "Hop-by-Hop Options behind the IPv6 header only", told(tester, frame))


@both("rfc8200:4-9")
async def test_extension_headers_are_multiples_of_8_octets(tester: Station) -> None:
    """Each extension header is a multiple of 8 octets long, so that what follows is found by its Hdr Ext Len."""
    frame = await sent(tester)
    late = isinstance(frame, Frame) and isinstance(frame.message, Raw)  # which is about where headers stand
    demand(late or is_report(frame), "a report behind headers of multiples of 8 octets", told(tester, frame))


@both("rfc8200:8.1-3")
async def test_the_checksum_behind_extension_headers_is_right(tester: Station) -> None:
    """The pseudo-header has next header and length of the upper-layer packet, also behind extension headers."""
    frame = await sent(tester)
    if not isinstance(frame, Frame) or not is_report(frame):
        raise Unready("the product does not answer a Multicast Listener Query by a report")
    demand(frame.checksum_ok, "a right checksum behind extension headers", told(tester, frame))


@both("rfc8200:4.1-1")
async def test_extension_headers_stand_in_the_order_recommended(tester: Station) -> None:
    """Extension headers stand in the order: Hop-by-Hop, Destination Options, Routing, Fragment, Destination Options."""
    frame = await sent(tester)
    demand(
        bool(ORDER.fullmatch(_once(order(frame)))), "extension headers in the order recommended", told(tester, frame)
    )


def _once(letters: str) -> str:
    """The order without repetitions, which are another clause's matter."""
    return re.sub(r"(.)\1+", r"\1", letters)


@both("rfc8200:4.1-2")
async def test_extension_headers_occur_once(tester: Station) -> None:
    """Each extension header occurs at most once, Destination Options at most twice."""
    frame = await sent(tester)
    letters = order(frame)
    few = all(letters.count(letter) <= most for letter, most in MOST.items())
    demand(few, "each extension header once, Destination Options twice at most", told(tester, frame))


@both("rfc8200:4.2-10")
async def test_padding_is_one_option(tester: Station) -> None:
    """Two or more octets of padding are one PadN, and not several Pad1."""
    for found in options(await sent(tester)):
        padding = [isinstance(option, Pad1 | PadN) for option in found]
        single = not any(one and other for one, other in pairwise(padding))
        demand(single, "padding by a single option", found)


@both("rfc8200:4.2-11")
async def test_padding_is_zero(tester: Station) -> None:
    """The data of a PadN option are zeros."""
    for found in options(await sent(tester)):
        zero = all(not any(option.data) for option in found if isinstance(option, PadN))
        demand(zero, "padding of zeros", found)


@both("rfc8200:4.2-12")
async def test_options_are_aligned(tester: Station) -> None:
    """An option stands where its alignment requirement allows."""
    for found in options(await sent(tester)):
        at = FIRST_OPTION
        for option in found:
            step, rest = ALIGNED.get(type(option), (1, 0))
            demand(at % step == rest, f"an option at a multiple of {step} octets and {rest}", f"{option} at {at}")
            at += len(bytes(option))
