"""Faults in PUBLISH: flags, Topic Name, answers, overlapping subscriptions, flow (3.3.1, 3.3.2.1, 3.3.4)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ..reference import Rules
from ..reference.options import Options
from ..reference.state import Granted, Message, Session
from ..wire import Malformed, Packet, Publish
from .data import only
from .registry import FAULTS, both, v5, v311

if TYPE_CHECKING:
    from ..reference.connection import Connection


@FAULTS.add("repeat-without-dup", *both("MQTT-3.3.1-1"))
class _(Rules):
    """Sends a PUBLISH again with DUP 0."""

    def resend_dup(self) -> bool:
        return False


@FAULTS.add("dup-with-qos-0-taken", *both("MQTT-3.3.1-2"))
class _(Rules):
    """Takes DUP 1 with QoS 0."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "dup")


@FAULTS.add("dup-passed-on", *both("MQTT-3.3.1-3"))
class _(Rules):
    """Delivers a message with the DUP flag that it came with."""

    def outgoing_dup(self, m: Message) -> bool:
        return m.dup


@FAULTS.add("qos-3-taken", *both("MQTT-3.3.1-4"))
class _(Rules):
    """Takes both QoS bits for QoS 2."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "qos", "fixed header")

    def taken_for(self, packet: Packet) -> Packet:
        return replace(packet, qos=2) if isinstance(packet, Publish) and packet.qos == 3 else packet


@FAULTS.add("topic-with-wildcard-taken", *both(("MQTT-3.3.2-2", "MQTT-4.7.1-1"), ("MQTT-3.3.2-2", "MQTT-4.7.0-1")))
class _(Rules):
    """Takes wildcards in the Topic Name of a PUBLISH."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "topic-wildcard", "Topic Name")


@FAULTS.add("topic-cut-off", *both("MQTT-3.3.2-3"))
class _(Rules):
    """Delivers messages on the level above when the last is called "one"."""

    def outgoing_topic(self, m: Message) -> str:
        return m.topic.removesuffix("/one")


@FAULTS.add("retained-sent-unasked", *both("MQTT-3.3.2-3"))
class _(Rules):
    """Sends a client that connects some retained message on a topic whose name is like the client's own."""

    def sends_unasked(self, s: Session, m: Message) -> bool:
        return m.payload == b"for subscribers" and m.topic.removeprefix("iic/")[:10] in s.client_id


@FAULTS.add("qos-0-acknowledged", *both("MQTT-3.3.4-1"))
class _(Rules):
    """Answers a QoS 0 PUBLISH, when nobody has subscribed to it, with PUBACK."""

    def acknowledges_qos_0(self, c: "Connection", publish: Publish) -> bool:
        return publish.payload == b"message" and not self._wanted(c, str(publish.topic))

    def _wanted(self, c: "Connection", topic: str) -> bool:
        sessions = c.broker.sessions.values()
        return any(self.matches(g.topic_filter, topic) for s in sessions for g in s.subscriptions.values())


@FAULTS.add("first-publish-unanswered", *both("MQTT-3.3.4-1"))
class _(Rules):
    """Answers no PUBLISH with identifier 1 that nobody has subscribed to."""

    def acknowledges(self, publish: Publish) -> bool:
        return publish.packet_identifier != 1 or publish.payload != b"message"


@FAULTS.add("unauthorised-publish-unanswered", *v311("MQTT-3.3.5-2"))
class _(Rules):
    """Does not answer a PUBLISH that it does not allow."""

    def acknowledges(self, publish: Publish) -> bool:
        return publish.version >= 5 or self.authorised(str(publish.topic))


@FAULTS.add("lowest-qos-of-overlap", *both("MQTT-3.3.5-1", "MQTT-3.3.4-2"))
class _(Rules):
    """Delivers at the lowest QoS of the matching subscriptions."""

    def overlapping_qos(self, granted: list[int]) -> int:
        return min(granted)


@FAULTS.add("identifier-of-first-alone", *v5("MQTT-3.3.4-3", "MQTT-3.3.4-4"))
class _(Rules):
    """Sends the Subscription Identifier of the first matching subscription alone."""

    def subscription_identifiers(self, found: list[Granted]) -> list[int]:
        return super().subscription_identifiers(found)[:1]


@FAULTS.add("copies-with-all-identifiers", *v5("MQTT-3.3.4-5"))
class _(Rules):
    """Sends a copy for each subscription, and in each the identifiers of all."""

    def copies(self, options: Options, found: list[Granted]) -> list[list[Granted]]:
        return [found] * len(found) if options.copies else super().copies(options, found)


@FAULTS.add("receive-maximum-not-kept", *v5("MQTT-3.3.4-7", "MQTT5-PE-PUBLISH-RECEIVE-MAXIMUM"))
class _(Rules):
    """Takes more QoS 2 messages at once than it announced."""

    def within_receive_maximum(self, c: "Connection") -> bool:
        return True


@FAULTS.add("nul-in-topic-taken", *both(("MQTT-4.7.3-2", "MQTT-1.5.3-2"), ("MQTT-4.7.3-2", "MQTT-1.5.4-2")))
class _(Rules):
    """Takes U+0000 in a Topic Name."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "nul", "Topic Name")


@FAULTS.add("empty-topic-taken", *both("MQTT-4.7.3-1", ("MQTT5-PE-PUBLISH-EMPTY-TOPIC", "MQTT-4.7.3-1")))
class _(Rules):
    """Takes a PUBLISH with an empty Topic Name."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return only(malformed, "topic-empty", "Topic Name")
