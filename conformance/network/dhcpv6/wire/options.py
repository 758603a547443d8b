"""The options of clause 21, and those for DNS (RFC 3646), SNTP (4075), NTP (5908) and a client's link layer (6939).

Fields have the standard's names. A field of the wrong size is said by a `RawOption`: every option gives its `data()`.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address

from .base import Dhcp, Holder, Option, number
from .codes import OptionCode
from .duid import Duid
from .names import Name, name

Text = str | bytes
"""A text, or raw octets where the text would be ill-formed."""


@dataclass(frozen=True, kw_only=True)
class ClientId(Option):
    """Client Identifier (21.2)."""

    CODE, TITLE = OptionCode.CLIENTID, "Client Identifier"
    duid: Duid

    def data(self) -> bytes:
        return bytes(self.duid)


@dataclass(frozen=True, kw_only=True)
class ServerId(Option):
    """Server Identifier (21.3)."""

    CODE, TITLE = OptionCode.SERVERID, "Server Identifier"
    duid: Duid

    def data(self) -> bytes:
        return bytes(self.duid)


@dataclass(frozen=True, kw_only=True)
class IaNa(Holder, Option):
    """Identity association for non-temporary addresses (21.4); T1 and T2 in seconds."""

    CODE, TITLE = OptionCode.IA_NA, "IA_NA"
    iaid: int
    t1: int = 0
    t2: int = 0

    def data(self) -> bytes:
        return number(self.iaid, 4) + number(self.t1, 4) + number(self.t2, 4) + self.options_field()


@dataclass(frozen=True, kw_only=True)
class IaTa(Holder, Option):
    """Identity association for temporary addresses (RFC 8415, 21.5; obsolete since RFC 9915)."""

    CODE, TITLE = OptionCode.IA_TA, "IA_TA"
    iaid: int

    def data(self) -> bytes:
        return number(self.iaid, 4) + self.options_field()


@dataclass(frozen=True, kw_only=True)
class IaAddr(Holder, Option):
    """IA Address (21.6); lifetimes in seconds."""

    CODE, TITLE = OptionCode.IAADDR, "IA Address"
    ipv6_address: IPv6Address
    preferred_lifetime: int = 0
    valid_lifetime: int = 0

    def data(self) -> bytes:
        lifetimes = number(self.preferred_lifetime, 4) + number(self.valid_lifetime, 4)
        return self.ipv6_address.packed + lifetimes + self.options_field()


@dataclass(frozen=True, kw_only=True)
class OptionRequest(Option):
    """Option Request (21.7)."""

    CODE, TITLE = OptionCode.ORO, "Option Request"
    requested_option_codes: tuple[int, ...]

    def data(self) -> bytes:
        return b"".join(number(code, 2) for code in self.requested_option_codes)


@dataclass(frozen=True, kw_only=True)
class Preference(Option):
    """Preference (21.8)."""

    CODE, TITLE = OptionCode.PREFERENCE, "Preference"
    pref_value: int

    def data(self) -> bytes:
        return number(self.pref_value, 1)


@dataclass(frozen=True, kw_only=True)
class ElapsedTime(Option):
    """Elapsed Time (21.9), in hundredths of a second."""

    CODE, TITLE = OptionCode.ELAPSED_TIME, "Elapsed Time"
    elapsed_time: int = 0

    def data(self) -> bytes:
        return number(self.elapsed_time, 2)


@dataclass(frozen=True, kw_only=True)
class RelayMessage(Option):
    """Relay Message (21.10). What it holds is octets where it is no message, or lies too deep."""

    CODE, TITLE = OptionCode.RELAY_MSG, "Relay Message"
    dhcp_relay_message: Dhcp | bytes

    def data(self) -> bytes:
        return bytes(self.dhcp_relay_message)


@dataclass(frozen=True, kw_only=True)
class Authentication(Option):
    """Authentication (21.11); by default as RKAP has it (20.4.1)."""

    CODE, TITLE = OptionCode.AUTH, "Authentication"
    protocol: int = 3
    algorithm: int = 1
    rdm: int = 0
    replay_detection: int = 0
    authentication_information: bytes = b""

    def data(self) -> bytes:
        head = number(self.protocol, 1) + number(self.algorithm, 1) + number(self.rdm, 1)
        return head + number(self.replay_detection, 8) + self.authentication_information


@dataclass(frozen=True, kw_only=True)
class ServerUnicast(Option):
    """Server Unicast (RFC 8415, 21.12; obsolete since RFC 9915)."""

    CODE, TITLE = OptionCode.UNICAST, "Server Unicast"
    server_address: IPv6Address

    def data(self) -> bytes:
        return self.server_address.packed


@dataclass(frozen=True, kw_only=True)
class Status(Option):
    """Status Code (21.13)."""

    CODE, TITLE = OptionCode.STATUS_CODE, "Status Code"
    status_code: int
    status_message: Text = ""

    def data(self) -> bytes:
        return number(self.status_code, 2) + octets_of(self.status_message)


@dataclass(frozen=True, kw_only=True)
class RapidCommit(Option):
    """Rapid Commit (21.14)."""

    CODE, TITLE = OptionCode.RAPID_COMMIT, "Rapid Commit"


@dataclass(frozen=True, kw_only=True)
class UserClass(Option):
    """User Class (21.15)."""

    CODE, TITLE = OptionCode.USER_CLASS, "User Class"
    user_class_data: tuple[bytes, ...]

    def data(self) -> bytes:
        return _items(self.user_class_data)


@dataclass(frozen=True, kw_only=True)
class VendorClass(Option):
    """Vendor Class (21.16)."""

    CODE, TITLE = OptionCode.VENDOR_CLASS, "Vendor Class"
    enterprise_number: int
    vendor_class_data: tuple[bytes, ...] = ()

    def data(self) -> bytes:
        return number(self.enterprise_number, 4) + _items(self.vendor_class_data)


@dataclass(frozen=True, kw_only=True)
class Suboption:
    """A code, a length in octets and data within a vendor's or an NTP option; `length` as in an option."""

    code: int
    octets: bytes = b""
    length: int | None = None

    def __bytes__(self) -> bytes:
        return number(self.code, 2) + number(len(self.octets) if self.length is None else self.length, 2) + self.octets


