"""Our octets as Wireshark's dissectors read them, checksums and all."""

import struct
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import IPv6Address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conformance.network.ipv6 import wire
from conformance.network.ipv6.wire import addresses
from tests.needs import needs

from .ipv6_frames import ADDRESS, DISCOVERY, ECHO, IP, LISTENERS, MAC, TAG, TRANSPORT

ETHERNET = 1
"""The link type of a capture of Ethernet frames."""
Part = Any
Values = Callable[[Part], list[Any]]


def of(kind: Any, name: str, show: Callable[[Any], Any] = str) -> Values:
    """The value of an attribute of parts of that kind."""
    return lambda part: [show(getattr(part, name))] if isinstance(part, kind) else []


def each(kind: Any, name: str) -> Values:
    """All values of an attribute that holds several, of parts of that kind."""
    return lambda part: list(getattr(part, name)) if isinstance(part, kind) else []


def flag(value: bool) -> str:
    return str(int(value))


def right(kind: Any) -> Values:
    """That the checksum of a part of that kind is good, which Wireshark says by 1."""
    return lambda part: [1] if isinstance(part, kind) else []


def mss(option: wire.TcpOption) -> list[Any]:
    """What an option says, if it is the one about the MSS."""
    return [int.from_bytes(option.data)] if option.kind == 2 else []


