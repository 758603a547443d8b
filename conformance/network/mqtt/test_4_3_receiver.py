"""QoS (4.3), with the server as the receiver: what it answers, and what it takes for a new message."""

from dataclasses import replace

import pytest

from conformance.engine import Closed, a, check, lasts, negative

from .bind import both, v5
from .provide import Client, Mqtt
from .steps import forbidden_topic
from .wire import Disconnect, Pingreq, Pingresp, Puback, Pubcomp, Publish, Pubrec, Pubrel, properties
from .words import told

ANY_DUP = pytest.mark.parametrize("dup", [False, True], ids=["dup-0", "dup-1"])
HIGH = 0xC0DE
"""A Packet Identifier whose octets differ and whose highest bit is set."""
EXPIRED_S = 2.2
"""Longer than a Message Expiry Interval of 1 s."""


async def take(client: Client, message: Publish) -> None:
    """Have the server take a message, with the whole handshake."""
    identifier = message.packet_identifier or 0
    await client.send(message)
    if message.qos == 1:
        await client.ready(Puback)
        return
    await client.ready(Pubrec)
    await client.send(Pubrel(packet_identifier=identifier))
    await client.ready(Pubcomp)


async def second_is_new(mqtt: Mqtt, qos: int, *, dup: bool) -> None:
    """Two messages with one identifier, the second after the end of the first's handshake: both are delivered."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=qos)
    publisher = await mqtt.connect("publisher")
    await take(publisher, Publish(topic=topic, payload=b"one", qos=qos, packet_identifier=5))
    await reader.receive()
    await take(publisher, Publish(topic=topic, payload=b"two", qos=qos, dup=dup, packet_identifier=5))
    await take(publisher, Publish(topic=topic, payload=b"end", qos=qos, packet_identifier=6))
    got = [publish.payload for publish in await reader.receive_until(b"end")]
    check(b"two" in got, "a message whose identifier was free again was not delivered", expected=b"two", got=got)


@both("MQTT-4.3.2-2", "MQTT-4.3.2-4")
async def test_qos_1_is_answered_with_puback(mqtt: Mqtt, client: Client) -> None:
    """A QoS 1 PUBLISH is answered with a PUBACK that has its identifier."""
    await client.send(Publish(topic=mqtt.topic(), qos=1, packet_identifier=HIGH))
    await client.expect(a(Puback, packet_identifier=HIGH))


@both("MQTT-4.3.2-2", "MQTT-4.3.2-5")
@ANY_DUP
async def test_after_puback_the_identifier_is_new(mqtt: Mqtt, dup: bool) -> None:
    """After PUBACK a PUBLISH with the same identifier is a new message, whatever its DUP flag says."""
    await second_is_new(mqtt, 1, dup=dup)


@both("MQTT-4.3.3-2", "MQTT-4.3.3-8")
async def test_qos_2_is_answered_with_pubrec(mqtt: Mqtt, client: Client) -> None:
    """A QoS 2 PUBLISH is answered with a PUBREC that has its identifier."""
    await client.send(Publish(topic=mqtt.topic(), qos=2, packet_identifier=HIGH))
    await client.expect(a(Pubrec, packet_identifier=HIGH))


@both("MQTT-4.3.3-2", "MQTT-4.3.3-10")
async def test_repeat_before_pubrel_is_answered(mqtt: Mqtt, client: Client) -> None:
    """Until PUBREL a repeated PUBLISH gets a PUBREC again."""
    message = Publish(topic=mqtt.topic(), payload=b"message", qos=2, packet_identifier=7)
    await client.send(message)
    await client.ready(Pubrec)
    await client.send(replace(message, dup=True))
    await client.expect(Pubrec, why="a repeated QoS 2 PUBLISH got no PUBREC")


@both("MQTT-4.3.3-2", "MQTT-4.3.3-10")
async def test_repeat_before_pubrel_is_not_delivered_again(mqtt: Mqtt) -> None:
    """Until PUBREL a repeated PUBLISH is not a second message for the subscribers."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=2)
    publisher = await mqtt.connect("publisher")
    message = Publish(topic=topic, payload=b"once", qos=2, packet_identifier=7)
    await publisher.send(message)
    await publisher.ready(Pubrec)
    await take(publisher, replace(message, dup=True))
    await take(publisher, Publish(topic=topic, payload=b"end", qos=2, packet_identifier=8))
    got = [publish.payload for publish in await reader.receive_until(b"end")]
    check(got == [b"once"], "a QoS 2 message that was sent twice was delivered twice", expected=[b"once"], got=got)


