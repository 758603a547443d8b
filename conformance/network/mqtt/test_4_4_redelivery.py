"""Redelivery (4.4): what is sent again when a client is back, and at no other time."""

import pytest

from conformance.engine import Silence, Unready, a, check, lasts

from .bind import both, v5
from .exchange import back, lasting, resent_within_s, sent_again
from .provide import Client, Mqtt
from .wire import Puback, Pubcomp, Publish, Pubrec, Pubrel
from .words import told

QOS_1_AND_2 = pytest.mark.parametrize("qos", [1, 2])
QUIET_S = 2.5
"""How long nothing may be sent again; servers that did so had timers of a few seconds and more."""
REFUSED = 0x83


async def one_unacknowledged(mqtt: Mqtt, reader: Client, topic: str, qos: int, payload: bytes = b"message") -> Publish:
    """A message delivered to the reader at this QoS and not acknowledged."""
    await (await mqtt.connect("publisher")).publish(topic, payload, qos=qos)
    publish = await reader.receive(acknowledge=False)
    if publish.qos < qos:
        mqtt.case.not_applicable(f"the server granted no QoS {qos}", f"服务端未授予 QoS {qos}")
    return publish


@pytest.mark.parametrize(
    "qos",
    [
        pytest.param(1, marks=both(("MQTT-4.4.0-1", "MQTT-4.3.2-1"), ("MQTT-4.4.0-1", "MQTT-4.3.2-3"))),
        pytest.param(2, marks=both(("MQTT-4.4.0-1", "MQTT-4.3.3-1"), ("MQTT-4.4.0-1", "MQTT-4.3.3-3"))),
    ],
)
async def test_unacknowledged_publish_is_sent_again(mqtt: Mqtt, qos: int) -> None:
    """A PUBLISH without its PUBACK or PUBREC is open, and sent again when the client is back."""
    topic = mqtt.topic()
    reader = await lasting(mqtt, topic, qos=qos)
    first = await one_unacknowledged(mqtt, reader, topic, qos)
    reader.abort()
    again = await back(mqtt, reader)
    open_ = a(Publish, payload=first.payload)
    await sent_again(again, open_, "an unacknowledged PUBLISH was not sent again", passing=Publish)
    await again.send(mqtt.clean())


@both(("MQTT-4.4.0-1", "MQTT-2.3.1-4"), "MQTT-4.4.0-1")
@QOS_1_AND_2
async def test_publish_is_sent_again_with_its_identifier(mqtt: Mqtt, qos: int) -> None:
    """What is sent again keeps its Packet Identifier."""
    topic = mqtt.topic()
    reader = await lasting(mqtt, topic, qos=qos)
    # Another message before it, so that the identifier is not the one that a server begins with.
    await reader.acknowledge(await one_unacknowledged(mqtt, reader, topic, qos, b"before"))
    await reader.ping()
    first = await one_unacknowledged(mqtt, reader, topic, qos)
    reader.abort()
    again = await back(mqtt, reader)
    publish = await again.receive(acknowledge=False, within_s=resent_within_s(again))
    if publish.payload != first.payload:
        raise Unready("before the case proper: another message was sent again")
    wanted, got = first.packet_identifier, publish.packet_identifier
    check(got == wanted, "a PUBLISH was sent again with another Packet Identifier", expected=wanted, got=got)
    await again.send(mqtt.clean())


@v5("MQTT-4.4.0-1")
@lasts(QUIET_S)
@pytest.mark.parametrize("step", ["puback", "pubrec", "pubcomp"])
async def test_nothing_is_sent_again_on_a_live_connection(mqtt: Mqtt, step: str) -> None:
    """As long as the connection lasts nothing is sent again, however long the acknowledgement takes."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=2)
    publish = await one_unacknowledged(mqtt, reader, topic, 1 if step == "puback" else 2)
    identifier = publish.packet_identifier or 0
    if step == "pubcomp":
        await reader.send(Pubrec(packet_identifier=identifier))
        await reader.ready(Pubrel)
    event = await reader.next(within_s=QUIET_S)
    again = isinstance(event, Publish | Pubrel) and event.packet_identifier == identifier
    check(not again, "a packet was sent again on a live connection", expected="nothing", got=told(event))
    if not isinstance(event, Silence):
        raise Unready(f"something came that the case did not cause: {told(event)}")
    kinds = {"puback": Puback, "pubrec": Pubrec, "pubcomp": Pubcomp}
    await reader.send(kinds[step](packet_identifier=identifier))


@v5("MQTT-4.4.0-2")
@QOS_1_AND_2
async def test_refused_publish_is_not_sent_again(mqtt: Mqtt, qos: int) -> None:
    """A PUBACK or PUBREC of 0x80 or above settles the PUBLISH, too."""
    topic = mqtt.topic()
    reader = await lasting(mqtt, topic, qos=qos)
    publish = await one_unacknowledged(mqtt, reader, topic, qos)
    kind = Puback if qos == 1 else Pubrec
    await reader.send(kind(packet_identifier=publish.packet_identifier or 0, reason_code=REFUSED))
    await reader.ping()
    reader.abort()
    again = await back(mqtt, reader)
    await again.ping()
    for pubrel in again.channel.arrived(Pubrel):
        mqtt.case.note(f"the server went on with PUBREL after PUBREC 0x{REFUSED:02X}")
        await again.send(Pubcomp(packet_identifier=pubrel.packet_identifier))
    await (await mqtt.connect("publisher")).publish(topic, b"end", qos=qos)
    before = await again.receive_until(b"end")
    check(not before, f"a PUBLISH was sent again that {kind.TITLE} 0x{REFUSED:02X} had settled", got=told(*before))
    await again.send(mqtt.clean())
