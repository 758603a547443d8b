"""The options of Neighbor Discovery (RFC 4861, 4.6; RFC 4191, 8106, 3971, 7527)."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Any, ClassVar

from .addresses import address
from .layers import Malformation, number_of, octets, read


@dataclass(frozen=True, kw_only=True)
class NdOption:
    """An option; `length` (in units of 8 octets) replaces what its content calls for."""

    type: ClassVar[int] = 0
    TITLE: ClassVar[str] = ""

    length: int | None = None

    def body(self) -> bytes:
        """All behind type and length."""
        return b""

    def __bytes__(self) -> bytes:
        body = self.body()
        return octets(self.type, (len(body) + 2) // 8 if self.length is None else self.length) + body


@dataclass(frozen=True, kw_only=True)
class UnknownNdOption(NdOption):
    """An option of another type, or one whose octets are not what its type calls for."""

    TITLE = "option"

    type: int  # type: ignore[misc]
    data: bytes = b""

    def body(self) -> bytes:
        return self.data


@dataclass(frozen=True, kw_only=True)
class LinkLayerAddress(NdOption):
    """What the two options with a link-layer address share (4.6.1)."""

    address: bytes

    def body(self) -> bytes:
        return self.address


class SourceLinkLayerAddress(LinkLayerAddress):
    type, TITLE = 1, "Source Link-Layer Address"


class TargetLinkLayerAddress(LinkLayerAddress):
    type, TITLE = 2, "Target Link-Layer Address"


@dataclass(frozen=True, kw_only=True)
class PrefixInformation(NdOption):
    """Prefix Information (4.6.2; R of RFC 6275). `reserved1` the five bits behind L, A and R; lifetimes in seconds."""

    type, TITLE = 3, "Prefix Information"

    prefix: IPv6Address
    prefix_length: int = 64
    on_link: bool = False
    autonomous: bool = False
    router_address: bool = False
    reserved1: int = 0
    valid_lifetime: int = 0
    preferred_lifetime: int = 0
    reserved2: int = 0

    def body(self) -> bytes:
        flags = self.on_link << 7 | self.autonomous << 6 | self.router_address << 5 | self.reserved1 & 0x1F
        lifetimes = number_of(self.valid_lifetime, 4) + number_of(self.preferred_lifetime, 4)
        return octets(self.prefix_length, flags) + lifetimes + number_of(self.reserved2, 4) + self.prefix.packed


@dataclass(frozen=True, kw_only=True)
class RedirectedHeader(NdOption):
    """Redirected Header (4.6.3); `packet` is padded to a multiple of 8 octets."""

    type, TITLE = 4, "Redirected Header"

    packet: bytes = b""
    reserved: int = 0

    def body(self) -> bytes:
        return number_of(self.reserved, 6) + self.packet + bytes(-len(self.packet) % 8)


@dataclass(frozen=True, kw_only=True)
class MtuOption(NdOption):
    """MTU (4.6.4)."""

    type, TITLE = 5, "MTU"

    mtu: int
    reserved: int = 0

    def body(self) -> bytes:
        return number_of(self.reserved, 2) + number_of(self.mtu, 4)


@dataclass(frozen=True, kw_only=True)
class Nonce(NdOption):
    """Nonce (RFC 3971, 5.3.2), by which a node knows its own solicitations again (RFC 7527)."""

    type, TITLE = 14, "Nonce"

    nonce: bytes

    def body(self) -> bytes:
        return self.nonce


@dataclass(frozen=True, kw_only=True)
class RouteInformation(NdOption):
    """Route Information (RFC 4191, 2.3). `preference` is two bits: 1 high, 0 medium, 3 low, 2 reserved. `prefix_octets`
    (0, 8 or 16) is how much of the prefix is written.
    """

    type, TITLE = 24, "Route Information"

    prefix: IPv6Address
    prefix_length: int = 64
    preference: int = 0
    route_lifetime: int = 0
    reserved1: int = 0
    """The three bits before the preference."""
    reserved2: int = 0
    """The three bits behind it."""
    prefix_octets: int | None = None

    def body(self) -> bytes:
        flags = self.reserved1 << 5 | (self.preference & 3) << 3 | self.reserved2 & 7
        written = _needed(self.prefix_length) if self.prefix_octets is None else self.prefix_octets
        head = octets(self.prefix_length, flags) + number_of(self.route_lifetime, 4)
        return head + self.prefix.packed[:written]


def _needed(prefix_length: int) -> int:
    """The octets that a prefix of this length needs in a Route Information option."""
    return 0 if not prefix_length else 8 if prefix_length <= 64 else 16


@dataclass(frozen=True, kw_only=True)
class RecursiveDnsServer(NdOption):
    """RDNSS (RFC 8106, 5.1)."""

    type, TITLE = 25, "Recursive DNS Server"

    reserved: int = 0
    lifetime: int = 0
    addresses: tuple[IPv6Address, ...] = ()

    def body(self) -> bytes:
        return (
            number_of(self.reserved, 2) + number_of(self.lifetime, 4) + b"".join(each.packed for each in self.addresses)
        )


@dataclass(frozen=True, kw_only=True)
class DnsSearchList(NdOption):
    """DNSSL (RFC 8106, 5.2); `names` are the encoded domain names, padded: see `domain_names`."""

    type, TITLE = 31, "DNS Search List"

    reserved: int = 0
    lifetime: int = 0
    names: bytes = b""

    def body(self) -> bytes:
        return number_of(self.reserved, 2) + number_of(self.lifetime, 4) + self.names

    @property
    def domains(self) -> tuple[str, ...]:
        """The names as far as they can be read; whatever no name has in it is escaped."""
        found: list[str] = []
        labels: list[str] = []
        at = 0
        while at < len(self.names) and self.names[at] <= LONGEST_LABEL:
            end = at + 1 + self.names[at]
            if end > at + 1:
                labels.append(self.names[at + 1 : end].decode("ascii", "backslashreplace"))
            elif labels:
                found.append(".".join(labels))
                labels = []
            at = end
        return tuple(found)


LONGEST_LABEL = 63


def domain_names(*names: str) -> bytes:
    """Domain names as a DNS Search List has them: encoded (RFC 1035, 3.1) and padded to a multiple of 8 octets."""
    data = b"".join(_domain_name(name) for name in names)
    return data + bytes(-len(data) % 8)


def _domain_name(name: str) -> bytes:
    labels = [label.encode() for label in name.split(".") if label]
    return b"".join(octets(len(label)) + label for label in labels) + b"\0"


def read_options(data: bytes, at: int) -> list[NdOption]:
    """The options of a message. Raises Malformation."""
    found: list[NdOption] = []
    end = len(data)
    while at < end:
        if at + 1 == end:
            raise Malformation("an option is cut short")
        length = data[at + 1] * 8
        if not length:
            raise Malformation("an option of length 0")
        if at + length > end:
            raise Malformation("an option goes beyond the message")
        reader = _READERS.get(data[at])
        body = data[at + 2 : at + length]
        option = reader(body) if reader else None
        found.append(option or read(UnknownNdOption, {"type": data[at], "data": body}))
        at += length
    return found


def _prefix_information(body: bytes) -> NdOption | None:
    if len(body) != 30:
        return None
    values = {
        "prefix_length": body[0],
        "on_link": bool(body[1] & 0x80),
        "autonomous": bool(body[1] & 0x40),
        "router_address": bool(body[1] & 0x20),
        "reserved1": body[1] & 0x1F,
        "valid_lifetime": int.from_bytes(body[2:6]),
        "preferred_lifetime": int.from_bytes(body[6:10]),
        "reserved2": int.from_bytes(body[10:14]),
        "prefix": address(body[14:30]),
    }
    return read(PrefixInformation, values)


def _mtu(body: bytes) -> NdOption | None:
    if len(body) != 6:
        return None
    return read(MtuOption, {"reserved": body[0] << 8 | body[1], "mtu": int.from_bytes(body[2:])})


def _route_information(body: bytes) -> NdOption | None:
    if len(body) not in (6, 14, 22):
        return None
    written = len(body) - 6
    values = {
        "prefix_length": body[0],
        "preference": body[1] >> 3 & 3,
        "reserved1": body[1] >> 5,
        "reserved2": body[1] & 7,
        "route_lifetime": int.from_bytes(body[2:6]),
        "prefix": address(body[6:] + bytes(16 - written)),
        "prefix_octets": None if written == _needed(body[0]) else written,
    }
    return read(RouteInformation, values)


def _dns_server(body: bytes) -> NdOption | None:
    if len(body) < 22 or (len(body) - 6) % 16:
        return None
    addresses = tuple(address(body[at : at + 16]) for at in range(6, len(body), 16))
    return read(RecursiveDnsServer, _lifetime(body) | {"addresses": addresses})


def _lifetime(body: bytes) -> dict[str, Any]:
    return {"reserved": body[0] << 8 | body[1], "lifetime": int.from_bytes(body[2:6])}


_READERS: dict[int, Callable[[bytes], NdOption | None]] = {
    1: lambda body: read(SourceLinkLayerAddress, {"address": body}),
    2: lambda body: read(TargetLinkLayerAddress, {"address": body}),
    3: _prefix_information,
    4: lambda body: read(RedirectedHeader, {"reserved": int.from_bytes(body[:6]), "packet": body[6:]}),
    5: _mtu,
    14: lambda body: read(Nonce, {"nonce": body}),
    24: _route_information,
    25: _dns_server,
    31: lambda body: read(DnsSearchList, _lifetime(body) | {"names": body[6:]}),
}
