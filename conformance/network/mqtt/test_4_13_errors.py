"""Errors (5.0, 4.13; 3.1.1, 4.8): what cannot be read, or has no place in the protocol, ends the connection."""

import pytest

from conformance.engine import negative

from .bind import both, v5, v311
from .provide import Client, Mqtt
from .wire import Packet, Publish, Subscribe, Subscription, Unsubscribe, properties
from .wire import string as field

UNREADABLE = {
    "packet type 0": b"\x00\x00",
    "five octets of Remaining Length": b"\xc0\x80\x80\x80\x80\x01",
    "a Topic Name longer than its PUBLISH": b"\x30\x05\x00\x10iic",
}


@both("MQTT-4.8.0-1", "MQTT-4.13.1-1")
@negative
@pytest.mark.parametrize("octets", UNREADABLE.values(), ids=UNREADABLE)
async def test_unreadable_packet_closes_the_connection(client: Client, octets: bytes) -> None:
    """A packet that cannot be read ends the connection that it came on."""
    await client.send_raw(octets)
    await client.expect_closed(0x81, 0x82)


@v311("MQTT-4.8.0-1")
@negative
async def test_packet_type_15_closes_the_connection(client: Client) -> None:
    """Packet type 15 is reserved in 3.1.1."""
    await client.send_raw(b"\xf0\x00")
    await client.expect_closed()


@v5("MQTT-4.13.1-1")
@negative
@pytest.mark.parametrize("octets", [b"\x7f\x00", b"\x00"], ids=["7F", "00"])
async def test_unknown_property_closes_the_connection(mqtt: Mqtt, client: Client, octets: bytes) -> None:
    """A property whose identifier is in no table makes a packet malformed."""
    topic = field(mqtt.topic())
    body = topic + bytes((len(octets),)) + octets + b"message"
    await client.send_raw(bytes((0x30, len(body))) + body)
    await client.expect_closed(0x81, 0x82)


@v5("MQTT-4.13.1-1")
@negative
@pytest.mark.parametrize("kind", ["PUBLISH", "SUBSCRIBE", "UNSUBSCRIBE"])
async def test_property_of_another_packet_closes_the_connection(mqtt: Mqtt, client: Client, kind: str) -> None:
    """A property that has no place in this packet makes it malformed."""
    strange, topic = properties(server_keep_alive=9), mqtt.topic()
    packets: dict[str, Packet] = {
        "PUBLISH": Publish(topic=topic, properties=strange),
        "SUBSCRIBE": Subscribe(subscriptions=(Subscription(topic_filter=topic),), properties=strange),
        "UNSUBSCRIBE": Unsubscribe(topic_filters=(topic,), properties=strange),
    }
    await client.send(packets[kind])
    await client.expect_closed(0x81, 0x82)
