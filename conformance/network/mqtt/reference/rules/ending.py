"""Rules about PINGREQ, DISCONNECT, and errors that end a connection."""

from typing import TYPE_CHECKING

from ...wire import Disconnect, Malformed, Packet, Pingreq

if TYPE_CHECKING:
    from ..connection import Connection, Refused


class EndingRules:
    """PINGREQ (3.12), DISCONNECT (3.14), errors (4.13; 4.8 of 3.1.1)."""

    def answers_ping(self, c: "Connection", pingreq: Pingreq) -> bool:
        """3.12.4-1: each PINGREQ has its PINGRESP."""
        return True

    def ignores(self, c: "Connection", malformed: Malformed) -> bool:
        """4.13.1-1 (3.1.1: 4.8.0-1): whether a malformed packet is passed over as if it had not come (never)."""
        return False

    def takes_expiry(self, c: "Connection", disconnect: Disconnect) -> bool:
        """3.14.2.2.2: with interval 0 in CONNECT there is none above 0 in DISCONNECT."""
        return False

    def disconnect_before_connack(self, refused: "Refused") -> bool:
        """3.14.0-1: never."""
        return False

    def disconnect_packet(self, refused: "Refused", packet: Packet) -> Packet:
        """3.14.2-1, -2: the code, and no Session Expiry Interval."""
        return packet

    def behind_disconnect(self, refused: "Refused") -> list[Packet]:
        """3.14.4-1: nothing is sent behind DISCONNECT."""
        return []

    def closes_after_disconnect(self, refused: "Refused") -> bool:
        """3.14.4-2, 4.13.2-1: whoever sent DISCONNECT closes."""
        return True
