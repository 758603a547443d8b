"""Rules about every packet, and about what a session is."""

from typing import TYPE_CHECKING

from ...wire import Packet
from ..state import Session

if TYPE_CHECKING:
    from ..connection import Connection


class SessionRules:
    """Transport (4.2), when a packet goes out, session state (4.1)."""

    def keeps_unfinished(self, c: "Connection", octets: bytes) -> bytes:
        """4.2-1 (3.1.1: 7.1.1-1): the transport loses nothing, however a packet is cut into pieces."""
        return octets

    def outgoing(self, c: "Connection", packet: Packet) -> list[Packet]:
        """4.4.0-1; 4.6.0-2 to -4: a packet that is due is sent at once, and once."""
        return [packet]

    def survives(self, s: Session, now_s: float) -> bool:
        """4.1.0-1 (3.1.1: 4.1.0-2): the state lives at least as long as the connection."""
        return True

    def loses_with_connection(self, s: Session) -> None:
        """4.1.0-1 of 3.1.1; 4.3.2-3, 4.3.3-3, -5, 4.4.0-1: nothing, as long as the session lasts."""

    def discards_expired(self, s: Session) -> bool:
        """4.1.0-2: expired sessions go."""
        return True
