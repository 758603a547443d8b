"""Overlapping subscriptions (5.0, 3.3.4; 3.1.1, 3.3.5): how often, at which QoS, with which identifiers."""

import pytest

from conformance.engine import check

from .bind import both, v5
from .provide import Client, Mqtt
from .wire import Publish, Subscription, describe, properties
from .wire.properties import PropertyId
from .words import qos_levels

WIDE, NARROW = 1, 2
"""The Subscription Identifiers of a filter with a wildcard and of one without."""


@both("MQTT-3.3.5-1", "MQTT-3.3.4-2")
@pytest.mark.parametrize("qos_of_wide", [0, 2])
async def test_overlapping_subscriptions_use_the_highest_qos(mqtt: Mqtt, qos_of_wide: int) -> None:
    """With overlapping subscriptions at least one delivery has the highest QoS of those that match."""
    topic = mqtt.topic()
    reader = await mqtt.connect("reader")
    wide = await reader.subscribe(Subscription(topic_filter=f"{topic}/#", qos=qos_of_wide))
    narrow = await reader.subscribe(Subscription(topic_filter=f"{topic}/a", qos=2 - qos_of_wide))
    highest = max(*wide.reason_codes, *narrow.reason_codes)
    copies = await _copies(mqtt, reader, f"{topic}/a", qos=highest)
    got = [copy.qos for copy in copies]
    what = "no delivery has the highest QoS of the matching subscriptions"
    check(highest in got, what, expected=f"QoS {highest}", got=qos_levels(got))


async def _copies(mqtt: Mqtt, reader: Client, topic: str, *, qos: int) -> list[Publish]:
    """All that a reader with overlapping subscriptions gets of one message."""
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"message", qos=qos)
    copies = [await reader.receive()]
    await publisher.publish(topic, b"end", qos=qos)
    return [*copies, *(p for p in await reader.receive_until(b"end") if p.payload == b"message")]


async def _identified(mqtt: Mqtt) -> list[Publish]:
    """The copies of a message that matches two subscriptions, each with an identifier."""
    topic = mqtt.topic()
    reader = await mqtt.connect("reader")
    await reader.subscribe(f"{topic}/#", qos=1, properties=properties(subscription_identifier=WIDE))
    await reader.subscribe(f"{topic}/a", qos=1, properties=properties(subscription_identifier=NARROW))
    return await _copies(mqtt, reader, f"{topic}/a", qos=1)


def _identifiers(publish: Publish) -> list[int]:
    return sorted(publish.properties.all(PropertyId.SUBSCRIPTION_IDENTIFIER))


@v5("MQTT-3.3.4-3")
async def test_identifiers_of_overlapping_subscriptions_come_along(mqtt: Mqtt) -> None:
    """The Subscription Identifiers of all overlapping subscriptions come with the message."""
    copies = await _identified(mqtt)
    got = {identifier for copy in copies for identifier in _identifiers(copy)}
    what = "not all Subscription Identifiers of the matching subscriptions came"
    check(got == {WIDE, NARROW}, what, expected={WIDE, NARROW}, got=got)


@v5("MQTT-3.3.4-4")
async def test_one_copy_has_the_identifiers_of_all(mqtt: Mqtt) -> None:
    """A single copy holds the identifiers of all subscriptions that match."""
    copies = await _identified(mqtt)
    if len(copies) > 1:
        mqtt.case.not_applicable("the server sends a copy for each subscription", "服务端对每个订阅各发送一份")
    got = _identifiers(copies[0])
    what = "a single copy does not have the identifiers of all matching subscriptions"
    check(got == [WIDE, NARROW], what, expected=[WIDE, NARROW], got=describe(copies[0]))


@v5("MQTT-3.3.4-5")
async def test_each_copy_has_its_own_identifier(mqtt: Mqtt) -> None:
    """Each of several copies holds the identifier of the subscription that it is sent for."""
    copies = await _identified(mqtt)
    if len(copies) < 2:
        mqtt.case.not_applicable("the server sends one copy for all subscriptions", "服务端对所有订阅只发送一份")
    got = sorted(_identifiers(copy) for copy in copies)
    what = "the copies do not each have the identifier of their own subscription"
    check(got == [[WIDE], [NARROW]], what, expected=[[WIDE], [NARROW]], got=got)
