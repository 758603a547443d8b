"""Faults about groups (RFC 4291, 2.7)."""

from ipaddress import IPv6Address
from typing import Any

from ..reference import Rules
from ..wire import Ipv6
from ..wire.addresses import scope
from .icmp_errors import TakingFromGroups
from .registry import FAULTS, both, router

LINK_SCOPE = 2
ZEROS = 0x100
IDENTIFIER = (1 << 112) - 1


@FAULTS.add("groups-answered", *both("rfc4291:2.7-1c"))
class GroupsAnswered(TakingFromGroups):
    """Answers Echo Requests from groups."""


@FAULTS.add("scope-0-sent", *both("rfc4291:2.7-2a"))
class Scope0Sent(Rules):
    """Sends to groups of scope 0."""

    def may_send_to(self, to: IPv6Address) -> bool:
        return (to.is_multicast and scope(to) == 0) or super().may_send_to(to)


@FAULTS.add("scope-f-sent", *both("rfc4291:2.7-2c"))
class ScopeFSent(Rules):
    """Sends to groups of scope F."""

    def may_send_to(self, to: IPv6Address) -> bool:
        return (to.is_multicast and scope(to) == 15) or super().may_send_to(to)


class Joined(Rules):
    """Takes packets to groups that it is not to listen to."""

    def takes(self, group: IPv6Address) -> bool:
        raise NotImplementedError

    def hears_all_groups(self, *, forwards: bool) -> bool:
        return True

    def accepts_header(self, ip: Ipv6) -> bool:
        return self._takes(ip.destination) or super().accepts_header(ip)

    def is_for_us(self, interface: Any, destination: IPv6Address) -> bool:
        return self._takes(destination) or super().is_for_us(interface, destination)

    def _takes(self, destination: IPv6Address) -> bool:
        return destination.is_multicast and self.takes(destination)


@FAULTS.add("scope-0-taken", *both("rfc4291:2.7-2b"))
class Scope0Taken(Joined):
    """Takes packets to groups of scope 0."""

    def takes(self, group: IPv6Address) -> bool:
        return scope(group) == 0


@FAULTS.add("reserved-group-taken", *both("rfc4291:2.7.1-1"))
class ReservedGroupTaken(Joined):
    """Takes packets to groups whose identifier is 0."""

    def takes(self, group: IPv6Address) -> bool:
        return not int(group) & IDENTIFIER


@FAULTS.add("all-nodes-of-any-scope", *both("rfc4291:2.7.1-2"))
class AllNodesOfAnyScope(Joined):
    """Takes packets to all nodes and all routers, whatever the scope."""

    def takes(self, group: IPv6Address) -> bool:
        return int(group) & IDENTIFIER in (1, 2) and scope(group) > LINK_SCOPE


class Listening(Rules):
    """Listens to one more group."""

    GROUP = IPv6Address("ff82::fb")

    def own_groups(self, configured: tuple[IPv6Address, ...]) -> tuple[IPv6Address, ...]:
        return (*super().own_groups(configured), self.GROUP)


@FAULTS.add("first-flag-set", *both("rfc4291:2.7-4"))
class FirstFlagSet(Listening):
    """Listens to a group whose first flag is set."""


@FAULTS.add("reserved-group-joined", *both("rfc4291:2.7.1-1"))
class ReservedGroupJoined(Listening):
    """Listens to a group whose identifier is 0."""

    GROUP = IPv6Address("ff02::")


@FAULTS.add("all-nodes-of-a-site-joined", *both("rfc4291:2.7.1-2"))
class AllNodesOfASiteJoined(Listening):
    """Listens to the group of all nodes with a scope that is not defined for it."""

    GROUP = IPv6Address("ff05::1")


@FAULTS.add("solicited-node-of-other-bits", *both("rfc4291:2.7.1-3"))
class SolicitedNodeOfOtherBits(Rules):
    """Takes a wrong bit for the solicited-node group where most bits are zero."""

    def solicited(self, address: IPv6Address) -> IPv6Address:
        group = super().solicited(address)
        return IPv6Address(int(group) ^ 1 << 16) if int(group) & 0xFFFFFF < ZEROS else group


@FAULTS.add("groups-of-addresses-not-joined", *both("rfc4291:2.7.1-4", "rfc4291:2.8-1e"))
class GroupsOfAddressesNotJoined(Rules):
    """Joins the solicited-node group of no address."""

    def joins_group_of(self, address: IPv6Address) -> bool:
        return False


@FAULTS.add("scope-f-kept-back", *router("rfc4291:2.7-2d"))
class ScopeFKeptBack(Rules):
    """Forwards nothing to groups of scope F."""

    def goes_to_other_link(self, destination: IPv6Address, *, multicast: bool) -> bool:
        return super().goes_to_other_link(destination, multicast=multicast) and scope(destination) != 15


@FAULTS.add("link-groups-passed-on", *router("rfc4291:2.7-3"))
class LinkGroupsPassedOn(Rules):
    """Forwards packets to groups of the link."""

    def hears_all_groups(self, *, forwards: bool) -> bool:
        return True

    def may_go_to_group(self, destination: IPv6Address) -> bool:
        return destination.is_multicast

    def goes_to_other_link(self, destination: IPv6Address, *, multicast: bool) -> bool:
        return destination.is_multicast and (multicast or scope(destination) <= LINK_SCOPE)
