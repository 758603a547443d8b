"""ICMPv6: errors, Echo, and messages of types that nobody knows (RFC 4443)."""

from dataclasses import dataclass
from typing import Any, ClassVar

from .checksum import Around
from .layers import ICMPV6, Layer, number_of, octets

ERRORS = 128
"""Types below are errors, the others informational."""


@dataclass(frozen=True, kw_only=True)
class Icmpv6(Layer):
    """What all messages share. `extra` is appended."""

    NUMBER: ClassVar[int] = ICMPV6
    type: ClassVar[int] = 0
    LEAST: ClassVar[int] = 4
    """Octets of the shortest message that is whole."""

    code: int = 0
    checksum: int | None = None
    extra: bytes = b""

    @property
    def is_error(self) -> bool:
        """Whether the type is one of an error (2.1)."""
        return self.type < ERRORS

    def body(self) -> bytes:
        """All behind the checksum."""
        return b""

    def encode(self, following: bytes, number: int, around: Around) -> bytes:
        body = self.body() + self.extra + following
        head = octets(self.type, self.code)
        checksum = around.checksum(ICMPV6, head + b"\0\0" + body) if self.checksum is None else self.checksum
        return head + number_of(checksum, 2) + body

    def total(self, around: Around) -> int:
        """The sum that its checksum makes 0, if it is right."""
        return around.total(ICMPV6, self.encode(b"", 0, around))

    @classmethod
    def parse(cls, data: bytes) -> dict[str, Any]:
        """The fields of a message behind its checksum. Raises Malformation."""
        return {}


@dataclass(frozen=True, kw_only=True)
class UnknownIcmpv6(Icmpv6):
    """A message of a type that is none of those below."""

    TITLE = "ICMPv6 message"

    type: int  # type: ignore[misc]
    data: bytes = b""

    def body(self) -> bytes:
        return self.data

    @classmethod
    def parse(cls, data: bytes) -> dict[str, Any]:
        return {"type": data[0], "data": data[4:]}


@dataclass(frozen=True, kw_only=True)
class Echo(Icmpv6):
    """What Echo Request and Echo Reply share (4.1, 4.2)."""

    LEAST: ClassVar[int] = 8

    identifier: int = 0
    sequence_number: int = 0
    data: bytes = b""

    def body(self) -> bytes:
        return number_of(self.identifier, 2) + number_of(self.sequence_number, 2) + self.data

    @classmethod
    def parse(cls, data: bytes) -> dict[str, Any]:
        return {
            "identifier": data[4] << 8 | data[5],
            "sequence_number": data[6] << 8 | data[7],
            "data": data[8:],
        }


class EchoRequest(Echo):
    type, TITLE = 128, "Echo Request"


class EchoReply(Echo):
    type, TITLE = 129, "Echo Reply"


@dataclass(frozen=True, kw_only=True)
class Icmpv6Error(Icmpv6):
    """What errors share: `invoking_packet` is what is quoted of the packet that caused it, from its IPv6 header on."""

    LEAST: ClassVar[int] = 8

    invoking_packet: bytes = b""

    def word(self) -> int:
        """The second 32 bits."""
        return 0

    def body(self) -> bytes:
        return number_of(self.word(), 4) + self.invoking_packet

    @classmethod
    def named(cls, word: int) -> dict[str, Any]:
        """The fields that the second 32 bits hold."""
        return {}

    @classmethod
    def parse(cls, data: bytes) -> dict[str, Any]:
        return {"invoking_packet": data[8:], **cls.named(int.from_bytes(data[4:8]))}


@dataclass(frozen=True, kw_only=True)
class DestinationUnreachable(Icmpv6Error):
    """Destination Unreachable (3.1); 0 no route, 1 prohibited, 2 scope, 3 address, 4 port, 5 policy, 6 reject."""

    type, TITLE = 1, "Destination Unreachable"

    unused: int = 0

    def word(self) -> int:
        return self.unused

    @classmethod
    def named(cls, word: int) -> dict[str, Any]:
        return {"unused": word} if word else {}


@dataclass(frozen=True, kw_only=True)
class PacketTooBig(Icmpv6Error):
    """Packet Too Big (3.2)."""

    type, TITLE = 2, "Packet Too Big"

    mtu: int

    def word(self) -> int:
        return self.mtu

    @classmethod
    def named(cls, word: int) -> dict[str, Any]:
        return {"mtu": word}


@dataclass(frozen=True, kw_only=True)
class TimeExceeded(DestinationUnreachable):
    """Time Exceeded (3.3): 0 hop limit, 1 reassembly."""

    type, TITLE = 3, "Time Exceeded"


@dataclass(frozen=True, kw_only=True)
class ParameterProblem(Icmpv6Error):
    """Parameter Problem (3.4). Codes: 0 field, 1 unknown next header, 2 unknown option, 3 incomplete header chain."""

    type, TITLE = 4, "Parameter Problem"

    pointer: int = 0

    def word(self) -> int:
        return self.pointer

    @classmethod
    def named(cls, word: int) -> dict[str, Any]:
        return {"pointer": word}
