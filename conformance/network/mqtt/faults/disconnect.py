"""Faults in DISCONNECT, in both directions (3.14)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ..reference import Rules
from ..wire import Disconnect, Malformed, Packet, Puback, properties
from ..wire.properties import PropertyId as P
from .acknowledgements import Longwinded
from .data import only
from .registry import FAULTS, both, v5

if TYPE_CHECKING:
    from ..reference.connection import Connection, Refused

PROVOKED = "packet-type"
"""The flaw of a packet whose type is reserved: errors of this kind alone are ended wrongly here."""


def wrong_disconnect(malformed: Malformed, kind: str, *fields: str) -> bool:
    """Whether a DISCONNECT has flaws of this kind alone."""
    return isinstance(malformed.message, Disconnect) and only(malformed, kind, *fields)


@FAULTS.add("disconnect-flags-passed-over", *both("MQTT-3.14.1-1"))
class DisconnectFlagsPassedOver(Rules):
    """Passes over a DISCONNECT with reserved flags."""

    def ignores(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_disconnect(malformed, "fixed-header-flags")


@FAULTS.add("disconnect-with-two-intervals-passed-over", *v5("MQTT5-PE-DISCONNECT-DUP-SESSION-EXPIRY"))
class DisconnectWithTwoIntervalsPassedOver(Rules):
    """Passes over a DISCONNECT with two Session Expiry Intervals."""

    def ignores(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_disconnect(malformed, "property-twice", "Session Expiry Interval")


@FAULTS.add("disconnect-with-two-reasons-passed-over", *v5("MQTT5-PE-DISCONNECT-DUP-REASON-STRING"))
class DisconnectWithTwoReasonsPassedOver(Rules):
    """Passes over a DISCONNECT with two Reason Strings."""

    def ignores(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_disconnect(malformed, "property-twice", "Reason String")


@FAULTS.add("expiry-raised-from-0", *v5("MQTT5-PE-DISCONNECT-SESSION-EXPIRY-AFTER-ZERO"))
class ExpiryRaisedFrom0(Rules):
    """Lets a session outlive its connection because DISCONNECT asks for it, though CONNECT did not."""

    def takes_expiry(self, c: "Connection", disconnect: Disconnect) -> bool:
        return True


@FAULTS.add("disconnect-before-connack", *v5("MQTT-3.14.0-1"))
class DisconnectBeforeConnack(Rules):
    """Sends DISCONNECT to a client that begins with another packet than CONNECT."""

    def disconnect_before_connack(self, refused: "Refused") -> bool:
        return refused.early


@FAULTS.add("disconnect-code-of-connack", *v5("MQTT-3.14.2-1"))
class DisconnectCodeOfConnack(Rules):
    """Ends a connection for an error with 86, a code of CONNACK."""

    def disconnect_packet(self, refused: "Refused", packet: Packet) -> Packet:
        return Disconnect(reason_code=0x86) if refused.flaw == PROVOKED else packet


@FAULTS.add("disconnect-with-interval", *v5("MQTT-3.14.2-2"))
class DisconnectWithInterval(Rules):
    """Tells in DISCONNECT how long the session is kept."""

    def disconnect_packet(self, refused: "Refused", packet: Packet) -> Packet:
        assert isinstance(packet, Disconnect)
        return replace(packet, properties=properties(session_expiry_interval=0))


@FAULTS.add("disconnect-reason-string-too-long", *v5("MQTT-3.14.2-3"))
class DisconnectReasonStringTooLong(Longwinded):
    """Sends a Reason String in DISCONNECT whatever the client's Maximum Packet Size."""

    kind, keeps = Disconnect, P.REASON_STRING


@FAULTS.add("disconnect-user-property-too-long", *v5("MQTT-3.14.2-4"))
class DisconnectUserPropertyTooLong(Longwinded):
    """Sends a User Property in DISCONNECT whatever the client's Maximum Packet Size."""

    kind, keeps = Disconnect, P.USER_PROPERTY


@FAULTS.add("packet-behind-disconnect", *v5("MQTT-3.14.4-1"))
class PacketBehindDisconnect(Rules):
    """Sends a packet after its DISCONNECT."""

    def behind_disconnect(self, refused: "Refused") -> list[Packet]:
        return [Puback(packet_identifier=1)] if refused.flaw == PROVOKED else []


@FAULTS.add("disconnect-without-close", *v5("MQTT-3.14.4-2", "MQTT-4.13.1-1", "MQTT-4.13.2-1"))
class DisconnectWithoutClose(Rules):
    """Sends DISCONNECT for an error and goes on."""

    def closes_after_disconnect(self, refused: "Refused") -> bool:
        return refused.flaw != PROVOKED
