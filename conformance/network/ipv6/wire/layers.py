"""What a packet is made of: layers in order, and the extension headers of RFC 8200, 4.

Derived octets are fields: right when None, and sent as given otherwise. A layer that was read holds a value only where
it is not what the rest calls for, so that what was read is written again octet by octet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Any, ClassVar, Self, TypeVar

from .addresses import address
from .checksum import Around

T = TypeVar("T")
HOP_BY_HOP, TCP, UDP, ROUTING, FRAGMENT, ICMPV6, NO_NEXT_HEADER, DESTINATION_OPTIONS = 0, 6, 17, 43, 44, 58, 59, 60


def number_of(value: int, size: int) -> bytes:
    """The low octets of a number, so many of them, in network byte order."""
    return (value & (1 << 8 * size) - 1).to_bytes(size)


def octets(*values: int) -> bytes:
    """Each number in an octet."""
    return bytes([value & 0xFF for value in values])


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One header, or what stands behind the last. `NUMBER` is the Next Header value that names it."""

    NUMBER: ClassVar[int | None] = None
    TITLE: ClassVar[str] = ""

    def encode(self, following: bytes, number: int, around: Around) -> bytes:
        """The layer and what follows it; `number` is the Next Header value for what follows."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Raw(Layer):
    """Octets that nothing more is said about; `next_header` is the value that names them."""

    TITLE: ClassVar[str] = "octets"

    data: bytes = b""
    next_header: int = NO_NEXT_HEADER

    @property
    def NUMBER(self) -> int | None:  # type: ignore[override]  # noqa: N802 - it is that of the other layers
        return self.next_header

    def encode(self, following: bytes, number: int, around: Around) -> bytes:
        return self.data + following


class Malformation(Exception):
    """What was read is nothing that a clause allows: why."""


def read(kind: type[T], values: Mapping[str, Any]) -> T:
    """An object as `kind(**values)` would be, made more quickly: defaults stay in the class."""
    made = object.__new__(kind)
    made.__dict__.update(values)
    return made


# Options of the Hop-by-Hop and Destination Options headers (4.2).


@dataclass(frozen=True, kw_only=True)
class Option:
    """What options share; `length` replaces the length of the data."""

    option_type: ClassVar[int] = 0
    TITLE: ClassVar[str] = "option"

    length: int | None = None

    def body(self) -> bytes:
        """All behind type and length."""
        return b""

    def __bytes__(self) -> bytes:
        body = self.body()
        return octets(self.option_type, len(body) if self.length is None else self.length) + body


class Pad1(Option):
    """One octet of padding: it has neither length nor data."""

    option_type, TITLE = 0, "Pad1"

    def __bytes__(self) -> bytes:
        return b"\0"


@dataclass(frozen=True, kw_only=True)
class PadN(Option):
    """Padding of two octets and more."""

    option_type, TITLE = 1, "PadN"

    data: bytes = b""

    def body(self) -> bytes:
        return self.data


@dataclass(frozen=True, kw_only=True)
class RouterAlert(Option):
    """Router Alert (RFC 2711); 0 is MLD."""

    option_type, TITLE = 5, "Router Alert"

    value: int = 0

    def body(self) -> bytes:
        return number_of(self.value, 2)


@dataclass(frozen=True, kw_only=True)
class JumboPayload(Option):
    """Jumbo Payload (RFC 2675)."""

    option_type, TITLE = 0xC2, "Jumbo Payload"

    jumbo_payload_length: int = 0

    def body(self) -> bytes:
        return number_of(self.jumbo_payload_length, 4)


@dataclass(frozen=True, kw_only=True)
class UnknownOption(Option):
    """An option of another type, or one whose data are not what its type calls for."""

    option_type: int  # type: ignore[misc]
    data: bytes = b""

    def body(self) -> bytes:
        return self.data


@dataclass(frozen=True, kw_only=True)
class ExtensionHeader(Layer):
    """What extension headers share. `hdr_ext_len` counts units of 8 octets beyond the first."""

    next_header: int | None = None
    hdr_ext_len: int | None = None

    def body(self) -> bytes:
        """All behind the first two octets, padded."""
        raise NotImplementedError

    def encode(self, following: bytes, number: int, around: Around) -> bytes:
        body = self.body()
        next_header = number if self.next_header is None else self.next_header
        length = (len(body) + 2) // 8 - 1 if self.hdr_ext_len is None else self.hdr_ext_len
        return octets(next_header, length) + body + following


@dataclass(frozen=True, kw_only=True)
class OptionsHeader(ExtensionHeader):
    """A header of options, which are followed by padding up to a multiple of 8 octets."""

    options: tuple[Option, ...] = ()

    def body(self) -> bytes:
        body = b"".join(map(bytes, self.options))
        missing = -(len(body) + 2) % 8
        return body + (b"" if not missing else b"\0" if missing == 1 else bytes(PadN(data=bytes(missing - 2))))

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The header with all behind its first two octets. Raises Malformation."""
        return read(cls, {"options": tuple(_options(body))})


