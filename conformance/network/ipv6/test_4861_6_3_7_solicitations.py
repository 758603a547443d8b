"""RFC 4861, 4.1 and 6.3.7, RFC 7559: the Router Solicitations of a host that comes up."""

import itertools

from conformance.engine import Case, Silence, Unready, check, lasts, outcome, uses

from .bind import host
from .default_routers import AWAY, PREFIX
from .next_hops import answering, expect_through, idle
from .provide import Fresh, Node, Router
from .station import UNSPECIFIED, packet
from .wire import Frame, RouterSolicitation, SourceLinkLayerAddress
from .wire.addresses import ALL_ROUTERS

pytestmark = uses("product", exclusive=True)
FIRST_S = 10.0
"""By when the first solicitation has come: after two random delays of a second, and looking for duplicates."""
GAP_S = 4.0
"""RTR_SOLICITATION_INTERVAL (10), which is IRT of RFC 7559 too."""
BACKOFF = 0.1
"""By which part RFC 7559 varies each gap at random."""
MOST = 3
"""MAX_RTR_SOLICITATIONS (10)."""
LATE_S = 2.0
TICK_S = 0.1
STARTS = 5
SAME_S = 0.02
"""Five delays drawn at random from a second all lie so near to each other once in a million times."""
SOLICITATION = outcome(packet(RouterSolicitation))
NOT_YET_KNOWN = Node(mac=bytes(6), link_local=UNSPECIFIED)


async def solicitation(fresh: Fresh, *, within_s: float = FIRST_S, why: str = "") -> Frame:
    """The next Router Solicitation. Raises Nonconformity."""
    return await fresh.sees(SOLICITATION, within_s=within_s, why=why)


async def first(fresh: Fresh) -> tuple[Frame, RouterSolicitation]:
    """The first Router Solicitation of a host that was just switched on."""
    await fresh.start()
    frame = await solicitation(fresh, why="no Router Solicitation came")
    assert isinstance(frame.message, RouterSolicitation)
    return frame, frame.message


async def times_s(fresh: Fresh, count: int) -> list[float]:
    """When solicitations came, those that the host sends without an answer: so many, if it sends as many."""
    await first(fresh)
    came = [fresh.watch.arrived_at_s]
    while len(came) < count:
        doubled = 2 ** (len(came) - 1) * GAP_S
        within_s = doubled * (1 + 2 * BACKOFF) + LATE_S
        if not isinstance(await fresh.watch.next(passing=Frame, until=SOLICITATION, within_s=within_s), Frame):
            break
        came.append(fresh.watch.arrived_at_s)
    return came


async def all_times_s(fresh: Fresh, count: int) -> list[float]:
    """The same, of all of so many. Raises Unready."""
    came_s = await times_s(fresh, count)
    if len(came_s) < count:
        raise Unready(f"{len(came_s)} of {count} solicitations came")
    return came_s


async def quiet(fresh: Fresh, seconds: float, why: str) -> None:
    """No Router Solicitation comes for so long. Raises Nonconformity."""
    event = await fresh.watch.next(passing=Frame, until=SOLICITATION, within_s=seconds)
    check(not isinstance(event, Frame), why, expected="no Router Solicitation", got="one")


def router_for(fresh: Fresh) -> Router:
    """A router that speaks to a host of which nothing is known yet."""
    return Router(fresh.case, fresh.lan, NOT_YET_KNOWN, name="router")


@host("rfc4861:4.1-1a")
async def test_a_solicitation_comes_from_an_address_of_the_host(fresh: Fresh) -> None:
    """A Router Solicitation comes from an address of the interface, or from the unspecified address."""
    frame, _ = await first(fresh)
    assert frame.ip
    if frame.ip.source != UNSPECIFIED:
        node = await fresh.up()
        check(frame.ip.source == node.link_local, "it comes from another address", expected=node.link_local)


@host("rfc4861:4.1-1b")
async def test_a_solicitation_has_hop_limit_255_and_code_0(fresh: Fresh) -> None:
    """A Router Solicitation leaves with hop limit 255 and code 0."""
    frame, message = await first(fresh)
    assert frame.ip
    check(frame.ip.hop_limit == 255, "the hop limit is not 255", got=frame.ip.hop_limit)
    check(message.code == 0, "the code is not 0", got=message.code)


