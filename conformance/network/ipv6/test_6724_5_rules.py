"""RFC 6724, 2.1, 3 and 5: a host's choice among addresses of several prefixes."""

import pytest

from conformance.engine import uses

from .bind import host
from .provide import Fresh
from .sources import FIRST, LOCAL, SECOND, SIX_TO_FOUR, several

pytestmark = uses("product", exclusive=True)


@host("rfc6724:2.1-2")
async def test_unique_local_addresses_have_a_label(alone: Fresh) -> None:
    """By the default policy table unique local addresses talk to each other, and global ones to all others."""
    addresses = await several(alone, (FIRST, LOCAL))
    await addresses.expect("fd77:1::1", LOCAL)
    await addresses.expect("2001:db8:77::1", FIRST)
    await addresses.expect("f800::1", FIRST)


@host("rfc6724:3.3-1")
@pytest.mark.parametrize("to", ["2002:c000:202::1", "2002:a00:1::1"])
async def test_a_6to4_address_is_of_global_scope(alone: Fresh, to: str) -> None:
    """An address that embeds an IPv4 address counts as of global scope, whatever that one's is."""
    await (await several(alone, (FIRST,))).expect(to, FIRST, scoped=True)


@host("rfc6724:3.4-2")
@pytest.mark.parametrize("to", ["4000::1", "a000::1", "e000::1", "f000::1"])
async def test_an_address_of_no_known_format_is_of_global_scope(alone: Fresh, to: str) -> None:
    """An address of a format that is not defined yet counts as of global scope."""
    await (await several(alone, (FIRST,))).expect(to, FIRST, scoped=True)


@host("rfc6724:5-3")
@pytest.mark.parametrize("deprecated", [FIRST, SECOND], ids=["first", "second"])
async def test_a_deprecated_source_is_avoided(alone: Fresh, deprecated: object) -> None:
    """Rule 3: of two sources that are equal otherwise the preferred one goes before the deprecated one."""
    addresses = await several(alone, (FIRST, SECOND))
    old, other = (FIRST, SECOND) if deprecated == FIRST else (SECOND, FIRST)
    await addresses.deprecate(old)
    await addresses.expect("2001:db8:f000::1", other)


@host("rfc6724:5-6")
async def test_the_label_of_the_destination_is_preferred(alone: Fresh) -> None:
    """Rule 6: the source that has the label of the destination is chosen, though another shares more leading bits."""
    addresses = await several(alone, (FIRST, SIX_TO_FOUR))
    await addresses.expect("2003::1", FIRST)


@host("rfc6724:5-8")
async def test_the_longer_common_prefix_is_preferred(alone: Fresh) -> None:
    """Rule 8: the source that shares more leading bits with the destination is chosen."""
    addresses = await several(alone, (FIRST, SECOND))
    await addresses.expect("2001:db8:4:1::1", FIRST)
    await addresses.expect("2001:db8:8:1::1", SECOND)


@host("rfc6724:5-9")
async def test_rules_are_taken_in_order(alone: Fresh) -> None:
    """A rule decides only between sources that the rules before it left equal: scope first, then age, then bits."""
    addresses = await several(alone, (FIRST, SECOND))
    await addresses.deprecate(FIRST)
    await addresses.expect("2001:db8:4:1::1", SECOND)
    await addresses.deprecate(FIRST, SECOND)
    await addresses.expect("2001:db8:4:1::1", FIRST, scoped=True)
