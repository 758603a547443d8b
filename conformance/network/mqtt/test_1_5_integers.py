"""Variable Byte Integers (5.0, 1.5.5): the shortest form, in both directions."""

from conformance.engine import check, negative

from .bind import v5
from .exchange import exchange, flaws
from .provide import Client, Mqtt
from .wire import NONE, Pingreq, Properties, Publish, Subscribe, Subscription, properties
from .wire.properties import PropertyId

PADDED_0 = b"\x80\x00"


@v5("MQTT-1.5.5-1")
@negative
async def test_padded_remaining_length_closes_the_connection(client: Client) -> None:
    """A Remaining Length in more octets than it needs is malformed."""
    await client.send(Pingreq(length=PADDED_0))
    await client.expect_closed(0x81)


@v5("MQTT-1.5.5-1")
@negative
async def test_padded_property_length_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """So is a Property Length."""
    await client.send(Publish(topic=mqtt.topic(), properties=Properties(length=PADDED_0)))
    await client.expect_closed(0x81)


@v5("MQTT-1.5.5-1")
@negative
async def test_padded_subscription_identifier_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """So is a Subscription Identifier."""
    padded = properties(subscription_identifier=b"\x81\x00")
    wanted = (Subscription(topic_filter=mqtt.topic()),)
    await client.send(Subscribe(packet_identifier=1, subscriptions=wanted, properties=padded))
    await client.expect_closed(0x81, 0xA1)


@v5("MQTT-1.5.5-1")
@negative
async def test_padded_property_length_of_connect_is_refused(mqtt: Mqtt) -> None:
    """So is the Property Length of CONNECT."""
    stranger = await mqtt.open("stranger")
    await stranger.send(mqtt.hello(properties=Properties(length=PADDED_0)))
    await stranger.expect_refused(0x81)


@v5("MQTT-1.5.5-1")
async def test_the_server_pads_no_integer(mqtt: Mqtt, client: Client) -> None:
    """The lengths and Subscription Identifiers that the server sends take the fewest octets."""
    numbered = client.connack.properties.get(PropertyId.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 1)
    to = properties(subscription_identifier=200) if numbered else NONE
    text = properties(user_property=("name", "v" * 150))
    large = min(17_000, client.connack.properties.get(PropertyId.MAXIMUM_PACKET_SIZE, 1 << 28) - 500)
    talker = await exchange(mqtt, mqtt.topic(), b"", b"x" * 130, b"x" * large, properties=text, to=to)
    wrong = flaws(talker, "variable-byte-integer")
    check(not wrong, "the server sent a Variable Byte Integer longer than needed", got="; ".join(wrong))
