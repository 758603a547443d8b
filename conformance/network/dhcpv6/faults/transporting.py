"""Groups, ports and infinity (RFC 8415, 7; RFC 9915, 7.2)."""

from collections.abc import Sequence
from ipaddress import IPv6Address
from typing import Any

from ...ipv6.wire import Ipv6, Udp
from ..reference import Rules
from ..wire import ALL_DHCP_SERVERS, CLIENT_PORT, SERVER_PORT
from .registry import FAULTS, server


@FAULTS.add("group-at-some-hop-limits-only", *server("rfc8415:7.1-1"))
class _(Rules):
    """What goes to ff02::1:2 is heard only with the least or the greatest hop limit."""

    def hears(self, ip: Ipv6, udp: Udp) -> bool:
        link = ip.destination.is_multicast and ip.destination != ALL_DHCP_SERVERS
        return not link or udp.source_port != CLIENT_PORT or ip.hop_limit in (1, 255)


@FAULTS.add("group-of-site-unheard", *server("rfc8415:7.1-2"))
class _(Rules):
    """The server is no member of ff05::1:3."""

    def groups(self, groups: Sequence[IPv6Address]) -> Sequence[IPv6Address]:
        return [group for group in groups if group != ALL_DHCP_SERVERS]


@FAULTS.add("other-source-ports-unheard", *server("rfc9915:7.2-1"))
class _(Rules):
    """The server hears only what comes from the ports of clients and relay agents."""

    def hears(self, ip: Ipv6, udp: Udp) -> bool:
        return udp.source_port in (CLIENT_PORT, SERVER_PORT)


@FAULTS.add("answers-to-source-port", *server("rfc8415:7.2-1", "rfc9915:7.2-2"))
class _(Rules):
    """A client gets its answer at the port that it has sent from."""

    def answer_port(self, usual: int, asked_from: int) -> int:
        return asked_from if usual == CLIENT_PORT else usual


@FAULTS.add("relay-replies-to-source-port", *server("rfc9915:7.2-3"))
class _(Rules):
    """A relay agent gets its answer at the port that it has sent from."""

    def answer_port(self, usual: int, asked_from: int) -> int:
        return asked_from if usual == SERVER_PORT else usual


@FAULTS.add("answers-from-another-port", *server("rfc9915:7.2-4"))
class _(Rules):
    """The server sends from a port of the system's choosing."""

    def source_port(self, port: int) -> int:
        return 50_547


@FAULTS.add("infinity-as-a-number", *server("rfc8415:7.7-1"))
class _(Rules):
    """A lease that never ends has a lifetime of 68 years."""

    def lifetimes(self, options: Any) -> tuple[int, int]:
        preferred, valid = super().lifetimes(options)
        return min(preferred, 0x7FFFFFFF), min(valid, 0x7FFFFFFF)
