"""Hypothesis strategies for well-formed DHCPv6 messages."""

from ipaddress import IPv6Address
from typing import Any

from hypothesis import strategies as st

from conformance.network.dhcpv6 import wire

OCTETS = st.binary(max_size=12)
TIME = st.integers(0, 0xFFFFFFFF)
ADDRESS = st.binary(min_size=16, max_size=16).map(IPv6Address)
ADDRESSES = st.lists(ADDRESS, max_size=3).map(tuple)
LABEL = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=8)
NAME = st.lists(LABEL, max_size=4).map(lambda labels: ".".join(labels) or ".")
TEXT = st.text(st.characters(codec="utf-8"), max_size=12).filter(lambda text: not text.endswith("\0"))
SUBOPTIONS = st.lists(st.builds(wire.Suboption, code=st.integers(0, 0xFFFF), octets=OCTETS), max_size=3).map(tuple)
TIME_SOURCE = st.one_of(
    st.builds(wire.Suboption, code=st.integers(1, 2), octets=st.binary(min_size=16, max_size=16)),
    st.builds(wire.Suboption, code=st.just(3), octets=NAME.map(wire.name)),
)
LINK_LAYER = st.binary(min_size=1, max_size=8)

DUIDS: st.SearchStrategy[wire.Duid] = st.one_of(
    st.builds(wire.DuidLlt, hardware_type=st.integers(0, 0xFFFF), time=TIME, link_layer_address=LINK_LAYER),
    st.builds(wire.DuidEn, enterprise_number=TIME, identifier=LINK_LAYER),
    st.builds(wire.DuidLl, hardware_type=st.integers(0, 0xFFFF), link_layer_address=LINK_LAYER),
    st.builds(wire.DuidUuid, uuid=st.uuids()),
    st.binary(min_size=1, max_size=128).map(lambda octets: wire.DuidOpaque(octets=b"\xff\xfe" + octets)),
)
STATUS = st.builds(wire.Status, status_code=st.integers(0, 0xFFFF), status_message=TEXT)
UNKNOWN = st.builds(wire.RawOption, code=st.integers(200, 0xFFFF), octets=OCTETS)

SIMPLE: tuple[st.SearchStrategy[Any], ...] = (
    st.builds(wire.ClientId, duid=DUIDS),
    st.builds(wire.ServerId, duid=DUIDS),
    st.builds(wire.OptionRequest, requested_option_codes=st.lists(st.integers(0, 0xFFFF), max_size=4).map(tuple)),
    st.builds(wire.Preference, pref_value=st.integers(0, 255)),
    st.builds(wire.ElapsedTime, elapsed_time=st.integers(0, 0xFFFF)),
    st.builds(
        wire.Authentication, protocol=st.integers(0, 255), algorithm=st.integers(0, 255), rdm=st.integers(0, 255),
        replay_detection=st.integers(0, 2**64 - 1), authentication_information=OCTETS,
    ),
    st.builds(wire.ServerUnicast, server_address=ADDRESS),
    STATUS,
    st.just(wire.RapidCommit()),
    st.builds(wire.UserClass, user_class_data=st.lists(OCTETS, min_size=1, max_size=3).map(tuple)),
    st.builds(wire.VendorClass, enterprise_number=TIME, vendor_class_data=st.lists(OCTETS, max_size=3).map(tuple)),
    st.builds(wire.VendorOpts, enterprise_number=TIME, vendor_option_data=SUBOPTIONS),
    st.just(wire.ReconfigureAccept()),
    st.builds(wire.SolMaxRt, sol_max_rt_value=TIME),
    st.builds(wire.InfMaxRt, inf_max_rt_value=TIME),
    st.builds(wire.DnsServers, addresses=ADDRESSES),
    st.builds(wire.DomainList, searchlist=st.lists(NAME, max_size=3).map(tuple)),
    st.builds(wire.SntpServers, addresses=ADDRESSES),
    st.builds(wire.NtpServer, suboptions=st.lists(TIME_SOURCE, min_size=1, max_size=2).map(tuple)),
    UNKNOWN,
)  # fmt: skip
RELAYS: tuple[st.SearchStrategy[Any], ...] = (
    st.builds(wire.InterfaceId, interface_id=LINK_LAYER),
    st.builds(wire.ClientLinkLayerAddress, link_layer_type=st.integers(0, 0xFFFF), link_layer_address=LINK_LAYER),
    st.builds(wire.VendorOpts, enterprise_number=TIME, vendor_option_data=SUBOPTIONS),
    UNKNOWN,
)
INSIDE = st.lists(st.one_of(STATUS, UNKNOWN), unique_by=lambda option: option.option_code, max_size=2)


