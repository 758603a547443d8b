"""Hypothesis strategies for frames with well-formed IPv6 packets."""

from ipaddress import IPv6Address
from typing import Any

from hypothesis import strategies as st

from conformance.network.ipv6 import wire

OCTET = st.integers(0, 0xFF)
WORD = st.integers(0, 0xFFFF)
LONG = st.integers(0, 0xFFFFFFFF)
FLAG = st.booleans()
OCTETS = st.binary(max_size=24)
MAC = st.binary(min_size=6, max_size=6)
ADDRESS = st.binary(min_size=16, max_size=16).map(IPv6Address)
PREFIX = st.binary(min_size=8, max_size=8).map(lambda octets: IPv6Address(octets + bytes(8)))
ADDRESSES = st.lists(ADDRESS, max_size=3).map(tuple)


def octets_of(sizes: tuple[int, ...]) -> st.SearchStrategy[bytes]:
    """Octets of one of these numbers."""
    return st.sampled_from(sizes).flatmap(lambda size: st.binary(min_size=size, max_size=size))


# Extension headers.

OPTION: st.SearchStrategy[wire.Option] = st.one_of(
    st.just(wire.Pad1()),
    st.builds(wire.PadN, data=st.binary(max_size=6)),
    st.builds(wire.RouterAlert, value=WORD),
    st.builds(wire.JumboPayload, jumbo_payload_length=LONG),
    st.builds(wire.UnknownOption, option_type=st.sampled_from((0x1E, 0x5E, 0x9E, 0xDE, 0x41, 0xFF)), data=OCTETS),
)


def aligned(options: list[wire.Option]) -> tuple[wire.Option, ...]:
    """The options with padding up to a multiple of 8 octets, which is what is read of them."""
    missing = -(sum(len(bytes(option)) for option in options) + 2) % 8
    if missing == 0 and options:
        return tuple(options)
    return (*options, wire.Pad1() if missing == 1 else wire.PadN(data=bytes((missing or 8) - 2)))


OPTIONS = st.lists(OPTION, max_size=5).map(aligned)
HEADER: st.SearchStrategy[wire.Layer] = st.one_of(
    st.builds(wire.DestinationOptions, options=OPTIONS),
    st.builds(wire.Routing, routing_type=st.sampled_from((0, 2, 4, 33, 253)), segments_left=st.integers(0, 3),
              data=octets_of((4, 20, 36, 12))),
    st.builds(wire.Fragment, identification=LONG, reserved=OCTET, res=st.integers(0, 3)),
)  # fmt: skip
NO_FRAGMENT = st.builds(
    wire.Fragment, fragment_offset=st.integers(1, 0x1FFF), more=FLAG, identification=LONG, reserved=OCTET
)
"""A Fragment header behind which there is no whole packet."""

# Neighbor Discovery.

LABEL = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=8)
NAME = st.lists(LABEL, min_size=1, max_size=3).map(".".join)
ND_OPTIONS: dict[int, st.SearchStrategy[wire.NdOption]] = {
    1: st.builds(wire.SourceLinkLayerAddress, address=octets_of((6, 14))),
    2: st.builds(wire.TargetLinkLayerAddress, address=octets_of((6, 14))),
    3: st.builds(wire.PrefixInformation, prefix=ADDRESS, prefix_length=OCTET, on_link=FLAG, autonomous=FLAG,
                 router_address=FLAG, reserved1=st.integers(0, 31), valid_lifetime=LONG, preferred_lifetime=LONG,
                 reserved2=LONG),
    4: st.builds(wire.RedirectedHeader, packet=octets_of((0, 8, 48)), reserved=st.integers(0, 2**48 - 1)),
    5: st.builds(wire.MtuOption, mtu=LONG, reserved=WORD),
    14: st.builds(wire.Nonce, nonce=octets_of((6, 14))),
    24: st.builds(wire.RouteInformation, prefix=PREFIX, prefix_length=st.integers(1, 64), preference=st.integers(0, 3),
                  route_lifetime=LONG, reserved1=st.integers(0, 7), reserved2=st.integers(0, 7)),
    25: st.builds(wire.RecursiveDnsServer, addresses=st.lists(ADDRESS, min_size=1, max_size=3).map(tuple),
                  lifetime=LONG, reserved=WORD),
    31: st.builds(wire.DnsSearchList, names=st.lists(NAME, max_size=3).map(lambda names: wire.domain_names(*names)),
                  lifetime=LONG, reserved=WORD),
}  # fmt: skip
"""Every kind of option that is known, by its type."""
UNKNOWN_ND_OPTION = st.builds(wire.UnknownNdOption, type=st.integers(200, 255), data=octets_of((6, 14, 30)))
ND_OPTION = st.one_of(*ND_OPTIONS.values(), UNKNOWN_ND_OPTION)
SOME = {"code": st.one_of(st.just(0), OCTET), "options": st.lists(ND_OPTION, max_size=4).map(tuple)}
DISCOVERY: tuple[st.SearchStrategy[Any], ...] = (
    st.builds(wire.RouterSolicitation, reserved=LONG, **SOME),
    st.builds(wire.RouterAdvertisement, cur_hop_limit=OCTET, managed=FLAG, other=FLAG, home_agent=FLAG,
              preference=st.integers(0, 3), reserved=st.integers(0, 7), router_lifetime=WORD, reachable_time=LONG,
              retrans_timer=LONG, **SOME),
    st.builds(wire.NeighborSolicitation, target=ADDRESS, reserved=LONG, **SOME),
    st.builds(wire.NeighborAdvertisement, target=ADDRESS, router=FLAG, solicited=FLAG, override=FLAG,
              reserved=st.integers(0, 2**29 - 1), **SOME),
    st.builds(wire.Redirect, target=ADDRESS, destination=ADDRESS, reserved=LONG, **SOME),
)  # fmt: skip

