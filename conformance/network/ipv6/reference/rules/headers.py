"""Rules about headers and options (RFC 8200, 3, 4.1 to 4.4, 4.6, 4.7; RFC 5095; RFC 4291, 2)."""

from collections.abc import Sequence
from enum import Enum
from ipaddress import IPv6Address
from typing import Any

from ...wire import (
    DestinationOptions,
    Frame,
    HopByHop,
    Ipv6,
    Layer,
    Malformed,
    Option,
    Pad1,
    PadN,
    RouterAlert,
    Tcp,
    TcpFlag,
)
from ...wire.addresses import scope

NO_NEXT_HEADER = 59


class Action(Enum):
    """What the highest two bits of an option's type ask of a node that does not know it (4.2)."""

    SKIP = 0
    DISCARD = 1
    REPORT = 2
    REPORT_UNLESS_MULTICAST = 3


class HeaderRules:
    """What is decided about each header of a packet that comes in."""

    def reads_malformed(self, malformed: Malformed) -> Frame | Malformed:
        """A frame that no clause allows stays what it is."""
        return malformed

    def takes_frame(self, interface: Any, frame: Frame) -> bool:
        """Any frame with a packet is taken, a packet to a group also from a frame to the node alone (RFC 6085)."""
        return True

    def reads(self, interface: Any, frame: Frame) -> Frame:
        """A packet is what its own lengths say."""
        return frame

    def header_order(self, layers: Sequence[Layer], start: int) -> Sequence[int]:
        """Headers are processed in the order in which they stand (4)."""
        return range(start, len(layers))

    def knows_header(self, arrival: Any, layer: Layer) -> bool:
        """All extension headers of RFC 8200 are known."""
        return True

    def accepts_header(self, ip: Ipv6) -> bool:
        """Not from a group, from or to the loopback address, or to a group of scope 0 (RFC 4291, 2.5.3, 2.7)."""
        if ip.source.is_multicast or ip.destination.is_loopback or ip.source.is_loopback:
            return False
        return not (ip.destination.is_multicast and scope(ip.destination) == 0)

    def is_for_us(self, interface: Any, destination: IPv6Address) -> bool:
        """Whether a packet to this address is for the node (RFC 4291, 2.8)."""
        if destination.is_multicast:
            return destination in interface.listener.groups
        return any(each.owns(destination) for each in interface.node.interfaces.values())

    def takes_packets_to(self, own: Any) -> bool:
        """Packets to a tentative address are not taken (RFC 4862, 5.4)."""
        return bool(own.assigned)

    def in_order(self, options: Sequence[Option]) -> Sequence[Option]:
        """Options are processed in the order in which they stand."""
        return options

    def option_action(self, header: HopByHop | DestinationOptions, option: Option) -> Action:
        """What is done about an option."""
        if self.knows_option(option):
            return Action.SKIP
        return self.unknown_option(option.option_type)

    def knows_option(self, option: Option) -> bool:
        """Padding and Router Alert are known, by all eight bits of their types."""
        return isinstance(option, Pad1 | PadN | RouterAlert)

    def unknown_option(self, option_type: int) -> Action:
        return Action(option_type >> 6)

    def reports_option(self, action: Action, *, multicast: bool) -> bool:
        """Whether an option that is not known is reported."""
        return action is Action.REPORT or (action is Action.REPORT_UNLESS_MULTICAST and not multicast)

    def goes_on_behind(self, action: Action, at: int) -> bool:
        """A packet with an option that ends processing is discarded (RFC 4443, 3.4)."""
        return False

    def option_pointer(self, offset: int) -> int:
        """The pointer is at the option's type."""
        return offset

    def ignores_segments_left(self) -> bool:
        """No type of Routing header is executed that has segments left."""
        return False

    def ignores_finished_routing(self) -> bool:
        """A Routing header without segments left is skipped."""
        return True

    def routing_pointer(self, offset: int) -> int:
        """The pointer is at the Routing Type."""
        return offset + 2

    def knows_next_header(self, number: int, at: int) -> bool:
        """What follows No Next Header is ignored; anything else that was not read is unknown."""
        return number == NO_NEXT_HEADER

    def next_header_pointer(self, offset: int) -> int:
        """The pointer is at the Next Header value that is not known."""
        return offset

    def accepts_checksum(self, arrival: Any) -> bool:
        """A wrong checksum, and one of UDP that is left out, discards the packet (8.1)."""
        return bool(arrival.frame and arrival.frame.checksum_ok)

    def refusal(self, segment: Tcp) -> Tcp | None:
        """What is said to a segment for a port that nobody listens on (RFC 9293, 3.10.7.1)."""
        if segment.rst:
            return None
        size = len(segment.data) + segment.syn
        return Tcp(
            source_port=segment.destination_port,
            destination_port=segment.source_port,
            sequence_number=segment.acknowledgment_number if segment.ack else 0,
            acknowledgment_number=0 if segment.ack else (segment.sequence_number + size) & 0xFFFFFFFF,
            flags=TcpFlag.RST if segment.ack else TcpFlag.RST | TcpFlag.ACK,
        )

    def reply_routing(self, layers: Sequence[Layer]) -> tuple[Layer, ...]:
        """A reply carries no Routing header made from the one that came (8.4)."""
        return ()
