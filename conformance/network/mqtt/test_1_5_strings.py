"""UTF-8 strings and string pairs (1.5): what stands in them, in both directions."""

from dataclasses import replace

import pytest

from conformance.engine import check, negative

from .bind import both, v5
from .exchange import exchange, flaws
from .provide import Client, Mqtt
from .steps import unwanted_topics
from .wire import NONE, Connect, Puback, Publish, Subscribe, Subscription, Will, properties
from .wire.primitives import octets
from .wire.properties import PropertyId

ILL_FORMED = {
    "lone-continuation": b"\x80",
    "cut-short": b"\xe2\x82",
    "overlong-of-two": b"\xc0\xaf",
    "overlong-of-three": b"\xe0\x80\xaf",
    "surrogate": b"\xed\xa0\x80",
    "pair-of-surrogates": b"\xed\xa0\xbd\xed\xb8\x80",
    "beyond-unicode": b"\xf4\x90\x80\x80",
    "never-used": b"\xff",
}
BYTE_ORDER_MARK = octets("\ufeff")
FORMS = pytest.mark.parametrize("form", ILL_FORMED.values(), ids=ILL_FORMED)
BAD_TEXT = pytest.mark.parametrize("text", [b"iic\xed\xa0\x80", b"iic\xff", "iic\0"], ids=["surrogate", "ff", "nul"])


@both(("MQTT-1.5.3-1", "MQTT-3.3.2-1"), ("MQTT-1.5.4-1", "MQTT-3.3.2-1"))
@negative
@FORMS
async def test_ill_formed_string_closes_the_connection(mqtt: Mqtt, client: Client, form: bytes) -> None:
    """A string holds well-formed UTF-8, without surrogates; a receiver of anything else closes."""
    await client.send(Publish(topic=mqtt.topic().encode() + form))
    await client.expect_closed(0x81, 0x90)


