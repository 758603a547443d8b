"""The checksum of the internet protocols, and the pseudo-header that goes into it (RFC 1071; RFC 8200, 8.1)."""

from ipaddress import IPv6Address
from typing import NamedTuple

ALL_ONES = 0xFFFF
"""Another way to write the checksum 0, for in ones' complement both are zero."""


class Around(NamedTuple):
    """What a message has to know of the packet that it is in: the addresses of the pseudo-header, as octets."""

    source: bytes
    destination: bytes

    def total(self, number: int, data: bytes) -> int:
        """The sum of pseudo-header and data, modulo 65535: 0 where the checksum in them is right."""
        size = len(data)
        head = b"%b%b%b%b" % (self.source, self.destination, size.to_bytes(4), number.to_bytes(4))
        return int.from_bytes(head + data + b"\0" if size & 1 else head + data) % ALL_ONES

    def checksum(self, number: int, data: bytes) -> int:
        """The checksum that data of this protocol need, in which the checksum itself is 0."""
        return _complement(self.total(number, data))


def _complement(total: int) -> int:
    return ALL_ONES - total if total else 0


def internet_checksum(data: bytes) -> int:
    """The checksum over octets of which not all are 0."""
    return _complement(int.from_bytes(data + b"\0" * (len(data) & 1)) % ALL_ONES)


def upper_layer_checksum(source: IPv6Address, destination: IPv6Address, next_header: int, payload: bytes) -> int:
    """The checksum of a message in which it is still 0; `destination` is where the packet ends (Routing headers)."""
    return Around(source.packed, destination.packed).checksum(next_header, payload)
