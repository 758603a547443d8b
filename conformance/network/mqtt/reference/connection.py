"""One network connection of the reference broker: packets in, answers out, the delivery of what its session holds."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.engine.stream import Stream

from ..wire import (
    Auth,
    Connack,
    Connect,
    Disconnect,
    Malformed,
    Packet,
    Pingreq,
    Pingresp,
    Properties,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Unsuback,
    Unsubscribe,
    decode,
)
from ..wire.properties import NONE
from ..wire.properties import PropertyId as P
from .state import Outgoing, Session, again

if TYPE_CHECKING:
    from .broker import Broker


class Refused(Exception):
    """The connection ends with this reason code; `will` says whether the will is published."""

    def __init__(self, code: int, *, will: bool = True, quiet: bool = False) -> None:
        self.code = code
        self.will = will
        self.quiet = quiet


class Connection:
    """Serves one client. `version` is 5 until CONNECT says otherwise."""

    def __init__(self, broker: "Broker", stream: Stream) -> None:
        self.broker = broker
        self.rules = broker.rules
        self.stream = stream
        self.version = 5
        self.session: Session | None = None
        self.connect: Connect | None = None
        self.aliases: dict[int, str] = {}
        self.receive_maximum = 65535
        self.maximum_packet_size = 1 << 28
        self.ended = False
        self._keep_alive_s = 0.0
        self._heard_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._rejected = False

    async def run(self) -> None:
        rest = b""
        try:
            while not self.ended and (data := await self.stream.read()):
                self._heard_s = self.broker.now_s
                rest = self._take(rest + data)
            self.end(will=True)
        except ConnectionResetError:
            self.end(will=True)

    def _take(self, data: bytes) -> bytes:
        """Handle every whole packet of `data`; the octets left."""
        while data and not self.ended:
            if len(data) > self.broker.maximum_packet_size:
                self.fail(0x95)
                break
            event, data = decode(data, version=self.version, sender="client")
            if event is None:
                return data
            try:
                self._handle(event)
            except Refused as refused:
                self.refuse(refused)
        return b""

    def _handle(self, event: Packet | Malformed) -> None:
        if isinstance(event, Malformed):
            if event.message is None or not self.rules.overlooks(self, event):
                raise Refused(self.rules.code_for(event))
            event = event.message
        if self.connect is None and not self._rejected:
            self._first(event)
        elif isinstance(event, Connect):
            if not self.rules.tolerates_second_connect(self):
                raise Refused(0x82)
        elif (handler := _HANDLERS.get(type(event))) is not None:
            handler(self, event)

    def _first(self, event: Packet) -> None:
        if isinstance(event, Connect):
            self.on_connect(event)
        elif not self.rules.tolerates_missing_connect(self):
            raise Refused(0x82, quiet=True)
        elif isinstance(event, Pingreq):
            self.send(Pingresp())

    # Output and the end.

    def send(self, packet: Packet) -> None:
        if packet.version != self.version:
            packet = replace(packet, version=self.version)
        self.stream.write(self.rules.outgoing_flags(bytes(packet)))

    def fail(self, code: int) -> None:
        self.refuse(Refused(code))

    def refuse(self, refused: Refused) -> None:
        """End the connection for an error (4.13): CONNACK or DISCONNECT may come first in 5.0."""
        if self.connect is None:
            if self.rules.disconnect_before_connack():
                self.send(Disconnect(reason_code=refused.code))
        elif self.version >= 5 and not refused.quiet and self.rules.disconnect_before_close():
            self.stream.write(self.rules.disconnect_packet(bytes(Disconnect(reason_code=refused.code))))
            if not self.rules.closes_after_disconnect():
                return
        self.end(will=refused.will and self.rules.will_after_error())

    def end(self, *, will: bool) -> None:
        """Close, and leave the session to its fate."""
        if self.ended:
            return
        self.ended = True
        self.stream.close()
        if self._timer:
            self._timer.cancel()
        if self.session and self.session.connection is self:
            left = self.connect.will if self.connect and will else None
            self.broker.left(self.session, will=self.rules.keeps_will(left) if left else None)

    # CONNECT.

    def on_connect(self, connect: Connect) -> None:
        level = connect.version if connect.protocol_level is None else connect.protocol_level
        if not self.rules.serves_level(level):
            self.stream.write(self.rules.answers_level(level))
            self._reject()
            if self.rules.closes_unserved_level():
                self.end(will=False)
            return
        self.version = connect.version
        if not connect.client_id and not self.rules.accepts_empty_client_id(connect):
            return self._refuse_connect(connect, 0x85 if self.version >= 5 else 2)
        if not self.rules.accepts_client_id(connect):
            return self._refuse_connect(connect, 0x85 if self.version >= 5 else 2)
        if connect.properties.get(P.AUTHENTICATION_METHOD) is not None:
            return self._refuse_connect(connect, 0x8C)
        if self.broker.credentials and self.broker.credentials.get(str(connect.user_name)) != connect.password:
            return self._refuse_connect(connect, 0x86 if self.version >= 5 else 4)
        self._accept(connect)

    def _reject(self) -> None:
        self._rejected = not self.rules.processes_after_rejection()

    def _refuse_connect(self, connect: Connect, code: int) -> None:
        stored = self.rules.session_key(str(connect.client_id)) in self.broker.sessions
        self.send(Connack(session_present=self.rules.session_present_on_refusal(stored), reason_code=code))
        self._reject()
        if self.rules.refusal_closes(code):
            self.end(will=False)
        elif not self._rejected:
            self._accept(connect, announce=False)

    def _accept(self, connect: Connect, *, announce: bool = True) -> None:
        rules, broker = self.rules, self.broker
        self.connect = connect
        properties: list[tuple[int, Any]] = []
        client_id = str(connect.client_id)
        if not client_id:
            client_id = rules.assigned_client_id(broker)
            if rules.returns_assigned_id():
                properties.append((P.ASSIGNED_CLIENT_IDENTIFIER, client_id))
        key = rules.session_key(client_id)
        old = broker.sessions.get(key)
        if old and old.connection:
            if rules.takes_over():
                old.connection.refuse(Refused(0x8E))
            else:
                old.connection.session = None
            old = broker.sessions.get(key)
        present = old is not None
        session = self._session(key, old, connect)
        self.session, session.connection, session.version = session, self, self.version
        session.expiry_s = rules.expiry_s(self, connect)
        self.receive_maximum = connect.properties.get(P.RECEIVE_MAXIMUM, 65535)
        self.maximum_packet_size = connect.properties.get(P.MAXIMUM_PACKET_SIZE, 1 << 28)
        self._start_keep_alive(connect.keep_alive)
        if announce:
            shown = rules.session_present(present, connect.clean_start)
            if rules.response_information(connect):
                properties.append((P.RESPONSE_INFORMATION, "reply/"))
            announced = Properties(tuple(properties) + tuple(rules.announced(broker, connect)))
            connack = Connack(version=self.version, acknowledge_flags=rules.acknowledge_flags(shown), properties=announced)
            for data in rules.first_packets(bytes(connack)):
                self.stream.write(data)
        self._resume(session)

    def _session(self, key: str, old: Session | None, connect: Connect) -> Session:
        if old and self.rules.cancels_will_on_return():
            old.stop_timers()
        if old and self.rules.forgets_old_will() and not (old.will_timer and not self.rules.cancels_will_on_return()):
            old.will = None
        if old and self.rules.discards(connect):
            self.broker.drop_session(old)
            old = None
        if old and not self.rules.resumes(connect):
            old = None
        if old is None:
            old = self.broker.sessions[key] = Session(key)
        return old

    def _start_keep_alive(self, keep_alive: int) -> None:
        self._heard_s = self.broker.now_s
        self._keep_alive_s = self.rules.keep_alive_limit_s(keep_alive)
        if self._keep_alive_s:
            self._timer = asyncio.get_running_loop().call_later(self._keep_alive_s, self._check_keep_alive)

    def _check_keep_alive(self) -> None:
        left_s = self._heard_s + self._keep_alive_s - self.broker.now_s
        if left_s > 1e-6:
            self._timer = asyncio.get_running_loop().call_later(left_s, self._check_keep_alive)
        elif not self.ended:
            self.fail(0x8D)

    def _resume(self, session: Session) -> None:
        """4.4.0-1: send again what is open, then what waits."""
        for identifier, outgoing in self.rules.resend_order(list(session.outgoing.items())):
            if outgoing.released:
                self._release(identifier)
            elif self.rules.fits(len(bytes(outgoing.packet)), self):
                self.send(again(outgoing, self.rules.resend_dup()))
        self.pump()

    # PUBLISH, in.

    def on_publish(self, publish: Publish) -> None:
        rules, session = self.rules, self.session
        assert session is not None
        topic = str(publish.topic)
        alias = publish.properties.get(P.TOPIC_ALIAS)
        if alias is not None:
            if not rules.accepts_alias(self.broker, alias):
                raise Refused(0x94)
            topic = rules.resolves_alias(self, alias, topic)
            if not topic and not rules.accepts_unknown_alias():
                raise Refused(0x82)
        identifier = publish.packet_identifier or 0
        if publish.qos == 2 and rules.is_repeat(session, identifier):
            if rules.answers_repeat():
                self.send(Pubrec(packet_identifier=rules.answered_identifier(identifier)))
            return
        if publish.qos == 2:
            session.incoming.add(identifier)
            if not rules.within_receive_maximum(self):
                raise Refused(0x93)
        code = 0
        if not rules.authorised(topic):
            code = 0x87 if self.version >= 5 else 0
        elif not (publish.qos == 1 and rules.repeats_by_dup(session, publish)):
            self.broker.publish(self.broker.message_from(publish, topic, session.client_id))
        self._acknowledge(publish, identifier, code)

    def _acknowledge(self, publish: Publish, identifier: int, code: int) -> None:
        if not publish.qos or not self.rules.acknowledges(publish):
            return
        identifier = self.rules.answered_identifier(identifier)
        if publish.qos == 1:
            self.send(Puback(packet_identifier=identifier, reason_code=code))
        else:
            if code and self.session:
                self.session.incoming.discard(publish.packet_identifier or 0)
            self.send(Pubrec(packet_identifier=identifier, reason_code=code))

    def on_pubrel(self, pubrel: Pubrel) -> None:
        assert self.session is not None
        identifier = pubrel.packet_identifier
        known = identifier in self.session.incoming
        self.rules.releases(self.session, identifier)
        if self.rules.answers_pubrel():
            code = self.rules.pubcomp_code(known) if self.version >= 5 else 0
            self.send(Pubcomp(packet_identifier=self.rules.completed_identifier(identifier), reason_code=code))

    # PUBLISH, out.

    def pump(self) -> None:
        """Send from the session's queue as far as the client's Receive Maximum allows (4.9)."""
        session = self.session
        while session and session.queue and not self.ended:
            message, packet, share = session.queue[0]
            if packet.qos and len(session.outgoing) >= self.rules.send_quota(self):
                return
            session.queue.popleft()
            if self.rules.expired(message, self.broker.now_s):
                continue
            self._send_publish(session, Outgoing(packet=packet, message=message, share=share))

    def _send_publish(self, session: Session, outgoing: Outgoing) -> None:
        rules, message = self.rules, outgoing.message
        packet = replace(outgoing.packet, version=self.version)
        if message.expires_s is not None and self.version >= 5:
            interval = rules.remaining_expiry(message, self.broker.now_s)
            packet = replace(packet, properties=Properties(((P.MESSAGE_EXPIRY_INTERVAL, interval),)) + packet.properties)
        if packet.qos:
            session.last_identifier = rules.next_identifier(session)
            packet = replace(packet, packet_identifier=session.last_identifier)
        else:
            packet = replace(packet, packet_identifier=rules.identifier_of_qos_0())
        if self.version < 5:
            packet = replace(packet, properties=NONE)
        data = bytes(packet)
        if not rules.fits(len(data), self):
            if not rules.too_big_is_done():
                session.outgoing[session.last_identifier] = Outgoing(packet=packet, message=message)
            return
        if packet.qos:
            outgoing.packet = packet
            session.outgoing[session.last_identifier] = outgoing
        self.stream.write(rules.outgoing_flags(data))
        if packet.qos == 1 and not rules.keeps_until_puback() or packet.qos == 2 and not rules.keeps_until_pubrec():
            session.outgoing.pop(session.last_identifier, None)

    def on_puback(self, puback: Puback) -> None:
        self._settle(puback.packet_identifier)

    def on_pubrec(self, pubrec: Pubrec) -> None:
        assert self.session is not None
        identifier = pubrec.packet_identifier
        outgoing = self.session.outgoing.get(identifier)
        if not self.rules.releases_delivery(pubrec.reason_code):
            if self.rules.settles(pubrec.reason_code):
                self._settle(identifier)
            return
        if outgoing:
            self.rules.after_pubrec(outgoing)
        self._release(identifier, known=outgoing is not None)
        if not self.rules.keeps_until_pubcomp():
            self._settle(identifier)

    def _release(self, identifier: int, *, known: bool = True) -> None:
        code = 0 if known or self.version < 5 else 0x92
        pubrel = Pubrel(
            packet_identifier=self.rules.released_identifier(identifier), reason_code=code, flags=self.rules.pubrel_flags()
        )
        self.send(pubrel)

    def on_pubcomp(self, pubcomp: Pubcomp) -> None:
        self._settle(pubcomp.packet_identifier)

    def _settle(self, identifier: int) -> None:
        if self.session:
            self.session.outgoing.pop(identifier, None)
            self.pump()

    # The rest.

    def on_subscribe(self, subscribe: Subscribe) -> None:
        rules, session = self.rules, self.session
        assert session is not None
        identifier = subscribe.properties.get(P.SUBSCRIPTION_IDENTIFIER)
        codes = []
        taken = rules.filters_taken(subscribe.subscriptions)
        for options in subscribe.subscriptions:
            refused = rules.extra_subscription_code(options)
            if refused is not None:
                codes.append(refused)
                continue
            if options in taken:
                self.broker.subscribe(session, options, identifier)
            codes.append(rules.granted_qos(options.qos))
        if rules.answers_subscribe(subscribe.subscriptions):
            answer = rules.suback_identifier(subscribe.packet_identifier)
            self.send(Suback(packet_identifier=answer, reason_codes=tuple(rules.subscribe_codes(codes))))
        due, session.retained_due = session.retained_due, []
        for granted in due:
            self.broker.send_retained(session, granted)

    def on_unsubscribe(self, unsubscribe: Unsubscribe) -> None:
        rules, session = self.rules, self.session
        assert session is not None
        codes = []
        removed = rules.filters_removed(tuple(map(str, unsubscribe.topic_filters)))
        for text in map(str, unsubscribe.topic_filters):
            key = rules.removed_key(session, text) if text in removed else None
            codes.append(0x11 if key is None else 0)
            if key is not None and rules.unsubscribes():
                del session.subscriptions[key]
        if not rules.finishes_deliveries():
            session.outgoing.clear()
        if rules.answers_unsubscribe(0x11 not in codes):
            answer = rules.unsuback_identifier(unsubscribe.packet_identifier)
            shown = tuple(rules.unsubscribe_codes(codes)) if self.version >= 5 else ()
            self.send(Unsuback(packet_identifier=answer, reason_codes=shown))

    def on_pingreq(self, _: Pingreq) -> None:
        if self.rules.answers_ping():
            self.send(Pingresp())

    def on_disconnect(self, disconnect: Disconnect) -> None:
        assert self.session is not None
        assert self.connect is not None
        interval = disconnect.properties.get(P.SESSION_EXPIRY_INTERVAL)
        if interval is not None:
            if interval and not self.connect.properties.get(P.SESSION_EXPIRY_INTERVAL, 0):
                raise Refused(0x82)
            self.session.expiry_s = interval
        self.end(will=self.rules.will_on_disconnect(disconnect.reason_code))

    def on_auth(self, _: Auth) -> None:
        raise Refused(0x82)


_HANDLERS: dict[type, Callable[[Connection, Any], None]] = {
    Publish: Connection.on_publish,
    Puback: Connection.on_puback,
    Pubrec: Connection.on_pubrec,
    Pubrel: Connection.on_pubrel,
    Pubcomp: Connection.on_pubcomp,
    Subscribe: Connection.on_subscribe,
    Unsubscribe: Connection.on_unsubscribe,
    Pingreq: Connection.on_pingreq,
    Disconnect: Connection.on_disconnect,
    Auth: Connection.on_auth,
}
