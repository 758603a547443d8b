"""Our octets as independent codecs read and write them: amqtt for whole 3.1.1 packets, paho for properties of 5.0."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.network.mqtt import wire

from .mqtt_packets import from_client, from_server, properties


@given(st.one_of(from_client(4), from_server(4)))
@settings(max_examples=150)
def test_amqtt_reads_and_repeats_our_octets(packet: wire.Packet) -> None:
    mqtt = pytest.importorskip("amqtt.mqtt")
    adapters, header = pytest.importorskip("amqtt.adapters"), pytest.importorskip("amqtt.mqtt.packet")
    if isinstance(packet, wire.Connect) and (not packet.client_id or _empty_or_binary(packet)):
        return  # amqtt invents a client id, cannot write empty fields, and takes passwords for text

    async def repeat() -> bytes:
        reader = adapters.BufferReader(bytes(packet))
        fixed = await header.MQTTFixedHeader.from_stream(reader)
        read = await mqtt.packet_class(fixed).from_stream(reader, fixed_header=fixed)
        return bytes(read.to_bytes())

    assert asyncio.run(repeat()) == bytes(packet)


def _empty_or_binary(packet: wire.Connect) -> bool:
    will = packet.will
    return (
        bool(packet.password)
        or packet.password == b""
        or packet.user_name == ""
        or (will is not None and not will.payload)
    )


@given(st.sampled_from(sorted(set(wire.ALLOWED) - {"will"})), st.data())
@settings(max_examples=150)
def test_paho_reads_our_properties(owner: str, data: st.DataObject) -> None:
    paho = pytest.importorskip("paho.mqtt.properties")
    types = pytest.importorskip("paho.mqtt.packettypes").PacketTypes
    drawn = data.draw(properties(owner))
    largest = wire.PropertyId.MAXIMUM_PACKET_SIZE, 0xFFFFFFF  # paho takes no more, though four octets can say it
    ours = wire.Properties(tuple((i, min(value, largest[1]) if i == largest[0] else value) for i, value in drawn))
    theirs = paho.Properties(getattr(types, owner))
    _, used = theirs.unpack(bytes(ours))
    assert used == len(bytes(ours))
    assert theirs.json() == _as_paho_shows(paho, types, owner, ours)


def _as_paho_shows(paho: Any, types: Any, owner: str, ours: wire.Properties) -> Any:
    """The same values set through paho's own interface."""
    theirs = paho.Properties(getattr(types, owner))
    for identifier, value in ours:
        setattr(theirs, theirs.getNameFromIdent(identifier).replace(" ", ""), value)
    return theirs.json()
