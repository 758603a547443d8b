"""RFC 4291, 2.7: groups that the product sends to, listens to, and has nothing to do with."""

from ipaddress import IPv6Address

import pytest

from conformance.engine import a, negative

from .bind import both
from .memberships import groups
from .provide import Station
from .provoking import has, settled, unknown_option
from .station import CHATTER, demand, packet
from .wire import DestinationUnreachable, Frame, NeighborSolicitation
from .wire.addresses import ALL_NODES, multicast_mac, scope, solicited_node

SCOPE_0 = ["ff00::1", "ff00::2", "ff10::4291"]
RESERVED = [f"ff0{digit:x}::" for digit in (1, 2, 3, 5, 8, 14)]
"""Groups of which the identifier is 0."""
UNREACHABLE = packet(DestinationUnreachable)
"""A router may say that it knows no way to a group, though RFC 4443 forbids it to."""
ALL_NODES_SCOPES = (1, 2)
ALL_ROUTERS_SCOPES = (1, 2, 5)
WRONG_SCOPES = ["ff03::1", "ff05::1", "ff08::1", "ff0e::1", "ff03::2", "ff08::2", "ff0e::2"]


async def silent(tester: Station, first: int) -> None:
    """The product sends nothing to a group that begins so, whoever wants it to; where nobody can, what it sends anyway
    is heard. No other case hears a group that is chosen so.
    """
    group = IPv6Address(first << 112 | tester.case.rng.getrandbits(32))
    tester.channel.join(multicast_mac(group))
    async with tester.case.site() as site:
        asked = await tester.case.act(site, "ping", address=str(group))
    if not asked:
        await tester.send(tester.frame(tester.echo(), to=ALL_NODES), unknown_option(tester, to=ALL_NODES))
    await tester.expect_nothing(passing=a(Frame, ip=lambda ip: ip is None or ip.destination != group))


@both("rfc4291:2.7-2a")
@pytest.mark.parametrize("first", [0xFF00, 0xFF10], ids=["permanent", "transient"])
async def test_nothing_is_sent_to_scope_0(tester: Station, first: int) -> None:
    """Nothing is sent to a group of scope 0."""
    await silent(tester, first)


@both("rfc4291:2.7-2c")
@pytest.mark.parametrize("first", [0xFF0F, 0xFF1F], ids=["permanent", "transient"])
async def test_nothing_is_sent_to_scope_f(tester: Station, first: int) -> None:
    """Nothing is sent to a group of scope F."""
    await silent(tester, first)


async def unanswered(tester: Station, group: str) -> None:
    """A packet to a group gets no answer."""
    for frame in (tester.frame(tester.echo(), to=IPv6Address(group)), unknown_option(tester, to=IPv6Address(group))):
        await tester.send(frame)
        await settled(tester, passing=CHATTER | UNREACHABLE)


@both("rfc4291:2.7-2b")
@pytest.mark.parametrize("group", SCOPE_0)
@negative
async def test_a_packet_to_scope_0_is_dropped(tester: Station, group: str) -> None:
    """A packet to a group of scope 0 is silently dropped."""
    await unanswered(tester, group)


@both("rfc4291:2.7.1-1")
@pytest.mark.parametrize("group", RESERVED)
@negative
async def test_a_reserved_group_is_not_answered_on(tester: Station, group: str) -> None:
    """A group whose identifier is 0 is no group of the product's: a packet to it is not answered."""
    await unanswered(tester, group)


@both("rfc4291:2.7.1-2")
@pytest.mark.parametrize("group", WRONG_SCOPES)
@negative
async def test_well_known_groups_have_their_scopes(tester: Station, group: str) -> None:
    """All nodes and all routers are groups of the scopes for which they are defined: others are not answered on."""
    await unanswered(tester, group)


def told(addresses: list[IPv6Address]) -> str:
    """Addresses for people."""
    return ", ".join(map(str, addresses))


@both("rfc4291:2.7-4")
async def test_the_first_flag_of_groups_is_0(tester: Station) -> None:
    """The high-order flag of the groups that the product listens to is 0."""
    wrong = [each for each in await groups(tester) if each.packed[1] & 0x80]
    demand(not wrong, "groups whose first flag is 0", told(wrong))


@both("rfc4291:2.7.1-1")
async def test_reserved_groups_are_not_reported(tester: Station) -> None:
    """The product does not report a group whose identifier is 0."""
    wrong = [each for each in await groups(tester) if not int(each) & (1 << 112) - 1]
    demand(not wrong, "groups whose identifier is not 0", told(wrong))


def is_misused(group: IPv6Address) -> bool:
    """Whether a group of nodes, routers or solicited nodes has a scope that is not defined for it."""
    identifier = int(group) & (1 << 112) - 1
    if group.packed[1] & 0xF0:
        return False
    if identifier == 1:
        return scope(group) not in ALL_NODES_SCOPES
    if identifier == 2:
        return scope(group) not in ALL_ROUTERS_SCOPES
    return identifier >> 24 == 0x1FF and scope(group) != 2


@both("rfc4291:2.7.1-2")
async def test_well_known_groups_are_reported_with_their_scopes(tester: Station) -> None:
    """The product reports no group of nodes, routers or solicited nodes with another scope than defined for it."""
    wrong = [each for each in await groups(tester) if is_misused(each)]
    demand(not wrong, "such groups with the scopes defined for them", told(wrong))


@both("rfc4291:2.7.1-3")
@pytest.mark.parametrize("low", [0x654321, 0xFEDCBA, 0x000042], ids=["654321", "fedcba", "000042"])
async def test_a_solicited_node_address_has_the_low_24_bits(tester: Station, low: int) -> None:
    """The solicited-node address is ff02::1:ff00:0/104 and the low 24 bits of the address that is asked for."""
    asker = IPv6Address(int(tester.address) >> 24 << 24 | low)
    for bits in (low, low ^ 1, low ^ 0x800000, low ^ 0x010000, low & 0xFFFF):
        tester.channel.join(b"\x33\x33\xff" + bits.to_bytes(3))
    await tester.send(tester.frame(tester.echo(), to=tester.product.address, source=asker))
    frame = await tester.expect_of_any(packet(NeighborSolicitation, target=asker), passing=a(Frame))
    destination = frame.ip.destination if frame.ip else None
    demand(destination == solicited_node(asker), str(solicited_node(asker)), destination)


@both("rfc4291:2.7.1-4")
@pytest.mark.parametrize("wider", [False, True], ids=["link-local", "wider"])
async def test_the_group_of_each_address_is_joined(tester: Station, wider: bool) -> None:
    """The product joins the solicited-node group of each of its addresses, which it hears and reports."""
    address = (wider and tester.product.address) or tester.product.link_local
    demand(await has(tester, address), f"an answer to what is sent to {solicited_node(address)}", "none")
    reported = await groups(tester)
    demand(solicited_node(address) in reported, f"a report of {solicited_node(address)}", told(sorted(reported)))