@dataclass(frozen=True, kw_only=True)
class VendorOpts(Option):
    """Vendor-specific Information (21.17)."""

    CODE, TITLE = OptionCode.VENDOR_OPTS, "Vendor-specific Information"
    enterprise_number: int
    vendor_option_data: tuple[Suboption, ...] = ()

    def data(self) -> bytes:
        return number(self.enterprise_number, 4) + b"".join(map(bytes, self.vendor_option_data))


@dataclass(frozen=True, kw_only=True)
class InterfaceId(Option):
    """Interface-Id (21.18)."""

    CODE, TITLE = OptionCode.INTERFACE_ID, "Interface-Id"
    interface_id: bytes

    def data(self) -> bytes:
        return self.interface_id


@dataclass(frozen=True, kw_only=True)
class ReconfigureMessage(Option):
    """Reconfigure Message (21.19)."""

    CODE, TITLE = OptionCode.RECONF_MSG, "Reconfigure Message"
    msg_type: int

    def data(self) -> bytes:
        return number(self.msg_type, 1)


@dataclass(frozen=True, kw_only=True)
class ReconfigureAccept(Option):
    """Reconfigure Accept (21.20)."""

    CODE, TITLE = OptionCode.RECONF_ACCEPT, "Reconfigure Accept"


@dataclass(frozen=True, kw_only=True)
class IaPd(Holder, Option):
    """Identity association for prefix delegation (21.21); T1 and T2 in seconds."""

    CODE, TITLE = OptionCode.IA_PD, "IA_PD"
    iaid: int
    t1: int = 0
    t2: int = 0

    def data(self) -> bytes:
        return number(self.iaid, 4) + number(self.t1, 4) + number(self.t2, 4) + self.options_field()


