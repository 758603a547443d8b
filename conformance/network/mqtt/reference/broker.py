"""The broker: sessions, retained messages and the way of a message from publisher to subscribers."""

import asyncio
from collections import defaultdict

from conformance.engine.stream import Stream

from ..wire import Properties, Publish, Subscription, Will
from ..wire.properties import PropertyId as P
from .conversation import Conversation
from .matching import share_of
from .opening import begun
from .options import Options
from .rules import Rules
from .state import FOREVER_S, Granted, Message, Outgoing, Session


class Broker:
    """One MQTT server. `serve` takes each connection; the clock is the running loop's."""

    def __init__(self, rules: Rules | None = None, options: Options | None = None) -> None:
        self.rules = rules or Rules()
        self.options = options or Options()
        self.sessions: dict[str, Session] = {}
        self.retained: dict[str, Message] = {}
        self.count = 0
        self._shares: dict[tuple[str, str], int] = defaultdict(int)
        version = Message(topic="$SYS/broker/version", payload=b"iic-conform reference", qos=0, retain=True)
        self.retained[version.topic] = version

    async def serve(self, stream: Stream) -> None:
        """Serve one connection until it ends; over WebSocket when it begins with an HTTP request."""
        opened = await begun(self.rules, stream)
        if opened:
            await Conversation(self, opened[0]).run(opened[1])

    @property
    def now_s(self) -> float:
        return asyncio.get_running_loop().time()

    # Sessions.

    def drop_session(self, session: Session) -> None:
        session.stop_expiry()
        if self.sessions.get(session.client_id) is session:
            del self.sessions[session.client_id]
        for outgoing in session.outgoing.values():
            if outgoing.share and self.rules.passes_on_at_end(session, outgoing):
                self.pass_on(session, outgoing)
        if session.will and self.rules.publishes_at_end_of_session():
            self.send_will(session)
        for message in list(self.retained.values()):
            if message.publisher == session.client_id and not self.rules.retained_outlives(session):
                del self.retained[message.topic]

    def returned(self, session: Session) -> None:
        """The session's client is back: neither does the session expire, nor is its will published."""
        if self.rules.cancels_will_on_return():
            session.stop_will()
        session.stop_expiry()
        self.rules.restores(session)

    def left(self, session: Session, *, will: Will | None) -> None:
        """The session's connection has ended; `will` is what it leaves behind."""
        session.connection = None
        self.rules.loses_with_connection(session)
        loop = asyncio.get_running_loop()
        if will:
            session.will = will
            if delay_s := self.rules.will_delay_s(will):
                session.will_timer = loop.call_later(delay_s, self.send_will, session)
            else:
                self.send_will(session)
        if not self.rules.discards_expired(session):
            return
        if not session.expiry_s:
            self.drop_session(session)
        elif session.expiry_s < FOREVER_S:
            session.expiry_timer = loop.call_later(session.expiry_s, self.drop_session, session)

    def send_will(self, session: Session) -> None:
        will = session.will
        session.stop_will()
        if will is None:
            return
        if not self.rules.removes_will_once_sent():
            session.will = will
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
            matching = self._matching(session, message) if session.subscriptions else []
            for g in matching:
                if g.share:
                    shares[g.share, g.topic_filter].append((session, g))
            if granted := [g for g in matching if not g.share and self.rules.local(g, message, session.client_id)]:
                found.append((session, granted))
        recipients = self.rules.recipients([session for session, _ in found], message)
        for session, granted in found:
            if session in recipients:
                for together in self.rules.copies(self.options, granted):
                    self.deliver(session, message, together)
        for share, members in shares.items():
            self._deliver_shared(share, members, message)
        return len(found) + len(shares)

    def _matching(self, session: Session, message: Message) -> list[Granted]:
        """The session's subscriptions that match."""
        matches, topic = self.rules.matches, message.topic
        found = [g for g in session.subscriptions.values() if matches(g.topic_filter, topic)]
        if found and session.connection and not self.rules.survives(session, self.now_s):
            return []
        return found

    def _retain(self, message: Message) -> None:
        if message.payload:
            self.retained[message.topic] = self.rules.replaces_retained(self.retained.get(message.topic), message)
            return
        if self.rules.deletes_retained():
            self.retained.pop(message.topic, None)
        if self.rules.keeps_empty_retained():
            self.retained[message.topic] = message

    def _deliver_shared(self, share: tuple[str, str], members: list[tuple[Session, Granted]], message: Message) -> None:
        chosen = self.rules.share_member([session for session, _ in members], self._shares[share])
        self._shares[share] += 1
        at = next(i for i, (session, _) in enumerate(members) if session is chosen)
        qos = self.rules.shared_qos(message.qos, [granted.qos for _, granted in members], at)
        self.deliver(chosen, message, [members[at][1]], qos=qos)

    def pass_on(self, session: Session, outgoing: Outgoing) -> None:
        """Give a message of a shared subscription to another member than the one that had it."""
        for other in self.sessions.values():
            shared = [g for g in self._matching(other, outgoing.message) if g.share == outgoing.share]
            if shared and other is not session:
                self.deliver(other, outgoing.message, shared[:1])
                return

    def deliver(
        self,
        session: Session,
        message: Message,
        granted: list[Granted],
        *,
        retained: bool = False,
        qos: int | None = None,
    ) -> None:
        """Put a message into a session for the subscriptions that it matches, and send what may go."""
        rules = self.rules
        if qos is None:
            qos = rules.delivery_qos(message.qos, rules.overlapping_qos([g.qos for g in granted]))
        retain = rules.retained_retain(message) if retained else rules.live_retain(message, granted, session.version)
        if session.connection is None and not rules.queues_while_away(qos):
            return
        identifiers = tuple((P.SUBSCRIPTION_IDENTIFIER, i) for i in rules.subscription_identifiers(granted))
        packet = Publish(
            topic=rules.outgoing_topic(message),
            payload=rules.outgoing_payload(message),
            qos=qos,
            retain=retain,
            dup=self._dup(session, message, qos),
            properties=rules.forwarded(message) + Properties(identifiers),
        )
        rules.enqueue(session, (message, packet, granted[0].share))
        if session.connection:
            session.connection.pump()

    def _dup(self, session: Session, message: Message, qos: int) -> bool:
        if not qos:
            return self.rules.qos_0_dup()
        return self.rules.outgoing_dup(message) or (session.connection is None and self.rules.queued_dup())

    def send_retained(self, session: Session, granted: Granted) -> None:
        found = [m for m in self.retained.values() if self.rules.matches(granted.topic_filter, m.topic)]
        for message in self.rules.finds_retained(found):
            if self.rules.expired(message, self.now_s):
                continue
            self.deliver(session, message, [granted], retained=True)

    def send_unasked(self, session: Session) -> None:
        """Send a client that has just connected what the rules let it have without a subscription: nothing."""
        everything = Granted(options=Subscription(topic_filter="#"), qos=0, topic_filter="#")
        for message in list(self.retained.values()):
            if self.rules.sends_unasked(session, message):
                self.deliver(session, message, [everything], retained=True)

    def subscribe(self, session: Session, options: Subscription, identifier: int | None) -> bool:
        """Take a subscription; whether it is new."""
        share, topic_filter = (
            share_of(str(options.topic_filter)) if session.version >= 5 else ("", str(options.topic_filter))
        )
        key = str(options.topic_filter)
        new = key not in session.subscriptions
        granted = Granted(
            options=options,
            qos=self.rules.granted_qos(options.qos),
            identifier=identifier,
            share=share,
            topic_filter=topic_filter,
        )
        self.rules.put_subscription(session, key, granted)
        if not share and self.rules.sends_retained(options, new, session.version):
            session.retained_due.append(granted)
        return new

    def message_from(self, publish: Publish, topic: str, client_id: str) -> Message:
        """The application message that a PUBLISH brings."""
        interval = publish.properties.get(P.MESSAGE_EXPIRY_INTERVAL)
        properties = Properties(tuple(p for p in publish.properties if p[0] in self.rules.forwarded_properties))
        return Message(
            topic=topic, payload=publish.payload, qos=publish.qos, retain=publish.retain, dup=publish.dup,
            properties=properties, publisher=client_id, expiry_interval=interval,
            expires_s=None if interval is None else self.now_s + interval,
        )  # fmt: skip
