"""Faults in data representation: strings, string pairs, integers (1.5)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ..reference import Rules
from ..wire import Malformed, Packet, Properties, Publish
from ..wire.properties import PropertyId as P
from .registry import FAULTS, both, v5

if TYPE_CHECKING:
    from ..reference.connection import Connection
    from ..reference.state import Message

BOM = "\ufeff"


def only(malformed: Malformed, kind: str, *fields: str) -> bool:
    """Whether nothing is wrong but flaws of this kind, in these fields (in any, without)."""
    return all(flaw.kind == kind and (not fields or flaw.field in fields) for flaw in malformed.flaws)


@FAULTS.add("ill-formed-topic-taken", *both(("MQTT-1.5.3-1", "MQTT-3.3.2-1"), ("MQTT-1.5.4-1", "MQTT-3.3.2-1")))
class IllFormedTopicTaken(Rules):
    """Takes a Topic Name of a PUBLISH whatever octets it holds."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "utf-8", "Topic Name")


@FAULTS.add("ill-formed-property-taken", *v5("MQTT-1.5.4-1"))
class IllFormedPropertyTaken(Rules):
    """Takes the strings of properties whatever octets they hold."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        content_type = only(malformed, "utf-8", "Content Type") and not isinstance(malformed.message, Publish)
        return content_type or only(malformed, "utf-8", "Reason String")


@FAULTS.add("surrogates-sent", *both("MQTT-1.5.3-1", "MQTT-1.5.4-1"))
class SurrogatesSent(Rules):
    """Writes characters of four octets as two surrogates of three each, as some platforms store them."""

    def outgoing_topic(self, m: "Message") -> str:
        return _split(m.topic)


def _split(text: str) -> str:
    """The text with each character beyond U+FFFF taken apart into its two surrogates."""
    units = text.encode("utf-16-be")
    return "".join(chr(units[i] << 8 | units[i + 1]) for i in range(0, len(units), 2))


@FAULTS.add("nul-in-connect-taken", *both("MQTT-1.5.3-2", "MQTT-1.5.4-2"))
class NulInConnectTaken(Rules):
    """Takes U+0000 in Client Identifier and User Name."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "nul", "Client Identifier", "User Name")


@FAULTS.add("nul-in-property-taken", *v5("MQTT-1.5.4-2"))
class NulInPropertyTaken(Rules):
    """Takes U+0000 in a Content Type."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "nul", "Content Type")


@FAULTS.add("nul-sent", *v5("MQTT-1.5.4-2"))
class NulSent(Rules):
    """Ends its Reason Strings with U+0000, as its language stores them."""

    def explanation(self, packet: Packet) -> Properties:
        pairs = super().explanation(packet)
        return Properties(tuple((i, value + "\0" if i == P.REASON_STRING else value) for i, value in pairs))


@FAULTS.add("byte-order-mark-stripped", *both("MQTT-1.5.3-3", "MQTT-1.5.4-3"))
class ByteOrderMarkStripped(Rules):
    """Takes U+FEFF out of the Topic Names that it sends."""

    def outgoing_topic(self, m: "Message") -> str:
        return m.topic.replace(BOM, "")


@FAULTS.add("byte-order-mark-skipped", *both("MQTT-1.5.3-3", "MQTT-1.5.4-3"))
class ByteOrderMarkSkipped(Rules):
    """Skips U+FEFF when it compares filters with names."""

    def matches(self, topic_filter: str, topic: str) -> bool:
        return super().matches(topic_filter.replace(BOM, ""), topic.replace(BOM, ""))


@FAULTS.add("byte-order-mark-of-property-stripped", *v5("MQTT-1.5.4-3"))
class ByteOrderMarkOfPropertyStripped(Rules):
    """Takes U+FEFF out of a forwarded Content Type."""

    def forwarded(self, m: "Message") -> Properties:
        return Properties(tuple((i, v.replace(BOM, "") if i == P.CONTENT_TYPE else v) for i, v in m.properties))


@FAULTS.add("ill-formed-pair-taken", *v5("MQTT-1.5.7-1"))
class IllFormedPairTaken(Rules):
    """Takes a User Property whatever its name and value hold."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "utf-8", "User Property") or only(malformed, "nul", "User Property")


@FAULTS.add("padded-integer-taken", *v5("MQTT-1.5.5-1"))
class PaddedIntegerTaken(Rules):
    """Takes Variable Byte Integers in more octets than they need."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "variable-byte-integer")


@FAULTS.add("padded-integer-sent", *v5("MQTT-1.5.5-1"))
class PaddedIntegerSent(Rules):
    """Always writes the Remaining Length in four octets."""

    def outgoing(self, c: "Connection", packet: Packet) -> list[Packet]:
        size = len(packet.body())
        padded = bytes((size & 127 | 128, size >> 7 & 127 | 128, size >> 14 & 127 | 128, size >> 21))
        return [replace(packet, length=padded) if c.version >= 5 else packet]
