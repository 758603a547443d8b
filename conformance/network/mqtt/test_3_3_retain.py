"""RETAIN (3.3.1.3): what is kept for later subscribers."""

import pytest

from conformance.engine import Unready, check

from .bind import both, v5, v311
from .grants import granted_qos
from .provide import LOOKS, Client, Mqtt
from .steps import retained, waiting
from .wire import Publish, Subscription, describe
from .words import told


async def _left(mqtt: Mqtt, publisher: Client, topic: str, unwanted: bytes) -> list[Publish]:
    """What a new subscriber gets with this payload before a message published now.

    As with `Mqtt.retained`, a server may take a message away a little later than it says: so this looks again.
    """
    found: list[Publish] = []
    for i in range(LOOKS):
        late = await mqtt.subscriber(topic, qos=1)
        await publisher.publish(topic, b"end %d" % i, qos=1)
        before = await late.receive_until(b"end %d" % i)
        found = [publish for publish in before if publish.payload == unwanted]
        if not found:
            break
        await late.next(within_s=0.5)
    return found


@both("MQTT-3.3.1-5")
async def test_retained_message_is_stored(mqtt: Mqtt) -> None:
    """A PUBLISH with RETAIN 1 is kept for later subscribers, with its QoS."""
    async with retained(mqtt, b"kept") as (topic, _):
        publish = await mqtt.retained(topic, qos=1)
        what = "a message published with RETAIN 1 did not come to a later subscriber"
        got = told(publish) if publish else "nothing"
        check(publish and publish.payload == b"kept", what, expected="the message", got=got)


@v311("MQTT-3.3.1-5")
async def test_retained_message_keeps_its_qos(mqtt: Mqtt) -> None:
    """A retained message is kept with its QoS."""
    async with retained(mqtt, b"kept") as (topic, _):
        await waiting(mqtt, topic)
        late = await mqtt.connect("late")
        qos = granted_qos(await late.subscribe(topic, qos=1))
        publish = await late.receive()
        check(publish.qos == qos, "a message retained at QoS 1 came at another", expected=f"QoS {qos}", got=publish.qos)


@both("MQTT-3.3.1-5")
async def test_newer_retained_message_replaces(mqtt: Mqtt) -> None:
    """The newer retained message of a topic replaces the older."""
    async with retained(mqtt, b"old", b"new") as (topic, publisher):
        old = await _left(mqtt, publisher, topic, b"old")
        check(not old, "a retained message came that a newer one had replaced", got=told(*old))


@both("MQTT-3.3.1-6", "MQTT-3.3.1-9")
async def test_new_subscription_gets_the_retained_messages(mqtt: Mqtt) -> None:
    """A new subscription gets the last retained message of each topic that matches (5.0: with Retain Handling 0)."""
    async with retained(mqtt, b"a") as (one, _), retained(mqtt, b"b") as (two, _):
        await waiting(mqtt, one)
        await waiting(mqtt, two)
        late = await mqtt.connect("late")
        await late.subscribe(Subscription(topic_filter=one, qos=1), Subscription(topic_filter=two, qos=1))
        await _expect_all(late, {b"a", b"b"})


@both("MQTT-3.3.1-6", "MQTT-3.3.1-9")
async def test_wildcard_gets_the_retained_messages_of_all_topics(mqtt: Mqtt) -> None:
    """A filter with a wildcard gets the retained messages of all topics that it matches."""
    topic = mqtt.topic()
    publisher = await mqtt.connect("publisher")
    names = (b"a", b"b")
    for name in names:
        await publisher.publish(f"{topic}/{name.decode()}", name, qos=1, retain=True)
        await waiting(mqtt, f"{topic}/{name.decode()}")
    late = await mqtt.subscriber(f"{topic}/+", qos=1)
    await _expect_all(late, set(names))
    for name in names:
        await publisher.publish(f"{topic}/{name.decode()}", b"", retain=True)


async def _expect_all(client: Client, payloads: set[bytes]) -> None:
    got: set[bytes] = set()
    while not payloads <= got:
        publish = await client.expect(Publish, why="a matching retained message did not come to a new subscription")
        await client.acknowledge(publish)
        got.add(publish.payload)


@both("MQTT-3.3.1-7", "MQTT-3.3.1-5")
async def test_qos_0_retained_message_ends_the_older(mqtt: Mqtt) -> None:
    """A QoS 0 PUBLISH with RETAIN 1 drops what was retained; whether it is kept itself is open."""
    async with retained(mqtt, b"old") as (topic, publisher):
        await waiting(mqtt, topic)
        await publisher.publish(topic, b"newer", qos=0, retain=True)
        old = await _left(mqtt, publisher, topic, b"old")
        check(not old, "a retained message came that one of QoS 0 had replaced", got=told(*old))


@v311("MQTT-3.3.1-8")
async def test_retained_delivery_has_retain_1(mqtt: Mqtt) -> None:
    """What is sent because of a new subscription has RETAIN 1."""
    async with retained(mqtt, b"kept") as (topic, _):
        publish = await mqtt.retained(topic)
        if publish is None:
            raise Unready("before the case proper: nothing was retained")
        check(publish.retain, "a retained message came to a new subscription with RETAIN 0", got=describe(publish))


