"""RFC 4861, 7.2.5 (and RFC 9131, 6.1.1): what an advertisement does where there is no entry, or an INCOMPLETE one."""

import pytest

from conformance.engine import lasts

from .bind import both, host, router
from .provide import Neighbour
from .resolving import PROBED_S, UNPROBED_S, at
from .station import reply_to

O_FLAG = pytest.mark.parametrize("override", [False, True], ids=["O clear", "O set"])
FLAGS = pytest.mark.parametrize(
    ("solicited", "override"),
    [(False, False), (False, True), (True, False), (True, True)],
    ids=["neither", "override", "solicited", "both"],
)


# No entry.


async def unknown(neighbour: Neighbour) -> None:
    """Advertisements of a node that the product knows nothing of; then it needs its address."""
    for solicited in (False, True):
        await neighbour.send(neighbour.advertised(neighbour.mac, solicited=solicited, override=True))
    await neighbour.use()
    await neighbour.expect_asked(neighbour.asks(), why="an entry was created")


@host("rfc4861:7.2.5-1")
async def test_a_host_creates_no_entry(neighbour: Neighbour) -> None:
    """No entry: a host discards the advertisement and creates none."""
    await unknown(neighbour)


@router("rfc4861:7.2.5-1a")
async def test_a_router_creates_no_entry(neighbour: Neighbour) -> None:
    """No entry: a router that does not create entries ahead of traffic discards the advertisement."""
    await unknown(neighbour)


# INCOMPLETE.


@both("rfc4861:7.2.5-2")
@FLAGS
async def test_an_advertisement_without_address_does_not_resolve(
    neighbour: Neighbour, solicited: bool, override: bool
) -> None:
    """INCOMPLETE, no Target Link-Layer Address option: the advertisement is discarded and resolution goes on."""
    request = await neighbour.incomplete()
    await neighbour.send(neighbour.advertised(None, solicited=solicited, override=override))
    await neighbour.expect_nothing("an advertisement without an address ends resolution")
    await neighbour.send(neighbour.advertised(neighbour.mac, solicited=True, override=True))
    await neighbour.ready(reply_to(request))


@both("rfc4861:7.2.5-3a")
async def test_what_waits_goes_to_the_address_advertised(neighbour: Neighbour) -> None:
    """INCOMPLETE, Target Link-Layer Address option present: it is recorded, and the waiting packets go to it."""
    request = await neighbour.incomplete()
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, solicited=True, override=True))
    await neighbour.expect(at(neighbour.elsewhere, request))
    await neighbour.expect_reply_at(neighbour.elsewhere)


@both("rfc4861:7.2.5-3b")
@O_FLAG
@lasts(UNPROBED_S)
async def test_a_solicited_advertisement_makes_the_entry_reachable(neighbour: Neighbour, override: bool) -> None:
    """INCOMPLETE, address present, S set: the entry becomes REACHABLE."""
    request = await neighbour.incomplete()
    await neighbour.send(neighbour.advertised(neighbour.mac, solicited=True, override=override))
    await neighbour.ready(reply_to(request))
    await neighbour.shows_reachable()


@both("rfc4861:7.2.5-3c")
@O_FLAG
@lasts(PROBED_S)
async def test_an_unsolicited_advertisement_makes_the_entry_stale(neighbour: Neighbour, override: bool) -> None:
    """INCOMPLETE, address present, S clear: the entry becomes STALE; the packets that waited are its first use."""
    request = await neighbour.incomplete()
    await neighbour.send(neighbour.advertised(neighbour.mac, override=override))
    await neighbour.ready(reply_to(request))
    await neighbour.shows_stale()


@both("rfc4861:7.2.5-3d")
@FLAGS
async def test_the_o_flag_makes_no_difference(neighbour: Neighbour, solicited: bool, override: bool) -> None:
    """INCOMPLETE, address present: it is recorded whether the O flag is set or clear."""
    await neighbour.incomplete()
    await neighbour.send(neighbour.advertised(neighbour.mac, solicited=solicited, override=override))
    await neighbour.resolved()


# No entry, RFC 9131.


@router("rfc9131:6.1.1-1a")
async def test_a_router_creates_an_entry_ahead_of_traffic(neighbour: Neighbour) -> None:
    """No entry, Target Link-Layer Address option present: the router has an entry before the first packet comes."""
    await neighbour.send(neighbour.advertised(neighbour.mac))
    request = await neighbour.use()
    await neighbour.expect(at(neighbour.mac, request), passing=neighbour.unrelated)


@router("rfc9131:6.1.1-1b")
@lasts(PROBED_S)
async def test_an_entry_made_ahead_of_traffic_is_stale(neighbour: Neighbour) -> None:
    """An entry that an unsolicited advertisement creates is STALE."""
    await neighbour.send(neighbour.advertised(neighbour.mac))
    await neighbour.shows_stale()


@router("rfc9131:6.1.1-1c")
async def test_an_advertisement_without_address_creates_none(neighbour: Neighbour) -> None:
    """No entry, no Target Link-Layer Address option: the router discards the advertisement."""
    await neighbour.send(neighbour.advertised(None))
    await neighbour.use()
    await neighbour.expect_asked(neighbour.asks(), why="an entry was created")
