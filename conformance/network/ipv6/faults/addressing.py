"""Faults about addresses and their scopes (RFC 4291, 2 to 2.6 and 2.8)."""

from ipaddress import IPv6Address, IPv6Network
from random import Random
from typing import Any

from ..reference import Rules
from ..wire import Icmpv6Error, Ipv6
from ..wire.addresses import ALL_NODES, ALL_ROUTERS, LOOPBACK, UNSPECIFIED
from .icmp_errors import SendingToNobody
from .registry import FAULTS, both, host, router

SITE_LOCAL = IPv6Network("fec0::/10")
BESIDE = IPv6Network("fe00::/9")
GLOBAL = IPv6Network("2000::/3")
ANYCAST_BITS = 0xA4291
ONES = 0xFFFFFFFFFFFF


class Refusing(Rules):
    """Drops packets from some addresses."""

    def accepts_header(self, ip: Ipv6) -> bool:
        return not self.refuses(ip.source) and super().accepts_header(ip)

    def refuses(self, source: IPv6Address) -> bool:
        raise NotImplementedError


@FAULTS.add("field-of-ones-refused", *both("rfc4291:2-1"))
class FieldOfOnesRefused(Refusing):
    """Drops packets from addresses with a field of ones."""

    def refuses(self, source: IPv6Address) -> bool:
        return not source.is_multicast and int(source) >> 16 & ONES == ONES


@FAULTS.add("beside-link-local-refused", *both("rfc4291:2.4-1"))
class BesideLinkLocalRefused(Refusing):
    """Takes a longer range than fe80::/10 for something special."""

    def refuses(self, source: IPv6Address) -> bool:
        return source in BESIDE


@FAULTS.add("unallocated-refused", *both("rfc4291:2.4-2"))
class UnallocatedRefused(Refusing):
    """Drops packets from ranges from which nothing is allocated."""

    def refuses(self, source: IPv6Address) -> bool:
        return source not in GLOBAL and 0x04 <= source.packed[0] <= 0xF8


@FAULTS.add("site-local-refused", *both("rfc4291:2.5.7-1"))
class SiteLocalRefused(Refusing):
    """Drops packets from fec0::/10."""

    def refuses(self, source: IPv6Address) -> bool:
        return source in SITE_LOCAL


@FAULTS.add("link-local-late", *both("rfc4291:2.1-1"))
class LinkLocalLate(Rules):
    """Has no address for 25 seconds after it was switched on."""

    def first_delay_s(self, rng: Random) -> float:
        return 25.0


@FAULTS.add("identifier-with-ffff", *both("rfc4291:2.5.1-3b", "rfc4291:2.5.1-4"))
class IdentifierWithFfff(Rules):
    """Inserts FFFF into a MAC address."""

    def own_link_local(self, address: IPv6Address) -> IPv6Address:
        return IPv6Address(int(address) | 0xFFFF << 24)


@FAULTS.add("identifier-not-inverted", *both("rfc4291:2.5.1-4"))
class IdentifierNotInverted(Rules):
    """Leaves the universal/local bit as it is."""

    def own_link_local(self, address: IPv6Address) -> IPv6Address:
        return IPv6Address(int(address) ^ 1 << 57)


@FAULTS.add("unspecified-answered", *both("rfc4291:2.5.2-1"))
class UnspecifiedAnswered(SendingToNobody):
    """Answers Echo Requests from the unspecified address."""

    def answers_echo(self, ip: Ipv6) -> bool:
        return True


class Owning(Rules):
    """Takes packets to an address that is not its own."""

    OWN = UNSPECIFIED

    def accepts_header(self, ip: Ipv6) -> bool:
        return ip.destination == self.OWN or super().accepts_header(ip)

    def is_for_us(self, interface: Any, destination: IPv6Address) -> bool:
        return destination == self.OWN or super().is_for_us(interface, destination)


@FAULTS.add("unspecified-owned", *both("rfc4291:2.5.2-2"))
class UnspecifiedOwned(Owning):
    """Takes packets to the unspecified address."""


@FAULTS.add("loopback-owned", *both("rfc4291:2.5.3-1"))
class LoopbackOwned(Owning):
    """Takes packets to ::1 from a link."""

    OWN = LOOPBACK


@FAULTS.add("answers-from-loopback", *both("rfc4291:2.5.3-1", "rfc4291:2.5.3-2"))
class AnswersFromLoopback(LoopbackOwned):
    """Takes packets to ::1 from a link, and answers from there."""

    def reply_source(self, destination: IPv6Address, *, unicast: bool) -> IPv6Address | None:
        return destination if destination == LOOPBACK else super().reply_source(destination, unicast=unicast)


@FAULTS.add("loopback-answered", *both("rfc4291:2.5.3-3"))
class LoopbackAnswered(SendingToNobody):
    """Answers packets from ::1 to the link."""

    NOBODY = LOOPBACK

    def accepts_header(self, ip: Ipv6) -> bool:
        return ip.source == LOOPBACK or super().accepts_header(ip)


@FAULTS.add("loopback-advertised", *both("rfc4291:2.5.3-5"))
class LoopbackAdvertised(Rules):
    """Answers solicitations for ::1."""

    def answers_for(self, target: IPv6Address) -> bool:
        return target == LOOPBACK

    def hears_all_groups(self, *, forwards: bool) -> bool:
        return True


