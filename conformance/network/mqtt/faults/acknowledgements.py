"""Faults in PUBACK, PUBREC, PUBREL and PUBCOMP of 5.0 (3.4 to 3.7): codes, and what is said beside them."""

from typing import TYPE_CHECKING, ClassVar

from ..reference import Rules
from ..wire import Malformed, Packet, Puback, Pubcomp, Pubrec, Pubrel
from ..wire.packets import Acknowledgement
from ..wire.properties import PropertyId as P
from .data import only
from .registry import FAULTS, v5

if TYPE_CHECKING:
    from ..reference.connection import Connection


@FAULTS.add("puback-code-of-connack", *v5("MQTT-3.4.2-1"))
class PubackCodeOfConnack(Rules):
    """Refuses a QoS 1 PUBLISH with 88, a code of CONNACK."""

    def receipt_code(self, qos: int, code: int) -> int:
        return 0x88 if qos == 1 and code else code


@FAULTS.add("pubrec-code-of-connack", *v5("MQTT-3.5.2-1"))
class PubrecCodeOfConnack(Rules):
    """Refuses a QoS 2 PUBLISH with 88, a code of CONNACK."""

    def receipt_code(self, qos: int, code: int) -> int:
        return 0x88 if qos == 2 and code else code


@FAULTS.add("pubrel-code-in-use", *v5("MQTT-3.6.2-1"))
class PubrelCodeInUse(Rules):
    """Answers PUBREC with an unknown Packet Identifier by PUBREL 91, which speaks of identifiers in use."""

    def pubrel_code(self, known: bool) -> int:
        return 0 if known else 0x91


@FAULTS.add("pubcomp-code-in-use", *v5("MQTT-3.7.2-1"))
class PubcompCodeInUse(Rules):
    """Answers PUBREL with an unknown Packet Identifier by PUBCOMP 91, which speaks of identifiers in use."""

    def pubcomp_code(self, known: bool) -> int:
        return 0 if known else 0x91


class Longwinded(Rules):
    """Leaves out one property of one packet never, however small the client's Maximum Packet Size."""

    kind: ClassVar[type[Packet]]
    keeps: ClassVar[int]

    def explanation_fits(self, c: "Connection", packet: Packet, identifier: int) -> bool:
        kept = isinstance(packet, self.kind) and identifier == self.keeps
        return kept or super().explanation_fits(c, packet, identifier)


@FAULTS.add("puback-reason-string-too-long", *v5("MQTT-3.4.2-2"))
class PubackReasonStringTooLong(Longwinded):
    """Sends the Reason String of PUBACK, however small the client's Maximum Packet Size."""

    kind, keeps = Puback, P.REASON_STRING


@FAULTS.add("puback-user-property-too-long", *v5("MQTT-3.4.2-3"))
class PubackUserPropertyTooLong(Longwinded):
    """Sends the User Property of PUBACK, however small the client's Maximum Packet Size."""

    kind, keeps = Puback, P.USER_PROPERTY


@FAULTS.add("pubrec-reason-string-too-long", *v5("MQTT-3.5.2-2"))
class PubrecReasonStringTooLong(Longwinded):
    """Sends the Reason String of PUBREC, however small the client's Maximum Packet Size."""

    kind, keeps = Pubrec, P.REASON_STRING


@FAULTS.add("pubrec-user-property-too-long", *v5("MQTT-3.5.2-3"))
class PubrecUserPropertyTooLong(Longwinded):
    """Sends the User Property of PUBREC, however small the client's Maximum Packet Size."""

    kind, keeps = Pubrec, P.USER_PROPERTY


@FAULTS.add("pubrel-reason-string-too-long", *v5("MQTT-3.6.2-2"))
class PubrelReasonStringTooLong(Longwinded):
    """Sends the Reason String of PUBREL, however small the client's Maximum Packet Size."""

    kind, keeps = Pubrel, P.REASON_STRING


@FAULTS.add("pubrel-user-property-too-long", *v5("MQTT-3.6.2-3"))
class PubrelUserPropertyTooLong(Longwinded):
    """Sends the User Property of PUBREL, however small the client's Maximum Packet Size."""

    kind, keeps = Pubrel, P.USER_PROPERTY


@FAULTS.add("pubcomp-reason-string-too-long", *v5("MQTT-3.7.2-2"))
class PubcompReasonStringTooLong(Longwinded):
    """Sends the Reason String of PUBCOMP, however small the client's Maximum Packet Size."""

    kind, keeps = Pubcomp, P.REASON_STRING


@FAULTS.add("pubcomp-user-property-too-long", *v5("MQTT-3.7.2-3"))
class PubcompUserPropertyTooLong(Longwinded):
    """Sends the User Property of PUBCOMP, however small the client's Maximum Packet Size."""

    kind, keeps = Pubcomp, P.USER_PROPERTY


class Repetitive(Rules):
    """Takes a Reason String that stands twice in packets of one kind."""

    kind: ClassVar[type[Acknowledgement]]

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return isinstance(malformed.message, self.kind) and only(malformed, "property-twice", "Reason String")


@FAULTS.add("puback-reason-string-twice-taken", *v5("MQTT5-PE-PUBACK-DUP-REASON-STRING"))
class PubackReasonStringTwiceTaken(Repetitive):
    """Takes a PUBACK with two Reason Strings."""

    kind = Puback


@FAULTS.add("pubrec-reason-string-twice-taken", *v5("MQTT5-PE-PUBREC-DUP-REASON-STRING"))
class PubrecReasonStringTwiceTaken(Repetitive):
    """Takes a PUBREC with two Reason Strings."""

    kind = Pubrec


@FAULTS.add("pubrel-reason-string-twice-taken", *v5("MQTT5-PE-PUBREL-DUP-REASON-STRING"))
class PubrelReasonStringTwiceTaken(Repetitive):
    """Takes a PUBREL with two Reason Strings."""

    kind = Pubrel


@FAULTS.add("pubcomp-reason-string-twice-taken", *v5("MQTT5-PE-PUBCOMP-DUP-REASON-STRING"))
class PubcompReasonStringTwiceTaken(Repetitive):
    """Takes a PUBCOMP with two Reason Strings."""

    kind = Pubcomp
