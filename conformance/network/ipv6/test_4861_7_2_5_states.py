"""RFC 4861, 7.2.5: what a Neighbor Advertisement makes of an entry that is REACHABLE, STALE, DELAY or PROBE."""

import pytest

from conformance.engine import Silence, check, lasts

from .bind import both
from .provide import Neighbour
from .resolving import PROBED_S, RETRANS_S, UNPROBED_S
from .station import random_mac, reply_to

S_FLAG = pytest.mark.parametrize("solicited", [False, True], ids=["unsolicited", "solicited"])
SAME = pytest.mark.parametrize("option", [True, False], ids=["same", "absent"])
CONFIRMS = pytest.mark.parametrize("how", ["same", "absent", "override"])
WHILE_S = 1.5
"""A while within DELAY."""
PROBES_END_S = 2.5 * RETRANS_S
"""Within this time PROBE would have sent another solicitation."""


def confirmation(neighbour: Neighbour, how: str) -> tuple[bytes, bytes | None, bool]:
    """Where the neighbour is afterwards, what the option says, and the O flag."""
    moved = neighbour.elsewhere
    return {
        "same": (neighbour.mac, neighbour.mac, False),
        "absent": (neighbour.mac, None, False),
        "override": (moved, moved, True),
    }[how]


# O clear, another address.


@both("rfc4861:7.2.5-4a")
@lasts(PROBED_S)
async def test_a_contradiction_makes_a_reachable_entry_stale(neighbour: Neighbour) -> None:
    """REACHABLE, O clear, another address: the entry becomes STALE."""
    await neighbour.reachable()
    await neighbour.send(neighbour.advertised(neighbour.elsewhere))
    await neighbour.shows_stale()


@both("rfc4861:7.2.5-4b")
@S_FLAG
async def test_a_contradiction_leaves_the_address_of_a_reachable_entry(neighbour: Neighbour, solicited: bool) -> None:
    """REACHABLE, O clear, another address: the cached address stays."""
    await neighbour.reachable()
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, solicited=solicited))
    await neighbour.expect_reply_at(neighbour.mac)


@both("rfc4861:7.2.5-5a")
@S_FLAG
@lasts(PROBED_S)
async def test_a_contradiction_leaves_a_stale_entry(neighbour: Neighbour, solicited: bool) -> None:
    """STALE, O clear, another address: the entry does not change."""
    await neighbour.stale()
    away = random_mac(neighbour.case.rng)
    neighbour.channel.join(away)
    await neighbour.send(neighbour.advertised(away, solicited=solicited))
    reply = await neighbour.expect(reply_to(await neighbour.use()))
    since_s = neighbour.channel.arrived_at_s
    check(reply.destination != away, "another address was taken without Override")
    await neighbour.expect_reply_at(reply.destination)
    await neighbour.shows_delay(since_s)


@both("rfc4861:7.2.5-5b")
@S_FLAG
@lasts(PROBED_S)
async def test_a_contradiction_leaves_an_entry_in_delay(neighbour: Neighbour, solicited: bool) -> None:
    """DELAY, O clear, another address: the entry does not change."""
    since_s = await neighbour.delay()
    # A product that takes it for a confirmation may see that only where it came well after the entry was used.
    await neighbour.ready(Silence, passing=neighbour.others, within_s=WHILE_S)
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, solicited=solicited))
    await neighbour.expect_reply_at(neighbour.mac)
    await neighbour.shows_delay(since_s, why="an advertisement that does not count was taken for a confirmation")


@both("rfc4861:7.2.5-5c")
@S_FLAG
@lasts(PROBED_S)
async def test_a_contradiction_leaves_an_entry_in_probe(neighbour: Neighbour, solicited: bool) -> None:
    """PROBE, O clear, another address: the entry does not change, and probing goes on."""
    await neighbour.probe()
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, solicited=solicited))
    await neighbour.expect_reply_at(neighbour.mac)
    await neighbour.shows_probe()


