"""RFC 4861, 4.2 and 4.6.2, RFC 4191, 2: the Router Advertisements that a router sends, octet by octet."""

from conformance.engine import Unready, check, uses

from .advertised import advertisements, lan, messages, prefixes
from .bind import both, router
from .provide import Fresh
from .station import packet
from .wire import (
    Frame,
    MtuOption,
    NdMessage,
    NeighborAdvertisement,
    NeighborSolicitation,
    PrefixInformation,
    RouteInformation,
    SourceLinkLayerAddress,
)
from .wire.addresses import ALL_NODES, solicited_node

pytestmark = uses("product", exclusive=True)
UNASSIGNED_FLAGS = 0b001
"""Of the three bits behind the preference, those that no document has given a meaning."""
UNASSIGNED_PREFIX_FLAGS = 0x0F
"""Of the five bits behind L, A and R, the same (RFC 9762 has given the first one a meaning)."""
RESERVED = 2
LONGEST_REACHABLE_MS = 3_600_000
LONGEST_LIFETIME_S = 9000
LEAST_INTERVAL_S = 4


@router("rfc4861:4.2-1")
async def test_an_advertisement_comes_from_the_link_local_address(fresh: Fresh) -> None:
    """A Router Advertisement comes from the link-local address of its interface."""
    for frame in await advertisements(fresh):
        assert frame.ip
        source = frame.ip.source
        check(source.is_link_local, "the source is not a link-local address", got=source)
        station = fresh.station()
        options = (SourceLinkLayerAddress(address=station.mac),)
        question = NeighborSolicitation(target=source, options=options)
        await station.send(station.frame(question, to=solicited_node(source), hop_limit=255))
        answer = packet(NeighborAdvertisement, target=source)
        await station.expect(answer, passing=Frame, why=f"it comes from {source}, which the router does not answer for")


@router("rfc4861:4.2-2a")
async def test_an_advertisement_has_hop_limit_255_and_code_0(fresh: Fresh) -> None:
    """A Router Advertisement leaves with hop limit 255 and code 0."""
    for frame in await advertisements(fresh):
        assert frame.ip
        assert isinstance(frame.message, NdMessage)
        check(frame.ip.hop_limit == 255, "the hop limit is not 255", got=frame.ip.hop_limit)
        check(frame.message.code == 0, "the code is not 0", got=frame.message.code)


@router("rfc4861:4.2-2b")
async def test_an_advertisement_goes_to_all_nodes_or_who_asked(fresh: Fresh) -> None:
    """A Router Advertisement goes to ff02::1 or to the address of the host that solicited it."""
    await fresh.up()
    station = fresh.station()
    first, solicited = await advertisements(fresh, station)
    for frame, legal in ((first, (ALL_NODES,)), (solicited, (ALL_NODES, station.link_local))):
        assert frame.ip
        got = frame.ip.destination
        check(got in legal, "an advertisement goes elsewhere", expected=" or ".join(map(str, legal)), got=got)


@router("rfc4861:4.1-2a")
async def test_the_reserved_fields_of_an_advertisement_are_zero(fresh: Fresh) -> None:
    """The sender of an advertisement sets the Reserved fields of it and of its options to zero."""
    for message in await messages(fresh):
        got = message.reserved & UNASSIGNED_FLAGS
        check(not got, "a flag is set that has no meaning", got=f"{message.reserved:03b}")
        for each in message.every(PrefixInformation):
            good = not each.reserved1 & UNASSIGNED_PREFIX_FLAGS and not each.reserved2
            check(good, "a Reserved field of a prefix is not 0", got=each)
        for mtu in message.every(MtuOption):
            check(not mtu.reserved, "the Reserved field of the MTU is not 0", got=mtu.reserved)


@router("rfc4861:4.2-5a")
async def test_the_mtu_is_told_where_it_varies(fresh: Fresh) -> None:
    """On a link whose MTU varies an advertisement has the MTU option."""
    found = await messages(fresh)
    check(all(each.first(MtuOption) for each in found), "no MTU option")


@router("rfc4861:4.2-6")
async def test_the_prefixes_of_the_link_are_advertised(fresh: Fresh) -> None:
    """A router advertises all of its on-link prefixes but the link-local one."""
    wanted = lan(fresh.case)
    found = [each for message in await messages(fresh) for each in message.every(PrefixInformation)]
    good = any((each.prefix, each.prefix_length) == (wanted.network_address, wanted.prefixlen) for each in found)
    check(good, "a prefix of the link is not advertised", expected=wanted, got=found)


