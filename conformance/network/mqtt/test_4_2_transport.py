"""The transport (5.0, 4.2; 3.1.1, 7.1.1): an ordered, lossless stream of octets in both directions."""

from conformance.engine import check

from .bind import both
from .provide import Mqtt
from .wire import Connack, Publish, describe
from .wire.properties import PropertyId

SIZE = 20_000


@both("MQTT-7.1.1-1", "MQTT-4.2-1")
async def test_octets_arrive_one_by_one(mqtt: Mqtt) -> None:
    """A stream has no borders: a CONNECT that comes octet by octet is a CONNECT."""
    await mqtt.connect("in one piece")
    client = await mqtt.open("client")
    for octet in bytes(mqtt.hello()):
        await client.send_raw(bytes((octet,)))
    connack = await client.expect(Connack, why="a CONNECT that came octet by octet was not answered")
    check(connack.reason_code == 0, "a CONNECT that came octet by octet was refused", got=describe(connack))


@both("MQTT-7.1.1-1", "MQTT-4.2-1")
async def test_long_message_arrives_whole(mqtt: Mqtt) -> None:
    """All octets of a long message arrive, in their order."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=1)
    publisher = await mqtt.connect("publisher")
    size = min(SIZE, publisher.connack.properties.get(PropertyId.MAXIMUM_PACKET_SIZE, SIZE + 200) - 200)
    payload = mqtt.case.rng.randbytes(size)
    await publisher.publish(topic, payload, qos=1)
    publish: Publish = await reader.receive()
    same = publish.payload == payload
    check(same, f"{size} octets were sent, and other octets arrived", got=f"{len(publish.payload)} octets")
