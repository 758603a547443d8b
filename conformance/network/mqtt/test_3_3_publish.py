"""PUBLISH (3.3): flags, topics, acknowledgement and onward delivery."""

import pytest

from conformance.engine import Closed, a, check, negative

from .bind import both, v5, v311
from .provide import Client, Mqtt
from .wire import Pingreq, Pingresp, Puback, Publish, Pubrec, Subscribe, Subscription, properties
from .wire.properties import PropertyId

ALL_QOS = pytest.mark.parametrize("qos", [0, 1, 2])


async def delivered(mqtt: Mqtt, *, qos: int = 1, granted: int = 2, **fields: object) -> Publish:
    """A message published and delivered to a subscriber, not acknowledged by it yet."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=granted)
    await (await mqtt.connect("publisher")).publish(topic, b"message", qos=qos, **fields)  # type: ignore[arg-type]
    return await reader.receive(acknowledge=False)


@both("MQTT-3.3.1-2")
@negative
async def test_dup_with_qos_0_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """DUP is 0 on every QoS 0 PUBLISH; anything else is a violation."""
    await client.send(Publish(topic=mqtt.topic(), dup=True))
    await client.expect_closed(0x81, 0x82)


@both(("MQTT-4.3.1-1", "MQTT-3.3.1-2"))
async def test_qos_0_delivery_has_dup_0(mqtt: Mqtt) -> None:
    """The server's own QoS 0 deliveries have QoS 0 and DUP 0."""
    publish = await delivered(mqtt, qos=0)
    check(
        publish.qos == 0 and not publish.dup, "a QoS 0 message was delivered with another QoS or with DUP", got=publish
    )


@both("MQTT-3.3.1-3")
async def test_dup_does_not_travel(mqtt: Mqtt) -> None:
    """DUP of a delivery does not depend on DUP of the PUBLISH that came in."""
    publish = await delivered(mqtt, dup=True)
    check(not publish.dup, "the publisher's DUP flag was passed on", expected="DUP 0", got="DUP 1")


@both("MQTT-3.3.1-4")
@negative
async def test_qos_3_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """Both QoS bits set is a malformed PUBLISH."""
    await client.send(Publish(topic=mqtt.topic(), flags=6, packet_identifier=1))
    await client.expect_closed(0x81)


@both(("MQTT-3.3.2-1", "MQTT-1.5.3-1"), ("MQTT-3.3.2-1", "MQTT-1.5.4-1"))
@negative
async def test_ill_formed_topic_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """The Topic Name is well-formed UTF-8."""
    await client.send(Publish(topic=b"iic/\xc3\x28"))
    await client.expect_closed(0x81, 0x90)


@both(("MQTT-3.3.2-2", "MQTT-4.7.1-1"), ("MQTT-3.3.2-2", "MQTT-4.7.0-1"))
@negative
@pytest.mark.parametrize("wild", ["/#", "/+", "/+/b"])
async def test_wildcard_in_topic_closes_the_connection(mqtt: Mqtt, client: Client, wild: str) -> None:
    """A Topic Name has no wildcards."""
    await client.send(Publish(topic=mqtt.topic(wild)))
    await client.expect_closed(0x90, 0x81, 0x82)


