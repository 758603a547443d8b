"""What CONNACK announces as limited or not available (3.2.2.3), and what then becomes of those who ask for it."""

import pytest

from conformance.engine import check, negative

from .bind import v5
from .provide import Client, Mqtt
from .wire import Properties, Publish, Suback, Subscribe, Subscription, Will, describe, properties
from .wire.properties import NONE, PropertyId

LARGEST = 1 << 20
"""The largest Maximum Packet Size in octets that a case goes beyond."""


def announced(client: Client, identifier: PropertyId, default: int) -> int:
    """A limit that CONNACK tells, or the value that its absence stands for."""
    return int(client.connack.properties.get(identifier, default))


def needs(client: Client, limit: bool, what: str, what_zh: str) -> None:
    """End the case as not applicable unless the server has announced the limit."""
    if not limit:
        client.mqtt.case.not_applicable(f"the server announced no limit: {what}", f"服务端未通告限制：{what_zh}")


async def without_all_qos(mqtt: Mqtt) -> tuple[Client, int]:
    """A client of a server that announced a Maximum QoS, and this."""
    client = await mqtt.connect()
    maximum = announced(client, PropertyId.MAXIMUM_QOS, 2)
    needs(client, maximum < 2, "it supports every QoS", "支持所有 QoS")
    return client, maximum


async def without_retain(mqtt: Mqtt) -> Client:
    """A client of a server that announced Retain Available 0."""
    client = await mqtt.connect()
    needs(client, not announced(client, PropertyId.RETAIN_AVAILABLE, 1), "it retains messages", "保留消息")
    return client


@v5("MQTT-3.2.2-10")
async def test_subscriptions_may_ask_for_any_qos(mqtt: Mqtt) -> None:
    """A server with a Maximum QoS accepts SUBSCRIBE with QoS 0, 1 and 2 all the same."""
    client, _ = await without_all_qos(mqtt)
    wanted = tuple(Subscription(topic_filter=mqtt.topic(), qos=qos) for qos in range(3))
    await client.send(Subscribe(packet_identifier=1, subscriptions=wanted))
    suback = await client.expect(Suback, why="a SUBSCRIBE with QoS 0, 1 and 2 was not accepted")
    good = all(code < 0x80 for code in suback.reason_codes)
    check(good, "a subscription was refused for its QoS", expected="QoS granted", got=describe(suback))


@v5("MQTT-3.2.2-11", "MQTT5-PE-PUBLISH-QOS-NOT-SUPPORTED")
@negative
async def test_publish_above_maximum_qos_closes_the_connection(mqtt: Mqtt) -> None:
    """A PUBLISH with a QoS above Maximum QoS is a Protocol Error."""
    _, maximum = await without_all_qos(mqtt)
    for qos in range(maximum + 1, 3):
        client = await mqtt.connect(f"QoS {qos}")
        await client.send(bytes(Publish(topic=mqtt.topic(), qos=qos, packet_identifier=1)))
        await client.expect_closed(0x9B)


@v5("MQTT-3.2.2-12")
@negative
async def test_will_above_maximum_qos_is_refused(mqtt: Mqtt) -> None:
    """A CONNECT with a Will QoS above what the server supports is refused."""
    _, maximum = await without_all_qos(mqtt)
    await mqtt.refused(mqtt.hello(will=Will(topic=mqtt.topic(), qos=maximum + 1)), 0x9B)


@v5("MQTT-3.2.2-13")
@negative
async def test_retained_will_is_refused_without_retain(mqtt: Mqtt) -> None:
    """A CONNECT with Will Retain 1 is refused by a server that does not retain messages."""
    await without_retain(mqtt)
    await mqtt.refused(mqtt.hello(will=Will(topic=mqtt.topic(), retain=True)), 0x9A)


@v5("MQTT-3.2.2-14", "MQTT5-PE-PUBLISH-RETAIN-NOT-SUPPORTED")
@negative
async def test_retained_publish_without_retain_closes_the_connection(mqtt: Mqtt) -> None:
    """A PUBLISH with RETAIN 1 to a server that announced Retain Available 0 is a Protocol Error."""
    client = await without_retain(mqtt)
    await client.send(bytes(Publish(topic=mqtt.topic(), payload=b"message", retain=True)))
    await client.expect_closed(0x9A)


