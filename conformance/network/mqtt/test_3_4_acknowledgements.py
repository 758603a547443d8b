"""PUBACK, PUBREC, PUBREL and PUBCOMP of 5.0 (3.4 to 3.7): their codes, and what is said beside them."""

import pytest

from conformance.engine import Closed, check, negative

from .bind import v5
from .exchange import flaws
from .explanation import expect_left_out
from .provide import Client, Mqtt
from .steps import unwanted_topics
from .wire import (
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    properties,
)
from .wire.packets import Acknowledgement
from .wire.properties import PropertyId

UNKNOWN = 0x7A7A
"""A Packet Identifier that stands for no message of either side."""


def unreceived(mqtt: Mqtt, kind: type[Acknowledgement]) -> list[Packet]:
    """Packets that a server may answer with a packet of this kind that says more than "success"."""
    if kind is Pubrel:
        return [Pubrec(packet_identifier=UNKNOWN)]
    if kind is Pubcomp:
        return [Pubrel(packet_identifier=UNKNOWN)]
    qos = 1 if kind is Puback else 2
    return [Publish(topic=topic, qos=qos, packet_identifier=i) for i, topic in enumerate(unwanted_topics(mqtt), 1)]


async def answer(client: Client, packet: Packet | bytes, kind: type[Acknowledgement]) -> Acknowledgement | None:
    """What of this kind comes in answer; None if the server closes, or gives none to an unknown identifier."""
    await client.send(packet, Pingreq())
    await client.ready(Pingresp | Closed, passing=Packet)
    came = client.channel.arrived(kind)
    if came or client.channel.closed:
        return came[0] if came else None
    if kind in (Pubrel, Pubcomp):
        return None
    late: Acknowledgement | Closed = await client.ready(kind | Closed, passing=Packet)
    return late if isinstance(late, Acknowledgement) else None


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(Puback, marks=v5("MQTT-3.4.2-1")),
        pytest.param(Pubrec, marks=v5("MQTT-3.5.2-1")),
        pytest.param(Pubrel, marks=v5("MQTT-3.6.2-1")),
        pytest.param(Pubcomp, marks=v5("MQTT-3.7.2-1")),
    ],
    ids=lambda kind: kind.TITLE,
)
async def test_acknowledgement_has_a_listed_code(mqtt: Mqtt, client: Client, kind: type[Acknowledgement]) -> None:
    """The reason code of an acknowledgement is one of those that its clause lists."""
    topic = mqtt.topic()
    await client.subscribe(topic, qos=2)
    await client.publish(topic, b"message", qos=1 if kind is Puback else 2)
    await client.receive()
    for packet in unreceived(mqtt, kind):
        if await answer(client, packet, kind) is None:
            break
    wrong = flaws(client, "reason-code", of=kind)
    check(not wrong, f"the server sent {kind.TITLE} with a code that is not listed for it", got="; ".join(wrong))


REASON_STRING = {Puback: "MQTT-3.4.2-2", Pubrec: "MQTT-3.5.2-2", Pubrel: "MQTT-3.6.2-2", Pubcomp: "MQTT-3.7.2-2"}
USER_PROPERTY = {Puback: "MQTT-3.4.2-3", Pubrec: "MQTT-3.5.2-3", Pubrel: "MQTT-3.6.2-3", Pubcomp: "MQTT-3.7.2-3"}


def _each(identifier: PropertyId, ids: dict[type[Acknowledgement], str]) -> list[object]:
    return [
        pytest.param(kind, identifier, marks=v5(id_), id=f"{kind.TITLE}-{identifier.name}") for kind, id_ in ids.items()
    ]


@pytest.mark.parametrize(
    ("kind", "identifier"),
    [*_each(PropertyId.REASON_STRING, REASON_STRING), *_each(PropertyId.USER_PROPERTY, USER_PROPERTY)],
)
async def test_what_does_not_fit_is_left_out(
    mqtt: Mqtt, client: Client, kind: type[Acknowledgement], identifier: PropertyId
) -> None:
    """Reason String and User Property do not take an acknowledgement above the client's Maximum Packet Size."""
    await expect_left_out(mqtt, client, identifier, kind, unreceived(mqtt, kind), answer)


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(Puback, marks=v5("MQTT5-PE-PUBACK-DUP-REASON-STRING")),
        pytest.param(Pubrec, marks=v5("MQTT5-PE-PUBREC-DUP-REASON-STRING")),
        pytest.param(Pubrel, marks=v5("MQTT5-PE-PUBREL-DUP-REASON-STRING")),
        pytest.param(Pubcomp, marks=v5("MQTT5-PE-PUBCOMP-DUP-REASON-STRING")),
    ],
    ids=lambda kind: kind.TITLE,
)
@negative
async def test_reason_string_twice_closes_the_connection(
    mqtt: Mqtt, client: Client, kind: type[Acknowledgement]
) -> None:
    """A Reason String stands in an acknowledgement at most once."""
    identifier = await _due(mqtt, client, kind)
    await client.send(kind(packet_identifier=identifier, properties=properties(reason_string=["one", "two"])))
    await client.expect_closed(0x82)


async def _due(mqtt: Mqtt, client: Client, kind: type[Acknowledgement]) -> int:
    """Bring about that the client owes the server an acknowledgement of this kind; its Packet Identifier."""
    topic = mqtt.topic()
    if kind is Pubrel:
        await client.send(Publish(topic=topic, qos=2, packet_identifier=1))
        await client.ready(Pubrec)
        return 1
    await client.subscribe(topic, qos=2)
    await (await mqtt.connect("publisher")).publish(topic, b"message", qos=1 if kind is Puback else 2)
    identifier = (await client.receive(acknowledge=False)).packet_identifier or 0
    if kind is Pubcomp:
        await client.send(Pubrec(packet_identifier=identifier))
        await client.ready(Pubrel)
    return identifier