@both("MQTT-3.3.1-9", "MQTT-3.3.1-12")
async def test_live_delivery_has_retain_0(mqtt: Mqtt) -> None:
    """What goes to an established subscription has RETAIN 0 (5.0: without Retain As Published)."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=1)
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"live", qos=1, retain=True)
    publish = await reader.receive()
    check(not publish.retain, "a message for an established subscription came with RETAIN 1", got=describe(publish))
    await publisher.publish(topic, b"", retain=True)


@both("MQTT-3.3.1-10", "MQTT-3.3.1-6")
async def test_empty_retained_message_deletes(mqtt: Mqtt) -> None:
    """RETAIN 1 with an empty payload removes what was retained."""
    async with retained(mqtt, b"kept") as (topic, publisher):
        await waiting(mqtt, topic)
        await publisher.publish(topic, b"", qos=1, retain=True)
        kept = await _left(mqtt, publisher, topic, b"kept")
        check(not kept, "an empty PUBLISH with RETAIN 1 did not delete the retained message", got=told(*kept))


@both("MQTT-3.3.1-10", "MQTT-3.3.1-6")
async def test_empty_retained_message_is_forwarded(mqtt: Mqtt) -> None:
    """RETAIN 1 with an empty payload goes to present subscribers like any other message."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=1)
    await (await mqtt.connect("publisher")).publish(topic, b"", qos=1, retain=True)
    publish = await reader.expect(Publish, why="an empty PUBLISH with RETAIN 1 was not forwarded")
    check(publish.payload == b"", "the empty message came with a payload", got=describe(publish))


@both("MQTT-3.3.1-11", "MQTT-3.3.1-7")
async def test_empty_message_is_not_retained(mqtt: Mqtt) -> None:
    """An empty message is never stored."""
    async with retained(mqtt, b"") as (topic, publisher):
        empty = await _left(mqtt, publisher, topic, b"")
        check(not empty, "an empty message was retained", got=told(*empty))


@both("MQTT-3.3.1-12", "MQTT-3.3.1-8")
@pytest.mark.parametrize("before", [(), (b"kept",)], ids=["nothing-kept", "one-kept"])
async def test_retain_0_leaves_the_store_alone(mqtt: Mqtt, before: tuple[bytes, ...]) -> None:
    """A PUBLISH with RETAIN 0 is neither stored nor does it replace or remove what is."""
    async with retained(mqtt, *before) as (topic, publisher):
        if before:
            await waiting(mqtt, topic)
        await publisher.publish(topic, b"passing", qos=1)
        publish = await mqtt.retained(topic) if before else None
        passing = await _left(mqtt, publisher, topic, b"passing")
        check(not passing, "a PUBLISH with RETAIN 0 was retained", got=told(*passing))
        untouched = not before or (publish and publish.payload == b"kept")
        got = told(publish) if publish else "nothing"
        check(untouched, "a PUBLISH with RETAIN 0 changed what is retained", expected=before, got=got)


@v5("MQTT-3.3.1-9")
async def test_retain_handling_0_sends_again(mqtt: Mqtt) -> None:
    """With Retain Handling 0 the retained messages come at every SUBSCRIBE."""
    async with retained(mqtt, b"kept") as (topic, _):
        await waiting(mqtt, topic)
        reader = await mqtt.subscriber(topic, qos=1)
        await reader.receive()
        await reader.subscribe(topic, qos=1)
        await reader.expect(Publish, why="the retained message did not come again with Retain Handling 0")


@v5("MQTT-3.3.1-10")
async def test_retain_handling_1_sends_to_a_new_subscription(mqtt: Mqtt) -> None:
    """With Retain Handling 1 retained messages come if the subscription is new."""
    async with retained(mqtt, b"kept") as (topic, _):
        await waiting(mqtt, topic)
        reader = await mqtt.connect("reader")
        await reader.subscribe(Subscription(topic_filter=topic, qos=1, retain_handling=1))
        await reader.expect(Publish, why="Retain Handling 1: nothing came for a new subscription")


@v5("MQTT-3.3.1-10")
async def test_retain_handling_1_sends_nothing_to_an_old_subscription(mqtt: Mqtt) -> None:
    """With Retain Handling 1 no retained message comes if the subscription exists."""
    async with retained(mqtt, b"kept") as (topic, publisher):
        await waiting(mqtt, topic)
        reader = await mqtt.subscriber(topic, qos=1)
        await reader.receive()
        await reader.subscribe(Subscription(topic_filter=topic, qos=1, retain_handling=1))
        await publisher.publish(topic, b"end", qos=1)
        before = await reader.receive_until(b"end")
        what = "Retain Handling 1: the retained message came for a subscription that exists"
        check(not before, what, got=told(*before))


@v5("MQTT-3.3.1-11")
@pytest.mark.parametrize("times", [1, 2], ids=["new", "again"])
async def test_retain_handling_2_sends_nothing(mqtt: Mqtt, times: int) -> None:
    """With Retain Handling 2 no retained message comes at subscribe."""
    async with retained(mqtt, b"kept") as (topic, publisher):
        await waiting(mqtt, topic)
        reader = await mqtt.connect("reader")
        for _ in range(times):
            await reader.subscribe(Subscription(topic_filter=topic, qos=1, retain_handling=2))
        await publisher.publish(topic, b"end", qos=1)
        before = await reader.receive_until(b"end")
        check(not before, "Retain Handling 2: a retained message came", got=told(*before))


@v5("MQTT-3.3.1-13")
@pytest.mark.parametrize("retain", [True, False])
async def test_retain_as_published_keeps_the_flag(mqtt: Mqtt, retain: bool) -> None:
    """With Retain As Published the flag arrives as it was sent."""
    topic = mqtt.topic()
    reader = await mqtt.connect("reader")
    await reader.subscribe(Subscription(topic_filter=topic, qos=1, retain_as_published=True))
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"message", qos=1, retain=retain)
    publish = await reader.receive()
    good = publish.retain == retain
    check(good, "Retain As Published: the flag was changed", expected=retain, got=describe(publish))
    await publisher.publish(topic, b"", retain=True)
