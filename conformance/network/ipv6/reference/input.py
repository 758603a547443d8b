"""What happens to a packet that comes in: its headers in order, its fragments, its message (RFC 8200, 4)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..wire import (
    DestinationOptions,
    Fragment,
    Frame,
    HopByHop,
    Icmpv6,
    Ipv6,
    Layer,
    Malformed,
    ParameterProblem,
    Raw,
    Routing,
    Tcp,
    Udp,
    encode,
)
from .rules.headers import Action

if TYPE_CHECKING:
    from .interface import Interface
    from .node import Node

NO_NEXT_HEADER = 59
SERVICE_PORT = 7


@dataclass(frozen=True)
class Arrival:
    """A packet as it came: `layers` that could be read, and how its frame was addressed. `raw` are the octets of the
    packet where they are not those of `frame`.
    """

    interface: "Interface"
    layers: tuple[Layer, ...]
    raw: bytes | None
    mac: bytes
    """The hardware address that it was sent to."""
    sender: bytes
    whole: bool = True
    """Whether all of it could be read."""
    frame: Frame | None = None
    fragmented: bool = False
    """Whether it came in fragments."""

    @property
    def octets(self) -> bytes:
        """The packet."""
        return self.raw if self.raw is not None else self.frame.packet if self.frame else encode(self.layers)

    @property
    def ip(self) -> Ipv6:
        first = self.layers[0]
        assert isinstance(first, Ipv6)
        return first

    def offset(self, at: int) -> int:
        """Where a layer begins in the packet."""
        return len(encode(self.layers[:at]))

    def next_header_at(self, at: int) -> int:
        """Where the value stands that names a layer."""
        return 6 if at == 1 else self.offset(at - 1)


class Input:
    """Takes packets."""

    def __init__(self, node: "Node") -> None:
        self.node = node
        self.rules = node.rules

    def take(self, interface: "Interface", event: Frame | Malformed) -> None:
        """Take a frame."""
        if isinstance(event, Malformed):
            event = self.rules.reads_malformed(event)
        elif not self.rules.takes_frame(interface, event):
            return
        else:
            event = self.rules.reads(interface, event)
        if event.ip is None:
            return
        arrival = self._arrival(interface, event)
        if not self.rules.accepts_header(arrival.ip):
            return
        if self.rules.is_for_us(interface, arrival.ip.destination):
            self.process(arrival, 1)
        elif self.node.routes:
            self.node.forwarding.forward(arrival)

    @staticmethod
    def _arrival(interface: "Interface", event: Frame | Malformed) -> Arrival:
        way = (event.destination, event.source)
        if isinstance(event, Malformed):
            return Arrival(interface, event.layers, event.raw[14:], *way, whole=False)
        return Arrival(interface, event.layers, None, *way, frame=event)

    def process(self, arrival: Arrival, start: int) -> None:
        """Process the headers of a packet in order, from one of its layers on."""
        for at in self.rules.header_order(arrival.layers, start):
            layer = arrival.layers[at]
            if not self.rules.knows_header(arrival, layer):
                self.node.icmp.error(arrival, ParameterProblem(code=1, pointer=arrival.next_header_at(at)))
                return
            if isinstance(layer, HopByHop | DestinationOptions):
                if not self._options(arrival, at, layer):
                    return
            elif isinstance(layer, Routing):
                if not self._routing(arrival, at, layer):
                    return
            elif isinstance(layer, Fragment):
                if not (layer.atomic and arrival.whole):
                    self.node.reassembly.take(arrival, at, layer)
                    return
                if not self.rules.takes_atomic_fragment(arrival):
                    return
            else:
                self._message(arrival, at, layer)

    def _options(self, arrival: Arrival, at: int, header: HopByHop | DestinationOptions) -> bool:
        """Process the options of a header in order; whether the packet goes on."""
        offset = arrival.offset(at) + 2
        for option in self.rules.in_order(header.options):
            action = self.rules.option_action(header, option)
            if action is not Action.SKIP:
                multicast = arrival.ip.destination.is_multicast
                if self.rules.reports_option(action, multicast=multicast):
                    pointer = self.rules.option_pointer(offset)
                    self.node.icmp.error(arrival, ParameterProblem(code=2, pointer=pointer), may_be_multicast=True)
                return self.rules.goes_on_behind(action, at)
            offset += len(bytes(option))
        return True

    def _routing(self, arrival: Arrival, at: int, header: Routing) -> bool:
        if not header.segments_left or self.rules.ignores_segments_left():
            return self.rules.ignores_finished_routing()
        problem = ParameterProblem(code=0, pointer=self.rules.routing_pointer(arrival.offset(at)))
        self.node.icmp.error(arrival, problem)
        return False

    def _message(self, arrival: Arrival, at: int, message: Layer) -> None:
        if isinstance(message, Raw):
            if arrival.whole and not self.rules.knows_next_header(message.next_header, at):
                problem = ParameterProblem(code=1, pointer=self.rules.next_header_pointer(arrival.next_header_at(at)))
                self.node.icmp.error(arrival, problem)
            return
        if not arrival.whole or not self.rules.accepts_checksum(arrival):
            return
        if isinstance(message, Icmpv6):
            self.node.icmp.take(arrival, message)
        elif isinstance(message, Udp):
            if not self._served(arrival, self.rules.datagram_reply(message)):
                self.node.icmp.closed_port(arrival)
        elif isinstance(message, Tcp):
            self._segment(arrival, message)

    def _served(self, arrival: Arrival, reply: Layer | None) -> bool:
        """Send what a service of the node answers, with the label of its flow; whether it is one."""
        message: Any = arrival.layers[-1]
        if not self.node.options.services or message.destination_port != SERVICE_PORT:
            return False
        if reply is not None and not arrival.ip.destination.is_multicast:
            ip, ports = arrival.ip, (message.destination_port, message.source_port)
            label = self.rules.own_label(ip.destination, ip.source, *ports)
            self.node.output.send(reply, to=ip.source, source=ip.destination, via=arrival.interface, flow_label=label)
        return True

    def _segment(self, arrival: Arrival, segment: Tcp) -> None:
        """Answer a segment; a connection is refused where no port is open."""
        if self._served(arrival, self.rules.segment_reply(segment, arrival.interface.mtu)):
            return
        reply: Any = self.rules.refusal(segment)
        if reply is not None and not arrival.ip.destination.is_multicast:
            self.node.output.send(reply, to=arrival.ip.source, source=arrival.ip.destination, via=arrival.interface)
