"""Faults in session state (4.1), transport (4.2) and receipt (4.5)."""

from typing import TYPE_CHECKING

from conformance.engine.websocket import WebSocketServer

from ..reference import Rules
from .registry import FAULTS, both, v5, v311

if TYPE_CHECKING:
    from ..reference.connection import Connection
    from ..reference.state import Message, Session

LONG_OCTETS = 10_000
IDLE_S = 2.0


@FAULTS.add("state-dropped-while-connected", *both("MQTT-4.1.0-2", "MQTT-4.1.0-1"))
class StateDroppedWhileConnected(Rules):
    """Drops the subscriptions of silent clients: after their expiry interval, in 3.1.1 if they have no Keep Alive."""

    def survives(self, s: "Session", now_s: float) -> bool:
        c = s.connection
        assert c is not None
        limit_s = _limit_s(c, s)
        over = 0 < limit_s <= now_s - c.heard_s
        if over:
            s.subscriptions.clear()
        return not over


def _limit_s(c: "Connection", s: "Session") -> float:
    if c.version >= 5:
        return s.expiry_s
    return 0 if c.connect is None or c.connect.keep_alive else IDLE_S


@FAULTS.add("expired-session-kept", *v5("MQTT-4.1.0-2"))
class ExpiredSessionKept(Rules):
    """Never discards a session that has a Session Expiry Interval and leaves no will."""

    def discards_expired(self, s: "Session") -> bool:
        return not s.expiry_s or s.will is not None


@FAULTS.add("receipts-forgotten", *v311("MQTT-4.1.0-1"), *v5("MQTT-4.3.3-10"))
class ReceiptsForgotten(Rules):
    """Forgets with each connection which QoS 2 messages it has received."""

    def loses_with_connection(self, s: "Session") -> None:
        s.incoming.clear()


@FAULTS.add("long-payload-out-of-order", *both("MQTT-7.1.1-1", "MQTT-4.2-1"))
class LongPayloadOutOfOrder(Rules):
    """Passes on the two halves of a long payload in the wrong order."""

    def outgoing_payload(self, m: "Message") -> bytes:
        middle = len(m.payload) // 2
        return m.payload[middle:] + m.payload[:middle] if len(m.payload) > LONG_OCTETS else m.payload


@FAULTS.add("single-octet-lost", *both("MQTT-7.1.1-1", "MQTT-4.2-1"))
class SingleOctetLost(Rules):
    """Loses what comes in a TCP segment of one octet."""

    def keeps_unfinished(self, c: "Connection", rest: bytes) -> bytes:
        return b"" if len(rest) == 1 and not isinstance(c.stream, WebSocketServer) else rest


@FAULTS.add("last-subscriber-left-out", *both("MQTT-4.5.0-1"))
class LastSubscriberLeftOut(Rules):
    """Delivers to three of the sessions that are subscribed to the topic itself, and to no more."""

    def recipients(self, sessions: "list[Session]", m: "Message") -> "list[Session]":
        exact = [s for s in sessions if m.topic in s.subscriptions]
        return [s for s in sessions if s not in exact[3:]]


@FAULTS.add("absent-subscriber-left-out", *both("MQTT-4.5.0-1"))
class AbsentSubscriberLeftOut(Rules):
    """Keeps nothing for a client that is away when another with the same subscription is there."""

    def recipients(self, sessions: "list[Session]", m: "Message") -> "list[Session]":
        served = any(s.connection and m.topic in s.subscriptions for s in sessions)
        return [s for s in sessions if s.connection or not served]
