"""The IPv6 codec: octets written by hand from the standards' diagrams, wrong packets, and what is told of them."""

from dataclasses import replace
from ipaddress import IPv6Address, IPv6Network
from typing import Any

import pytest

from conformance.network.ipv6 import wire
from conformance.network.ipv6.wire import Frame, Ipv6, Malformed, addresses, checksum, decode, describe

ROUTER, NODE = addresses.mac("02:00:5e:00:53:01"), addresses.mac("02-00-5e-00-53-02")
NEAR = addresses.link_local(NODE)
IP = Ipv6(source=addresses.link_local(ROUTER), destination=addresses.ALL_NODES, hop_limit=255)
PREFIX = IPv6Address("2001:db8:1::")
HEAD = "333300000001 02005e005301 86dd"
HEADER = "60000000 {:04x} {:02x}ff fe8000000000000000005efffe005301 ff020000000000000000000000000001"
ECHO = wire.EchoRequest(identifier=1, sequence_number=2, data=b"abc")


def frame(*layers: wire.Layer, **fields: Any) -> Frame:
    return Frame(destination=addresses.multicast_mac(IP.destination), source=ROUTER, layers=(IP, *layers), **fields)


def octets(length: int, number: int, *rest: str) -> bytes:
    """A frame from the router to all nodes."""
    return bytes.fromhex(HEAD + HEADER.format(length, number) + "".join(rest))


def soliciting(*options: wire.NdOption) -> Frame:
    return frame(wire.RouterSolicitation(options=options))