# Multicast Listener Discovery.

V1 = {"maximum_response_delay": WORD, "reserved": WORD, "multicast_address": ADDRESS}
RECORD = st.builds(
    wire.MulticastAddressRecord, record_type=st.integers(1, 6), multicast_address=ADDRESS, sources=ADDRESSES,
    auxiliary_data=octets_of((0, 4)),
)  # fmt: skip
LISTENERS: tuple[st.SearchStrategy[Any], ...] = (
    st.builds(wire.MulticastListenerQuery, **V1),
    st.builds(wire.MulticastListenerReport, **V1),
    st.builds(wire.MulticastListenerDone, **V1),
    st.builds(wire.MulticastListenerQueryV2, maximum_response_code=WORD, multicast_address=ADDRESS,
              resv=st.integers(0, 15), suppress=FLAG, qrv=st.integers(0, 7), qqic=OCTET, sources=ADDRESSES,
              extra=st.binary(max_size=3)),
    st.builds(wire.MulticastListenerReportV2, records=st.lists(RECORD, max_size=3).map(tuple), reserved1=WORD),
)  # fmt: skip

# Whatever stands at the end.

ECHO = {"code": st.one_of(st.just(0), OCTET), "identifier": WORD, "sequence_number": WORD, "data": OCTETS}
ERRORS: tuple[st.SearchStrategy[Any], ...] = (
    st.builds(wire.DestinationUnreachable, code=OCTET, unused=LONG, invoking_packet=OCTETS),
    st.builds(wire.PacketTooBig, code=OCTET, mtu=LONG, invoking_packet=OCTETS),
    st.builds(wire.TimeExceeded, code=OCTET, unused=LONG, invoking_packet=OCTETS),
    st.builds(wire.ParameterProblem, code=OCTET, pointer=LONG, invoking_packet=OCTETS),
)
TCP_OPTION: st.SearchStrategy[Any] = st.one_of(
    st.builds(wire.maximum_segment_size, mss=WORD),
    st.builds(wire.TcpOption, kind=st.just(1)),
    st.builds(wire.TcpOption, kind=st.sampled_from((3, 4, 8)), data=st.binary(max_size=4)),
)


def filled(options: list[wire.TcpOption]) -> tuple[wire.TcpOption, ...]:
    """The options and the padding that is read behind them."""
    missing = -sum(len(bytes(option)) for option in options) % 4
    return (*options, *[wire.TcpOption(kind=0)] * missing)


TRANSPORT: tuple[st.SearchStrategy[Any], ...] = (
    st.builds(wire.Udp, source_port=WORD, destination_port=WORD, data=OCTETS),
    st.builds(wire.Tcp, source_port=WORD, destination_port=WORD, sequence_number=LONG, acknowledgment_number=LONG,
              flags=st.integers(0, 0xFF), window=WORD, urgent_pointer=WORD, reserved=st.integers(0, 15),
              options=st.lists(TCP_OPTION, max_size=3).map(filled), data=OCTETS),
)  # fmt: skip
MESSAGE: st.SearchStrategy[Any] = st.one_of(
    st.builds(wire.EchoRequest, **ECHO),
    st.builds(wire.EchoReply, **ECHO),
    st.builds(wire.UnknownIcmpv6, type=st.sampled_from((0, 5, 100, 127, 150, 200, 255)), code=OCTET, data=OCTETS),
    *ERRORS,
    *DISCOVERY,
    *LISTENERS,
    *TRANSPORT,
)
END: st.SearchStrategy[Any] = st.builds(wire.Raw, data=OCTETS, next_header=st.sampled_from((50, 59, 132, 143, 253)))
IP = st.builds(
    wire.Ipv6, source=ADDRESS, destination=ADDRESS, hop_limit=OCTET, traffic_class=OCTET,
    flow_label=st.integers(0, 0xFFFFF),
)  # fmt: skip
TAG = st.builds(wire.VlanTag, vlan_identifier=st.integers(0, 0xFFF), priority=st.integers(0, 7), drop_eligible=FLAG,
                tpid=st.sampled_from((0x8100, 0x88A8)))  # fmt: skip


@st.composite
def layers(draw: st.DrawFn) -> tuple[wire.Layer, ...]:
    """The layers of a packet as they would be read."""
    found: list[wire.Layer] = [draw(IP)]
    if draw(st.integers(0, 3)) == 0:
        found.append(wire.HopByHop(options=draw(OPTIONS)))
    found += draw(st.lists(HEADER, max_size=2))
    if draw(st.integers(0, 9)) == 0:
        return (*found, draw(NO_FRAGMENT), draw(st.builds(wire.Raw, data=OCTETS, next_header=OCTET)))
    return (*found, draw(st.one_of(MESSAGE, END)))


def frames() -> st.SearchStrategy[wire.Frame]:
    """Frames as they would be read."""
    return st.builds(
        wire.Frame, destination=MAC, source=MAC, layers=layers(), tags=st.lists(TAG, max_size=2).map(tuple),
        padding=st.binary(max_size=4),
    )  # fmt: skip
