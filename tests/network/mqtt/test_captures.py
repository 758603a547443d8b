"""What Wireshark's dissectors read in the captures of recorded cases is what we read in them, packet by packet."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import pyshark
import pytest

from conformance.engine.attempt import Surroundings
from conformance.engine.case import CaseResult
from conformance.engine.lag import LagProbe
from conformance.engine.memory import MemoryTestbed
from conformance.engine.patience import Patience
from conformance.engine.pcapng import capture
from conformance.engine.record import Record
from conformance.engine.session import InMemory, collect, execute
from conformance.engine.suite import find_suites
from conformance.engine.variants import variants
from conformance.network.mqtt import wire
from conformance.network.mqtt.provide import LEVELS
from conformance.network.mqtt.wire import Malformed, Packet, Properties, PropertyId
from conformance.network.mqtt.wire.decode import FROM, FROM_311
from conformance.network.mqtt.wire.packets import PACKETS, Acknowledgement
from conformance.network.mqtt.wire.properties import BINARY, PAIR, STRING, TYPES
from tests.needs import needs

SUITE = find_suites()["mqtt"]
PORT = 1883
EVERY = 3
"""Every third case: enough to have each kind of packet often."""
DEFAULT = {4: "v311", 5: "v50"}
"""How tshark calls the version that it is to take for connections without a CONNECT."""
Sender = Literal["client", "server"]
Way = tuple[int, Sender]
"""One direction of a connection: the client's port, which no two connections share, and who sends."""
Shown = dict[str, list[Any]]
"""Values by tshark's names of the fields: numbers, octets, and of properties the pairs of identifier and value."""


