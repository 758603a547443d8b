"""Packet Identifiers and Property Length (5.0, 2.2; 3.1.1, 2.3.1)."""

from dataclasses import replace

import pytest

from conformance.engine import Silence, Unready, check, negative

from .bind import both, v5
from .exchange import exchange, flaws, highest_qos
from .provide import Client, Mqtt
from .wire import (
    LEFT_OUT,
    Connack,
    Packet,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Subscription,
    Unsuback,
    Unsubscribe,
)
from .words import told

QOS_1_AND_2 = pytest.mark.parametrize("qos", [1, 2])
SENT = 6
"""How many deliveries are left open at once: few enough for the queues of small servers."""


@both("MQTT-2.3.1-1", "MQTT-2.2.1-3")
@negative
@pytest.mark.parametrize("kind", ["publish-qos-1", "publish-qos-2", "subscribe", "unsubscribe"])
async def test_identifier_0_closes_the_connection(mqtt: Mqtt, client: Client, kind: str) -> None:
    """PUBLISH above QoS 0, SUBSCRIBE and UNSUBSCRIBE have an identifier other than 0."""
    topic = mqtt.topic()
    packets: dict[str, Packet] = {
        "publish-qos-1": Publish(topic=topic, qos=1, packet_identifier=0),
        "publish-qos-2": Publish(topic=topic, qos=2, packet_identifier=0),
        "subscribe": Subscribe(packet_identifier=0, subscriptions=(Subscription(topic_filter=topic),)),
        "unsubscribe": Unsubscribe(packet_identifier=0, topic_filters=(topic,)),
    }
    await client.send(packets[kind])
    await client.expect_closed(0x81, 0x82)


@both("MQTT-2.3.1-1", "MQTT-2.2.1-4")
async def test_deliveries_have_an_identifier_other_than_0(mqtt: Mqtt) -> None:
    """The server's own PUBLISH above QoS 0 has an identifier other than 0."""
    talker = await exchange(mqtt, mqtt.topic())
    wrong = flaws(talker, "packet-identifier-zero", of=Publish)
    check(not wrong, "the server sent a PUBLISH with Packet Identifier 0", got="; ".join(wrong))


@pytest.mark.parametrize(
    "qos",
    [
        pytest.param(1, marks=both(("MQTT-2.3.1-4", "MQTT-4.3.2-1"), ("MQTT-2.2.1-4", "MQTT-4.3.2-1"))),
        pytest.param(2, marks=both(("MQTT-2.3.1-4", "MQTT-4.3.3-1"), ("MQTT-2.2.1-4", "MQTT-4.3.3-1"))),
    ],
)
async def test_open_deliveries_have_identifiers_of_their_own(mqtt: Mqtt, qos: int) -> None:
    """The server gives a new message an identifier that is not in use: here several stay open at once."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=qos)
    publisher = await mqtt.connect("publisher")
    for i in range(SENT):
        await publisher.publish(topic, b"%d" % i, qos=qos)
    got = await _open_deliveries(reader)
    identifiers = [p.packet_identifier for p in got if p.qos and not p.dup]
    if len(identifiers) < 2:
        mqtt.case.not_applicable(
            "the server has no two deliveries above QoS 0 open at once", "服务端不会同时有两个 QoS 0 以上的未完成投递"
        )
    check(
        len(set(identifiers)) == len(identifiers),
        "the server gave a new message an identifier that was in use",
        expected="an identifier of its own for each open message",
        got=identifiers,
    )


async def _open_deliveries(reader: Client) -> list[Publish]:
    """What the server sends with no acknowledgement: all of it, or as much as it has open at once."""
    got = [await reader.receive(acknowledge=False)]
    while len(got) < SENT:
        event = await reader.next(within_s=2.0)
        if isinstance(event, Silence):
            break
        if not isinstance(event, Publish):
            raise Unready(f"something else came instead of a delivery: {told(event)}")
        got.append(event)
    return got


@both("MQTT-2.3.1-5", "MQTT-2.2.1-2")
async def test_qos_0_delivery_has_no_identifier(mqtt: Mqtt) -> None:
    """A QoS 0 PUBLISH has no Packet Identifier, whatever the QoS it was published with: its payload begins at once."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=0)
    publisher = await mqtt.connect("publisher")
    for qos in range(highest_qos(publisher) + 1):
        await publisher.publish(topic, b"message", qos=qos)
        publish = await reader.receive()
        if publish.qos == 0:
            got = publish.payload
            check(
                got == b"message",
                "a QoS 0 PUBLISH carries octets that are not its payload",
                expected=b"message",
                got=got,
            )