@host("rfc4861:4.1-2a")
async def test_the_reserved_field_of_a_router_solicitation_is_zero(fresh: Fresh) -> None:
    """The sender of a Router Solicitation sets its Reserved field to zero."""
    _, message = await first(fresh)
    check(message.reserved == 0, "the Reserved field is not 0", got=message.reserved)


@host("rfc4861:4.1-3")
async def test_a_solicitation_from_nobody_holds_no_address(fresh: Fresh) -> None:
    """A Router Solicitation from the unspecified address has no Source Link-Layer Address option."""
    frame, message = await first(fresh)
    assert frame.ip
    good = frame.ip.source != UNSPECIFIED or not message.first(SourceLinkLayerAddress)
    check(good, "it comes from the unspecified address and has a Source Link-Layer Address option")


@host("rfc4861:4.1-4")
async def test_a_solicitation_from_an_address_holds_the_hardware_address(fresh: Fresh) -> None:
    """A Router Solicitation from an assigned address has the Source Link-Layer Address option."""
    frame, message = await first(fresh)
    assert frame.ip
    option = message.first(SourceLinkLayerAddress)
    good = frame.ip.source == UNSPECIFIED or (option and option.address == frame.source)
    check(good, "it does not tell the hardware address", expected=frame.source.hex(":"), got=option)


@host("rfc4861:6.3.7-2")
async def test_solicitations_go_to_all_routers(fresh: Fresh) -> None:
    """Router Solicitations go to ff02::2."""
    frame, _ = await first(fresh)
    assert frame.ip
    check(frame.ip.destination == ALL_ROUTERS, "it goes elsewhere", expected=ALL_ROUTERS, got=frame.ip.destination)


@host("rfc4861:6.3.7-1a")
@lasts(GAP_S + FIRST_S)
async def test_a_solicitation_without_an_answer_is_repeated(fresh: Fresh) -> None:
    """A host that comes up sends Router Solicitations until a router answers."""
    came_s = await times_s(fresh, 2)
    check(len(came_s) == 2, "the solicitations ended", expected="a second one", got="none", timing=LATE_S)


@host("rfc4861:6.3.7-1b")
@lasts(MOST * GAP_S + 2 * GAP_S + FIRST_S)
async def test_no_more_than_three_solicitations_are_sent(fresh: Fresh) -> None:
    """A host sends at most three Router Solicitations."""
    await first(fresh)
    for _ in range(MOST - 1):
        event = await fresh.watch.next(passing=Frame, until=SOLICITATION, within_s=2 * GAP_S)
        if not isinstance(event, Frame):
            return
    await quiet(fresh, 2 * GAP_S, "a fourth Router Solicitation came")


@host("rfc4861:6.3.7-1c")
@lasts(3 * GAP_S + FIRST_S)
async def test_solicitations_are_four_seconds_apart(fresh: Fresh) -> None:
    """Router Solicitations are at least 4 s apart, or a tenth less where the host varies the time at random."""
    least_s = GAP_S * (1 - BACKOFF) if fresh.case.claims.get("rs_backoff") else GAP_S
    came_s = await all_times_s(fresh, 2)
    gap_s = came_s[1] - came_s[0]
    good = gap_s >= least_s - TICK_S
    check(good, "two solicitations are too near", expected=f"{least_s:g} s", got=f"{gap_s:.2f} s", timing=True)


@host("rfc4861:6.3.7-4")
@lasts(2 * GAP_S)
async def test_an_answer_ends_the_solicitations(fresh: Fresh) -> None:
    """After a solicitation and an advertisement with a Router Lifetime above 0 no more solicitations come."""
    await answered(fresh)


async def answered(fresh: Fresh) -> None:
    """A router answers the first solicitation, and no more come. Raises Nonconformity."""
    router = router_for(fresh)
    await first(fresh)
    await router.advertise(PREFIX)
    await quiet(fresh, 2 * GAP_S, "a Router Solicitation came although a router had answered")


