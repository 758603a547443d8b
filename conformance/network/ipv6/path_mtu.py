"""Path MTU Discovery: how large the product's packets to a station are, and what tells it of narrower paths.

The product sends a packet of a wanted size by answering an Echo Request of that size.
"""

from conformance.engine import Unready

from .fragments import reply_in_pieces
from .station import Station
from .wire import EchoRequest, Frame, PacketTooBig

HEADERS_OCTETS = 48
"""Of the IPv6 header and an Echo Request without data."""
LARGE = 1500
QUOTED_OCTETS = 1280 - HEADERS_OCTETS


def sized(station: Station, size: int) -> EchoRequest:
    """An Echo Request in a packet of so many octets."""
    return station.echo(station.case.rng.randbytes(size - HEADERS_OCTETS))


async def pieces(station: Station, size: int = LARGE) -> list[Frame]:
    """The packets that carry a reply which would be of this size in one piece. Raises Unready where none comes."""
    asked = sized(station, size)
    await station.send(station.frame(asked, to=station.product.address))
    came = await reply_in_pieces(station, asked)
    if not came:
        raise Unready(f"the product does not answer an Echo Request of {size} octets")
    return came


async def answered(station: Station, size: int = LARGE) -> list[int]:
    """The sizes of these packets."""
    return [frame.size for frame in await pieces(station, size)]


def too_big(station: Station, about: Frame, mtu: int, *, code: int = 0) -> Frame:
    """The error about a packet of the product's, as a router on the way would send it."""
    message = PacketTooBig(mtu=mtu, code=code, invoking_packet=about.packet[:QUOTED_OCTETS])
    return station.frame(message, to=station.product.address)


async def told(station: Station, mtu: int, *, code: int = 0) -> Frame:
    """The product sends a large packet, and is told of a narrower path; the packet. Raises Unready."""
    about = (await pieces(station))[0]
    await station.send(too_big(station, about, mtu, code=code))
    return about


async def unchanged(station: Station) -> None:
    """The product sends large packets to a station that it knows nothing of; one that never does may leave it (3)."""
    if len(await pieces(station)) > 1:
        station.case.not_applicable("the product sends no large packets", "产品不发送大数据包")
