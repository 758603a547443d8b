"""Faults about fragments that come in (RFC 8200, 4.5; RFC 5722, 6946, 7112), and how large packets may be."""

from collections.abc import Sequence
from typing import Any

from ..reference import Rules
from ..wire import Fragment, Frame, Ipv6, Layer, ParameterProblem, Raw
from .ip_header import ours
from .registry import FAULTS, both

DROPPED = "dropped"


class Refusing(Rules):
    """Drops some fragments."""

    def refuses(self, arrival: Any, at: int, header: Fragment) -> bool:
        """Whether a fragment is dropped."""
        raise NotImplementedError

    def fragment_problem(self, arrival: Any, at: int, header: Fragment, data: bytes) -> Any:
        problem = super().fragment_problem(arrival, at, header, data)
        return problem or (DROPPED if self.refuses(arrival, at, header) else None)


def waiting(arrival: Any, header: Fragment) -> Any:
    """What there is of the packet of a fragment already."""
    key = (arrival.ip.source, arrival.ip.destination, header.identification)
    return arrival.interface.node.reassembly.waiting.get(key)


@FAULTS.add("reserved-fields-of-fragment-read", *both("rfc8200:4.5-1a"))
class ReservedFieldsOfFragmentRead(Refusing):
    """Drops fragments whose reserved fields are not zero."""

    def refuses(self, arrival: Any, at: int, header: Fragment) -> bool:
        return bool(header.reserved or header.res)


@FAULTS.add("identification-not-looked-at", *both("rfc8200:4.5-8"))
class IdentificationNotLookedAt(Rules):
    """Joins fragments of different Identification."""

    def reassembly_key(self, ip: Ipv6, header: Fragment) -> Any:
        return ip.source, ip.destination, 0


@FAULTS.add("source-not-looked-at", *both("rfc8200:4.5-8"))
class SourceNotLookedAt(Rules):
    """Joins fragments from different sources."""

    def reassembly_key(self, ip: Ipv6, header: Fragment) -> Any:
        return ip.destination, ip.destination, header.identification


@FAULTS.add("destination-not-looked-at", *both("rfc8200:4.5-8"))
class DestinationNotLookedAt(Rules):
    """Joins fragments to different destinations."""

    def reassembly_key(self, ip: Ipv6, header: Fragment) -> Any:
        return ip.source, ip.source, header.identification


@FAULTS.add("early-fragments-dropped", *both("rfc8200:4.5-9", "rfc8200:4.5-10"))
class EarlyFragmentsDropped(Refusing):
    """Drops fragments that arrive before the one at offset 0."""

    def refuses(self, arrival: Any, at: int, header: Fragment) -> bool:
        partial = waiting(arrival, header)
        return bool(header.fragment_offset and not (partial and partial.first))


@FAULTS.add("fourth-fragment-dropped", *both("rfc8200:4.5-9"))
class FourthFragmentDropped(Refusing):
    """Takes three fragments of a packet at most."""

    def refuses(self, arrival: Any, at: int, header: Fragment) -> bool:
        partial = waiting(arrival, header)
        return bool(partial and len(partial.parts) > 2)


@FAULTS.add("earliest-fragment-names-the-packet", *both("rfc8200:4.5-10"))
class EarliestFragmentNamesThePacket(Rules):
    """Takes the Next Header of the fragment that arrived first."""

    def names_packet(self, first: Any, earliest: Any) -> Any:
        return earliest


@FAULTS.add("long-headers-in-front-counted", *both("rfc8200:4.5-11"))
class LongHeadersInFrontCounted(Refusing):
    """Loses fragments behind long headers, whose length it reckons wrongly."""

    def refuses(self, arrival: Any, at: int, header: Fragment) -> bool:
        return bool(arrival.offset(at) > 48)


@FAULTS.add("headers-in-front-differ", *both("rfc8200:4.5-12b"))
class HeadersInFrontDiffer(Refusing):
    """Drops fragments with another short header in front."""

    def refuses(self, arrival: Any, at: int, header: Fragment) -> bool:
        return bool(arrival.offset(at) == 48)


@FAULTS.add("headers-in-front-wait", *both("rfc8200:4.5-12a"))
class HeadersInFrontWait(Rules):
    """Queues a fragment before it looks at the headers in front."""

    def header_order(self, layers: Sequence[Layer], start: int) -> Sequence[int]:
        last = layers[-1]
        for at in range(start, len(layers) - 1):
            layer = layers[at]
            if isinstance(layer, Fragment) and not layer.atomic and isinstance(last, Raw) and not len(last.data) % 8:
                return [at]
        return range(start, len(layers))


@FAULTS.add("fields-of-fragments-compared", *both("rfc8200:4.5-23"))
class FieldsOfFragmentsCompared(Refusing):
    """Drops fragments that differ from the first in Next Header or in fields of the IPv6 header."""

    def refuses(self, arrival: Any, at: int, header: Fragment) -> bool:
        partial = waiting(arrival, header)
        return bool(partial and partial.first and self.alike(arrival) != self.alike(partial.first))

    @staticmethod
    def alike(arrival: Any) -> tuple[Any, ...]:
        """What it compares."""
        ip = arrival.ip
        return ip.traffic_class, ip.flow_label, ip.hop_limit, arrival.layers[-1].NUMBER


@FAULTS.add("atomic-fragment-dropped", *both("rfc8200:4.5-13", "rfc6946:4-1", "rfc8200:4.1-3"))
class AtomicFragmentDropped(Rules):
    """Drops fragments that are a whole packet."""

    def takes_atomic_fragment(self, arrival: Any) -> bool:
        return False


