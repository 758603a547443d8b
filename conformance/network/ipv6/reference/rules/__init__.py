"""The rules of the simulated node, by what they are about: each decides one thing that a clause fixes."""

from .addresses import AddressRules
from .discovery import DiscoveryRules
from .headers import HeaderRules
from .hosts import HostRules
from .icmp import IcmpRules
from .listeners import ListenerRules
from .neighbours import NeighbourRules
from .packets import PacketRules
from .routers import RouterRules
from .services import ServiceRules


class Rules(
    HeaderRules,
    PacketRules,
    IcmpRules,
    NeighbourRules,
    DiscoveryRules,
    AddressRules,
    HostRules,
    RouterRules,
    ListenerRules,
    ServiceRules,
):
    """All of them."""


__all__ = ["Rules"]
