"""The IPv6 codec: its laws."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.network.ipv6 import wire
from conformance.network.ipv6.wire import Frame, Ipv6, Malformed, decode, describe

from .ipv6_frames import ND_OPTIONS, UNKNOWN_ND_OPTION, frames


def checked(octets: bytes) -> Frame | Malformed:
    """What octets are read as, which says the same octets again and can be told in a line."""
    event, rest = decode(octets)
    assert isinstance(event, Frame | Malformed)
    assert (bytes(event), rest) == (octets, b"")
    assert describe(event).isprintable()
    if isinstance(event, Malformed) and event.layers:
        assert bytes(event).find(wire.encode(event.layers)) in (14, 18, 22)
    return event


@given(frames())
def test_a_frame_survives_the_round_trip(frame: Frame) -> None:
    assert decode(bytes(frame)) == (frame, b"")


@given(st.binary(min_size=1, max_size=200))
def test_any_octets_are_read_and_conserved(octets: bytes) -> None:
    checked(octets)


@given(st.binary(max_size=200), st.sampled_from((0, 6, 17, 43, 44, 58, 59, 60)), st.integers(0, 220))
def test_any_octets_behind_an_ipv6_header_are_read_and_conserved(data: bytes, number: int, length: int) -> None:
    checked(bytes(14)[:12] + b"\x86\xdd" + b"\x60\0\0\0" + bytes((0, length, number, 64)) + bytes(32) + data)


@given(st.integers(0, 255), st.binary(max_size=120))
def test_any_icmpv6_octets_are_read_and_conserved(kind: int, data: bytes) -> None:
    frame = Frame(destination=bytes(6), source=bytes(6), layers=(IP, wire.UnknownIcmpv6(type=kind, data=data)))
    event = checked(bytes(frame))
    assert isinstance(event, Malformed) or event.checksum_ok


@given(frames(), st.data())
def test_a_changed_octet_is_conserved(frame: Frame, data: st.DataObject) -> None:
    changed = bytearray(bytes(frame))
    changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    checked(bytes(changed))


@given(frames(), st.data())
def test_a_frame_cut_short_is_conserved(frame: Frame, data: st.DataObject) -> None:
    octets = bytes(frame)
    checked(octets[: data.draw(st.integers(1, len(octets)))])


def with_checksum(frame: Frame, checksum: int) -> Frame:
    message: Any = frame.message
    return replace(frame, layers=(*frame.layers[:-1], replace(message, checksum=checksum)))


@given(frames().filter(lambda frame: hasattr(frame.message, "checksum")), st.integers(0, 0xFFFF))
def test_a_checksum_is_right_or_is_told_to_be_wrong(frame: Frame, checksum: int) -> None:
    assert frame.checksum_ok
    given = with_checksum(frame, checksum)
    right = {bytes(frame)}
    if bytes(with_checksum(frame, 0)) in right:
        right.add(bytes(with_checksum(frame, 0xFFFF)))
    assert given.checksum_ok == (bytes(given) in right)
    event = checked(bytes(given))
    assert isinstance(event, Frame)
    assert event.checksum_ok == given.checksum_ok
    assert ("wrong checksum" in describe(event)) != event.checksum_ok


@given(frames(), st.data())
def test_any_number_can_be_said(frame: Frame, data: st.DataObject) -> None:
    """A number that is too large for its place, or negative, is cut to it; nothing is raised and nothing moves."""
    at = data.draw(st.integers(0, len(frame.layers) - 1))
    layer: Any = frame.layers[at]
    numbers = [field.name for field in fields(layer) if type(getattr(layer, field.name)) is int]
    name = data.draw(st.sampled_from([*numbers, "next_header" if hasattr(layer, "next_header") else "code"]))
    if not hasattr(layer, name):
        return
    value = data.draw(st.integers(-(2**70), 2**70))
    said = replace(frame, layers=(*frame.layers[:at], replace(layer, **{name: value}), *frame.layers[at + 1 :]))
    assert len(bytes(said)) == len(bytes(frame)) or name == "prefix_length"
    checked(bytes(said))


@given(frames(), st.data())
def test_a_packet_cut_short_is_read_as_far_as_it_goes(frame: Frame, data: st.DataObject) -> None:
    packet = frame.packet
    cut = packet[: data.draw(st.integers(0, len(packet)))]
    layers = wire.read_packet(cut)
    assert wire.encode(layers) == cut
    assert layers[:1] == (frame.layers[:1] if cut == packet else layers[:1])


@pytest.mark.parametrize("kind", sorted(ND_OPTIONS))
@given(data=st.data())
def test_options_of_every_kind_survive_in_every_message(kind: int, data: st.DataObject) -> None:
    option = data.draw(ND_OPTIONS[kind])
    unknown = data.draw(UNKNOWN_ND_OPTION)
    assert option.type == bytes(option)[0] == kind
    assert len(bytes(option)) == 8 * bytes(option)[1]
    target = data.draw(st.builds(wire.NeighborSolicitation, target=st.just(IP.source)))
    message = replace(target, options=(unknown, option, option))
    frame = Frame(destination=bytes(6), source=bytes(6), layers=(IP, message))
    assert decode(bytes(frame))[0] == frame
    assert message.first(type(option)) == option
    assert list(message.every(type(option))) == [option, option]


IP = Ipv6(source=wire.addresses.LOOPBACK, destination=wire.addresses.ALL_NODES)
