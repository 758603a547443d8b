"""Faults in what a node says unasked of a new hardware address (RFC 4861, 7.2.6 and 4.4)."""

from dataclasses import replace
from ipaddress import IPv6Address

from ..reference import Rules
from ..wire import NeighborAdvertisement
from ..wire.addresses import ALL_ROUTERS
from .registry import FAULTS, both


@FAULTS.add("announced-four-times", *both("rfc4861:7.2.6-1a"))
class AnnouncedFourTimes(Rules):
    """Announces a new hardware address four times."""

    def announcements(self) -> int:
        return 4


@FAULTS.add("announced-in-a-row", *both("rfc4861:7.2.6-1b"))
class AnnouncedInARow(Rules):
    """Announces an address again before RetransTimer has passed."""

    def announcement_gap_s(self, retrans_s: float) -> float:
        return retrans_s / 4


@FAULTS.add("announced-to-routers", *both("rfc4861:7.2.6-1c"))
class AnnouncedToRouters(Rules):
    """Announces a new hardware address to routers alone."""

    def announcement_to(self, address: IPv6Address) -> IPv6Address:
        return ALL_ROUTERS


class Announcing(Rules):
    """Announces something else."""

    def altered(self, message: NeighborAdvertisement) -> NeighborAdvertisement:
        """What is announced."""
        raise NotImplementedError

    def announcement(self, address: IPv6Address, mac: bytes, *, router: bool) -> NeighborAdvertisement:
        return self.altered(super().announcement(address, mac, router=router))


@FAULTS.add("announced-as-answer", *both("rfc4861:7.2.6-2a"))
class AnnouncedAsAnswer(Announcing):
    """Sets the S flag in what it announces."""

    def altered(self, message: NeighborAdvertisement) -> NeighborAdvertisement:
        return replace(message, solicited=True)


@FAULTS.add("announced-as-the-other", *both("rfc4861:7.2.6-2b"))
class AnnouncedAsTheOther(Announcing):
    """Announces itself as a router where it is a host, and the other way round."""

    def altered(self, message: NeighborAdvertisement) -> NeighborAdvertisement:
        return replace(message, router=not message.router)


@FAULTS.add("announced-without-override", *both("rfc4861:4.4-2c"))
class AnnouncedWithoutOverride(Announcing):
    """Clears the O flag in what it announces."""

    def altered(self, message: NeighborAdvertisement) -> NeighborAdvertisement:
        return replace(message, override=False)


@FAULTS.add("announced-all-at-once", *both("rfc4861:7.2.6-3"))
class AnnouncedAllAtOnce(Rules):
    """Announces all its addresses in one moment."""

    def announcement_spread_s(self) -> float:
        return 0.0
