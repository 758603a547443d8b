"""Rules about ICMPv6 (RFC 4443)."""

from ipaddress import IPv6Address
from typing import Any

from ...wire import EchoReply, Icmpv6, Icmpv6Error, Ipv6, PacketTooBig, Redirect
from ...wire.addresses import UNSPECIFIED

LARGEST_ERROR = 1280
BEFORE_QUOTE = 48


class IcmpRules:
    """What is decided about Echo and errors."""

    def answers_echo(self, ip: Ipv6) -> bool:
        """Every node answers Echo Requests, to groups too (4.2); not from an address that names nobody."""
        return ip.source != UNSPECIFIED

    def reply_source(self, destination: IPv6Address, *, unicast: bool) -> IPv6Address | None:
        """A reply comes from the address that was asked; None for one chosen by the usual rules (2.2)."""
        return destination if unicast else None

    def reply_to(self, ip: Ipv6) -> IPv6Address:
        return ip.source

    def reply(self, reply: EchoReply) -> EchoReply:
        """A reply mirrors identifier, sequence number and data."""
        return reply

    def answer_to_unknown(self, message: Icmpv6) -> Icmpv6 | None:
        """Messages of types that are not known are no cause of an answer (2.4 a, b)."""
        return None

    def believes_too_big(self, message: PacketTooBig, quoted: Ipv6, ip: Ipv6, *, sent: bool) -> bool:
        """A Packet Too Big counts where it quotes a packet that the node has sent, whoever sends it (RFC 8201, 4)."""
        return sent

    # Errors (2.4).

    def may_report(self, arrival: Any, error: Icmpv6Error, *, may_be_multicast: bool) -> bool:
        """Whether an error about a packet may be sent at all."""
        if self.is_about_error(arrival) or not self.names_one_node(arrival):
            return False
        multicast = self.came_to_many(arrival)
        return not multicast or may_be_multicast

    def is_about_error(self, arrival: Any) -> bool:
        """No error is sent about an error, or a Redirect (e.1, e.2)."""
        message = arrival.layers[-1]
        return isinstance(message, Redirect) or (isinstance(message, Icmpv6) and message.is_error)

    def names_one_node(self, arrival: Any) -> bool:
        """No error is sent to an address that does not name one node (e.6)."""
        source = arrival.ip.source
        return source != UNSPECIFIED and not source.is_multicast and not self.is_known_anycast(arrival, source)

    def is_known_anycast(self, arrival: Any, source: IPv6Address) -> bool:
        return any(each.is_anycast(source) for each in arrival.interface.node.interfaces.values())

    def came_to_many(self, arrival: Any) -> bool:
        """Whether a packet went to a group, or came in a frame for more than one node (e.3 to e.5)."""
        return self.went_to_group(arrival) or self.came_in_group_frame(arrival)

    def went_to_group(self, arrival: Any) -> bool:
        return bool(arrival.ip.destination.is_multicast)

    def came_in_group_frame(self, arrival: Any) -> bool:
        return bool(arrival.mac[0] & 1)

    def limits_errors(self) -> bool:
        """The rate of errors is limited (f)."""
        return True

    def errors_burst(self, configured: int) -> int:
        """A few in a row are sent at once."""
        return configured

    def error_source(self, destination: IPv6Address, *, unicast: bool) -> IPv6Address | None:
        """An error comes from the address that the packet went to, where that is one of the node's (2.2)."""
        return destination if unicast else None

    def error_to(self, ip: Ipv6) -> IPv6Address:
        return ip.source

    def quoted(self, packet: bytes) -> bytes:
        """As much of the packet as fits (c)."""
        return packet[: LARGEST_ERROR - BEFORE_QUOTE]

    def error(self, error: Icmpv6Error) -> Icmpv6Error:
        return error

    def reports_closed_port(self) -> bool:
        return True

    def closed_port_code(self) -> int:
        return 4

    def reports_unreachable_address(self) -> bool:
        return True

    def unreachable_address_code(self) -> int:
        return 3
