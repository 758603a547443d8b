"""Faults of a router that redirects (RFC 4861, 8.2 and 4.5)."""

from collections.abc import Callable
from ipaddress import IPv6Address
from typing import Any

from ..reference import Rules
from ..wire import (
    NdOption,
    Redirect,
    RedirectedHeader,
    RouterAdvertisement,
    TargetLinkLayerAddress,
)
from .registry import FAULTS, router

Change = Callable[[RouterAdvertisement], RouterAdvertisement]


# Redirects (8.2).


@FAULTS.add("neighbour-redirected-elsewhere", *router("rfc4861:4.5-2a", "rfc4861:8.2-2"))
class _(Rules):
    """The target for a neighbour is another address."""

    def redirect_target(self, destination: IPv6Address, hop: IPv6Address) -> IPv6Address:
        return hop if hop != destination else IPv6Address(int(hop) ^ 1)


@FAULTS.add("router-not-named", *router("rfc4861:4.5-2b", "rfc4861:8.2-2"))
class _(Rules):
    """The target for what lies behind another router is the destination."""

    def redirect_target(self, destination: IPv6Address, hop: IPv6Address) -> IPv6Address:
        return destination


@FAULTS.add("redirect-without-address", *router("rfc4861:4.5-3a", "rfc4861:4.5-3b"))
class _(Rules):
    """Redirects do not tell where the target is."""

    def redirect_options(
        self, address: TargetLinkLayerAddress | None, header: RedirectedHeader
    ) -> tuple[NdOption, ...]:
        return (header,)


@FAULTS.add("redirect-without-packet", *router("rfc4861:8.2-3"))
class _(Rules):
    """Redirects do not show the packet."""

    def redirect_options(
        self, address: TargetLinkLayerAddress | None, header: RedirectedHeader
    ) -> tuple[NdOption, ...]:
        return (address,) if address else ()


@FAULTS.add("redirect-too-large", *router("rfc4861:9-5"))
class _(Rules):
    """Redirects show the whole packet."""

    def redirected_packet(self, packet: bytes, *, address: bool) -> bytes:
        return packet


@FAULTS.add("no-redirect", *router("rfc4861:8.2-1"))
class _(Rules):
    """Sends no Redirects."""

    def redirects(self, arrival: Any, out: Any) -> bool:
        return False


@FAULTS.add("group-redirected-by-router", *router("rfc4861:8.2-1"))
class _(Rules):
    """Sends a Redirect for a packet to a group."""

    def takes_frame(self, interface: Any, frame: Any) -> bool:
        ip = frame.ip
        if ip and ip.destination.is_multicast and ip.destination.packed[1] == 0x0E:
            redirect = Redirect(target=ip.destination, destination=ip.destination)
            interface.send(redirect, to=ip.source, mac=frame.source)
        return super().takes_frame(interface, frame)


@FAULTS.add("each-packet-redirected", *router("rfc4861:8.2-4"))
class _(Rules):
    """The rate of Redirects is not limited."""

    def redirects_per_s(self) -> float:
        return float("inf")


@FAULTS.add("router-follows-redirect", *router("rfc4861:8.2-5"))
class _(Rules):
    """A router follows Redirects."""

    def follows_redirects(self, *, router: bool) -> bool:
        return True

    def is_first_hop(self, source: IPv6Address, hop: IPv6Address | None) -> bool:
        return True

    def forwarded_to(self, destination: IPv6Address, redirected: IPv6Address | None) -> IPv6Address:
        return redirected or destination
