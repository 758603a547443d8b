"""CONNECT (3.1): what comes first, which protocol it speaks (3.1.2.1 to 3.1.2.3), and how it is answered (3.1.4)."""

from dataclasses import replace

import pytest

from conformance.engine import Closed, Unready, check, negative

from .bind import both, v5, v311
from .client import STRANGER_S, lateness_s
from .provide import Client, Mqtt
from .wire import Connack, Disconnect, Packet, Pingreq, Publish, Subscribe, Subscription, Will, describe, string
from .words import told

ANOTHER_LEVEL = 99


@both("MQTT-3.1.0-1")
@negative
@pytest.mark.parametrize(
    "packet",
    [Pingreq(), Publish(topic="iic/x"), Subscribe(subscriptions=(Subscription(topic_filter="iic/x"),))],
    ids=["pingreq", "publish", "subscribe"],
)
async def test_the_first_packet_is_connect(mqtt: Mqtt, packet: Packet) -> None:
    """A server does not serve a client that begins with anything but CONNECT."""
    stranger = await mqtt.open("stranger")
    await stranger.send(packet)
    await stranger.expect_closed(within_s=STRANGER_S)


@both("MQTT-3.1.0-2")
@negative
async def test_second_connect_ends_the_connection(mqtt: Mqtt, client: Client) -> None:
    """A client that sends CONNECT twice violates the protocol; the server ends the connection."""
    await client.send(mqtt.hello(client_id=client.client_id))
    await client.expect_closed(0x82)


@v311("MQTT-3.1.2-1")
@negative
@pytest.mark.parametrize("name", ["MQTX", "mqtt", ""])
async def test_another_protocol_name_is_not_taken_for_mqtt(mqtt: Mqtt, name: str) -> None:
    """A server may serve another protocol, but does not go on as MQTT 3.1.1 with a CONNECT that names another."""
    stranger = await mqtt.open("stranger")
    await stranger.send(mqtt.hello(protocol_name=name), Pingreq())
    event = await stranger.next()
    served = isinstance(event, Packet) and not (isinstance(event, Connack) and event.reason_code)
    check(not served, f"the protocol name {name!r} was served as MQTT", expected="no CONNACK 0x00", got=told(event))


@v5("MQTT-3.1.2-1")
@negative
@pytest.mark.parametrize("name", ["MQTX", "mqtt", ""])
async def test_another_protocol_name_is_refused(mqtt: Mqtt, name: str) -> None:
    """A CONNECT with another protocol name ends with a close, perhaps after CONNACK 0x84."""
    await mqtt.refused(mqtt.hello(protocol_name=name), 0x84, 0x81)


@v311("MQTT-3.1.2-2")
@negative
async def test_unknown_level_gets_connack_1(mqtt: Mqtt) -> None:
    """A protocol level that is not served is answered with CONNACK 1 and a close."""
    client = await mqtt.open("stranger")
    await client.send(mqtt.hello(protocol_level=ANOTHER_LEVEL))
    event = await client.next()
    if isinstance(event, Closed):
        mqtt.case.note("closed without CONNACK 1, as 5.0 allows for a level that neither version knows")
        return
    code = event.reason_code if isinstance(event, Connack) else None
    check(
        code in (1, 0x84),  # the level does not say whether the answer is to be of 3.1.1 or of 5.0
        "an unknown protocol level was not refused with code 1",
        expected="CONNACK 0x01, then close",
        got=told(event),
        timing=lateness_s(event),
    )
    await client.expect(Closed, why="the server kept the connection open after CONNACK 1")


@v5("MQTT-3.1.2-2")
@negative
@pytest.mark.parametrize("level", [6, ANOTHER_LEVEL])
async def test_unknown_version_is_closed(mqtt: Mqtt, level: int) -> None:
    """A protocol version that the server does not want ends with a close, perhaps after CONNACK 0x84."""
    await mqtt.refused(mqtt.hello(protocol_level=level), 0x84)


@both("MQTT-3.1.2-3")
@negative
async def test_reserved_connect_flag_is_refused(mqtt: Mqtt) -> None:
    """The server checks that bit 0 of the Connect Flags is 0."""
    connect = mqtt.hello()
    await mqtt.refused(replace(connect, connect_flags=connect.derived_flags() | 1), 0x81)