@host("rfc4861:6.3.7-5")
@lasts(FIRST_S)
async def test_one_solicitation_is_sent_in_any_case(fresh: Fresh) -> None:
    """A host sends at least one Router Solicitation even if an advertisement came before."""
    router = router_for(fresh)
    await fresh.start()
    await router.advertise(PREFIX)
    await solicitation(fresh, why="no Router Solicitation came")


@host("rfc4861:6.3.7-6")
@lasts(5 * GAP_S + FIRST_S)
async def test_a_router_that_comes_late_is_used(fresh: Fresh) -> None:
    """A host uses a router whose advertisement comes long after it has asked."""
    await fresh.up()
    for _ in range(MOST - 1):
        await fresh.watch.next(passing=Frame, until=SOLICITATION, within_s=2 * GAP_S)
    await idle(fresh, GAP_S)
    router = fresh.router()
    await router.advertise(PREFIX)
    await fresh.configured(PREFIX)
    router.product = fresh.node
    await answering(fresh, fresh.station(name="neighbour"))
    await expect_through(fresh, router, AWAY, why="a router that comes late is not used")


@host("rfc7559:2-1a")
@lasts(15 * GAP_S)
async def test_the_solicitations_go_on(fresh: Fresh) -> None:
    """A host goes on with Router Solicitations until a router answers: after three come more."""
    came_s = await times_s(fresh, MOST + 1)
    check(len(came_s) > MOST, "the solicitations ended", expected=MOST + 1, got=len(came_s), timing=LATE_S)


@host("rfc7559:2-1b")
@lasts(8 * GAP_S)
async def test_the_gaps_between_solicitations_double(fresh: Fresh) -> None:
    """The gaps begin at 4 s and double, each varied at random by up to a tenth."""
    came_s = await all_times_s(fresh, MOST)
    gaps_s = [after - before for before, after in itertools.pairwise(came_s)]
    told = ", ".join(f"{gap_s:.2f} s" for gap_s in gaps_s)
    good = abs(gaps_s[0] - GAP_S) <= BACKOFF * GAP_S + TICK_S
    check(good, "the first gap is not 4 s, give or take a tenth", expected="3.6 to 4.4 s", got=told, timing=True)
    good = abs(gaps_s[1] - 2 * gaps_s[0]) <= BACKOFF * gaps_s[0] + TICK_S
    check(good, "the gap does not double", expected="1.9 to 2.1 times the first", got=told, timing=True)


@host("rfc7559:2.1-1a")
@lasts(2 * GAP_S)
async def test_an_answer_ends_solicitations_that_go_on(fresh: Fresh) -> None:
    """An advertisement with a Router Lifetime above 0 ends the Router Solicitations that otherwise go on."""
    await answered(fresh)


@host("rfc7559:2.1-1b")
@lasts(4 * GAP_S)
async def test_a_router_lifetime_of_0_does_not_end_the_solicitations(fresh: Fresh) -> None:
    """An advertisement with Router Lifetime 0 does not end the Router Solicitations."""
    router = router_for(fresh)
    await all_times_s(fresh, 2)
    await router.advertise(PREFIX, router_lifetime=0)
    await solicitation(fresh, within_s=2 * (1 + 2 * BACKOFF) * GAP_S + LATE_S, why="the solicitations ended")


@host("rfc4861:6.3.7-3")
@lasts(STARTS * 3)
async def test_the_first_solicitation_is_delayed_at_random(case: Case) -> None:
    """The first solicitation comes after a random delay, its own or that of looking for duplicates."""
    if not case.testbed.copies:
        raise Unready("this needs a product that is switched on several times, which this testbed cannot do")
    delays_s = [await _delay_s(case) for _ in range(STARTS)]
    told = ", ".join(f"{each_s:.2f} s" for each_s in delays_s)
    good = max(delays_s) - min(delays_s) > SAME_S
    check(good, "the first solicitation always comes after the same time", expected="times that differ", got=told)


async def _delay_s(case: Case) -> float:
    """How long after a host was switched on its first solicitation came."""
    async with case.site(fresh=True) as site:
        fresh = Fresh(case, site)
        await fresh.start()
        began_s = case.began_s + case.now_s
        if isinstance(await fresh.watch.next(passing=Frame, until=SOLICITATION, within_s=FIRST_S), Silence):
            raise Unready("no Router Solicitation came")
        return fresh.watch.arrived_at_s - began_s
