"""The broker: sessions, retained messages and the way of a message from publisher to subscribers."""

import asyncio
from collections import defaultdict

from conformance.engine.stream import Stream

from ..wire import Properties, Publish, Subscription, Will
from ..wire.properties import PropertyId as P
from .connection import Connection
from .matching import share_of
from .rules import Rules
from .state import FOREVER_S, Granted, Message, Session


class Broker:
    """One MQTT server. `serve` takes each connection; the clock is the running loop's."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.sessions: dict[str, Session] = {}
        self.retained: dict[str, Message] = {}
        self.receive_maximum = 20
        self.topic_alias_maximum = 10
        self.maximum_packet_size = 262_144
        self.credentials: dict[str, bytes] = {}
        self.count = 0
        self._shares: dict[tuple[str, str], int] = defaultdict(int)
        version = Message(topic="$SYS/broker/version", payload=b"iic-conform reference", qos=0, retain=True)
        self.retained[version.topic] = version

    async def serve(self, stream: Stream) -> None:
        """Serve one connection until it ends."""
        await Connection(self, stream).run()

    @property
    def now_s(self) -> float:
        return asyncio.get_running_loop().time()

    # Sessions.

    def drop_session(self, session: Session) -> None:
        session.stop_timers()
        if self.sessions.get(session.client_id) is session:
            del self.sessions[session.client_id]
        if not self.rules.retained_survives_session():
            for topic, message in list(self.retained.items()):
                if message.publisher == session.client_id:
                    del self.retained[topic]

    def left(self, session: Session, *, will: Will | None) -> None:
        """The session's connection has ended; `will` is what it leaves behind."""
        session.connection = None
        loop = asyncio.get_running_loop()
        if will:
            delay_s = self.rules.will_delay_s(will)
            if session.expiry_s < FOREVER_S:
                delay_s = min(delay_s, session.expiry_s)
            session.will = will
            if delay_s:
                session.will_timer = loop.call_later(delay_s, self.send_will, session)
            else:
                self.send_will(session)
        if not self.rules.discards_expired():
            return
        if not session.expiry_s:
            self.drop_session(session)
        elif session.expiry_s < FOREVER_S:
            session.expiry_timer = loop.call_later(session.expiry_s, self.drop_session, session)

    def send_will(self, session: Session) -> None:
        will = session.will
        if will is None:
            return
        if self.rules.removes_will_once_sent():
            session.will = None
        interval = will.properties.get(P.MESSAGE_EXPIRY_INTERVAL)
        expires_s = None if interval is None else self.now_s + interval
        self.publish(self.rules.will_message(will, session.client_id, expires_s))

    # Messages.

    def publish(self, message: Message) -> int:
        """Hand a message on; the number of sessions that match."""
        if self.rules.stores_retained(message):
            self._retain(message)
            if not message.payload and not self.rules.forwards_empty_retained():
                return 0
        found: list[tuple[Session, list[Granted]]] = []
        shares: dict[tuple[str, str], list[tuple[Session, Granted]]] = defaultdict(list)
        for session in list(self.sessions.values()):
            granted = []
            for key, g in session.subscriptions.items():
                if not self.rules.matches(g.topic_filter, message.topic):
                    continue
                if g.share:
                    shares[g.share, g.topic_filter].append((session, g))
                elif self.rules.local(g, message, session.client_id):
                    granted.append(g)
            if granted:
                found.append((session, granted))
        recipients = self.rules.recipients([session for session, _ in found])
        for session, granted in found:
            if session in recipients:
                self.deliver(session, message, granted)
        for share, members in shares.items():
            self._deliver_shared(share, members, message)
        return len(found) + len(shares)

    def _retain(self, message: Message) -> None:
        if self.rules.removes_retained(message):
            self.retained.pop(message.topic, None)
            if self.rules.keeps_empty_retained() and not message.payload:
                self.retained[message.topic] = message
        else:
            self.retained[message.topic] = self.rules.replaces_retained(self.retained.get(message.topic), message)

    def _deliver_shared(self, share: tuple[str, str], members: list[tuple[Session, Granted]], message: Message) -> None:
        chosen = self.rules.share_member([session for session, _ in members], self._shares[share])
        self._shares[share] += 1
        granted = next(g for session, g in members if session is chosen)
        self.deliver(chosen, message, [granted])

    def deliver(self, session: Session, message: Message, granted: list[Granted], *, retained: bool = False) -> None:
        """Put a message into a session for the subscriptions that it matches, and send what may go."""
        rules = self.rules
        version = session.connection.version if session.connection else 5
        qos = rules.delivery_qos(message.qos, rules.overlapping_qos([g.qos for g in granted]))
        retain = rules.retained_retain(message) if retained else rules.live_retain(message, granted, version)
        if session.connection is None and not rules.queues_while_away(qos):
            return
        identifiers = tuple((P.SUBSCRIPTION_IDENTIFIER, i) for i in rules.subscription_identifiers(granted))
        packet = Publish(
            topic=rules.outgoing_topic(message),
            payload=rules.outgoing_payload(message),
            qos=qos,
            retain=retain,
            dup=bool(qos) and rules.outgoing_dup(message),
            properties=rules.forwarded(message) + Properties(identifiers),
        )
        session.queue.append((message, packet, granted[0].share))
        if session.connection:
            session.connection.pump()

    def send_retained(self, session: Session, granted: Granted) -> None:
        found = [m for m in self.retained.values() if self.rules.matches(granted.topic_filter, m.topic)]
        for message in self.rules.finds_retained(found):
            if self.rules.expired(message, self.now_s):
                continue
            self.deliver(session, message, [granted], retained=True)

    def subscribe(self, session: Session, options: Subscription, identifier: int | None) -> bool:
        """Take a subscription; whether it is new."""
        share, topic_filter = share_of(str(options.topic_filter)) if session.version >= 5 else ("", str(options.topic_filter))
        key = str(options.topic_filter)
        new = key not in session.subscriptions
        granted = Granted(
            options=options, qos=self.rules.granted_qos(options.qos), identifier=identifier, share=share, topic_filter=topic_filter
        )
        if not new and not self.rules.replaces_subscription():
            key = f"{key}\0again"
        session.subscriptions[key] = granted
        if not share and self.rules.sends_retained(options, new, session.version):
            session.retained_due.append(granted)
        return new

    def message_from(self, publish: Publish, topic: str, client_id: str) -> Message:
        """The application message that a PUBLISH brings."""
        interval = publish.properties.get(P.MESSAGE_EXPIRY_INTERVAL)
        properties = Properties(tuple(p for p in publish.properties if p[0] in self.rules.forwarded_properties))
        return Message(
            topic=topic, payload=publish.payload, qos=publish.qos, retain=publish.retain, dup=publish.dup,
            properties=properties, publisher=client_id,
            expires_s=None if interval is None else self.now_s + interval,
        )  # fmt: skip