DELAYED = (wire.MulticastListenerQuery, wire.MulticastListenerReport, wire.MulticastListenerDone)
LINK_LAYER = (wire.SourceLinkLayerAddress, wire.TargetLinkLayerAddress)
FIELDS: dict[str, Values] = {
    "eth.dst": of(wire.Frame, "destination", addresses.mac_text),
    "eth.src": of(wire.Frame, "source", addresses.mac_text),
    "vlan.id": of(wire.VlanTag, "vlan_identifier"),
    "vlan.priority": of(wire.VlanTag, "priority"),
    "ipv6.src": of(wire.Ipv6, "source"),
    "ipv6.dst": of(wire.Ipv6, "destination"),
    "ipv6.tclass": of(wire.Ipv6, "traffic_class", "0x{:08x}".format),
    "ipv6.flow": of(wire.Ipv6, "flow_label", "0x{:06x}".format),
    "ipv6.hlim": of(wire.Ipv6, "hop_limit"),
    "ipv6.opt.type": of(wire.Option, "option_type", "0x{:02x}".format),
    "ipv6.opt.router_alert": of(wire.RouterAlert, "value"),
    "ipv6.routing.segleft": of(wire.Routing, "segments_left"),
    "ipv6.routing.src.addr": each(wire.Routing, "addresses"),
    "ipv6.fraghdr.ident": of(wire.Fragment, "identification", "0x{:08x}".format),
    "icmpv6.type": of(wire.Icmpv6, "type"),
    "icmpv6.code": of(wire.Icmpv6, "code"),
    "icmpv6.checksum.status": right(wire.Icmpv6),
    "icmpv6.echo.identifier": of((wire.EchoRequest, wire.EchoReply), "identifier", "0x{:04x}".format),
    "icmpv6.echo.sequence_number": of((wire.EchoRequest, wire.EchoReply), "sequence_number"),
    "icmpv6.nd.ra.cur_hop_limit": of(wire.RouterAdvertisement, "cur_hop_limit"),
    "icmpv6.nd.ra.flag.m": of(wire.RouterAdvertisement, "managed", flag),
    "icmpv6.nd.ra.flag.o": of(wire.RouterAdvertisement, "other", flag),
    "icmpv6.nd.ra.flag.h": of(wire.RouterAdvertisement, "home_agent", flag),
    "icmpv6.nd.ra.flag.prf": of(wire.RouterAdvertisement, "preference"),
    "icmpv6.nd.ra.router_lifetime": of(wire.RouterAdvertisement, "router_lifetime"),
    "icmpv6.nd.ra.reachable_time": of(wire.RouterAdvertisement, "reachable_time"),
    "icmpv6.nd.ra.retrans_timer": of(wire.RouterAdvertisement, "retrans_timer"),
    "icmpv6.nd.ns.target_address": of(wire.NeighborSolicitation, "target"),
    "icmpv6.nd.na.target_address": of(wire.NeighborAdvertisement, "target"),
    "icmpv6.nd.na.flag.r": of(wire.NeighborAdvertisement, "router", flag),
    "icmpv6.nd.na.flag.s": of(wire.NeighborAdvertisement, "solicited", flag),
    "icmpv6.nd.na.flag.o": of(wire.NeighborAdvertisement, "override", flag),
    "icmpv6.nd.rd.target_address": of(wire.Redirect, "target"),
    "icmpv6.opt.type": of(wire.NdOption, "type"),
    "icmpv6.opt.length": lambda part: [len(bytes(part)) // 8] if isinstance(part, wire.NdOption) else [],
    "icmpv6.opt.linkaddr": of(LINK_LAYER, "address", addresses.mac_text),
    "icmpv6.opt.prefix.flag.l": of(wire.PrefixInformation, "on_link", flag),
    "icmpv6.opt.prefix.flag.a": of(wire.PrefixInformation, "autonomous", flag),
    "icmpv6.opt.prefix.flag.r": of(wire.PrefixInformation, "router_address", flag),
    "icmpv6.opt.prefix.valid_lifetime": of(wire.PrefixInformation, "valid_lifetime"),
    "icmpv6.opt.prefix.preferred_lifetime": of(wire.PrefixInformation, "preferred_lifetime"),
    "icmpv6.opt.prefix.length": of((wire.PrefixInformation, wire.RouteInformation), "prefix_length"),
    "icmpv6.opt.mtu": of(wire.MtuOption, "mtu"),
    "icmpv6.opt.nonce": of(wire.Nonce, "nonce", bytes.hex),
    "icmpv6.opt.route_info.flag.route_preference": of(wire.RouteInformation, "preference"),
    "icmpv6.opt.route_lifetime": of(wire.RouteInformation, "route_lifetime"),
    "icmpv6.opt.rdnss.lifetime": of(wire.RecursiveDnsServer, "lifetime"),
    "icmpv6.opt.rdnss": each(wire.RecursiveDnsServer, "addresses"),
    "icmpv6.opt.dnssl.lifetime": of(wire.DnsSearchList, "lifetime"),
    "icmpv6.opt.dnssl": each(wire.DnsSearchList, "domains"),
    "icmpv6.mld.maximum_response_delay": of(DELAYED, "maximum_response_delay"),
    "icmpv6.mld.maximum_response_code": of(wire.MulticastListenerQueryV2, "maximum_response_delay_ms"),
    "icmpv6.mld.multicast_address": of((*DELAYED, wire.MulticastListenerQueryV2), "multicast_address"),
    "icmpv6.mld.flag.s": of(wire.MulticastListenerQueryV2, "suppress", flag),
    "icmpv6.mld.flag.qrv": of(wire.MulticastListenerQueryV2, "qrv"),
    "icmpv6.mld.qqi": of(wire.MulticastListenerQueryV2, "query_interval_s"),
    "icmpv6.mld.source_address": each(wire.MulticastListenerQueryV2, "sources"),
    "icmpv6.mldr.nb_mcast_records": lambda p: [len(p.records)] if isinstance(p, wire.MulticastListenerReportV2) else [],
    "icmpv6.mldr.mar.record_type": of(wire.MulticastAddressRecord, "record_type"),
    "icmpv6.mldr.mar.multicast_address": of(wire.MulticastAddressRecord, "multicast_address"),
    "icmpv6.mldr.mar.source_address": each(wire.MulticastAddressRecord, "sources"),
    "udp.srcport": of(wire.Udp, "source_port"),
    "udp.dstport": of(wire.Udp, "destination_port"),
    "udp.checksum.status": right(wire.Udp),
    "tcp.srcport": of(wire.Tcp, "source_port"),
    "tcp.seq_raw": of(wire.Tcp, "sequence_number"),
    "tcp.window_size_value": of(wire.Tcp, "window"),
    "tcp.options.mss_val": lambda part: mss(part) if isinstance(part, wire.TcpOption) else [],
    "tcp.checksum.status": right(wire.Tcp),
}
"""Fields of Wireshark's dissectors, and what parts of our frames have there."""


def capture(frames: list[bytes]) -> bytes:
    """A pcap file with these frames."""
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, ETHERNET)]
    parts += [struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame for frame in frames]
    return b"".join(parts)


