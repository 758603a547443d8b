"""PUBLISH from the client, and the handshakes that take it over."""

from ..wire import Puback, Pubcomp, Publish, Pubrec, Pubrel
from ..wire.properties import PropertyId as P
from .connection import Connection, Refused


class Inbound(Connection):
    """The receiver's side of 4.3."""

    def on_publish(self, publish: Publish) -> None:
        rules, session = self.rules, self.session
        assert session is not None
        if not rules.serves_qos(self, publish):
            raise Refused(0x9B)
        if not rules.serves_retain(self, publish):
            raise Refused(0x9A)
        topic = str(publish.topic)
        alias = publish.properties.get(P.TOPIC_ALIAS)
        if alias is not None:
            if not rules.accepts_alias(self, alias):
                raise Refused(0x94)
            topic = rules.resolves_alias(self, alias, topic)
            if not topic and not rules.accepts_unknown_alias():
                raise Refused(0x82)
        identifier = publish.packet_identifier or 0
        if publish.qos == 2 and rules.is_repeat(session, identifier):
            if rules.answers_repeat():
                self.send(Pubrec(packet_identifier=rules.answered_identifier(2, identifier)))
            return
        if publish.qos == 2:
            interval = publish.properties.get(P.MESSAGE_EXPIRY_INTERVAL)
            session.incoming[identifier] = None if interval is None else self.broker.now_s + interval
            if not rules.within_receive_maximum(self):
                raise Refused(0x93)
        code = 0
        if not rules.authorised(topic):
            code = 0x87 if self.version >= 5 else 0
        elif not (publish.qos == 1 and rules.repeats_by_dup(session, publish)):
            self.broker.publish(self.broker.message_from(publish, topic, session.client_id))
        self._acknowledge(publish, identifier, code)

    def _acknowledge(self, publish: Publish, identifier: int, code: int) -> None:
        if not publish.qos and self.rules.acknowledges_qos_0(self, publish):
            self.send(Puback(packet_identifier=1))
        if not publish.qos or not self.rules.acknowledges(publish):
            return
        identifier = self.rules.answered_identifier(publish.qos, identifier)
        code = self.rules.receipt_code(publish.qos, code) if self.version >= 5 else 0
        if publish.qos == 1:
            self.send(Puback(packet_identifier=identifier, reason_code=code))
        else:
            if self.session and self.rules.forgets_refused(code):
                self.session.incoming.pop(publish.packet_identifier or 0, None)
            self.send(Pubrec(packet_identifier=identifier, reason_code=code))

    def on_pubrel(self, pubrel: Pubrel) -> None:
        assert self.session is not None
        identifier = pubrel.packet_identifier
        known = identifier in self.session.incoming
        answered = self.rules.answers_pubrel(self.session, identifier, self.broker.now_s)
        self.rules.releases(self.session, identifier)
        if answered:
            code = self.rules.pubcomp_code(known) if self.version >= 5 else 0
            self.send(Pubcomp(packet_identifier=self.rules.completed_identifier(identifier), reason_code=code))
