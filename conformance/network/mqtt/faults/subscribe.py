"""Faults in SUBSCRIBE and SUBACK (3.8, 3.9)."""

import asyncio
from typing import TYPE_CHECKING

from ..reference import Rules
from ..wire import Malformed, Suback, Subscribe, Subscription
from ..wire.properties import PropertyId as P
from .acknowledgements import Longwinded
from .data import only
from .registry import FAULTS, both, v5, v311

if TYPE_CHECKING:
    from ..reference.connection import Connection
    from ..reference.state import Granted, Message, Session

TURNS = 16
"""How many turns of the event loop a subscription is missing while it is replaced."""


def wrong_subscribe(malformed: Malformed, kind: str, *fields: str) -> bool:
    """Whether a SUBSCRIBE has flaws of this kind alone."""
    return isinstance(malformed.message, Subscribe) and only(malformed, kind, *fields)


@FAULTS.add("subscribe-flags-taken", *both("MQTT-3.8.1-1"))
class SubscribeFlagsTaken(Rules):
    """Takes a SUBSCRIBE whatever its flags are."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_subscribe(malformed, "fixed-header-flags")


@FAULTS.add("ill-formed-filter-taken", *both("MQTT-3.8.3-1"))
class IllFormedFilterTaken(Rules):
    """Takes a Topic Filter of a SUBSCRIBE whatever octets it holds."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_subscribe(malformed, "utf-8", "Topic Filter")


@FAULTS.add("unsupported-wildcards-granted", *v311("MQTT-3.8.3-2"))
class UnsupportedWildcardsGranted(Rules):
    """Grants Topic Filters with wildcards to clients of 3.1.1, though it does not support them."""

    def serves_wildcards(self, c: "Connection", topic_filter: str) -> bool:
        return c.version < 5 or super().serves_wildcards(c, topic_filter)


@FAULTS.add(
    "subscribe-without-filters-taken",
    *both("MQTT-3.8.3-3", ("MQTT-3.8.3-2", "MQTT5-PE-SUBSCRIBE-NO-PAYLOAD")),
)
class SubscribeWithoutFiltersTaken(Rules):
    """Answers a SUBSCRIBE without Topic Filters with a SUBACK without codes."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_subscribe(malformed, "empty-payload")


@FAULTS.add("reserved-subscription-options-taken", *both("MQTT-3.8.3-4", "MQTT-3.8.3-5"))
class ReservedSubscriptionOptionsTaken(Rules):
    """Looks only at those bits of the Subscription Options that it knows."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_subscribe(malformed, "reserved-bits")


@FAULTS.add("qos-3-subscribed", *both("MQTT-3.8.3-4", "MQTT5-PE-SUBSCRIBE-QOS-3"))
class Qos3Subscribed(Rules):
    """Takes QoS 3 in a SUBSCRIBE for QoS 2."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_subscribe(malformed, "subscription-qos")

    def granted_qos(self, asked: int) -> int:
        return min(asked, 2)


@FAULTS.add("retain-handling-3-taken", *v5("MQTT5-PE-SUBSCRIBE-RETAIN-HANDLING-3"))
class RetainHandling3Taken(Rules):
    """Takes Retain Handling 3 for 2."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_subscribe(malformed, "retain-handling")


@FAULTS.add("no-local-on-share-taken", *v5("MQTT-3.8.3-4"))
class NoLocalOnShareTaken(Rules):
    """Takes No Local on a shared subscription."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_subscribe(malformed, "no-local-shared")


@FAULTS.add("subscription-identifier-0-taken", *v5("MQTT5-PE-SUBSCRIBE-ZERO-SUBSCRIPTION-ID"))
class SubscriptionIdentifier0Taken(Rules):
    """Takes Subscription Identifier 0 for none."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_subscribe(malformed, "property-value")


