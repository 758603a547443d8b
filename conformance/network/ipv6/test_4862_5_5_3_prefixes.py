"""RFC 4862, 5.5.3 a to d: which prefixes give a host an address."""

from ipaddress import IPv6Address, IPv6Network

import pytest

from conformance.engine import Unready, check, lasts, negative, uses

from .bind import host
from .prefixes import GOOD, LINK, OTHER, Giver, lasting, of
from .provide import Fresh
from .router import as_prefix
from .tentative import elapse, probe

pytestmark = [uses("product", exclusive=True), lasts(8)]


@host("rfc4862:5.5-1a")
async def test_an_advertised_prefix_gives_an_address(alone: Fresh) -> None:
    """A host makes addresses from Router Advertisements without having been configured to."""
    giver = Giver(alone)
    await giver.give(GOOD)
    address = await giver.tried(GOOD)
    check(address and await giver.has(address, within_s=14), "the host makes no address of an advertised prefix")


@host("rfc4862:5.5.3d-1")
@pytest.mark.parametrize("valid_s", [7200, 0xFFFFFFFF], ids=["two-hours", "for-ever"])
async def test_a_new_prefix_and_an_identifier_make_an_address(alone: Fresh, valid_s: int) -> None:
    """A prefix that is new to the host, with a valid lifetime above 0, and an identifier make an address."""
    giver = Giver(alone)
    await giver.give(lasting(valid_s))
    address = await giver.tried(GOOD)
    check(address and await giver.has(address, within_s=14), "the host makes no address of a new prefix")


@host("rfc4862:5.5.3d-1")
async def test_each_prefix_makes_an_address(alone: Fresh) -> None:
    """Each of the prefixes of one advertisement makes an address."""
    giver = Giver(alone)
    await giver.give(GOOD, OTHER)
    for prefix in (GOOD, OTHER):
        address = await giver.tried(prefix)
        check(address and await giver.has(address, within_s=14), f"the host makes no address of {prefix}")


@host("rfc4862:5.4-3a")
@pytest.mark.parametrize("count", [1, 2], ids=["one-prefix", "two-prefixes"])
async def test_each_address_is_asked_for(alone: Fresh, count: int) -> None:
    """Each address is tested by itself, also where another with the same identifier has passed."""
    giver = Giver(alone)
    prefixes = (GOOD, OTHER)[:count]
    await giver.give(*prefixes)
    for prefix in prefixes:
        if await giver.tried(prefix) is None:
            raise Unready(f"the host makes no address of {prefix}")
        first = next(frame for frame in alone.heard if of(prefix).matches(frame))
        check(first.ip and not int(first.ip.source), f"the host uses an address of {prefix} that it has not asked for")


@host("rfc4862:5.5.3a-1")
@pytest.mark.parametrize("on_link", [True, False], ids=["on-link", "nothing"])
async def test_without_the_a_flag_there_is_no_address(alone: Fresh, on_link: bool) -> None:
    """A prefix whose A flag is clear gives no address."""
    giver = Giver(alone)
    await giver.give(as_prefix(OTHER, autonomous=False, on_link=on_link))
    await giver.expect_none(OTHER, why="a prefix without the A flag has given an address")


@host("rfc4862:5.5.3b-1")
@negative
async def test_the_link_local_prefix_gives_no_address(alone: Fresh) -> None:
    """The link-local prefix in an advertisement is ignored: the link-local address does not take its lifetime."""
    giver = Giver(alone)
    await giver.give(lasting(3, prefix=LINK))
    await elapse(alone, 5)
    check(await giver.has(alone.node.link_local), "the link-local address has taken an advertised lifetime")
    seen = [f for f in alone.heard if probe(lambda t: t in LINK and t != alone.node.link_local).matches(f)]
    check(not seen, "the link-local prefix has given a further address", got=seen)


@host("rfc4862:5.5.3c-1")
@negative
async def test_preferred_above_valid_is_ignored(alone: Fresh) -> None:
    """A prefix that would be preferred longer than valid is ignored."""
    giver = Giver(alone)
    await giver.give(lasting(3600, 3601, OTHER))
    await giver.expect_none(OTHER, why="a prefix with preferred above valid lifetime has given an address")


@host("rfc4862:5.5.3d-2")
async def test_a_new_prefix_of_lifetime_0_gives_no_address(alone: Fresh) -> None:
    """A prefix that is new to the host, with valid lifetime 0, gives no address."""
    giver = Giver(alone)
    await giver.give(lasting(0, prefix=OTHER))
    await giver.expect_none(OTHER, why="a prefix with valid lifetime 0 has given an address")


@host("rfc4862:5.5.3d-3")
@pytest.mark.parametrize("length", [48, 63, 65, 96, 128])
@negative
async def test_a_prefix_of_another_length_is_ignored(alone: Fresh, length: int) -> None:
    """A prefix whose length and that of identifiers do not add up to 128 bits is ignored."""
    bits = int(alone.case.claims.get("interface_identifier_bits", 64))
    if length + bits == 128:
        alone.case.not_applicable(f"identifiers have {bits} bits here", f"此处的标识符为 {bits} 位")
    giver = Giver(alone)
    whole = IPv6Address(int(OTHER.network_address) | giver.identifier)
    network = IPv6Network((whole, length), strict=False)
    await giver.give(as_prefix(network, on_link=False))
    await giver.expect_none(OTHER, why=f"a prefix of {length} bits has given an address")
