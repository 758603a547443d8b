"""Faults about the IPv6 header, other headers in general, and the Routing header (RFC 8200, 3, 4, 4.1, 4.4, 4.7)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..reference import Rules
from ..reference.rules.headers import Action
from ..wire import (
    DestinationOptions,
    EchoRequest,
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
    UnknownOption,
    decode,
)
from .registry import FAULTS, both

ETHERNET_OCTETS = 14
LETTERS: dict[type, str] = {HopByHop: "H", DestinationOptions: "D", Routing: "R", Fragment: "F"}
RECOMMENDED = re.compile("H?D?R?F?D?")
ICMPV6 = 58


def patched(raw: bytes, at: int, new: bytes) -> Frame | Malformed:
    """A frame with other octets from this place of the packet on."""
    at += ETHERNET_OCTETS
    event, _ = decode(raw[:at] + new + raw[at + len(new) :])
    assert event is not None
    return event


def letters(frame: Frame) -> str:
    """A letter for each extension header."""
    return "".join(LETTERS.get(type(layer), "") for layer in frame.layers)


def ours(interface: Any, frame: Frame) -> bool:
    """Whether a packet is for the node."""
    return bool(frame.ip and interface.node.rules.is_for_us(interface, frame.ip.destination))


class Dropping(Rules):
    """Drops some packets for it, by their IPv6 header."""

    def drops(self, ip: Ipv6) -> bool:
        """Whether a packet is dropped."""
        raise NotImplementedError

    def takes_frame(self, interface: Any, frame: Frame) -> bool:
        return not (ours(interface, frame) and frame.ip and self.drops(frame.ip))


@FAULTS.add("version-not-looked-at", *both("rfc8200:3-1"))
class VersionNotLookedAt(Rules):
    """Takes a packet of any IP version."""

    def reads_malformed(self, malformed: Malformed) -> Frame | Malformed:
        if not malformed.why.startswith("IP version"):
            return malformed
        return patched(malformed.raw, 0, bytes([0x60 | malformed.raw[ETHERNET_OCTETS] & 0x0F]))


@FAULTS.add("payload-length-too-short", *both("rfc8200:3-2"))
class PayloadLengthTooShort(Rules):
    """Leaves octets at the end of what it sends out of Payload Length."""

    def sends(self, packet: Frame) -> Frame:
        *others, message = packet.layers
        if not isinstance(message, Icmpv6):
            return packet
        start = packet.offset(message) + 2
        right = int.from_bytes(packet.packet[start : start + 2])
        length = len(packet.packet) - 40
        layers = (*others, replace(message, checksum=right), Raw(data=bytes(4)))
        return replace(packet, layers=layers).changed(Ipv6, payload_length=length)


@FAULTS.add("padding-taken-for-data", *both("rfc8200:3-3"))
class PaddingTakenForData(Rules):
    """Sends the padding of a frame back with the data of an Echo Request."""

    def reads(self, interface: Any, frame: Frame) -> Frame:
        request = frame.message
        if not frame.padding or not isinstance(request, EchoRequest):
            return frame
        return replace(frame.changed(EchoRequest, data=request.data + frame.padding), padding=b"")


@FAULTS.add("truncated-packet-taken", *both("rfc8200:3-4"))
class TruncatedPacketTaken(Rules):
    """Takes what has arrived for the whole packet, whatever Payload Length says."""

    def reads_malformed(self, malformed: Malformed) -> Frame | Malformed:
        if not malformed.why.startswith("Payload Length"):
            return malformed
        length = len(malformed.raw) - ETHERNET_OCTETS - 40
        return patched(malformed.raw, 4, length.to_bytes(2))


@FAULTS.add("odd-length-dropped", *both("rfc8200:3-5"))
class OddLengthDropped(Rules):
    """Drops short and long Echo Requests with an odd number of octets of data, those of a usual size not."""

    def takes_frame(self, interface: Any, frame: Frame) -> bool:
        request = frame.message
        odd = isinstance(request, EchoRequest) and len(request.data) % 2
        return not (odd and not 10 < len(frame.payload) < 200)


@FAULTS.add("hop-limit-0-dropped", *both("rfc8200:3-8"))
class HopLimit0Dropped(Dropping):
    """Drops packets for it whose Hop Limit is 0."""

    def drops(self, ip: Ipv6) -> bool:
        return ip.hop_limit == 0


@FAULTS.add("hop-limit-1-dropped", *both("rfc8200:3-9"))
class HopLimit1Dropped(Dropping):
    """Drops packets for its unicast addresses whose Hop Limit is 1."""

    def drops(self, ip: Ipv6) -> bool:
        return ip.hop_limit == 1 and not ip.destination.is_multicast


@FAULTS.add("multicast-in-unicast-frame-dropped", *both("rfc6085:3-1"))
class MulticastInUnicastFrameDropped(Rules):
    """Drops a packet to a group in a frame to the node alone."""

    def takes_frame(self, interface: Any, frame: Frame) -> bool:
        return not (frame.ip and frame.ip.destination.is_multicast and frame.destination == interface.mac)


@FAULTS.add("labelled-dropped", *both("rfc8200:6-1"))
class LabelledDropped(Dropping):
    """Drops packets for it with the lowest or the highest bit of the flow label."""

    def drops(self, ip: Ipv6) -> bool:
        return bool(ip.flow_label & 0x80001)


@FAULTS.add("traffic-class-dropped", *both("rfc8200:7-1a", "rfc8200:4.5-23"))
class TrafficClassDropped(Dropping):
    """Drops packets for it with a Traffic Class other than 0."""

    def drops(self, ip: Ipv6) -> bool:
        return ip.traffic_class != 0


def faulty(layer: Layer, following: Layer | None) -> bool:
    """Whether a header ends the processing of its packet."""
    if isinstance(layer, DestinationOptions):
        return any(isinstance(option, UnknownOption) and option.option_type > 0x3F for option in layer.options)
    if isinstance(layer, Fragment):
        return layer.more and isinstance(following, Raw) and len(following.data) % 8 != 0
    return isinstance(layer, Routing) and layer.segments_left != 0


@FAULTS.add("last-faulty-header-first", *both("rfc8200:4-5"))
class LastFaultyHeaderFirst(Rules):
    """Looks through all headers of a packet, and reports the last faulty one."""

    def header_order(self, layers: Sequence[Layer], start: int) -> Sequence[int]:
        behind = (*layers[1:], None)
        wrong = [at for at in range(start, len(layers)) if faulty(layers[at], behind[at])]
        return [wrong[-1]] if len(wrong) > 1 else range(start, len(layers))


@FAULTS.add("options-of-fragment-read", *both("rfc8200:4-5"))
class OptionsOfFragmentRead(Rules):
    """Looks for unknown options in a fragment before its packet is complete."""

    def fragment_problem(self, arrival: Any, at: int, header: Fragment, data: bytes) -> Any:
        if arrival.layers[at + 1].NUMBER == DestinationOptions.NUMBER and data[2] >> 6 == Action.REPORT.value:
            return ParameterProblem(code=2, pointer=arrival.offset(at) + 10)
        return super().fragment_problem(arrival, at, header, data)


@FAULTS.add("unknown-first-header-not-reported", *both("rfc8200:4-6"))
class UnknownFirstHeaderNotReported(Rules):
    """Says nothing about an unknown next header in the IPv6 header."""

    def knows_next_header(self, number: int, at: int) -> bool:
        return at == 1 or super().knows_next_header(number, at)


@FAULTS.add("unknown-later-header-not-reported", *both("rfc8200:4-7"))
class UnknownLaterHeaderNotReported(Rules):
    """Says nothing about an unknown next header in an extension header."""

    def knows_next_header(self, number: int, at: int) -> bool:
        return (at > 1 and number != 0) or super().knows_next_header(number, at)


@FAULTS.add("late-hop-by-hop-not-reported", *both("rfc8200:4-8"))
class LateHopByHopNotReported(Rules):
    """Says nothing about a Hop-by-Hop Options header in the wrong place."""

    def knows_next_header(self, number: int, at: int) -> bool:
        return number == 0 or super().knows_next_header(number, at)


class Refusing(Rules):
    """Does not know one kind of header where it stands alone in front of a certain Echo Request."""

    KIND: type = HopByHop

    def knows_header(self, arrival: Any, layer: Layer) -> bool:
        message = arrival.layers[-1]
        asked = isinstance(message, EchoRequest) and message.data == b"known"
        return not (asked and isinstance(layer, self.KIND))


@FAULTS.add("hop-by-hop-unknown", *both("rfc8200:4-10a"))
class HopByHopUnknown(Refusing):
    """Refuses a HopByHop header as unknown."""

    KIND = HopByHop


@FAULTS.add("fragment-unknown", *both("rfc8200:4-10a"))
class FragmentUnknown(Refusing):
    """Refuses a Fragment header as unknown."""

    KIND = Fragment


@FAULTS.add("destination-options-unknown", *both("rfc8200:4-10a"))
class DestinationOptionsUnknown(Refusing):
    """Refuses a DestinationOptions header as unknown."""

    KIND = DestinationOptions


@FAULTS.add("routing-unknown", *both("rfc8200:4-10a"))
class RoutingUnknown(Refusing):
    """Refuses a Routing header as unknown."""

    KIND = Routing


@FAULTS.add("more-than-four-headers-dropped", *both("rfc8200:4.1-3"))
class MoreThanFourHeadersDropped(Rules):
    """Drops packets with more than four extension headers."""

    def takes_frame(self, interface: Any, frame: Frame) -> bool:
        return len(letters(frame)) <= 4


@FAULTS.add("other-orders-dropped", *both("rfc8200:4.1-3"))
class OtherOrdersDropped(Rules):
    """Drops packets for it whose extension headers are not in the order recommended."""

    def takes_frame(self, interface: Any, frame: Frame) -> bool:
        return bool(RECOMMENDED.fullmatch(letters(frame))) or not ours(interface, frame)


@FAULTS.add("octets-behind-the-last-header-taken", *both("rfc8200:4.7-1"))
class OctetsBehindTheLastHeaderTaken(Rules):
    """Takes what stands behind No Next Header for an ICMPv6 message."""

    def reads(self, interface: Any, frame: Frame) -> Frame:
        last = frame.layers[-1]
        if not isinstance(last, Raw) or last.next_header != Raw().next_header or frame.fragment:
            return frame
        at = 6 if len(frame.layers) == 2 else frame.offset(frame.layers[-2])
        read = patched(bytes(frame), at, bytes([ICMPV6]))
        return read if isinstance(read, Frame) and ours(interface, frame) else frame


@FAULTS.add(
    "finished-routing-header-refused",
    *both(
        "rfc8200:4.4-1", "rfc5095:3-1", "rfc8200:4-7", "rfc8200:4-8", "rfc8200:4.1-3", "rfc8200:8.1-2", "rfc8200:8.4-1"
    ),
)
class FinishedRoutingHeaderRefused(Rules):
    """Discards packets with a Routing header, also where it has nothing more to say."""

    def ignores_finished_routing(self) -> bool:
        return False


@FAULTS.add("segments-left-not-looked-at", *both("rfc8200:4.4-2", "rfc5095:3-1", "rfc8200:4-5"))
class SegmentsLeftNotLookedAt(Rules):
    """Skips a Routing header that has segments left."""

    def ignores_segments_left(self) -> bool:
        return True


def type0(frame: Frame) -> Routing | None:
    """A type 0 Routing header."""
    header = frame.get(Routing)
    return header if header and header.routing_type == 0 else None


@FAULTS.add("type-0-executed", *both("rfc5095:3-1"))
class Type0Executed(Rules):
    """Takes a type 0 Routing header with segments left for one that leads to itself."""

    def reads(self, interface: Any, frame: Frame) -> Frame:
        header = type0(frame)
        return frame.changed(Routing, segments_left=0) if header and header.segments_left else frame


@FAULTS.add("type-0-dropped", *both("rfc5095:3-1", "rfc8200:8.1-2", "rfc8200:8.4-1"))
class Type0Dropped(Rules):
    """Drops packets with a type 0 Routing header."""

    def takes_frame(self, interface: Any, frame: Frame) -> bool:
        return not type0(frame)


@FAULTS.add("routing-header-reversed", *both("rfc8200:8.4-1"))
class RoutingHeaderReversed(Rules):
    """Sends a reply back by way of the Routing header that the request had."""

    def reply_routing(self, layers: Sequence[Layer]) -> tuple[Layer, ...]:
        return tuple(layer for layer in layers if isinstance(layer, Routing))
