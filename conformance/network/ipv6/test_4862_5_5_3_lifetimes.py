"""RFC 4862, 5.5.3 e and 5.5.4: how long an address is preferred, and how long it is valid."""

from ipaddress import IPv6Address, IPv6Network

import pytest

from conformance.engine import Unready, check, lasts, uses

from .bind import host
from .prefixes import AWAY, GOOD, OTHER, Giver, lasting, of, shown
from .provide import Fresh
from .station import packet
from .tentative import elapse
from .wire import EchoRequest

pytestmark = [uses("product", exclusive=True), lasts(30)]
SHORT_S = 10
SETTLED_S = 1.5
"""By now a host has done what an advertisement says."""
HOURS_S = 3 * 3600


async def given(alone: Fresh, valid_s: int, preferred_s: int | None = None) -> tuple[Giver, float]:
    """A host with an address of GOOD of these lifetimes, and when it was told of them."""
    giver = Giver(alone)
    await giver.give(lasting(valid_s, preferred_s))
    told_s = alone.case.now_s
    await giver.address(GOOD)
    return giver, told_s


async def until(alone: Fresh, told_s: float, seconds: float) -> None:
    """Let so many seconds pass since then."""
    await elapse(alone, told_s + seconds - alone.case.now_s)


async def both_prefixes(alone: Fresh, preferred_s: int, valid_s: int = 7200) -> Giver:
    """A host with an address of GOOD, preferred so long, and one of OTHER."""
    giver = Giver(alone)
    await giver.give(lasting(valid_s, preferred_s), OTHER)
    for prefix in (GOOD, OTHER):
        await giver.address(prefix)
    return giver


def made_of(alone: Fresh, prefix: IPv6Network) -> IPv6Address:
    """The address that the host has made of a prefix."""
    return next(shown(frame) for frame in alone.heard if of(prefix).matches(frame))


@host("rfc4862:5.5.3e-0")
@pytest.mark.parametrize("valid_s", [100, 7200], ids=["valid-ignored", "valid-taken"])
async def test_the_preferred_lifetime_is_always_taken(alone: Fresh, valid_s: int) -> None:
    """An advertisement of a known prefix sets the preferred lifetime, also where it does not set the valid one."""
    giver = await both_prefixes(alone, 3600)
    for gone, stays in ((GOOD, OTHER), (OTHER, GOOD)):
        await giver.give(lasting(7200, 3600, stays), lasting(valid_s, 0, gone))
        source = await giver.source_once(stays)
        check(source in stays, "the host uses an address that is not preferred any more", expected=stays, got=source)


@host("rfc4862:5.5.3e-1")
async def test_a_longer_valid_lifetime_is_taken(alone: Fresh) -> None:
    """A valid lifetime above the one that remains is taken as it is: the address lives on."""
    giver, told_s = await given(alone, SHORT_S)
    address = made_of(alone, GOOD)
    await giver.give(lasting(2 * SHORT_S))
    await until(alone, told_s, SHORT_S + 3)
    check(await giver.has(address), "the address has not taken the longer lifetime", timing=True)


@host("rfc4862:5.5.3e-1")
async def test_a_longer_valid_lifetime_ends_too(alone: Fresh) -> None:
    """A valid lifetime above the one that remains is taken as it is: the address lives no longer than that."""
    giver, _ = await given(alone, SHORT_S)
    address = made_of(alone, GOOD)
    await giver.give(lasting(SHORT_S + 4))
    sent_s = alone.case.now_s
    await until(alone, sent_s, SHORT_S + 4 + 2)
    check(not await giver.has(address), "the address outlives its lifetime")


@host("rfc4862:5.5.3e-2")
@pytest.mark.parametrize("valid_s", [0, 1, 3])
async def test_a_short_lifetime_does_not_end_an_address(alone: Fresh, valid_s: int) -> None:
    """While two hours or less remain, a valid lifetime below that is ignored."""
    giver, _ = await given(alone, 7000)
    address = made_of(alone, GOOD)
    await giver.give(lasting(valid_s))
    await elapse(alone, valid_s + 2)
    check(await giver.has(address), "a short valid lifetime has ended an address")


@host("rfc4862:5.5.3e-3")
@pytest.mark.parametrize("valid_s", [0, 3])
async def test_a_short_lifetime_counts_as_two_hours(alone: Fresh, valid_s: int) -> None:
    """While more than two hours remain, a valid lifetime of two hours or less counts as two hours."""
    giver, _ = await given(alone, HOURS_S)
    address = made_of(alone, GOOD)
    await giver.give(lasting(valid_s))
    await elapse(alone, valid_s + 2)
    check(await giver.has(address), "a short valid lifetime has ended an address")


@host("rfc4862:5.5.4-2a")
async def test_a_deprecated_address_still_answers(alone: Fresh) -> None:
    """A host takes packets to an address that is deprecated, and answers from it."""
    giver, told_s = await given(alone, 7200, 4)
    await until(alone, told_s, 5)
    address = made_of(alone, GOOD)
    check(await giver.answers(address), "a deprecated address does not answer")


@host("rfc4862:5.5.4-1a")
async def test_a_deprecated_address_begins_nothing(alone: Fresh) -> None:
    """A host does not begin communication from a deprecated address while it has a preferred one."""
    giver = await both_prefixes(alone, 3600)
    for gone, stays in ((GOOD, OTHER), (OTHER, GOOD)):
        await giver.give(lasting(7200, 3600, stays), lasting(7200, 0, gone))
        await elapse(alone, SETTLED_S)
        if not await alone.case.act(alone.site, "ping", address=str(AWAY)):
            raise Unready("nobody can make the host send")
        frame = await giver.router.ready(packet(EchoRequest))
        source = frame.ip.source
        check(source in stays, "the host begins with a deprecated address", expected=stays, got=source)


@host("rfc4862:5.5.4-4b")
async def test_an_invalid_address_is_not_answered_for(alone: Fresh) -> None:
    """A host takes no packets to an address whose valid lifetime has run out."""
    giver, told_s = await given(alone, SHORT_S)
    address = made_of(alone, GOOD)
    await until(alone, told_s, SHORT_S + 2)
    check(not await giver.answers(address), "an invalid address answers")


@host("rfc4862:5.5.4-4a")
async def test_an_invalid_address_sends_nothing(alone: Fresh) -> None:
    """A host sends nothing from an address whose valid lifetime has run out."""
    giver, told_s = await given(alone, SHORT_S)
    address = made_of(alone, GOOD)
    await until(alone, told_s, SHORT_S + 2)
    alone.watch.arrived(object)
    await giver.has(address)
    await giver.router.send(giver.router.frame(giver.router.echo(), to=address))
    await giver.source()
    late = [frame for frame in alone.watch.arrived(object) if frame.ip and frame.ip.source == address]
    check(not late, "something comes from an invalid address", expected=f"nothing from {address}", got=late)
