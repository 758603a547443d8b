"""QoS (4.3), with the server as the sender: the first delivery, and the handshake of QoS 2."""

from typing import Any

import pytest

from conformance.engine import Closed, Unready, a, check, lasts

from .bind import both, v5
from .exchange import back, highest_qos, lasting, resent_within_s, sent_again
from .grants import granted_qos
from .provide import Client, Mqtt
from .wire import Pingreq, Pingresp, Pubcomp, Publish, Pubrec, Pubrel, properties
from .words import told

EXPIRING = properties(message_expiry_interval=1)
EXPIRED_S = 2.2
"""Longer than a Message Expiry Interval of 1 s."""


@both(("MQTT-4.3.1-1", "MQTT-3.3.1-2"))
async def test_qos_0_is_delivered_with_qos_0_and_dup_0(mqtt: Mqtt) -> None:
    """What is delivered at QoS 0 has DUP 0, also when it was published at a higher QoS."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=0)
    publisher = await mqtt.connect("publisher")
    for qos in range(highest_qos(publisher) + 1):
        await publisher.publish(topic, b"message", qos=qos)
        publish = await reader.receive()
        if publish.qos == 0:
            check(not publish.dup, "a message was delivered with QoS 0 and DUP 1", expected="DUP 0", got=told(publish))


@pytest.mark.parametrize(
    "qos",
    [
        pytest.param(1, marks=both("MQTT-4.3.2-1", "MQTT-4.3.2-2")),
        pytest.param(2, marks=both("MQTT-4.3.3-1", "MQTT-4.3.3-2")),
    ],
)
async def test_new_message_has_its_qos_and_dup_0(mqtt: Mqtt, qos: int) -> None:
    """The PUBLISH of a new message has its QoS and DUP 0, be the client there or away when it is published."""
    topic = mqtt.topic()
    reader = await mqtt.connect("reader", session_expiry=300)
    if granted_qos(await reader.subscribe(topic, qos=qos)) < qos:
        mqtt.case.not_applicable(f"the server grants no QoS {qos}", f"服务端不授予 QoS {qos}")
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"live", qos=qos)
    _is_new(await reader.receive(), qos)
    if mqtt.case.claims.get("persistent_sessions", True):
        await reader.ping()
        await reader.disconnect()
        await publisher.publish(topic, b"waiting", qos=qos)
        reader = await back(mqtt, reader)
        publish = await reader.receive()
        if publish.payload != b"waiting":
            raise Unready("before the case proper: a message came again that had been acknowledged")
        _is_new(publish, qos)
    await reader.send(mqtt.clean())


def _is_new(publish: Publish, qos: int) -> None:
    right = publish.qos == qos and not publish.dup
    got = f"QoS {publish.qos}, DUP {publish.dup:d}"
    check(right, "a message was first delivered with another QoS or with DUP", expected=f"QoS {qos}, DUP 0", got=got)


async def one_of_qos_2(mqtt: Mqtt, reader: Client, topic: str, **fields: Any) -> Publish:
    """A QoS 2 message that has been delivered to the reader, and not acknowledged by it."""
    await (await mqtt.connect("publisher")).publish(topic, b"message", qos=2, **fields)
    publish = await reader.receive(acknowledge=False)
    if publish.qos < 2:
        raise Unready(f"before the case proper: a QoS 2 message was delivered at QoS {publish.qos}")
    return publish


@both("MQTT-4.3.3-1", "MQTT-4.3.3-4")
async def test_pubrec_is_answered_with_pubrel(mqtt: Mqtt) -> None:
    """PUBREC is answered with a PUBREL that has its identifier."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=2)
    identifier = (await one_of_qos_2(mqtt, reader, topic)).packet_identifier or 0
    await reader.send(Pubrec(packet_identifier=identifier))
    await reader.expect(a(Pubrel, packet_identifier=identifier), passing=Publish)


@both(("MQTT-4.3.3-1", "MQTT-4.4.0-1"), ("MQTT-4.3.3-5", "MQTT-4.4.0-1"))
async def test_pubrel_is_open_until_pubcomp(mqtt: Mqtt) -> None:
    """A PUBREL without its PUBCOMP is sent again, with its identifier, when the client is back."""
    again, identifier = await _back_before_pubcomp(mqtt)
    open_ = a(Pubrel, packet_identifier=identifier)
    await sent_again(again, open_, "an open PUBREL was not sent again", passing=Publish)
    await again.send(Pubcomp(packet_identifier=identifier), mqtt.clean())


@both("MQTT-4.3.3-1", "MQTT-4.3.3-6")
async def test_publish_is_not_sent_again_after_pubrel(mqtt: Mqtt) -> None:
    """Once its PUBREL has gone out, the PUBLISH is never sent again."""
    again, identifier = await _back_before_pubcomp(mqtt)
    await again.send(Pingreq())
    await again.ready(Pingresp)
    came = again.channel.arrived(Publish)
    check(not came, "a PUBLISH was sent again whose PUBREL had gone out", expected="PUBREL alone", got=told(*came))
    await again.send(Pubcomp(packet_identifier=identifier), mqtt.clean())


async def _back_before_pubcomp(mqtt: Mqtt) -> tuple[Client, int]:
    """A client that lost its connection before PUBCOMP and is back, and the identifier of its PUBREL."""
    topic = mqtt.topic()
    reader = await lasting(mqtt, topic)
    publish = await one_of_qos_2(mqtt, reader, topic)
    await reader.send(Pubrec(packet_identifier=publish.packet_identifier or 0))
    pubrel = await reader.ready(Pubrel)
    reader.abort()
    return await back(mqtt, reader), pubrel.packet_identifier


@v5("MQTT-4.3.3-7")
@lasts(EXPIRED_S)
async def test_handshake_goes_on_though_the_message_expired(mqtt: Mqtt) -> None:
    """Message expiry is not applied to a QoS 2 PUBLISH that has been sent: PUBREC still gets its PUBREL."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=2)
    await reader.acknowledge(await one_of_qos_2(mqtt, reader, topic))
    publish = await one_of_qos_2(mqtt, reader, topic, properties=EXPIRING)
    await reader.next(within_s=EXPIRED_S)
    await reader.send(Pubrec(packet_identifier=publish.packet_identifier or 0))
    why = "the message expired in the middle of its handshake"
    await reader.expect(a(Pubrel, reason_code=0), passing=Publish, why=why)


@v5("MQTT-4.3.3-7")
@lasts(EXPIRED_S)
async def test_expired_message_is_sent_again(mqtt: Mqtt) -> None:
    """Nor is it applied when the client comes back: the PUBLISH is sent again, as one without an expiry is."""
    topic = mqtt.topic()
    reader = await lasting(mqtt, topic)
    await one_of_qos_2(mqtt, reader, topic)
    reader.abort()
    reader = await back(mqtt, reader)
    await reader.receive(within_s=resent_within_s(reader))
    await reader.ping()  # what it has acknowledged is now settled, though the connection is cut next
    await one_of_qos_2(mqtt, reader, topic, properties=EXPIRING)
    reader.abort()
    waiter = await mqtt.connect("waiter")
    if isinstance(await waiter.next(within_s=EXPIRED_S), Closed):
        raise Unready("before the case proper: the server closed an idle connection")
    again = await back(mqtt, reader)
    await sent_again(again, Publish, "a message that had been sent expired before it was acknowledged")
    await again.send(mqtt.clean())
