"""The codec of IPv6 on Ethernet: frames, extension headers, ICMPv6, Neighbor Discovery, MLD, UDP and TCP.

frame = Frame(destination=mac, source=mac, layers=(Ipv6(source=…, destination=…), EchoRequest(data=b"…")))
bytes(frame)                        Next Header values, lengths and checksums are filled in
replace(frame, …)                   any one thing wrong
decode(data) -> (Frame | Malformed | None, b"")
"""

from typing import Any

from .decode import decode, read_packet
from .fragments import fragments, reassemble
from .frame import Frame, Ipv6, Malformed, VlanTag, encode
from .icmpv6 import (
    DestinationUnreachable,
    EchoReply,
    EchoRequest,
    Icmpv6,
    Icmpv6Error,
    PacketTooBig,
    ParameterProblem,
    TimeExceeded,
    UnknownIcmpv6,
)
from .layers import (
    DestinationOptions,
    Fragment,
    HopByHop,
    JumboPayload,
    Layer,
    Option,
    Pad1,
    PadN,
    Raw,
    RouterAlert,
    Routing,
    UnknownOption,
    routing0,
)
from .mld import (
    MldMessage,
    MulticastAddressRecord,
    MulticastListenerDone,
    MulticastListenerQuery,
    MulticastListenerQueryV2,
    MulticastListenerReport,
    MulticastListenerReportV2,
    RecordType,
)
from .nd import (
    NdMessage,
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
)
from .nd_options import (
    DnsSearchList,
    MtuOption,
    NdOption,
    Nonce,
    PrefixInformation,
    RecursiveDnsServer,
    RedirectedHeader,
    RouteInformation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
    UnknownNdOption,
    domain_names,
)
from .show import describe
from .transport import Tcp, TcpFlag, TcpOption, Udp, maximum_segment_size


class Codec:
    """Reads and describes frames."""

    def decode(self, data: bytes) -> tuple[Any | None, bytes]:
        return decode(data)

    def describe(self, event: Any) -> str:
        return describe(event)


__all__ = [
    "Codec", "DestinationOptions", "DestinationUnreachable", "DnsSearchList", "EchoReply", "EchoRequest", "Fragment",
    "Frame", "HopByHop", "Icmpv6", "Icmpv6Error", "Ipv6", "JumboPayload", "Layer", "Malformed", "MldMessage",
    "MtuOption", "MulticastAddressRecord", "MulticastListenerDone", "MulticastListenerQuery",
    "MulticastListenerQueryV2", "MulticastListenerReport", "MulticastListenerReportV2", "NdMessage", "NdOption",
    "NeighborAdvertisement", "NeighborSolicitation", "Nonce", "Option", "PacketTooBig", "Pad1", "PadN",
    "ParameterProblem", "PrefixInformation", "Raw", "RecordType", "RecursiveDnsServer", "Redirect",
    "RedirectedHeader", "RouteInformation", "RouterAdvertisement", "RouterAlert", "RouterSolicitation", "Routing",
    "SourceLinkLayerAddress", "TargetLinkLayerAddress", "Tcp", "TcpFlag", "TcpOption", "TimeExceeded", "Udp",
    "UnknownIcmpv6", "UnknownNdOption", "UnknownOption", "VlanTag", "decode", "describe", "domain_names", "encode",
    "fragments", "maximum_segment_size", "read_packet", "reassemble", "routing0",
]  # fmt: skip
