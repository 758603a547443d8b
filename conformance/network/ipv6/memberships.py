"""The groups that a product says it listens to, when it is asked.

The query is of version 2, which changes nothing in a product. The address that it comes from is a random one.
"""

from ipaddress import IPv6Address
from typing import Any

from conformance.engine import Silence, Unready

from .station import CHATTER, Station, packet
from .wire import (
    HopByHop,
    MulticastListenerQueryV2,
    MulticastListenerReport,
    MulticastListenerReportV2,
    RecordType,
    RouterAlert,
)
from .wire.addresses import ALL_MLDV2_ROUTERS, ALL_NODES, SOLICITED_NODE, multicast_mac, solicited_node

SOON_MS = 100
CURRENT = (RecordType.MODE_IS_INCLUDE, RecordType.MODE_IS_EXCLUDE)


def is_current(message: MulticastListenerReportV2) -> bool:
    """that tells the current state"""
    return bool(message.records) and all(each.record_type in CURRENT for each in message.records)


def _records(message: Any) -> tuple[Any, ...]:
    return message.records if is_current(message) else ()


V2 = packet(MulticastListenerReportV2)
V1 = packet(MulticastListenerReport)


def ask(station: Station) -> Any:
    """A General Query."""
    query = MulticastListenerQueryV2(maximum_response_code=SOON_MS)
    return station.frame(HopByHop(options=(RouterAlert(),)), query, to=ALL_NODES, hop_limit=1)


async def groups(station: Station) -> set[IPv6Address]:
    """The groups that the product reports when it is asked. Raises Unready where it reports none."""
    own = {station.product.link_local, station.product.address or station.product.link_local}
    station.channel.join(*map(multicast_mac, (ALL_MLDV2_ROUTERS, *map(solicited_node, own))))
    await station.send(ask(station))
    found: set[IPv6Address] = set()
    while not found:
        event = await station.next(passing=CHATTER, until=V2 | V1)
        if isinstance(event, Silence) or not (V2 | V1).matches(event):
            raise Unready("the product does not report its groups")
        found = _told(event.message)
    await station.greet()
    for frame in station.arrived(V2 | V1):
        found |= _told(frame.message)
    return found


def _told(message: Any) -> set[IPv6Address]:
    if isinstance(message, MulticastListenerReport):
        return {message.multicast_address}
    return {each.multicast_address for each in _records(message)}


def is_solicited_node(group: IPv6Address) -> bool:
    """Whether a group is that of an address's solicitations."""
    return int(group) >> 24 == SOLICITED_NODE >> 24
