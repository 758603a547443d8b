"""UDP (RFC 768), and as much of TCP (RFC 9293) as shows whether a port is open."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag
from typing import ClassVar, Self

from .checksum import ALL_ONES, Around
from .layers import TCP, UDP, Layer, Malformation, number_of, octets, read

MSS = 2
UDP_OCTETS = 8
TCP_OCTETS = 20


class TcpFlag(IntFlag):
    """The control bits of a segment."""

    FIN = 0x01
    SYN = 0x02
    RST = 0x04
    PSH = 0x08
    ACK = 0x10
    URG = 0x20
    ECE = 0x40
    CWR = 0x80


@dataclass(frozen=True, kw_only=True)
class TcpOption:
    """An option by its kind and data; kinds 0 and 1 are a single octet."""

    TITLE: ClassVar[str] = "option"

    kind: int
    data: bytes = b""
    length: int | None = None

    def __bytes__(self) -> bytes:
        if self.kind < 2 and self.length is None:
            return octets(self.kind) + self.data
        return octets(self.kind, len(self.data) + 2 if self.length is None else self.length) + self.data


def maximum_segment_size(mss: int) -> TcpOption:
    """The MSS option."""
    return TcpOption(kind=MSS, data=number_of(mss, 2))


@dataclass(frozen=True, kw_only=True)
class Udp(Layer):
    """A datagram. `length` and `checksum` replace what the data call for."""

    NUMBER: ClassVar[int] = UDP
    TITLE: ClassVar[str] = "UDP"

    source_port: int = 0
    destination_port: int = 0
    length: int | None = None
    checksum: int | None = None
    data: bytes = b""

    def encode(self, following: bytes, number: int, around: Around) -> bytes:
        data = self.data + following
        length = len(data) + UDP_OCTETS if self.length is None else self.length
        head = number_of(self.source_port, 2) + number_of(self.destination_port, 2) + number_of(length, 2)
        checksum = self.checksum
        if checksum is None:
            checksum = around.checksum(UDP, _covered(head + b"\0\0" + data)) or ALL_ONES
        return head + number_of(checksum, 2) + data

    def total(self, around: Around) -> int:
        """The sum that its checksum makes 0, if it is right."""
        return around.total(UDP, _covered(self.encode(b"", 0, around)))

    @classmethod
    def parse(cls, data: bytes, around: Around) -> Self:
        """The datagram that octets stand for. Raises Malformation."""
        if len(data) < UDP_OCTETS:
            raise Malformation("the UDP header is cut short")
        values = {
            "source_port": data[0] << 8 | data[1],
            "destination_port": data[2] << 8 | data[3],
            "data": data[UDP_OCTETS:],
        }
        length, checksum = data[4] << 8 | data[5], data[6] << 8 | data[7]
        if length != len(data):
            values["length"] = length
        if not checksum or around.total(UDP, _covered(data)):
            values["checksum"] = checksum
        return read(cls, values)


def _covered(data: bytes) -> bytes:
    """What the checksum of a datagram is about: as much as its own length says, where that is possible."""
    length = data[4] << 8 | data[5]
    return data[:length] if UDP_OCTETS <= length < len(data) else data


@dataclass(frozen=True, kw_only=True)
class Tcp(Layer):
    """A segment. `data_offset` (in units of 4 octets) and `checksum` replace what the rest calls for."""

    NUMBER: ClassVar[int] = TCP
    TITLE: ClassVar[str] = "TCP"

    source_port: int = 0
    destination_port: int = 0
    sequence_number: int = 0
    acknowledgment_number: int = 0
    flags: int = 0
    window: int = 0
    urgent_pointer: int = 0
    options: tuple[TcpOption, ...] = ()
    data: bytes = b""
    data_offset: int | None = None
    reserved: int = 0
    checksum: int | None = None

    @property
    def syn(self) -> bool:
        return bool(self.flags & TcpFlag.SYN)

    @property
    def ack(self) -> bool:
        return bool(self.flags & TcpFlag.ACK)

    @property
    def rst(self) -> bool:
        return bool(self.flags & TcpFlag.RST)

    @property
    def maximum_segment_size(self) -> int | None:
        """What the MSS option says, where there is one."""
        found = next((each.data for each in self.options if each.kind == MSS), None)
        return None if found is None else int.from_bytes(found)

    def encode(self, following: bytes, number: int, around: Around) -> bytes:
        options = b"".join(map(bytes, self.options))
        options += bytes(-len(options) % 4)
        offset = 5 + len(options) // 4 if self.data_offset is None else self.data_offset
        head = number_of(self.source_port, 2) + number_of(self.destination_port, 2)
        head += number_of(self.sequence_number, 4) + number_of(self.acknowledgment_number, 4)
        head += octets(offset << 4 | self.reserved & 0x0F, self.flags) + number_of(self.window, 2)
        tail = number_of(self.urgent_pointer, 2) + options + self.data + following
        checksum = around.checksum(TCP, head + b"\0\0" + tail) if self.checksum is None else self.checksum
        return head + number_of(checksum, 2) + tail

    def total(self, around: Around) -> int:
        """The sum that its checksum makes 0, if it is right."""
        return around.total(TCP, self.encode(b"", 0, around))

    @classmethod
    def parse(cls, data: bytes, around: Around) -> Self:
        """The segment that octets stand for. Raises Malformation."""
        offset = data[12] >> 4 if len(data) >= TCP_OCTETS else 0
        if not 5 <= offset <= len(data) // 4:
            raise Malformation("the TCP header is cut short")
        values = {
            "source_port": data[0] << 8 | data[1],
            "destination_port": data[2] << 8 | data[3],
            "sequence_number": int.from_bytes(data[4:8]),
            "acknowledgment_number": int.from_bytes(data[8:12]),
            "reserved": data[12] & 0x0F,
            "flags": data[13],
            "window": data[14] << 8 | data[15],
            "urgent_pointer": data[18] << 8 | data[19],
            "options": tuple(_options(data[TCP_OCTETS : 4 * offset])),
            "data": data[4 * offset :],
        }
        checksum = data[16] << 8 | data[17]
        if checksum == ALL_ONES or around.total(TCP, data):
            values["checksum"] = checksum
        return read(cls, values)


def _options(data: bytes) -> Iterator[TcpOption]:
    """The options of a segment, the padding too. Raises Malformation."""
    at = 0
    while at < len(data):
        if data[at] < 2:
            yield TcpOption(kind=data[at])
            at += 1
            continue
        size = data[at + 1] if at + 1 < len(data) else 0
        if size < 2 or at + size > len(data):
            raise Malformation("a TCP option goes beyond the header")
        yield TcpOption(kind=data[at], data=data[at + 2 : at + size])
        at += size