@v5("MQTT-1.5.4-1")
@negative
@FORMS
async def test_ill_formed_reason_string_closes_the_connection(mqtt: Mqtt, form: bytes) -> None:
    """The strings among the properties are well-formed too."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=1)
    await (await mqtt.connect("publisher")).publish(topic, qos=1)
    publish = await reader.receive(acknowledge=False)
    said = properties(reason_string=b"received" + form)
    await reader.send(Puback(packet_identifier=publish.packet_identifier or 0, properties=said))
    await reader.expect_closed(0x81)


@v5("MQTT-1.5.4-1")
@negative
async def test_ill_formed_string_of_the_will_is_refused(mqtt: Mqtt) -> None:
    """The strings among the properties of a will are well-formed too."""
    will = Will(topic=mqtt.topic(), properties=properties(content_type=b"text/\xc3\x28"))
    client = await mqtt.open("stranger")
    await client.send(mqtt.hello(will=will))
    await client.expect_refused(0x81)


@both("MQTT-1.5.3-1", "MQTT-1.5.4-1")
async def test_the_server_sends_well_formed_strings(mqtt: Mqtt) -> None:
    """What the server sends is well-formed UTF-8, also for characters of two, three and four octets."""
    with_it = properties(content_type="\u00e9\u4e2d\U0001f600", user_property=("\U0001f600", "\u4e2d"))
    topic = mqtt.topic("/\u00e9\u4e2d\U0001f600")
    talker = await exchange(mqtt, topic, b"message", properties=with_it if mqtt.v5 else NONE)
    wrong = flaws(talker, "utf-8")
    check(not wrong, "the server sent ill-formed UTF-8", got="; ".join(wrong))


@both("MQTT-1.5.3-2", "MQTT-1.5.4-2")
@negative
@pytest.mark.parametrize("field", ["client_id", "user_name"])
async def test_nul_in_connect_is_refused(mqtt: Mqtt, field: str) -> None:
    """U+0000 stands in no string of CONNECT."""
    hello = mqtt.hello()
    given = str(getattr(hello, field) or "iic")
    client = await mqtt.open("stranger")
    await client.send(_with(hello, field, given + "\0x"))
    await client.expect_refused(0x81, 0x85, 0x86)


def _with(hello: Connect, field: str, text: str) -> Connect:
    return replace(hello, client_id=text) if field == "client_id" else replace(hello, user_name=text)


@v5("MQTT-1.5.4-2")
@negative
async def test_nul_in_a_property_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """U+0000 stands in no string among the properties."""
    await client.send(Publish(topic=mqtt.topic(), properties=properties(content_type="text\0plain")))
    await client.expect_closed(0x81)


@v5("MQTT-1.5.4-2")
async def test_the_server_sends_no_nul(mqtt: Mqtt) -> None:
    """The strings that the server itself makes have no U+0000: here beside the code of a PUBLISH that it refuses."""
    client = await mqtt.connect()
    for topic in unwanted_topics(mqtt):
        await client.send(Publish(topic=topic, qos=1, packet_identifier=client.identifier()))
        await client.ready(Puback)
    wrong = flaws(client, "nul")
    check(not wrong, "the server sent a string with U+0000", got="; ".join(wrong))


@both("MQTT-1.5.3-3", "MQTT-1.5.4-3")
@pytest.mark.parametrize("text", ["\ufeff{}", "{}/\ufeffa", "{}\ufeff"], ids=["first", "within", "last"])
async def test_byte_order_mark_is_kept(mqtt: Mqtt, text: str) -> None:
    """EF BB BF is U+FEFF wherever it stands, and is not taken away."""
    topic = text.format(mqtt.topic())
    reader = await mqtt.subscriber(topic)
    await (await mqtt.connect("publisher")).publish(topic, b"x", qos=1)
    publish = await reader.expect(Publish, why="a topic with U+FEFF in it does not match itself")
    same = publish.topic == topic
    check(same, "U+FEFF was removed from a Topic Name", expected=ascii(topic), got=ascii(publish.topic))


@both("MQTT-1.5.3-3", "MQTT-1.5.4-3")
@pytest.mark.parametrize("text", ["\ufeff{}", "{}/\ufeffa"], ids=["first", "within"])
async def test_byte_order_mark_counts_in_a_filter(mqtt: Mqtt, text: str) -> None:
    """A filter without U+FEFF does not match a topic with it: receivers do not skip it."""
    marked = text.format(mqtt.topic())
    reader = await mqtt.subscriber(marked.replace("\ufeff", ""), f"{marked}/end")
    publisher = await mqtt.connect("publisher")
    await publisher.publish(marked, b"for others", qos=1)
    await publisher.publish(f"{marked}/end", b"end", qos=1)
    before = await reader.receive_until(b"end")
    check(not before, "a topic with U+FEFF matched a filter without it", got=[ascii(p.topic) for p in before])


@v5("MQTT-1.5.4-3")
async def test_byte_order_mark_is_kept_in_properties(mqtt: Mqtt) -> None:
    """U+FEFF is kept in the strings that travel as properties, too."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic)
    sent = properties(content_type="\ufefftext", user_property=("\ufeffname", "\ufeffvalue"))
    await (await mqtt.connect("publisher")).publish(topic, b"x", qos=1, properties=sent)
    got = (await reader.receive()).properties
    for identifier in (PropertyId.CONTENT_TYPE, PropertyId.USER_PROPERTY):
        wanted, came = sent.get(identifier), got.get(identifier)
        parts = () if came is None else came if isinstance(came, tuple) else (came,)
        stripped = any(BYTE_ORDER_MARK not in octets(part) for part in parts)
        check(not stripped, "U+FEFF was removed from a property", expected=ascii(wanted), got=ascii(came))


@v5("MQTT-1.5.7-1")
@negative
@BAD_TEXT
@pytest.mark.parametrize("part", ["name", "value"])
async def test_ill_formed_string_pair_closes_the_connection(
    mqtt: Mqtt, client: Client, part: str, text: str | bytes
) -> None:
    """Name and value of a User Property are both valid strings."""
    pair = (text, "value") if part == "name" else ("name", text)
    await client.send(Publish(topic=mqtt.topic(), properties=properties(user_property=pair)))
    await client.expect_closed(0x81)


@v5("MQTT-1.5.7-1")
@negative
@pytest.mark.parametrize("packet", ["connect", "subscribe"])
async def test_ill_formed_string_pair_of_other_packets(mqtt: Mqtt, packet: str) -> None:
    """The same holds wherever a User Property may stand."""
    bad = properties(user_property=("name", b"\xc3\x28"))
    if packet == "connect":
        stranger = await mqtt.open("stranger")
        await stranger.send(mqtt.hello(properties=bad))
        await stranger.expect_refused(0x81)
        return
    client = await mqtt.connect()
    wanted = (Subscription(topic_filter=mqtt.topic()),)
    await client.send(Subscribe(packet_identifier=1, subscriptions=wanted, properties=bad))
    await client.expect_closed(0x81)
