"""Receive Maximum of either side (3.3.4): how much may be open, and what it must not hold back."""

import pytest

from conformance.engine import Unready, check, negative

from .bind import v5
from .grants import granted_qos
from .provide import Client, Mqtt
from .wire import (
    Pingreq,
    Pingresp,
    Puback,
    Publish,
    Pubrec,
    Suback,
    Subscribe,
    Subscription,
    describe,
    properties,
)
from .wire.properties import PropertyId

MOST = 200
"""The highest Receive Maximum that a case goes beyond."""
QUIET_S = 1.5
"""How long a PUBLISH that may not be sent is waited for."""


@v5("MQTT-3.3.4-7", "MQTT5-PE-PUBLISH-RECEIVE-MAXIMUM")
@negative
async def test_more_open_than_receive_maximum_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """More QoS 2 messages open than the server's Receive Maximum are a Protocol Error."""
    maximum = int(client.connack.properties.get(PropertyId.RECEIVE_MAXIMUM, 65535))
    if maximum > MOST:
        mqtt.case.not_applicable(
            f"the server's Receive Maximum, {maximum}, is too high to go beyond",
            f"服务端的接收最大值为 {maximum}，过大而无法超出",
        )
    topic = mqtt.topic()
    for _ in range(maximum):
        await client.send(Publish(topic=topic, qos=2, packet_identifier=client.identifier()))
    for _ in range(maximum):
        pubrec = await client.ready(Pubrec)
        if pubrec.reason_code >= 0x80:
            raise Unready(f"the PUBLISH was refused: {describe(pubrec)}")
    await client.send(Publish(topic=topic, qos=2, packet_identifier=client.identifier()))
    await client.expect_closed(0x93)


async def busy(mqtt: Mqtt, maximum: int, qos: int) -> Client:
    """A reader that acknowledges nothing, for whom two messages more have been published than its Receive Maximum."""
    topic = mqtt.topic()
    reader = await mqtt.connect("reader", properties=properties(receive_maximum=maximum))
    if not granted_qos(await reader.subscribe(topic, qos=qos)):
        mqtt.case.not_applicable("the server granted QoS 0 alone", "服务端只授予 QoS 0")
    publisher = await mqtt.connect("publisher")
    for i in range(maximum + 2):
        await publisher.publish(topic, b"%d" % i, qos=qos)
    return reader


@v5("MQTT-3.3.4-9")
@pytest.mark.parametrize("qos", [1, 2])
async def test_the_server_keeps_to_the_clients_receive_maximum(mqtt: Mqtt, qos: int) -> None:
    """The server has no more QoS 1 and 2 messages open than the client allows."""
    maximum = 3
    reader = await busy(mqtt, maximum, qos)
    first = await reader.receive(acknowledge=False)
    open_ = {first.packet_identifier}
    while isinstance(event := await reader.next(within_s=QUIET_S), Publish):
        open_.add(event.packet_identifier)
    good = len(open_) <= maximum
    check(good, f"more is open than the client's Receive Maximum of {maximum}", got=f"{len(open_)} messages")


@v5("MQTT-3.3.4-10")
@pytest.mark.parametrize("what", ["ping", "subscribe", "publish"])
async def test_other_packets_are_not_held_back(mqtt: Mqtt, what: str) -> None:
    """A Receive Maximum that is used up holds back no packet but PUBLISH."""
    reader = await busy(mqtt, 1, 1)
    await reader.receive(acknowledge=False)
    why = f"with the client's Receive Maximum used up, the server did not answer a {what}"
    if what == "ping":
        await reader.send(Pingreq())
        await reader.expect(Pingresp, passing=Publish, why=why)
    elif what == "subscribe":
        wanted = (Subscription(topic_filter=mqtt.topic()),)
        await reader.send(Subscribe(packet_identifier=reader.identifier(), subscriptions=wanted))
        await reader.expect(Suback, passing=Publish, why=why)
    else:
        await reader.send(Publish(topic=mqtt.topic(), qos=1, packet_identifier=reader.identifier()))
        await reader.expect(Puback, passing=Publish, why=why)