class Keeping(InMemory):
    """A keeper that keeps the records."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def ended(self, result: CaseResult, record: Record) -> None:
        self.records.append(record)


@pytest.fixture(scope="module")
def records() -> Mapping[int, list[Record]]:
    """The records of a part of the suite, run in memory, by protocol level."""
    specs = collect([SUITE])[::EVERY]
    lag, keeper, variant = LagProbe(), Keeping(), variants(SUITE)[0]
    testbed = MemoryTestbed(variant.name, lambda: variant.make(None), variant.ixit)
    around = Surroundings(testbed=testbed, claims=variant.claims, ixit={}, patience=Patience(lag=lag), lag=lag)
    execute(specs, {spec.id: n for n, spec in enumerate(specs)}, around, keeper, look_first=False, concurrency=64)
    level = {spec.id: LEVELS[spec.standard.partition("/")[0]] for spec in specs}
    return {version: [r for r in keeper.records if level[r.case] == version] for version in (4, 5)}


# What we read.


def octets(record: Record) -> Iterator[tuple[Way, bytes]]:
    """All that passed on each connection in each direction."""
    for info in record.channels:
        port = int(info.local.rpartition(":")[2])
        kinds: tuple[tuple[str, Sender], ...] = (("out", "client"), ("in", "server"))
        for kind, sender in kinds:
            yield (port, sender), b"".join(e.data for e in record.entries if (e.channel, e.kind) == (info.n, kind))


def decoded(data: bytes, version: int, sender: Sender) -> list[Packet | Malformed]:
    """The packets of one direction, without one that was not sent to its end."""
    packets = []
    packet, rest = wire.decode(data, version=version, sender=sender)
    while packet is not None:
        packets.append(packet)
        packet, rest = wire.decode(rest, version=version, sender=sender)
    return packets


def text(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def pairs(properties: Properties) -> list[Any]:
    return [(i, _value(TYPES[i], value)) for i, value in properties]


def _value(kind: int, value: Any) -> Any:
    if kind == PAIR:
        return text(value[0]), text(value[1])
    return text(value) if kind in (STRING, BINARY) else value


def ours(packet: Packet) -> Shown:
    """What tshark should show of a packet."""
    new, title, first = packet.version >= 5, type(packet).__name__.lower(), bytes(packet)[0]
    shown: Shown = {"hdrflags": [first], "msgtype": [first >> 4]}
    shown["properties"] = pairs(getattr(packet, "properties", wire.NONE)) if new else []
    if (identifier := getattr(packet, "packet_identifier", None)) is not None:
        shown["msgid"] = [identifier]
    match packet:
        case wire.Connect():
            shown |= _connect(packet, shown["properties"])
        case wire.Connack():
            shown["conack.flags"] = [packet.body()[0]]
            shown["connack.reason_code" if new else "conack.val"] = [packet.reason_code]
        case wire.Publish():
            shown |= {"topic": [text(packet.topic)], "msg": [packet.payload]}
        case wire.Subscribe():
            shown["topic"] = [text(one.topic_filter) for one in packet.subscriptions]
            shown["subscription_options" if new else "sub.qos"] = [bytes(one)[-1] for one in packet.subscriptions]
        case wire.Unsubscribe():
            shown["topic"] = [text(one) for one in packet.topic_filters]
        case wire.Suback() | wire.Unsuback():
            shown[f"{title}.reason_code" if new else "suback.qos"] = list(packet.reason_codes)
        case Acknowledgement() | wire.Disconnect() | wire.Auth():
            coded = len(packet.body()) > (2 if identifier is not None else 0)  # 5.0 lets one leave it out
            shown[f"{title}.reason_code"] = [packet.reason_code] if coded else []
    return shown


def _connect(packet: wire.Connect, own: list[Any]) -> Shown:
    shown: Shown = {
        "protoname": [text(packet.protocol_name)],
        "ver": [packet.version if packet.protocol_level is None else packet.protocol_level],
        "conflags": [packet.derived_flags() if packet.connect_flags is None else packet.connect_flags],
        "kalive": [packet.keep_alive],
        "clientid": [text(packet.client_id)],
    }
    if packet.will:
        shown |= {"willtopic": [text(packet.will.topic)], "willmsg": [packet.will.payload]}
        shown["properties"] = own + (pairs(packet.will.properties) if packet.version >= 5 else [])
    for name, value in (("username", packet.user_name), ("passwd", packet.password)):
        shown[name] = [] if value is None else [text(value)]
    return shown


# What tshark reads.

OCTETS = ("protoname", "clientid", "willtopic", "willmsg", "username", "passwd", "topic", "msg")
CODED = ("connack", "puback", "pubrec", "pubrel", "pubcomp", "suback", "unsuback", "disconnect", "auth")
NUMBERS = (
    "hdrflags", "msgtype", "msgid", "ver", "conflags", "kalive", "conack.flags", "conack.val", "sub.qos", "suback.qos",
    "subscription_options", *(f"{name}.reason_code" for name in CODED),
)  # fmt: skip


SPECIAL: dict[int, str] = {
    PropertyId.CONTENT_TYPE: "property.content_type",
    PropertyId.MAXIMUM_QOS: "property.max_qos",
    PropertyId.TOPIC_ALIAS: "property.topic_alias",
}
"""The properties that have a field of their own."""


def raw(layer: Any, name: str) -> list[bytes]:
    """The octets of each field of a name."""
    field = layer.get_field(name)
    values = [one.raw_value or "" for one in field.all_fields] if field else []
    return [bytes.fromhex(value.zfill(len(value) + len(value) % 2)) for value in values]


def theirs(layer: Any) -> Shown:
    """What tshark shows of a packet."""
    shown: Shown = {name: raw(layer, name) for name in OCTETS}
    shown |= {name: [int.from_bytes(value) for value in raw(layer, name)] for name in NUMBERS}
    return shown | {"properties": _pairs(layer)}


def _pairs(layer: Any) -> list[Any]:
    """The properties in order: tshark puts their values into fields by type."""
    left = {name: raw(layer, name) for name in ("prop_string", "prop_key", "prop_value", *SPECIAL.values())}
    left["property.content_type"] = [value[2:] for value in left["property.content_type"]]  # its length belongs to it
    number = layer.get_field("prop_number")
    numbers = [int(one.show) for one in number.all_fields] if number else []  # show: some are of variable length
    found: list[Any] = []
    for i in map(int.from_bytes, raw(layer, "property_id")):
        kind = TYPES.get(i)
        if kind is None:
            found.append((i, None))
        elif kind == PAIR:
            found.append((i, (left["prop_key"].pop(0), left["prop_value"].pop(0))))
        elif kind in (STRING, BINARY):
            found.append((i, left[SPECIAL.get(i, "prop_string")].pop(0)))
        else:
            found.append((i, int.from_bytes(left[SPECIAL[i]].pop(0)) if i in SPECIAL else numbers.pop(0)))
    return found


@contextlib.contextmanager
def a_loop_of_its_own() -> Iterator[None]:
    """What pyshark takes of asyncio for good, the current loop and the watcher of child processes, is given back."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.get_child_watcher().close()
        asyncio.set_child_watcher(asyncio.ThreadedChildWatcher())
        asyncio.set_event_loop(None)
        loop.close()


def tshark_reads(path: Path, version: int) -> Mapping[Way, list[Any]]:
    """The MQTT layers of a capture, by direction of each connection."""
    options = ["-n", "-J", "frame tcp mqtt", "-o", f"mqtt.default_version:{DEFAULT[version]}"]
    with a_loop_of_its_own():
        return _read(path, options)


