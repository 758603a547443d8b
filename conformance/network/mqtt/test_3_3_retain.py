"""RETAIN (3.3.1.3): what is kept for later subscribers."""

from conformance.engine import check

from .bind import both, v5, v311
from .provide import Client, Mqtt
from .wire import Pingreq, Pingresp, Publish, Subscription


async def retained(mqtt: Mqtt, *payloads: bytes, qos: int = 1) -> tuple[str, Client]:
    """A topic on which these were published with RETAIN, one after the other, and the publisher."""
    topic = mqtt.topic()
    publisher = await mqtt.connect("publisher")
    for payload in payloads:
        await publisher.publish(topic, payload, qos=qos, retain=True)
    return topic, publisher


async def nothing_retained(mqtt: Mqtt, publisher: Client, topic: str, what: str) -> None:
    """A new subscriber gets nothing before a message published now."""
    late = await mqtt.subscriber(topic)
    await publisher.publish(topic, b"end", qos=2)
    before = await late.receive_until(b"end")
    check(not before, what, expected="no retained message", got=before[:1])


@both("MQTT-3.3.1-5")
async def test_retained_message_is_stored(mqtt: Mqtt) -> None:
    """A PUBLISH with RETAIN 1 is kept for later subscribers, with its QoS."""
    topic, _ = await retained(mqtt, b"kept")
    late = await mqtt.subscriber(topic, qos=1)
    publish = await late.expect(Publish, why="a message published with RETAIN 1 did not come to a later subscriber")
    check(
        publish.payload == b"kept" and publish.qos == 1,
        "the retained message came with another payload or QoS",
        expected="kept at QoS 1",
        got=publish,
    )


@both("MQTT-3.3.1-5")
async def test_newer_retained_message_replaces(mqtt: Mqtt) -> None:
    """The newer retained message of a topic replaces the older."""
    topic, publisher = await retained(mqtt, b"old", b"new")
    late = await mqtt.subscriber(topic)
    publish = await late.receive()
    await publisher.publish(topic, b"end", qos=1)
    more = await late.receive_until(b"end")
    check(
        publish.payload == b"new" and not more,
        "an older retained message came, or more than one",
        expected="new",
        got=[publish, *more],
    )


@both("MQTT-3.3.1-6", "MQTT-3.3.1-9")
async def test_new_subscription_gets_the_retained_messages(mqtt: Mqtt) -> None:
    """A new subscription gets the last retained message of each topic that matches (5.0: with Retain Handling 0)."""
    topic = mqtt.topic()
    publisher = await mqtt.connect("publisher")
    for name in ("a", "b"):
        await publisher.publish(f"{topic}/{name}", name.encode(), qos=1, retain=True)
    late = await mqtt.subscriber(f"{topic}/+")
    got = set()
    for _ in range(2):
        publish = await late.expect(Publish, why="a matching retained message did not come to a new subscription")
        await late.acknowledge(publish)
        got.add(publish.payload)
    check(got == {b"a", b"b"}, "not every matching topic's retained message came", got=got)


@v311("MQTT-3.3.1-7")
async def test_qos_0_retained_message_ends_the_older(mqtt: Mqtt) -> None:
    """A QoS 0 PUBLISH with RETAIN 1 drops what was retained; whether it is kept itself is open."""
    topic, publisher = await retained(mqtt, b"old")
    await publisher.publish(topic, b"newer", qos=0, retain=True)
    late = await mqtt.subscriber(topic)
    await publisher.publish(topic, b"end", qos=1)
    before = [p.payload for p in await late.receive_until(b"end")]
    check(b"old" not in before, "a retained message came that a later one had replaced", got=before)


@v311("MQTT-3.3.1-8")
async def test_retained_delivery_has_retain_1(mqtt: Mqtt) -> None:
    """What is sent because of a new subscription has RETAIN 1."""
    topic, _ = await retained(mqtt, b"kept")
    publish = await (await mqtt.subscriber(topic)).receive()
    check(
        publish.retain,
        "a retained message came to a new subscription without RETAIN",
        expected="RETAIN 1",
        got="RETAIN 0",
    )


