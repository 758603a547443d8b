"""Faults about path MTUs (RFC 8201, RFC 8021)."""

from collections.abc import Sequence
from ipaddress import IPv6Address
from typing import Any

from ..reference import Rules
from ..wire import Fragment, Frame, Ipv6, PacketTooBig
from .registry import FAULTS, both, router

LEAST_MTU = 1280
LINK_MTU = 1500
EARLY = ("rfc8201:4-7a", "rfc8201:4-7b", "rfc8201:3-4")


@FAULTS.add("paths-of-1280-at-first", *both("rfc8201:3-1"))
class PathsOf1280AtFirst(Rules):
    """Takes every path for as narrow as can be."""

    def first_path_mtu(self, mtu: int) -> int:
        return LEAST_MTU


@FAULTS.add("routers-about-neighbours-not-believed", *both("rfc8201:3-3"))
class RoutersAboutNeighboursNotBelieved(Rules):
    """Believes only the destination itself that a path is narrow."""

    def believes_too_big(self, message: PacketTooBig, quoted: Ipv6, ip: Ipv6, *, sent: bool) -> bool:
        return sent and quoted.destination == ip.source


@FAULTS.add("every-minute-tried", *both(*EARLY))
class EveryMinuteTried(Rules):
    """Forgets path MTUs after a minute."""

    def path_mtu_s(self, configured: float) -> float:
        return 60.0


@FAULTS.add("after-7-minutes-tried", *both("rfc8201:4-7b"))
class After7MinutesTried(Rules):
    """Forgets path MTUs after 7 minutes."""

    def path_mtu_s(self, configured: float) -> float:
        return 420.0


@FAULTS.add("path-mtu-kept-for-ever", *both("rfc8201:5.3-1a"))
class PathMtuKeptForEver(Rules):
    """Never forgets a path MTU."""

    def path_mtu_s(self, configured: float) -> float:
        return float("inf")


@FAULTS.add("every-too-big-believed", *both("rfc8201:4-1"))
class EveryTooBigBelieved(Rules):
    """Believes every Packet Too Big."""

    def believes_too_big(self, message: PacketTooBig, quoted: Ipv6, ip: Ipv6, *, sent: bool) -> bool:
        return True


@FAULTS.add("too-small-taken-for-1280", *both("rfc8201:4-2"))
class TooSmallTakenFor1280(Rules):
    """Takes an MTU below 1280 octets for 1280."""

    def path_mtu_after(self, now: int, said: int) -> int:
        return min(now, max(said, LEAST_MTU))


@FAULTS.add("too-small-taken", *both("rfc8201:4-2", "rfc8201:4-3"))
class TooSmallTaken(Rules):
    """Takes any MTU."""

    def path_mtu_after(self, now: int, said: int) -> int:
        return min(now, max(said, 576))


@FAULTS.add("atomic-fragments-sent", *both("rfc8021:4-1"))
class AtomicFragmentsSent(Rules):
    """Puts a Fragment header into whole packets when an MTU below 1280 octets was told."""

    def __init__(self) -> None:
        self._marked: set[IPv6Address] = set()

    def believes_too_big(self, message: PacketTooBig, quoted: Ipv6, ip: Ipv6, *, sent: bool) -> bool:
        if sent and message.mtu < LEAST_MTU:
            self._marked.add(quoted.destination)
        return super().believes_too_big(message, quoted, ip, sent=sent)

    def sends_whole(self, packet: Frame) -> Sequence[Frame]:
        header = packet.ip
        if header is None or header.destination not in self._marked:
            return super().sends_whole(packet)
        layers = (header, Fragment(identification=0x8021), *packet.layers[1:])
        return (Frame(destination=b"", source=b"", layers=layers),)


@FAULTS.add("second-too-big-not-obeyed", *both("rfc8201:4-4"))
class SecondTooBigNotObeyed(Rules):
    """Obeys the first Packet Too Big about a path only."""

    def path_mtu_after(self, now: int, said: int) -> int:
        return super().path_mtu_after(now, said) if now > 1500 else now


class SendingWhole(Rules):
    """Sends some packets whole that should be fragmented."""

    def __init__(self) -> None:
        self._sent: dict[Any, int] = {}

    def whole(self, count: int) -> bool:
        """Whether the so-manieth packet for a destination that has to be fragmented is sent whole."""
        raise NotImplementedError

    def is_too_large(self, packet: Frame, mtu: int) -> bool:
        if not super().is_too_large(packet, mtu):
            return False
        to = packet.ip.destination if packet.ip else None
        count = self._sent[to] = self._sent.get(to, 0) + 1
        return packet.size > LINK_MTU or not self.whole(count)


@FAULTS.add("path-mtu-forgotten-in-use", *both("rfc8201:4-5", *EARLY))
class PathMtuForgottenInUse(SendingWhole):
    """Keeps to a path MTU for ten packets."""

    def whole(self, count: int) -> bool:
        return count > 10


LATE = ("rfc8201:3-3", "rfc8201:4-4", "rfc8201:4-5", "rfc8201:4-7a", "rfc8201:4-7b", "rfc8201:4-8", "rfc8200:5-3")


@FAULTS.add("path-mtu-late", *both("rfc8201:4-6", *LATE))
class PathMtuLate(SendingWhole):
    """Keeps to a path MTU from the second packet on."""

    def whole(self, count: int) -> bool:
        return count == 1


@FAULTS.add("path-mtu-raised", *both("rfc8201:4-8"))
class PathMtuRaised(Rules):
    """Takes whatever was told last."""

    def path_mtu_after(self, now: int, said: int) -> int:
        return now if said < LEAST_MTU else said


@FAULTS.add("paths-of-links-mixed-up", *router("rfc8201:5.2-3"))
class PathsOfLinksMixedUp(Rules):
    """Takes a link-local address for the same on all links."""

    def keeps_paths_of_links_apart(self) -> bool:
        return False