def _read(path: Path, options: list[str]) -> Mapping[Way, list[Any]]:
    seen: dict[Way, list[Any]] = defaultdict(list)
    frames = pyshark.FileCapture(
        str(path),
        tshark_path=needs("tshark"),
        display_filter="mqtt",
        decode_as={f"tcp.port=={PORT}": "mqtt"},
        custom_parameters=options,
        keep_packets=False,
    )
    with frames:
        for frame in frames:
            source, target = int(frame.tcp.srcport), int(frame.tcp.dstport)
            way: Way = (target, "server") if source == PORT else (source, "client")
            seen[way] += frame.get_multiple_layers("mqtt")
    return seen


# Both.

PASSED_OVER: dict[str, tuple[str, ...]] = {
    # tshark says that the length is illegal, and then shows no topic:
    "topic-empty": ("topic",),
    "filter-empty": ("topic",),
    # We read no further, for nobody knows how long its value is; tshark shows its identifier:
    "property-unknown": ("properties",),
}
"""Fields that are not compared in malformed packets, by what is wrong with them."""
MISSING = "missing-field"
"""Where octets are missing, tshark ends with what it has shown until then; we go on with what would be empty."""


def differing(packet: Packet | Malformed, layer: Any) -> dict[str, tuple[list[Any], list[Any]]]:
    """Field to what we read and what tshark reads."""
    kinds = {flaw.kind for flaw in packet.flaws} if isinstance(packet, Malformed) else set()
    read = packet.message if isinstance(packet, Malformed) else packet
    there = theirs(layer)
    if read is None:  # we make nothing of it but where it ends
        first = bytes(packet)[0]
        here: Shown = {"hdrflags": [first], "msgtype": [first >> 4]}
        return {name: (here[name], there[name]) for name in here if here[name] != there[name]}
    here = ours(read)
    left = {name for kind in kinds for name in PASSED_OVER.get(kind, ())}
    found = {name: (here.get(name, []), there.get(name, [])) for name in (here.keys() | there.keys()) - left}
    return {n: (a, b) for n, (a, b) in found.items() if a != b and not (MISSING in kinds and b == [])}


def knows(first: Packet | Malformed | None, data: bytes, version: int) -> bool:
    """Whether tshark can know what a client speaks whose first packet and octets are given.

    It does not look for MQTT in WebSocket, and goes by the level in CONNECT, even where that is none which there is.
    """
    read = first.message if isinstance(first, Malformed) else first
    levels = (read.version, read.protocol_level) if isinstance(read, wire.Connect) else ()
    return not data.startswith(b"GET ") and all(level in (None, version) for level in levels)


def unbounded(packet: Packet | Malformed) -> bool:
    """Whether nobody can tell where a packet ends: we show what is left, tshark nothing."""
    return isinstance(packet, Malformed) and any(flaw.field == "Remaining Length" for flaw in packet.flaws)


def conversations(recorded: list[Record], version: int) -> Iterator[tuple[str, Way, list[Packet | Malformed]]]:
    """Case, direction and packets of what tshark can read."""
    for record in recorded:
        passed = dict(octets(record))
        for (port, sender), data in passed.items():
            said = passed[port, "client"]
            if knows(next(iter(decoded(said, version, "client")), None), said, version):
                yield record.case, (port, sender), decoded(data, version, sender)


@pytest.mark.parametrize("version", [4, 5])
def test_tshark_reads_what_we_read(records: Mapping[int, list[Record]], version: int, tmp_path: Path) -> None:
    path = tmp_path / "all.pcapng"  # captures behind one another are the sections of one
    path.write_bytes(b"".join(capture(record, 1_800_000_000 + n) for n, record in enumerate(records[version])))
    seen = tshark_reads(path, version)
    compared: Counter[tuple[str, str]] = Counter()
    malformed = 0
    for case, way, packets in conversations(records[version], version):
        there = seen.get(way, [])
        bounded = [packet for packet in packets if not (packet is packets[-1] and unbounded(packet))]
        assert len(bounded) <= len(there) <= len(packets), (case, way)
        for packet, layer in zip(packets, there, strict=False):
            assert differing(packet, layer) == {}, (case, way, bytes(packet).hex())
            compared[way[1], getattr(packet, "TITLE", "")] += 1
            malformed += isinstance(packet, Malformed)
    _check_enough(compared, malformed, version)


def _check_enough(compared: Mapping[tuple[str, str], int], malformed: int, version: int) -> None:
    """Every kind of packet was among them, from each side that sends it."""
    titles = {kind: PACKETS[kind].TITLE for kind in PACKETS}
    for sender, kinds in (FROM if version >= 5 else FROM_311).items():
        for kind in kinds:
            assert compared.get((sender, titles[kind]), 0) > 0, (sender, titles[kind])
    assert sum(compared.values()) > 1000
    assert malformed > 30
