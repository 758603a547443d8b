"""Packets in fragments, and back."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from conformance.network.ipv6 import wire
from conformance.network.ipv6.wire import Frame, Malformed, addresses, decode, fragments, reassemble

IP = wire.Ipv6(source=addresses.LOOPBACK, destination=addresses.ALL_NODES)
ECHO = wire.EchoRequest(identifier=1, data=bytes(range(100)))
WHOLE = Frame(
    destination=addresses.BROADCAST_MAC,
    source=bytes(6),
    layers=(
        IP,
        wire.HopByHop(options=(wire.PadN(data=bytes(4)),)),
        wire.DestinationOptions(options=(wire.PadN(data=bytes(4)),)),
        ECHO,
    ),
)


@given(st.sets(st.integers(1, 14), min_size=1, max_size=5), st.integers(0, 2**32 - 1), st.randoms())
def test_fragments_make_the_packet_again_in_any_order(cuts: set[int], identification: int, chance: Random) -> None:
    pieces = list(fragments(WHOLE, [8 * cut for cut in sorted(cuts)], identification))
    assert len(pieces) == len(cuts) + 1
    for piece in pieces:
        assert decode(bytes(piece)) == (piece, b"")
        assert piece.layers[:2] == WHOLE.layers[:2]
    chance.shuffle(pieces)
    assert reassemble(pieces) == WHOLE
    assert reassemble(pieces[1:]) is None


def test_fragments_octet_by_octet() -> None:
    first, last = fragments(WHOLE, [16], 0x01020304)
    assert first.packet[40:].hex() == "2c00" + "010400000000" + "3c00" + "0001" + "01020304" + WHOLE.packet[48:64].hex()
    assert last.packet[40:].hex() == "2c00" + "010400000000" + "3c00" + "0010" + "01020304" + WHOLE.packet[64:].hex()


def test_what_stands_in_every_fragment() -> None:
    routed = replace(WHOLE, layers=(IP, wire.DestinationOptions(), wire.Routing(), ECHO))
    assert [len(piece.layers) for piece in fragments(routed, [8], 1)] == [5, 5]
    assert [len(piece.layers) for piece in fragments(WHOLE, [8], 1, behind=1)] == [3, 3]
    assert [len(piece.layers) for piece in fragments(replace(WHOLE, layers=(IP, ECHO)), [8], 1)] == [3, 3]


def test_gaps_overlaps_and_strangers_make_nothing() -> None:
    one, two, three = fragments(WHOLE, [16, 48], 5)
    assert reassemble([]) is None
    assert reassemble([WHOLE]) is None
    assert reassemble([one, three]) is None
    assert reassemble([one, two]) is None
    assert reassemble([two, three]) is None
    assert reassemble([one, two, two, three]) is None
    overlapping = two.changed(wire.Fragment, fragment_offset=1)
    assert reassemble([one, overlapping, three]) is None
    assert reassemble([one, two, three.changed(wire.Fragment, more=True)]) is None
    assert reassemble([one, two.changed(wire.Fragment, identification=6), three]) is None
    assert reassemble([one, two, three.changed(wire.Fragment, identification=6), WHOLE, three]) == WHOLE


def test_a_packet_that_is_malformed_as_a_whole_is_malformed() -> None:
    cut = replace(WHOLE, layers=(IP, wire.Raw(next_header=60, data=bytes.fromhex("3a00010400000000 800000"))))
    event = reassemble(fragments(cut, [8], 1))
    assert isinstance(event, Malformed)
    assert event.why == "the ICMPv6 message is cut short"
    assert wire.encode(event.layers) == cut.packet
