"""RFC 4861, 7.2.1: the groups that the product is a member of."""

from ipaddress import IPv6Address, IPv6Network
from typing import Any

import pytest

from conformance.engine import Silence, Unready, a, outcome, uses

from .bind import both
from .provide import Fresh, Station
from .resolving import NO_ANSWER, TO_ALL, Neighbour, to
from .station import packet, reply_to
from .wire import (
    Frame,
    MulticastListenerDone,
    MulticastListenerReportV2,
    NeighborAdvertisement,
    NeighborSolicitation,
    RecordType,
    SourceLinkLayerAddress,
)
from .wire.addresses import ALL_NODES, solicited_node

MANUAL = IPv6Network("2001:db8:5::/64")
LEAVES_S = 10.0
"""By then a node has told that it leaves a group, and told it again."""


async def answers_for(tester: Station, target: IPv6Address) -> None:
    """The product answers a solicitation that goes to the group of one of its addresses. Raises Nonconformity."""
    question = NeighborSolicitation(target=target, options=(SourceLinkLayerAddress(address=tester.mac),))
    await tester.send(tester.frame(question, to=solicited_node(target), source=tester.link_local, hop_limit=255))
    why = f"the product does not hear what is sent to the group of {target}"
    await tester.expect(
        packet(NeighborAdvertisement, target=target, ip=to(tester.link_local)), passing=NO_ANSWER | TO_ALL, why=why
    )


@both("rfc4861:7.2.1-1a")
async def test_the_product_hears_what_is_sent_to_all_nodes(neighbour: Neighbour) -> None:
    """The product is a member of the group of all nodes: it answers a request to it, or takes an advertisement."""
    request = neighbour.echo()
    await neighbour.send(neighbour.frame(request, to=ALL_NODES))
    event = await neighbour.next(passing=object, until=outcome(reply_to(request)))
    if not isinstance(event, Silence):
        return
    await neighbour.reachable(neighbour.elsewhere)
    told = neighbour.advertised(neighbour.mac, override=True).message
    assert told
    await neighbour.send(neighbour.frame(told, to=ALL_NODES, source=neighbour.address, hop_limit=255))
    await neighbour.expect_reply_at(neighbour.mac, why="nothing that is sent to all nodes is heard")


@both("rfc4861:7.2.1-1b")
@pytest.mark.parametrize("wider", [False, True], ids=["link-local", "wider"])
async def test_the_product_hears_what_is_sent_to_its_groups(tester: Station, wider: bool) -> None:
    """The product is a member of the solicited-node multicast group of each of its addresses."""
    await answers_for(tester, (wider and tester.product.address) or tester.product.link_local)


async def changed(alone: Fresh, act: str, address: IPv6Address) -> None:
    """Have an address added or removed. Raises Unready where nobody can."""
    if not await alone.case.act(alone.site, act, address=str(address)):
        raise Unready(f"the testbed names no command for the act {act}")


async def added(alone: Fresh, address: IPv6Address) -> Station:
    """The product has one more address; a station that it knows."""
    await changed(alone, "add_address", address)
    await alone.configured(IPv6Network(address))
    tester = alone.station()
    await tester.greet()
    return tester


def leaves(group: IPv6Address) -> Any:
    """A message by which a node leaves a group."""

    def left(message: Any) -> bool:
        """that tells that the group is left"""
        if isinstance(message, MulticastListenerDone):
            return message.multicast_address == group
        records = message.records if isinstance(message, MulticastListenerReportV2) else ()
        return any(
            each.multicast_address == group
            and each.record_type == RecordType.CHANGE_TO_INCLUDE_MODE
            and not each.sources
            for each in records
        )

    return a(Frame, message=left)


@both("rfc4861:7.2.1-2a")
@uses("product", exclusive=True)
async def test_a_group_comes_and_goes_with_its_address(alone: Fresh) -> None:
    """An address that is added brings its solicited-node multicast group, which goes when the address is removed."""
    address = MANUAL[0xABCDEF]
    tester = await added(alone, address)
    await answers_for(tester, address)
    await changed(alone, "remove_address", address)
    await alone.sees(leaves(solicited_node(address)), within_s=LEAVES_S, why="the group of the address is not left")


@both("rfc4861:7.2.1-2b")
@uses("product", exclusive=True)
async def test_a_group_stays_while_another_address_needs_it(alone: Fresh) -> None:
    """A group is not left while another address maps to it."""
    other = alone.node.link_local
    address = MANUAL[0xAB000000 | int(other) & 0xFFFFFF]
    tester = await added(alone, address)
    await changed(alone, "remove_address", address)
    await answers_for(tester, other)
