"""PUBLISH to the client, and the handshakes that hand it over."""

from dataclasses import replace

from ..wire import Properties, Puback, Pubcomp, Publish, Pubrec, Pubrel
from ..wire.properties import NONE
from ..wire.properties import PropertyId as P
from .connection import Connection
from .state import Outgoing, Session, again


class Outbound(Connection):
    """The sender's side of 4.3, what is sent again (4.4), and how much may be open (4.9)."""

    def resume(self, session: Session) -> None:
        """4.4.0-1: send again what is open, then what waits."""
        open_ = [(i, o) for i, o in session.outgoing.items() if not self.rules.gives_up(o, self.broker.now_s)]
        session.outgoing = dict(open_)
        self.due.extend(identifier for identifier, _ in self.rules.resend_order(open_))
        self.pump()

    def pump(self) -> None:
        """Send again what is due, then from the queue, as far as the client's Receive Maximum allows (4.9)."""
        session = self.session
        while session and (self.due or session.queue) and not self.ended:
            full = self.quota_used_up()
            if self.due:
                if full:
                    return
                self._send_again(session, self.due.popleft())
            else:
                if full and session.queue[0][1].qos:
                    return
                self._send_next(session)

    def quota_used_up(self) -> bool:
        """Whether as much is open as the client's Receive Maximum allows."""
        session = self.session
        return session is not None and len(session.outgoing) - len(self.due) >= self.rules.send_quota(self)

    def _send_again(self, session: Session, identifier: int) -> None:
        outgoing = session.outgoing[identifier]
        if outgoing.released:
            self._release(identifier)
        elif self.rules.fits(len(bytes(outgoing.packet)), self):
            self.send(again(outgoing, self.rules.resend_dup()))
        elif self.rules.too_big_is_done():
            del session.outgoing[identifier]

    def _send_next(self, session: Session) -> None:
        message, packet, share = session.queue.popleft()
        if not self.rules.expired(message, self.broker.now_s):
            self._send_publish(session, Outgoing(packet=packet, message=message, share=share))

    def _send_publish(self, session: Session, outgoing: Outgoing) -> None:
        rules, message = self.rules, outgoing.message
        packet = replace(outgoing.packet, version=self.version)
        if message.expires_s is not None and self.version >= 5:
            interval = rules.remaining_expiry(message, self.broker.now_s)
            packet = replace(
                packet, properties=Properties(((P.MESSAGE_EXPIRY_INTERVAL, interval),)) + packet.properties
            )
        if packet.qos:
            session.last_identifier = rules.next_identifier(session)
            packet = replace(packet, packet_identifier=session.last_identifier)
        else:
            packet = replace(packet, packet_identifier=rules.identifier_of_qos_0(message))
        if self.version < 5:
            packet = replace(packet, properties=NONE)
        if not rules.fits(len(bytes(packet)), self):
            if not rules.too_big_is_done():
                session.outgoing[session.last_identifier] = Outgoing(packet=packet, message=message)
            return
        if packet.qos:
            outgoing.packet = packet
            session.outgoing[session.last_identifier] = outgoing
        self.send(self._with_alias(packet))

    def _with_alias(self, packet: Publish) -> Publish:
        """The packet with a Topic Alias in place of its name, as far as the client allows."""
        topic = str(packet.topic)
        alias = self.rules.outgoing_alias(self, topic)
        if self.version < 5 or alias is None:
            return packet
        known = self.sent_aliases.get(topic) == alias
        pairs = Properties((*packet.properties, (P.TOPIC_ALIAS, alias)))
        shorter = replace(packet, topic="" if known else topic, properties=pairs)
        if not self.rules.fits(len(bytes(shorter)), self):
            return packet
        self.sent_aliases[topic] = alias
        return shorter

    def on_puback(self, puback: Puback) -> None:
        self._heed_refusal(puback)
        if puback.reason_code < 0x80 or self.rules.settles(puback.reason_code):
            self._settle(puback.packet_identifier)

    def on_pubrec(self, pubrec: Pubrec) -> None:
        assert self.session is not None
        self._heed_refusal(pubrec)
        identifier = pubrec.packet_identifier
        outgoing = self.session.outgoing.get(identifier)
        if outgoing and self.rules.gives_up(outgoing, self.broker.now_s):
            del self.session.outgoing[identifier]
            outgoing = None
        if not self.rules.releases_delivery(pubrec.reason_code):
            if self.rules.settles(pubrec.reason_code):
                self._settle(identifier)
            return
        if outgoing:
            outgoing.released = True
        self._release(identifier, known=outgoing is not None)
        self.pump()

    def _heed_refusal(self, answer: Puback | Pubrec) -> None:
        """4.8.2-6: what becomes of a message of a shared subscription that its client refuses."""
        assert self.session is not None
        outgoing = self.session.outgoing.get(answer.packet_identifier)
        if answer.reason_code < 0x80 or not (outgoing and outgoing.share):
            return
        if self.rules.passes_on_refused(outgoing, answer.reason_code):
            self.broker.pass_on(self.session, outgoing)

    def _release(self, identifier: int, *, known: bool = True) -> None:
        code = self.rules.pubrel_code(known) if self.version >= 5 else 0
        pubrel = Pubrel(
            packet_identifier=self.rules.released_identifier(identifier),
            reason_code=code,
            flags=self.rules.pubrel_flags(),
        )
        self.send(pubrel)

    def on_pubcomp(self, pubcomp: Pubcomp) -> None:
        self._settle(pubcomp.packet_identifier)

    def _settle(self, identifier: int) -> None:
        if self.session:
            self.session.outgoing.pop(identifier, None)
            if identifier in self.due:
                self.due.remove(identifier)
            self.pump()
