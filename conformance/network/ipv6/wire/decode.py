"""Octets to frames. Never raises; what no clause allows becomes `Malformed`, with the layers that could be read."""

from collections.abc import Callable
from typing import Any

from . import icmpv6, mld, nd
from .addresses import address
from .checksum import ALL_ONES, Around
from .frame import HEADER_OCTETS, IPV6_ETHER_TYPE, Frame, Ipv6, Malformed, VlanTag
from .layers import (
    DESTINATION_OPTIONS,
    FRAGMENT,
    HOP_BY_HOP,
    ICMPV6,
    ROUTING,
    TCP,
    UDP,
    DestinationOptions,
    Fragment,
    HopByHop,
    Layer,
    Malformation,
    Raw,
    Routing,
    read,
)
from .transport import Tcp, Udp

VLAN_ETHER_TYPES = (b"\x81\x00", b"\x88\xa8")
ETHER_TYPE = IPV6_ETHER_TYPE.to_bytes(2)
UNIT_OCTETS = 8
IP_VERSION = 6


def decode(data: bytes) -> tuple[Frame | Malformed | None, bytes]:
    """The frame that octets stand for; one frame is one packet, so that nothing is left."""
    if not data:
        return None, b""
    at = 12
    while data[at : at + 2] in VLAN_ETHER_TYPES:
        at += 4
    start = at + 2
    if len(data) < start:
        return Malformed(raw=data, why="the Ethernet header is cut short"), b""
    values: dict[str, Any] = {"destination": data[:6], "source": data[6:12]}
    if at > 12:
        values["tags"] = tuple(_tag(data[i : i + 4]) for i in range(12, at, 4))
    if data[at:start] != ETHER_TYPE:
        values |= {"ether_type": int.from_bytes(data[at:start]), "layers": (Raw(data=data[start:]),)}
        return read(Frame, values), b""
    layers, end, why = _packet(data, start)
    if why:
        return Malformed(raw=data, why=why, layers=tuple(layers)), b""
    if end < len(data):
        values["padding"] = data[end:]
    values["layers"] = tuple(layers)
    return read(Frame, values), b""


def read_packet(data: bytes) -> tuple[Layer, ...]:
    """The layers of a packet without its frame, such as one that an error quotes, which may be cut anywhere.

    What cannot be read, and what is cut, stands in a last Raw.
    """
    layers, _, _ = _packet(data, 0)
    return tuple(layers)


def _tag(data: bytes) -> VlanTag:
    control = data[2] << 8 | data[3]
    return VlanTag(
        vlan_identifier=control & 0xFFF,
        priority=control >> 13,
        drop_eligible=bool(control >> 12 & 1),
        tpid=data[0] << 8 | data[1],
    )


def _packet(data: bytes, start: int) -> tuple[list[Layer], int, str]:
    """The layers of the packet that begins there, where it ends, and why it is malformed, if it is."""
    at = start + HEADER_OCTETS
    if len(data) < at:
        return [Raw(data=data[start:])] if len(data) > start else [], len(data), "the IPv6 header is cut short"
    first, length, number = (
        int.from_bytes(data[start : start + 4]),
        data[start + 4] << 8 | data[start + 5],
        data[start + 6],
    )
    source, destination = data[start + 8 : start + 24], data[start + 24 : at]
    values: dict[str, Any] = {
        "traffic_class": first >> 20 & 0xFF,
        "flow_label": first & 0xFFFFF,
        "hop_limit": data[start + 7],
        "source": address(source),
        "destination": address(destination),
    }
    layers: list[Layer] = [read(Ipv6, values)]
    end = at + length
    if first >> 28 == IP_VERSION and end <= len(data):
        return _chain(data, at, end, number, layers, Around(source, destination))
    values |= {"version": first >> 28, "payload_length": length}
    layers = [read(Ipv6, values), Raw(data=data[at:], next_header=number)]
    if first >> 28 != IP_VERSION:
        return layers, len(data), f"IP version {first >> 28}"
    return layers, len(data), f"Payload Length {length}, but only {len(data) - at} octets are there"


def _chain(
    data: bytes, at: int, end: int, number: int, layers: list[Layer], around: Around
) -> tuple[list[Layer], int, str]:
    """Read what follows the IPv6 header, from `at` to `end`; `number` names the first of it."""
    why = ""
    try:
        while number in _HEADERS and (number != HOP_BY_HOP or len(layers) == 1):
            layer, size = _header(data, at, end, number)
            layers.append(layer)
            number, at = data[at], at + size
            if isinstance(layer, Routing) and (final := layer.final_destination):
                around = Around(around.source, final.packed)
            if isinstance(layer, Fragment) and not layer.atomic:
                break
        else:
            if parse := _MESSAGES.get(number):
                layers.append(parse(data[at:end], around))
                return layers, end, ""
    except Malformation as error:
        why = str(error)
    layers.append(Raw(data=data[at:end], next_header=number))
    return layers, end, why


def _header(data: bytes, at: int, end: int, number: int) -> tuple[Layer, int]:
    """The extension header that begins there, and its length. Raises Malformation."""
    if end - at < UNIT_OCTETS:
        raise Malformation("an extension header is cut short")
    if number == FRAGMENT:
        return Fragment.parse(data[at : at + UNIT_OCTETS]), UNIT_OCTETS
    size = UNIT_OCTETS + UNIT_OCTETS * data[at + 1]
    if at + size > end:
        raise Malformation("an extension header goes beyond the packet")
    return _HEADERS[number].parse(data[at + 2 : at + size]), size


def _icmpv6(data: bytes, around: Around) -> Layer:
    """The ICMPv6 message that octets stand for. Raises Malformation."""
    if len(data) < icmpv6.Icmpv6.LEAST:
        raise Malformation("the ICMPv6 message is cut short")
    kind = _KINDS.get(data[0], icmpv6.UnknownIcmpv6)
    if kind is mld.MulticastListenerQuery:
        kind = mld.query_version(len(data))
    if len(data) < kind.LEAST:
        raise Malformation(f"{kind.TITLE} of {len(data)} octets, at least {kind.LEAST} are needed")
    values = kind.parse(data)
    if data[1]:
        values["code"] = data[1]
    checksum = data[2] << 8 | data[3]
    if checksum == ALL_ONES or around.total(ICMPV6, data):
        values["checksum"] = checksum
    return read(kind, values)


_HEADERS: dict[int, Any] = {
    HOP_BY_HOP: HopByHop, ROUTING: Routing, FRAGMENT: Fragment, DESTINATION_OPTIONS: DestinationOptions,
}  # fmt: skip
_MESSAGES: dict[int, Callable[[bytes, Around], Layer]] = {ICMPV6: _icmpv6, UDP: Udp.parse, TCP: Tcp.parse}
_KINDS: dict[int, type[icmpv6.Icmpv6]] = {
    kind.type: kind
    for kind in (
        icmpv6.DestinationUnreachable, icmpv6.PacketTooBig, icmpv6.TimeExceeded, icmpv6.ParameterProblem,
        icmpv6.EchoRequest, icmpv6.EchoReply, nd.RouterSolicitation, nd.RouterAdvertisement, nd.NeighborSolicitation,
        nd.NeighborAdvertisement, nd.Redirect, mld.MulticastListenerQuery, mld.MulticastListenerReport,
        mld.MulticastListenerDone, mld.MulticastListenerReportV2,
    )
}  # fmt: skip
"""The kinds of ICMPv6 messages by type; a query of type 130 may be of either version."""
