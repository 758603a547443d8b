"""Faults about when errors are sent, how many, and with which codes (RFC 4443, 2.4 e to 3.4)."""

from ipaddress import IPv6Address
from typing import Any

from ..reference import Rules
from ..reference.rules.headers import Action
from ..wire import Icmpv6, Icmpv6Error, Ipv6, PacketTooBig, ParameterProblem, Redirect, TimeExceeded
from ..wire.addresses import BROADCAST_MAC, UNSPECIFIED
from .registry import FAULTS, both, router


@FAULTS.add("error-about-error", *both("rfc4443:2.4e1-1"))
class ErrorAboutError(Rules):
    """Reports packets that carry an error."""

    def is_about_error(self, arrival: Any) -> bool:
        return isinstance(arrival.layers[-1], Redirect)


@FAULTS.add("error-about-redirect", *both("rfc4443:2.4e2-1"))
class ErrorAboutRedirect(Rules):
    """Reports packets that carry a Redirect."""

    def is_about_error(self, arrival: Any) -> bool:
        message = arrival.layers[-1]
        return isinstance(message, Icmpv6) and message.is_error


@FAULTS.add("error-about-packet-for-group", *both("rfc4443:2.4e3-1"))
class ErrorAboutPacketForGroup(Rules):
    """Reports packets for a group."""

    def came_to_many(self, arrival: Any) -> bool:
        return not self.went_to_group(arrival) and self.came_in_group_frame(arrival)


@FAULTS.add("error-about-multicast-frame", *both("rfc4443:2.4e4-1"))
class ErrorAboutMulticastFrame(Rules):
    """Reports packets for its address that came in a multicast frame."""

    def came_in_group_frame(self, arrival: Any) -> bool:
        return bool(arrival.mac == BROADCAST_MAC)


@FAULTS.add("error-about-broadcast-frame", *both("rfc4443:2.4e5-1"))
class ErrorAboutBroadcastFrame(Rules):
    """Reports packets for its address that came in a broadcast frame."""

    def came_in_group_frame(self, arrival: Any) -> bool:
        return bool(arrival.mac[0] & 1 and arrival.mac != BROADCAST_MAC)


class SendingToNobody(Rules):
    """Takes an address that is nobody's for one on the link."""

    NOBODY = UNSPECIFIED

    def is_on_link(self, interface: Any, to: IPv6Address) -> bool:
        return to == self.NOBODY or super().is_on_link(interface, to)


@FAULTS.add("error-to-the-unspecified-address", *both("rfc4443:2.4e6-1", "rfc4291:2.5.2-1"))
class ErrorToTheUnspecifiedAddress(SendingToNobody):
    """Reports packets from the unspecified address."""

    def names_one_node(self, arrival: Any) -> bool:
        return arrival.ip.source == UNSPECIFIED or super().names_one_node(arrival)


class TakingFromGroups(Rules):
    """Takes packets from groups."""

    def accepts_header(self, ip: Ipv6) -> bool:
        return ip.source.is_multicast or super().accepts_header(ip)


@FAULTS.add("error-to-a-group", *both("rfc4443:2.4e6-2"))
class ErrorToAGroup(TakingFromGroups):
    """Reports packets from a group."""

    def names_one_node(self, arrival: Any) -> bool:
        return arrival.ip.source.is_multicast or super().names_one_node(arrival)

    def answers_echo(self, ip: Ipv6) -> bool:
        return not ip.source.is_multicast and super().answers_echo(ip)


@FAULTS.add("error-to-an-anycast-address", *router("rfc4443:2.4e6-3"))
class ErrorToAnAnycastAddress(Rules):
    """Reports packets from its own Subnet-Router anycast addresses."""

    def is_known_anycast(self, arrival: Any, source: IPv6Address) -> bool:
        return False


@FAULTS.add("errors-without-limit", *both("rfc4443:2.4f-1"))
class ErrorsWithoutLimit(Rules):
    """Reports everything."""

    def limits_errors(self) -> bool:
        return False


@FAULTS.add("one-error-at-a-time", *both("rfc4443:2.4f-2"))
class OneErrorAtATime(Rules):
    """Limits errors by a plain timer."""

    def errors_burst(self, configured: int) -> int:
        return 1


class NotReporting(Rules):
    """Leaves some errors out."""

    def may_report(self, arrival: Any, error: Icmpv6Error, *, may_be_multicast: bool) -> bool:
        allowed = super().may_report(arrival, error, may_be_multicast=may_be_multicast)
        return allowed and not self.leaves_out(arrival, error)

    def leaves_out(self, arrival: Any, error: Any) -> bool:
        raise NotImplementedError