@both("MQTT-2.3.1-6", "MQTT-2.2.1-5")
@QOS_1_AND_2
async def test_receipts_repeat_the_identifier(mqtt: Mqtt, client: Client, qos: int) -> None:
    """PUBACK and PUBREC carry the identifier of the PUBLISH that they belong to."""
    await client.send(Publish(topic=mqtt.topic(), qos=qos, packet_identifier=0x1234))
    answer = await client.ready(Puback if qos == 1 else Pubrec)
    _same(answer, 0x1234)


@v5("MQTT-2.2.1-5")
async def test_pubcomp_repeats_the_identifier(mqtt: Mqtt, client: Client) -> None:
    """So does PUBCOMP."""
    await client.send(Publish(topic=mqtt.topic(), qos=2, packet_identifier=0x1234))
    await client.ready(Pubrec)
    await client.send(Pubrel(packet_identifier=0x1234))
    _same(await client.ready(Pubcomp), 0x1234)


@both("MQTT-2.3.1-6", "MQTT-2.2.1-5")
async def test_pubrel_repeats_the_identifier(mqtt: Mqtt) -> None:
    """So does the server's own PUBREL."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=2)
    await (await mqtt.connect("publisher")).publish(topic, b"message", qos=2)
    publish = await reader.receive(acknowledge=False)
    await reader.send(Pubrec(packet_identifier=publish.packet_identifier or 0))
    _same(await reader.ready(Pubrel), publish.packet_identifier)


@both("MQTT-2.3.1-7", "MQTT-2.2.1-6")
async def test_subscription_answers_repeat_the_identifier(mqtt: Mqtt, client: Client) -> None:
    """SUBACK and UNSUBACK carry the identifier of their request."""
    topic = mqtt.topic()
    await client.send(Subscribe(packet_identifier=0x0203, subscriptions=(Subscription(topic_filter=topic),)))
    _same(await client.ready(Suback), 0x0203)
    await client.send(Unsubscribe(packet_identifier=0xFFFE, topic_filters=(topic,)))
    _same(await client.ready(Unsuback), 0xFFFE)


def _same(answer: Puback | Pubrec | Pubrel | Pubcomp | Suback | Unsuback, identifier: int | None) -> None:
    right = answer.packet_identifier == identifier
    check(right, f"{answer.TITLE} has another Packet Identifier", expected=identifier, got=answer.packet_identifier)


@v5("MQTT-2.2.2-1")
async def test_the_server_writes_property_length_0(mqtt: Mqtt) -> None:
    """Where the server has no properties to send it says so with a Property Length of 0."""
    talker = await exchange(mqtt, mqtt.topic())
    kinds = (Connack, Publish, Suback, Unsuback)
    wrong = flaws(talker, "missing-field", of=kinds, fields=("Property Length", "properties"))
    check(not wrong, "the server left out the Property Length", got="; ".join(wrong))


@v5("MQTT-2.2.2-1")
@negative
async def test_connect_without_property_length_is_refused(mqtt: Mqtt) -> None:
    """A CONNECT without Property Length is malformed: its Client Identifier is read in the wrong place."""
    hello = replace(mqtt.hello(client_id="x" * 200), user_name=None, password=None, properties=LEFT_OUT)
    stranger = await mqtt.open("stranger")
    await stranger.send(hello)
    await stranger.expect_refused(0x81)


@v5("MQTT-2.2.2-1")
@negative
async def test_subscribe_without_property_length_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """So is a SUBSCRIBE."""
    wanted = (Subscription(topic_filter=mqtt.topic(), qos=1),)
    await client.send(Subscribe(packet_identifier=7, subscriptions=wanted, properties=LEFT_OUT))
    await client.expect_closed(0x81)
