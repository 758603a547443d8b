"""RFC 4291, 2.6.1 and 2.8: the addresses that the product recognises as its own."""

from ipaddress import IPv6Address

import pytest

from .anycast import access
from .bind import both, router
from .memberships import groups, is_solicited_node
from .provide import Station
from .provoking import PROBLEM, has, unknown_option
from .station import CHATTER, demand, reply_to
from .wire.addresses import ALL_NODES, ALL_ROUTERS, solicited_node


def there(station: Station) -> IPv6Address:
    """The product's address of wider scope, where it has one."""
    return station.product.address or station.product.link_local


async def recognised(station: Station, address: IPv6Address) -> None:
    """An Echo Request to an address is answered, from wherever it comes."""
    for source in (station.link_local, station.address):
        request = station.echo()
        await station.send(station.frame(request, to=address, source=source))
        await station.expect_reply(request)


async def reached(tester: Station, group: IPv6Address) -> None:
    """What is sent to a group causes an answer: a reply, or an error about an option that is told of everywhere."""
    request, behind = tester.echo(), tester.echo(b"behind")
    answers = reply_to(request) | PROBLEM
    await tester.send(tester.frame(request, to=group), unknown_option(tester, to=group), tester.frame(behind))
    await tester.ready(reply_to(behind), passing=CHATTER | answers)
    if not tester.arrived(answers):
        await tester.send(tester.frame(request, to=group), unknown_option(tester, to=group))
        await tester.expect(answers)


@both("rfc4291:2.8-1a")
async def test_the_link_local_address_is_recognised(tester: Station) -> None:
    """The product recognises its link-local address as its own."""
    await recognised(tester, tester.product.link_local)


@router("rfc4291:2.8-1a")
async def test_the_link_local_address_of_the_far_link_is_recognised(far: Station) -> None:
    """The product recognises the link-local address of each interface as its own."""
    await recognised(far, far.product.link_local)


@both("rfc4291:2.8-1b")
async def test_a_wider_address_is_recognised(tester: Station) -> None:
    """The product recognises each further unicast address as its own."""
    await recognised(tester, there(tester))


@router("rfc4291:2.8-1b")
async def test_the_address_of_the_far_link_is_recognised(tester: Station, far: Station) -> None:
    """The product recognises the addresses of all its interfaces as its own."""
    request = tester.echo()
    await tester.send(tester.frame(request, to=there(far)))
    await tester.expect_reply(request)


@both("rfc4291:2.8-1d")
async def test_all_nodes_is_recognised(tester: Station) -> None:
    """The product recognises the address of all nodes."""
    await reached(tester, ALL_NODES)


@both("rfc4291:2.8-1e")
@pytest.mark.parametrize("wider", [False, True], ids=["link-local", "wider"])
async def test_solicited_node_addresses_are_recognised(tester: Station, wider: bool) -> None:
    """The product recognises the solicited-node address of each of its addresses."""
    address = there(tester) if wider else tester.product.link_local
    demand(await has(tester, address), f"an answer to what is sent to {solicited_node(address)}", "none")


@both("rfc4291:2.8-1f")
async def test_other_groups_are_recognised(tester: Station) -> None:
    """The product recognises the addresses of the other groups that it says it listens to."""
    others = [each for each in await groups(tester) if not is_solicited_node(each) and each != ALL_NODES]
    if not others:
        tester.case.not_applicable("the product listens to no other group", "产品不侦听其他组")
    for group in sorted(others):
        await reached(tester, group)


@both("rfc4291:2.8-1g")
async def test_an_anycast_address_is_recognised(tester: Station) -> None:
    """The product recognises an anycast address that it was given."""
    request = tester.echo()
    await tester.send(tester.frame(request, to=access(tester, "anycast")))
    await tester.expect_reply(request)


@router("rfc4291:2.6.1-1", "rfc4291:2.8-2a")
@pytest.mark.parametrize("link", ["near", "far"])
async def test_the_subnet_router_anycast_address_is_recognised(tester: Station, far: Station, link: str) -> None:
    """A router recognises the Subnet-Router anycast address of each of its links."""
    prefix = int((tester if link == "near" else far).address) >> 64 << 64
    request = tester.echo()
    await tester.send(tester.frame(request, to=IPv6Address(prefix)))
    await tester.expect_reply(request)


@router("rfc4291:2.8-2b")
async def test_all_routers_is_recognised(tester: Station) -> None:
    """A router recognises the address of all routers."""
    await reached(tester, ALL_ROUTERS)
