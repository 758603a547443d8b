"""Faults in Neighbor Solicitations and Advertisements: which are taken, and what answers say (RFC 4861, 7.1, 7.2.4)."""

from dataclasses import replace
from ipaddress import IPv6Address
from typing import Any

from ..reference import Rules
from ..wire import (
    Frame,
    Icmpv6,
    Ipv6,
    Malformed,
    NdMessage,
    NdOption,
    NeighborAdvertisement,
    NeighborSolicitation,
    TargetLinkLayerAddress,
    UnknownNdOption,
    decode,
)
from ..wire.addresses import UNSPECIFIED, solicited_node
from .registry import FAULTS, both, host, router

WHOLE_OCTETS = 24
MESSAGE_AT = 54
"""Where the ICMPv6 message of a packet without extension headers begins in its frame."""


def any_hop_limit(kind: type[NdMessage]) -> type:
    class AnyHopLimit(Rules):
        def accepts_discovery(self, arrival: Any, message: NdMessage) -> bool:
            self.taken = isinstance(message, kind)
            return super().accepts_discovery(arrival, message)

        def accepts_hop_limit(self, hop_limit: int) -> bool:
            return self.taken or super().accepts_hop_limit(hop_limit)

    return AnyHopLimit


def any_code(kind: type[NdMessage]) -> type:
    class AnyCode(Rules):
        def accepts_code(self, message: NdMessage) -> bool:
            return isinstance(message, kind) or super().accepts_code(message)

    return AnyCode


def any_checksum(kind: type[NdMessage]) -> type:
    class AnyChecksum(Rules):
        def accepts_checksum(self, arrival: Any) -> bool:
            return isinstance(arrival.layers[-1], kind) or super().accepts_checksum(arrival)

    return AnyChecksum


def _fragmented(kind: type[NdMessage]) -> type:
    class Fragmented(Rules):
        def accepts_discovery(self, arrival: Any, message: NdMessage) -> bool:
            self.taken = isinstance(message, kind)
            return super().accepts_discovery(arrival, message)

        def takes_fragmented_discovery(self) -> bool:
            return self.taken

    return Fragmented


def mended(kind: type[NdMessage], mend: Any) -> type:
    """Rules that read a malformed message of one kind in the way of a careless parser."""

    class Mended(Rules):
        def reads_malformed(self, malformed: Malformed) -> Frame | Malformed:
            octets = malformed.raw
            if len(octets) > MESSAGE_AT and octets[MESSAGE_AT] == kind.type and octets[20] == Icmpv6.NUMBER:
                frame, _ = decode(mend(octets))
                if isinstance(frame, Frame):
                    return frame.changed(kind, checksum=None)
            return super().reads_malformed(malformed)

    return Mended


def lengthened(octets: bytes, whole_octets: int = WHOLE_OCTETS) -> bytes:
    """The frame with its padding as part of a message that is too short."""
    if int.from_bytes(octets[18:20]) >= whole_octets:
        return octets
    return octets[:18] + (len(octets) - MESSAGE_AT).to_bytes(2) + octets[20:]


def filled(octets: bytes, whole_octets: int = WHOLE_OCTETS) -> bytes:
    """The frame with options of length 0 taken for such of length 1."""
    at, made = MESSAGE_AT + whole_octets, bytearray(octets)
    while at + 1 < len(made):
        made[at + 1] = made[at + 1] or 1
        at += 8 * made[at + 1]
    return bytes(made)


for _kind, _clause, _name, _fragments, _tentative in (
    (NeighborSolicitation, "7.1.1", "solicitation", "rfc6980:5-2", "rfc4862:5.4.1-1a"),
    (NeighborAdvertisement, "7.1.2", "advertisement", "rfc6980:5-3", "rfc4862:5.4.1-1b"),
):
    _empty = (f"rfc4861:{_clause}-{6 if _clause == '7.1.1' else 7}", "rfc4861:4.6-1", _tentative)
    for _id, _ids, _summary, _rules in (
        ("from-afar", (f"rfc4861:{_clause}-1", _tentative), "of any hop limit", any_hop_limit(_kind)),
        ("of-any-checksum", (f"rfc4861:{_clause}-2", _tentative), "with a wrong checksum", any_checksum(_kind)),
        ("of-any-code", (f"rfc4861:{_clause}-3", _tentative), "of any code", any_code(_kind)),
        ("too-short", (f"rfc4861:{_clause}-4",), "that is too short", mended(_kind, lengthened)),
        ("with-empty-option", _empty, "with an empty option", mended(_kind, filled)),
        ("in-fragments", (_fragments,), "with a Fragment header", _fragmented(_kind)),
    ):
        _rules.__doc__ = f"Takes a Neighbor {_name.capitalize()} {_summary}."
        FAULTS.add(f"{_name}-{_id}", *both(*_ids))(_rules)


@FAULTS.add("probe-to-anywhere", *both("rfc4861:7.1.1-7", "rfc4862:5.4.1-1a"))
class _(Rules):
    """Takes a solicitation from the unspecified address to any destination."""

    def valid_probe_destination(self, ip: Any) -> bool:
        return True


@FAULTS.add("probe-with-address", *both("rfc4861:7.1.1-8", "rfc4862:5.4.1-1a"))
class _(Rules):
    """Takes a solicitation from the unspecified address that says where its sender is."""

    def valid_solicitation(self, ip: Any, message: NeighborSolicitation) -> bool:
        return super().valid_solicitation(ip, replace(message, options=()))


