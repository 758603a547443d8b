"""The MQTT codec: its laws, the standard's examples, and one vector for every kind of flaw."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.network.mqtt import wire
from conformance.network.mqtt.wire import Malformed, Properties, PropertyId, decode, describe, properties

from .mqtt_packets import packets

Sender = Literal["client", "server"]
VECTORS = Path(__file__).parents[3] / "vectors" / "network" / "mqtt"
LEVELS = {"mqtt-3.1.1": 4, "mqtt-5.0": 5}
SIDES = [(version, sender) for version in (4, 5) for sender in ("client", "server")]


def vectors(name: str) -> list[Any]:
    found = json.loads((VECTORS / name).read_text(encoding="ascii"))["vectors"]
    return [pytest.param(v, id=f"{v['standard']}-{v['clause']}-{v.get('flaw', v.get('packet'))}") for v in found]


def events(pieces: list[bytes], version: int, sender: Sender) -> list[Any]:
    """All events of a stream that arrives in these pieces."""
    out, pending = [], b""
    for piece in pieces:
        pending += piece
        while pending:
            event, pending = decode(pending, version=version, sender=sender)
            if event is None:
                break
            out.append(event)
    return [*out, pending]


@given(packets())
def test_a_packet_survives_the_round_trip(case: tuple[int, Sender, Any]) -> None:
    version, sender, packet = case
    assert decode(bytes(packet), version=version, sender=sender) == (packet, b"")


@given(st.binary(max_size=60), st.sampled_from(SIDES))
def test_any_octets_are_decoded_and_conserved(data: bytes, side: tuple[int, Sender]) -> None:
    event, rest = decode(data, version=side[0], sender=side[1])
    if event is None:
        assert rest == data
        return
    assert len(rest) < len(data)
    assert bytes(event) + rest == data
    assert describe(event).isprintable()


@given(packets(), st.data())
def test_a_changed_octet_never_raises(case: tuple[int, Sender, Any], data: st.DataObject) -> None:
    version, sender, packet = case
    octets = bytearray(bytes(packet))
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    event, rest = decode(bytes(octets), version=version, sender=sender)
    assert rest == octets if event is None else bytes(event) + rest == octets


@given(st.lists(packets(), min_size=1, max_size=3), st.data())
def test_events_do_not_depend_on_how_the_stream_is_cut(
    some: list[tuple[int, Sender, Any]], data: st.DataObject
) -> None:
    version, sender, _ = some[0]
    stream = b"".join(bytes(replace(packet, version=version)) for _, _, packet in some)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert events(pieces, version, sender) == events([stream], version, sender)


@pytest.mark.parametrize("vector", vectors("standard.json"))
def test_the_examples_of_the_standard(vector: Any) -> None:
    octets = bytes.fromhex(vector["hex"])
    packet, rest = decode(octets, version=LEVELS[vector["standard"]], sender=vector["sender"])
    assert isinstance(packet, wire.Packet)
    assert (packet.TITLE, rest, bytes(packet)) == (vector["packet"], b"", octets)
    for name, value in vector["fields"].items():
        assert getattr(packet, name) == (tuple(value) if isinstance(value, list) else value)


@pytest.mark.parametrize("vector", vectors("malformed.json"))
def test_a_malformed_packet_has_exactly_its_flaw(vector: Any) -> None:
    octets = bytes.fromhex(vector["hex"])
    event, rest = decode(octets, version=LEVELS[vector["standard"]], sender=vector["sender"])
    assert isinstance(event, Malformed)
    assert ([flaw.kind for flaw in event.flaws], rest) == ([vector["flaw"]], b"")
    assert (event.message is None) == (vector["flaw"] == "packet-type" or octets[1:6] == b"\xff\xff\xff\xff\x7f")


def test_every_kind_of_flaw_has_a_vector() -> None:
    assert {case.values[0]["flaw"] for case in vectors("malformed.json")} == set(wire.CODES)


@pytest.mark.parametrize(
    ("value", "octets"),
    [
        (0, "00"),
        (127, "7f"),
        (128, "8001"),
        (321, "c102"),
        (16_383, "ff7f"),
        (16_384, "808001"),
        (268_435_455, "ffffff7f"),
    ],
)
def test_variable_byte_integers(value: int, octets: str) -> None:
    """The borders of table 1-1 (5.0) and 2.4 (3.1.1), and the example 321 of 3.1.1."""
    assert wire.variable_byte_integer(value).hex() == octets


def test_derived_octets_can_be_given() -> None:
    assert bytes(wire.Pingreq(flags=5)) == b"\xc5\x00"
    assert bytes(wire.Pingreq(length=3)) == b"\xc0\x03"
    assert bytes(wire.Pingreq(length=b"\x80\x00")) == b"\xc0\x80\x00"
    assert bytes(wire.Pingreq(extra=b"x")) == b"\xc0\x01x"
    assert bytes(wire.Connect(client_id=b"\xff", connect_flags=0x03)).endswith(b"\x03\x00\x3c\x00\x00\x01\xff")
    assert bytes(wire.Publish(topic="a", packet_identifier=9)) == b"\x30\x06\x00\x01a\x00\x09\x00"
    assert bytes(wire.Subscription(topic_filter="a", options=0xFF)) == b"\x00\x01a\xff"


def test_wrong_properties_can_be_said() -> None:
    twice = wire.Properties(((PropertyId.RECEIVE_MAXIMUM, 1), (PropertyId.RECEIVE_MAXIMUM, 2)))
    assert bytes(twice) == b"\x06\x21\x00\x01\x21\x00\x02"
    assert bytes(properties(receive_maximum=b"\x01")) == b"\x02\x21\x01"
    assert bytes(wire.Properties(((0x7F, b"x"),), length=9)) == b"\x09\x7f\x00\x01x"
    assert bytes(wire.Properties(raw=b"raw")) == b"\x03raw"
    assert bytes(wire.LEFT_OUT) == b""


def test_properties_are_found_by_name() -> None:
    some = properties(topic_alias=3, user_property=[("a", "1"), ("a", "2")])
    assert (some.get(PropertyId.TOPIC_ALIAS), some.get(PropertyId.CONTENT_TYPE, "none")) == (3, "none")
    assert some.all(PropertyId.USER_PROPERTY) == [("a", "1"), ("a", "2")]
    assert PropertyId.TOPIC_ALIAS not in some.without(PropertyId.TOPIC_ALIAS)


def test_reason_code_without_properties() -> None:
    for packet in (
        wire.Puback(packet_identifier=1, brief=False),
        wire.Puback(packet_identifier=1, brief=False, properties=wire.LEFT_OUT),
        wire.Puback(packet_identifier=1, reason_code=0x10),
        wire.Disconnect(reason_code=4, brief=False),
    ):
        assert decode(bytes(packet), version=5, sender="client") == (packet, b"")


@pytest.mark.parametrize("version", [4, 5])
@pytest.mark.parametrize("level", [0, 2, 6, 99])
def test_a_connect_of_an_unknown_level_is_read_in_the_layout_that_fits(version: int, level: int) -> None:
    packet = wire.Connect(version=version, client_id="abc", protocol_level=level)
    assert decode(bytes(packet), version=5, sender="client") == (packet, b"")


def test_a_missing_field_reads_as_empty_and_names_nothing_else() -> None:
    octets = bytes(wire.Connect(client_id="a", connect_flags=0xC2))
    event, _ = decode(octets, version=5, sender="client")
    assert isinstance(event, Malformed)
    assert [flaw.field for flaw in event.flaws] == ["User Name"]
    assert (event.message.user_name, event.message.password) == ("", b"")


def test_several_flaws_are_all_named() -> None:
    octets = bytes(
        wire.Subscribe(packet_identifier=0, flags=0, subscriptions=(wire.Subscription(topic_filter="a#", qos=3),))
    )
    event, _ = decode(octets, version=5, sender="client")
    assert isinstance(event, Malformed)
    kinds = ["fixed-header-flags", "packet-identifier-zero", "filter-multi-level", "subscription-qos"]
    assert [flaw.kind for flaw in event.flaws] == kinds
    assert (event.reason_code, bytes(event.message)) == (0x81, octets)


def test_a_malformed_packet_leaves_the_next_one_alone() -> None:
    event, rest = decode(b"\xc1\x00\xc0\x00", version=5, sender="client")
    assert isinstance(event, Malformed)
    assert decode(rest, version=5, sender="client") == (wire.Pingreq(), b"")


def test_descriptions_are_one_printable_line() -> None:
    packet = wire.Publish(
        topic="a/b", payload=b"hello", qos=1, packet_identifier=7, properties=properties(topic_alias=3)
    )
    assert describe(packet) == 'PUBLISH id=7 qos=1 retain=0 dup=0 topic="a/b" payload="hello" [Topic Alias 3]'
    assert describe(wire.Pingreq(length=b"\x80\0", flags=3)) == "PINGREQ flags=3 length=80 00"
    shared = wire.Subscription(topic_filter="$share/a/b", qos=1, no_local=True)
    assert describe(wire.Subscribe(subscriptions=(shared,))) == 'SUBSCRIBE id=1 "$share/a/b" qos=1 no_local=1'
    assert "secret" not in describe(wire.Connect(user_name="u", password=b"secret"))
    assert describe(wire.Disconnect(properties=Properties(length=b"\x80\0"))).endswith("[length=80 00]")
    assert describe(wire.Publish(topic="\x1b[31m", payload=bytes(100))).isprintable()
    long = wire.Subscribe(subscriptions=(wire.Subscription(topic_filter="x" * 60_000),) * 1000)
    assert len(describe(long)) < 1000