@both("MQTT-3.3.2-3")
async def test_delivered_topic_matches_the_filter(mqtt: Mqtt) -> None:
    """What is delivered matches the subscription."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(f"{topic}/+")
    publisher = await mqtt.connect("publisher")
    await publisher.publish(f"{topic}/one", b"message", qos=1)
    publish = await reader.receive()
    good = (
        isinstance(publish.topic, str)
        and publish.topic.startswith(f"{topic}/")
        and "/" not in publish.topic[len(topic) + 1 :]
    )
    check(good, "the delivered Topic Name does not match the subscription", expected=f"{topic}/+", got=publish.topic)


@both("MQTT-3.3.4-1")
@ALL_QOS
async def test_publish_is_acknowledged_by_its_qos(mqtt: Mqtt, client: Client, qos: int) -> None:
    """QoS 0 gets no answer, QoS 1 PUBACK, QoS 2 PUBREC."""
    await client.send(
        Publish(topic=mqtt.topic(), qos=qos, packet_identifier=client.identifier() if qos else None), Pingreq()
    )
    if qos == 0:
        await client.expect(Pingresp, why="a QoS 0 PUBLISH was answered")
    else:
        await client.expect(Puback if qos == 1 else Pubrec, passing=Pingresp)


@both("MQTT-3.3.5-1", "MQTT-3.3.4-2")
async def test_overlapping_subscriptions_use_the_highest_qos(mqtt: Mqtt) -> None:
    """With overlapping subscriptions at least one delivery has the highest QoS of those that match."""
    topic = mqtt.topic()
    reader = await mqtt.connect("reader")
    await reader.subscribe(
        Subscription(topic_filter=f"{topic}/#", qos=1), Subscription(topic_filter=f"{topic}/a", qos=2)
    )
    publisher = await mqtt.connect("publisher")
    await publisher.publish(f"{topic}/a", b"message", qos=2)
    await publisher.publish(f"{topic}/b", b"end", qos=2)
    got = [p.qos for p in await reader.receive_until(b"end")]
    if not got:
        got = [(await reader.receive()).qos]
    check(2 in got, "no delivery has the highest QoS of the matching subscriptions", expected="QoS 2", got=f"QoS {got}")


@both("MQTT-3.3.5-1", "MQTT-3.3.4-2")
async def test_overlapping_subscriptions_in_the_other_order(mqtt: Mqtt) -> None:
    """The order in which overlapping subscriptions were made does not matter."""
    topic = mqtt.topic()
    reader = await mqtt.connect("reader")
    await reader.subscribe(
        Subscription(topic_filter=f"{topic}/a", qos=2), Subscription(topic_filter=f"{topic}/#", qos=0)
    )
    publisher = await mqtt.connect("publisher")
    await publisher.publish(f"{topic}/a", b"message", qos=2)
    seen = [await reader.receive()]
    await reader.ping()
    seen += reader.channel.arrived(Publish)
    check(
        2 in [p.qos for p in seen],
        "no delivery has the highest QoS of the matching subscriptions",
        expected="QoS 2",
        got=[p.qos for p in seen],
    )


@v311("MQTT-3.3.5-2")
async def test_unauthorised_publish_is_acknowledged_or_closed(mqtt: Mqtt, client: Client) -> None:
    """A PUBLISH that the server does not allow is acknowledged as usual, or ends the connection."""
    topic = mqtt.ixit.get("forbidden_topic")
    if not topic:
        mqtt.case.not_applicable(
            "the product file names no topic that is forbidden to the tester ([ixit.mqtt] forbidden_topic)"
        )
    await client.send(Publish(topic=str(topic), qos=1, packet_identifier=7), Pingreq())
    await client.expect(
        Puback | Closed, why="an unauthorised PUBLISH was neither acknowledged nor answered with a close"
    )


@v5("MQTT-3.3.2-4")
@pytest.mark.parametrize("indicator", [0, 1, None])
async def test_payload_format_indicator_is_passed_on(mqtt: Mqtt, indicator: int | None) -> None:
    """The Payload Format Indicator reaches the subscriber unchanged."""
    given = properties(payload_format_indicator=indicator) if indicator is not None else properties()
    publish = await delivered(mqtt, properties=given)
    got = publish.properties.get(PropertyId.PAYLOAD_FORMAT_INDICATOR)
    check(got == indicator, "the Payload Format Indicator was changed on the way", expected=indicator, got=got)


@both("MQTT-4.5.0-1")
async def test_every_matching_session_gets_the_message(mqtt: Mqtt) -> None:
    """A message is added to the session of each client with a matching subscription."""
    topic = mqtt.topic()
    readers = [
        await mqtt.subscriber(text, qos=1)
        for text in (topic, f"{topic}/#", "iic/+" if topic.count("/") == 1 else f"{topic}/#")
    ]
    away = await mqtt.connect("away", session_expiry=300)
    await away.subscribe(topic, qos=1)
    await away.disconnect()
    await (await mqtt.connect("publisher")).publish(topic, b"for all", qos=1)
    for reader in readers:
        await reader.expect(
            a_message(topic), passing=Publish, why="a client with a matching subscription did not get the message"
        )
    back = await mqtt.connect("back", client_id=away.client_id, session_expiry=300)
    await back.expect(Publish, why="a client that was away did not get the message when it returned")
    await back.send(mqtt.clean())


def a_message(topic: str) -> object:
    """A PUBLISH on this topic."""
    return a(Publish, topic=topic)


@both(("MQTT-4.6.0-6", "MQTT-4.6.0-5"), ("MQTT-4.6.0-5", "MQTT-4.6.0-6"))
@ALL_QOS
async def test_messages_of_a_topic_arrive_in_order(mqtt: Mqtt, qos: int) -> None:
    """Messages of one publisher on one topic at one QoS arrive in the order they were sent."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=qos)
    publisher = await mqtt.connect("publisher")
    for i in range(10):
        await publisher.publish(topic, b"%d" % i, qos=qos)
    got = [int((await reader.receive()).payload) for _ in range(10)]
    check(
        got == sorted(got), "messages of one publisher, topic and QoS were reordered", expected=list(range(10)), got=got
    )


@both("MQTT-1.5.3-2", "MQTT-1.5.4-2")
@negative
async def test_nul_in_a_topic_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """U+0000 may not stand in a string."""
    await client.send(Publish(topic=mqtt.topic("\0x")))
    await client.expect_closed(0x81, 0x90)


@both("MQTT-4.7.3-2")
@negative
async def test_nul_in_a_filter_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """U+0000 may not stand in a Topic Filter."""
    await client.send(Subscribe(packet_identifier=1, subscriptions=(Subscription(topic_filter=mqtt.topic("\0x")),)))
    await client.expect_closed(0x81, 0x8F)


@both("MQTT-4.7.3-1")
@negative
async def test_empty_topic_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """A Topic Name has at least one character (5.0: unless an alias stands for it)."""
    await client.send(Publish(topic=""))
    await client.expect_closed(0x82, 0x81, 0x90)
