"""PUBLISH (3.3): flags, Topic Name, acknowledgement and onward delivery."""

import pytest

from conformance.engine import Closed, check, negative

from .bind import both, v311
from .exchange import resent_within_s
from .provide import Client, Mqtt
from .steps import delivered, forbidden_topic, retained, waiting
from .wire import Disconnect, Pingreq, Pingresp, Puback, Publish, Pubrec, describe
from .words import told

ALL_QOS = pytest.mark.parametrize("qos", [0, 1, 2])


@both("MQTT-3.3.1-1")
@pytest.mark.parametrize("qos", [1, 2])
async def test_redelivery_has_dup_1(mqtt: Mqtt, qos: int) -> None:
    """A PUBLISH that is sent again has DUP 1."""
    topic = mqtt.topic()
    reader = await mqtt.connect("reader", session_expiry=300)
    await reader.subscribe(topic, qos=qos)
    await (await mqtt.connect("publisher")).publish(topic, b"message", qos=qos)
    first = await reader.receive(acknowledge=False)
    if first.qos == 0:
        mqtt.case.not_applicable(
            "the server granted QoS 0 alone, at which nothing is sent again", "服务端只授予 QoS 0，该级别不会重发"
        )
    reader.abort()
    again = await mqtt.connect("returned", client_id=reader.client_id, session_expiry=300)
    repeat = await again.receive(acknowledge=False, within_s=resent_within_s(again))
    check(repeat.dup, "a PUBLISH was sent again with DUP 0", expected="DUP 1", got=describe(repeat))
    await again.acknowledge(repeat)
    await again.send(mqtt.clean())


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
    good = publish.qos == 0 and not publish.dup
    check(good, "a QoS 0 message was delivered with another QoS or with DUP", got=describe(publish))


@both("MQTT-3.3.1-3")
@pytest.mark.parametrize("qos", [1, 2])
async def test_dup_does_not_travel(mqtt: Mqtt, qos: int) -> None:
    """DUP of a delivery does not depend on DUP of the PUBLISH that came in."""
    publish = await delivered(mqtt, qos=qos, dup=True)
    check(not publish.dup, "the publisher's DUP flag was passed on", expected="DUP 0", got=describe(publish))


@both("MQTT-3.3.1-4")
@negative
async def test_qos_3_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """Both QoS bits set is a malformed PUBLISH."""
    await client.send(Publish(topic=mqtt.topic(), flags=6, packet_identifier=1))
    await client.expect_closed(0x81)


@both(("MQTT-3.3.2-2", "MQTT-4.7.1-1"), ("MQTT-3.3.2-2", "MQTT-4.7.0-1"))
@negative
@pytest.mark.parametrize("wild", ["/#", "/+", "/+/b"])
async def test_wildcard_in_topic_closes_the_connection(mqtt: Mqtt, client: Client, wild: str) -> None:
    """A Topic Name has no wildcards."""
    await client.send(Publish(topic=mqtt.topic(wild)))
    await client.expect_closed(0x90, 0x81, 0x82)


@both(("MQTT-4.7.3-2", "MQTT-1.5.3-2"), ("MQTT-4.7.3-2", "MQTT-1.5.4-2"))
@negative
async def test_nul_in_a_topic_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """There is no U+0000 in a Topic Name."""
    await client.send(Publish(topic=mqtt.topic("\0x")))
    await client.expect_closed(0x81, 0x90)


@both("MQTT-4.7.3-1", ("MQTT-4.7.3-1", "MQTT5-PE-PUBLISH-EMPTY-TOPIC"))
@negative
async def test_empty_topic_closes_the_connection(client: Client) -> None:
    """A Topic Name has at least one character (5.0: unless a Topic Alias stands for it)."""
    await client.send(Publish(topic="", payload=b"message"))
    await client.expect_closed(0x82, 0x81, 0x90)


@both("MQTT-3.3.2-3")
async def test_delivered_topic_matches_the_filter(mqtt: Mqtt) -> None:
    """What is delivered matches the subscription."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(f"{topic}/+")
    await (await mqtt.connect("publisher")).publish(f"{topic}/one", b"message", qos=1)
    publish = await reader.ready(Publish)
    head, _, last = str(publish.topic).rpartition("/")
    good = head == topic and not set(last) & set("+#")
    check(good, "the delivered Topic Name does not match the subscription", expected=f"{topic}/+", got=publish.topic)


@both("MQTT-3.3.2-3")
async def test_nothing_comes_without_a_subscription(mqtt: Mqtt) -> None:
    """To a client that has subscribed to nothing nothing is sent, not even what is retained for others."""
    async with retained(mqtt, b"for subscribers") as (topic, _):
        await waiting(mqtt, topic)
        stranger = await mqtt.connect("stranger")
        for _ in range(2):
            await stranger.ping_behind()
        came = [publish for publish in stranger.channel.arrived(Publish) if publish.topic == topic]
        what = "a retained message was sent to a client that had subscribed to nothing"
        check(not came, what, expected="no message", got=told(*came))


@both("MQTT-3.3.4-1")
@ALL_QOS
async def test_publish_is_acknowledged_by_its_qos(mqtt: Mqtt, client: Client, qos: int) -> None:
    """QoS 0 gets no answer, QoS 1 PUBACK, QoS 2 PUBREC."""
    identifier = client.identifier() if qos else None
    await client.send(Publish(topic=mqtt.topic(), payload=b"message", qos=qos, packet_identifier=identifier), Pingreq())
    if qos == 0:
        await client.expect(Pingresp, why="a QoS 0 PUBLISH was answered")
    else:
        await client.expect(Puback if qos == 1 else Pubrec, passing=Pingresp)


@v311("MQTT-3.3.5-2")
@pytest.mark.parametrize("qos", [1, 2])
async def test_unauthorised_publish_is_acknowledged_or_closed(mqtt: Mqtt, client: Client, qos: int) -> None:
    """A PUBLISH that the server does not allow is acknowledged as usual, or ends the connection."""
    unauthorised = Publish(topic=forbidden_topic(mqtt), payload=b"message", qos=qos, packet_identifier=7)
    await client.send(unauthorised, Pingreq())
    await client.expect(
        (Puback if qos == 1 else Pubrec) | Closed,
        passing=(Pingresp, Disconnect),
        why="an unauthorised PUBLISH was neither acknowledged nor answered with a close",
    )
