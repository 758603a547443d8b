"""The fifteen control packets as frozen values with the standard's field names.

`version` is the protocol level (4 for 3.1.1, 5 for 5.0). Derived octets are fields: `flags` (the low four bits of the
first octet) and `length` (the Remaining Length; an int, or raw octets) are right when None and sent as given otherwise;
`extra` is appended to the packet. `bytes(packet)` never validates.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from .primitives import Text, string, variable_byte_integer
from .properties import NONE, Properties


@dataclass(frozen=True, kw_only=True)
class Packet:
    """What all packets share."""

    TYPE: ClassVar[int] = 0
    TITLE: ClassVar[str] = ""
    FLAGS: ClassVar[int] = 0

    version: int = 5
    flags: int | None = None
    length: int | bytes | None = None
    extra: bytes = b""

    def __bytes__(self) -> bytes:
        body = self.body() + self.extra
        flags = self.fixed_flags() if self.flags is None else self.flags
        if isinstance(self.length, bytes):
            length = self.length
        else:
            length = variable_byte_integer(len(body) if self.length is None else self.length)
        return bytes((self.TYPE << 4 | flags,)) + length + body

    def fixed_flags(self) -> int:
        return self.FLAGS

    def body(self) -> bytes:
        """Variable header and payload."""
        return b""


def _number(value: int) -> bytes:
    return (value & 0xFFFF).to_bytes(2, "big")


def _properties(packet: Any) -> bytes:
    return bytes(packet.properties) if packet.version >= 5 else b""


@dataclass(frozen=True, kw_only=True)
class Will:
    """The will in a CONNECT."""

    topic: Text
    payload: bytes = b""
    qos: int = 0
    retain: bool = False
    properties: Properties = NONE


@dataclass(frozen=True, kw_only=True)
class Connect(Packet):
    """CONNECT (3.1). `connect_flags` and `payload` replace what the other fields would give."""

    TYPE, TITLE = 1, "CONNECT"

    client_id: Text = ""
    clean_start: bool = True
    keep_alive: int = 60
    will: Will | None = None
    user_name: Text | None = None
    password: Text | None = None
    properties: Properties = NONE
    protocol_name: Text = "MQTT"
    protocol_level: int | None = None
    connect_flags: int | None = None
    payload: bytes | None = None

    def derived_flags(self) -> int:
        """The Connect Flags octet that the fields call for."""
        flags = self.clean_start << 1 | (self.user_name is not None) << 7 | (self.password is not None) << 6
        if self.will:
            flags |= 4 | (self.will.qos & 3) << 3 | self.will.retain << 5
        return flags

    def body(self) -> bytes:
        level = self.version if self.protocol_level is None else self.protocol_level
        flags = self.derived_flags() if self.connect_flags is None else self.connect_flags
        head = string(self.protocol_name) + bytes((level, flags)) + _number(self.keep_alive) + _properties(self)
        return head + (self.derived_payload() if self.payload is None else self.payload)

    def derived_payload(self) -> bytes:
        """The payload that the fields call for."""
        parts = [string(self.client_id)]
        if self.will:
            parts += [bytes(self.will.properties)] if self.version >= 5 else []
            parts += [string(self.will.topic), string(self.will.payload)]
        parts += [string(text) for text in (self.user_name, self.password) if text is not None]
        return b"".join(parts)


@dataclass(frozen=True, kw_only=True)
class Connack(Packet):
    """CONNACK (3.2). `acknowledge_flags` replaces the octet with the Session Present bit."""

    TYPE, TITLE = 2, "CONNACK"

    session_present: bool = False
    reason_code: int = 0
    properties: Properties = NONE
    acknowledge_flags: int | None = None

    def body(self) -> bytes:
        flags = int(self.session_present) if self.acknowledge_flags is None else self.acknowledge_flags
        return bytes((flags, self.reason_code)) + _properties(self)


@dataclass(frozen=True, kw_only=True)
class Publish(Packet):
    """PUBLISH (3.3). `packet_identifier` is written whenever it is not None, or QoS is above 0."""

    TYPE, TITLE = 3, "PUBLISH"

    topic: Text = ""
    payload: bytes = b""
    qos: int = 0
    retain: bool = False
    dup: bool = False
    packet_identifier: int | None = None
    properties: Properties = NONE

    def fixed_flags(self) -> int:
        return self.dup << 3 | (self.qos & 3) << 1 | self.retain

    def body(self) -> bytes:
        identifier = _number(self.packet_identifier or 0) if self.qos or self.packet_identifier is not None else b""
        return string(self.topic) + identifier + _properties(self) + self.payload


@dataclass(frozen=True, kw_only=True)
class Acknowledgement(Packet):
    """PUBACK, PUBREC, PUBREL, PUBCOMP (3.4 to 3.7). `brief`: leave out what 5.0 lets one leave out.

    With properties `LEFT_OUT` and `brief` False there is a Reason Code but no Property Length.
    """

    packet_identifier: int = 0
    reason_code: int = 0
    properties: Properties = NONE
    brief: bool = True

    def body(self) -> bytes:
        if self.version < 5 or (self.brief and not self.reason_code and self.properties == NONE):
            return _number(self.packet_identifier)
        head = _number(self.packet_identifier) + bytes((self.reason_code,))
        return head if self.brief and self.properties == NONE else head + bytes(self.properties)


@dataclass(frozen=True, kw_only=True)
class Puback(Acknowledgement):
    TYPE, TITLE = 4, "PUBACK"


@dataclass(frozen=True, kw_only=True)
class Pubrec(Acknowledgement):
    TYPE, TITLE = 5, "PUBREC"


@dataclass(frozen=True, kw_only=True)
class Pubrel(Acknowledgement):
    TYPE, TITLE, FLAGS = 6, "PUBREL", 2


@dataclass(frozen=True, kw_only=True)
class Pubcomp(Acknowledgement):
    TYPE, TITLE = 7, "PUBCOMP"


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A Topic Filter with its Subscription Options (3.8.3.1); `options` replaces the octet."""

    topic_filter: Text
    qos: int = 0
    no_local: bool = False
    retain_as_published: bool = False
    retain_handling: int = 0
    options: int | None = None

    def __bytes__(self) -> bytes:
        octet = self.qos | self.no_local << 2 | self.retain_as_published << 3 | self.retain_handling << 4
        return string(self.topic_filter) + bytes((octet if self.options is None else self.options,))


