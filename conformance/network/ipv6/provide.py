"""What IPv6 cases ask for.

`tester` is a station that the product has exchanged packets with, on the site that all cases share; `far` another one
on the far link of a router. `fresh` is a product of the case's own, still switched off; `alone` one that is up, on a
link without a router.
"""

from collections.abc import AsyncIterator
from ipaddress import IPv6Address, IPv6Interface, IPv6Network
from typing import Any

from conformance.engine import Case, Site, Unready, provider

from .find import Finder, Keeper
from .fresh import Fresh, as_node
from .resolving import Neighbour
from .router import Router
from .station import CHATTER, Mine, Node, Station

__all__ = [
    "CHATTER",
    "IXIT_KEYS",
    "STANDARDS",
    "Finder",
    "Fresh",
    "Mine",
    "Neighbour",
    "Node",
    "Router",
    "Station",
    "alive",
    "alone",
    "far",
    "fresh",
    "neighbour",
    "tester",
]

STANDARDS = (
    "rfc8200/host", "rfc8200/router", "rfc4443/host", "rfc4443/router", "rfc8201/host", "rfc8201/router",
    "rfc4291/host", "rfc4291/router", "rfc6724/host", "rfc6724/router", "rfc4861/host", "rfc4861/router",
    "rfc4862/host", "rfc4862/router", "rfc3810/host", "rfc3810/router",
)  # fmt: skip
IXIT_KEYS: dict[str, tuple[str, ...]] = dict.fromkeys(
    (
        "lan", "wan", "link_local", "address", "tcp_port", "udp_port", "anycast", "proxied", "prohibited", "filtered",
        "rejected", "more", "advertised", "route",
    ),
    (),
)  # fmt: skip
"""What the cases read of [ixit.ipv6]; none of it is a URL."""
PREFIX = IPv6Network("2001:db8:1::/64")
"""The prefix of the link that all cases about hosts share."""
SITE = "product"


class Places:
    """Where the product is, on the links of a site that all cases share."""

    def __init__(self, case: Case, site: Site) -> None:
        self.case = case
        self.site = site
        self.ixit = case.ixit.get("ipv6", {})

    @property
    def routes(self) -> bool:
        """Whether the product is a router, which its access data tell by a second link."""
        return "wan" in self.ixit

    def prefix(self, link: str) -> IPv6Network:
        """The prefix of a link."""
        return IPv6Interface(str(self.ixit[link])).network if self.routes else PREFIX

    async def ready(self) -> dict[str, dict[str, str]]:
        """Switch the product on, and find it on each of its links."""
        await self.site.start(self._until)
        found: dict[str, dict[str, str]] = self.site.keeper
        return found

    async def _until(self, site: Site) -> None:
        links = ("lan", "wan") if self.routes else ("lan",)
        site.keeper = {link: await self._finder(site, link).find() for link in links}

    def _finder(self, site: Site, link: str) -> Finder:
        known = [IPv6Address(str(self.ixit[name])) for name in ("link_local", "address") if name in self.ixit]
        if not self.routes:
            return Keeper(site.links[link], prefix=PREFIX, known=known, loudly=True)
        own = IPv6Interface(str(self.ixit[link]))
        return Finder(site.links[link], prefix=own.network, known=[own.ip], loudly=True)


async def station(case: Case, site: Site, link: str, **how: Any) -> Station:
    """A station on a link of the common site, with an address of the link's prefix, that knows the product."""
    places = Places(case, site)
    found = await case.learn(SITE, places.ready)
    prefix = places.prefix(link)
    address = prefix[case.rng.getrandbits(62) | 1 << 62]
    kind = how.pop("kind", Station)
    made: Station = kind(
        case, site.links[link], as_node(found[link]), name=how.pop("name", link), addresses=[address], **how
    )
    await made.greet()
    return made


@provider
async def tester(case: Case) -> AsyncIterator[Station]:
    """A station beside the product, on the link that all cases share."""
    async with case.site() as site:
        yield await station(case, site, "lan", name="tester")


@provider
async def neighbour(case: Case) -> AsyncIterator[Neighbour]:
    """A station on the same link, of whose address of wider scope the product knows nothing."""
    async with case.site() as site:
        made = await station(case, site, "lan", name="neighbour", kind=Neighbour)
        assert isinstance(made, Neighbour)
        yield made


@provider
async def far(case: Case) -> AsyncIterator[Station]:
    """A station on the far link of a router, which knows where to find its address of wider scope too."""
    async with case.site() as site:
        made = await station(case, site, "wan", name="far")
        await made.greet(to=made.product.address)
        yield made


@provider
async def fresh(case: Case) -> AsyncIterator[Fresh]:
    """A product of the case's own, still switched off."""
    if not case.testbed.copies:
        raise Unready("this needs a product that is switched on for the case alone, which this testbed cannot do")
    async with case.site(fresh=True) as site:
        made = Fresh(case, site)
        try:
            yield made
        finally:
            await made.settled()


@provider
async def alone(fresh: Fresh) -> Fresh:
    """A product of the case's own, up, on a link without a router."""
    await fresh.up()
    return fresh


async def alive(case: Case) -> None:
    """The product on the common site answers an Echo Request."""
    async with case.site() as site:
        await station(case, site, "lan")
