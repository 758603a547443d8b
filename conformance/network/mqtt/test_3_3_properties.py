"""The properties of PUBLISH (3.3.2.3): passed on unchanged, in time, and refused when they are wrong."""

from collections import Counter

import pytest

from conformance.engine import check, lasts, negative

from .bind import v5
from .provide import Client, Mqtt
from .steps import delivered
from .wire import NONE, Properties, Publish, Text, describe, properties
from .wire.properties import PropertyId
from .words import told

AWAY_S = 3.0


@v5("MQTT-3.3.2-4")
@pytest.mark.parametrize("indicator", [0, 1, None])
async def test_payload_format_indicator_is_passed_on(mqtt: Mqtt, indicator: int | None) -> None:
    """The Payload Format Indicator reaches the subscriber unchanged; its absence means the same as 0."""
    given = NONE if indicator is None else properties(payload_format_indicator=indicator)
    publish = await delivered(mqtt, properties=given)
    got = publish.properties.get(PropertyId.PAYLOAD_FORMAT_INDICATOR)
    good = got == indicator if indicator is not None else not got
    check(good, "the Payload Format Indicator was changed on the way", expected=indicator, got=describe(publish))


async def away(mqtt: Mqtt, topic: str) -> Client:
    """A client that has subscribed and left; its session is kept."""
    reader = await mqtt.connect("reader", session_expiry=300)
    if mqtt.session_expiry_s(reader, 300) < 2 * AWAY_S:
        mqtt.case.not_applicable("the server does not keep the session for long enough", "服务端保留会话的时间不够长")
    await reader.subscribe(topic, qos=1)
    await reader.disconnect()
    return reader


@v5("MQTT-3.3.2-5")
@lasts(AWAY_S)
async def test_expired_message_is_not_delivered(mqtt: Mqtt) -> None:
    """A message whose Message Expiry Interval has passed before its delivery began is not delivered any more."""
    topic = mqtt.topic()
    reader = await away(mqtt, topic)
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"short-lived", qos=1, properties=properties(message_expiry_interval=1))
    await publisher.next(within_s=AWAY_S)
    again = await mqtt.connect("returned", client_id=reader.client_id, session_expiry=300)
    await publisher.publish(topic, b"end", qos=1)
    before = await again.receive_until(b"end")
    check(not before, f"a message came that had expired {AWAY_S - 1:g} s before", got=told(*before), timing=True)
    await again.send(mqtt.clean())


@v5("MQTT-3.3.2-6")
@lasts(AWAY_S)
async def test_expiry_interval_shrinks_while_a_message_waits(mqtt: Mqtt) -> None:
    """The Message Expiry Interval that is passed on is the one received less the time that the message has waited."""
    topic, interval = mqtt.topic(), 60
    reader = await away(mqtt, topic)
    publisher = await mqtt.connect("publisher")
    began_s = mqtt.case.now_s
    await publisher.publish(topic, b"message", qos=1, properties=properties(message_expiry_interval=interval))
    waits_from_s = mqtt.case.now_s
    await publisher.next(within_s=AWAY_S)
    waits_to_s = mqtt.case.now_s
    again = await mqtt.connect("returned", client_id=reader.client_id, session_expiry=300)
    got = (await again.receive()).properties.get(PropertyId.MESSAGE_EXPIRY_INTERVAL)
    least = interval - int(mqtt.case.now_s - began_s) - 2  # a second each for two clocks that count whole ones
    most = interval - int(waits_to_s - waits_from_s) + 1
    good = got is not None and least <= got <= most
    check(good, "the time waited was not taken off", expected=f"{least} to {most} s", got=f"{got} s", timing=True)
    await again.send(mqtt.clean())


@v5("MQTT-3.3.2-15")
async def test_response_topic_is_passed_on(mqtt: Mqtt) -> None:
    """The Response Topic reaches the subscriber unchanged."""
    await _passed_on(mqtt, PropertyId.RESPONSE_TOPIC, properties(response_topic="iic/Response/\u56de\u5e94 1"))


@v5("MQTT-3.3.2-16")
@pytest.mark.parametrize("data", [bytes(range(256)), b"", bytes(4000)], ids=["all-octets", "empty", "long"])
async def test_correlation_data_are_passed_on(mqtt: Mqtt, data: bytes) -> None:
    """Correlation Data reach the subscriber unchanged, whatever they are."""
    await _passed_on(mqtt, PropertyId.CORRELATION_DATA, properties(correlation_data=data))


