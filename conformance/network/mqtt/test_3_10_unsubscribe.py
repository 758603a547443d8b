"""UNSUBSCRIBE (3.10): what makes it wrong, how it is answered, and what it ends."""

import pytest

from conformance.engine import Unready, a, check, negative

from .bind import both, v5
from .exchange import back, lasting, resent_within_s
from .grants import at_most
from .provide import Client, Mqtt
from .wire import Publish, Pubrec, Pubrel, Unsuback, Unsubscribe, describe
from .words import told

NOT_FOUND = 0x92
SEVERAL = 4
AS_SOON_S = 10.0
"""How much later than to one client a server may send again to another that came back with it."""


@both("MQTT-3.10.1-1")
@negative
@pytest.mark.parametrize("flags", [0, 1, 3, 6, 10])
async def test_other_flags_close_the_connection(mqtt: Mqtt, client: Client, flags: int) -> None:
    """The flags of UNSUBSCRIBE are 0010; anything else is malformed."""
    await client.send(Unsubscribe(flags=flags, topic_filters=(mqtt.topic(),)))
    await client.expect_closed(0x81)


@both("MQTT-3.10.3-1")
@negative
@pytest.mark.parametrize("octets", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80"], ids=["stray", "overlong", "surrogate"])
async def test_ill_formed_filter_closes_the_connection(mqtt: Mqtt, client: Client, octets: bytes) -> None:
    """The Topic Filters of UNSUBSCRIBE are well-formed UTF-8."""
    await client.send(Unsubscribe(topic_filters=(mqtt.topic("/").encode() + octets,)))
    await client.expect_closed(0x81, 0x8F)


@both("MQTT-3.10.3-2", ("MQTT-3.10.3-2", "MQTT5-PE-UNSUBSCRIBE-NO-PAYLOAD"))
@negative
async def test_unsubscribe_without_filters_closes_the_connection(client: Client) -> None:
    """An UNSUBSCRIBE has at least one Topic Filter."""
    await client.send(Unsubscribe(topic_filters=()))
    await client.expect_closed(0x82, 0x81)


@both("MQTT-3.10.4-1")
@pytest.mark.parametrize(
    "near", ["/A/+", "/a/b", "/a/#", "/a/+/", "//a/+", "/a", "/#"], ids=lambda text: text.replace("/", ":")
)
async def test_near_miss_leaves_the_subscription(mqtt: Mqtt, client: Client, near: str) -> None:
    """Only a filter that is the same in each character is removed."""
    topic = mqtt.topic()
    await client.subscribe(f"{topic}/a/+", qos=1)
    await client.unsubscribe(topic + near)
    await _publish(mqtt, f"{topic}/a/b", b"message")
    await client.expect(Publish, why=f"UNSUBSCRIBE with {topic + near!r} removed the subscription to '{topic}/a/+'")


@both(("MQTT-3.10.4-1", "MQTT-3.10.4-2"))
async def test_nothing_new_comes_after_unsuback(mqtt: Mqtt, client: Client) -> None:
    """A filter that matches exactly is removed, and no new messages are added for it."""
    topic, other = mqtt.topic(), mqtt.topic()
    await client.subscribe(topic, other, qos=1)
    await client.unsubscribe(topic)
    publisher = await _publish(mqtt, topic, b"late")
    for payload in (b"end", b"really the end"):
        await publisher.publish(other, payload, qos=at_most(publisher, 1))
    before = await client.receive_until(b"really the end")
    late = [publish for publish in before if publish.topic == topic]
    check(not late, "a message came for a subscription that UNSUBSCRIBE had removed", got=told(*late))


async def _publish(mqtt: Mqtt, topic: str, payload: bytes) -> Client:
    """A publisher that has just published this."""
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, payload, qos=at_most(publisher, 1))
    return publisher


@v5("MQTT-3.10.4-3")
async def test_qos_2_delivery_goes_on_after_unsubscribe(mqtt: Mqtt, client: Client) -> None:
    """A QoS 2 delivery that has begun is completed though its subscription is gone."""
    topic = mqtt.topic()
    await client.subscribe(topic, qos=2)
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"before", qos=2)
    await client.receive()  # with its whole handshake, so that only UNSUBSCRIBE can break off the next
    await publisher.publish(topic, b"message", qos=2)
    publish = await client.receive(acknowledge=False)
    if publish.qos < 2:
        mqtt.case.not_applicable("the server grants no QoS 2", "服务端不授予 QoS 2")
    await client.unsubscribe(topic)
    await client.send(Pubrec(packet_identifier=publish.packet_identifier or 0))
    pubrel = await client.expect(Pubrel, passing=Publish, why="UNSUBSCRIBE broke off a QoS 2 delivery: no PUBREL came")
    check(
        pubrel.reason_code != NOT_FOUND,
        "UNSUBSCRIBE broke off a QoS 2 delivery: its Packet Identifier was forgotten",
        expected="PUBREL 0x00",
        got=describe(pubrel),
    )


