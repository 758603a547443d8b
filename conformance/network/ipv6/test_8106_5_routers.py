"""RFC 8106, 5: DNS servers and search lists that a router advertises."""

from conformance.engine import Unready, check, uses

from .advertised import messages
from .bind import router
from .provide import Fresh
from .wire import DnsSearchList, NdOption, RecursiveDnsServer

pytestmark = uses("product", exclusive=True)
SERVERS, SEARCH = 25, 31
LEAST_LIFETIME_S = 3 * 600
"""Three times MaxRtrAdvInterval by default (RFC 4861, 6.2.1)."""
LONGEST_LABEL = 63


async def options(fresh: Fresh, *types: int) -> list[NdOption]:
    """The options of some types that a router advertises. Raises Unready where there is none."""
    found = [each for message in await messages(fresh) for each in message.options if each.type in types]
    if not found:
        raise Unready("the router advertises neither DNS servers nor search lists")
    return found


def labels(names: bytes) -> list[int]:
    """The first octets of the labels of a search list, in order; what is left over counts as one."""
    found, at = [], 0
    while at < len(names):
        found.append(names[at])
        at += 1 + names[at]
    return found if at == len(names) else [*found, LONGEST_LABEL + 1]


@router("rfc8106:5.1-1")
async def test_servers_are_told_in_pairs_of_octets(fresh: Fresh) -> None:
    """The RDNSS option has a length of 1, and 2 for each of its addresses."""
    for each in await options(fresh, SERVERS):
        good = isinstance(each, RecursiveDnsServer) and each.addresses
        check(good, "the length does not go with whole addresses", got=each)


@router("rfc8106:5.1-2")
async def test_servers_last_for_three_intervals(fresh: Fresh) -> None:
    """The lifetime of servers and search lists is by default at least three times MaxRtrAdvInterval."""
    for each in await options(fresh, SERVERS, SEARCH):
        got = getattr(each, "lifetime", None)
        check(got is None or got >= LEAST_LIFETIME_S, "the lifetime is shorter", expected=LEAST_LIFETIME_S, got=got)


@router("rfc8106:5.2-1")
async def test_search_lists_hold_whole_names(fresh: Fresh) -> None:
    """The DNSSL option holds domain names as labels that end in a zero octet, and zeros to fill up."""
    for each in await options(fresh, SEARCH):
        good = isinstance(each, DnsSearchList) and each.names and labels(each.names)[-1] == 0
        check(good, "its names are not whole", got=each)


@router("rfc8106:5.2-2")
async def test_search_lists_are_not_compressed(fresh: Fresh) -> None:
    """Domain names in the DNSSL option are not compressed: no label is longer than 63 octets."""
    for each in await options(fresh, SEARCH):
        names = each.names if isinstance(each, DnsSearchList) else getattr(each, "data", b"")[6:]
        check(max(labels(names), default=0) <= LONGEST_LABEL, "a name is compressed", got=names.hex())