@dataclass(frozen=True, kw_only=True)
class Subscribe(Packet):
    """SUBSCRIBE (3.8)."""

    TYPE, TITLE, FLAGS = 8, "SUBSCRIBE", 2

    packet_identifier: int = 1
    subscriptions: tuple[Subscription, ...] = ()
    properties: Properties = NONE

    def body(self) -> bytes:
        return _number(self.packet_identifier) + _properties(self) + b"".join(map(bytes, self.subscriptions))


@dataclass(frozen=True, kw_only=True)
class Suback(Packet):
    """SUBACK (3.9)."""

    TYPE, TITLE = 9, "SUBACK"

    packet_identifier: int = 0
    reason_codes: tuple[int, ...] = ()
    properties: Properties = NONE

    def body(self) -> bytes:
        return _number(self.packet_identifier) + _properties(self) + bytes(self.reason_codes)


@dataclass(frozen=True, kw_only=True)
class Unsubscribe(Packet):
    """UNSUBSCRIBE (3.10)."""

    TYPE, TITLE, FLAGS = 10, "UNSUBSCRIBE", 2

    packet_identifier: int = 1
    topic_filters: tuple[Text, ...] = ()
    properties: Properties = NONE

    def body(self) -> bytes:
        return _number(self.packet_identifier) + _properties(self) + b"".join(map(string, self.topic_filters))


@dataclass(frozen=True, kw_only=True)
class Unsuback(Packet):
    """UNSUBACK (3.11); reason codes only in 5.0."""

    TYPE, TITLE = 11, "UNSUBACK"

    packet_identifier: int = 0
    reason_codes: tuple[int, ...] = ()
    properties: Properties = NONE

    def body(self) -> bytes:
        return _number(self.packet_identifier) + _properties(self) + bytes(self.reason_codes)


@dataclass(frozen=True, kw_only=True)
class Pingreq(Packet):
    TYPE, TITLE = 12, "PINGREQ"


@dataclass(frozen=True, kw_only=True)
class Pingresp(Packet):
    TYPE, TITLE = 13, "PINGRESP"


@dataclass(frozen=True, kw_only=True)
class _Reason(Packet):
    """A Reason Code and properties; `brief`: leave out what 5.0 lets one leave out."""

    reason_code: int = 0
    properties: Properties = field(default=NONE)
    brief: bool = True

    def body(self) -> bytes:
        if self.version < 5 or (self.brief and not self.reason_code and self.properties == NONE):
            return b""
        return bytes((self.reason_code,)) + (b"" if self.brief and self.properties == NONE else bytes(self.properties))


@dataclass(frozen=True, kw_only=True)
class Disconnect(_Reason):
    """DISCONNECT (3.14)."""

    TYPE, TITLE = 14, "DISCONNECT"


@dataclass(frozen=True, kw_only=True)
class Auth(_Reason):
    """AUTH (3.15), 5.0 only."""

    TYPE, TITLE = 15, "AUTH"


PACKETS: dict[int, type[Packet]] = {
    kind.TYPE: kind
    for kind in (
        Connect, Connack, Publish, Puback, Pubrec, Pubrel, Pubcomp, Subscribe, Suback,
        Unsubscribe, Unsuback, Pingreq, Pingresp, Disconnect, Auth,
    )
}  # fmt: skip
