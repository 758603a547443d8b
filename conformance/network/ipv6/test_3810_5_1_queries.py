"""RFC 3810, 5.1, 6.2 and 8.1: which queries a listener takes, whatever stands in fields that mean nothing to it."""

from collections.abc import Callable
from ipaddress import IPv6Address
from typing import Any

import pytest

from conformance.engine import lasts, negative, uses

from .bind import both
from .fresh import Fresh
from .listening import GROUP, Listener, listener
from .wire import Frame, MulticastListenerQuery, UnknownIcmpv6
from .wire.addresses import ALL_NODES, solicited_node

pytestmark = [uses("product", exclusive=True), lasts(10)]
RESPONSE_S = 1.0
WAIT_S = 2.0
WIDE = IPv6Address("2001:db8:a::77")


async def taken(alone: Fresh, make: Callable[[Listener], Frame]) -> None:
    """A query is answered."""
    asked = await listener(alone)
    await asked.querier.send(make(asked))
    await asked.answer(RESPONSE_S)


async def ignored(alone: Fresh, make: Callable[[Listener], Frame], why: str) -> None:
    """A query is not answered, where a right one is."""
    asked = await listener(alone)
    await asked.querier.send(make(asked))
    await asked.no_answer(WAIT_S, why)
    await asked.ask()
    await asked.answer(RESPONSE_S)


@both("rfc3810:5.1.1-1b")
@pytest.mark.parametrize("code", [1, 255])
async def test_the_code_of_a_query_is_ignored(alone: Fresh, code: int) -> None:
    """A listener takes no notice of the Code of a query."""
    await taken(alone, lambda asked: asked.query(code=code))


@both("rfc3810:5.1.4-1b")
@pytest.mark.parametrize("fields", [{"reserved": 0xFFFF}, {"resv": 0xF}], ids=["reserved", "before-S"])
async def test_reserved_bits_of_a_query_are_ignored(alone: Fresh, fields: dict[str, Any]) -> None:
    """A listener takes no notice of the reserved bits of a query."""
    await taken(alone, lambda asked: asked.query(**fields))


@both("rfc3810:5.1.12-1")
@pytest.mark.parametrize("octets", [1, 8, 100])
async def test_further_octets_of_a_query_are_ignored(alone: Fresh, octets: int) -> None:
    """Octets behind the last field of a query count for its checksum and for nothing else."""
    await taken(alone, lambda asked: asked.query(extra=bytes(range(1, octets + 1))))


@both("rfc3810:5.1.15-1")
@pytest.mark.parametrize("to", ["own-address", "own-group"])
async def test_a_query_to_any_address_of_the_node_counts(alone: Fresh, to: str) -> None:
    """A listener takes a query that is sent to any of its addresses on the interface, also to just one of them."""
    own = alone.node.link_local
    destination = {"own-address": own, "own-group": solicited_node(own)}[to]
    await taken(alone, lambda asked: asked.query(to=destination))


@both("rfc3810:5.1.2-1")
@negative
async def test_a_query_with_a_wrong_checksum_is_discarded(alone: Fresh) -> None:
    """The checksum is verified before anything else is done with a message."""
    await ignored(alone, lambda asked: asked.query(checksum=0x1234), "a query with a wrong checksum was answered")


@both("rfc3810:5.1.14-2a", "rfc3810:6.2-1")
@pytest.mark.parametrize("source", [IPv6Address("::"), WIDE], ids=["unspecified", "wider-scope"])
@negative
async def test_a_query_from_no_link_local_address_is_discarded(alone: Fresh, source: IPv6Address) -> None:
    """A query that comes from the unspecified address, or from any that is not link-local, is discarded."""
    await ignored(alone, lambda asked: asked.query(source=source), f"a query from {source} was answered")


@both("rfc3810:6.2-2")
@pytest.mark.parametrize("hop_limit", [2, 255])
@negative
async def test_a_query_with_another_hop_limit_is_dropped(alone: Fresh, hop_limit: int) -> None:
    """A query whose hop limit is not 1 is dropped."""
    await ignored(alone, lambda asked: asked.query(hop_limit=hop_limit), "a query from further away was answered")


@both("rfc3810:6.2-3")
@negative
async def test_a_query_without_router_alert_is_dropped(alone: Fresh) -> None:
    """A query without a Router Alert option is dropped."""
    await ignored(alone, lambda asked: asked.query(alert=False), "a query without Router Alert was answered")


@both("rfc3810:5-4")
@pytest.mark.parametrize("kind", [200, 254])
@negative
async def test_a_message_of_unknown_type_is_ignored(alone: Fresh, kind: int) -> None:
    """A message of a type that is not known is ignored: it is no query."""
    message = UnknownIcmpv6(type=kind, data=bytes(24))
    await ignored(alone, lambda asked: asked.packet(message, to=ALL_NODES), "a message of unknown type was answered")


@both("rfc3810:8.1-1b")
@pytest.mark.parametrize("octets", [8, 20, 23, 25, 26, 27])
@negative
async def test_a_query_of_another_length_is_ignored(alone: Fresh, octets: int) -> None:
    """A query that is neither 24 octets long nor 28 or more is ignored."""
    whole = bytes((0, 100)) + bytes(30)
    message = UnknownIcmpv6(type=MulticastListenerQuery.type, data=whole[: octets - 4])
    await ignored(alone, lambda asked: asked.packet(message, to=ALL_NODES), f"a query of {octets} octets was answered")


@both("rfc3810:6.2-5")
async def test_a_query_about_another_group_gets_no_answer(alone: Fresh) -> None:
    """A query about a group that the node does not listen to gets no answer."""
    await ignored(
        alone,
        lambda asked: asked.query(multicast_address=GROUP, to=ALL_NODES),
        "a group that nobody joined was reported",
    )
