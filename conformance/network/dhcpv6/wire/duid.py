"""DHCP unique identifiers (11). Two of them are equal when their octets are, whatever they are read as."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from .base import number

SHORTEST_OCTETS, LONGEST_OCTETS = 3, 130
"""The bounds of 11.1, with the two octets of the type."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Duid:
    """Any DUID."""

    TYPE: ClassVar[int] = 0

    def identifier_field(self) -> bytes:
        """What follows the type."""
        return b""

    def __bytes__(self) -> bytes:
        return number(self.TYPE, 2) + self.identifier_field()

    def __eq__(self, other: object) -> bool:
        return bytes(self) == bytes(other) if isinstance(other, Duid) else NotImplemented

    def __hash__(self) -> int:
        return hash(bytes(self))


@dataclass(frozen=True, kw_only=True, eq=False)
class DuidLlt(Duid):
    """Link-layer address plus time (11.2); `time` in seconds since 2000, modulo 2^32."""

    TYPE = 1

    hardware_type: int = 1
    time: int = 0
    link_layer_address: bytes

    def identifier_field(self) -> bytes:
        return number(self.hardware_type, 2) + number(self.time, 4) + self.link_layer_address


@dataclass(frozen=True, kw_only=True, eq=False)
class DuidEn(Duid):
    """Assigned by a vendor under its enterprise number (11.3)."""

    TYPE = 2

    enterprise_number: int
    identifier: bytes

    def identifier_field(self) -> bytes:
        return number(self.enterprise_number, 4) + self.identifier


@dataclass(frozen=True, kw_only=True, eq=False)
class DuidLl(Duid):
    """Link-layer address (11.4)."""

    TYPE = 3

    hardware_type: int = 1
    link_layer_address: bytes

    def identifier_field(self) -> bytes:
        return number(self.hardware_type, 2) + self.link_layer_address


@dataclass(frozen=True, kw_only=True, eq=False)
class DuidUuid(Duid):
    """A UUID (11.5)."""

    TYPE = 4

    uuid: UUID

    def identifier_field(self) -> bytes:
        return self.uuid.bytes


@dataclass(frozen=True, kw_only=True, eq=False)
class DuidOpaque(Duid):
    """Of any type, or none, by all its octets."""

    octets: bytes

    def __bytes__(self) -> bytes:
        return self.octets


def read_duid(octets: bytes) -> Duid:
    """The DUID in the form of its type; opaque where it does not have one."""
    kind, rest = octets[:2], octets[2:]
    if kind == b"\0\1" and len(rest) > 6:
        return DuidLlt(
            hardware_type=int.from_bytes(rest[:2], "big"),
            time=int.from_bytes(rest[2:6], "big"),
            link_layer_address=rest[6:],
        )
    if kind == b"\0\2" and len(rest) > 4:
        return DuidEn(enterprise_number=int.from_bytes(rest[:4], "big"), identifier=rest[4:])
    if kind == b"\0\3" and len(rest) > 2:
        return DuidLl(hardware_type=int.from_bytes(rest[:2], "big"), link_layer_address=rest[2:])
    if kind == b"\0\4" and len(rest) == 16:
        return DuidUuid(uuid=UUID(bytes=rest))
    return DuidOpaque(octets=octets)