@FAULTS.add("subscription-identifier-twice-taken", *v5("MQTT5-PE-SUBSCRIBE-DUP-SUBSCRIPTION-ID"))
class SubscriptionIdentifierTwiceTaken(Rules):
    """Takes the first of two Subscription Identifiers."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_subscribe(malformed, "property-twice")


@FAULTS.add("no-local-ignored", *v5("MQTT-3.8.3-3"))
class NoLocalIgnored(Rules):
    """Sends a client its own messages in spite of No Local."""

    def local(self, g: "Granted", m: "Message", client_id: str) -> bool:
        return True


@FAULTS.add("repeated-subscribe-not-answered", *both("MQTT-3.8.4-1"))
class RepeatedSubscribeNotAnswered(Rules):
    """Answers no SUBSCRIBE that changes nothing."""

    def __init__(self) -> None:
        self._seen: set[tuple[Subscription, ...]] = set()

    def subacks(self, c: "Connection", subscribe: Subscribe, suback: Suback) -> list[Suback]:
        known = subscribe.subscriptions in self._seen
        self._seen.add(subscribe.subscriptions)
        return [] if known else [suback]


@FAULTS.add("subscription-kept-beside-its-successor", *both("MQTT-3.8.4-3"))
class SubscriptionKeptBesideItsSuccessor(Rules):
    """Adds a subscription to that which it should replace."""

    def put_subscription(self, s: "Session", key: str, granted: "Granted") -> None:
        super().put_subscription(s, f"{key}\0again" if key in s.subscriptions else key, granted)


@FAULTS.add("first-subscription-stays", *both("MQTT-3.8.4-3"))
class FirstSubscriptionStays(Rules):
    """Leaves a subscription as it was when it comes again with another QoS."""

    def put_subscription(self, s: "Session", key: str, granted: "Granted") -> None:
        if key not in s.subscriptions or s.subscriptions[key].qos == granted.qos:
            super().put_subscription(s, key, granted)


@FAULTS.add("retained-not-sent-again", *both("MQTT-3.8.4-3", ("MQTT-3.8.4-4", "MQTT-3.3.1-9")))
class RetainedNotSentAgain(Rules):
    """Sends retained messages only for a subscription that is new."""

    def sends_retained(self, options: Subscription, new: bool, version: int) -> bool:
        return new and super().sends_retained(options, new, version)


@FAULTS.add("gap-while-replacing", *both("MQTT-3.8.4-3", "MQTT-3.8.4-4"))
class GapWhileReplacing(Rules):
    """Removes a subscription before it puts another in its place, a moment later."""

    def put_subscription(self, s: "Session", key: str, granted: "Granted") -> None:
        if s.subscriptions.pop(key, None) is None:
            super().put_subscription(s, key, granted)
        else:
            self._put_later(s, key, granted, TURNS)

    def _put_later(self, s: "Session", key: str, granted: "Granted", turns: int) -> None:
        if turns:
            asyncio.get_running_loop().call_soon(self._put_later, s, key, granted, turns - 1)
        else:
            super().put_subscription(s, key, granted)


@FAULTS.add("third-filter-forgotten", *both("MQTT-3.8.4-4", "MQTT-3.8.4-5"))
class ThirdFilterForgotten(Rules):
    """Takes no more than two filters of a SUBSCRIBE."""

    def filters_taken(self, options: tuple[Subscription, ...]) -> tuple[Subscription, ...]:
        return options[:2]


@FAULTS.add("suback-for-each-filter", *both("MQTT-3.8.4-4", "MQTT-3.8.4-5"))
class SubackForEachFilter(Rules):
    """Answers a SUBSCRIBE with many filters once for each of them."""

    def subacks(self, c: "Connection", subscribe: Subscribe, suback: Suback) -> list[Suback]:
        count = len(subscribe.subscriptions)
        return [suback] * (count if count > 2 else 1)


@FAULTS.add("suback-code-missing", *both("MQTT-3.8.4-5", "MQTT-3.8.4-6"))
class SubackCodeMissing(Rules):
    """Leaves out the last code of SUBACK."""

    def subscribe_codes(self, c: "Connection", codes: list[int]) -> list[int]:
        return codes[:-1]


@FAULTS.add("suback-code-with-another-bit", *v311("MQTT-3.9.3-2"), *v5("MQTT-3.8.4-7", "MQTT-3.9.3-2"))
class SubackCodeWithAnotherBit(Rules):
    """Sets a bit of its own in the code of a filter that it grants."""

    def subscribe_codes(self, c: "Connection", codes: list[int]) -> list[int]:
        return [code | 0x40 if code < 0x80 else code for code in codes]


@FAULTS.add("delivered-at-published-qos", *both("MQTT-3.8.4-6", "MQTT-3.8.4-8"))
class DeliveredAtPublishedQos(Rules):
    """Delivers a message at the QoS that it was published with."""

    def delivery_qos(self, published: int, granted: int) -> int:
        return published


@FAULTS.add("delivered-at-granted-qos", *both("MQTT-3.8.4-6", "MQTT-3.8.4-8"))
class DeliveredAtGrantedQos(Rules):
    """Delivers a message above QoS 0 at the QoS that was granted."""

    def delivery_qos(self, published: int, granted: int) -> int:
        return granted if published else 0


@FAULTS.add("suback-codes-sorted", *both("MQTT-3.9.3-1"))
class SubackCodesSorted(Rules):
    """Sends the codes of SUBACK in the order of their values."""

    def subscribe_codes(self, c: "Connection", codes: list[int]) -> list[int]:
        return sorted(codes)


@FAULTS.add("suback-code-not-listed", *both("MQTT-3.9.3-2"))
class SubackCodeNotListed(Rules):
    """Refuses a filter with a code of CONNACK."""

    def refused_filter(self, c: "Connection", subscription: Subscription) -> int | None:
        refused = super().refused_filter(c, subscription)
        return None if refused is None else (0x86 if c.version >= 5 else 0x05 | 0x80)


@FAULTS.add("suback-reason-string-too-long", *v5("MQTT-3.9.2-1"))
class SubackReasonStringTooLong(Longwinded):
    """Sends a Reason String in SUBACK whatever the client's Maximum Packet Size."""

    kind, keeps = Suback, P.REASON_STRING


@FAULTS.add("suback-user-property-too-long", *v5("MQTT-3.9.2-2"))
class SubackUserPropertyTooLong(Longwinded):
    """Sends a User Property in SUBACK whatever the client's Maximum Packet Size."""

    kind, keeps = Suback, P.USER_PROPERTY
