"""Topic Names and Topic Filters (4.7): wildcards, names that begin with "$", and how they are compared."""

import pytest

from conformance.engine import Closed, Silence, check, negative

from .bind import both
from .grants import FAILURE, at_most, expect_no_grant
from .provide import Client, Mqtt
from .wire import Disconnect, Publish, Suback, Subscribe, Subscription, Unsuback, Unsubscribe
from .words import told

LOOK_S, LOOKS = 0.5, 60
"""How long one waits for what a filter for everything brings, in seconds, and how many messages one looks at."""


@both("MQTT-4.7.1-2", "MQTT-4.7.1-1")
@negative
@pytest.mark.parametrize("wild", ["#", "a#", "/a#", "/#/b", "/#/", "/##", "/#/#"])
async def test_misplaced_multi_level_wildcard_is_not_granted(mqtt: Mqtt, client: Client, wild: str) -> None:
    """The "#" stands alone or behind a "/", and last."""
    await expect_no_grant(client, mqtt.topic() + wild)


@both("MQTT-4.7.1-3", "MQTT-4.7.1-2")
@negative
@pytest.mark.parametrize("wild", ["+", "/a+", "/+a", "/a+/b", "/++", "/+/a+"])
async def test_misplaced_single_level_wildcard_is_not_granted(mqtt: Mqtt, client: Client, wild: str) -> None:
    """The "+" fills a level of its own."""
    await expect_no_grant(client, mqtt.topic() + wild)


@both("MQTT-4.7.2-1")
@pytest.mark.parametrize("topic_filter", ["#", "+/#"])
async def test_wildcard_at_the_beginning_brings_no_dollar_topics(mqtt: Mqtt, client: Client, topic_filter: str) -> None:
    """A filter that begins with a wildcard does not match names that begin with "$", such as those of the server."""
    await client.subscribe(topic_filter, qos=0)
    for _ in range(LOOKS):
        event = await client.next(within_s=LOOK_S)
        if isinstance(event, Silence | Closed):
            break
        wrong = isinstance(event, Publish) and str(event.topic).startswith("$")
        what = f"{topic_filter!r} brought a message on a topic that begins with '$'"
        check(not wrong, what, expected="no such message", got=told(event))


@both("MQTT-4.7.2-1")
async def test_wildcard_at_the_beginning_leaves_out_dollar_topics_of_clients(mqtt: Mqtt, client: Client) -> None:
    """So it is with messages of clients, where the server lets them use such names at all."""
    level = mqtt.topic().partition("/")[2]
    topic = f"$iic/{level}"
    reader = await mqtt.connect("reader")
    await reader.send(Subscribe(packet_identifier=1, subscriptions=(Subscription(topic_filter=topic, qos=1),)))
    await client.subscribe(f"+/{level}", qos=1)
    publisher = await mqtt.connect("publisher")
    await publisher.send(Publish(topic=topic, payload=b"message", qos=1, packet_identifier=1))
    event = await reader.next(passing=Suback, within_s=LOOK_S)
    if not isinstance(event, Publish):
        mqtt.case.not_applicable(
            "the server lets clients exchange nothing on topics that begin with '$'",
            "服务端不允许客户端在以“$”开头的主题上交换消息",
        )
    marker = await mqtt.connect("marker")
    await marker.publish(f"iic/{level}", b"end", qos=at_most(marker, 1))
    before = await client.receive_until(b"end")
    check(not before, f"the Topic Filter '+/{level}' matched {topic!r}", expected="no message", got=told(*before))


@both("MQTT-4.7.3-1")
@negative
async def test_empty_filter_is_not_granted(client: Client) -> None:
    """A Topic Filter has at least one character."""
    await expect_no_grant(client, "")


@both("MQTT-4.7.3-1")
@negative
async def test_empty_filter_of_unsubscribe_is_refused(client: Client) -> None:
    """So has one in UNSUBSCRIBE: the server closes, or in 5.0 refuses it with a failure code in UNSUBACK."""
    await client.send(Unsubscribe(packet_identifier=1, topic_filters=("",)))
    event = await client.expect(
        Unsuback | Closed | Disconnect, why="an empty Topic Filter of UNSUBSCRIBE was passed over"
    )
    if isinstance(event, Disconnect):
        await client.gone()
    if isinstance(event, Unsuback):
        good = bool(event.reason_codes) and all(code >= FAILURE for code in event.reason_codes)
        wanted = (
            "a failure code in UNSUBACK, or the connection closed" if client.version >= 5 else "the connection closed"
        )
        check(good, "an empty Topic Filter of UNSUBSCRIBE was taken", expected=wanted, got=told(event))
        client.mqtt.case.note(f"refused with {told(event)}")


@both("MQTT-4.7.3-2")
@negative
async def test_nul_in_a_filter_of_unsubscribe_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """There is no U+0000 in a Topic Filter."""
    await client.send(Unsubscribe(packet_identifier=1, topic_filters=(mqtt.topic("\0x"),)))
    await client.expect_closed(0x81, 0x8F)


UNLIKE = {
    "composed and decomposed": ("/\u00e9", "/e\u0301"),
    "compatible characters": ("/\ufb01", "/fi"),
    "upper and lower case": ("/Level", "/level"),
    "a level more at the end": ("/level/", "/level"),
    "an empty level": ("//level", "/level"),
    "dots": ("/x/../level", "/level"),
    "a space": ("/level ", "/level"),
    "an escape": ("/%61", "/a"),
    "an unassigned character": ("/\u0378", "/?"),
    "a character beyond the basic plane": ("/\U0001f600", "/\ufffd"),
}


@both("MQTT-4.7.3-4")
@pytest.mark.parametrize(("one", "other"), UNLIKE.values(), ids=UNLIKE)
@pytest.mark.parametrize("swapped", [False, True], ids=["there", "back"])
async def test_topics_are_compared_as_they_are(mqtt: Mqtt, client: Client, one: str, other: str, swapped: bool) -> None:
    """Names that are not the same character by character do not match, however alike they are to people."""
    topic = mqtt.topic()
    wanted, published = (topic + other, topic + one) if swapped else (topic + one, topic + other)
    await client.subscribe(wanted, qos=1)
    publisher = await mqtt.connect("publisher")
    qos = at_most(publisher, 1)
    await publisher.publish(published, b"message", qos=qos)
    await publisher.publish(wanted, b"end", qos=qos)
    before = await client.receive_until(b"end")
    check(
        not before,
        f"the Topic Filter {wanted!a} matched the Topic Name {published!a}",
        expected="no message",
        got=told(*before),
    )
