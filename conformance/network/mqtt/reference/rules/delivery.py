"""Rules about PUBLISH packets that go out, and their way to the end."""

from typing import TYPE_CHECKING

from ...wire import Packet, Properties, Publish
from ..state import Message, Outgoing, Session

if TYPE_CHECKING:
    from ..connection import Connection


class DeliveryRules:
    """PUBLISH to a client (3.3), QoS (4.3, 4.4), order (4.6), flow (4.9)."""

    def outgoing_dup(self, m: Message) -> bool:
        """3.3.1-3, 4.3.2-2, 4.3.3-2: DUP is 0 on a first delivery, whatever came in."""
        return False

    def queued_dup(self) -> bool:
        """4.3.2-2, 4.3.3-2: nor is DUP set on the first delivery of what has waited for its client."""
        return False

    def qos_0_dup(self) -> bool:
        """4.3.1-1: DUP is 0 with QoS 0."""
        return False

    def enqueue(self, s: Session, entry: tuple[Message, Publish, str]) -> None:
        """4.6.0-5, -6: what comes later goes out later."""
        s.queue.append(entry)

    def resend_dup(self) -> bool:
        """3.3.1-1: DUP is 1 on a repeat."""
        return True

    def sends_unasked(self, s: Session, m: Message) -> bool:
        """3.3.2-3: a retained message goes to none but those who have subscribed to it."""
        return False

    def outgoing_topic(self, m: Message) -> str:
        """3.3.2-3: the topic as published."""
        return m.topic

    def outgoing_alias(self, c: "Connection", topic: str) -> int | None:
        """3.1.2-26, -27, 3.3.2-8, -11: an alias of 1 up to what the client allows, for as many topics as there are."""
        if topic in c.sent_aliases:
            return c.sent_aliases[topic]
        free = len(c.sent_aliases) + 1
        return free if free <= c.client_alias_maximum else None

    def outgoing_payload(self, m: Message) -> bytes:
        """The payload as published."""
        return m.payload

    def forwarded(self, m: Message) -> Properties:
        """3.3.2-4, -15 to -18, -20: properties passed on unchanged."""
        return m.properties

    def expired(self, m: Message, now_s: float) -> bool:
        """3.3.2-5: expired before delivery began."""
        return m.expires_s is not None and now_s >= m.expires_s

    def remaining_expiry(self, m: Message, now_s: float) -> int:
        """3.3.2-6: the received interval less the time waited."""
        assert m.expires_s is not None
        return max(0, int(m.expires_s - now_s + 0.999))

    def next_identifier(self, s: Session) -> int:
        """2.2.1-4 (3.1.1: 2.3.1-4): not 0, not in use."""
        identifier = s.last_identifier
        while True:
            identifier = identifier % 65535 + 1
            if identifier not in s.outgoing:
                return identifier

    def identifier_of_qos_0(self, m: Message) -> int | None:
        """2.2.1-2 (3.1.1: 2.3.1-5): QoS 0 has none."""
        return None

    def queues_while_away(self, qos: int) -> bool:
        """3.1.2-5 of 3.1.1: QoS 1 and 2 wait for a client that is away."""
        return qos > 0

    def send_quota(self, c: "Connection") -> int:
        """4.9.0-1, -2: the client's Receive Maximum."""
        return c.receive_maximum

    def fits(self, size: int, c: "Connection") -> bool:
        """3.1.2-24: nothing above the client's Maximum Packet Size."""
        return size <= c.maximum_packet_size

    def too_big_is_done(self) -> bool:
        """3.1.2-25: what is too big counts as delivered."""
        return True

    def serves_without_quota(self, c: "Connection", packet: Packet) -> bool:
        """4.9.0-3: while nothing more may be sent, all other packets are still served."""
        return True

    def gives_up(self, o: Outgoing, now_s: float) -> bool:
        """4.3.3-7: a PUBLISH that has been sent does not expire."""
        return False

    def releases_delivery(self, code: int) -> bool:
        """4.3.3-4: PUBREC below 80 gets PUBREL."""
        return code < 0x80

    def settles(self, code: int) -> bool:
        """4.4.0-2: a code of 80 or above ends the delivery."""
        return True

    def pubrel_flags(self) -> int | None:
        """3.6.1-1: 0010."""
        return None

    def pubrel_code(self, known: bool) -> int:
        """3.6.2-1: 00, or 92 for an id not found."""
        return 0 if known else 0x92

    def released_identifier(self, identifier: int) -> int:
        """2.2.1-5: PUBREL repeats the id."""
        return identifier

    def resend_order(self, outgoing: list[tuple[int, Outgoing]]) -> list[tuple[int, Outgoing]]:
        """4.6.0-1: in the original order."""
        return outgoing
