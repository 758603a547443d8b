"""Faults in the fixed header and in what follows it: flags, Packet Identifiers, Property Length (2.1, 2.2)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ..reference import Rules
from ..wire import LEFT_OUT, Connect, Malformed, Packet, Pingresp, Puback, Pubcomp, Publish, Pubrec, Pubrel, Subscribe
from .data import only
from .registry import FAULTS, both, v5

if TYPE_CHECKING:
    from ..reference.connection import Connection
    from ..reference.state import Message, Session

WITH_A_CLAUSE_OF_THEIR_OWN = ("PUBREL", "SUBSCRIBE", "UNSUBSCRIBE", "DISCONNECT", "AUTH")


@FAULTS.add("reserved-flags-taken", *both("MQTT-2.2.2-2", "MQTT-2.1.3-1"))
class ReservedFlagsTaken(Rules):
    """Does not look at the flags of packets whose own clause says nothing of them."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "fixed-header-flags") and malformed.message.TITLE not in WITH_A_CLAUSE_OF_THEIR_OWN


@FAULTS.add("reserved-flags-sent", *both("MQTT-2.2.2-1", "MQTT-2.1.3-1"))
class ReservedFlagsSent(Rules):
    """Sends PINGRESP with the flags 0010."""

    def outgoing(self, c: "Connection", packet: Packet) -> list[Packet]:
        return [replace(packet, flags=2) if isinstance(packet, Pingresp) else packet]


@FAULTS.add("pubrel-flags-taken", *both("MQTT-3.6.1-1"))
class PubrelFlagsTaken(Rules):
    """Does not look at the flags of PUBREL."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "fixed-header-flags") and isinstance(malformed.message, Pubrel)


@FAULTS.add("pubrel-flags-sent", *both("MQTT-3.6.1-1"))
class PubrelFlagsSent(Rules):
    """Sends PUBREL with the flags 0000."""

    def pubrel_flags(self) -> int | None:
        return 0


@FAULTS.add("identifier-0-taken", *both("MQTT-2.3.1-1", "MQTT-2.2.1-3"))
class Identifier0Taken(Rules):
    """Takes Packet Identifier 0."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "packet-identifier-zero")


@FAULTS.add("identifier-0-sent", *both("MQTT-2.3.1-1", "MQTT-2.2.1-4"))
class Identifier0Sent(Rules):
    """Counts its Packet Identifiers from 0, and takes the acknowledgements of it."""

    def next_identifier(self, s: "Session") -> int:
        return super().next_identifier(s) if s.outgoing or s.last_identifier else 0

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        acknowledgement = isinstance(malformed.message, Puback | Pubrec | Pubrel | Pubcomp)
        return only(malformed, "packet-identifier-zero") and acknowledgement


class Ring(Rules):
    """Hands out four Packet Identifiers in turn, in use or not, to the messages of one QoS."""

    qos = 1

    def outgoing(self, c: "Connection", packet: Packet) -> list[Packet]:
        if isinstance(packet, Publish) and packet.qos == self.qos and packet.packet_identifier:
            return [replace(packet, packet_identifier=(packet.packet_identifier - 1) % 4 + 1)]
        return super().outgoing(c, packet)


@FAULTS.add("identifier-in-use-qos-1", *both(("MQTT-2.3.1-4", "MQTT-4.3.2-1"), ("MQTT-2.2.1-4", "MQTT-4.3.2-1")))
class IdentifierInUseQos1(Ring):
    """Gives QoS 1 messages one of four Packet Identifiers in turn, in use or not."""


@FAULTS.add("identifier-in-use-qos-2", *both(("MQTT-2.3.1-4", "MQTT-4.3.3-1"), ("MQTT-2.2.1-4", "MQTT-4.3.3-1")))
class IdentifierInUseQos2(Ring):
    """Gives QoS 2 messages one of four Packet Identifiers in turn, in use or not."""

    qos = 2


@FAULTS.add("identifier-at-qos-0", *both("MQTT-2.3.1-5", "MQTT-2.2.1-2"))
class IdentifierAtQos0(Rules):
    """Leaves a Packet Identifier in a PUBLISH that it has brought down to QoS 0."""

    def identifier_of_qos_0(self, m: "Message") -> int | None:
        return 7 if m.qos else None


