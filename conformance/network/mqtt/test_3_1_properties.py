"""The properties of CONNECT (3.1.2.11): what the client asks of the server."""

import pytest

from conformance.engine import Closed, check

from .bind import v5
from .exchange import highest_qos
from .provide import Client, Mqtt
from .steps import unwanted_topics
from .wire import (
    NONE,
    Malformed,
    Packet,
    Pingreq,
    Pingresp,
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
    describe,
    properties,
)
from .wire.properties import PropertyId
from .words import told

LIMIT = 128
"""A Maximum Packet Size in octets that a CONNACK fits into."""
SMALL = properties(maximum_packet_size=LIMIT)
BIG = b"big" * LIMIT


@v5("MQTT-3.1.2-24")
async def test_no_packet_is_above_the_clients_limit(mqtt: Mqtt) -> None:
    """The server sends nothing that is larger than the client's Maximum Packet Size."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, properties=SMALL)
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, BIG, qos=1)
    await publisher.publish(topic, b"small", qos=1)
    came: list[Packet] = [reader.connack, *await reader.receive_until(b"small")]
    larger = [packet for packet in came if len(bytes(packet)) > LIMIT]
    what = "a packet above the client's limit was sent"
    check(not larger, what, expected=f"{LIMIT} octets at most", got=told(*larger))


@v5("MQTT-3.1.2-25")
async def test_too_large_message_counts_as_delivered(mqtt: Mqtt) -> None:
    """A message that is too large for one client is left out for it, and the others get it."""
    topic = mqtt.topic()
    other = await mqtt.subscriber(topic, qos=1)
    reader = await mqtt.connect("reader", properties=SMALL, session_expiry=300)
    await reader.subscribe(topic, qos=1)
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, BIG, qos=1)
    await publisher.publish(topic, b"small", qos=1)
    await _expect_message(reader, b"small", "after a message that was too large, the next one did not come")
    await _expect_message(other, BIG, "a message that was too large for one client did not come to another")
    await reader.disconnect()
    again = await mqtt.connect("returned", client_id=reader.client_id, session_expiry=300)
    await publisher.publish(topic, b"end", qos=1)
    before = [publish for publish in await again.receive_until(b"end") if publish.payload == BIG]
    check(not before, "a message that was too large was kept, and sent later", got=told(*before))
    await again.send(mqtt.clean())


async def _expect_message(client: Client, payload: bytes, why: str) -> None:
    """This message comes, perhaps behind others."""
    while True:
        publish = await client.expect(Publish, why=why)
        await client.acknowledge(publish)
        if publish.payload == payload:
            return


@v5("MQTT-3.1.2-26", "MQTT-3.3.2-11")
@pytest.mark.parametrize("maximum", [1, 2])
async def test_aliases_stay_within_what_the_client_allows(mqtt: Mqtt, maximum: int) -> None:
    """The server uses no Topic Alias above the client's Topic Alias Maximum."""
    above = [alias for alias in await _aliases(mqtt, maximum) if alias > maximum]
    check(not above, "a Topic Alias above the client's maximum was used", expected=f"{maximum} at most", got=above[:1])


@v5("MQTT-3.1.2-27")
@pytest.mark.parametrize("maximum", [None, 0])
async def test_no_alias_without_permission(mqtt: Mqtt, maximum: int | None) -> None:
    """With Topic Alias Maximum absent or 0 the server uses no alias towards this client."""
    used = await _aliases(mqtt, maximum)
    check(not used, "a Topic Alias was used that the client did not allow", got=used[:1])


async def _aliases(mqtt: Mqtt, maximum: int | None) -> list[int]:
    """The aliases on messages of three topics, each published twice, for a client with this Topic Alias Maximum."""
    topics = [mqtt.topic() for _ in range(3)]
    allowed = NONE if maximum is None else properties(topic_alias_maximum=maximum)
    client = await mqtt.subscriber(*topics, properties=allowed)
    for topic in topics * 2:
        await client.publish(topic, b"message", qos=1)
    received = [await client.receive() for _ in topics * 2]
    return [alias for publish in received for alias in publish.properties.all(PropertyId.TOPIC_ALIAS)]


@v5("MQTT-3.1.2-28")
@pytest.mark.parametrize("asked", [None, 0])
async def test_no_response_information_unless_asked(mqtt: Mqtt, asked: int | None) -> None:
    """Without Request Response Information CONNACK has no Response Information."""
    wish = NONE if asked is None else properties(request_response_information=asked)
    client = await mqtt.connect(properties=wish)
    unasked = PropertyId.RESPONSE_INFORMATION in client.connack.properties
    check(not unasked, "Response Information was sent to a client that did not want it", got=describe(client.connack))


@v5("MQTT-3.1.2-29")
async def test_problems_are_not_explained_to_those_who_do_not_want_it(mqtt: Mqtt) -> None:
    """With Request Problem Information 0 only PUBLISH, CONNACK and DISCONNECT hold Reason String or User Property."""
    client = await mqtt.connect(properties=properties(request_problem_information=0))
    answers = await _trouble(mqtt, client)
    unasked = (PropertyId.REASON_STRING, PropertyId.USER_PROPERTY)
    explained = [answer for answer in answers if any(i in unasked for i, _ in answer.properties)]
    check(not explained, "a problem was explained to a client that did not want it", got=told(*explained))


async def _trouble(mqtt: Mqtt, client: Client) -> list[Suback | Unsuback | Puback | Pubrec | Pubcomp]:
    """Answers to requests of which each is likely to have something that could be explained."""
    nobody, forbidden = unwanted_topics(mqtt)
    wanted = (Subscription(topic_filter=forbidden, qos=2),)
    await client.send(Subscribe(packet_identifier=client.identifier(), subscriptions=wanted))
    unknown = (mqtt.topic("/never-subscribed"),)
    await client.send(Unsubscribe(packet_identifier=client.identifier(), topic_filters=unknown))
    for qos, topic in ((1, forbidden), (1, nobody), (2, nobody)):
        if qos <= highest_qos(client):
            await client.send(Publish(topic=topic, qos=qos, packet_identifier=client.identifier()))
    await client.send(Pubrel(packet_identifier=60000, reason_code=0x92))
    await client.send(Pingreq())
    await client.ready(Pingresp | Closed, passing=(Packet, Malformed))  # the forbidden topic may end the connection
    return client.channel.arrived((Suback, Unsuback, Puback, Pubrec, Pubcomp))
