"""The rules of an MQTT server, one method each. The reference follows them; a fault overrides exactly one.

Clauses are those of 5.0, and of 3.1.1 where that is said. `c` is the connection, `s` a session, `m` a message.
"""

from typing import TYPE_CHECKING

from ..wire import Connect, Malformed, Properties, Publish, Subscription, Will
from ..wire.properties import PropertyId as P
from .matching import matches
from .state import FOREVER_S, Granted, Message, Outgoing, Session

if TYPE_CHECKING:
    from .broker import Broker
    from .connection import Connection

FORWARDED = (P.PAYLOAD_FORMAT_INDICATOR, P.CONTENT_TYPE, P.RESPONSE_TOPIC, P.CORRELATION_DATA, P.USER_PROPERTY)
CODES = {
    "property-twice": 0x82, "property-value": 0x82, "empty-payload": 0x82, "topic-empty": 0x82, "no-local-shared": 0x82,
    "subscription-identifier": 0x82, "authentication-data": 0x82, "retain-handling": 0x82, "wrong-direction": 0x82,
    "topic-wildcard": 0x90, "protocol-name": 0x84,
}  # fmt: skip


class ConnectRules:
    """CONNECT and CONNACK (3.1, 3.2)."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        """Whether a malformed packet is taken for what it might mean (4.13.1-1: never)."""
        return False

    def code_for(self, malformed: Malformed) -> int:
        """The reason code for a malformed packet."""
        return CODES.get(malformed.flaws[0].kind, 0x81)

    def tolerates_missing_connect(self, c: "Connection") -> bool:
        """3.1.0-1: the first packet is CONNECT."""
        return False

    def tolerates_second_connect(self, c: "Connection") -> bool:
        """3.1.0-2: a second CONNECT ends the connection."""
        return False

    def serves_level(self, level: int) -> bool:
        """3.1.2-2: the protocol versions served."""
        return level in (4, 5)

    def answers_level(self, level: int) -> bytes:
        """What is sent for a version not served (3.1.1: CONNACK 1; 5.0: CONNACK 84)."""
        return b"\x20\x02\x00\x01" if level < 5 else b"\x20\x03\x00\x84\x00"

    def closes_unserved_level(self) -> bool:
        """3.1.2-2: the connection ends after that."""
        return True

    def accepts_client_id(self, connect: Connect) -> bool:
        """3.1.3-5: at least 1 to 23 letters and digits; here any text."""
        return True

    def accepts_empty_client_id(self, connect: Connect) -> bool:
        """3.1.3-8 of 3.1.1: an empty id needs CleanSession 1."""
        return connect.version >= 5 or connect.clean_start

    def assigned_client_id(self, broker: "Broker") -> str:
        """3.1.3-6, 3.2.2-16: an id that no other session has."""
        broker.count += 1
        return f"assigned-{broker.count}"

    def returns_assigned_id(self) -> bool:
        """3.1.3-7: CONNACK tells the assigned id."""
        return True

    def refusal_closes(self, code: int) -> bool:
        """3.2.2-7 (3.1.1: 3.2.2-5): after a CONNACK that refuses, the connection ends."""
        return True

    def session_present_on_refusal(self, stored: bool) -> bool:
        """3.2.2-6 (3.1.1: 3.2.2-4): 0 with any code but success."""
        return False

    def session_present(self, stored: bool, clean_start: bool) -> bool:
        """3.2.2-2, -3: 1 only if a session was resumed."""
        return stored and not clean_start

    def acknowledge_flags(self, present: bool) -> int:
        """3.2.2-1: bits 7 to 1 are 0."""
        return int(present)

    def resumes(self, connect: Connect) -> bool:
        """3.1.2-5 (3.1.1: 3.1.2-4): without Clean Start a stored session goes on."""
        return not connect.clean_start

    def discards(self, connect: Connect) -> bool:
        """3.1.2-4 (3.1.1: 3.1.2-6): Clean Start throws the stored session away."""
        return connect.clean_start

    def session_key(self, client_id: str) -> str:
        """3.1.3-2: the client id identifies the session."""
        return client_id

    def expiry_s(self, c: "Connection", connect: Connect) -> float:
        """3.1.2-23 (3.1.1: 3.1.2-4, -6): how long the session outlives its connection."""
        if connect.version < 5:
            return 0 if connect.clean_start else FOREVER_S
        return float(connect.properties.get(P.SESSION_EXPIRY_INTERVAL, 0))

    def takes_over(self) -> bool:
        """3.1.4-3 (3.1.1: 3.1.4-2): the older connection of the same client ends."""
        return True

    def processes_after_rejection(self) -> bool:
        """3.1.4-6 (3.1.1: 3.1.4-5): nothing after a rejected CONNECT counts."""
        return False

    def keep_alive_limit_s(self, keep_alive: int) -> float:
        """3.1.2-22 (3.1.1: 3.1.2-24): 1.5 times Keep Alive; 0 for none."""
        return keep_alive * 1.5

    def announced(self, broker: "Broker", connect: Connect) -> list[tuple[int, object]]:
        """The properties of a CONNACK that accepts (3.2.2.3)."""
        pairs: list[tuple[int, object]] = [(P.RECEIVE_MAXIMUM, broker.receive_maximum), (P.TOPIC_ALIAS_MAXIMUM, broker.topic_alias_maximum)]
        return [*pairs, (P.MAXIMUM_PACKET_SIZE, broker.maximum_packet_size)]

    def response_information(self, connect: Connect) -> bool:
        """3.1.2-28: Response Information only to those who asked."""
        return bool(connect.properties.get(P.REQUEST_RESPONSE_INFORMATION, 0))

    def first_packets(self, connack: bytes) -> list[bytes]:
        """3.2.0-1, -2: CONNACK comes first, and once."""
        return [connack]


class WillRules:
    """The will (3.1.2.5 to 3.1.2.7, 3.1.3)."""

    def keeps_will(self, will: Will) -> Will | None:
        """3.1.2-7, -8: the will is stored."""
        return will

    def forgets_old_will(self) -> bool:
        """3.1.2-10, -12: a new connection brings its own will or none."""
        return True

    def will_on_disconnect(self, code: int) -> bool:
        """3.14.4-3: DISCONNECT 00 deletes the will; other codes do not."""
        return code != 0

    def will_after_error(self) -> bool:
        """3.1.2-8: the will goes out when the server ends the connection for an error."""
        return True

    def will_delay_s(self, will: Will) -> float:
        """3.1.3.2.2: how long it waits."""
        return float(will.properties.get(P.WILL_DELAY_INTERVAL, 0))

    def cancels_will_on_return(self) -> bool:
        """3.1.3-9: the client came back in time."""
        return True

    def removes_will_once_sent(self) -> bool:
        """3.1.2-10: one will per connection."""
        return True

    def will_message(self, will: Will, client_id: str, expires_s: float | None) -> Message:
        """3.1.2-14, -15; 3.1.3-10: the message made of a will."""
        forwarded = Properties(tuple(p for p in will.properties if p[0] in FORWARDED))
        return Message(
            topic=str(will.topic), payload=will.payload, qos=will.qos, retain=will.retain, properties=forwarded,
            publisher=client_id, expires_s=expires_s,
        )  # fmt: skip


class PublishRules:
    """PUBLISH in and out (3.3), QoS (4.3), order (4.6)."""

    forwarded_properties: tuple[int, ...] = FORWARDED
    """The properties that go on with a message."""

    def resolves_alias(self, c: "Connection", alias: int, topic: str) -> str:
        """3.3.2.3.4: the topic an alias stands for; "" when it has none."""
        if topic:
            c.aliases[alias] = topic
        return topic or c.aliases.get(alias, "")

    def accepts_alias(self, broker: "Broker", alias: int) -> bool:
        """3.3.2-9, -12: every alias from 1 to the maximum, none above."""
        return 0 < alias <= broker.topic_alias_maximum

    def accepts_unknown_alias(self) -> bool:
        """3.3.2-7, 3.3.4: an alias without a mapping is a Protocol Error."""
        return False

    def forgets_aliases(self) -> bool:
        """3.3.2-7: mappings end with the connection."""
        return True

    def within_receive_maximum(self, c: "Connection") -> bool:
        """3.3.4-7: the client's unreleased QoS 2 messages stay within our Receive Maximum."""
        return c.session is None or len(c.session.incoming) <= c.broker.receive_maximum

    def acknowledges(self, publish: Publish) -> bool:
        """3.3.4-1: QoS 1 gets PUBACK, QoS 2 gets PUBREC."""
        return True

    def answered_identifier(self, identifier: int) -> int:
        """2.2.1-5 (3.1.1: 2.3.1-6): acknowledgements repeat the id."""
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
        s.incoming.discard(identifier)

    def answers_pubrel(self) -> bool:
        """4.3.3-11: PUBREL gets PUBCOMP."""
        return True

    def pubcomp_code(self, known: bool) -> int:
        """3.7.2-1: 00, or 92 for an id not found."""
        return 0 if known else 0x92

    def stores_retained(self, m: Message) -> bool:
        """3.3.1-5, -8: only a message with RETAIN 1 touches the retained store."""
        return m.retain

    def removes_retained(self, m: Message) -> bool:
        """3.3.1-6: an empty one deletes."""
        return not m.payload

    def keeps_empty_retained(self) -> bool:
        """3.3.1-7: nor is the empty one stored."""
        return False

    def forwards_empty_retained(self) -> bool:
        """3.3.1-6: it is handled as usual otherwise."""
        return True

    def replaces_retained(self, old: Message | None, new: Message) -> Message:
        """3.3.1-5: the newer replaces the older."""
        return new

    def retained_survives_session(self) -> bool:
        """3.1.2-7 of 3.1.1: retained messages are no part of a session."""
        return True

    def recipients(self, sessions: list[Session]) -> list[Session]:
        """4.5.0-1: each client with a matching subscription."""
        return sessions

    def matches(self, topic_filter: str, topic: str) -> bool:
        """4.7: matching."""
        return matches(topic_filter, topic)

    def delivery_qos(self, published: int, granted: int) -> int:
        """3.8.4-8 (3.1.1: 3.8.4-6): the lower of the two."""
        return min(published, granted)

    def overlapping_qos(self, granted: list[int]) -> int:
        """3.3.4-2 (3.1.1: 3.3.5-1): the highest of the matching subscriptions."""
        return max(granted)

    def subscription_identifiers(self, found: list[Granted]) -> list[int]:
        """3.3.4-3, -4: those of all matching subscriptions."""
        return [g.identifier for g in found if g.identifier is not None]

    def local(self, g: Granted, m: Message, client_id: str) -> bool:
        """3.8.3-3: No Local keeps a client's own messages from it."""
        return not (g.options.no_local and m.publisher == client_id)

    def live_retain(self, m: Message, found: list[Granted], version: int) -> bool:
        """3.3.1-12, -13 (3.1.1: 3.3.1-9): RETAIN of a message for an established subscription."""
        return version >= 5 and m.retain and any(g.options.retain_as_published for g in found)

    def retained_retain(self, m: Message) -> bool:
        """3.3.1-8 of 3.1.1: RETAIN is 1 on what is sent for a new subscription."""
        return True

    def outgoing_dup(self, m: Message) -> bool:
        """3.3.1-3, 4.3.2-2, 4.3.3-2: DUP is 0 on a first delivery, whatever came in."""
        return False

    def resend_dup(self) -> bool:
        """3.3.1-1: DUP is 1 on a repeat."""
        return True

    def outgoing_topic(self, m: Message) -> str:
        """3.3.2-3: the topic as published."""
        return m.topic

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

    def identifier_of_qos_0(self) -> int | None:
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

    def keeps_until_puback(self) -> bool:
        """4.3.2-3, 4.4.0-1: open until PUBACK."""
        return True

    def keeps_until_pubrec(self) -> bool:
        """4.3.3-3: open until PUBREC."""
        return True

    def keeps_until_pubcomp(self) -> bool:
        """4.3.3-5: PUBREL is open until PUBCOMP."""
        return True

    def after_pubrec(self, o: Outgoing) -> None:
        """4.3.3-6: no PUBLISH again once PUBREL has gone."""
        o.released = True

    def releases_delivery(self, code: int) -> bool:
        """4.3.3-4: PUBREC below 80 gets PUBREL."""
        return code < 0x80

    def settles(self, code: int) -> bool:
        """4.4.0-2: a code of 80 or above ends the delivery."""
        return True

    def pubrel_flags(self) -> int | None:
        """3.6.1-1: 0010."""
        return None

    def released_identifier(self, identifier: int) -> int:
        """2.2.1-5: PUBREL repeats the id."""
        return identifier

    def resend_order(self, outgoing: list[tuple[int, Outgoing]]) -> list[tuple[int, Outgoing]]:
        """4.6.0-1: in the original order."""
        return outgoing

    def delivery_order(self, waiting: list[int]) -> list[int]:
        """4.6.0-5 (3.1.1: -6): as they came."""
        return waiting

    def authorised(self, topic: str) -> bool:
        """3.3.5-2 of 3.1.1: this broker keeps `iic/forbidden/` for itself."""
        return not topic.startswith("iic/forbidden/")


