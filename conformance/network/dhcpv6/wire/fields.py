"""Reads the data of options that hold no options. `Unreadable` where the data do not have the option's form."""

from collections.abc import Callable
from ipaddress import IPv6Address

from .base import Option
from .duid import LONGEST_OCTETS, SHORTEST_OCTETS, Duid, read_duid
from .flaws import Flaw
from .names import read_names
from .options import (
    Authentication,
    ClientId,
    ClientLinkLayerAddress,
    DnsServers,
    DomainList,
    ElapsedTime,
    InfMaxRt,
    InformationRefreshTime,
    InterfaceId,
    NtpServer,
    OptionRequest,
    Preference,
    RapidCommit,
    ReconfigureAccept,
    ReconfigureMessage,
    ServerId,
    ServerUnicast,
    SntpServers,
    SolMaxRt,
    Status,
    Suboption,
    Text,
    UserClass,
    VendorClass,
    VendorOpts,
)

Found = list[Flaw]
"""Where flaws go that leave the option readable."""


class Unreadable(Exception):
    """The data of an option do not have its form."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


def integer(octets: bytes) -> int:
    return int.from_bytes(octets, "big")


def exactly(data: bytes, octets: int) -> bytes:
    """The data, if they are so long."""
    if len(data) != octets:
        raise Unreadable("option-length", f"{len(data)} octets instead of {octets}")
    return data


def at_least(data: bytes, octets: int) -> bytes:
    """The data, if they are that long or longer."""
    if len(data) < octets:
        raise Unreadable("option-length", f"{len(data)} octets, fewer than {octets}")
    return data


def pieces(data: bytes, octets: int) -> list[bytes]:
    """The data in pieces of this size each."""
    if len(data) % octets:
        raise Unreadable("option-length", f"{len(data)} octets, no multiple of {octets}")
    return [data[at : at + octets] for at in range(0, len(data), octets)]


def _duid(data: bytes, found: Found, title: str) -> Duid:
    if not SHORTEST_OCTETS <= len(data) <= LONGEST_OCTETS:
        found.append(Flaw("duid-length", title, f"{len(data)} octets"))
    return read_duid(data)


def _client_id(data: bytes, found: Found) -> Option:
    return ClientId(duid=_duid(data, found, ClientId.TITLE))


def _server_id(data: bytes, found: Found) -> Option:
    return ServerId(duid=_duid(data, found, ServerId.TITLE))


def _option_request(data: bytes, found: Found) -> Option:
    return OptionRequest(requested_option_codes=tuple(map(integer, pieces(data, 2))))


def _authentication(data: bytes, found: Found) -> Option:
    at_least(data, 11)
    return Authentication(
        protocol=data[0],
        algorithm=data[1],
        rdm=data[2],
        replay_detection=integer(data[3:11]),
        authentication_information=data[11:],
    )


def _status(data: bytes, found: Found) -> Option:
    at_least(data, 2)
    message: Text = data[2:]
    try:
        message = data[2:].decode()
    except UnicodeDecodeError:
        found.append(Flaw("utf-8", "status-message"))
    if data[2:].endswith(b"\0"):
        found.append(Flaw("nul", "status-message", "ends with a zero octet"))
    return Status(status_code=integer(data[:2]), status_message=message)


def _items(data: bytes) -> tuple[bytes, ...]:
    items, at = [], 0
    while at < len(data):
        end = at + 2 + integer(data[at : at + 2])
        if at + 2 > len(data) or end > len(data):
            raise Unreadable("option-length", "an item runs past the end")
        items.append(data[at + 2 : end])
        at = end
    return tuple(items)


def _user_class(data: bytes, found: Found) -> Option:
    if not data:
        found.append(Flaw("empty-option", UserClass.TITLE, "without any class"))
    return UserClass(user_class_data=_items(data))


def _vendor_class(data: bytes, found: Found) -> Option:
    at_least(data, 4)
    return VendorClass(enterprise_number=integer(data[:4]), vendor_class_data=_items(data[4:]))


def _suboptions(data: bytes) -> tuple[Suboption, ...]:
    suboptions, at = [], 0
    while at < len(data):
        end = at + 4 + integer(data[at + 2 : at + 4])
        if at + 4 > len(data) or end > len(data):
            raise Unreadable("option-length", "a suboption runs past the end")
        suboptions.append(Suboption(code=integer(data[at : at + 2]), octets=data[at + 4 : end]))
        at = end
    return tuple(suboptions)


def _vendor_opts(data: bytes, found: Found) -> Option:
    at_least(data, 4)
    return VendorOpts(enterprise_number=integer(data[:4]), vendor_option_data=_suboptions(data[4:]))


def _reconfigure_message(data: bytes, found: Found) -> Option:
    msg_type = exactly(data, 1)[0]
    if msg_type not in (5, 6, 11):
        found.append(Flaw("field-value", "Reconfigure Message msg-type", str(msg_type)))
    return ReconfigureMessage(msg_type=msg_type)


def _addresses(data: bytes) -> tuple[IPv6Address, ...]:
    return tuple(map(IPv6Address, pieces(data, 16)))


def _domain_list(data: bytes, found: Found) -> Option:
    try:
        return DomainList(searchlist=read_names(data))
    except ValueError as error:
        raise Unreadable("domain-name", str(error)) from None


def _client_link_layer_address(data: bytes, found: Found) -> Option:
    at_least(data, 2)
    return ClientLinkLayerAddress(link_layer_type=integer(data[:2]), link_layer_address=data[2:])


def _empty(kind: type[RapidCommit] | type[ReconfigureAccept]) -> Callable[[bytes, Found], Option]:
    def read(data: bytes, found: Found) -> Option:
        exactly(data, 0)
        return kind()

    return read


READ: dict[int, Callable[[bytes, Found], Option]] = {
    1: _client_id,
    2: _server_id,
    6: _option_request,
    7: lambda data, _: Preference(pref_value=exactly(data, 1)[0]),
    8: lambda data, _: ElapsedTime(elapsed_time=integer(exactly(data, 2))),
    11: _authentication,
    12: lambda data, _: ServerUnicast(server_address=IPv6Address(exactly(data, 16))),
    13: _status,
    14: _empty(RapidCommit),
    15: _user_class,
    16: _vendor_class,
    17: _vendor_opts,
    18: lambda data, _: InterfaceId(interface_id=data),
    19: _reconfigure_message,
    20: _empty(ReconfigureAccept),
    23: lambda data, _: DnsServers(addresses=_addresses(data)),
    24: _domain_list,
    31: lambda data, _: SntpServers(addresses=_addresses(data)),
    32: lambda data, _: InformationRefreshTime(information_refresh_time=integer(exactly(data, 4))),
    56: lambda data, _: NtpServer(suboptions=_suboptions(data)),
    79: _client_link_layer_address,
    82: lambda data, _: SolMaxRt(sol_max_rt_value=integer(exactly(data, 4))),
    83: lambda data, _: InfMaxRt(inf_max_rt_value=integer(exactly(data, 4))),
}
"""How the data of each option code are read; codes that hold options or messages are read where messages are."""
