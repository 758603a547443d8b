"""Links and interfaces of a topology, made through netlink; each function runs in the namespace it is about."""

import fcntl
import ipaddress
import os
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from conformance.engine.testbed import TestbedError

from .namespaces import Namespace, checksums_in_full
from .topology import Interface, Link

__all__ = ["NetlinkError", "has_taps", "link", "missing", "up"]

TUN = Path("/dev/net/tun")
TUNSETIFF = 0x400454CA
TUNSETPERSIST = 0x400454CB
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
TAP_QUEUE = 16_384
"""Frames that wait for a program to take them; cases that send a thousand at once would fill the default."""
PORT = "port"
"""The tester's interface on a link; numbers tell those of several links apart."""


def has_taps() -> bool:
    """Whether TAP interfaces can be made."""
    return os.access(TUN, os.R_OK | os.W_OK)


def missing(interface: str) -> TestbedError | None:
    """What is wrong with an interface of this machine that a link is to attach; None for nothing, or for ""."""
    if not interface or Path("/sys/class/net", interface).exists():
        return None
    return TestbedError(f"this machine has no interface {interface}", "Correct `attach`; `ip link` lists them")


async def link(link: Link, tester: Namespace, ends: Sequence[tuple[Namespace, Interface]]) -> tuple[Namespace, str]:
    """Make a link with the product's ends still down; returns where the tester's interface is, and its name."""
    if link.attach:
        await _from_home(tester, link.attach)
        await tester.run(_set_up, link.attach)
        return tester, link.attach
    if ends and ends[0][1].tap:
        space, interface = ends[0]
        await space.run(_tap, interface.name, link.mtu)
        return space, interface.name
    name = f"{PORT}-{link.name}"[:15]
    if len(ends) == 1:
        space, interface = ends[0]
        await tester.run(_veth, name, interface, space.fd, link.mtu)
        await space.run(checksums_in_full, interface.name)
        return tester, name
    await tester.run(_bridge, link, [(space.fd, interface) for space, interface in ends], name)
    for space, interface in ends:
        await space.run(checksums_in_full, interface.name)
    return tester, name


def up(interfaces: Iterable[Interface]) -> None:
    """Give interfaces of this namespace their addresses and bring them up."""
    with IPRoute() as ip:
        ip.link("set", index=1, state="up")
        for interface in interfaces:
            index = ip.link_lookup(ifname=interface.name)[0]
            for address in map(ipaddress.ip_interface, interface.addresses):
                ip.addr("add", index=index, address=str(address.ip), prefixlen=address.network.prefixlen)
            ip.link("set", index=index, state="up")


def _veth(name: str, interface: Interface, target: int, mtu: int) -> None:
    """A pair: `name` here, up, and a node's interface in the namespace `target`, still down."""
    peer = {"ifname": interface.name, "net_ns_fd": target, "mtu": mtu}
    with IPRoute() as ip:
        ip.link("add", ifname=name, kind="veth", mtu=mtu, peer=peer | _mac(interface))
        ip.link("set", index=ip.link_lookup(ifname=name)[0], state="up")


def _mac(interface: Interface) -> dict[str, str]:
    return {"address": interface.mac} if interface.mac else {}


def _bridge(link: Link, ends: Sequence[tuple[int, Interface]], name: str) -> None:
    """A bridge here with a pair to each node and one that the tester keeps both ends of."""
    with IPRoute() as ip:
        ip.link("add", ifname=f"br-{link.name}"[:15], kind="bridge", mtu=link.mtu)
        bridge = ip.link_lookup(ifname=f"br-{link.name}"[:15])[0]
        ip.link("set", index=bridge, state="up")
        ip.link("add", ifname=name, kind="veth", mtu=link.mtu, peer={"ifname": f"x-{link.name}"[:15], "mtu": link.mtu})
        ip.link("set", index=ip.link_lookup(ifname=name)[0], state="up")
        ports = [f"x-{link.name}"[:15]]
        for number, (target, interface) in enumerate(ends):
            ports.append(f"n{number}-{link.name}"[:15])
            peer = {"ifname": interface.name, "net_ns_fd": target, "mtu": link.mtu}
            ip.link("add", ifname=ports[-1], kind="veth", mtu=link.mtu, peer=peer | _mac(interface))
        for port in ports:
            ip.link("set", index=ip.link_lookup(ifname=port)[0], master=bridge, state="up")


def _tap(name: str, mtu: int) -> None:
    """A TAP interface here, up, for a program that takes it by its name."""
    with open(TUN, "r+b", buffering=0) as device:
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
        fcntl.ioctl(device, TUNSETPERSIST, 1)
    with IPRoute() as ip:
        index = ip.link_lookup(ifname=name)[0]
        ip.link("set", index=index, mtu=mtu, txqlen=TAP_QUEUE)
        ip.link("set", index=index, state="up")


async def _from_home(tester: Namespace, name: str) -> None:
    """Move an interface of this machine to the tester; it comes back by itself when the namespace goes."""
    with IPRoute() as ip:
        ip.link("set", index=ip.link_lookup(ifname=name)[0], net_ns_fd=tester.fd)


def _set_up(name: str) -> None:
    with IPRoute() as ip:
        ip.link("set", index=ip.link_lookup(ifname=name)[0], state="up")
