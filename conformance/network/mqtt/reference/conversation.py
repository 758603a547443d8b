"""The conversation with one client: subscriptions, the end, and what is told to which handler."""

from collections.abc import Callable
from typing import Any

from ..wire import (
    Auth,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Unsuback,
    Unsubscribe,
)
from ..wire.properties import PropertyId as P
from .admission import Admission
from .connection import Refused
from .inbound import Inbound
from .outbound import Outbound


class Conversation(Admission, Inbound, Outbound):
    """Serves one client."""

    def handle(self, packet: Packet) -> None:
        if self.quota_used_up() and not self.rules.serves_without_quota(self, packet):
            return
        if (handler := _HANDLERS.get(type(packet))) is not None:
            handler(self, packet)

    def on_subscribe(self, subscribe: Subscribe) -> None:
        rules, session = self.rules, self.session
        assert session is not None
        identifier = subscribe.properties.get(P.SUBSCRIPTION_IDENTIFIER)
        if self.version >= 5:
            self._check_available(subscribe, identifier)
        codes = []
        taken = rules.filters_taken(subscribe.subscriptions)
        for options in subscribe.subscriptions:
            refused = rules.extra_subscription_code(options)
            if not rules.serves_wildcards(self, str(options.topic_filter)):
                refused = 0x80
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

    def _check_available(self, subscribe: Subscribe, identifier: int | None) -> None:
        """3.2.2.3.11 to .13: nothing that CONNACK announced as not available. Raises Refused."""
        filters = [str(options.topic_filter) for options in subscribe.subscriptions]
        if not all(self.rules.serves_wildcards(self, f) for f in filters):
            raise Refused(0xA2)
        if not all(self.rules.serves_shared(self, f) for f in filters):
            raise Refused(0x9E)
        if not self.rules.serves_identifier(self, identifier):
            raise Refused(0xA1)
        if not all(self.rules.serves_filter_qos(self, options) for options in subscribe.subscriptions):
            raise Refused(0x9B)

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


_HANDLERS: dict[type, Callable[[Conversation, Any], None]] = {
    Publish: Conversation.on_publish,
    Puback: Conversation.on_puback,
    Pubrec: Conversation.on_pubrec,
    Pubrel: Conversation.on_pubrel,
    Pubcomp: Conversation.on_pubcomp,
    Subscribe: Conversation.on_subscribe,
    Unsubscribe: Conversation.on_unsubscribe,
    Pingreq: Conversation.on_pingreq,
    Disconnect: Conversation.on_disconnect,
    Auth: Conversation.on_auth,
}
