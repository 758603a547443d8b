"""SUBSCRIBE and UNSUBSCRIBE, and the answers to them."""

from ..wire import Suback, Subscribe, Subscription, Unsuback, Unsubscribe
from ..wire.properties import PropertyId as P
from .connection import Connection, Refused


class Subscribing(Connection):
    """The client's subscriptions (3.8 to 3.11)."""

    def on_subscribe(self, subscribe: Subscribe) -> None:
        rules, session = self.rules, self.session
        assert session is not None
        identifier = subscribe.properties.get(P.SUBSCRIPTION_IDENTIFIER)
        if self.version >= 5:
            self._check_available(subscribe, identifier)
        taken = rules.filters_taken(subscribe.subscriptions)
        codes = [self._granted(options, identifier, taken=options in taken) for options in subscribe.subscriptions]
        suback = Suback(
            version=self.version,
            packet_identifier=rules.suback_identifier(subscribe.packet_identifier),
            reason_codes=tuple(rules.subscribe_codes(self, codes)),
        )
        for one in rules.subacks(self, subscribe, suback):
            self.send(one)
        due, session.retained_due = session.retained_due, []
        for granted in rules.retained_for(due):
            self.broker.send_retained(session, granted)

    def _granted(self, options: Subscription, identifier: int | None, *, taken: bool) -> int:
        """Take one subscription, if it can be had; the code for it."""
        refused = self.rules.refused_filter(self, options)
        if refused is not None:
            return refused
        if not self.rules.serves_wildcards(self, str(options.topic_filter)):
            return 0x80
        if taken and self.session:
            self.broker.subscribe(self.session, options, identifier)
        return self.rules.granted_qos(options.qos)

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
        filters = tuple(map(str, unsubscribe.topic_filters))
        removed = rules.filters_removed(filters)
        codes = [0 if text in removed and self._removed(text) else 0x11 for text in filters]
        if not rules.finishes_deliveries():
            session.outgoing.clear()
        unsuback = Unsuback(
            version=self.version,
            packet_identifier=rules.unsuback_identifier(unsubscribe.packet_identifier),
            reason_codes=tuple(rules.unsubscribe_codes(codes)) if self.version >= 5 else (),
        )
        for one in rules.unsubacks(self, unsubscribe, unsuback, known=0 in codes):
            self.send(one)

    def _removed(self, topic_filter: str) -> bool:
        """Delete a subscription; whether there was one."""
        assert self.session is not None
        keys = self.rules.removed_keys(self.session, topic_filter)
        if self.rules.unsubscribes():
            for key in keys:
                del self.session.subscriptions[key]
        return bool(keys)