@FAULTS.add("too-big-not-reported", *router("rfc4443:3.2-1"))
class TooBigNotReported(NotReporting):
    """Drops silently what the next link does not take."""

    def leaves_out(self, arrival: Any, error: Any) -> bool:
        return isinstance(error, PacketTooBig) and not arrival.ip.destination.is_multicast


@FAULTS.add("too-big-for-group-not-reported", *router("rfc4443:3.2-3"))
class TooBigForGroupNotReported(NotReporting):
    """Drops silently what goes to a group and the next link does not take."""

    def leaves_out(self, arrival: Any, error: Any) -> bool:
        return isinstance(error, PacketTooBig) and bool(arrival.ip.destination.is_multicast)


@FAULTS.add("hop-limit-not-reported", *router("rfc4443:3.3-1"))
class HopLimitNotReported(NotReporting):
    """Drops silently what has used up its Hop Limit."""

    def leaves_out(self, arrival: Any, error: Any) -> bool:
        return isinstance(error, TimeExceeded) and error.code == 0


@FAULTS.add("second-header-not-reported", *both("rfc4443:3.4-1b"))
class SecondHeaderNotReported(NotReporting):
    """Drops silently what has an unknown option in a second header."""

    def leaves_out(self, arrival: Any, error: Any) -> bool:
        return isinstance(error, ParameterProblem) and (error.code, error.pointer) == (2, 50)


@FAULTS.add("faulty-second-header-passed-over", *both("rfc4443:3.4-1a"))
class FaultySecondHeaderPassedOver(Rules):
    """Goes on with a packet that it has reported for an option in a second header."""

    def goes_on_behind(self, action: Action, at: int) -> bool:
        return action is Action.REPORT and at > 1


@FAULTS.add("no-route-not-reported", *router("rfc4443:3.1-2"))
class NoRouteNotReported(Rules):
    """Drops silently what it knows no way for."""

    def reports_no_route(self) -> bool:
        return False


@FAULTS.add("beyond-scope-not-reported", *router("rfc4443:3.1-2"))
class BeyondScopeNotReported(Rules):
    """Drops silently what goes beyond the scope of its source."""

    def reports_beyond_scope(self) -> bool:
        return False


@FAULTS.add("no-route-of-code-3", *router("rfc4443:3.1-4"))
class NoRouteOfCode3(Rules):
    """Reports what it knows no way for by code 3."""

    def no_route_code(self) -> int:
        return 3


@FAULTS.add("prohibited-of-code-0", *router("rfc4443:3.1-5"))
class ProhibitedOfCode0(Rules):
    """Reports what is prohibited by code 0."""

    def prohibited_code(self) -> int:
        return 0


@FAULTS.add("beyond-scope-of-code-3", *router("rfc4443:3.1-6"))
class BeyondScopeOfCode3(Rules):
    """Reports what goes beyond the scope of its source by code 3."""

    def beyond_scope_code(self) -> int:
        return 3


@FAULTS.add("unresolved-of-code-0", *router("rfc4443:3.1-7"))
class UnresolvedOfCode0(Rules):
    """Reports a neighbour that is not there by code 0."""

    def unreachable_address_code(self) -> int:
        return 0


@FAULTS.add("filtered-of-code-0", *router("rfc4443:3.1-10a"))
class FilteredOfCode0(Rules):
    """Reports what a filter refuses by code 0."""

    def filtered_code(self) -> int:
        return 0


@FAULTS.add("rejected-of-code-0", *router("rfc4443:3.1-10b"))
class RejectedOfCode0(Rules):
    """Reports what a route rejects by code 0."""

    def rejected_code(self) -> int:
        return 0


@FAULTS.add("closed-port-not-reported", *both("rfc4443:3.1-9"))
class ClosedPortNotReported(Rules):
    """Drops silently what nobody listens for."""

    def reports_closed_port(self) -> bool:
        return False


@FAULTS.add("mtu-of-1280-told", *router("rfc4443:3.2-4"))
class MtuOf1280Told(Rules):
    """Tells 1280 octets whatever the link takes."""

    def too_big_mtu(self, mtu: int) -> int:
        return 1280


@FAULTS.add("code-of-too-big-read", *both("rfc4443:3.2-2b"))
class CodeOfTooBigRead(Rules):
    """Believes a Packet Too Big of code 0 only."""

    def believes_too_big(self, message: PacketTooBig, quoted: Ipv6, ip: Ipv6, *, sent: bool) -> bool:
        return sent and message.code == 0