@FAULTS.add("puback-with-another-identifier", *both(("MQTT-2.3.1-6", "MQTT-4.3.2-2"), ("MQTT-2.2.1-5", "MQTT-4.3.2-4")))
class PubackWithAnotherIdentifier(Rules):
    """Answers a QoS 1 PUBLISH with the octets of its Packet Identifier swapped."""

    def answered_identifier(self, qos: int, identifier: int) -> int:
        return swapped(identifier) if qos == 1 else identifier


@FAULTS.add("pubrec-with-another-identifier", *both(("MQTT-2.3.1-6", "MQTT-4.3.3-2"), ("MQTT-2.2.1-5", "MQTT-4.3.3-8")))
class PubrecWithAnotherIdentifier(Rules):
    """Answers a QoS 2 PUBLISH with the octets of its Packet Identifier swapped."""

    def answered_identifier(self, qos: int, identifier: int) -> int:
        return swapped(identifier) if qos == 2 else identifier


@FAULTS.add("pubcomp-with-another-identifier", *both("MQTT-4.3.3-2", ("MQTT-2.2.1-5", "MQTT-4.3.3-11")))
class PubcompWithAnotherIdentifier(Rules):
    """Answers PUBREL with the octets of its Packet Identifier swapped."""

    def completed_identifier(self, identifier: int) -> int:
        return swapped(identifier)


@FAULTS.add("pubrel-with-another-identifier", *both(("MQTT-2.3.1-6", "MQTT-4.3.3-1"), ("MQTT-2.2.1-5", "MQTT-4.3.3-4")))
class PubrelWithAnotherIdentifier(Rules):
    """Sends PUBREL with the octets of the Packet Identifier swapped."""

    def released_identifier(self, identifier: int) -> int:
        return swapped(identifier)


def swapped(identifier: int) -> int:
    """The number whose two octets stand in the other order."""
    return (identifier & 255) << 8 | identifier >> 8


@FAULTS.add("suback-with-octets-swapped", *both(("MQTT-2.3.1-7", "MQTT-3.8.4-2"), ("MQTT-2.2.1-6", "MQTT-3.8.4-2")))
class SubackWithOctetsSwapped(Rules):
    """Sends SUBACK with the octets of the Packet Identifier swapped."""

    def suback_identifier(self, identifier: int) -> int:
        return swapped(identifier)


@FAULTS.add("unsuback-with-octets-swapped", *both(("MQTT-2.3.1-7", "MQTT-3.10.4-4"), ("MQTT-2.2.1-6", "MQTT-3.10.4-5")))
class UnsubackWithOctetsSwapped(Rules):
    """Sends UNSUBACK with the octets of the Packet Identifier swapped."""

    def unsuback_identifier(self, identifier: int) -> int:
        return swapped(identifier)


@FAULTS.add("property-length-left-out", *v5("MQTT-2.2.2-1"))
class PropertyLengthLeftOut(Rules):
    """Ends a PUBLISH that has neither properties nor payload right behind its topic."""

    def outgoing(self, c: "Connection", packet: Packet) -> list[Packet]:
        bare = isinstance(packet, Publish) and not packet.payload and not packet.properties.pairs
        return [replace(packet, properties=LEFT_OUT) if bare and isinstance(packet, Publish) else packet]


@FAULTS.add("missing-property-length-of-connect-taken", *v5("MQTT-2.2.2-1"))
class MissingPropertyLengthOfConnectTaken(Rules):
    """Takes a CONNECT that ends before the fields that it announces, as one without a Property Length does."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        cut = isinstance(malformed.message, Connect) and bool(malformed.message.client_id)
        return cut and only(malformed, "missing-field", "Client Identifier")


@FAULTS.add("missing-property-length-of-subscribe-taken", *v5("MQTT-2.2.2-1"))
class MissingPropertyLengthOfSubscribeTaken(Rules):
    """Takes a SUBSCRIBE that ends before the Topic Filter that it announces, as one without a Property Length does."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return isinstance(malformed.message, Subscribe) and only(malformed, "missing-field", "Topic Filter")
