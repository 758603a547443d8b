"""Message receipt (4.5): who gets what the server has taken over."""

from conformance.engine import a

from .bind import both
from .exchange import back, lasting
from .provide import Mqtt
from .wire import Publish


@both("MQTT-4.5.0-1")
async def test_every_subscriber_gets_the_message(mqtt: Mqtt) -> None:
    """A message is added to the session of each client with a matching subscription."""
    topic = mqtt.topic()
    readers = [await mqtt.subscriber(topic, qos=qos) for qos in (1, 1, 2, 0)]
    await (await mqtt.connect("publisher")).publish(topic, b"for all", qos=1)
    for reader in readers:
        await reader.expect(Publish, why="a client with a matching subscription did not get the message")


@both("MQTT-4.5.0-1")
async def test_absent_subscriber_gets_the_message(mqtt: Mqtt) -> None:
    """Also to the session of a client that is away, while others are present."""
    alone, shared = mqtt.topic(), mqtt.topic()
    await mqtt.subscriber(shared, qos=1)
    away = await lasting(mqtt, alone, shared, qos=1)
    await away.disconnect()
    publisher = await mqtt.connect("publisher")
    for topic in (alone, shared):
        await publisher.publish(topic, b"message", qos=1)
    again = await back(mqtt, away)
    # What nobody else has subscribed to shows that messages are kept for the client at all.
    await again.ready(a(Publish, topic=alone), passing=Publish)
    why = "a client that was away did not get the message that others got"
    await again.expect(a(Publish, topic=shared), passing=Publish, why=why)
    await again.send(mqtt.clean())