def dissected(frames: list[bytes], folder: Path) -> list[dict[str, list[str]]]:
    """What Wireshark says of each frame: all values of each field, in their order."""
    file = folder / "frames.pcap"
    file.write_bytes(capture(frames))
    command = [needs("tshark"), "-r", str(file), "-T", "fields", "-E", "aggregator=;", "-E", "occurrence=a"]
    command += [part for layer in ("udp", "tcp") for part in ("-o", f"{layer}.check_checksum:TRUE")]
    command += ["-o", "tcp.relative_sequence_numbers:FALSE", "-n"]
    for field in FIELDS:
        command += ["-e", field]
    lines = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout.splitlines()
    return [dict(zip(FIELDS, map(_split, line.split("\t")), strict=True)) for line in lines]


def _split(values: str) -> list[str]:
    return values.split(";") if values else []


def parts(frame: wire.Frame) -> Iterator[Part]:
    """Everything in a frame, in the order of its octets."""
    yield frame
    yield from frame.tags
    for layer in frame.layers:
        yield layer
        yield from getattr(layer, "options", ())
        yield from getattr(layer, "records", ())


def expected(frame: wire.Frame) -> dict[str, list[str]]:
    """The values that the frame has for the same fields, as Wireshark writes them."""
    out: dict[str, list[str]] = {name: [] for name in FIELDS}
    for part in parts(frame):
        for field, values in FIELDS.items():
            out[field] += map(str, values(part))
    return out


MESSAGE = st.one_of(
    st.builds(wire.EchoRequest, **ECHO), st.builds(wire.EchoReply, **ECHO), *DISCOVERY, *LISTENERS, *TRANSPORT
)
HEADERS: list[st.SearchStrategy[wire.Layer]] = [
    st.just(wire.DestinationOptions(options=(wire.Pad1(), wire.PadN(data=bytes(3))))),
    st.builds(wire.routing0, st.lists(ADDRESS, min_size=1, max_size=2), st.just(1)),
    st.builds(wire.Fragment, identification=st.integers(0, 0xFFFFFFFF)),
]


def plain(message: Any) -> bool:
    """Whether Wireshark sees nothing more in it: it takes link-layer addresses of 14 octets for EUI-64 and padding, and
    looks into a redirected packet.
    """
    options = getattr(message, "options", ())
    return all(len(option.address) == 6 for option in options if isinstance(option, LINK_LAYER)) and not any(
        option.packet[:1] and option.packet[0] >> 4 == 6
        for option in options
        if isinstance(option, wire.RedirectedHeader)
    )


@st.composite
def frames(draw: st.DrawFn) -> wire.Frame:
    """Frames of which Wireshark makes nothing but what is in them."""
    layers: list[wire.Layer] = [draw(IP)]
    if draw(st.booleans()):
        layers.append(wire.HopByHop(options=(wire.RouterAlert(value=draw(st.integers(0, 3))), wire.PadN())))
    layers += [draw(header) for header in HEADERS if draw(st.integers(0, 3)) == 0]
    tags = draw(st.lists(TAG.map(lambda tag: replace(tag, tpid=0x8100)), max_size=1))
    return wire.Frame(
        destination=draw(MAC), source=draw(MAC), layers=(*layers, draw(MESSAGE.filter(plain))), tags=tuple(tags)
    )


@given(st.lists(frames(), min_size=25, max_size=25))
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
def test_wireshark_reads_our_frames(some: list[wire.Frame]) -> None:
    with TemporaryDirectory() as folder:
        found = dissected(list(map(bytes, some)), Path(folder))
    for said, read in zip(some, found, strict=True):
        assert read == expected(said), said


def test_wireshark_notices_what_we_say_wrongly(tmp_path: Path) -> None:
    """So that the comparison above could fail."""
    ip = wire.Ipv6(source=IPv6Address("fe80::1"), destination=addresses.ALL_NODES)
    said = wire.Frame(destination=bytes(6), source=bytes(6), layers=(ip, wire.RouterAdvertisement(cur_hop_limit=3)))
    wrong = said.changed(wire.RouterAdvertisement, checksum=0)
    right, read = dissected([bytes(said), bytes(wrong)], tmp_path)
    assert right == expected(said) != expected(said.changed(wire.RouterAdvertisement, cur_hop_limit=4))
    assert read["icmpv6.checksum.status"] == ["0"]
    assert replace(wrong, layers=said.layers) == said
