"""Which source address a product chooses: an Echo Request to all nodes leaves the choice to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network

from conformance.engine import Unready

from .provide import Fresh, Router
from .router import as_prefix
from .station import Station, demand, reply_to
from .wire import Frame
from .wire.addresses import ALL_NODES

FIRST = IPv6Network("2001:db8:4::/64")
SECOND = IPv6Network("2001:db8:8::/64")
LOCAL = IPv6Network("fd00:db8:4::/64")
"""A prefix of unique local addresses, which have a label of their own."""
SIX_TO_FOUR = IPv6Network("2002:c000:201:4::/64")
"""A prefix of 6to4 addresses, which have a label of their own."""

AGED_S = 2.0
"""By then a lifetime of 0 has shown, on a product that counts seconds."""


def of_one_node(source: IPv6Address) -> bool:
    """Whether an address is one that a node can have on a link."""
    return not (source.is_multicast or source.is_loopback or int(source) == 0)


async def chosen(station: Station, to: IPv6Address) -> IPv6Address:
    """The source, of one node, of the reply to a request for all nodes that came from an address. Raises Unready."""
    source = await answered_from(station, to)
    if not of_one_node(source):
        raise Unready(f"the product answers from {source}, which is no source at all")
    return source


async def answered_from(station: Station, to: IPv6Address) -> IPv6Address:
    """The source of that reply, whatever it is. Raises Unready."""
    request = station.echo()
    await station.send(station.frame(request, to=ALL_NODES, source=to))
    frame: Frame = await station.ready(reply_to(request))
    assert frame.ip
    return frame.ip.source


@dataclass(frozen=True)
class Several:
    """A product with addresses of several prefixes, and the default router that advertised them."""

    router: Router
    addresses: dict[IPv6Network, IPv6Address]

    async def expect(self, to: str, prefix: IPv6Network, *, scoped: bool = False) -> None:
        """Towards this destination the product chooses its address of this prefix. Raises Nonconformity, or Unready
        where it has chosen a link-local one and scopes are not what is judged.
        """
        source = await chosen(self.router, IPv6Address(to))
        if source.is_link_local and not scoped:
            raise Unready(f"towards {to} the product chooses a link-local address")
        demand(source == self.addresses[prefix], f"towards {to} the source {self.addresses[prefix]}", source)

    async def deprecate(self, *prefixes: IPv6Network) -> None:
        """The addresses of these prefixes are deprecated, the others preferred."""
        told = [
            as_prefix(each, on_link=False, preferred_lifetime=0 if each in prefixes else 3600)
            for each in self.addresses
        ]
        await self.router.advertise(*told)
        await self.router.next(passing=object, within_s=AGED_S)
        await self.router.greet()


async def several(alone: Fresh, prefixes: Iterable[IPv6Network]) -> Several:
    """Have a host form addresses of prefixes that are reached by way of a router. Raises Unready."""
    router = alone.router()
    await router.advertise(*(as_prefix(each, on_link=False) for each in prefixes))
    found = {each: (await alone.configured(each)).address for each in prefixes}
    router.product = alone.node
    await router.greet()
    if None in found.values():
        raise Unready("the product has not formed an address of each prefix")
    return Several(router, {prefix: address for prefix, address in found.items() if address})
