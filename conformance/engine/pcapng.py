"""A capture of a case's channels as pcapng, written by ourselves with synthetic Ethernet, IP, TCP and UDP headers.

It needs no root and no capture program, and opens in Wireshark: each connection gets a handshake, its octets in
segments, and its end; a datagram gets headers, a frame is what it is. What went through TLS or was refused by the
network is shown in the clear, as the harness saw it.
"""

import ipaddress
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from .record import ChannelInfo, Entry, Record

_SEGMENT = 1400
_LONGEST = {4: 65535 - 28, 6: 65535 - 8}
"""How much a datagram can hold: its lengths have two octets. In memory nothing bounds it; the record has it whole."""
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def capture(record: Record, began_at_s: float = 0.0) -> bytes:
    """The pcapng file of a record. `began_at_s` is the case's start as seconds since the epoch."""
    parts = [_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)), _interface()]
    flows = {info.n: _flow(info) for info in record.channels}
    for entry in record.entries:
        flow = flows.get(entry.channel)
        parts.extend(_packet(frame, began_at_s + entry.t) for frame in (flow.frames(entry) if flow else ()))
    return b"".join(parts)


def link_capture(frames: Iterable[tuple[float, bytes]]) -> bytes:
    """The pcapng file of whole frames, each with its time as seconds since the epoch."""
    head = [_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)), _interface()]
    return b"".join((*head, *(_packet(frame, at_s) for at_s, frame in frames)))


def _flow(info: ChannelInfo) -> "_Frames | _Flow":
    scheme = info.address.partition("://")[0]
    if scheme == "link":
        return _Frames()
    return (_Datagrams if scheme == "udp" else _Flow).of(info)


def _interface() -> bytes:
    resolution = struct.pack("<HHB3x", 9, 1, 6) + struct.pack("<HH", 0, 0)  # if_tsresol: microseconds
    return _block(1, struct.pack("<HHI", 1, 0, 0) + resolution)


def _packet(frame: bytes, at_s: float) -> bytes:
    at = int(at_s * 1_000_000)
    head = struct.pack("<IIIII", 0, at >> 32, at & 0xFFFFFFFF, len(frame), len(frame))
    return _block(6, head + frame + b"\0" * (-len(frame) % 4))


def _block(kind: int, body: bytes) -> bytes:
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


@dataclass
class _Flow:
    """One TCP connection between two synthetic or real addresses."""

    source: tuple[_Ip, int]
    target: tuple[_Ip, int]
    sequence: list[int] = field(default_factory=lambda: [1000, 2000])
    ended: list[bool] = field(default_factory=lambda: [False, False])

    @classmethod
    def of(cls, info: ChannelInfo) -> Self:
        port = _port(info.address.rpartition(":")[2], 1)
        local = _endpoint(info.local, "127.0.0.1", 49152 + info.n)
        remote = _endpoint(info.remote, "127.0.0.2" if local[0].is_loopback else "127.0.0.1", port)
        if local[0].version != remote[0].version:
            remote = (local[0], remote[1])
        return cls(local, remote)

    def frames(self, entry: Entry) -> list[bytes]:
        """The frames that one entry stands for."""
        if entry.kind == "open":
            return [self._frame(0, SYN), self._frame(1, SYN | ACK), self._frame(0, ACK)]
        if entry.kind == "refused":
            return [self._frame(0, SYN), self._frame(1, RST | ACK)]
        if entry.kind in ("out", "in"):
            side = 0 if entry.kind == "out" else 1
            cut = range(0, len(entry.data), _SEGMENT)
            return [self._frame(side, PSH | ACK, entry.data[i : i + _SEGMENT]) for i in cut]
        side = 0 if entry.kind in ("close", "abort") else 1
        if entry.kind not in ("fin", "reset", "close", "abort") or self.ended[side]:
            return []
        self.ended[side] = True
        return [self._frame(side, (RST if entry.kind in ("reset", "abort") else FIN) | ACK)]

    def _frame(self, side: int, flags: int, data: bytes = b"") -> bytes:
        (source, sport), (target, dport) = (self.source, self.target) if side == 0 else (self.target, self.source)
        acknowledged = self.sequence[1 - side] if flags & ACK else 0
        tcp = (
            struct.pack(">HHIIBBHHH", sport, dport, self.sequence[side], acknowledged, 5 << 4, flags, 65535, 0, 0)
            + data
        )
        self.sequence[side] = (self.sequence[side] + len(data) + (1 if flags & (SYN | FIN) else 0)) & 0xFFFFFFFF
        return _in_ethernet(side, source, target, 6, tcp)


class _Datagrams(_Flow):
    """The datagrams between two addresses."""

    def frames(self, entry: Entry) -> list[bytes]:
        if entry.kind not in ("out", "in"):
            return []
        side = 0 if entry.kind == "out" else 1
        (source, sport), (target, dport) = (self.source, self.target) if side == 0 else (self.target, self.source)
        data = entry.data[: _LONGEST[source.version]]
        udp = struct.pack(">HHHH", sport, dport, 8 + len(data), 0) + data
        return [_in_ethernet(side, source, target, 17, udp)]


class _Frames:
    """The frames of a link, as they are."""

    def frames(self, entry: Entry) -> list[bytes]:
        return [entry.data] if entry.kind in ("out", "in") else []


def _in_ethernet(side: int, source: _Ip, target: _Ip, protocol: int, segment: bytes) -> bytes:
    """A TCP or UDP segment, its checksum filled in, within IP and Ethernet."""
    at = 16 if protocol == 6 else 6
    pseudo = source.packed + target.packed
    pseudo += struct.pack(">IHBB", len(segment), 0, 0, protocol) if source.version == 6 else b""
    pseudo += struct.pack(">BBH", 0, protocol, len(segment)) if source.version == 4 else b""
    checksum = _checksum(pseudo + segment) or (0xFFFF if protocol == 17 else 0)  # 0 in UDP says that there is none
    segment = segment[:at] + struct.pack(">H", checksum) + segment[at + 2 :]
    macs = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01" if side == 0 else b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02"
    if source.version == 6:
        head = struct.pack(">IHBB", 6 << 28, len(segment), protocol, 64) + source.packed + target.packed
        return macs + b"\x86\xdd" + head + segment
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0x4000, 64, protocol, 0)
    head += source.packed + target.packed
    head = head[:10] + struct.pack(">H", _checksum(head)) + head[12:]
    return macs + b"\x08\0" + head + segment


def _checksum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _endpoint(text: str, host: str, port: int) -> tuple[_Ip, int]:
    name, _, number = text.rpartition(":")
    try:
        address = ipaddress.ip_address(name.strip("[]").partition("%")[0])
    except ValueError:
        return ipaddress.ip_address(host), port
    return address, _port(number, port)


def _port(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and 0 < int(text) < 65536 else otherwise
