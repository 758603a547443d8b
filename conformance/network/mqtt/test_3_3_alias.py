"""Topic Alias (3.3.2.3.4): mapped for one connection, within the limits of either side."""

import pytest

from conformance.engine import check, negative

from .bind import v5
from .provide import Client, Mqtt
from .wire import Publish, Text, describe, properties
from .wire.properties import PropertyId
from .words import told

EVERY = 20
"""Up to this Topic Alias Maximum, every alias is tried; above, a few."""


async def allowed(mqtt: Mqtt, name: str = "publisher", **fields: object) -> tuple[Client, int]:
    """A client that may send Topic Aliases, and up to which."""
    client = await mqtt.connect(name, **fields)
    maximum = int(client.connack.properties.get(PropertyId.TOPIC_ALIAS_MAXIMUM, 0))
    if not maximum:
        mqtt.case.not_applicable("the server takes no Topic Alias", "服务端不接受主题别名")
    return client, maximum


@v5("MQTT-3.3.2-7")
@negative
async def test_alias_of_a_client_ends_with_its_connection(mqtt: Mqtt) -> None:
    """A Topic Alias that a client has set on one connection means nothing on the next."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=1)
    first, _ = await allowed(mqtt, session_expiry=300)
    await first.publish(topic, b"named", qos=1, properties=properties(topic_alias=1))
    await first.disconnect()
    again = await mqtt.connect("returned", client_id=first.client_id, session_expiry=300)
    await again.send(Publish(topic="", payload=b"by alias", properties=properties(topic_alias=1)))
    await again.next(within_s=1.0)
    await (await mqtt.connect("marker")).publish(topic, b"end", qos=1)
    leaked = [publish for publish in await reader.receive_until(b"end") if publish.payload == b"by alias"]
    check(not leaked, "a Topic Alias of the connection before was still in force", got=told(*leaked))
    await (await mqtt.connect("cleaner", client_id=first.client_id)).send(mqtt.clean())


@v5("MQTT-3.3.2-7")
async def test_alias_of_the_server_ends_with_its_connection(mqtt: Mqtt) -> None:
    """A Topic Alias that the server has set on one connection is not used without a name on the next."""
    topic = mqtt.topic()
    reader = await mqtt.connect("reader", properties=properties(topic_alias_maximum=5), session_expiry=300)
    await reader.subscribe(topic, qos=1)
    publisher = await mqtt.connect("publisher")
    for _ in range(2):
        await publisher.publish(topic, b"before", qos=1)
        await reader.receive()
    await reader.disconnect()
    again = await mqtt.connect(
        "returned", client_id=reader.client_id, properties=properties(topic_alias_maximum=5), session_expiry=300
    )
    await publisher.publish(topic, b"after", qos=1)
    publish = await again.receive()
    check(publish.topic, "the server used an alias that it had set on the connection before", got=describe(publish))
    await again.send(mqtt.clean())


@v5("MQTT-3.3.2-8", "MQTT5-PE-PUBLISH-ZERO-TOPIC-ALIAS")
@negative
async def test_alias_0_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """There is no Topic Alias 0."""
    await client.send(Publish(topic=mqtt.topic(), properties=properties(topic_alias=0)))
    await client.expect_closed(0x94)


@v5("MQTT-3.3.2-8")
async def test_the_server_sends_no_alias_0(mqtt: Mqtt) -> None:
    """Nor does the server use it."""
    topic = mqtt.topic()
    client = await mqtt.subscriber(topic, qos=1, properties=properties(topic_alias_maximum=5))
    used = []
    for _ in range(2):
        await client.publish(topic, b"message", qos=1)
        used += (await client.receive()).properties.all(PropertyId.TOPIC_ALIAS)
    check(0 not in used, "the server used Topic Alias 0", got=used)


@v5("MQTT-3.3.2-12")
@pytest.mark.parametrize("which", ["first", "last", "all"])
async def test_aliases_up_to_the_maximum_are_taken(mqtt: Mqtt, which: str) -> None:
    """The server takes every Topic Alias from 1 up to the maximum that it announced."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(f"{topic}/+", qos=1)
    publisher, maximum = await allowed(mqtt)
    every = range(1, maximum + 1) if maximum <= EVERY else (1, 2, maximum // 2, maximum)
    aliases = {"first": [1], "last": [maximum], "all": [*every]}[which]
    names: dict[bytes, Text] = {b"%d" % alias: f"{topic}/{alias}" for alias in aliases}
    for alias, name in zip(aliases, names.values(), strict=True):
        await publisher.send(Publish(topic=name, payload=b"named", properties=properties(topic_alias=alias)))
    for alias, payload in zip(aliases, names, strict=True):
        await publisher.send(Publish(topic="", payload=payload, properties=properties(topic_alias=alias)))
    for _ in [*aliases, *aliases]:
        publish = await reader.expect(Publish, why=f"a PUBLISH with a Topic Alias of 1 to {maximum} did not arrive")
        name = names.get(publish.payload, publish.topic)
        check(
            publish.topic == name, "a message sent by its alias came on another topic", expected=name, got=told(publish)
        )


@v5("MQTT5-PE-PUBLISH-TOPIC-ALIAS-UNMAPPED")
@negative
async def test_unmapped_alias_closes_the_connection(mqtt: Mqtt) -> None:
    """An empty Topic Name with an alias that stands for nothing is a Protocol Error."""
    client, maximum = await allowed(mqtt)
    await client.send(Publish(topic="", payload=b"lost", properties=properties(topic_alias=maximum)))
    await client.expect_closed(0x82, 0x94)
