"""Ethernet frames with IPv6 packets (RFC 8200, 3; RFC 2464)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import IPv6Address
from typing import Any, ClassVar, TypeVar

from .addresses import UNSPECIFIED
from .checksum import Around
from .icmpv6 import Icmpv6Error
from .layers import NO_NEXT_HEADER, UDP, Fragment, Layer, Routing, number_of, octets

L = TypeVar("L")
IPV6_ETHER_TYPE = 0x86DD
HEADER_OCTETS = 40
NOWHERE = Around(bytes(16), bytes(16))


@dataclass(frozen=True, kw_only=True)
class Ipv6(Layer):
    """The IPv6 header (3)."""

    NUMBER: ClassVar[int] = 41
    TITLE: ClassVar[str] = "IPv6"

    version: int = 6
    traffic_class: int = 0
    flow_label: int = 0
    payload_length: int | None = None
    next_header: int | None = None
    hop_limit: int = 64
    source: IPv6Address = UNSPECIFIED
    destination: IPv6Address = UNSPECIFIED

    def encode(self, following: bytes, number: int, around: Around) -> bytes:
        length = len(following) if self.payload_length is None else self.payload_length
        first = self.version << 28 | (self.traffic_class & 0xFF) << 20 | self.flow_label & 0xFFFFF
        next_header = number if self.next_header is None else self.next_header
        head = number_of(first, 4) + number_of(length, 2) + octets(next_header, self.hop_limit)
        return head + self.source.packed + self.destination.packed + following


@dataclass(frozen=True, kw_only=True)
class VlanTag:
    """A VLAN tag (IEEE 802.1Q)."""

    vlan_identifier: int
    priority: int = 0
    drop_eligible: bool = False
    tpid: int = 0x8100

    def __bytes__(self) -> bytes:
        control = self.priority << 13 | self.drop_eligible << 12 | self.vlan_identifier & 0xFFF
        return number_of(self.tpid, 2) + number_of(control, 2)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """An Ethernet frame. `destination` and `source` are its hardware addresses; `padding` follows the packet."""

    TITLE: ClassVar[str] = "packet"

    destination: bytes
    source: bytes
    layers: tuple[Layer, ...] = ()
    tags: tuple[VlanTag, ...] = ()
    ether_type: int | None = None
    padding: bytes = b""

    def __bytes__(self) -> bytes:
        ether_type = IPV6_ETHER_TYPE if self.ether_type is None else self.ether_type
        head = self.destination + self.source + b"".join(map(bytes, self.tags)) + number_of(ether_type, 2)
        return head + self.packet + self.padding

    @cached_property
    def packet(self) -> bytes:
        """The octets behind the Ethernet header, without padding."""
        return encode(self.layers)

    @property
    def ip(self) -> Ipv6 | None:
        """The IPv6 header; None in a frame of another protocol."""
        first = self.layers[0] if self.layers else None
        return first if isinstance(first, Ipv6) else None

    @property
    def message(self) -> Layer | None:
        """The last layer: an ICMPv6 message, a datagram, a segment, or octets."""
        return self.layers[-1] if self.layers else None

    def get(self, kind: type[L]) -> L | None:
        """The first layer of a kind."""
        return next((layer for layer in self.layers if isinstance(layer, kind)), None)

    def every(self, kind: type[L]) -> tuple[L, ...]:
        """All layers of a kind."""
        return tuple(layer for layer in self.layers if isinstance(layer, kind))

    def offset(self, layer: Layer) -> int:
        """Where a layer of this frame begins, in octets from the start of the IPv6 header. Raises ValueError."""
        at = next((i for i, each in enumerate(self.layers) if each is layer), None)
        if at is None:
            raise ValueError("the layer is not one of this frame's")
        return len(encode(self.layers[:at]))

    def changed(self, kind: type[Layer], **fields: Any) -> "Frame":
        """The same frame with fields of its first layer of a kind replaced."""
        at = next(i for i, layer in enumerate(self.layers) if isinstance(layer, kind))
        return replace(self, layers=(*self.layers[:at], replace(self.layers[at], **fields), *self.layers[at + 1 :]))

    @property
    def invoking(self) -> bytes | None:
        """The packet that an ICMPv6 error quotes."""
        message = self.message
        return message.invoking_packet if isinstance(message, Icmpv6Error) else None

    @property
    def fragment(self) -> Fragment | None:
        """The Fragment header."""
        return self.get(Fragment)

    @property
    def payload(self) -> bytes:
        """The data of a datagram, a segment, an Echo, or the octets at the end."""
        return bytes(getattr(self.message, "data", b""))

    @property
    def checksum_ok(self) -> bool:
        """Whether the checksum of the message is right, where it has one; that of UDP may not be left out."""
        message: Any = self.message
        given = getattr(message, "checksum", None)
        if given is None:
            return True
        if not given and message.NUMBER == UDP:
            return False
        return not message.total(_around(self.layers))

    @property
    def size(self) -> int:
        """The octets of the packet, from the IPv6 header on."""
        return len(self.packet)


@dataclass(frozen=True, kw_only=True)
class Malformed:
    """A frame that no clause allows: why, and the layers that could be read before that."""

    raw: bytes
    why: str
    layers: tuple[Layer, ...] = ()

    def __bytes__(self) -> bytes:
        return self.raw

    @property
    def ip(self) -> Ipv6 | None:
        """The IPv6 header, where it could be read."""
        first = self.layers[0] if self.layers else None
        return first if isinstance(first, Ipv6) else None

    @property
    def message(self) -> Layer | None:
        """None: what could not be read is no message."""
        return None

    @property
    def destination(self) -> bytes:
        """The hardware address that the frame is for."""
        return self.raw[:6]

    @property
    def source(self) -> bytes:
        """The hardware address that it comes from."""
        return self.raw[6:12]


def encode(layers: Sequence[Layer]) -> bytes:
    """The octets of a packet."""
    around = _around(layers)
    out, number = b"", NO_NEXT_HEADER
    for layer in reversed(layers):
        out = layer.encode(out, number, around)
        number = number if layer.NUMBER is None else layer.NUMBER
    return out


def _around(layers: Sequence[Layer]) -> Around:
    """The pseudo-header of a packet: its last Routing header that is still under way says where the packet ends."""
    first = layers[0] if layers else None
    if not isinstance(first, Ipv6):
        return NOWHERE
    final = first.destination
    for layer in layers:
        if isinstance(layer, Routing):
            final = layer.final_destination or final
    return Around(first.source.packed, final.packed)