class HopByHop(OptionsHeader):
    """Hop-by-Hop Options (4.3)."""

    NUMBER, TITLE = HOP_BY_HOP, "Hop-by-Hop"


class DestinationOptions(OptionsHeader):
    """Destination Options (4.6)."""

    NUMBER, TITLE = DESTINATION_OPTIONS, "Destination Options"


@dataclass(frozen=True, kw_only=True)
class Routing(ExtensionHeader):
    """Routing (4.4); `data` is all behind Segments Left, padded to fill the header."""

    NUMBER, TITLE = ROUTING, "Routing"

    routing_type: int = 0
    segments_left: int = 0
    data: bytes = b""

    def body(self) -> bytes:
        return octets(self.routing_type, self.segments_left) + self.data + bytes(-(len(self.data) + 4) % 8)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The header with all behind its first two octets."""
        return read(cls, {"routing_type": body[0], "segments_left": body[1], "data": body[2:]})

    @property
    def addresses(self) -> tuple[IPv6Address, ...]:
        """The addresses of a header of type 0, 2 or 4; of another type none are known."""
        if self.routing_type not in (0, 2, 4):
            return ()
        return tuple(address(self.data[at : at + 16]) for at in range(4, len(self.data) - 15, 16))

    @property
    def final_destination(self) -> IPv6Address | None:
        """Where a packet that is still under way ends; None for one that has arrived, or of an unknown type."""
        if not self.segments_left or not self.addresses:
            return None
        return self.addresses[0 if self.routing_type == SEGMENT_ROUTING else -1]


SEGMENT_ROUTING = 4
"""The type (RFC 8754) whose addresses stand in reverse order; entries behind them (TLVs) may be taken for addresses."""


def routing0(addresses: Sequence[IPv6Address], segments_left: int) -> Routing:
    """A Routing header of type 0, which no node executes any more (RFC 5095)."""
    return Routing(segments_left=segments_left, data=bytes(4) + b"".join(each.packed for each in addresses))


@dataclass(frozen=True, kw_only=True)
class Fragment(Layer):
    """Fragment (4.5). `fragment_offset` in units of 8 octets; `reserved` is an octet, `res` two bits."""

    NUMBER, TITLE = FRAGMENT, "Fragment"

    next_header: int | None = None
    fragment_offset: int = 0
    more: bool = False
    identification: int = 0
    reserved: int = 0
    res: int = 0

    def encode(self, following: bytes, number: int, around: Around) -> bytes:
        next_header = number if self.next_header is None else self.next_header
        place = self.fragment_offset << 3 | (self.res & 3) << 1 | self.more
        head = octets(next_header, self.reserved) + number_of(place, 2) + number_of(self.identification, 4)
        return head + following

    @classmethod
    def parse(cls, data: bytes) -> Self:
        place = data[2] << 8 | data[3]
        values = {
            "reserved": data[1],
            "fragment_offset": place >> 3,
            "res": place >> 1 & 3,
            "more": bool(place & 1),
            "identification": int.from_bytes(data[4:8]),
        }
        return read(cls, values)

    @property
    def atomic(self) -> bool:
        """Whether this fragment is the whole packet (RFC 6946)."""
        return not self.fragment_offset and not self.more


def _options(body: bytes) -> list[Option]:
    """The options of a header, padding too. Raises Malformation."""
    found: list[Option] = []
    at = 0
    while at < len(body):
        kind = body[at]
        if kind == 0:
            found.append(Pad1())
            at += 1
            continue
        end = at + 2 + body[at + 1] if at + 1 < len(body) else len(body) + 1
        if end > len(body):
            raise Malformation(f"option 0x{kind:02X} goes beyond its header")
        found.append(_option(kind, body[at + 2 : end]))
        at = end
    return found


def _option(kind: int, data: bytes) -> Option:
    if kind == PadN.option_type:
        return read(PadN, {"data": data})
    if kind == RouterAlert.option_type and len(data) == 2:
        return read(RouterAlert, {"value": int.from_bytes(data)})
    if kind == JumboPayload.option_type and len(data) == 4:
        return read(JumboPayload, {"jumbo_payload_length": int.from_bytes(data)})
    return read(UnknownOption, {"option_type": kind, "data": data})
