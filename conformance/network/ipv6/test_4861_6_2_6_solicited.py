"""RFC 4861, 6.2.6: how a router answers Router Solicitations, and what it remembers of who asked."""

from conformance.engine import check, lasts, outcome, uses

from .advertised import (
    ADVERTISEMENT,
    ANSWERED_S,
    BETWEEN_S,
    DELAY_S,
    LATE_S,
    TO_ALL,
    first_advertisement,
    kinds,
    solicitation,
)
from .bind import router
from .provide import Fresh, Neighbour
from .resolving import PROBED_S
from .station import UNSPECIFIED
from .wire import Frame, NdMessage, SourceLinkLayerAddress

pytestmark = uses("product", exclusive=True)
ROUNDS = 8
SAME_S = 0.01
"""Eight delays drawn at random from half a second all lie so near to each other once in ten thousand million times."""
TICK_S = 0.1


def asking(neighbour: Neighbour, mac: bytes) -> Frame:
    """A Router Solicitation from the neighbour's address, which is at `mac`."""
    return solicitation(neighbour, source=neighbour.address, options=(SourceLinkLayerAddress(address=mac),))


def neighbour_of(alone: Fresh) -> Neighbour:
    """A neighbour with a link-local address alone, of which the router knows nothing."""
    return Neighbour(alone.case, alone.lan, alone.node, name="neighbour")


async def delays_s(fresh: Fresh) -> list[float]:
    """How long after each of several solicitations, and after the time that must pass, the advertisement came.

    Raises Nonconformity.
    """
    await fresh.up()
    last_s = await first_advertisement(fresh)
    found = []
    for _ in range(ROUNDS):
        station = fresh.station()
        await station.send(solicitation(station))
        sent_s = station.channel.sent_at_s
        frame = await fresh.sees(ADVERTISEMENT, within_s=ANSWERED_S, why="a Router Solicitation is not answered")
        assert frame.ip
        came_s = fresh.watch.arrived_at_s
        to_all = frame.ip.destination.is_multicast
        found.append(came_s - (max(sent_s, last_s + BETWEEN_S) if to_all else sent_s))
        last_s = came_s if to_all else last_s
    return found


@router("rfc4861:6.2.6-1")
@lasts(ROUNDS * (BETWEEN_S + DELAY_S))
async def test_an_answer_is_delayed_at_random(fresh: Fresh) -> None:
    """The answer to a Router Solicitation is delayed by a random time from 0 to half a second."""
    found_s = await delays_s(fresh)
    told = ", ".join(f"{each_s:.3f} s" for each_s in found_s)
    good = max(found_s) <= DELAY_S + LATE_S
    check(good, "an answer comes too late", expected="up to 0.5 s", got=told, timing=LATE_S)
    spread_s = max(found_s) - min(found_s)
    check(spread_s > SAME_S, "the delay of the answers is not random", expected="delays that differ", got=told)


@router("rfc4861:6.2.3-2a")
@lasts(ANSWERED_S)
async def test_a_solicited_advertisement_holds_all_options(fresh: Fresh) -> None:
    """Solicited advertisements, and the first ones of an interface, hold all options."""
    await fresh.up()
    await first_advertisement(fresh)
    station = fresh.station()
    await station.send(solicitation(station))
    await fresh.sees(ADVERTISEMENT, within_s=ANSWERED_S)
    said = [frame.message for frame in fresh.heard if ADVERTISEMENT.matches(frame)]
    found = [kinds(message.options) for message in said if isinstance(message, NdMessage)]
    everything = set().union(*found)
    check(all(each == everything for each in found), "an option is left out", expected=everything, got=found)


@router("rfc4861:6.2.6-3")
@lasts(4 * ANSWERED_S)
async def test_advertisements_to_all_are_three_seconds_apart(fresh: Fresh) -> None:
    """However many solicitations come, advertisements to ff02::1 are at least 3 s apart."""
    await fresh.up()
    last_s = await first_advertisement(fresh)
    station = fresh.station()
    ends_s = fresh.case.now_s + 3 * ANSWERED_S
    while fresh.case.now_s < ends_s:
        await station.send(solicitation(station, source=UNSPECIFIED, options=()))
        event = await fresh.watch.next(passing=Frame, until=outcome(TO_ALL), within_s=DELAY_S)
        if isinstance(event, Frame):
            gap_s = fresh.watch.arrived_at_s - last_s
            last_s = fresh.watch.arrived_at_s
            good = gap_s >= BETWEEN_S - TICK_S
            why = "advertisements to ff02::1 are too near to each other"
            check(good, why, expected="3 s", got=f"{gap_s:.2f} s", timing=TICK_S)


# What is remembered of who asked. These do no harm on a link that others share.


@router("rfc4861:6.2.6-5")
async def test_nothing_is_learnt_of_nobody(alone: Fresh) -> None:
    """A Router Solicitation from the unspecified address changes nothing in the neighbour cache."""
    neighbour = neighbour_of(alone)
    await neighbour.send(solicitation(neighbour, source=UNSPECIFIED, options=()))
    await neighbour.expect_unknown("the router has learnt of who did not tell its address")


@router("rfc4861:6.2.6-5")
async def test_nothing_is_changed_by_nobody(alone: Fresh) -> None:
    """An entry that the router has is not changed by a Router Solicitation from the unspecified address."""
    neighbour = neighbour_of(alone)
    await neighbour.reachable(neighbour.elsewhere)
    await neighbour.send(solicitation(neighbour, source=UNSPECIFIED, options=()))
    await neighbour.expect_reply_at(neighbour.elsewhere)


@router("rfc4861:6.2.6-6a")
async def test_the_address_in_a_solicitation_is_taken(neighbour: Neighbour) -> None:
    """A Router Solicitation with a link-layer address that differs from the cached one updates the entry."""
    await neighbour.reachable()
    await neighbour.send(asking(neighbour, neighbour.elsewhere))
    await neighbour.expect_reply_at(neighbour.elsewhere)


@router("rfc4861:6.2.6-6b")
@lasts(PROBED_S)
async def test_an_entry_that_a_solicitation_changes_is_stale(neighbour: Neighbour) -> None:
    """An entry whose address a Router Solicitation has changed is STALE."""
    await neighbour.reachable()
    await neighbour.send(asking(neighbour, neighbour.elsewhere))
    await neighbour.shows_stale(neighbour.elsewhere)


@router("rfc4861:6.2.6-6c")
@lasts(PROBED_S)
async def test_an_entry_that_a_solicitation_creates_is_stale(neighbour: Neighbour) -> None:
    """An entry that a Router Solicitation with a link-layer address creates is STALE."""
    await neighbour.send(asking(neighbour, neighbour.mac))
    await neighbour.shows_stale()
