"""Flow control (5.0, 4.9): how much the server has open towards a client."""

import pytest

from conformance.engine import Silence, Unready, check

from .bind import v5
from .provide import Client, Mqtt
from .wire import (
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
    properties,
)
from .words import told

QOS_1_AND_2 = pytest.mark.parametrize("qos", [1, 2])
QUIET_S = 1.5
"""How long a PUBLISH that may not be sent is waited for."""


async def small_window(mqtt: Mqtt, qos: int, count: int, *filters: str) -> Client:
    """A subscriber, perhaps to more filters, that takes one message at a time, and for which so many wait."""
    topic = mqtt.topic()
    reader = await mqtt.connect("reader", properties=properties(receive_maximum=1))
    suback = await reader.subscribe(topic, *filters, qos=qos)
    if suback.reason_codes[0] < qos:
        mqtt.case.not_applicable(f"the server grants no QoS {qos}", f"服务端不授予 QoS {qos}")
    publisher = await mqtt.connect("publisher")
    for i in range(count):
        await publisher.publish(topic, b"%d" % i, qos=qos)
    return reader


async def no_other(reader: Client, first: Publish, when: str) -> None:
    """Nothing is sent that exceeds the quota; the open message itself does not count twice."""
    event = await reader.next(within_s=QUIET_S)
    while isinstance(event, Publish) and event.packet_identifier == first.packet_identifier:
        event = await reader.next(within_s=QUIET_S)
    more = isinstance(event, Publish) and event.qos > 0
    check(not more, f"more than the Receive Maximum of 1 was sent {when}", got=told(event))
    if not isinstance(event, Silence):
        raise Unready(f"something came that the case did not cause: {told(event)}")


@v5("MQTT-4.9.0-1")
@QOS_1_AND_2
async def test_the_quota_begins_within_receive_maximum(mqtt: Mqtt, qos: int) -> None:
    """The send quota begins above 0 and not above the Receive Maximum: of two messages exactly one comes."""
    reader = await small_window(mqtt, qos, 2)
    first = await reader.expect(Publish, why="with Receive Maximum 1 no message came at all")
    await no_other(reader, first, "at the start")


@v5("MQTT-4.9.0-2")
@QOS_1_AND_2
async def test_nothing_is_sent_without_quota(mqtt: Mqtt, qos: int) -> None:
    """Without quota no PUBLISH above QoS 0 is sent; it is there again with the last acknowledgement, not before."""
    reader = await small_window(mqtt, qos, 2)
    first = await reader.receive(acknowledge=False)
    identifier = first.packet_identifier or 0
    if qos == 2:
        await reader.send(Pubrec(packet_identifier=identifier))
        await reader.ready(Pubrel)
    await no_other(reader, first, "while its acknowledgement was open")
    await reader.send(Puback(packet_identifier=identifier) if qos == 1 else Pubcomp(packet_identifier=identifier))
    await reader.expect(Publish, why="the next message did not come after the acknowledgement of the one before")


def requests(mqtt: Mqtt, subscribed: str) -> dict[str, tuple[Packet, type[Packet]]]:
    """Packets that must be answered, and with what, on a connection with one subscription."""
    topic = mqtt.topic()
    return {
        "pingreq": (Pingreq(), Pingresp),
        "subscribe": (Subscribe(packet_identifier=99, subscriptions=(Subscription(topic_filter=topic),)), Suback),
        "unsubscribe": (Unsubscribe(packet_identifier=99, topic_filters=(subscribed,)), Unsuback),
        "publish-qos-1": (Publish(topic=topic, qos=1, packet_identifier=99), Puback),
        "publish-qos-2": (Publish(topic=topic, qos=2, packet_identifier=99), Pubrec),
    }


@v5("MQTT-4.9.0-3")
@pytest.mark.parametrize("kind", ["pingreq", "subscribe", "unsubscribe", "publish-qos-1", "publish-qos-2"])
async def test_other_packets_are_served_without_quota(mqtt: Mqtt, kind: str) -> None:
    """Without quota all other packets go on to be processed and answered, as they are with one."""
    first, second = mqtt.topic(), mqtt.topic()
    control = await mqtt.subscriber(first, qos=1)
    packet, answer = requests(mqtt, first)[kind]
    await control.send(packet)
    await control.ready(answer)
    reader = await small_window(mqtt, 1, 2, second)
    await reader.receive(acknowledge=False)
    packet, answer = requests(mqtt, second)[kind]
    await reader.send(packet)
    await reader.expect(answer, passing=Publish, why=f"{packet.TITLE} was not answered while the send quota was 0")
