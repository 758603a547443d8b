"""The capture of a case: sound pcapng, right checksums, and nothing that Wireshark's dissectors complain of."""

import ipaddress
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from conformance.engine.pcapng import ACK, FIN, PSH, RST, SYN, capture
from conformance.engine.record import NO_CHANNEL, ChannelInfo, Entry, Record
from tests.needs import needs

BEGAN_S = 1_800_000_000.25
SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
V4 = ("tcp://192.0.2.1:50001", "192.0.2.9:40001", "192.0.2.1:50001")
V6 = ("tcp://[2001:db8::1]:50001", "[2001:db8::9]:40001", "[2001:db8::1]:50001")
Thing = tuple[float, str, bytes]
"""Something that happened: when, of what kind, with which octets."""
OPEN: Thing = (0.0, "open", b"")
ONCE: list[Thing] = [OPEN, (0.1, "out", b"abc"), (0.2, "in", b"defgh"), (0.3, "fin", b""), (0.4, "close", b"")]


def record(*things: Thing, ends: tuple[str, str, str] = V4) -> Record:
    """What passed on one channel."""
    address, local, remote = ends
    made = Record("small/one", channels=[ChannelInfo(0, "connection 1", address, local, remote)])
    for t, kind, data in things:
        made.add(Entry(t, 0, kind, data))
    return made


def udp(ends: tuple[str, str, str]) -> tuple[str, str, str]:
    return ends[0].replace("tcp:", "udp:"), ends[1], ends[2]


