"""The flag bits of the fixed header (5.0, 2.1.3; 3.1.1, 2.2.2), in both directions."""

from dataclasses import replace

import pytest

from conformance.engine import check, negative

from .bind import both
from .exchange import exchange, flaws
from .provide import Client, Mqtt
from .wire import (
    Connack,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Unsuback,
)

EACH_BIT = pytest.mark.parametrize("flags", [1, 2, 4, 8])
WITHOUT_A_CLAUSE = [Puback(packet_identifier=1), Pubrec(packet_identifier=1), Pubcomp(packet_identifier=1), Pingreq()]
"""Packets whose own clause says nothing of flags; those that do are judged under that clause."""


@both("MQTT-2.2.2-2", "MQTT-2.1.3-1")
@negative
@EACH_BIT
@pytest.mark.parametrize("packet", WITHOUT_A_CLAUSE, ids=lambda packet: packet.TITLE)
async def test_reserved_flags_close_the_connection(client: Client, packet: Packet, flags: int) -> None:
    """Reserved flag bits have the listed value; a receiver of another closes."""
    await client.send(replace(packet, flags=flags))
    await client.expect_closed(0x81)


@both("MQTT-2.2.2-2", "MQTT-2.1.3-1")
@negative
@EACH_BIT
async def test_connect_with_reserved_flags_is_refused(mqtt: Mqtt, flags: int) -> None:
    """The flags of CONNECT are reserved too."""
    stranger = await mqtt.open("stranger")
    await stranger.send(replace(mqtt.hello(), flags=flags))
    await stranger.expect_refused(0x81)


@both("MQTT-2.2.2-1", "MQTT-2.1.3-1")
async def test_the_server_sends_the_listed_flags(mqtt: Mqtt) -> None:
    """Reserved bits have their listed value in what the server sends."""
    talker = await exchange(mqtt, mqtt.topic())
    wrong = flaws(talker, "fixed-header-flags", of=(Connack, Puback, Pubrec, Pubcomp, Suback, Unsuback, Pingresp))
    check(not wrong, "the server sent a packet with wrong flag bits", got="; ".join(wrong))


@both("MQTT-3.6.1-1")
@negative
@pytest.mark.parametrize("flags", [0, 1, 3, 6, 10])
async def test_pubrel_with_other_flags_closes_the_connection(mqtt: Mqtt, client: Client, flags: int) -> None:
    """The flags of PUBREL are 0010; anything else is malformed."""
    identifier = client.identifier()
    await client.send(Publish(topic=mqtt.topic(), qos=2, packet_identifier=identifier))
    await client.ready(Pubrec)
    await client.send(Pubrel(packet_identifier=identifier, flags=flags))
    await client.expect_closed(0x81)


@both("MQTT-3.6.1-1")
async def test_the_server_sends_pubrel_with_its_flags(mqtt: Mqtt) -> None:
    """The server's own PUBREL has the flags 0010."""
    talker = await exchange(mqtt, mqtt.topic())
    wrong = flaws(talker, "fixed-header-flags", of=Pubrel)
    check(not wrong, "the server sent PUBREL with other flags", expected="0010", got="; ".join(wrong))
