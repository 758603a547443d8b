"""Rules about what a server need not support, and says so in CONNACK."""

from typing import TYPE_CHECKING, Any

from ...wire import Publish, Subscription, Will
from ...wire.properties import PropertyId as P
from ..options import Options

if TYPE_CHECKING:
    from ..connection import Connection


class LimitRules:
    """The limits of 3.2.2.3, for those who announce them."""

    def announced(self, options: Options) -> list[tuple[int, Any]]:
        """The limits that CONNACK tells; those at their default are left out."""
        return [
            (P.RECEIVE_MAXIMUM, options.receive_maximum),
            (P.TOPIC_ALIAS_MAXIMUM, options.topic_alias_maximum),
            (P.MAXIMUM_PACKET_SIZE, options.maximum_packet_size),
            *self.maximum_qos(options),
            *([] if options.retain_available else [(P.RETAIN_AVAILABLE, 0)]),
            *([] if options.wildcard_subscriptions else [(P.WILDCARD_SUBSCRIPTION_AVAILABLE, 0)]),
            *([] if options.subscription_identifiers else [(P.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0)]),
            *([] if options.shared_subscriptions else [(P.SHARED_SUBSCRIPTION_AVAILABLE, 0)]),
        ]

    def maximum_qos(self, options: Options) -> list[tuple[int, Any]]:
        """3.2.2-9: a server without QoS 1 or 2 says so."""
        return [(P.MAXIMUM_QOS, options.maximum_qos)] if options.maximum_qos < 2 else []

    def serves_qos(self, c: "Connection", publish: Publish) -> bool:
        """3.2.2-11: no PUBLISH above Maximum QoS."""
        return publish.qos <= c.broker.options.maximum_qos

    def serves_retain(self, c: "Connection", publish: Publish) -> bool:
        """3.2.2-14: no RETAIN where nothing is retained."""
        return c.broker.options.retain_available or not publish.retain

    def serves_will(self, c: "Connection", will: Will | None) -> bool:
        """3.2.2-12, -13: a will that cannot be published as asked is not taken."""
        return will is None or not self.will_code(c, will)

    def will_code(self, c: "Connection", will: Will | None) -> int:
        """The code for a will that is not taken; 0 for one that is."""
        options = c.broker.options
        if will and will.qos > options.maximum_qos:
            return 0x9B
        return 0x9A if will and will.retain and not options.retain_available else 0

    def serves_filter_qos(self, c: "Connection", subscription: Subscription) -> bool:
        """3.2.2-10: a SUBSCRIBE may ask for any QoS, whatever Maximum QoS is."""
        return True

    def serves_wildcards(self, c: "Connection", topic_filter: str) -> bool:
        """3.2.2.3.11 (3.1.1: 3.8.3-2): no wildcards where they are not available."""
        return c.broker.options.wildcard_subscriptions or not ("#" in topic_filter or "+" in topic_filter)

    def serves_identifier(self, c: "Connection", identifier: int | None) -> bool:
        """3.2.2.3.12: no Subscription Identifier where they are not available."""
        return c.broker.options.subscription_identifiers or identifier is None

    def serves_shared(self, c: "Connection", topic_filter: str) -> bool:
        """3.2.2.3.13: no shared subscription where they are not available."""
        return c.broker.options.shared_subscriptions or not topic_filter.startswith("$share/")
