"""Numbers of DHCPv6 and their names: message types (7.3), option codes (7.4), status codes (7.5, 21.13)."""

from enum import IntEnum
from ipaddress import IPv6Address

SERVER_PORT = 547
"""Where servers and relay agents listen (7.2)."""
CLIENT_PORT = 546
"""Where clients listen (7.2)."""
ALL_DHCP_RELAY_AGENTS_AND_SERVERS = IPv6Address("ff02::1:2")
ALL_DHCP_SERVERS = IPv6Address("ff05::1:3")
HOP_COUNT_LIMIT = 8
INFINITY = 0xFFFFFFFF
"""A time that never ends (7.7)."""


class MessageType(IntEnum):
    """Message types (7.3)."""

    SOLICIT = 1
    ADVERTISE = 2
    REQUEST = 3
    CONFIRM = 4
    RENEW = 5
    REBIND = 6
    REPLY = 7
    RELEASE = 8
    DECLINE = 9
    RECONFIGURE = 10
    INFORMATION_REQUEST = 11
    RELAY_FORW = 12
    RELAY_REPL = 13


class OptionCode(IntEnum):
    """Codes of the options that this codec reads: clause 21, and RFC 3646, 4075, 5908 and 6939."""

    CLIENTID = 1
    SERVERID = 2
    IA_NA = 3
    IA_TA = 4
    IAADDR = 5
    ORO = 6
    PREFERENCE = 7
    ELAPSED_TIME = 8
    RELAY_MSG = 9
    AUTH = 11
    UNICAST = 12
    STATUS_CODE = 13
    RAPID_COMMIT = 14
    USER_CLASS = 15
    VENDOR_CLASS = 16
    VENDOR_OPTS = 17
    INTERFACE_ID = 18
    RECONF_MSG = 19
    RECONF_ACCEPT = 20
    DNS_SERVERS = 23
    DOMAIN_LIST = 24
    IA_PD = 25
    IAPREFIX = 26
    SNTP_SERVERS = 31
    INFORMATION_REFRESH_TIME = 32
    NTP_SERVER = 56
    CLIENT_LINKLAYER_ADDR = 79
    SOL_MAX_RT = 82
    INF_MAX_RT = 83


class StatusCode(IntEnum):
    """Status codes (21.13)."""

    SUCCESS = 0
    UNSPEC_FAIL = 1
    NO_ADDRS_AVAIL = 2
    NO_BINDING = 3
    NOT_ON_LINK = 4
    USE_MULTICAST = 5
    NO_PREFIX_AVAIL = 6


STATUS_NAMES: dict[int, str] = {
    0: "Success", 1: "UnspecFail", 2: "NoAddrsAvail", 3: "NoBinding", 4: "NotOnLink", 5: "UseMulticast",
    6: "NoPrefixAvail",
}  # fmt: skip
"""The standard's names of the status codes."""

SINGLETONS = frozenset(
    (1, 2, 6, 7, 8, 9, 11, 12, 13, 14, 15, 18, 19, 20, 23, 24, 31, 32, 79, 82, 83)
)  # fmt: skip
"""Options of which one place holds at most one (21; RFC 8415, 24). NTP_SERVER is none: RFC 5908 repeats it."""
