"""MQTT over WebSocket (6.0): binary frames, packets wherever they begin and end, and the subprotocol "mqtt"."""

import pytest

from conformance.engine import Silence, Unready, check, negative
from conformance.engine.websocket import BINARY, CONTINUATION, TEXT, WebSocketStream

from .bind import both
from .client import lateness_s
from .grants import at_most
from .provide import Client, Mqtt
from .reach import SUBPROTOCOLS
from .wire import Connack, Packet, Pingreq, Pingresp, Publish, Suback, Subscribe, Subscription, describe
from .words import told

LONG_OCTETS = 3000


def socket(client: Client) -> WebSocketStream:
    """The WebSocket below a connection."""
    assert isinstance(client.channel.stream, WebSocketStream)
    return client.channel.stream


async def connected(mqtt: Mqtt) -> Client:
    """A client that was accepted over WebSocket."""
    client = await mqtt.open_websocket("websocket")
    await client.send(mqtt.hello())
    connack = await client.ready(Connack)
    if connack.reason_code:
        raise Unready(f"the server refused a plain connection over WebSocket: {describe(connack)}")
    client.connack = connack
    return client


def whole(mqtt: Mqtt, *packets: Packet) -> bytes:
    """The octets of packets, in the case's version."""
    return b"".join(bytes(type(p)(**{**vars(p), "version": mqtt.version})) for p in packets)


@both("MQTT-6.0.0-1")
@negative
async def test_text_frame_ends_the_connection(mqtt: Mqtt) -> None:
    """MQTT travels in binary frames; a server that gets another data frame closes."""
    client = await connected(mqtt)
    socket(client).send_frame(TEXT, whole(mqtt, Pingreq()))
    event = await client.next()
    await client.check_closes(event, "the server took a text frame, or passed it over")


@both("MQTT-6.0.0-1")
@negative
async def test_connect_in_a_text_frame_is_not_served(mqtt: Mqtt) -> None:
    """So it is with the first frame."""
    client = await mqtt.open_websocket("text")
    socket(client).send_frame(TEXT, bytes(mqtt.hello(user_name=None, password=None)))
    event = await client.next()
    taken = isinstance(event, Connack) and not event.reason_code
    check(not taken, "the server took a CONNECT in a text frame", expected="the connection closed", got=told(event))
    open_ = isinstance(event, Silence)
    check(
        not open_, "the server kept the connection open after a text frame", got=told(event), timing=lateness_s(event)
    )


@both("MQTT-6.0.0-1")
async def test_the_server_sends_binary_frames(mqtt: Mqtt) -> None:
    """What the server sends is in binary frames."""
    client, topic = await connected(mqtt), mqtt.topic()
    await client.subscribe(topic, qos=1)
    await client.publish(topic, b"message", qos=at_most(client, 1))
    await client.receive()
    got = socket(client).text_frames
    check(not got, "the server sent data frames that are not binary", expected=0, got=got)


@both("MQTT-6.0.0-2")
async def test_packet_may_be_split_over_frames(mqtt: Mqtt) -> None:
    """A packet may begin in one frame and end in another."""
    client = await mqtt.open_websocket("split")
    for octet in bytes(mqtt.hello()):
        socket(client).send_frame(BINARY, bytes((octet,)))
    await client.expect(Connack, why="a CONNECT that was split over frames was not answered")


@both("MQTT-6.0.0-2")
async def test_a_frame_may_hold_several_packets(mqtt: Mqtt) -> None:
    """One frame may hold several packets, and a part of another."""
    client, topic = await connected(mqtt), mqtt.topic()
    asked = Subscribe(packet_identifier=1, subscriptions=(Subscription(topic_filter=topic),))
    octets = whole(mqtt, asked, Publish(topic=topic, payload=b"message"), Pingreq())
    socket(client).send_frame(BINARY, octets[:-1])
    socket(client).send_frame(BINARY, octets[-1:])
    others = (Suback, Publish, Pingresp)
    await client.expect(Suback, passing=others, why="the first of several packets in a frame was not answered")
    await client.expect(Pingresp, passing=others, why="the last of several packets in a frame was not answered")


@both("MQTT-6.0.0-2")
async def test_a_packet_may_come_in_a_fragmented_message(mqtt: Mqtt) -> None:
    """A message of WebSocket may itself come in several frames."""
    client, topic = await connected(mqtt), mqtt.topic()
    await client.subscribe(topic, qos=0)
    payload = mqtt.case.rng.randbytes(LONG_OCTETS)
    octets = whole(mqtt, Publish(topic=topic, payload=payload), Pingreq())
    third = len(octets) // 3
    socket(client).send_frame(BINARY, octets[:third], final=False)
    socket(client).send_frame(CONTINUATION, octets[third : 2 * third], final=False)
    socket(client).send_frame(CONTINUATION, octets[2 * third :])
    await client.expect(Pingresp, passing=Publish, why="a packet in a fragmented message was not answered")


@both("MQTT-6.0.0-4")
@pytest.mark.parametrize("offered", [SUBPROTOCOLS, ("x-another", *SUBPROTOCOLS)], ids=["alone", "behind another"])
async def test_the_server_selects_mqtt(mqtt: Mqtt, offered: tuple[str, ...]) -> None:
    """The server selects the subprotocol "mqtt"."""
    client = await mqtt.open_websocket("opening", offered)
    got = socket(client).subprotocol
    check(got == "mqtt", 'the server did not select the subprotocol "mqtt"', expected="mqtt", got=got)