@st.composite
def associations(draw: st.DrawFn) -> Any:
    """IA_NA, IA_TA or IA_PD with leases in it."""
    inner: list[Any] = list(draw(INSIDE))
    if draw(st.booleans()):
        prefix = st.builds(
            wire.IaPrefix, preferred_lifetime=TIME, valid_lifetime=TIME, prefix_length=st.integers(0, 128),
            ipv6_prefix=ADDRESS, options=INSIDE.map(tuple),
        )  # fmt: skip
        inner += draw(st.lists(prefix, max_size=2))
        return wire.IaPd(iaid=draw(TIME), t1=draw(TIME), t2=draw(TIME), options=tuple(inner))
    address = st.builds(
        wire.IaAddr, ipv6_address=ADDRESS, preferred_lifetime=TIME, valid_lifetime=TIME, options=INSIDE.map(tuple)
    )
    inner += draw(st.lists(address, max_size=2))
    if draw(st.booleans()):
        return wire.IaTa(iaid=draw(TIME), options=tuple(inner))
    return wire.IaNa(iaid=draw(TIME), t1=draw(TIME), t2=draw(TIME), options=tuple(inner))


@st.composite
def client_server(draw: st.DrawFn) -> wire.Message:
    """Any message between client and server."""
    kind = draw(st.sampled_from((
        wire.Solicit, wire.Advertise, wire.Request, wire.Confirm, wire.Renew, wire.Rebind, wire.Reply, wire.Release,
        wire.Decline, wire.Reconfigure, wire.InformationRequest,
    )))  # fmt: skip
    options = draw(st.lists(st.one_of(*SIMPLE), unique_by=lambda option: option.option_code, max_size=5))
    options += draw(st.lists(associations(), max_size=2))
    if kind is wire.Reconfigure:
        options.append(wire.ReconfigureMessage(msg_type=draw(st.sampled_from((5, 6, 11)))))
    if kind is wire.Reply and draw(st.booleans()):
        options.append(wire.InformationRefreshTime(information_refresh_time=draw(TIME)))
    return kind(transaction_id=draw(st.integers(0, 0xFFFFFF)), options=tuple(options))


@st.composite
def relayed(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> wire.Relayed:
    """A message between relay agents and servers around another one."""
    kind = draw(st.sampled_from((wire.RelayForward, wire.RelayReply)))
    options = draw(st.lists(st.one_of(*RELAYS), unique_by=lambda option: option.option_code, max_size=3))
    options.insert(draw(st.integers(0, len(options))), wire.RelayMessage(dhcp_relay_message=draw(inner)))
    return kind(
        hop_count=draw(st.integers(0, 255)), link_address=draw(ADDRESS), peer_address=draw(ADDRESS),
        options=tuple(options),
    )  # fmt: skip


OTHERS = st.builds(
    wire.Message,
    msg_type=st.integers(14, 255),
    transaction_id=st.integers(0, 0xFFFFFF),
    options=st.lists(UNKNOWN, max_size=2).map(tuple),
)
"""Messages that other standards define."""


def messages() -> st.SearchStrategy[wire.Dhcp]:
    """Any well-formed message."""
    plain = client_server()
    return st.one_of(plain, OTHERS, relayed(plain), relayed(relayed(plain)))