EXAMPLES = {
    "echo request (RFC 4443, 4.1)": (frame(ECHO), octets(11, 58, "8000 0dce 0001 0002 616263")),
    "router advertisement (RFC 4861, 4.2)": (
        frame(
            wire.RouterAdvertisement(
                cur_hop_limit=64, managed=True, other=True, preference=1, router_lifetime=1800, reachable_time=30_000,
                retrans_timer=1000,
                options=(
                    wire.SourceLinkLayerAddress(address=ROUTER), wire.MtuOption(mtu=1480),
                    wire.PrefixInformation(prefix=PREFIX, on_link=True, autonomous=True, valid_lifetime=0xFFFFFFFF,
                                           preferred_lifetime=604_800),
                    wire.RouteInformation(prefix=PREFIX, prefix_length=48, preference=3, route_lifetime=60),
                    wire.RecursiveDnsServer(addresses=(addresses.LOOPBACK,), lifetime=90),
                    wire.DnsSearchList(names=wire.domain_names("a.example"), lifetime=90),
                    wire.Nonce(nonce=b"\1\2\3\4\5\6"), wire.UnknownNdOption(type=200, data=b"\xaa" * 6),
                ),
            )
        ),
        octets(144, 58, "8600 b71a 40 c8 0708 00007530 000003e8",
               "0101 02005e005301", "0501 0000 000005c8",
               "0304 40 c0 ffffffff 00093a80 00000000 20010db8000100000000000000000000",
               "1802 30 18 0000003c 20010db800010000",
               "1903 0000 0000005a 00000000000000000000000000000001",
               "1f03 0000 0000005a 0161 076578616d706c65 00 0000000000",
               "0e01 010203040506", "c801 aaaaaaaaaaaa"),
    ),
    "neighbor advertisement behind a hop-by-hop header and a VLAN tag": (
        frame(
            wire.HopByHop(options=(wire.RouterAlert(), wire.PadN())),
            wire.NeighborAdvertisement(target=NEAR, solicited=True, override=True),
            tags=(wire.VlanTag(vlan_identifier=5, priority=3),),
        ),
        bytes.fromhex("333300000001 02005e005301 8100 6005 86dd" + HEADER.format(32, 0)
                      + "3a00 0502 0000 0100 8800 bba2 60000000 fe8000000000000000005efffe005302"),
    ),
    "an atomic fragment around a datagram": (
        frame(wire.Fragment(identification=0xDEAD), wire.Udp(source_port=546, destination_port=547, data=b"x")),
        octets(17, 44, "1100 0000 0000dead", "0222 0223 0009 d610 78"),
    ),
    "a report (RFC 3810, 5.2)": (
        frame(
            wire.MulticastListenerReportV2(
                records=(
                    wire.MulticastAddressRecord(
                        record_type=wire.RecordType.CHANGE_TO_EXCLUDE_MODE,
                        multicast_address=addresses.solicited_node(NEAR), sources=(addresses.LOOPBACK,),
                    ),
                )
            )
        ),
        octets(44, 58, "8f00 6e08 0000 0001 0400 0001 ff0200000000000000000001ff005302",
               "00000000000000000000000000000001"),
    ),
    "a segment that opens a connection (RFC 9293, 3.1)": (
        frame(
            wire.Tcp(source_port=1024, destination_port=80, sequence_number=7, flags=wire.TcpFlag.SYN, window=0x1000,
                     options=(wire.maximum_segment_size(1440),))
        ),
        octets(24, 6, "0400 0050 00000007 00000000 6002 1000 d65d 0000 020405a0"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_octets_written_by_hand(name: str) -> None:
    said, written = EXAMPLES[name]
    assert bytes(said).hex(" ", 2) == written.hex(" ", 2)
    assert decode(written) == (said, b"")


def test_the_checksum_example_of_rfc_1071() -> None:
    assert checksum.internet_checksum(bytes.fromhex("0001 f203 f4f5 f6f7")) == 0xFFFF - 0xDDF2
    assert checksum.internet_checksum(b"\1") == 0xFEFF


def test_a_checksum_is_about_where_the_packet_ends() -> None:
    """RFC 8200, 8.1: behind a Routing header that is still under way, the pseudo-header has the last address."""
    end = IPv6Address("2001:db8::e")
    direct = frame(ECHO).changed(Ipv6, destination=end)
    for routing in (
        wire.routing0([addresses.LOOPBACK, end], 2),
        wire.Routing(routing_type=2, segments_left=1, data=bytes(4) + end.packed),
        wire.Routing(routing_type=4, segments_left=1, data=bytes(4) + end.packed + addresses.LOOPBACK.packed),
    ):
        routed = frame(routing, ECHO)
        assert routed.packet[-9:] == direct.packet[-9:]
        assert decode(bytes(routed)) == (routed, b"")
    arrived = frame(wire.routing0([end], 0), ECHO)
    assert arrived.packet[-9:] == frame(ECHO).packet[-9:]
    message = checksum.upper_layer_checksum(IP.source, end, 58, b"\x80\0\0\0\0\1\0\2abc")
    assert direct.packet[-9:-7] == message.to_bytes(2)


UNKNOWN = wire.UnknownOption(option_type=0x9E)
PORTS: dict[str, Any] = {"source_port": 1, "destination_port": 2}
WRONG: list[tuple[str, Frame, int, str]] = [
    ("version", frame(ECHO).changed(Ipv6, version=4), 14, "40"),
    ("traffic class", frame(ECHO).changed(Ipv6, traffic_class=0xAB, flow_label=0x12345), 14, "6ab12345"),
    ("payload length", frame(ECHO).changed(Ipv6, payload_length=99), 18, "0063"),
    ("next header", frame(ECHO).changed(Ipv6, next_header=143), 20, "8f"),
    ("hop limit", frame(ECHO).changed(Ipv6, hop_limit=-1), 21, "ff"),
    ("ether type", frame(ECHO, ether_type=0x0800), 12, "0800"),
    ("padding", frame(ECHO, padding=b"\1\2"), 65, "0102"),
    ("header length", frame(wire.HopByHop(hdr_ext_len=7), ECHO), 54, "3a07 0104"),
    ("header's next header", frame(wire.HopByHop(next_header=99), ECHO), 54, "6300"),
    ("option length", frame(wire.DestinationOptions(options=(wire.PadN(length=9),)), ECHO), 54, "3a000109"),
    ("option type", frame(wire.DestinationOptions(options=(UNKNOWN,)), ECHO), 56, "9e00 0102"),
    ("segments left", frame(wire.Routing(routing_type=33, segments_left=1), ECHO), 54, "3a002101 00000000"),
    ("reserved of a fragment", frame(wire.Fragment(reserved=255, res=3), ECHO), 54, "3aff0006"),
    ("checksum", frame(replace(ECHO, checksum=0xBAD)), 54, "80000bad"),
    ("code", frame(replace(ECHO, code=1)), 54, "8001"),
    ("type", frame(wire.UnknownIcmpv6(type=200, data=b"\1")), 54, "c800"),
    ("reserved of a solicitation", frame(wire.RouterSolicitation(reserved=0xFFFFFFFF)), 58, "ffffffff"),
    ("reserved of an advertisement", frame(wire.NeighborAdvertisement(target=NEAR, reserved=1)), 58, "00000001"),
    ("length of an option", soliciting(wire.MtuOption(mtu=1280, length=0)), 62, "0500"),
    ("octets of an option", soliciting(wire.UnknownNdOption(type=1, length=1)), 62, "0101"),
    ("reserved of an option", soliciting(wire.PrefixInformation(prefix=NEAR, prefix_length=129, reserved1=31)), 62,
     "0304811f"),
    ("number of sources", frame(wire.MulticastListenerQueryV2(number_of_sources=3, qrv=7, suppress=True)), 78,
     "0f7d0003"),
    ("number of records", frame(wire.MulticastListenerReportV2(number_of_records=9)), 60, "0009"),
    ("datagram length", frame(wire.Udp(**PORTS, length=4)), 58, "0004"),
    ("no checksum", frame(wire.Udp(**PORTS, checksum=0)), 60, "0000"),
    ("data offset", frame(wire.Tcp(**PORTS, data_offset=4, reserved=15)), 66, "4f00"),
    ("no payload at all", Frame(destination=ROUTER, source=NODE, layers=(replace(IP, next_header=58),)), 18, "00003a"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said", "at", "there"), WRONG, ids=[wrong[0] for wrong in WRONG])
def test_any_one_thing_can_be_said_wrongly(name: str, said: Frame, at: int, there: str) -> None:
    wanted = bytes.fromhex(there)
    assert bytes(said)[at : at + len(wanted)] == wanted
    event, _ = decode(bytes(said))
    assert bytes(event or b"") == bytes(said)


def shortened(said: Frame, by: int) -> bytes:
    """The frame without its last octets, which its Payload Length knows of."""
    length = len(said.packet) - 40 - by
    return bytes(said.changed(Ipv6, payload_length=length))[:-by]


MALFORMED: list[tuple[str, bytes, int]] = [
    ("the Ethernet header is cut short", bytes(13), 0),
    ("the Ethernet header is cut short", bytes(12) + b"\x81\0\0\1", 0),
    ("the IPv6 header is cut short", bytes(frame(ECHO))[:53], 1),
    ("IP version 4", bytes(frame(ECHO).changed(Ipv6, version=4)), 2),
    ("Payload Length 11, but only 10 octets are there", bytes(frame(ECHO))[:-1], 2),
    ("an extension header is cut short", octets(4, 60, "3a000000"), 2),
    ("an extension header goes beyond the packet", octets(8, 43, "3a01 000000000000"), 2),
    ("option 0x1E goes beyond its header", octets(8, 60, "3b00 1e05 00000000"), 2),
    ("option 0x1E goes beyond its header", octets(8, 0, "3b00 000000000 01e".replace(" ", "")), 2),
    ("the ICMPv6 message is cut short", octets(3, 58, "800000"), 2),
    ("Echo Request of 7 octets, at least 8 are needed", octets(7, 58, "80000000000000"), 2),
    ("Router Advertisement of 15 octets, at least 16 are needed", shortened(frame(wire.RouterAdvertisement()), 1), 2),
    ("Redirect of 39 octets, at least 40 are needed",
     shortened(frame(wire.Redirect(target=NEAR, destination=NEAR)), 1), 2),
    ("an option of length 0", bytes(soliciting(wire.MtuOption(mtu=0, length=0))), 2),
    ("an option is cut short", octets(9, 58, "85000000 00000000 01"), 2),
    ("an option goes beyond the message", octets(12, 58, "85000000 00000000 01010000"), 2),
    ("an MLD Query of 26 octets is of no version", shortened(frame(wire.MulticastListenerQueryV2()), 2), 2),
    ("MLDv2 Query: the sources go beyond the message",
     bytes(frame(wire.MulticastListenerQueryV2(number_of_sources=1))), 2),
    ("MLDv2 Report: a record goes beyond the message",
     bytes(frame(wire.MulticastListenerReportV2(number_of_records=1))), 2),
    ("the UDP header is cut short", octets(7, 17, "00010002000700"), 2),
    ("the TCP header is cut short", bytes(frame(wire.Tcp(**PORTS, data_offset=4))), 2),
    ("a TCP option goes beyond the header", bytes(frame(wire.Tcp(
        **PORTS, options=(wire.TcpOption(kind=2, length=5, data=b"ab"),)))), 2),
]  # fmt: skip


@pytest.mark.parametrize(("why", "data", "layers"), MALFORMED, ids=[f"{n}-{m[0]}" for n, m in enumerate(MALFORMED)])
def test_what_no_clause_allows_is_malformed(why: str, data: bytes, layers: int) -> None:
    event, rest = decode(data)
    assert isinstance(event, Malformed)
    assert (event.why, bytes(event), rest) == (why, data, b"")
    assert len(event.layers) == layers
    assert wire.encode(event.layers) == (data[14:] if layers else b"")
    assert (event.ip is None) == (layers < 2)
    assert (event.destination, event.source, event.message) == (data[:6], data[6:12], None)
    assert why in describe(event)


def test_what_stands_before_a_mistake_is_kept() -> None:
    wrong = frame(wire.HopByHop(options=(wire.RouterAlert(),)), wire.RouterSolicitation(options=(
        wire.MtuOption(mtu=1, length=0),)), padding=b"\0\0")  # fmt: skip
    event, _ = decode(bytes(wrong))
    assert isinstance(event, Malformed)
    assert event.ip == IP
    assert event.layers[1] == wire.HopByHop(options=(wire.RouterAlert(), wire.PadN()))
    assert isinstance(event.layers[2], wire.Raw)
    assert (event.layers[2].next_header, len(event.layers[2].data)) == (58, 16)


def test_what_follows_the_standard_but_is_unknown_is_no_mistake() -> None:
    hop_by_hop = wire.HopByHop(options=(wire.PadN(data=bytes(4)),))
    for layers in (
        (wire.Raw(next_header=143, data=b"abc"),),
        (
            wire.DestinationOptions(options=hop_by_hop.options),
            wire.Raw(next_header=0, data=bytes(hop_by_hop.options[0])),
        ),
        (wire.UnknownIcmpv6(type=255, code=9),),
        (wire.RouterSolicitation(options=(wire.UnknownNdOption(type=3, data=bytes(6)),)),),
        (wire.RouterSolicitation(options=(wire.UnknownNdOption(type=25, data=bytes(6)),)),),
        (wire.Raw(next_header=59),),
    ):
        assert decode(bytes(frame(*layers))) == (frame(*layers), b"")
    other = Frame(destination=ROUTER, source=NODE, ether_type=0x0806, layers=(wire.Raw(data=b"\0\1"),))
    assert decode(bytes(other)) == (other, b"")
    assert other.ip is None
    assert decode(b"") == (None, b"")


def test_what_a_frame_can_be_asked() -> None:
    quoted = frame(ECHO).packet
    error = wire.ParameterProblem(code=1, pointer=40, invoking_packet=quoted)
    options = wire.DestinationOptions()
    asked = frame(wire.HopByHop(), options, wire.Fragment(), error)
    assert asked.ip is IP
    assert asked.message is error
    assert asked.invoking == quoted
    assert wire.read_packet(quoted) == frame(ECHO).layers
    assert wire.read_packet(quoted[:50]) == (
        replace(IP, payload_length=11),
        wire.Raw(data=quoted[40:50], next_header=58),
    )
    assert wire.read_packet(quoted[:39]) == (wire.Raw(data=quoted[:39]),)
    assert wire.read_packet(b"") == ()
    assert asked.fragment == wire.Fragment()
    assert asked.get(wire.Udp) is None
    assert asked.every(wire.DestinationOptions) == (options,)
    assert [asked.offset(layer) for layer in asked.layers] == [0, 40, 48, 56, 64]
    with pytest.raises(ValueError, match="not one of"):
        asked.offset(wire.DestinationOptions())
    assert asked.changed(wire.Fragment, identification=3).fragment == wire.Fragment(identification=3)
    assert frame(ECHO).payload == b"abc"
    assert error.is_error
    assert not ECHO.is_error
    assert wire.UnknownIcmpv6(type=127).is_error


def test_octets_behind_a_message_count_into_its_length_and_checksum() -> None:
    datagram = wire.Udp(**PORTS, data=b"ab")
    assert bytes(frame(datagram)) == bytes(frame(replace(datagram, data=b"a"), wire.Raw(data=b"b")))
    assert frame(replace(ECHO, data=b"a"), wire.Raw(data=b"bc")).packet == frame(ECHO).packet


def test_a_datagram_shorter_than_its_packet_is_summed_as_far_as_it_goes() -> None:
    """RFC 8200, 8.1: of a protocol that has a length of its own, that is the one in the pseudo-header."""
    short = frame(wire.Udp(**PORTS, data=b"abXX", length=10))
    whole = frame(wire.Udp(**PORTS, data=b"ab"))
    assert short.packet[40:50] == whole.packet[40:50]
    event, _ = decode(bytes(short))
    assert event == short
    assert isinstance(event, Frame)
    assert event.checksum_ok


def test_addresses() -> None:
    assert str(addresses.link_local(ROUTER)) == "fe80::5eff:fe00:5301"
    assert str(addresses.slaac(IPv6Network("2001:db8:1::/64"), NODE)) == "2001:db8:1::5eff:fe00:5302"
    assert addresses.interface_identifier(bytes.fromhex("001122334455")) == 0x021122FFFE334455
    assert str(addresses.solicited_node(IPv6Address("4037::1:800:200e:8c6c"))) == "ff02::1:ff0e:8c6c"  # RFC 4291, 2.7.1
    assert addresses.multicast_mac(IPv6Address("ff02::1:ff0e:8c6c")).hex() == "3333ff0e8c6c"
    assert addresses.mac_text(addresses.BROADCAST_MAC) == "ff:ff:ff:ff:ff:ff"
    assert [addresses.scope(IPv6Address(group)) for group in ("ff01::1", "ff02::1", "ff05::2", "ff0e::1")] == [
        1,
        2,
        5,
        14,
    ]


def test_names_of_a_search_list() -> None:
    option = wire.DnsSearchList(names=wire.domain_names("example.com", "a.test."))
    assert option.names.hex() == "076578616d706c6503636f6d00" + "0161" + "0474657374" + "00" + "000000"
    assert option.domains == ("example.com", "a.test")
    assert wire.DnsSearchList(names=b"\x03\xff\x1b!\0" + b"\x05ab").domains == ("\\xff\x1b!",)


def test_delays_of_a_query() -> None:
    """RFC 3810, 5.1.3: small codes are the delay itself, others floating point."""
    codes = (10_000, 0x7FFF, 0x8000, 0x9234, 0xFFFF)
    delays = [wire.MulticastListenerQueryV2(maximum_response_code=code).maximum_response_delay_ms for code in codes]
    assert delays == [10_000, 0x7FFF, 0x1000 << 3, 0x1234 << 4, 0x1FFF << 10]


def test_what_is_told() -> None:
    asking = wire.NeighborSolicitation(target=NEAR, options=(wire.SourceLinkLayerAddress(address=ROUTER),))
    assert describe(frame(asking)) == (
        "fe80::5eff:fe00:5301 > ff02::1 hop limit 255, Neighbor Solicitation "
        "[Source Link-Layer Address 02:00:5e:00:53:01] target=fe80::5eff:fe00:5302"
    )
    option = wire.UnknownOption(option_type=0x9E, data=b"\1")
    told = describe(frame(wire.DestinationOptions(options=(option,)), replace(ECHO, checksum=1)))
    assert "Destination Options [option option_type=0x9e data=01]" in told
    assert told.endswith("wrong checksum")
    error = wire.ParameterProblem(code=2, pointer=42, invoking_packet=frame(ECHO).packet)
    assert "Parameter Problem code=2 pointer=42 about (fe80::5eff:fe00:5301 > ff02::1" in describe(frame(error))
    arp = Frame(destination=ROUTER, source=NODE, ether_type=0x0806, tags=(wire.VlanTag(vlan_identifier=9),))
    assert describe(arp) == "VLAN 9 frame of type 0x0806 from 02:00:5e:00:53:02"
    assert describe(b"\x1b[31m") == "octets 1b5b33316d"


def test_what_is_told_of_deep_and_long_packets_is_bounded() -> None:
    packet = frame(ECHO).packet
    for _ in range(600):
        packet = frame(wire.TimeExceeded(invoking_packet=packet)).packet
    told = describe(Frame(destination=ROUTER, source=NODE, layers=wire.read_packet(packet)))
    assert 100 < len(told) < 600
    prefixes = (wire.PrefixInformation(prefix=PREFIX),) * 1000
    assert len(describe(frame(wire.RouterAdvertisement(options=prefixes)))) < 600


def test_a_codec_for_a_channel() -> None:
    codec = wire.Codec()
    assert codec.decode(bytes(frame(ECHO))) == (frame(ECHO), b"")
    assert "Echo Request" in codec.describe(frame(ECHO))
