"""A router of the tester's: it advertises itself and prefixes, and stands for what lies behind it."""

from ipaddress import IPv6Network
from typing import Any

from .station import Station
from .wire import Frame, MtuOption, PrefixInformation, RouterAdvertisement, SourceLinkLayerAddress
from .wire.addresses import ALL_NODES, ALL_ROUTERS, multicast_mac

LIFETIME_S = 1800


class Router(Station):
    """A station that says it is a router. It takes packets for any address that reach its hardware address."""

    ROUTER = True

    def __init__(self, *given: Any, **how: Any) -> None:
        super().__init__(*given, **how)
        self.channel.join(multicast_mac(ALL_ROUTERS))

    def takes(self, destination: Any) -> bool:
        return True

    def advertised(self, *prefixes: IPv6Network | PrefixInformation, mtu: int | None = None, **fields: Any) -> Frame:
        """A Router Advertisement to all nodes; a network stands for a prefix that is on-link and autonomous."""
        fields.setdefault("router_lifetime", LIFETIME_S)
        options = [SourceLinkLayerAddress(address=self.mac), *map(as_prefix, prefixes)]
        options += [MtuOption(mtu=mtu)] if mtu else []
        fields.setdefault("options", tuple(options))
        return self.frame(RouterAdvertisement(**fields), to=ALL_NODES, source=self.link_local, hop_limit=255)

    async def advertise(self, *prefixes: IPv6Network | PrefixInformation, **fields: Any) -> None:
        """Send a Router Advertisement; see `advertised`."""
        await self.send(self.advertised(*prefixes, **fields))


def as_prefix(prefix: IPv6Network | PrefixInformation, **fields: Any) -> PrefixInformation:
    """The option that says a prefix is on-link and autonomous, with some fields replaced."""
    if isinstance(prefix, PrefixInformation):
        return prefix
    values: dict[str, Any] = {"on_link": True, "autonomous": True, "valid_lifetime": 7200, "preferred_lifetime": 3600}
    return PrefixInformation(prefix=prefix.network_address, prefix_length=prefix.prefixlen, **(values | fields))
