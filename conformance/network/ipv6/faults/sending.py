"""Faults in fragments, extension headers and checksums of what the node sends (RFC 8200, 4 to 4.5, 8; RFC 6437)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..reference import Rules
from ..wire import (
    DestinationOptions,
    EchoReply,
    EchoRequest,
    Fragment,
    Frame,
    HopByHop,
    Ipv6,
    Layer,
    MulticastListenerReportV2,
    Pad1,
    PadN,
    Raw,
    RouterAlert,
    Routing,
    Udp,
    encode,
)
from ..wire.checksum import internet_checksum
from ..wire.layers import Option
from .registry import FAULTS, both

ALERT = RouterAlert()


class Reports(Rules):
    """Sends reports about groups with other headers in front."""

    def in_front(self, header: HopByHop) -> tuple[Layer, ...]:
        """What stands in place of the Hop-by-Hop Options header."""
        return (HopByHop(options=self.options()),)

    def options(self) -> tuple[Option, ...]:
        """The options of that header."""
        return (ALERT,)

    def sends(self, packet: Frame) -> Frame:
        header = packet.get(HopByHop)
        if header is None or not isinstance(packet.message, MulticastListenerReportV2):
            return packet
        return replace(packet, layers=(packet.layers[0], *self.in_front(header), packet.layers[-1]))


@FAULTS.add("hop-by-hop-second", *both("rfc8200:4-3"))
class HopByHopSecond(Reports):
    """Sends Hop-by-Hop Options behind Destination Options."""

    def in_front(self, header: HopByHop) -> tuple[Layer, ...]:
        return DestinationOptions(), header


@FAULTS.add("header-of-6-octets", *both("rfc8200:4-9"))
class HeaderOf6Octets(Reports):
    """Does not pad a Hop-by-Hop Options header."""

    def in_front(self, header: HopByHop) -> tuple[Layer, ...]:
        return (Raw(data=b"\x3a\0" + bytes(ALERT), next_header=HopByHop.NUMBER),)


@FAULTS.add("routing-behind-fragment", *both("rfc8200:4.1-1"))
class RoutingBehindFragment(Reports):
    """Sends a Routing header behind a Fragment header."""

    def in_front(self, header: HopByHop) -> tuple[Layer, ...]:
        return header, Fragment(), Routing(routing_type=200)


@FAULTS.add("three-destination-options", *both("rfc8200:4.1-2"))
class ThreeDestinationOptions(Reports):
    """Sends three Destination Options headers in one packet."""

    def in_front(self, header: HopByHop) -> tuple[Layer, ...]:
        return header, DestinationOptions(), DestinationOptions(), DestinationOptions()


@FAULTS.add("padding-of-two-pad1", *both("rfc8200:4.2-10"))
class PaddingOfTwoPad1(Reports):
    """Pads a header by several Pad1."""

    def options(self) -> tuple[Option, ...]:
        return ALERT, Pad1(), Pad1()


@FAULTS.add("padding-not-zero", *both("rfc8200:4.2-11"))
class PaddingNotZero(Reports):
    """Fills padding with ones."""

    def options(self) -> tuple[Option, ...]:
        return ALERT, PadN(data=b"\xff" * 8)


@FAULTS.add("option-not-aligned", *both("rfc8200:4.2-12"))
class OptionNotAligned(Reports):
    """Puts Router Alert at an odd place."""

    def options(self) -> tuple[Option, ...]:
        return Pad1(), ALERT, Pad1()


@FAULTS.add("checksum-of-report-wrong", *both("rfc8200:8.1-3"))
class ChecksumOfReportWrong(Rules):
    """Sends a wrong checksum behind extension headers."""

    def sends(self, packet: Frame) -> Frame:
        report = isinstance(packet.message, MulticastListenerReportV2)
        return packet.changed(MulticastListenerReportV2, checksum=0x8200) if report else packet


Parts = Sequence[Frame]


def shifted(part: Frame, units: int, **fields: Any) -> Frame:
    """A fragment, so many units of 8 octets further on."""
    assert part.fragment
    return part.changed(Fragment, fragment_offset=part.fragment.fragment_offset + units, **fields)


@FAULTS.add("reserved-fields-sent", *both("rfc8200:4.5-1b"))
class ReservedFieldsSent(Rules):
    """Fills the reserved octet of its Fragment headers."""

    def sends_fragments(self, parts: Parts) -> Parts:
        return [part.changed(Fragment, reserved=0xFF) for part in parts]


@FAULTS.add("identification-again", *both("rfc8200:4.5-2"))
class IdentificationAgain(Rules):
    """Uses one Identification for all packets."""

    def next_identification(self, last: int) -> int:
        return last


@FAULTS.add("headers-in-front-of-some", *both("rfc8200:4.5-3"))
class HeadersInFrontOfSome(Rules):
    """Puts Destination Options in front of the last Fragment header alone."""

    def sends_fragments(self, parts: Parts) -> Parts:
        *others, last = parts
        return [*others, replace(last, layers=(last.layers[0], DestinationOptions(), *last.layers[1:]))]


@FAULTS.add("uneven-fragment-sent", *both("rfc8200:4.5-4a"))
class UnevenFragmentSent(Rules):
    """Leaves the last octet out of the first fragment."""

    def sends_fragments(self, parts: Parts) -> Parts:
        first, *others = parts
        data: Any = first.layers[-1]
        return [replace(first, layers=(*first.layers[:-1], replace(data, data=data.data[:-1]))), *others]


@FAULTS.add("fragments-too-large", *both("rfc8200:4.5-4b", "rfc8200:5-3"))
class FragmentsTooLarge(Rules):
    """Makes fragments of 1400 octets where the path takes 1280."""

    def fragment_room(self, mtu: int) -> int:
        return 1400 if mtu == 1280 else super().fragment_room(mtu)


@FAULTS.add("last-fragment-says-more", *both("rfc8200:4.5-5"))
class LastFragmentSaysMore(Rules):
    """Says also in the last fragment that more follow."""

    def sends_fragments(self, parts: Parts) -> Parts:
        return [part.changed(Fragment, more=True) for part in parts]


@FAULTS.add("header-in-second-fragment", *both("rfc8200:4.5-6", "rfc7112:5-1"))
class HeaderInSecondFragment(Rules):
    """Sends a first fragment with an extension header alone."""

    def sends_fragments(self, parts: Parts) -> Parts:
        first: Any = parts[0]
        octets = encode((DestinationOptions(next_header=EchoReply.NUMBER),))
        number = DestinationOptions.NUMBER
        header = first.changed(Fragment, more=True, next_header=number).changed(Raw, data=octets, next_header=number)
        rest = [shifted(part, 1, next_header=number).changed(Raw, next_header=number) for part in parts]
        return [header, *rest]


@FAULTS.add("fragments-overlap", *both("rfc8200:4.5-7"))
class FragmentsOverlap(Rules):
    """Repeats the end of the first fragment at the beginning of the second."""

    def sends_fragments(self, parts: Parts) -> Parts:
        first, second, *others = parts
        end = first.payload[-8:]
        return [first, shifted(second, -1).changed(Raw, data=end + second.payload), *others]


@FAULTS.add("flow-label-sent", *both("rfc6437:3-5"))
class FlowLabelSent(Rules):
    """Sends replies with a flow label."""

    def sends(self, packet: Frame) -> Frame:
        return packet.changed(Ipv6, flow_label=0x77777) if isinstance(packet.message, EchoReply) else packet


# Checksums and services.


@FAULTS.add("checksum-of-reply-wrong", *both("rfc8200:8.1-1"))
class ChecksumOfReplyWrong(Rules):
    """Sends replies with a wrong checksum."""

    def reply(self, reply: EchoReply) -> EchoReply:
        return replace(reply, checksum=0x8200)


class Taking(Rules):
    """Takes some wrong checksums."""

    def right(self, arrival: Any) -> bool:
        """Whether a checksum is taken for right."""
        raise NotImplementedError

    def accepts_checksum(self, arrival: Any) -> bool:
        return super().accepts_checksum(arrival) or self.right(arrival)


@FAULTS.add("wrong-checksum-taken", *both("rfc8200:8.1-1"))
class WrongChecksumTaken(Taking):
    """Takes an Echo Request with a wrong checksum, unless it is that of the message alone."""

    def right(self, arrival: Any) -> bool:
        message = arrival.layers[-1]
        return isinstance(message, EchoRequest) and message.checksum != alone(message)


@FAULTS.add("checksum-without-pseudo-header-taken", *both("rfc8200:8.1-7"))
class ChecksumWithoutPseudoHeaderTaken(Taking):
    """Takes a checksum of the message alone."""

    def right(self, arrival: Any) -> bool:
        message = arrival.layers[-1]
        return isinstance(message, EchoRequest) and message.checksum == alone(message)


def alone(message: EchoRequest) -> int:
    """The checksum of a message without pseudo-header."""
    return internet_checksum(encode((replace(message, checksum=0),)))


@FAULTS.add("datagram-without-checksum-taken", *both("rfc8200:8.1-5"))
class DatagramWithoutChecksumTaken(Taking):
    """Takes a datagram without a checksum."""

    def right(self, arrival: Any) -> bool:
        message = arrival.layers[-1]
        return isinstance(message, Udp) and message.checksum == 0


@FAULTS.add("checksum-by-stops-of-routing-header", *both("rfc8200:8.1-2"))
class ChecksumByStopsOfRoutingHeader(Rules):
    """Reckons with the last stop of a Routing header, which it ought to have passed."""

    def accepts_checksum(self, arrival: Any) -> bool:
        header = arrival.frame.get(Routing) if arrival.frame else None
        stops = header.data[4:] if header else b""
        different = len(stops) >= 32 and stops[:16] != stops[16:32]
        return super().accepts_checksum(arrival) and not different


@FAULTS.add("checksum-by-first-header", *both("rfc8200:8.1-3"))
class ChecksumByFirstHeader(Rules):
    """Reckons with the length behind the IPv6 header where two headers of options stand there."""

    def accepts_checksum(self, arrival: Any) -> bool:
        kinds = [type(layer) for layer in arrival.layers[1:-1]]
        return super().accepts_checksum(arrival) and kinds != [HopByHop, DestinationOptions]


@FAULTS.add("datagrams-without-checksum", *both("rfc8200:8.1-4"))
class DatagramsWithoutChecksum(Rules):
    """Sends datagrams without a checksum."""

    def datagram_checksum(self) -> int | None:
        return 0


@FAULTS.add("mss-of-1460", *both("rfc8200:8.3-1"))
class MssOf1460(Rules):
    """Offers an MSS that would do for IPv4."""

    def offered_mss(self, mtu: int) -> int:
        return mtu - 40


@FAULTS.add("one-label-for-all", *both("rfc6437:3-1", "rfc6437:3-3", "rfc6437:2-5"))
class OneLabelForAll(Rules):
    """Uses one flow label for all flows."""

    def own_label(self, source: object, destination: object, port: int, other_port: int) -> int:
        return 0x77777


@FAULTS.add("labels-in-sequence", *both("rfc6437:3-4", "rfc6437:2-5"))
class LabelsInSequence(Rules):
    """Hands flow labels out one after the other."""

    def own_label(self, source: object, destination: object, port: int, other_port: int) -> int:
        return other_port


@FAULTS.add("label-of-few-bits", *both("rfc6437:2-5"))
class LabelOfFewBits(Rules):
    """Leaves the highest bits of its flow labels zero."""

    def own_label(self, source: object, destination: object, port: int, other_port: int) -> int:
        return super().own_label(source, destination, port, other_port) & 0x0FFFF


@FAULTS.add("label-changes-in-flow", *both("rfc6437:3-2"))
class LabelChangesInFlow(Rules):
    """Gives each packet a flow label of its own."""

    turn = 0

    def own_label(self, source: object, destination: object, port: int, other_port: int) -> int:
        self.turn += 1
        return super().own_label(source, self.turn, port, other_port)