@dataclass(frozen=True, kw_only=True)
class IaPrefix(Holder, Option):
    """IA Prefix (21.22); lifetimes in seconds, prefix-length in bits."""

    CODE, TITLE = OptionCode.IAPREFIX, "IA Prefix"
    preferred_lifetime: int = 0
    valid_lifetime: int = 0
    prefix_length: int
    ipv6_prefix: IPv6Address

    def data(self) -> bytes:
        lifetimes = number(self.preferred_lifetime, 4) + number(self.valid_lifetime, 4)
        return lifetimes + number(self.prefix_length, 1) + self.ipv6_prefix.packed + self.options_field()


@dataclass(frozen=True, kw_only=True)
class InformationRefreshTime(Option):
    """Information Refresh Time (21.23), in seconds."""

    CODE, TITLE = OptionCode.INFORMATION_REFRESH_TIME, "Information Refresh Time"
    information_refresh_time: int

    def data(self) -> bytes:
        return number(self.information_refresh_time, 4)


@dataclass(frozen=True, kw_only=True)
class SolMaxRt(Option):
    """SOL_MAX_RT (21.24), in seconds."""

    CODE, TITLE = OptionCode.SOL_MAX_RT, "SOL_MAX_RT"
    sol_max_rt_value: int

    def data(self) -> bytes:
        return number(self.sol_max_rt_value, 4)


@dataclass(frozen=True, kw_only=True)
class InfMaxRt(Option):
    """INF_MAX_RT (21.25), in seconds."""

    CODE, TITLE = OptionCode.INF_MAX_RT, "INF_MAX_RT"
    inf_max_rt_value: int

    def data(self) -> bytes:
        return number(self.inf_max_rt_value, 4)


@dataclass(frozen=True, kw_only=True)
class DnsServers(Option):
    """DNS Recursive Name Server (RFC 3646, 3)."""

    CODE, TITLE = OptionCode.DNS_SERVERS, "DNS servers"
    addresses: tuple[IPv6Address, ...]

    def data(self) -> bytes:
        return b"".join(address.packed for address in self.addresses)


@dataclass(frozen=True, kw_only=True)
class DomainList(Option):
    """Domain Search List (RFC 3646, 4)."""

    CODE, TITLE = OptionCode.DOMAIN_LIST, "Domain search list"
    searchlist: tuple[Name, ...]

    def data(self) -> bytes:
        return b"".join(map(name, self.searchlist))


@dataclass(frozen=True, kw_only=True)
class SntpServers(Option):
    """SNTP servers (RFC 4075, 4)."""

    CODE, TITLE = OptionCode.SNTP_SERVERS, "SNTP servers"
    addresses: tuple[IPv6Address, ...]

    def data(self) -> bytes:
        return b"".join(address.packed for address in self.addresses)


@dataclass(frozen=True, kw_only=True)
class NtpServer(Option):
    """NTP server (RFC 5908, 4): suboption 1 is a server's address, 2 a multicast address, 3 a domain name."""

    CODE, TITLE = OptionCode.NTP_SERVER, "NTP server"
    suboptions: tuple[Suboption, ...]

    def data(self) -> bytes:
        return b"".join(map(bytes, self.suboptions))


@dataclass(frozen=True, kw_only=True)
class ClientLinkLayerAddress(Option):
    """Client Link-Layer Address (RFC 6939, 4), put in by the first relay agent."""

    CODE, TITLE = OptionCode.CLIENT_LINKLAYER_ADDR, "Client Link-Layer Address"
    link_layer_type: int = 1
    link_layer_address: bytes

    def data(self) -> bytes:
        return number(self.link_layer_type, 2) + self.link_layer_address


def octets_of(text: Text) -> bytes:
    """A text as UTF-8; octets as they stand."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def _items(items: tuple[bytes, ...]) -> bytes:
    """Opaque items, each with a length of two octets (21.15, 21.16)."""
    return b"".join(number(len(item), 2) + item for item in items)
