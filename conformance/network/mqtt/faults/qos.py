"""Faults in the handshakes of QoS 1 and 2 (4.3)."""

from typing import TYPE_CHECKING

from ..reference import Rules
from ..wire import Packet, Puback, Publish, Pubrec
from .registry import FAULTS, both, v5

if TYPE_CHECKING:
    from ..reference.connection import Connection
    from ..reference.state import Outgoing, Session

LARGEST_SIGNED = 0x7FFF


@FAULTS.add("qos-0-with-dup", *both(("MQTT-4.3.1-1", "MQTT-3.3.1-2")))
class Qos0WithDup(Rules):
    """Sends QoS 0 messages with DUP."""

    def qos_0_dup(self) -> bool:
        return True


@FAULTS.add("waiting-message-with-dup", *both(("MQTT-4.3.2-1", "MQTT-4.3.3-1"), ("MQTT-4.3.2-2", "MQTT-4.3.3-2")))
class WaitingMessageWithDup(Rules):
    """Sends what has waited for a client with DUP, though it was never sent before."""

    def queued_dup(self) -> bool:
        return True


# The server as the receiver.


@FAULTS.add("signed-identifier-gets-no-puback", *both("MQTT-4.3.2-2", "MQTT-4.3.2-4"))
class SignedIdentifierGetsNoPuback(Rules):
    """Reads Packet Identifiers as signed numbers, and sends no PUBACK for negative ones."""

    def outgoing(self, c: "Connection", packet: Packet) -> list[Packet]:
        return [] if isinstance(packet, Puback) and packet.packet_identifier > LARGEST_SIGNED else [packet]


@FAULTS.add("signed-identifier-gets-no-pubrec", *both("MQTT-4.3.3-2", "MQTT-4.3.3-8"))
class SignedIdentifierGetsNoPubrec(Rules):
    """Reads Packet Identifiers as signed numbers, and sends no PUBREC for negative ones."""

    def outgoing(self, c: "Connection", packet: Packet) -> list[Packet]:
        return [] if isinstance(packet, Pubrec) and packet.packet_identifier > LARGEST_SIGNED else [packet]


@FAULTS.add("acknowledged-identifier-dropped", *both("MQTT-4.3.2-2", "MQTT-4.3.2-5"))
class AcknowledgedIdentifierDropped(Rules):
    """Drops a QoS 1 message whose Packet Identifier it has acknowledged before on the same connection."""

    def __init__(self) -> None:
        self._seen: set[tuple[object, int]] = set()

    def repeats_by_dup(self, s: "Session", publish: Publish) -> bool:
        key = (s.connection, publish.packet_identifier or 0)
        known = key in self._seen
        self._seen.add(key)
        return known


@FAULTS.add("repeat-unanswered", *both("MQTT-4.3.3-2", "MQTT-4.3.3-10"))
class RepeatUnanswered(Rules):
    """Does not answer a QoS 2 PUBLISH that it has received before."""

    def answers_repeat(self) -> bool:
        return False


@FAULTS.add("repeat-delivered", *both("MQTT-4.3.3-2", "MQTT-4.3.3-10"))
class RepeatDelivered(Rules):
    """Delivers a QoS 2 message once more when its PUBLISH is repeated on the same connection."""

    def __init__(self) -> None:
        self._seen: set[tuple[object, int]] = set()

    def is_repeat(self, s: "Session", identifier: int) -> bool:
        key = (s.connection, identifier)
        here = key in self._seen
        self._seen.add(key)
        return super().is_repeat(s, identifier) and not here


@FAULTS.add("pubrel-unanswered", *both("MQTT-4.3.3-2", "MQTT-4.3.3-11"))
class PubrelUnanswered(Rules):
    """Does not answer the PUBREL of a message that never expires."""

    def answers_pubrel(self, s: "Session", identifier: int, now_s: float) -> bool:
        return identifier not in s.incoming or s.incoming[identifier] is not None


@FAULTS.add("repeated-pubrel-unanswered", *both("MQTT-4.3.3-2", "MQTT-4.3.3-11"))
class RepeatedPubrelUnanswered(Rules):
    """Does not answer a PUBREL that it has answered before."""

    def __init__(self) -> None:
        self._seen: set[tuple[object, int]] = set()

    def answers_pubrel(self, s: "Session", identifier: int, now_s: float) -> bool:
        key = (s.connection, identifier)
        known = key in self._seen
        self._seen.add(key)
        return not known


@FAULTS.add("pubrel-of-expired-message-unanswered", *v5("MQTT-4.3.3-13"))
class PubrelOfExpiredMessageUnanswered(Rules):
    """Does not answer the PUBREL of a message that has expired."""

    def answers_pubrel(self, s: "Session", identifier: int, now_s: float) -> bool:
        expires_s = s.incoming.get(identifier)
        return expires_s is None or now_s < expires_s


@FAULTS.add("completed-identifier-dropped", *both("MQTT-4.3.3-2", "MQTT-4.3.3-12"))
class CompletedIdentifierDropped(Rules):
    """Takes a QoS 2 message for a repeat though its Packet Identifier has been released."""

    def releases(self, s: "Session", identifier: int) -> None:
        """Keeps the identifier."""


@FAULTS.add("refused-identifier-dropped", *v5("MQTT-4.3.3-9"))
class RefusedIdentifierDropped(Rules):
    """Takes a QoS 2 message for a repeat though the one before was refused."""

    def forgets_refused(self, code: int) -> bool:
        return False


# The server as the sender.


@FAULTS.add("pubrel-missing", *both("MQTT-4.3.3-1", "MQTT-4.3.3-4"))
class PubrelMissing(Rules):
    """Takes PUBREC for the end of a delivery, and sends no PUBREL."""

    def releases_delivery(self, code: int) -> bool:
        return False


@FAULTS.add("delivery-expires-midway", *v5("MQTT-4.3.3-7"))
class DeliveryExpiresMidway(Rules):
    """Drops a QoS 2 message that expires before its PUBREC has come."""

    def gives_up(self, o: "Outgoing", now_s: float) -> bool:
        return o.packet.qos == 2 and not o.released and self.expired(o.message, now_s)