@both("MQTT-3.3.1-9", "MQTT-3.3.1-12")
async def test_live_delivery_has_retain_0(mqtt: Mqtt) -> None:
    """What goes to an established subscription has RETAIN 0 (5.0: without Retain As Published)."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic)
    await (await mqtt.connect("publisher")).publish(topic, b"live", qos=1, retain=True)
    publish = await reader.receive()
    check(
        not publish.retain,
        "a message for an established subscription came with RETAIN",
        expected="RETAIN 0",
        got="RETAIN 1",
    )


@both("MQTT-3.3.1-10", "MQTT-3.3.1-6")
async def test_empty_retained_message_deletes(mqtt: Mqtt) -> None:
    """RETAIN 1 with an empty payload removes what was retained."""
    topic, publisher = await retained(mqtt, b"kept", b"")
    await nothing_retained(mqtt, publisher, topic, "an empty PUBLISH with RETAIN did not delete the retained message")


@both("MQTT-3.3.1-10", "MQTT-3.3.1-6")
async def test_empty_retained_message_is_forwarded(mqtt: Mqtt) -> None:
    """RETAIN 1 with an empty payload goes to present subscribers like any other message."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic)
    await (await mqtt.connect("publisher")).publish(topic, b"", qos=1, retain=True)
    publish = await reader.expect(Publish, why="an empty PUBLISH with RETAIN was not forwarded")
    check(publish.payload == b"", "the empty message came with a payload", got=publish)


@both("MQTT-3.3.1-11", "MQTT-3.3.1-7")
async def test_empty_message_is_not_retained(mqtt: Mqtt) -> None:
    """An empty message is never stored."""
    topic, publisher = await retained(mqtt, b"")
    await nothing_retained(mqtt, publisher, topic, "an empty message was retained")


@both("MQTT-3.3.1-12", "MQTT-3.3.1-8")
async def test_retain_0_leaves_the_store_alone(mqtt: Mqtt) -> None:
    """A PUBLISH with RETAIN 0 neither stores nor replaces."""
    topic, publisher = await retained(mqtt, b"kept")
    await publisher.publish(topic, b"passing", qos=1)
    late = await mqtt.subscriber(topic)
    publish = await late.receive()
    check(publish.payload == b"kept", "a PUBLISH with RETAIN 0 changed what is retained", expected="kept", got=publish)


@v5("MQTT-3.3.1-9")
async def test_retain_handling_0_sends_again(mqtt: Mqtt) -> None:
    """With Retain Handling 0 the retained messages come at every SUBSCRIBE."""
    topic, _ = await retained(mqtt, b"kept")
    reader = await mqtt.subscriber(topic)
    await reader.receive()
    await reader.subscribe(topic)
    await reader.expect(Publish, why="the retained message did not come again with Retain Handling 0")


@v5("MQTT-3.3.1-10")
async def test_retain_handling_1_sends_to_new_subscriptions_only(mqtt: Mqtt) -> None:
    """With Retain Handling 1 retained messages come only if the subscription is new."""
    topic, _ = await retained(mqtt, b"kept")
    reader = await mqtt.connect("reader")
    await reader.subscribe(Subscription(topic_filter=topic, qos=1, retain_handling=1))
    publish = await reader.expect(Publish, why="Retain Handling 1: nothing came for a new subscription")
    await reader.acknowledge(publish)
    await reader.subscribe(Subscription(topic_filter=topic, qos=1, retain_handling=1))
    await reader.send(Pingreq())
    event = await reader.expect(Pingresp | Publish)
    check(
        isinstance(event, Pingresp),
        "Retain Handling 1: the retained message came for a subscription that exists",
        got=event,
    )


@v5("MQTT-3.3.1-11")
async def test_retain_handling_2_sends_nothing(mqtt: Mqtt) -> None:
    """With Retain Handling 2 no retained message comes at subscribe."""
    topic, publisher = await retained(mqtt, b"kept")
    reader = await mqtt.connect("reader")
    await reader.subscribe(Subscription(topic_filter=topic, qos=1, retain_handling=2))
    await publisher.publish(topic, b"end", qos=1)
    before = await reader.receive_until(b"end")
    check(not before, "Retain Handling 2: a retained message came", got=before[:1])


@v5("MQTT-3.3.1-13")
async def test_retain_as_published_keeps_the_flag(mqtt: Mqtt) -> None:
    """With Retain As Published the flag arrives as it was sent."""
    topic = mqtt.topic()
    reader = await mqtt.connect("reader")
    await reader.subscribe(Subscription(topic_filter=topic, qos=1, retain_as_published=True))
    publisher = await mqtt.connect("publisher")
    for retain in (True, False):
        await publisher.publish(topic, b"x", qos=1, retain=retain)
        publish = await reader.receive()
        check(
            publish.retain == retain, "Retain As Published: the flag was changed", expected=retain, got=publish.retain
        )