class SubscribeRules:
    """SUBSCRIBE, UNSUBSCRIBE and their answers (3.8 to 3.11), PINGREQ (3.12), DISCONNECT (3.14), the rest."""

    def answers_subscribe(self, options: tuple[Subscription, ...]) -> bool:
        """3.8.4-1."""
        return True

    def suback_identifier(self, identifier: int) -> int:
        """3.8.4-2."""
        return identifier

    def unsuback_identifier(self, identifier: int) -> int:
        """3.10.4-5 (3.1.1: 3.10.4-4)."""
        return identifier

    def granted_qos(self, asked: int) -> int:
        """3.8.4-7: the QoS granted."""
        return asked

    def subscribe_codes(self, codes: list[int]) -> list[int]:
        """3.8.4-6, 3.9.3-1, -2: one per filter, in their order."""
        return codes

    def unsubscribe_codes(self, codes: list[int]) -> list[int]:
        """3.11.3-1, -2."""
        return codes

    def filters_taken(self, options: tuple[Subscription, ...]) -> tuple[Subscription, ...]:
        """3.8.4-5 (3.1.1: 3.8.4-4): all of them."""
        return options

    def filters_removed(self, filters: tuple[str, ...]) -> tuple[str, ...]:
        """3.10.4-6: all of them."""
        return filters

    def replaces_subscription(self) -> bool:
        """3.8.4-3: the same filter again replaces."""
        return True

    def sends_retained(self, options: Subscription, new: bool, version: int) -> bool:
        """3.3.1-9 to -11 (3.1.1: 3.3.1-6): by Retain Handling."""
        return version < 5 or options.retain_handling == 0 or (options.retain_handling == 1 and new)

    def finds_retained(self, retained: list[Message]) -> list[Message]:
        """3.3.1-6 of 3.1.1: the last of each matching topic."""
        return retained

    def removed_key(self, s: Session, topic_filter: str) -> str | None:
        """3.10.4-1: compared character by character."""
        return topic_filter if topic_filter in s.subscriptions else None

    def unsubscribes(self) -> bool:
        """3.10.4-2: no new messages after it."""
        return True

    def finishes_deliveries(self) -> bool:
        """3.10.4-3: what has begun is completed."""
        return True

    def answers_unsubscribe(self, known: bool) -> bool:
        """3.10.4-4, -5: UNSUBACK comes even when nothing was deleted."""
        return True

    def answers_ping(self) -> bool:
        """3.12.4-1."""
        return True

    def disconnect_before_close(self) -> bool:
        """4.13.1: a DISCONNECT with the code comes first (SHOULD)."""
        return True

    def closes_after_disconnect(self) -> bool:
        """3.14.4-2: whoever sent DISCONNECT closes."""
        return True

    def disconnect_before_connack(self) -> bool:
        """3.14.0-1: never."""
        return False

    def disconnect_packet(self, packet: bytes) -> bytes:
        """3.14.2-1, -2: the code, and no Session Expiry Interval."""
        return packet

    def outgoing_flags(self, packet: bytes) -> bytes:
        """2.1.3-1 (3.1.1: 2.2.2-1): reserved bits have the listed value."""
        return packet

    def session_survives(self, s: Session) -> bool:
        """4.1.0-1: the state lives at least as long as the connection."""
        return True

    def discards_expired(self) -> bool:
        """4.1.0-2: expired sessions go."""
        return True

    def share_member(self, members: list[Session], count: int) -> Session:
        """4.8.2: one member of a share, connected ones first."""
        present = [s for s in members if s.connection] or members
        return present[count % len(present)]

    def extra_subscription_code(self, g: Subscription) -> int | None:
        """An error code for a filter, or None to grant it."""
        return None


class Rules(ConnectRules, WillRules, PublishRules, SubscribeRules):
    """All rules of the conforming broker."""