@v5("MQTT-3.2.2-15", "MQTT5-PE-PACKET-TOO-LARGE")
@negative
async def test_packet_above_the_servers_limit_closes_the_connection(mqtt: Mqtt) -> None:
    """A packet larger than the Maximum Packet Size that CONNACK gave is a Protocol Error."""
    client = await mqtt.connect()
    limit = announced(client, PropertyId.MAXIMUM_PACKET_SIZE, 0)
    needs(client, limit > 0, "it takes packets of any size", "接受任意长度的报文")
    if limit > LARGEST:
        mqtt.case.not_applicable(
            f"the server's Maximum Packet Size, {limit} octets, is too large to go beyond",
            f"服务端的最大报文长度为 {limit} 字节，过大而无法超出",
        )
    topic = mqtt.topic()
    packet = Publish(topic=topic, payload=bytes(limit))  # its header comes on top
    await client.send(bytes(packet))
    await client.expect_closed(0x95)


@v5("MQTT-3.2.2-17", "MQTT-3.3.2-9", "MQTT5-PE-PUBLISH-TOPIC-ALIAS-ABOVE-MAXIMUM")
@negative
async def test_alias_above_the_maximum_closes_the_connection(mqtt: Mqtt) -> None:
    """A Topic Alias above the maximum that CONNACK gave is a Protocol Error."""
    client = await mqtt.connect()
    maximum = announced(client, PropertyId.TOPIC_ALIAS_MAXIMUM, 0)
    if not 0 < maximum < 65535:
        mqtt.case.not_applicable(
            f"the server's Topic Alias Maximum is {maximum}: there is none above it to judge here",
            f"服务端的主题别名最大值为 {maximum}：没有更大的值可供判定",
        )
    await client.send(Publish(topic=mqtt.topic(), properties=properties(topic_alias=maximum + 1)))
    await client.expect_closed(0x94)


@v5("MQTT-3.2.2-18")
@negative
async def test_alias_without_permission_closes_the_connection(mqtt: Mqtt) -> None:
    """Where Topic Alias Maximum is absent or 0, any Topic Alias is a Protocol Error."""
    client = await mqtt.connect()
    maximum = announced(client, PropertyId.TOPIC_ALIAS_MAXIMUM, 0)
    if maximum:
        mqtt.case.not_applicable(
            f"the server takes Topic Aliases up to {maximum}", f"服务端接受不大于 {maximum} 的主题别名"
        )
    await client.send(Publish(topic=mqtt.topic(), properties=properties(topic_alias=1)))
    await client.expect_closed(0x94)


@negative
@pytest.mark.parametrize(
    ("identifier", "topic_filter", "given", "code"),
    [
        pytest.param(
            PropertyId.WILDCARD_SUBSCRIPTION_AVAILABLE, "{}/+", NONE, 0xA2,
            id="wildcard", marks=v5("MQTT5-PE-SUBSCRIBE-WILDCARD-NOT-AVAILABLE"),
        ),
        pytest.param(
            PropertyId.SUBSCRIPTION_IDENTIFIER_AVAILABLE, "{}", properties(subscription_identifier=7), 0xA1,
            id="identifier", marks=v5("MQTT5-PE-SUBSCRIBE-SUBSCRIPTION-ID-NOT-AVAILABLE"),
        ),
        pytest.param(
            PropertyId.SHARED_SUBSCRIPTION_AVAILABLE, "$share/group/{}", NONE, 0x9E,
            id="shared", marks=v5("MQTT5-PE-SUBSCRIBE-SHARED-NOT-AVAILABLE"),
        ),
    ],
)  # fmt: skip
async def test_subscription_that_is_not_available_is_refused(
    mqtt: Mqtt, identifier: PropertyId, topic_filter: str, given: Properties, code: int
) -> None:
    """What CONNACK announced as not available is a Protocol Error in SUBSCRIBE; at any rate it is not granted."""
    client = await mqtt.connect()
    name = identifier.name.replace("_", " ").title()
    needs(client, not announced(client, identifier, 1), name, name)
    wanted = (Subscription(topic_filter=topic_filter.format(mqtt.topic())),)
    await client.send(bytes(Subscribe(packet_identifier=1, subscriptions=wanted, properties=given)))
    event = await client.next()
    if isinstance(event, Suback) and all(each >= 0x80 for each in event.reason_codes):
        mqtt.case.note(f"refused by {describe(event)}; the text has the connection closed with 0x{code:02X}")
        return
    await client.check_closes(event, "a subscription was granted that the server announced as not available")