@FAULTS.add("atomic-fragment-queued", *both("rfc8200:4.5-13", "rfc6946:4-1"))
class AtomicFragmentQueued(Rules):
    """Drops an atomic fragment when others with its addresses and Identification wait."""

    def takes_atomic_fragment(self, arrival: Any) -> bool:
        return waiting(arrival, arrival.frame.fragment) is None


@FAULTS.add("atomic-fragment-ends-others", *both("rfc6946:4-2"))
class AtomicFragmentEndsOthers(Rules):
    """Discards the fragments that wait when an atomic one like them arrives."""

    def takes_atomic_fragment(self, arrival: Any) -> bool:
        ip, header = arrival.ip, arrival.frame.fragment
        arrival.interface.node.reassembly.waiting.pop((ip.source, ip.destination, header.identification), None)
        return True


@FAULTS.add("reassembly-of-90-s", *both("rfc8200:4.5-14", "rfc8200:4.5-15", "rfc8200:4.5-17"))
class ReassemblyOf90S(Rules):
    """Waits for fragments for 90 seconds."""

    def reassembly_s(self) -> float:
        return 90.0


@FAULTS.add("expired-reassembly-not-reported", *both("rfc8200:4.5-15"))
class ExpiredReassemblyNotReported(Rules):
    """Says nothing when it gives a packet up."""

    def reports_expired_reassembly(self) -> bool:
        return False


@FAULTS.add("expired-reassembly-always-reported", *both("rfc8200:4.5-16"))
class ExpiredReassemblyAlwaysReported(Rules):
    """Reports a packet that it gives up also if its first fragment never came."""

    def reports_instead_of_first(self, earliest: Any) -> Any:
        return earliest


@FAULTS.add("reassembly-prolonged", *both("rfc8200:4.5-17"))
class ReassemblyProlonged(Rules):
    """Waits for 60 seconds anew after each fragment."""

    def restarts_reassembly_timer(self) -> bool:
        return True


@FAULTS.add("uneven-fragment-cut", *both("rfc8200:4.5-18a", "rfc8200:4.5-18b"))
class UnevenFragmentCut(Rules):
    """Cuts a fragment that is no multiple of 8 octets down to one that is."""

    def fragment_data(self, header: Fragment, data: bytes) -> bytes:
        return data[: len(data) // 8 * 8] if header.more else data


@FAULTS.add("uneven-fragment-not-reported", *both("rfc8200:4.5-18b"))
class UnevenFragmentNotReported(Rules):
    """Says nothing about a fragment that is no multiple of 8 octets."""

    def odd_fragment(self) -> ParameterProblem | str | None:
        return DROPPED


@FAULTS.add("too-long-packet-taken", *both("rfc8200:4.5-19a", "rfc8200:4.5-19b"))
class TooLongPacketTaken(Rules):
    """Takes fragments that end beyond the longest packet."""

    def would_be_too_large(self, header: Fragment, data: bytes, offset: int) -> bool:
        return False


@FAULTS.add("too-long-packet-not-reported", *both("rfc8200:4.5-19b"))
class TooLongPacketNotReported(Rules):
    """Says nothing about a fragment that ends beyond the longest packet."""

    def oversized(self, offset: int) -> ParameterProblem | str | None:
        return DROPPED


@FAULTS.add("incomplete-chain-taken", *both("rfc8200:4.5-20", "rfc7112:5-2a", "rfc7112:5-2b"))
class IncompleteChainTaken(Rules):
    """Takes a first fragment without all headers."""

    def has_whole_chain(self, rest: Any, data: bytes) -> bool:
        return True


@FAULTS.add("incomplete-chain-not-reported", *both("rfc8200:4.5-20", "rfc7112:5-2b"))
class IncompleteChainNotReported(Rules):
    """Says nothing about a first fragment without all headers."""

    def incomplete_chain(self) -> ParameterProblem | str | None:
        return DROPPED


@FAULTS.add("incomplete-chain-of-code-0", *both("rfc8200:4.5-20", "rfc7112:5-2b", "rfc7112:5-4"))
class IncompleteChainOfCode0(Rules):
    """Reports a first fragment without all headers by code 0."""

    def incomplete_chain(self) -> ParameterProblem | str | None:
        return ParameterProblem(code=0, pointer=0)


@FAULTS.add("overlapping-fragment-left-out", *both("rfc8200:4.5-21a", "rfc5722:4-1", "rfc5722:4-2"))
class OverlappingFragmentLeftOut(Rules):
    """Drops a fragment that overlaps others, and keeps these."""

    def keeps_what_was_there(self) -> bool:
        return True


@FAULTS.add("overlap-reported", *both("rfc8200:4.5-21b", "rfc5722:4-1"))
class OverlapReported(Rules):
    """Sends an error about fragments that overlap."""

    def reports_overlap(self) -> bool:
        return True


@FAULTS.add("largest-packet-dropped", *both("rfc8200:5-2"))
class LargestPacketDropped(Rules):
    """Drops packets for it of more than 1480 octets."""

    def takes_frame(self, interface: Any, frame: Frame) -> bool:
        return frame.size <= 1480 or not ours(interface, frame)


@FAULTS.add("large-packet-not-put-together", *both("rfc8200:5-4"))
class LargePacketNotPutTogether(Rules):
    """Puts packets of at most 1280 octets together."""

    def accepts_reassembled(self, size: int) -> bool:
        return size <= 1280


@FAULTS.add("path-mtu-not-learned", *both("rfc8200:5-3"))
class PathMtuNotLearned(Rules):
    """Does not listen to Packet Too Big."""

    def path_mtu_after(self, now: int, said: int) -> int:
        return now