# O set, another address.


@both("rfc4861:7.2.5-6a")
@S_FLAG
async def test_override_replaces_the_address_of_a_reachable_entry(neighbour: Neighbour, solicited: bool) -> None:
    """REACHABLE, O set, another address: it replaces the cached one."""
    await neighbour.reachable()
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, solicited=solicited, override=True))
    await neighbour.expect_reply_at(neighbour.elsewhere)


@both("rfc4861:7.2.5-6b")
@S_FLAG
async def test_override_replaces_the_address_of_a_stale_entry(neighbour: Neighbour, solicited: bool) -> None:
    """STALE, O set, another address: it replaces the cached one."""
    await neighbour.stale()
    away = random_mac(neighbour.case.rng)
    neighbour.channel.join(away)
    await neighbour.send(neighbour.advertised(away, solicited=solicited, override=True))
    await neighbour.expect_reply_at(away)


@both("rfc4861:7.2.5-6c")
@S_FLAG
async def test_override_replaces_the_address_of_an_entry_in_delay(neighbour: Neighbour, solicited: bool) -> None:
    """DELAY, O set, another address: it replaces the cached one."""
    await neighbour.delay()
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, solicited=solicited, override=True))
    await neighbour.expect_reply_at(neighbour.elsewhere)


@both("rfc4861:7.2.5-6d")
@S_FLAG
@lasts(PROBED_S)
async def test_override_replaces_the_address_of_an_entry_in_probe(neighbour: Neighbour, solicited: bool) -> None:
    """PROBE, O set, another address: it replaces the cached one."""
    await neighbour.probe()
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, solicited=solicited, override=True))
    await neighbour.expect_reply_at(neighbour.elsewhere)


# S set: confirmation.


@both("rfc4861:7.2.5-7a")
@CONFIRMS
@lasts(UNPROBED_S)
async def test_a_confirmation_leaves_an_entry_reachable(neighbour: Neighbour, how: str) -> None:
    """REACHABLE, S set, and O set or the address the same or absent: the entry is REACHABLE."""
    await neighbour.reachable()
    after, option, override = confirmation(neighbour, how)
    await neighbour.send(neighbour.advertised(option, solicited=True, override=override))
    await neighbour.shows_reachable(after)


@both("rfc4861:7.2.5-7b")
@CONFIRMS
@lasts(UNPROBED_S)
async def test_a_confirmation_makes_a_stale_entry_reachable(neighbour: Neighbour, how: str) -> None:
    """STALE, S set, and O set or the address the same or absent: the entry becomes REACHABLE."""
    await neighbour.stale()
    after, option, override = confirmation(neighbour, how)
    await neighbour.send(neighbour.advertised(option, solicited=True, override=override))
    await neighbour.shows_reachable(after)


@both("rfc4861:7.2.5-7c")
@CONFIRMS
@lasts(UNPROBED_S)
async def test_a_confirmation_ends_delay(neighbour: Neighbour, how: str) -> None:
    """DELAY, S set, and O set or the address the same or absent: the entry becomes REACHABLE, and no probe follows."""
    await neighbour.delay()
    after, option, override = confirmation(neighbour, how)
    await neighbour.send(neighbour.advertised(option, solicited=True, override=override))
    await neighbour.shows_reachable(after)


@both("rfc4861:7.2.5-7d")
@CONFIRMS
@lasts(PROBED_S + UNPROBED_S)
async def test_a_confirmation_ends_probing(neighbour: Neighbour, how: str) -> None:
    """PROBE, S set, and O set or the address the same or absent: the entry becomes REACHABLE, and probing ends."""
    await neighbour.probe()
    after, option, override = confirmation(neighbour, how)
    await neighbour.send(neighbour.advertised(option, solicited=True, override=override))
    await neighbour.shows_reachable(after)


# S clear, O set, another address.


