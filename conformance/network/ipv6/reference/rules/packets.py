"""Rules about fragments, path MTU and source addresses (RFC 8200, 4.5 and 5; RFC 5722, 6946, 7112, 8201, 6724)."""

from collections.abc import Sequence
from ipaddress import IPv6Address, IPv6Network
from typing import Any

from ...wire import DestinationOptions, Fragment, Frame, HopByHop, Ipv6, ParameterProblem, Raw, Routing
from ...wire.addresses import scope

LEAST_MTU = 1280
LARGEST = 65_535
_ROWS = (("::1/128", 0), ("::ffff:0:0/96", 4), ("::/96", 3), ("2001::/32", 5), ("2002::/16", 2), ("3ffe::/16", 12))
_MORE = (("fec0::/10", 11), ("fc00::/7", 13), ("::/0", 1))
POLICY = tuple((IPv6Network(prefix), label) for prefix, label in (*_ROWS, *_MORE))
"""Prefixes of the default policy table and their labels, longer ones first (RFC 6724, 2.1)."""


class PacketRules:
    """What is decided about fragments, sizes and addresses of packets."""

    # Reassembly.

    def takes_atomic_fragment(self, arrival: Any) -> bool:
        """A fragment that is a whole packet is processed apart from all others (RFC 6946)."""
        return True

    def fragment_problem(self, arrival: Any, at: int, header: Fragment, data: bytes) -> ParameterProblem | str | None:
        """What is wrong with a fragment: an error to send, or why it is dropped without one; None where nothing is."""
        if header.more and len(data) % 8:
            return self.odd_fragment()
        if self.would_be_too_large(header, data, arrival.offset(at)):
            return self.oversized(arrival.offset(at))
        if not header.fragment_offset and not self.has_whole_chain(arrival.layers[at + 1], data):
            return self.incomplete_chain()
        return None

    def fragment_data(self, header: Fragment, data: bytes) -> bytes:
        """A fragment carries what it carries."""
        return data

    def odd_fragment(self) -> ParameterProblem | str | None:
        """All fragments but the last are multiples of 8 octets."""
        return ParameterProblem(code=0, pointer=4)

    def would_be_too_large(self, header: Fragment, data: bytes, offset: int) -> bool:
        """Whether the packet would be larger than 65,535 octets of payload."""
        return offset - 40 + header.fragment_offset * 8 + len(data) > LARGEST

    def oversized(self, offset: int) -> ParameterProblem | str | None:
        return ParameterProblem(code=0, pointer=offset + 2)

    def has_whole_chain(self, rest: Any, data: bytes) -> bool:
        """Whether a first fragment holds all headers up to and with that of the upper layer (RFC 7112)."""
        number = rest.NUMBER if isinstance(rest, Raw) else 59
        return _chain_is_whole(number or 0, data)

    def incomplete_chain(self) -> ParameterProblem | str | None:
        return ParameterProblem(code=3, pointer=0)

    def reassembly_key(self, ip: Ipv6, header: Fragment) -> tuple[IPv6Address, IPv6Address, int]:
        """Source, destination and Identification make out a packet."""
        return ip.source, ip.destination, header.identification

    def reassembly_s(self) -> float:
        return 60.0

    def restarts_reassembly_timer(self) -> bool:
        """The time counts from the fragment that came first."""
        return False

    def abandons_overlapping(self) -> bool:
        """Fragments that overlap spoil the whole packet (RFC 5722)."""
        return True

    def remembers_overlap(self) -> bool:
        """Fragments of a spoilt packet that come later are dropped too."""
        return True

    def keeps_what_was_there(self) -> bool:
        """A fragment that overlaps others takes these with it."""
        return False

    def reports_overlap(self) -> bool:
        """Nothing is said about fragments that overlap."""
        return False

    def names_packet(self, first: Any, earliest: Any) -> Any:
        """The fragment at offset 0 says what the packet is, not the one that arrived first."""
        return first

    def reports_instead_of_first(self, earliest: Any) -> Any:
        """Without the fragment at offset 0 nothing is said when reassembly is given up."""
        return None

    def reports_expired_reassembly(self) -> bool:
        return True

    def accepts_reassembled(self, size: int) -> bool:
        """How large a packet may become."""
        return True

    # Sending.

    def fragment_room(self, mtu: int) -> int:
        """How many octets go into each fragment but the last."""
        return (mtu - 48) // 8 * 8

    def cuts(self, cuts: Sequence[int]) -> Sequence[int]:
        return cuts

    def next_identification(self, last: int) -> int:
        return last + 1

    def sends_fragments(self, parts: Sequence[Frame]) -> Sequence[Frame]:
        return parts

    def sends(self, packet: Frame) -> Frame:
        """What goes out is as it was made."""
        return packet

    def first_path_mtu(self, mtu: int) -> int:
        """A path is taken to be as wide as its first link until somebody tells otherwise (RFC 8201, 3)."""
        return mtu

    def is_too_large(self, packet: Frame, mtu: int) -> bool:
        """What a path does not take goes in fragments."""
        return packet.size > mtu

    def sends_whole(self, packet: Frame) -> Sequence[Frame]:
        """A packet that fits goes out as it is."""
        return (packet,)

    def path_mtu_s(self, configured: float) -> float:
        """How long a path MTU is kept that was not lowered since (5.3)."""
        return configured

    def keeps_paths_of_links_apart(self) -> bool:
        """A link-local address is another one on each link (5.2)."""
        return True

    def may_send_to(self, to: IPv6Address) -> bool:
        """Nothing is sent to groups of the reserved scopes 0 and F (RFC 4291, 2.7)."""
        return not (to.is_multicast and scope(to) in (0, 15))

    def path_mtu_after(self, now: int, said: int) -> int:
        """A Packet Too Big lowers the path MTU, never below the least of a link, and never raises it (RFC 8201, 4)."""
        return now if said < LEAST_MTU else min(now, said)

    def hop_limit(self, current: int) -> int:
        return current

    def is_on_link(self, interface: Any, to: IPv6Address) -> bool:
        return bool(interface.on_link(to))

    # Source addresses (RFC 6724, 4 and 5).

    def candidates(self, near: Sequence[Any], others: Sequence[Any], to: IPv6Address) -> Sequence[Any]:
        """Addresses of the interface that a packet leaves by are candidates, and no others."""
        return near

    def prefers_source(self, own: Any, best: Any, to: IPv6Address) -> bool:
        """Whether one address is a better source than another for a destination."""
        for rule in (self._same_address, self._scope, self._deprecated, self._label, self._prefix):
            verdict = rule(own, best, to)
            if verdict is not None:
                return verdict
        return False

    def _same_address(self, own: Any, best: Any, to: IPv6Address) -> bool | None:
        return own.address == to if to in (own.address, best.address) else None

    def _scope(self, own: Any, best: Any, to: IPv6Address) -> bool | None:
        ours, theirs, wanted = scope_of(own.address), scope_of(best.address), self.scope_of_destination(to)
        if ours == theirs:
            return None
        return ours >= wanted if ours < theirs else theirs < wanted

    def scope_of_destination(self, to: IPv6Address) -> int:
        """What is none of the special addresses is of global scope (3)."""
        return scope_of(to)

    def _deprecated(self, own: Any, best: Any, to: IPv6Address) -> bool | None:
        ours, theirs = own.use.value == "deprecated", best.use.value == "deprecated"
        return None if ours == theirs else theirs

    def _label(self, own: Any, best: Any, to: IPv6Address) -> bool | None:
        wanted = self.label(to)
        ours, theirs = self.label(own.address) == wanted, self.label(best.address) == wanted
        return None if ours == theirs else ours

    def label(self, address: IPv6Address) -> int:
        """The label of the longest prefix of the default policy table that matches (RFC 6724, 2.1)."""
        return next(label for prefix, label in POLICY if address in prefix)

    def _prefix(self, own: Any, best: Any, to: IPv6Address) -> bool | None:
        ours, theirs = common_bits(own.address, to), common_bits(best.address, to)
        return None if ours == theirs else ours > theirs


def scope_of(address: IPv6Address) -> int:
    """The scope of an address, as RFC 6724 compares them."""
    return scope(address) if address.is_multicast else 2 if address.is_link_local or address.is_loopback else 14


def common_bits(one: IPv6Address, other: IPv6Address) -> int:
    """How many leading bits two addresses have in common, at most the 64 of a prefix."""
    return min(64, 128 - (int(one) ^ int(other)).bit_length())


def _chain_is_whole(number: int, data: bytes) -> bool:
    extensions = {HopByHop.NUMBER, Routing.NUMBER, DestinationOptions.NUMBER}
    least = {58: 4, 17: 8, 6: 20}
    while number in extensions:
        if len(data) < 8 or len(data) < 8 + 8 * data[1]:
            return False
        number, data = data[0], data[8 + 8 * data[1] :]
    return len(data) >= least.get(number, 0)