@FAULTS.add("group-asked-for", *both("rfc4861:7.1.1-5"))
class _(Rules):
    """Answers for a group as for an address of its own."""

    def takes_multicast_target(self) -> bool:
        return True

    def answers_for(self, target: IPv6Address) -> bool:
        return target.is_multicast


@FAULTS.add("solicited-advertisement-to-all", *both("rfc4861:7.1.2-6", "rfc4862:5.4.1-1b"))
class _(Rules):
    """Takes a solicited advertisement that went to all nodes."""

    def takes_solicited_to_many(self) -> bool:
        return True


@FAULTS.add("reserved-field-read", *both("rfc4861:4.1-2b", "rfc4861:7.1.1-9", "rfc4861:7.1.2-8"))
class _(Rules):
    """Drops solicitations and advertisements whose Reserved field is not zero."""

    def accepts_code(self, message: NdMessage) -> bool:
        asked = isinstance(message, NeighborSolicitation | NeighborAdvertisement)
        return super().accepts_code(message) and not (asked and getattr(message, "reserved", False))


@FAULTS.add("unknown-option-not-skipped", *both("rfc4861:4.1-5", "rfc4861:9-2", "rfc4861:7.1.1-9", "rfc4861:7.1.2-8"))
class _(Rules):
    """Drops solicitations and advertisements that hold an unknown option."""

    def accepts_code(self, message: NdMessage) -> bool:
        options = getattr(message, "options", ())
        asked = isinstance(message, NeighborSolicitation | NeighborAdvertisement)
        return super().accepts_code(message) and not (
            asked and any(isinstance(each, UnknownNdOption) for each in options)
        )


@FAULTS.add("only-first-option-read", *both("rfc4861:9-1a", "rfc4861:4.1-5", "rfc4861:9-2", "rfc4861:7.1.2-8"))
class _(Rules):
    """Looks for an address in the first option only."""

    def source_options(self, message: Any) -> list[NdOption]:
        return list(super().source_options(replace(message, options=message.options[:1])))

    def target_options(self, message: Any) -> list[NdOption]:
        return list(super().target_options(replace(message, options=message.options[:1])))


# What answers say.


@FAULTS.add("answer-about-another", *both("rfc4861:7.2.4-1"))
class _(Rules):
    """The target of an answer to one is another address."""

    def advertisement(self, question: NeighborSolicitation, mac: bytes, **how: Any) -> NeighborAdvertisement:
        made = super().advertisement(question, mac, **how)
        return made if how["multicast"] else replace(made, target=IPv6Address(int(made.target) ^ 1))


@FAULTS.add("answer-about-a-group", *both("rfc4861:4.4-4", "rfc4861:7.2.4-1"))
class _(Rules):
    """The target of an answer to one is the group of the address."""

    def advertisement(self, question: NeighborSolicitation, mac: bytes, **how: Any) -> NeighborAdvertisement:
        made = super().advertisement(question, mac, **how)
        return made if how["multicast"] else replace(made, target=solicited_node(made.target))


@FAULTS.add("answer-to-one-without-address", *both("rfc4861:4.4-3b", "rfc4861:7.2.4-4b"))
class _(Rules):
    """An answer to a unicast solicitation has no address, and the O flag set."""

    def advertised_options(self, mac: bytes, *, multicast: bool) -> tuple[NdOption, ...]:
        return super().advertised_options(mac, multicast=multicast) if multicast else ()


@FAULTS.add("answer-with-another-address", *both("rfc4861:7.2.4-2a", "rfc4861:4.4-3a"))
class _(Rules):
    """The hardware address of an answer is another one."""

    def advertised_options(self, mac: bytes, *, multicast: bool) -> tuple[NdOption, ...]:
        return (TargetLinkLayerAddress(address=mac[::-1]),)


@FAULTS.add("router-flag-inverted", *host("rfc4861:7.2.4-3a"), *router("rfc4861:7.2.4-3b"))
class _(Rules):
    """A host says that it is a router, a router that it is none."""

    def says_router(self, router: bool) -> bool:
        return not router


@FAULTS.add("answer-without-override", *both("rfc4861:7.2.4-4c", "rfc4861:4.4-2b"))
class _(Rules):
    """Answers have the O flag clear."""

    def says_override(self, *, anycast: bool) -> bool:
        return False


@FAULTS.add("answer-to-nobody-solicited", *both("rfc4861:7.2.4-5a", "rfc4861:4.4-1"))
class _(Rules):
    """The answer to the unspecified address has the S flag set."""

    def says_solicited(self, *, probe: bool) -> bool:
        return True


@FAULTS.add("answer-to-one-unsolicited", *both("rfc4861:7.2.4-5b"))
class _(Rules):
    """Answers have the S flag clear."""

    def says_solicited(self, *, probe: bool) -> bool:
        return False


@FAULTS.add("advertisement-of-hop-limit-64", *both("rfc4861:4.4-5"))
class _(Rules):
    """Answers leave with hop limit 64."""

    def sends(self, packet: Frame) -> Frame:
        answer = isinstance(packet.message, NeighborAdvertisement)
        return super().sends(packet.changed(Ipv6, hop_limit=64) if answer else packet)


def _reserved(packet: Frame) -> Frame:
    message = packet.message
    if isinstance(message, NeighborSolicitation | NeighborAdvertisement) and packet.ip:
        return packet if packet.ip.source == UNSPECIFIED else packet.changed(type(message), reserved=1)
    return packet


@FAULTS.add("reserved-field-of-neighbours-set", *both("rfc4861:4.1-2a"))
class _(Rules):
    """Solicitations and advertisements have a Reserved field of 1."""

    def sends(self, packet: Frame) -> Frame:
        return _reserved(super().sends(packet))
