"""Addresses and their derivation: RFC 4291, RFC 2464 (Ethernet)."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network

UNSPECIFIED = IPv6Address("::")
LOOPBACK = IPv6Address("::1")
ALL_NODES = IPv6Address("ff02::1")
ALL_ROUTERS = IPv6Address("ff02::2")
ALL_MLDV2_ROUTERS = IPv6Address("ff02::16")
SOLICITED_NODE = int(IPv6Address("ff02::1:ff00:0"))
LINK_LOCAL = int(IPv6Address("fe80::"))
BROADCAST_MAC = b"\xff" * 6


@lru_cache(maxsize=4096)
def address(octets: bytes) -> IPv6Address:
    """The address that 16 octets stand for."""
    return IPv6Address(octets)


def interface_identifier(mac: bytes) -> int:
    """The modified EUI-64 identifier of an Ethernet address (RFC 4291, appendix A)."""
    return int.from_bytes(bytes((mac[0] ^ 0x02, *mac[1:3], 0xFF, 0xFE, *mac[3:])))


def link_local(mac: bytes) -> IPv6Address:
    """The link-local address made from an Ethernet address (RFC 2464, 5)."""
    return IPv6Address(LINK_LOCAL | interface_identifier(mac))


def slaac(prefix: IPv6Network, mac: bytes) -> IPv6Address:
    """The address that a prefix of 64 bits and an Ethernet address make (RFC 4862, 5.5.3)."""
    return prefix[interface_identifier(mac)]


@lru_cache(maxsize=4096)
def solicited_node(unicast: IPv6Address) -> IPv6Address:
    """The solicited-node multicast address of an address (RFC 4291, 2.7.1)."""
    return IPv6Address(SOLICITED_NODE | int(unicast) & 0xFFFFFF)


@lru_cache(maxsize=4096)
def multicast_mac(group: IPv6Address) -> bytes:
    """The Ethernet address that a group's packets are sent to (RFC 2464, 7)."""
    return b"\x33\x33" + group.packed[12:]


def scope(group: IPv6Address) -> int:
    """The scope of a multicast address (RFC 4291, 2.7): 1 interface, 2 link, 5 site, 8 organization, 14 global."""
    return group.packed[1] & 0x0F


def mac(text: str) -> bytes:
    """The Ethernet address that a text such as 02:00:5e:00:53:01 stands for. Raises ValueError."""
    return bytes.fromhex(text.replace(":", "").replace("-", ""))


def mac_text(octets: bytes) -> str:
    """An Ethernet address for people."""
    return octets.hex(":")
