"""Faults in order (4.6) and flow control (4.9)."""

from typing import TYPE_CHECKING, ClassVar

from ..reference import Rules
from ..wire import Packet, Pingreq, Puback, Publish, Pubrec, Pubrel, Subscribe, Unsubscribe
from .registry import FAULTS, both, v5, v311

if TYPE_CHECKING:
    from ..reference.connection import Connection
    from ..reference.state import Message, Outgoing, Session

ORDERED = both(("MQTT-4.6.0-6", "MQTT-4.6.0-5"), ("MQTT-4.6.0-5", "MQTT-4.6.0-6"))
PUBLISH, PUBREC = 3, 5


@FAULTS.add("last-in-first-out", *ORDERED)
class LastInFirstOut(Rules):
    """Keeps what waits for an absent client on a stack."""

    def enqueue(self, s: "Session", entry: "tuple[Message, Publish, str]") -> None:
        if s.connection:
            super().enqueue(s, entry)
        else:
            s.queue.appendleft(entry)


@FAULTS.add("burst-reversed", *ORDERED)
class BurstReversed(Rules):
    """Delivers messages that come in one piece from the last to the first."""

    def __init__(self) -> None:
        self._held: list[tuple[Session, tuple[Message, Publish, str]]] = []

    def enqueue(self, s: "Session", entry: "tuple[Message, Publish, str]") -> None:
        publisher = s.connection.broker.sessions.get(entry[0].publisher) if s.connection else None
        behind = publisher.connection.behind if publisher and publisher.connection else b""
        if behind and behind[0] >> 4 == PUBLISH:
            self._held.append((s, entry))
            return
        super().enqueue(s, entry)
        mine = [held for session, held in self._held if session is s]
        self._held = [(session, held) for session, held in self._held if session is not s]
        s.queue.extend(reversed(mine))


@FAULTS.add("sent-again-out-of-order", *both("MQTT-4.6.0-1"))
class SentAgainOutOfOrder(Rules):
    """Sends again from the last to the first."""

    def resend_order(self, outgoing: "list[tuple[int, Outgoing]]") -> "list[tuple[int, Outgoing]]":
        return outgoing[::-1]


class Overtaking(Rules):
    """Lets packets of one kind that are due together overtake each other."""

    kind: ClassVar[type[Packet]]
    answers: ClassVar[int] = PUBLISH
    """The packet type that packets of this kind answer."""

    def __init__(self) -> None:
        self._held: list[tuple[Connection, Packet]] = []

    def outgoing(self, c: "Connection", packet: Packet) -> list[Packet]:
        if not isinstance(packet, self.kind):
            return [packet]
        if c.behind and c.behind[0] >> 4 == self.answers:
            self._held.append((c, packet))
            return []
        mine = [held for connection, held in self._held if connection is c]
        self._held = [(connection, held) for connection, held in self._held if connection is not c]
        return [packet, *reversed(mine)]


@FAULTS.add("pubacks-out-of-order", *v311("MQTT-4.6.0-2"))
class PubacksOutOfOrder(Overtaking):
    """Sends the PUBACKs of messages that come in one piece from the last to the first."""

    kind = Puback


@FAULTS.add("pubrecs-out-of-order", *v311("MQTT-4.6.0-3"))
class PubrecsOutOfOrder(Overtaking):
    """Sends the PUBRECs of messages that come in one piece from the last to the first."""

    kind = Pubrec


@FAULTS.add("pubrels-out-of-order", *v311("MQTT-4.6.0-4"))
class PubrelsOutOfOrder(Overtaking):
    """Sends the PUBRELs for PUBRECs that come in one piece from the last to the first."""

    kind, answers = Pubrel, PUBREC


@FAULTS.add("quota-above-receive-maximum", *v5("MQTT-4.9.0-1", "MQTT-4.9.0-2", "MQTT-3.3.4-9"))
class QuotaAboveReceiveMaximum(Rules):
    """Sends one message more than the client's Receive Maximum."""

    def send_quota(self, c: "Connection") -> int:
        return c.receive_maximum + 1


@FAULTS.add("quota-of-one-counted-as-none", *v5("MQTT-4.9.0-1"))
class QuotaOfOneCountedAsNone(Rules):
    """Keeps one place of the client's Receive Maximum free, also where there is only one."""

    def send_quota(self, c: "Connection") -> int:
        return c.receive_maximum - 1


@FAULTS.add("quota-back-at-pubrec", *v5("MQTT-4.9.0-2"))
class QuotaBackAtPubrec(Rules):
    """Takes a QoS 2 message out of the count at its PUBREC."""

    def send_quota(self, c: "Connection") -> int:
        released = sum(o.released for o in c.session.outgoing.values()) if c.session else 0
        return c.receive_maximum + released


@FAULTS.add("nothing-served-without-quota", *v5("MQTT-4.9.0-3", "MQTT-3.3.4-10"))
class NothingServedWithoutQuota(Rules):
    """Serves no request as long as nothing may be sent."""

    def serves_without_quota(self, c: "Connection", packet: Packet) -> bool:
        return not isinstance(packet, Pingreq | Subscribe | Unsubscribe | Publish)
