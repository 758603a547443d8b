"""Properties of MQTT 5.0 (section 2.2.2): an ordered list of pairs, so that wrong ones can be said."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from .primitives import string, variable_byte_integer


class PropertyId(IntEnum):
    """Property identifiers (5.0, table 2-4)."""

    PAYLOAD_FORMAT_INDICATOR = 0x01
    MESSAGE_EXPIRY_INTERVAL = 0x02
    CONTENT_TYPE = 0x03
    RESPONSE_TOPIC = 0x08
    CORRELATION_DATA = 0x09
    SUBSCRIPTION_IDENTIFIER = 0x0B
    SESSION_EXPIRY_INTERVAL = 0x11
    ASSIGNED_CLIENT_IDENTIFIER = 0x12
    SERVER_KEEP_ALIVE = 0x13
    AUTHENTICATION_METHOD = 0x15
    AUTHENTICATION_DATA = 0x16
    REQUEST_PROBLEM_INFORMATION = 0x17
    WILL_DELAY_INTERVAL = 0x18
    REQUEST_RESPONSE_INFORMATION = 0x19
    RESPONSE_INFORMATION = 0x1A
    SERVER_REFERENCE = 0x1C
    REASON_STRING = 0x1F
    RECEIVE_MAXIMUM = 0x21
    TOPIC_ALIAS_MAXIMUM = 0x22
    TOPIC_ALIAS = 0x23
    MAXIMUM_QOS = 0x24
    RETAIN_AVAILABLE = 0x25
    USER_PROPERTY = 0x26
    MAXIMUM_PACKET_SIZE = 0x27
    WILDCARD_SUBSCRIPTION_AVAILABLE = 0x28
    SUBSCRIPTION_IDENTIFIER_AVAILABLE = 0x29
    SHARED_SUBSCRIPTION_AVAILABLE = 0x2A


P = PropertyId
BYTE, TWO, FOUR, VARIABLE, STRING, BINARY, PAIR = range(7)

TYPES: dict[int, int] = (
    dict.fromkeys((0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A), BYTE)
    | dict.fromkeys((0x13, 0x21, 0x22, 0x23), TWO)
    | dict.fromkeys((0x02, 0x11, 0x18, 0x27), FOUR)
    | dict.fromkeys((0x03, 0x08, 0x12, 0x15, 0x1A, 0x1C, 0x1F), STRING)
    | {0x0B: VARIABLE, 0x09: BINARY, 0x16: BINARY, 0x26: PAIR}
)
_ACK = frozenset((P.REASON_STRING, P.USER_PROPERTY))
_MESSAGE = frozenset((0x01, 0x02, 0x03, 0x08, 0x09, 0x26))
ALLOWED: dict[str, frozenset[int]] = {
    "CONNECT": frozenset((0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27)),
    "will": _MESSAGE | {0x18},
    "CONNACK": frozenset(
        (0x11, 0x12, 0x13, 0x15, 0x16, 0x1A, 0x1C, 0x1F, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A)
    ),
    "PUBLISH": _MESSAGE | {0x0B, 0x23},
    "SUBSCRIBE": frozenset((0x0B, 0x26)),
    "UNSUBSCRIBE": frozenset((0x26,)),
    "DISCONNECT": _ACK | {0x11, 0x1C},
    "AUTH": _ACK | {0x15, 0x16},
} | dict.fromkeys(("PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBACK", "UNSUBACK"), _ACK)
"""Which properties each packet may carry (5.0, table 2-4)."""
BITS = frozenset((0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A))
"""Properties that are 0 or 1."""
NOT_ZERO = frozenset((0x0B, 0x21, 0x27))
"""Properties for which 0 is a Protocol Error (a Topic Alias of 0 has a reason code of its own)."""
NAMES: dict[int, str] = {i: i.name.replace("_", " ").title().replace("Qos", "QoS") for i in PropertyId}
"""The standard's names of the properties."""


@dataclass(frozen=True)
class Properties:
    """Pairs of identifier and value in wire order; a value of bytes for a numeric property goes out as it stands.

    `length` overrides the Property Length; `raw` replaces the encoded pairs.
    """

    pairs: tuple[tuple[int, Any], ...] = ()
    length: int | bytes | None = None
    raw: bytes | None = None

    def get(self, identifier: int, default: Any = None) -> Any:
        """The first value of a property."""
        return next((value for i, value in self.pairs if i == identifier), default)

    def all(self, identifier: int) -> list[Any]:
        """All values of a property, in order."""
        return [value for i, value in self.pairs if i == identifier]

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        return iter(self.pairs)

    def __contains__(self, identifier: object) -> bool:
        return any(i == identifier for i, _ in self.pairs)

    def __add__(self, other: "Properties") -> "Properties":
        return Properties(self.pairs + other.pairs)

    def without(self, *identifiers: int) -> "Properties":
        return Properties(tuple(pair for pair in self.pairs if pair[0] not in identifiers))

    def __bytes__(self) -> bytes:
        body = self.raw if self.raw is not None else b"".join(_encoded(i, value) for i, value in self.pairs)
        if isinstance(self.length, bytes):
            return self.length + body
        return variable_byte_integer(len(body) if self.length is None else self.length) + body


NONE = Properties()
LEFT_OUT = Properties(length=b"")
"""Not even a Property Length."""


def properties(**values: Any) -> Properties:
    """Properties by their names in lower case; a list gives a property several times:
    `properties(topic_alias=1, user_property=[("a", "b")])`.
    """
    pairs: list[tuple[int, Any]] = []
    for name, value in values.items():
        identifier = PropertyId[name.upper()]
        pairs += [(identifier, one) for one in (value if isinstance(value, list) else [value])]
    return Properties(tuple(pairs))


def _encoded(identifier: int, value: Any) -> bytes:
    head = variable_byte_integer(identifier)
    kind = TYPES.get(identifier, BINARY)
    if kind == PAIR:
        return head + string(value[0]) + string(value[1])
    if kind in (STRING, BINARY):
        return head + string(value)
    if isinstance(value, bytes):
        return head + value
    if kind == VARIABLE:
        return head + variable_byte_integer(value)
    return head + int(value).to_bytes((1, 2, 4)[kind], "big")