@both("MQTT-3.10.4-3")
@pytest.mark.parametrize("qos", [1, 2])
async def test_begun_delivery_outlives_its_subscription(mqtt: Mqtt, qos: int) -> None:
    """A delivery that has begun is completed after a reconnect too, though its subscription is gone."""
    topic = mqtt.topic()
    faithful, leaving = [await lasting(mqtt, topic, mqtt.topic(), qos=qos) for _ in range(2)]
    await (await mqtt.connect("publisher")).publish(topic, b"message", qos=qos)
    for client in (faithful, leaving):
        if not (await client.receive(acknowledge=False)).qos:
            mqtt.case.not_applicable("the server grants no QoS above 0", "服务端不授予 QoS 0 以上的级别")
    await leaving.unsubscribe(topic)
    for client in (faithful, leaving):
        client.abort()
    faithful, leaving = await back(mqtt, faithful), await back(mqtt, leaving)
    await faithful.receive(
        within_s=resent_within_s(faithful)
    )  # what is open is sent again where the subscription stands
    begun = a(Publish, payload=b"message")
    why = "a delivery that had begun before UNSUBSCRIBE was not completed"
    await leaving.acknowledge(await leaving.expect(begun, passing=Publish, within_s=AS_SOON_S, why=why))
    for client in (faithful, leaving):
        await client.send(mqtt.clean())


@both("MQTT-3.10.4-4")
async def test_unsubscribe_is_answered(mqtt: Mqtt, client: Client) -> None:
    """UNSUBSCRIBE is answered with UNSUBACK."""
    topic = mqtt.topic()
    await client.subscribe(topic)
    await client.send(Unsubscribe(packet_identifier=client.identifier(), topic_filters=(topic,)))
    await client.expect(Unsuback, passing=Publish, why="UNSUBSCRIBE was not answered with UNSUBACK")


@both("MQTT-3.10.4-4", "MQTT-3.10.4-5")
@pytest.mark.parametrize("identifier", [1, 0x0102, 0xFFFE])
async def test_unsuback_has_the_identifier_of_its_unsubscribe(mqtt: Mqtt, client: Client, identifier: int) -> None:
    """UNSUBACK carries the Packet Identifier of the UNSUBSCRIBE that it answers."""
    topic = mqtt.topic()
    await client.subscribe(topic)
    await client.send(Unsubscribe(packet_identifier=identifier, topic_filters=(topic,)))
    got = (await client.ready(Unsuback)).packet_identifier
    check(got == identifier, "UNSUBACK has another Packet Identifier", expected=identifier, got=got)


@both("MQTT-3.10.4-5")
async def test_unsuback_comes_though_nothing_was_removed(mqtt: Mqtt, client: Client) -> None:
    """UNSUBACK comes even when there was no such subscription."""
    await client.send(Unsubscribe(packet_identifier=1, topic_filters=(mqtt.topic(),)))
    await client.expect(Unsuback, why="an UNSUBSCRIBE that removed nothing was not answered")


@both("MQTT-3.10.4-6")
async def test_several_filters_get_one_unsuback(mqtt: Mqtt, client: Client) -> None:
    """An UNSUBSCRIBE with several filters is answered once."""
    topics = [mqtt.topic() for _ in range(SEVERAL)]
    for topic in topics:
        await client.subscribe(topic)
    await client.unsubscribe(*topics)
    for _ in range(2):
        await client.ping_behind()
    more = client.channel.arrived(Unsuback)
    check(not more, "an UNSUBSCRIBE with several filters got more than one UNSUBACK", expected=1, got=len(more) + 1)


@both("MQTT-3.10.4-6")
async def test_each_of_several_filters_is_removed(mqtt: Mqtt, client: Client) -> None:
    """Several filters in one UNSUBSCRIBE work like as many UNSUBSCRIBE packets."""
    topics, other = [mqtt.topic() for _ in range(SEVERAL)], mqtt.topic()
    for topic in (*topics, other):
        await client.subscribe(topic, qos=1)
    await client.unsubscribe(*topics)
    publisher = await mqtt.connect("publisher")
    for topic in topics:
        await publisher.publish(topic, b"late", qos=at_most(publisher, 1))
    await publisher.publish(other, b"end", qos=at_most(publisher, 1))
    late = await client.receive_until(b"end")
    if any(publish.topic == topics[0] for publish in late):
        raise Unready("the first of several filters was not removed")
    check(not late, "one of several filters of an UNSUBSCRIBE is still in force", got=told(*late))
