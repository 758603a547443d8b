"""RFC 4861, 7.2.6 and 4.4: what a node says unasked when its link-layer address changes."""

from collections.abc import Sequence

from conformance.engine import Unready, check, lasts, uses

from .bind import both, host, router
from .provide import Fresh
from .resolving import RETRANS_LEAST_S, RETRANS_S, LATE_S
from .station import random_mac
from .wire import Frame, NeighborAdvertisement, TargetLinkLayerAddress
from .wire.addresses import ALL_NODES, ALL_ROUTERS

pytestmark = uses("product", exclusive=True)
MOST = 3
"""MAX_NEIGHBOR_ADVERTISEMENT (10)."""
ANNOUNCES_S = MOST * (RETRANS_S + LATE_S)


async def announced(alone: Fresh) -> Sequence[tuple[float, Frame]]:
    """What the product announces when its link-layer address changes, and when. Raises Unready."""
    mac = random_mac(alone.case.rng)
    said: list[tuple[float, Frame]] = []

    def hear(event: object) -> None:
        if isinstance(event, Frame) and isinstance(event.message, NeighborAdvertisement):
            said.append((alone.case.now_s, event))

    alone.watch.listen(hear)
    if not await alone.case.act(alone.site, "change_mac", mac=mac.hex(":")):
        raise Unready("the testbed names no command for the act change_mac")
    await alone.watch.next(passing=Frame, within_s=ANNOUNCES_S)
    return said