@FAULTS.add("error-from-the-unspecified-address", *both("rfc4291:2.5.2-4", "rfc4443:2.2-2", "rfc6724:4-6"))
class ErrorFromTheUnspecifiedAddress(Rules):
    """Reports packets for a group from the unspecified address."""

    def error_source(self, destination: IPv6Address, *, unicast: bool) -> IPv6Address | None:
        return UNSPECIFIED if destination.is_multicast else super().error_source(destination, unicast=unicast)


@FAULTS.add("unspecified-passed-on", *router("rfc4291:2.5.2-3"))
class UnspecifiedPassedOn(Rules):
    """Forwards packets from the unspecified address."""

    def may_leave(self, source: IPv6Address) -> bool:
        return not source.is_link_local


@FAULTS.add("loopback-passed-on", *router("rfc4291:2.5.3-4"))
class LoopbackPassedOn(Rules):
    """Forwards packets to ::1."""

    def accepts_header(self, ip: Ipv6) -> bool:
        far = ip.destination == LOOPBACK and not ip.source.is_link_local
        return far or super().accepts_header(ip)

    def goes_to_other_link(self, destination: IPv6Address, *, multicast: bool) -> bool:
        return destination == LOOPBACK or super().goes_to_other_link(destination, multicast=multicast)


@FAULTS.add("from-link-local-passed-on", *router("rfc4291:2.5.6-1", "rfc4443:3.1-2"))
class FromLinkLocalPassedOn(Rules):
    """Forwards packets from link-local addresses."""

    def may_leave(self, source: IPv6Address) -> bool:
        return source != UNSPECIFIED


@FAULTS.add("to-link-local-passed-on", *router("rfc4291:2.5.6-1"))
class ToLinkLocalPassedOn(Rules):
    """Forwards packets to link-local addresses to the other link."""

    def may_go(self, destination: IPv6Address) -> bool:
        return destination.is_link_local or super().may_go(destination)

    def goes_to_other_link(self, destination: IPv6Address, *, multicast: bool) -> bool:
        return destination.is_link_local or super().goes_to_other_link(destination, multicast=multicast)


class NotOwning(Rules):
    """Takes no packets to some of its addresses."""

    def lacks(self, destination: IPv6Address) -> bool:
        raise NotImplementedError

    def is_for_us(self, interface: Any, destination: IPv6Address) -> bool:
        return not self.lacks(destination) and super().is_for_us(interface, destination)


@FAULTS.add("link-local-not-recognised", *both("rfc4291:2.8-1a"))
class LinkLocalNotRecognised(Rules):
    """Answers Echo Requests to its link-local address only if they come from one."""

    def answers_echo(self, ip: Ipv6) -> bool:
        strange = ip.destination.is_link_local and not ip.source.is_link_local
        return not strange and super().answers_echo(ip)


@FAULTS.add("wider-address-not-recognised", *both("rfc4291:2.8-1b"))
class WiderAddressNotRecognised(Rules):
    """Answers Echo Requests to its addresses of wider scope only if they come from one."""

    def answers_echo(self, ip: Ipv6) -> bool:
        wide = not ip.destination.is_link_local and not ip.destination.is_multicast
        return not (wide and ip.source.is_link_local) and super().answers_echo(ip)


@FAULTS.add("other-groups-not-recognised", *host("rfc4291:2.8-1f"))
class OtherGroupsNotRecognised(NotOwning):
    """Takes no packets to a group of its own that it reports."""

    def lacks(self, destination: IPv6Address) -> bool:
        return destination == IPv6Address("ff02::fb")


@FAULTS.add("anycast-not-recognised", *both("rfc4291:2.8-1g"))
class AnycastNotRecognised(NotOwning):
    """Takes no packets to the anycast address that it was given."""

    def lacks(self, destination: IPv6Address) -> bool:
        return int(destination) & 0xFFFFFFFF == ANYCAST_BITS


@FAULTS.add("subnet-router-not-recognised", *router("rfc4291:2.6.1-1", "rfc4291:2.8-2a", "rfc4443:4.2-2"))
class SubnetRouterNotRecognised(NotOwning):
    """Takes no packets to the anycast addresses of its subnets."""

    def lacks(self, destination: IPv6Address) -> bool:
        return not destination.is_multicast and not int(destination) & (1 << 64) - 1


class Deaf(Rules):
    """Neither answers nor reports what goes to a group."""

    GROUP = ALL_NODES

    def answers_echo(self, ip: Ipv6) -> bool:
        return ip.destination != self.GROUP and super().answers_echo(ip)

    def may_report(self, arrival: Any, error: Icmpv6Error, *, may_be_multicast: bool) -> bool:
        allowed = super().may_report(arrival, error, may_be_multicast=may_be_multicast)
        return allowed and arrival.ip.destination != self.GROUP


@FAULTS.add("all-nodes-not-recognised", *both("rfc4291:2.8-1d", "rfc4443:4.2-2"))
class AllNodesNotRecognised(Deaf):
    """Takes nothing but discovery and queries to all nodes."""


@FAULTS.add("all-routers-not-recognised", *router("rfc4291:2.8-2b", "rfc4291:2.8-1f", "rfc4861:6.2.2-2"))
class AllRoutersNotRecognised(Deaf):
    """Takes nothing but discovery to all routers."""

    GROUP = ALL_ROUTERS