@v5("MQTT-3.3.2-20")
@pytest.mark.parametrize("content_type", ["text/plain; charset=utf-8", "", "\u7c7b\u578b"])
async def test_content_type_is_passed_on(mqtt: Mqtt, content_type: str) -> None:
    """The Content Type reaches the subscriber unchanged."""
    await _passed_on(mqtt, PropertyId.CONTENT_TYPE, properties(content_type=content_type))


async def _passed_on(mqtt: Mqtt, identifier: PropertyId, given: Properties) -> None:
    publish = await delivered(mqtt, properties=given)
    want, got = given.all(identifier), publish.properties.all(identifier)
    name = identifier.name.replace("_", " ").title()
    check(got == want, f"the {name} was changed on the way", expected=repr(want)[:200], got=repr(got)[:200])


PAIRS: list[tuple[Text, Text]] = [("b", "2"), ("a", "1"), ("b", "1"), ("", ""), ("b", "2"), ("\u540d", "\u503c")]
"""User Properties with a name twice, a pair twice, and an empty pair."""


@v5("MQTT-3.3.2-17")
async def test_all_user_properties_are_passed_on(mqtt: Mqtt) -> None:
    """Every User Property reaches the subscriber, as often as it was sent."""
    got = await _user_properties(mqtt)
    lost = Counter(PAIRS) - Counter(got)
    check(not lost, "User Properties were changed or lost on the way", expected=PAIRS, got=got)


@v5("MQTT-3.3.2-18")
async def test_user_properties_keep_their_order(mqtt: Mqtt) -> None:
    """The User Properties that reach the subscriber come in the order in which they were sent."""
    got = await _user_properties(mqtt)
    rest = iter(PAIRS)
    in_order = all(pair in rest for pair in got if pair in PAIRS)
    check(in_order, "User Properties were reordered on the way", expected=PAIRS, got=got)


async def _user_properties(mqtt: Mqtt) -> list[tuple[Text, Text]]:
    publish = await delivered(mqtt, properties=properties(user_property=PAIRS))
    return publish.properties.all(PropertyId.USER_PROPERTY)


ILL_FORMED = b"text\xc3\x28"
WRONG = {
    "ill-formed-response-topic": (properties(response_topic=ILL_FORMED), ("MQTT-3.3.2-13",), 0x81),
    "wildcard-in-response-topic": (properties(response_topic="iic/#"), ("MQTT-3.3.2-14",), 0x90),
    "plus-in-response-topic": (properties(response_topic="iic/+/x"), ("MQTT-3.3.2-14",), 0x90),
    "ill-formed-content-type": (properties(content_type=ILL_FORMED), ("MQTT-3.3.2-19",), 0x81),
    "topic-alias-twice": (properties(topic_alias=[1, 1]), ("MQTT5-PE-PUBLISH-DUP-TOPIC-ALIAS",), 0x82),
    "response-topic-twice": (properties(response_topic=["a", "a"]), ("MQTT5-PE-PUBLISH-DUP-RESPONSE-TOPIC",), 0x82),
    "correlation-data-twice": (
        properties(correlation_data=[b"a", b"a"]), ("MQTT5-PE-PUBLISH-DUP-CORRELATION-DATA",), 0x82,
    ),
    "content-type-twice": (properties(content_type=["a", "a"]), ("MQTT5-PE-PUBLISH-DUP-CONTENT-TYPE",), 0x82),
    "subscription-identifier": (
        properties(subscription_identifier=1), ("MQTT-3.3.4-6", "MQTT5-PE-PUBLISH-SUBSCRIPTION-ID"), 0x82,
    ),
    "subscription-identifier-0": (
        properties(subscription_identifier=0), ("MQTT5-PE-PUBLISH-ZERO-SUBSCRIPTION-ID",), 0x82,
    ),
}  # fmt: skip


@negative
@pytest.mark.parametrize(
    ("given", "code"),
    [pytest.param(given, code, id=name, marks=v5(*ids)) for name, (given, ids, code) in WRONG.items()],
)
async def test_wrong_property_closes_the_connection(mqtt: Mqtt, client: Client, given: Properties, code: int) -> None:
    """A property of PUBLISH that is malformed, given twice, or not the client's to give, ends the connection."""
    if given.get(PropertyId.TOPIC_ALIAS) and not client.connack.properties.get(PropertyId.TOPIC_ALIAS_MAXIMUM):
        mqtt.case.not_applicable("the server takes no Topic Alias", "服务端不接受主题别名")
    await client.send(Publish(topic=mqtt.topic(), payload=b"message", properties=given))
    await client.expect_closed(code, 0x81, 0x82)