@both("MQTT-4.3.3-2", "MQTT-4.3.3-11")
async def test_pubrel_is_answered_with_pubcomp(mqtt: Mqtt, client: Client) -> None:
    """PUBREL is answered with a PUBCOMP that has its identifier."""
    await client.send(Publish(topic=mqtt.topic(), qos=2, packet_identifier=HIGH))
    await client.ready(Pubrec)
    await client.send(Pubrel(packet_identifier=HIGH))
    await client.expect(a(Pubcomp, packet_identifier=HIGH))


@both("MQTT-4.3.3-2", "MQTT-4.3.3-11")
async def test_repeated_pubrel_is_answered_with_pubcomp(mqtt: Mqtt, client: Client) -> None:
    """So is a PUBREL that comes once more."""
    await take(client, Publish(topic=mqtt.topic(), qos=2, packet_identifier=11))
    await client.send(Pubrel(packet_identifier=11))
    await client.expect(a(Pubcomp, packet_identifier=11))


@both("MQTT-4.3.3-2", "MQTT-4.3.3-12")
@ANY_DUP
async def test_after_pubcomp_the_identifier_is_new(mqtt: Mqtt, dup: bool) -> None:
    """After PUBCOMP a PUBLISH with the same identifier is a new message."""
    await second_is_new(mqtt, 2, dup=dup)


@v5("MQTT-4.3.3-13")
@lasts(EXPIRED_S)
async def test_handshake_ends_though_the_message_expired(mqtt: Mqtt, client: Client) -> None:
    """The QoS 2 handshake is completed even when the message has expired meanwhile."""
    expiring = properties(message_expiry_interval=1)
    await client.send(Publish(topic=mqtt.topic(), qos=2, packet_identifier=3, properties=expiring))
    await client.ready(Pubrec)
    await client.next(within_s=EXPIRED_S)
    await client.send(Pubrel(packet_identifier=3))
    await client.expect(Pubcomp, why="after the message had expired its PUBREL was not answered")


@v5("MQTT-4.3.3-9")
@negative
async def test_after_a_refusal_the_identifier_is_new(mqtt: Mqtt) -> None:
    """After a PUBREC of 0x80 or above a PUBLISH with the same identifier is a new message."""
    topic, forbidden = mqtt.topic(), forbidden_topic(mqtt)
    reader = await mqtt.subscriber(topic, qos=2)
    publisher = await mqtt.connect("publisher")
    await publisher.send(Publish(topic=forbidden, qos=2, packet_identifier=9))
    refusal = await publisher.ready(Pubrec | Disconnect | Closed)
    if not isinstance(refusal, Pubrec) or refusal.reason_code < 0x80:
        what = "what the server says to an unauthorised PUBLISH is no such PUBREC"
        came = told(refusal)
        mqtt.case.not_applicable(f"{what}: {came}", f"服务端对未授权 PUBLISH 的回应不是此类 PUBREC：{came}")
    await publisher.send(Pingreq())
    if not isinstance(await publisher.ready(Pingresp | Disconnect | Closed), Pingresp):
        mqtt.case.not_applicable("the server closes after such a PUBREC", "服务端在发送此类 PUBREC 后关闭连接")
    await take(publisher, Publish(topic=topic, payload=b"allowed", qos=2, packet_identifier=9))
    await take(publisher, Publish(topic=topic, payload=b"end", qos=2, packet_identifier=10))
    got = [publish.payload for publish in await reader.receive_until(b"end")]
    check(b"allowed" in got, "a message whose identifier had been refused was not delivered", got=got)