@both("MQTT-3.1.3-1")
async def test_payload_is_read_in_its_order(mqtt: Mqtt) -> None:
    """The payload holds Client Identifier, will topic, will message, user name and password, in this order."""
    topic, message = mqtt.topic(), mqtt.topic()
    observer = await mqtt.subscriber(topic, message)
    mortal = await mqtt.connect("mortal", will=Will(topic=topic, payload=message.encode()))
    mortal.abort()
    publish = await observer.ready(Publish)
    good = publish.topic == topic and publish.payload == message.encode()
    what = "the fields of the will were taken one for the other"
    check(good, what, expected=f"{topic}: {message}", got=told(publish))


@v311("MQTT-3.1.4-1")
@negative
@pytest.mark.parametrize("cut", [2, 1], ids=["no-keep-alive", "half-a-keep-alive"])
async def test_malformed_connect_is_closed_without_connack(mqtt: Mqtt, cut: int) -> None:
    """A CONNECT that does not fit its clause ends with a close, and without CONNACK."""
    stranger = await mqtt.open("stranger")
    await stranger.send(_cut_short(mqtt, cut))
    why = "a CONNECT without its Keep Alive was not answered with a mere close"
    await stranger.expect(Closed, within_s=STRANGER_S, why=why)


@v5("MQTT-3.1.4-1")
@negative
@pytest.mark.parametrize("cut", [2, 1], ids=["no-keep-alive", "half-a-keep-alive"])
async def test_malformed_connect_is_closed(mqtt: Mqtt, cut: int) -> None:
    """A CONNECT that does not fit its clause ends with a close."""
    await mqtt.refused(_cut_short(mqtt, cut), 0x81)


def _cut_short(mqtt: Mqtt, cut: int) -> bytes:
    """A CONNECT that ends within its Keep Alive; its Remaining Length fits."""
    body = string("MQTT") + bytes((mqtt.version, 2)) + b"\0\x3c"[: 2 - cut]
    return bytes((0x10, len(body))) + body


@v5("MQTT-3.1.4-2")
@negative
@pytest.mark.parametrize("what", ["wrong-password", "wrong-user-name", "none"])
async def test_wrong_credentials_are_refused(mqtt: Mqtt, what: str) -> None:
    """A server that asks for credentials closes for those who do not have them, perhaps after CONNACK 0x86 or 0x87."""
    hello = mqtt.hello()
    if hello.user_name is None:
        mqtt.case.not_applicable(
            "the product file names no credentials ([ixit.mqtt] username)", "产品文件未给出凭据（[ixit.mqtt] username）"
        )
    wrong = {
        "wrong-password": replace(hello, password=b"not the password"),
        "wrong-user-name": replace(hello, user_name=f"{hello.user_name!s}-not"),
        "none": replace(hello, user_name=None, password=None),
    }
    await mqtt.refused(wrong[what], 0x86, 0x87)


@both("MQTT-3.1.4-2", "MQTT-3.1.4-3")
async def test_same_client_id_takes_over(mqtt: Mqtt, client: Client) -> None:
    """A second connection with the same identifier ends the first."""
    await mqtt.connect("second", client_id=client.client_id)
    event = await client.expect(Closed | Disconnect, why="the older connection of the same client was not ended")
    if isinstance(event, Disconnect):
        if event.reason_code != 0x8E:
            mqtt.case.note(f"taken over with {describe(event)}; the text names 8E")
        await client.expect(Closed)


@both("MQTT-3.1.4-4", "MQTT-3.1.4-5")
async def test_valid_connect_is_accepted(mqtt: Mqtt) -> None:
    """A valid CONNECT is answered with CONNACK 0."""
    client = await mqtt.open("client")
    await client.send(mqtt.hello())
    connack = await client.expect(Connack)
    check(connack.reason_code == 0, "a plain CONNECT was refused", expected="CONNACK 0x00", got=describe(connack))


@both("MQTT-3.1.4-5", "MQTT-3.1.4-6")
@negative
async def test_nothing_counts_after_a_refused_connect(mqtt: Mqtt) -> None:
    """What follows a CONNECT that is refused is not processed."""
    topic = mqtt.topic()
    observer = await mqtt.subscriber(topic)
    stranger = await mqtt.open("stranger")
    smuggled = Publish(version=mqtt.version, topic=topic, payload=b"smuggled")
    await stranger.send(mqtt.hello(protocol_level=ANOTHER_LEVEL), smuggled)
    event = await stranger.next(within_s=2.0)
    if isinstance(event, Connack) and not event.reason_code:
        raise Unready("the server did not refuse a CONNECT of an unknown version")
    await (await mqtt.connect("publisher")).publish(topic, b"end")
    before = await observer.receive_until(b"end")
    check(not before, "a PUBLISH behind a refused CONNECT was delivered", got=told(*before))
