"""Rules about PUBLISH packets that come in, and about what is retained of them."""

from typing import TYPE_CHECKING

from ...wire import Publish
from ..state import Message, Session
from .will import FORWARDED

if TYPE_CHECKING:
    from ..connection import Connection


class PublishRules:
    """PUBLISH from a client (3.3) and its acknowledgement (4.3)."""

    forwarded_properties: tuple[int, ...] = FORWARDED
    """The properties that go on with a message."""

    def aliases(self, c: "Connection", client_id: str) -> tuple[dict[int, str], dict[str, int]]:
        """3.3.2-7: a connection begins without mappings, neither the client's nor ours."""
        return {}, {}

    def resolves_alias(self, c: "Connection", alias: int, topic: str) -> str:
        """3.3.2.3.4: the topic an alias stands for; "" when it has none."""
        if topic:
            c.aliases[alias] = topic
        return topic or c.aliases.get(alias, "")

    def accepts_alias(self, c: "Connection", alias: int) -> bool:
        """3.3.2-9, -12: every alias from 1 to the maximum, none above."""
        return 0 < alias <= c.broker.options.topic_alias_maximum

    def accepts_unknown_alias(self) -> bool:
        """3.3.4: an alias without a mapping is a Protocol Error."""
        return False

    def within_receive_maximum(self, c: "Connection") -> bool:
        """3.3.4-7: the client's unreleased QoS 2 messages stay within our Receive Maximum."""
        return c.session is None or len(c.session.incoming) <= c.broker.options.receive_maximum

    def accepts_size(self, c: "Connection", size: int) -> bool:
        """3.2.2.3.6: no packet above the Maximum Packet Size that CONNACK gave."""
        return size <= c.broker.options.maximum_packet_size

    def acknowledges_qos_0(self, c: "Connection", publish: Publish) -> bool:
        """3.3.4-1: QoS 0 gets nothing."""
        return False

    def acknowledges(self, publish: Publish) -> bool:
        """3.3.4-1: QoS 1 gets PUBACK, QoS 2 gets PUBREC."""
        return True

    def receipt_code(self, qos: int, code: int) -> int:
        """3.4.2-1, 3.5.2-1: one of those listed."""
        return code

    def answered_identifier(self, qos: int, identifier: int) -> int:
        """2.2.1-5 (3.1.1: 2.3.1-6): PUBACK and PUBREC repeat the id."""
        return identifier

    def completed_identifier(self, identifier: int) -> int:
        """2.2.1-5, 4.3.3-11: PUBCOMP repeats the id."""
        return identifier

    def is_repeat(self, s: Session, identifier: int) -> bool:
        """4.3.3-10 (3.1.1: 4.3.3-2): a QoS 2 message not yet released is not delivered twice."""
        return identifier in s.incoming

    def answers_repeat(self) -> bool:
        """4.3.3-10: a repeat gets PUBREC again."""
        return True

    def repeats_by_dup(self, s: Session, publish: Publish) -> bool:
        """4.3.2-5: after PUBACK the id is a new message whatever DUP says."""
        return False

    def releases(self, s: Session, identifier: int) -> None:
        """4.3.3-12: after PUBCOMP the id is new."""
        s.incoming.pop(identifier, None)

    def forgets_refused(self, code: int) -> bool:
        """4.3.3-9: after PUBREC 80 or above the id is new."""
        return code >= 0x80

    def answers_pubrel(self, s: Session, identifier: int, now_s: float) -> bool:
        """4.3.3-11, -13: PUBREL gets PUBCOMP, also when the message has expired."""
        return True

    def pubcomp_code(self, known: bool) -> int:
        """3.7.2-1: 00, or 92 for an id not found."""
        return 0 if known else 0x92

    def authorised(self, topic: str) -> bool:
        """3.3.5-2 of 3.1.1: this broker keeps `iic/forbidden/` for itself."""
        return not topic.startswith("iic/forbidden/")


class RetainRules:
    """The retained messages (3.3.1.3)."""

    def stores_retained(self, m: Message) -> bool:
        """3.3.1-5, -8: only a message with RETAIN 1 touches the retained store."""
        return m.retain

    def deletes_retained(self) -> bool:
        """3.3.1-6: an empty one deletes."""
        return True

    def keeps_empty_retained(self) -> bool:
        """3.3.1-7: nor is the empty one stored."""
        return False

    def forwards_empty_retained(self) -> bool:
        """3.3.1-6: it is handled as usual otherwise."""
        return True

    def replaces_retained(self, old: Message | None, new: Message) -> Message:
        """3.3.1-5: the newer replaces the older."""
        return new

    def retained_outlives(self, s: Session) -> bool:
        """3.1.2-7 of 3.1.1: retained messages are no part of a session."""
        return True