@router("rfc4861:4.6.2-2")
async def test_no_prefix_is_preferred_longer_than_valid(fresh: Fresh) -> None:
    """The preferred lifetime of an advertised prefix is not above its valid lifetime."""
    for each in await prefixes(fresh):
        good = each.preferred_lifetime <= each.valid_lifetime
        check(good, "a prefix is preferred longer than it is valid", got=each)


@router("rfc4861:4.6.2-4a", "rfc4861:6.2.1-8")
async def test_the_link_local_prefix_is_not_advertised(fresh: Fresh) -> None:
    """A router sends no Prefix Information option for the link-local prefix."""
    for each in await prefixes(fresh):
        check(not each.prefix.is_link_local, "the link-local prefix is advertised", got=each)


@router("rfc4861:4.6.2-6")
async def test_the_bits_behind_the_prefix_length_are_zero(fresh: Fresh) -> None:
    """The router sets the bits of the Prefix field behind the prefix length to zero."""
    for each in await prefixes(fresh):
        behind = int(each.prefix) & ((1 << 128 - each.prefix_length) - 1)
        check(not behind, "bits behind the prefix length are set", got=f"{each.prefix}/{each.prefix_length}")


@router("rfc4861:6.2.1-5a")
async def test_the_reachable_time_is_an_hour_at_most(fresh: Fresh) -> None:
    """The advertised Reachable Time is at most 3,600,000 ms."""
    for each in await messages(fresh):
        check(each.reachable_time <= LONGEST_REACHABLE_MS, "the Reachable Time is too long", got=each.reachable_time)


@router("rfc4861:6.2.1-6a")
async def test_the_router_lifetime_is_within_bounds(fresh: Fresh) -> None:
    """The Router Lifetime is 0, or between MaxRtrAdvInterval, which is 4 s or more, and 9000 s."""
    least_s = float(fresh.case.ixit["ipv6"].get("advertised", {}).get("most_interval_s", LEAST_INTERVAL_S))
    for each in await messages(fresh):
        good = each.router_lifetime == 0 or least_s <= each.router_lifetime <= LONGEST_LIFETIME_S
        got = each.router_lifetime
        check(good, "the Router Lifetime is out of bounds", expected=f"0, or {least_s:g} to 9000 s", got=got)


@both("rfc4861:9-4")
async def test_no_message_is_larger_than_the_link_takes(fresh: Fresh) -> None:
    """No message of Neighbor Discovery exceeds the MTU of the link."""
    await fresh.up()
    await fresh.watch.next(passing=Frame, within_s=1.0)
    sizes = [frame.size for frame in fresh.heard if isinstance(frame.message, NdMessage)]
    if not sizes:
        raise Unready("no message of Neighbor Discovery came")
    most = fresh.lan.mtu
    check(max(sizes) <= most, "a message is larger than the link takes", expected=f"{most} octets", got=max(sizes))


# RFC 4191.


@router("rfc4191:2.1-1")
async def test_the_reserved_preference_is_not_sent(fresh: Fresh) -> None:
    """A router never sends the preference 10, neither for itself nor for a route."""
    for message in await messages(fresh):
        check(message.preference != RESERVED, "the preference of the router is 10")
        routes = message.every(RouteInformation)
        check(all(each.preference != RESERVED for each in routes), "the preference of a route is 10", got=routes)


@router("rfc4191:2.2-1a")
async def test_without_lifetime_the_preference_is_medium(fresh: Fresh) -> None:
    """An advertisement with Router Lifetime 0 has preference 00."""
    for message in await messages(fresh):
        good = message.router_lifetime or not message.preference
        check(good, "a router of lifetime 0 has a preference", got=message.preference)


@router("rfc4191:2.3-3")
async def test_no_route_is_told_twice(fresh: Fresh) -> None:
    """No advertisement holds two Route Information options with the same prefix and length."""
    for message in await messages(fresh):
        routes = [(each.prefix, each.prefix_length) for each in message.every(RouteInformation)]
        check(len(routes) == len(set(routes)), "a route is told twice", got=routes)
