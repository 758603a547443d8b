"""Receive Maximum of either side (3.3.4): how much may be open, and what it must not hold back."""

import pytest

from conformance.engine import Silence, Unready, check, negative

from .bind import v5
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
        mqtt.case.not_applicable(f"the server's Receive Maximum, {maximum}, is too high to go beyond")
    topic = mqtt.topic()
    for _ in range(maximum):
        await client.send(Publish(topic=topic, qos=2, packet_identifier=client.identifier()))
    for _ in range(maximum):
        pubrec = await client.ready(Pubrec)
        if pubrec.reason_code >= 0x80:
            raise Unready(f"the PUBLISH was refused: {describe(pubrec)}")
    await client.send(Publish(topic=topic, qos=2, packet_identifier=client.identifier()))
    await client.expect_closed(0x93)


async def full(mqtt: Mqtt, maximum: int, qos: int) -> tuple[Client, list[Publish]]:
    """A reader whose Receive Maximum is used up: it has acknowledged nothing, and two more messages wait."""
    topic = mqtt.topic()
    reader = await mqtt.connect("reader", properties=properties(receive_maximum=maximum))
    suback = await reader.subscribe(topic, qos=qos)
    if suback.reason_codes[0] < 1:
        mqtt.case.not_applicable("the server granted QoS 0 alone")
    publisher = await mqtt.connect("publisher")
    for i in range(maximum + 2):
        await publisher.publish(topic, b"%d" % i, qos=qos)
    return reader, [await reader.receive(acknowledge=False) for _ in range(maximum)]


@v5("MQTT-3.3.4-9")
@pytest.mark.parametrize("qos", [1, 2])
async def test_the_server_keeps_to_the_clients_receive_maximum(mqtt: Mqtt, qos: int) -> None:
    """The server has no more QoS 1 and 2 messages open than the client allows."""
    reader, open_ = await full(mqtt, 3, qos)
    event = await reader.next(within_s=QUIET_S)
    again = isinstance(event, Publish) and event.packet_identifier in {p.packet_identifier for p in open_}
    check(
        isinstance(event, Silence) or again,
        "more messages are open than the client's Receive Maximum of 3",
        got=reader.channel.describe(event) if isinstance(event, Publish) else event,
    )


@v5("MQTT-3.3.4-10")
@pytest.mark.parametrize("what", ["ping", "subscribe", "publish"])
async def test_other_packets_are_not_held_back(mqtt: Mqtt, what: str) -> None:
    """A Receive Maximum that is used up holds back no packet but PUBLISH."""
    reader, _ = await full(mqtt, 1, 1)
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
