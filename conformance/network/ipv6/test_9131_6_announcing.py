"""RFC 9131, 6.1.2: a host tells its routers of a new address."""

from conformance.engine import check, lasts, uses

from .bind import host
from .default_routers import PREFIX
from .provide import Fresh
from .resolving import LATE_S, RETRANS_S
from .station import packet
from .wire import NeighborAdvertisement
from .wire.addresses import ALL_ROUTERS

pytestmark = [uses("product", exclusive=True), lasts(3 * RETRANS_S)]
ANNOUNCED = packet(
    NeighborAdvertisement, target=lambda target: target in PREFIX, ip=lambda ip: ip.destination == ALL_ROUTERS
)


async def announcement(alone: Fresh) -> NeighborAdvertisement:
    """What the host says of a new address to all routers."""
    router = alone.router()
    await router.advertise(PREFIX)
    frame = await alone.sees(ANNOUNCED, within_s=3 * RETRANS_S + LATE_S)
    assert isinstance(frame.message, NeighborAdvertisement)
    return frame.message


@host("rfc9131:6.1.2-1a")
async def test_a_new_address_is_announced_to_the_routers(alone: Fresh) -> None:
    """A host with a new global address sends unsolicited advertisements for it to all routers."""
    await announcement(alone)


@host("rfc9131:6.1.2-1b")
async def test_the_announcement_does_not_override(alone: Fresh) -> None:
    """The advertisements for a new address have the O flag clear."""
    check(not (await announcement(alone)).override, "the O flag is set")