def blocks(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each block; both lengths of each have to agree, and be whole words."""
    while data:
        kind, length = struct.unpack_from("<II", data)
        assert length % 4 == 0
        assert 12 <= length <= len(data)
        assert struct.unpack_from("<I", data, length - 4) == (length,)
        yield kind, data[8 : length - 4]
        data = data[length:]


def packets(data: bytes) -> list[tuple[int, bytes]]:
    """Time in microseconds, and octets, of each packet."""
    found = []
    for kind, body in blocks(data):
        if kind == PACKET:
            interface, high, low, kept, length = struct.unpack_from("<IIIII", body)
            assert (interface, kept) == (0, length)
            assert len(body) == 20 + kept + -kept % 4
            assert not any(body[20 + kept :])
            found.append((high << 32 | low, body[20 : 20 + kept]))
    return found


def ones_complement(data: bytes) -> int:
    """The sum in which a checksum has been filled in rightly when it gives 0xFFFF (RFC 1071), octet by octet."""
    total = sum(octet << (0 if n % 2 else 8) for n, octet in enumerate(data))
    return (total - 1) % 0xFFFF + 1 if total else 0


@dataclass(frozen=True)
class Seen:
    """A segment as the frame around it says; its checksums were right."""

    source: str
    target: str
    segment: bytes

    @property
    def sport(self) -> int:
        return int.from_bytes(self.segment[:2], "big")

    @property
    def dport(self) -> int:
        return int.from_bytes(self.segment[2:4], "big")

    @property
    def sequence(self) -> tuple[int, int]:
        return struct.unpack_from(">II", self.segment, 4)

    @property
    def flags(self) -> int:
        return self.segment[13]


def seen(frame: bytes, protocol: int = 6) -> Seen:
    """Take a frame apart."""
    kind, packet = frame[12:14], frame[14:]
    if kind == b"\x08\0":
        assert packet[0] == 0x45
        assert struct.unpack_from(">H", packet, 2) == (len(packet),)
        assert ones_complement(packet[:20]) == 0xFFFF
        assert packet[9] == protocol
        ends, segment = packet[12:20], packet[20:]
        pseudo = ends + struct.pack(">HH", protocol, len(segment))
    else:
        assert (kind, packet[0] >> 4, packet[6]) == (b"\x86\xdd", 6, protocol)
        assert struct.unpack_from(">H", packet, 4) == (len(packet) - 40,)
        ends, segment = packet[8:40], packet[40:]
        pseudo = ends + struct.pack(">II", len(segment), protocol)
    assert ones_complement(pseudo + segment) == 0xFFFF
    half = len(ends) // 2
    source, target = (str(ipaddress.ip_address(end)) for end in (ends[:half], ends[half:]))
    return Seen(source, target, segment)


def test_the_blocks_are_a_section_an_interface_and_packets() -> None:
    found = list(blocks(capture(record(*ONCE), BEGAN_S)))
    assert [kind for kind, _ in found[:2]] == [SECTION, INTERFACE]
    assert {kind for kind, _ in found[2:]} == {PACKET}
    assert struct.unpack("<IHHq", found[0][1]) == (0x1A2B3C4D, 1, 0, -1)
    assert struct.unpack_from("<HH", found[1][1]) == (1, 0)  # Ethernet


@pytest.mark.parametrize("length", range(5))
def test_blocks_are_filled_up_to_whole_words(length: int) -> None:
    ((_, frame),) = packets(capture(record((0, "out", b"x" * length), ends=("link://up", "", ""))))
    assert frame == b"x" * length


def test_an_empty_record_is_a_capture_without_packets() -> None:
    assert packets(capture(Record("small/one"))) == []


@pytest.mark.parametrize("began_s", [0.0, BEGAN_S])
def test_packets_have_the_time_of_what_they_stand_for(began_s: float) -> None:
    times = [at for at, _ in packets(capture(record(*ONCE), began_s))]
    due_s = (0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4)
    assert times == pytest.approx([(began_s + t) * 1e6 for t in due_s], abs=1)


@pytest.mark.parametrize("ends", [V4, V6])
def test_a_connection_is_handshake_octets_and_ends(ends: tuple[str, str, str]) -> None:
    found = [seen(frame) for _, frame in packets(capture(record(*ONCE, ends=ends)))]
    assert [one.flags for one in found] == [SYN, SYN | ACK, ACK, PSH | ACK, PSH | ACK, FIN | ACK, FIN | ACK]
    ours, theirs = (ends[1].rpartition(":")[0].strip("[]"), 40001), (ends[2].rpartition(":")[0].strip("[]"), 50001)
    ways = [((one.source, one.sport), (one.target, one.dport)) for one in found]
    assert ways == [(ours, theirs) if side == "o" else (theirs, ours) for side in ("o", "t", "o", "o", "t", "t", "o")]
    assert [one.segment[20:] for one in found] == [b"", b"", b"", b"abc", b"defgh", b"", b""]
    for before, after in pairwise(found):
        if before.source != after.source:  # each acknowledges all that came before it
            carried = len(before.segment) - 20 + bool(before.flags & (SYN | FIN))
            assert after.sequence[1] == before.sequence[0] + carried


@pytest.mark.parametrize("ends", [V4, V6])
@pytest.mark.parametrize("data", [b"", b"a", b"abc", bytes(range(256)), b"\xff" * 1400])
def test_checksums_of_datagrams_are_right(ends: tuple[str, str, str], data: bytes) -> None:
    found = [
        seen(frame, 17)
        for _, frame in packets(capture(record(OPEN, (0, "out", data), (1, "in", data), ends=udp(ends))))
    ]
    assert [one.sport for one in found] == [40001, 50001]
    for one in found:
        assert struct.unpack_from(">H", one.segment, 4) == (len(one.segment),)
        assert one.segment[8:] == data


@pytest.mark.parametrize("ends", [V4, V6])
def test_no_datagram_says_that_it_has_no_checksum(ends: tuple[str, str, str]) -> None:
    """Octets whose sum would give the checksum 0, which in UDP means that there is none."""
    plain = record((0, "out", b"\0\0"), ends=udp(ends))
    (checksum,) = struct.unpack_from(">H", seen(packets(capture(plain))[0][1], 17).segment, 6)
    lucky = record((0, "out", struct.pack(">H", checksum)), ends=udp(ends))
    assert seen(packets(capture(lucky))[0][1], 17).segment[6:8] == b"\xff\xff"


@pytest.mark.parametrize("ends", [V4, V6])
def test_a_datagram_longer_than_there_can_be_is_shown_cut(ends: tuple[str, str, str]) -> None:
    """In memory nothing bounds a datagram; in a capture its length has two octets."""
    data = b"x" * 70_000
    ((_, frame),) = packets(capture(record((0, "out", data), ends=udp(ends))))
    assert len(seen(frame, 17).segment) == (65_515 if ends is V4 else 65_535)


@pytest.mark.parametrize("ends", [V4, V6])
def test_much_goes_in_several_segments_and_nothing_is_lost(ends: tuple[str, str, str]) -> None:
    data = bytes(range(256)) * 300
    found = [seen(frame) for _, frame in packets(capture(record(OPEN, (1, "in", data), ends=ends)))][3:]
    assert b"".join(one.segment[20:] for one in found) == data
    begins = [one.sequence[0] for one in found]
    assert [after - before for before, after in pairwise(begins)] == [len(one.segment) - 20 for one in found[:-1]]


@pytest.mark.parametrize(
    ("kinds", "flags"),
    [
        (["refused"], [SYN, RST | ACK]),
        (["open", "reset", "abort"], [SYN, SYN | ACK, ACK, RST | ACK, RST | ACK]),
        (["open", "fin", "fin", "close", "close"], [SYN, SYN | ACK, ACK, FIN | ACK, FIN | ACK]),
        (["open", "sent", "received", "silence"], [SYN, SYN | ACK, ACK]),
    ],
)
def test_ends_are_told_once_and_what_was_no_traffic_is_left_out(kinds: list[str], flags: list[int]) -> None:
    made = record(*((0.1 * n, kind, b"x" if kind in ("sent", "received") else b"") for n, kind in enumerate(kinds)))
    made.add(Entry(1.0, NO_CHANNEL, "learned", text="[]"))
    assert [seen(frame).flags for _, frame in packets(capture(made))] == flags


@pytest.mark.parametrize(
    "ends",
    [
        ("tcp://broker.example:1883", "", ""),
        ("tcp://broker.example:99999", "nowhere", "[fe80::1%eth0]:1883"),
        ("tcp://broker.example", "192.0.2.9:40001", "[2001:db8::1]:1883"),
        ("", "@", ":"),
    ],
)
def test_addresses_that_are_none_are_replaced(ends: tuple[str, str, str]) -> None:
    found = [seen(frame) for _, frame in packets(capture(record(*ONCE, ends=ends)))]
    assert len({frozenset([(one.source, one.sport), (one.target, one.dport)]) for one in found}) == 1
    assert found[0].sport != 0 != found[0].dport


def test_connections_are_kept_apart() -> None:
    made = Record("small/one", channels=[ChannelInfo(n, str(n), "tcp://localhost:50001") for n in range(3)])
    for n in range(3):
        made.add(Entry(0.0, n, "open"))
    assert len({seen(frame).sport for _, frame in packets(capture(made))[::3]}) == 3


def test_frames_of_a_link_are_as_they_are() -> None:
    frames = [b"\xff" * 6 + b"\2\0\0\0\0\1\x88\xb5" + b"any", b"", b"short"]
    entries = [OPEN, *((0.1 * n, ("out", "in")[n % 2], frame) for n, frame in enumerate(frames))]
    assert [frame for _, frame in packets(capture(record(*entries, ends=("link://up", "", ""))))] == frames


def everything() -> Record:
    """A bit of all that a capture can show, on channels of its own each."""
    made = Record("small/one")
    long = [OPEN, (0.1, "out", b"q" * 4000), (0.2, "in", b"a" * 5000), (0.3, "out", b"z")]
    stories: list[tuple[tuple[str, str, str], list[Thing]]] = [
        *((ends, [*long, (0.4, "fin", b""), (0.5, "close", b"")]) for ends in (V4, V6)),
        (("tcp://a.example:50001", "", ""), [*long, (0.4, "close", b""), (0.5, "in", b"b"), (0.6, "fin", b"")]),
        (("tcp://b.example:50001", "", ""), [(0.0, "refused", b"")]),
        *((udp(ends), [OPEN, (0.1, "out", b"ask"), (0.2, "in", b"told")]) for ends in (V4, V6)),
        (("link://up", "", ""), [OPEN, (0.1, "out", b"\xff" * 6 + b"\2\0\0\0\0\1\x88\xb5" + b"-" * 46)]),
    ]
    for n, (ends, entries) in enumerate(stories):
        made.channels.append(ChannelInfo(n, str(n), *ends))
        made.entries += [Entry(t, n, kind, data) for t, kind, data in entries]
    made.entries.sort(key=lambda entry: entry.t)
    return made


def test_wireshark_reads_it_without_complaint(tmp_path: Path) -> None:
    """Resets apart, which Wireshark warns of by design, nothing of a weight above a note is said."""
    path = tmp_path / "one.pcapng"
    path.write_bytes(capture(everything(), BEGAN_S))
    checks = [f"{name}.check_checksum:TRUE" for name in ("ip", "tcp", "udp")]
    plain = [f"{kind}.port=={port},data" for kind in ("tcp", "udp") for port in (50001, 40001)]
    command = [needs("tshark"), "-n", "-r", str(path), "-T", "fields", "-E", "occurrence=a"]
    for flag, values in (("-o", checks), ("-d", plain)):
        command += [word for value in values for word in (flag, value)]
    fields = ["frame.time_epoch", "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status"]
    fields += ["_ws.expert.severity", "_ws.expert.message"]
    for name in fields:
        command += ["-e", name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    rows = [dict(zip(fields, line.split("\t"), strict=True)) for line in done.stdout.splitlines()]
    shown = [frame for _, frame in packets(path.read_bytes())]
    assert len(rows) == len(shown)
    assert float(rows[0]["frame.time_epoch"]) == pytest.approx(BEGAN_S, abs=1e-6)
    good = {name: sum(row[name] == "1" for row in rows) for name in fields[1:4]}
    assert good == {
        "ip.checksum.status": sum(frame[12:14] == b"\x08\0" for frame in shown),
        "tcp.checksum.status": len(rows) - 5,
        "udp.checksum.status": 4,
    }
    assert {row["_ws.expert.message"] for row in rows if _weight(row) > NOTE} <= {"Connection reset (RST)"}


NOTE = 0x00400000
"""PI_NOTE among Wireshark's severities; a warning and an error are above it."""


def _weight(row: dict[str, str]) -> int:
    return max((int(one) for one in row["_ws.expert.severity"].split(",") if one), default=0)