@both("rfc4861:7.2.5-8a")
@lasts(PROBED_S)
async def test_a_new_address_makes_a_reachable_entry_stale(neighbour: Neighbour) -> None:
    """REACHABLE, S clear, O set, another address: the entry becomes STALE."""
    await neighbour.reachable()
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, override=True))
    await neighbour.shows_stale(neighbour.elsewhere)


@both("rfc4861:7.2.5-8b")
@lasts(PROBED_S + WHILE_S)
async def test_a_new_address_leaves_a_stale_entry_stale(neighbour: Neighbour) -> None:
    """STALE, S clear, O set, another address: the entry is STALE."""
    await neighbour.stale()
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, override=True))
    moved_s = neighbour.now_s
    await neighbour.expect_unasked(WHILE_S)
    await neighbour.shows_stale(neighbour.elsewhere, not_since_s=moved_s)


@both("rfc4861:7.2.5-8c")
@lasts(PROBED_S + WHILE_S)
async def test_a_new_address_ends_delay(neighbour: Neighbour) -> None:
    """DELAY, S clear, O set, another address: the entry becomes STALE, so that the next packet begins DELAY anew."""
    since_s = await neighbour.delay()
    await neighbour.ready(Silence, passing=neighbour.others, within_s=WHILE_S)
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, override=True))
    await neighbour.shows_stale(neighbour.elsewhere, not_since_s=since_s)


@both("rfc4861:7.2.5-8d")
@lasts(2 * PROBED_S + PROBES_END_S)
async def test_a_new_address_ends_probing(neighbour: Neighbour) -> None:
    """PROBE, S clear, O set, another address: the entry becomes STALE, and probing ends."""
    await neighbour.probe()
    await neighbour.send(neighbour.advertised(neighbour.elsewhere, override=True))
    await neighbour.expect_unasked(PROBES_END_S, "probing goes on")
    await neighbour.shows_stale(neighbour.elsewhere)


# S clear, the address the same or absent.


@both("rfc4861:7.2.5-9a")
@SAME
@lasts(UNPROBED_S)
async def test_nothing_new_leaves_an_entry_reachable(neighbour: Neighbour, option: bool) -> None:
    """REACHABLE, S clear, the address the same or absent: the entry stays REACHABLE."""
    await neighbour.reachable()
    await neighbour.send(neighbour.advertised(neighbour.mac if option else None, override=option))
    await neighbour.shows_reachable()


@both("rfc4861:7.2.5-9b")
@SAME
@lasts(PROBED_S)
async def test_nothing_new_leaves_an_entry_stale(neighbour: Neighbour, option: bool) -> None:
    """STALE, S clear, the address the same or absent: the entry stays STALE."""
    await neighbour.stale()
    await neighbour.send(neighbour.advertised(neighbour.mac if option else None, override=option))
    await neighbour.shows_stale()


@both("rfc4861:7.2.5-9c")
@SAME
@lasts(PROBED_S)
async def test_nothing_new_leaves_an_entry_in_delay(neighbour: Neighbour, option: bool) -> None:
    """DELAY, S clear, the address the same or absent: the entry stays in DELAY, and the probe comes in its time."""
    since_s = await neighbour.delay()
    await neighbour.ready(Silence, passing=neighbour.others, within_s=WHILE_S)
    await neighbour.send(neighbour.advertised(neighbour.mac if option else None, override=option))
    await neighbour.used(neighbour.mac)
    await neighbour.shows_delay(since_s)


@both("rfc4861:7.2.5-9d")
@SAME
@lasts(PROBED_S)
async def test_nothing_new_leaves_an_entry_in_probe(neighbour: Neighbour, option: bool) -> None:
    """PROBE, S clear, the address the same or absent: the entry stays in PROBE, and probing goes on."""
    await neighbour.probe()
    await neighbour.send(neighbour.advertised(neighbour.mac if option else None, override=option))
    await neighbour.shows_probe()
