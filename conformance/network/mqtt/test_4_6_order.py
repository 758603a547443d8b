"""Message ordering (4.6)."""

import pytest

from conformance.engine import Unready, check

from .bind import both, v311
from .exchange import LATE_S, back, lasting, resent_within_s
from .provide import Client, Mqtt
from .wire import Packet, Puback, Publish, Pubrec, Pubrel
from .wire.properties import PropertyId
from .words import told

BY_ARRIVAL = both(("MQTT-4.6.0-6", "MQTT-4.6.0-5"), ("MQTT-4.6.0-5", "MQTT-4.6.0-6"))
QOS_1_AND_2 = pytest.mark.parametrize("qos", [1, 2])
COUNT = 8
WAITING, FEWEST = 10, 3
"""How many messages wait for a client, and how many of them must come at once for their order to tell something.

A server that takes them from where there is no order gives three of them in the right one by chance; ten hardly.
"""
RETURNS = 2
"""How often the client returns to a server that sends again soon: once the order may be the same by chance."""
AT_ONCE_S = 1.0
"""How long one waits for another message from a server that may have sent all that it sends unacknowledged."""
NUMBERS = {b"%d" % i: i for i in range(max(COUNT, WAITING) + 1)}
"""The numbers of messages, by their payload."""


async def sent_together(mqtt: Mqtt, publisher: Client, topic: str, qos: int, count: int = COUNT) -> int:
    """Send numbered messages in one piece, as many at once as the server takes; how many there are."""
    count = min(count, publisher.connack.properties.get(PropertyId.RECEIVE_MAXIMUM, count)) if qos else count
    numbers = range(1, count + 1)
    await publisher.send(
        *(Publish(topic=topic, payload=b"%d" % i, qos=qos, packet_identifier=i if qos else None) for i in numbers)
    )
    return count


async def waiting_for(mqtt: Mqtt, qos: int, count: int) -> Client:
    """A client that is back after so many numbered messages were published for it, one after the other."""
    topic = mqtt.topic()
    reader = await lasting(mqtt, topic, qos=qos)
    await reader.disconnect()
    publisher = await mqtt.connect("publisher")
    for i in range(count):
        await publisher.publish(topic, b"%d" % i, qos=qos)
    return await back(mqtt, reader)


async def released(publisher: Client, count: int) -> None:
    """Finish the handshakes of so many QoS 2 messages."""
    for _ in range(count):
        pubrec = await publisher.ready(Pubrec)
        await publisher.send(Pubrel(packet_identifier=pubrec.packet_identifier))


async def numbers(reader: Client, count: int, *, acknowledge: bool = True, within_s: float | None = None) -> list[int]:
    """The numbers of the messages that come, without those that come once more."""
    got: list[int] = []
    while len(got) < count:
        _add(got, await reader.receive(acknowledge=acknowledge, within_s=within_s))
    return got


async def unacknowledged(reader: Client, most: int) -> list[int]:
    """The numbers of the messages that come, up to so many, though none is acknowledged; a server may send fewer."""
    got = await numbers(reader, FEWEST, acknowledge=False)
    while len(got) < most and isinstance(event := await reader.next(within_s=AT_ONCE_S), Publish):
        _add(got, event)
    return got


def _add(got: list[int], publish: Publish) -> None:
    """Add the number of a message, unless it came once more. Raises Unready for a message without one."""
    number = NUMBERS.get(publish.payload)
    if number is None:
        raise Unready(f"a message came that was not published: {told(publish)}")
    if not (publish.dup and number in got):
        got.append(number)


def in_order(got: list[int], what: str) -> None:
    check(got == sorted(got), what, expected=sorted(got), got=got)


@BY_ARRIVAL
@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_messages_of_a_topic_arrive_in_order(mqtt: Mqtt, qos: int) -> None:
    """Messages of one publisher on one topic at one QoS arrive in the order in which they were sent."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=qos)
    publisher = await mqtt.connect("publisher")
    count = await sent_together(mqtt, publisher, topic, qos)
    if qos == 2:
        await released(publisher, count)
    in_order(await numbers(reader, count), "messages of one publisher, topic and QoS were reordered")


@BY_ARRIVAL
@QOS_1_AND_2
async def test_messages_that_wait_stay_in_order(mqtt: Mqtt, qos: int) -> None:
    """So do those that wait for a client that is away."""
    reader = await waiting_for(mqtt, qos, WAITING)
    in_order(await numbers(reader, WAITING), "messages that waited for their client were reordered")
    await reader.send(mqtt.clean())


@both("MQTT-4.6.0-1")
@QOS_1_AND_2
async def test_messages_are_sent_again_in_order(mqtt: Mqtt, qos: int) -> None:
    """What is sent again goes out in the order in which it was sent first."""
    reader = await waiting_for(mqtt, qos, WAITING)
    first = await unacknowledged(reader, WAITING)
    for _ in range(RETURNS):
        began_s = mqtt.case.now_s
        reader.abort()
        reader = await back(mqtt, reader)
        got = await numbers(reader, len(first), acknowledge=False, within_s=resent_within_s(reader))
        check(got == first, "messages were sent again in another order than at first", expected=first, got=got)
        if mqtt.case.now_s - began_s > LATE_S:
            break
    await reader.send(mqtt.clean())


@v311("MQTT-4.6.0-2")
async def test_pubacks_follow_the_publishes(mqtt: Mqtt, client: Client) -> None:
    """PUBACKs come in the order of the PUBLISHes."""
    await _answered_in_order(mqtt, client, Puback, 1)


@v311("MQTT-4.6.0-3")
async def test_pubrecs_follow_the_publishes(mqtt: Mqtt, client: Client) -> None:
    """PUBRECs come in the order of the PUBLISHes."""
    await _answered_in_order(mqtt, client, Pubrec, 2)


async def _answered_in_order(mqtt: Mqtt, client: Client, kind: type[Packet], qos: int) -> None:
    count = await sent_together(mqtt, client, mqtt.topic(), qos, 4)
    got = [(await client.ready(kind)).packet_identifier for _ in range(count)]
    in_order(got, f"the server's {kind.TITLE} packets came in another order than the PUBLISH packets")


@v311("MQTT-4.6.0-4")
async def test_pubrels_follow_the_pubrecs(mqtt: Mqtt) -> None:
    """PUBRELs come in the order of the PUBRECs, here another one than that of the PUBLISHes."""
    reader = await waiting_for(mqtt, 2, 3)
    identifiers = [(await reader.receive(acknowledge=False)).packet_identifier or 0 for _ in range(3)]
    order = [identifiers[i] for i in (2, 0, 1)]
    await reader.send(*(Pubrec(packet_identifier=i) for i in order))
    got = [(await reader.ready(Pubrel)).packet_identifier for _ in order]
    if set(got) != set(order):
        raise Unready("before the case proper: the PUBRELs have other identifiers than the PUBRECs")
    check(got == order, "the server's PUBREL packets came in another order than the PUBRECs", expected=order, got=got)
    await reader.send(mqtt.clean())
