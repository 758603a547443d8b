"""ICMPv6 (RFC 4443): Echo, errors that the node sends, and those that it hears."""

from dataclasses import replace
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from ..wire import (
    DestinationUnreachable,
    EchoReply,
    EchoRequest,
    Frame,
    Icmpv6,
    Icmpv6Error,
    Ipv6,
    MldMessage,
    MulticastListenerQuery,
    MulticastListenerQueryV2,
    NdMessage,
    PacketTooBig,
    read_packet,
)

if TYPE_CHECKING:
    from .input import Arrival
    from .interface import Interface
    from .node import Node


class Icmp:
    """The node's ICMPv6."""

    def __init__(self, node: "Node") -> None:
        self.node = node
        self.rules = node.rules
        self._tokens: dict[IPv6Address, tuple[float, float]] = {}
        """For each destination of errors, how many may be sent and when that was counted."""

    def take(self, arrival: "Arrival", message: Icmpv6) -> None:
        """Take a message."""
        if isinstance(message, NdMessage):
            self.node.discovery.take(arrival, message)
        elif isinstance(message, MldMessage):
            if isinstance(message, MulticastListenerQuery | MulticastListenerQueryV2) and arrival.frame:
                arrival.interface.listener.queried(arrival.frame)
            else:
                arrival.interface.listener.reported(message)
        elif isinstance(message, EchoRequest):
            self._echo(arrival, message)
        elif isinstance(message, PacketTooBig):
            self._too_big(arrival, message)
        elif (answer := self.rules.answer_to_unknown(message)) is not None:
            self.node.output.send(answer, to=arrival.ip.source, via=arrival.interface)

    def _echo(self, arrival: "Arrival", request: EchoRequest) -> None:
        ip, interface = arrival.ip, arrival.interface
        if not self.rules.answers_echo(ip):
            return
        source = self.rules.reply_source(ip.destination, unicast=self._is_unicast(interface, ip.destination))
        reply = EchoReply(identifier=request.identifier, sequence_number=request.sequence_number, data=request.data)
        routing = self.rules.reply_routing(arrival.layers)
        layers = (*routing, self.rules.reply(reply))
        self.node.output.send(*layers, to=self.rules.reply_to(ip), source=source, via=interface)

    def _is_unicast(self, interface: "Interface", address: IPv6Address) -> bool:
        return any(address in each.addresses for each in self.node.interfaces.values())

    def _too_big(self, arrival: "Arrival", message: PacketTooBig) -> None:
        quoted = read_packet(message.invoking_packet)
        ip = quoted[0] if quoted else None
        sent = self.node.output.has_sent(message.invoking_packet)
        if isinstance(ip, Ipv6) and self.rules.believes_too_big(message, ip, arrival.ip, sent=sent):
            self.node.output.too_big(arrival.interface, ip.destination, message.mtu)

    def _own(self, address: IPv6Address) -> bool:
        return any(address in each.addresses for each in self.node.interfaces.values())

    def ping(self, to: IPv6Address) -> None:
        """Send an Echo Request, where packets may go to at all."""
        if self.rules.may_send_to(to):
            self.node.output.send(EchoRequest(identifier=1, sequence_number=1, data=b"ping"), to=to)

    # Errors (2.4).

    def error(self, arrival: "Arrival", error: Icmpv6Error, *, may_be_multicast: bool = False) -> None:
        """Send an error about a packet, unless a rule forbids it."""
        if not self.rules.may_report(arrival, error, may_be_multicast=may_be_multicast):
            return
        if not self._within_rate(arrival.ip.source) and self.rules.limits_errors():
            return
        ip = arrival.ip
        own = self._is_unicast(arrival.interface, ip.destination)
        source = self.rules.error_source(ip.destination, unicast=own)
        quoted = self.rules.quoted(arrival.octets)
        sent = self.rules.error(replace(error, invoking_packet=quoted))
        self.node.output.send(sent, to=self.rules.error_to(ip), source=source, via=arrival.interface)

    def _within_rate(self, to: IPv6Address) -> bool:
        """Take a token of a bucket that fills with time (2.4 f)."""
        options, now_s = self.node.options, self.node.now_s
        burst = self.rules.errors_burst(options.errors_burst)
        tokens, counted_s = self._tokens.get(to, (burst, now_s))
        tokens = min(burst, tokens + (now_s - counted_s) * options.errors_per_s)
        self._tokens[to] = (max(0.0, tokens - 1), now_s)
        return tokens >= 1

    def closed_port(self, arrival: "Arrival") -> None:
        """A datagram came for a port that nobody listens on (3.1)."""
        if self.rules.reports_closed_port():
            self.error(arrival, DestinationUnreachable(code=self.rules.closed_port_code()))

    def address_unreachable(self, interface: "Interface", packet: Frame) -> None:
        """Address resolution failed for a packet that waited (RFC 4861, 7.2.2)."""
        from .input import Arrival

        ip = packet.ip
        if ip is None or self._own(ip.source):
            return
        came = next((each for each in self.node.interfaces.values() if each.on_link(ip.source)), interface)
        arrival = Arrival(came, packet.layers, None, came.mac, b"", True, packet)
        if self.rules.reports_unreachable_address():
            self.error(arrival, DestinationUnreachable(code=self.rules.unreachable_address_code()))
