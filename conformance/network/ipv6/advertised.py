"""The Router Advertisements of a router that is tested: how they are got, and what its access data tell of them."""

from collections.abc import Iterable
from ipaddress import IPv6Interface, IPv6Network
from typing import Any

from conformance.engine import Case, Nonconformity, Unready

from .fresh import Fresh
from .station import Station, packet
from .wire import Frame, NdOption, PrefixInformation, RouterAdvertisement, RouterSolicitation, SourceLinkLayerAddress
from .wire.addresses import ALL_ROUTERS

FIRST_S = 20.0
"""By when a router that was switched on has advertised itself: MAX_INITIAL_RTR_ADVERT_INTERVAL (10) is 16 s."""
BETWEEN_S = 3.0
"""MIN_DELAY_BETWEEN_RAS (10)."""
DELAY_S = 0.5
"""MAX_RA_DELAY_TIME (10)."""
LATE_S = 0.3
ANSWERED_S = BETWEEN_S + DELAY_S + 1.5
"""By when a solicited advertisement has come, to all nodes too."""
ADVERTISEMENT = packet(RouterAdvertisement)
TO_ALL = packet(RouterAdvertisement, ip=lambda ip: ip.destination.is_multicast)


def solicitation(station: Station, *options: NdOption, **fields: Any) -> Frame:
    """A Router Solicitation from the link-local address of a station, which it holds besides other options."""
    options = (SourceLinkLayerAddress(address=station.mac), *options)
    source = fields.pop("source", station.link_local)
    message = RouterSolicitation(**({"options": options} | fields))
    return station.frame(message, to=ALL_ROUTERS, source=source, hop_limit=255)


async def advertisements(fresh: Fresh, station: Station | None = None) -> list[Frame]:
    """The first advertisement of a router that was just switched on, and one that answers a solicitation of a station.

    Raises Unready.
    """
    await fresh.up()
    first = await _seen(fresh, FIRST_S)
    station = station or fresh.station()
    await station.send(solicitation(station))
    return [first, await _seen(fresh, ANSWERED_S)]


async def messages(fresh: Fresh) -> list[RouterAdvertisement]:
    """The same without their headers."""
    found = [frame.message for frame in await advertisements(fresh)]
    return [message for message in found if isinstance(message, RouterAdvertisement)]


async def prefixes(fresh: Fresh) -> list[PrefixInformation]:
    """The prefixes of the same. Raises Unready where there is none."""
    found = [each for message in await messages(fresh) for each in message.every(PrefixInformation)]
    if not found:
        raise Unready("the router advertises no prefix")
    return found


async def next_to_all(fresh: Fresh, within_s: float) -> RouterAdvertisement:
    """The next advertisement to all nodes. Raises Unready."""
    message = (await _seen(fresh, within_s, TO_ALL)).message
    assert isinstance(message, RouterAdvertisement)
    return message


async def first_advertisement(fresh: Fresh) -> float:
    """Come back when the router has advertised itself to all nodes, and when that was. Raises Unready."""
    await _seen(fresh, FIRST_S)
    return fresh.watch.arrived_at_s


async def _seen(fresh: Fresh, within_s: float, wanted: Any = ADVERTISEMENT) -> Frame:
    try:
        return await fresh.sees(wanted, within_s=within_s)
    except Nonconformity as error:
        raise Unready(f"the router does not advertise itself: {error.summary}") from None


async def times_s(fresh: Fresh, gaps: int, most_s: float) -> list[float]:
    """When so many advertisements to all nodes came, and the one before, none later than so. Raises Nonconformity."""
    await fresh.up()
    came: list[float] = []
    while len(came) <= gaps:
        within_s = most_s + LATE_S + 1 if came else FIRST_S
        await fresh.sees(TO_ALL, within_s=within_s, why="no advertisement came within MaxRtrAdvInterval")
        came.append(fresh.watch.arrived_at_s)
    return came


# Access data.


def told(case: Case) -> dict[str, Any]:
    """What the access data tell of the advertisements, under [ixit.ipv6.advertised]."""
    return dict(case.ixit.get("ipv6", {}).get("advertised", {}))


def lan(case: Case) -> IPv6Network:
    """The prefix of the link that the router advertises on."""
    return IPv6Interface(str(case.ixit["ipv6"]["lan"])).network


def intervals_s(case: Case, most_s: float) -> tuple[float, float]:
    """MinRtrAdvInterval and MaxRtrAdvInterval as the access data tell. Raises Unready where the latter is too long."""
    given = told(case)
    if "least_interval_s" not in given or "most_interval_s" not in given:
        raise Unready("the access data do not tell least_interval_s and most_interval_s in [ixit.ipv6.advertised]")
    if float(given["most_interval_s"]) > most_s:
        raise Unready(f"MaxRtrAdvInterval is too long for this case, which needs {most_s:g} s or less")
    return float(given["least_interval_s"]), float(given["most_interval_s"])


def kinds(options: Iterable[NdOption]) -> set[tuple[Any, ...]]:
    """The options, in so far as one tells them apart: by type, and prefixes by what they are."""
    return {(each.type, getattr(each, "prefix", None), getattr(each, "prefix_length", None)) for each in options}
