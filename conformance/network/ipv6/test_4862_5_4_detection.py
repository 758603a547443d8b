"""RFC 4862, 5.3 and 5.4: the link-local address, and how a node asks whether it is free."""

from ipaddress import IPv6Address, IPv6Interface, IPv6Network
from typing import Any

import pytest

from conformance.engine import Case, Outcome, Unready, a, check, lasts, outcome, uses

from .bind import both, host, router
from .fresh import Fresh
from .prefixes import shown
from .station import UNSPECIFIED, packet
from .tentative import RETRANS_S, SOON_ASKS, START_S, asked_for, elapse, link_local, probe, transmits, trial
from .wire import Frame, Ipv6, NeighborAdvertisement, NeighborSolicitation, SourceLinkLayerAddress
from .wire.addresses import solicited_node

pytestmark = uses("product", exclusive=True)
LATEST_S = 15.0
"""A product shows its link-local address by now, however slowly it starts."""
STARTS = 6
BY_HAND = IPv6Address("2001:db8:4862::1")
SPREAD_S = 0.05
"""Six times drawn from a second lie closer together than this once in 500,000 times."""


def sign_of(address: Any) -> Outcome:
    """Whatever shows an address: a question whether it is free, or a packet from it."""
    return outcome(a(Frame, ip=a(Ipv6, source=address)) | probe(address))


async def first_sign(fresh: Fresh, address: Any) -> tuple[IPv6Address, bool]:
    """The address that the product shows first, and whether it asks for it. Raises Unready."""
    fresh.begin()
    seen = await fresh.watch.next(passing=object, until=sign_of(address), within_s=START_S)
    await fresh.settled()
    if not isinstance(seen, Frame):
        raise Unready("the product shows no such address after its start")
    return shown(seen), outcome(probe(address)).matches(seen)


async def expect_link_local(fresh: Fresh) -> None:
    """The product shows a link-local address after its start. Raises Nonconformity."""
    fresh.begin()
    seen = await fresh.watch.next(passing=object, until=sign_of(link_local), within_s=LATEST_S)
    await fresh.settled()
    check(isinstance(seen, Frame), "the product shows no link-local address after its start")


@both("rfc4862:5.3-1a")
async def test_a_link_local_address_is_formed(fresh: Fresh) -> None:
    """A node forms a link-local address for an interface that becomes enabled."""
    await expect_link_local(fresh)


@router("rfc4862:5-1a")
@pytest.mark.parametrize("link", ["lan", "wan"])
async def test_a_router_has_a_link_local_address_on_each_link(fresh: Fresh, link: str) -> None:
    """A router makes a link-local address for each of its interfaces."""
    second = fresh if link == "lan" else Fresh(fresh.case, fresh.site, link)
    await expect_link_local(second)
    await second.settled()


@router("rfc4862:5-1b")
@pytest.mark.parametrize("kind", ["link-local", "wider"])
async def test_a_router_asks_for_all_its_addresses(fresh: Fresh, kind: str) -> None:
    """A router looks for duplicates of each of its addresses before it assigns them."""
    own = IPv6Interface(str(fresh.case.ixit["ipv6"]["lan"])).ip
    if kind == "wider":
        node = await fresh.up()
        station = fresh.station()
        question = NeighborSolicitation(target=own, options=(SourceLinkLayerAddress(address=station.mac),))
        await elapse(fresh, 4 * RETRANS_S)
        await station.send(station.frame(question, to=solicited_node(own), mac=node.mac, hop_limit=255))
        await station.ready(packet(NeighborAdvertisement, target=own))
        asked = any(outcome(probe(own)).matches(frame) for frame in fresh.heard)
    else:
        _, asked = await first_sign(fresh, link_local)
    check(asked, "the router uses an address for which it has not asked")


@both("rfc4862:5.3-1b")
async def test_the_link_local_prefix_has_zeros_behind_it(fresh: Fresh) -> None:
    """A link-local address is fe80::/64 and the interface identifier: the 54 bits behind the first ten are zero."""
    address, _ = await first_sign(fresh, link_local)
    check(int(address) >> 64 == 0xFE80 << 48, "the address is not in fe80::/64", expected="fe80::/64", got=address)


@both("rfc4862:5.3-2")
@lasts(47)
async def test_the_link_local_address_does_not_time_out(alone: Fresh) -> None:
    """The link-local address is valid and preferred for ever."""
    await elapse(alone, 47)
    await alone.station().ping()


@both("rfc4862:5.4-1a")
async def test_an_address_is_asked_for_before_it_is_used(fresh: Fresh) -> None:
    """A node looks for duplicates of an address before it assigns it: until then nothing comes from it."""
    address, asked = await first_sign(fresh, link_local)
    check(asked, f"the product uses {address}, for which it has not asked")


@both("rfc4862:5.1-1b")
async def test_as_many_questions_are_asked_as_configured(fresh: Fresh) -> None:
    """A node sends DupAddrDetectTransmits solicitations for an address, one where nobody has set it otherwise."""
    tried = await trial(fresh)
    await tried.expect_used()
    await elapse(fresh, 2 * RETRANS_S)
    count = sum(outcome(probe(tried.address)).matches(frame) for frame in fresh.heard)
    wanted = transmits(fresh.case)
    check(count == wanted, f"{count} solicitations were sent, not {wanted}", expected=wanted, got=count)


@both("rfc4862:5.4.2-2a")
async def test_questions_come_from_the_unspecified_address(fresh: Fresh) -> None:
    """A solicitation that looks for duplicates has the unspecified address as its source."""
    fresh.begin()
    own = packet(NeighborSolicitation, destination=lambda mac: mac[:2] == b"\x33\x33", target=lambda t: t.is_link_local)
    seen = await fresh.watch.next(passing=object, until=outcome(own), within_s=START_S)
    await fresh.settled()
    if not isinstance(seen, Frame) or seen.ip is None:
        raise Unready("the product does not ask whether its address is free")
    check(seen.ip.source == UNSPECIFIED, "it comes from an address", expected="::", got=seen.ip.source)


@both("rfc4862:5.4.2-2b")
async def test_questions_go_to_the_group_of_the_address(fresh: Fresh) -> None:
    """A solicitation that looks for duplicates goes to the solicited-node group of the address that is its target."""
    tried = await trial(fresh)
    assert tried.asked.ip
    group = solicited_node(tried.address)
    check(tried.asked.ip.destination == group, "it goes elsewhere", expected=group, got=tried.asked.ip.destination)


@both("rfc4862:5.4.2-2c")
async def test_questions_are_a_retrans_timer_apart(fresh: Fresh) -> None:
    """The solicitations for one address follow each other after RetransTimer."""
    tried = await trial(fresh)
    before_s = tried.began_s
    for _ in range(transmits(fresh.case) - 1):
        again = await asked_for(fresh, probe(tried.address), 3 * RETRANS_S)
        gap_s = again.began_s - before_s
        check(0.9 < gap_s < 1.5, "they are not 1 s apart", expected="1 s", got=f"{gap_s:.3f} s", timing=0.2)
        before_s = again.began_s


@both("rfc4862:5.4-6")
async def test_an_address_is_assigned_when_nobody_objects(fresh: Fresh) -> None:
    """An address is assigned where no answer comes within RetransTimer after the last solicitation."""
    await (await trial(fresh)).expect_used("the address is not in use although nobody objected", asks=SOON_ASKS)


@both("rfc4862:5.4.2-3")
@lasts(12)
async def test_the_first_message_is_delayed_at_random(case: Case) -> None:
    """What an interface sends first after it has started waits for a random time of up to a second."""
    delays = []
    for _ in range(STARTS):
        async with case.site(fresh=True) as site:
            fresh, began_s = Fresh(case, site), case.began_s + case.now_s
            delays.append((await trial(fresh)).began_s - began_s)
            await fresh.settled()
    spread_s = max(delays) - min(delays)
    got = ", ".join(f"{each:.3f}" for each in sorted(delays))
    check(spread_s > SPREAD_S, "the first solicitation comes always after the same time", expected="random", got=got)


@host("rfc4862:5.4.2-4")
@lasts(12)
async def test_what_an_advertisement_causes_is_delayed_at_random(alone: Fresh) -> None:
    """What looks first for an address that a multicast advertisement has caused waits for up to a second."""
    router, delays = alone.router(), []
    for i in range(STARTS):
        prefix = IPv6Network((0x20010DB800AA0000 + i << 64, 64))
        await router.advertise(prefix)
        asked = await asked_for(alone, probe(lambda target, prefix=prefix: target in prefix), START_S)
        delays.append(asked.began_s - router.channel.sent_at_s)
    spread_s = max(delays) - min(delays)
    got = ", ".join(f"{each:.3f}" for each in sorted(delays))
    check(spread_s > SPREAD_S, "the solicitation comes always after the same time", expected="random", got=got)


@both("rfc4862:5.4-2")
@lasts(5)
async def test_nobody_asks_for_an_anycast_address(alone: Fresh) -> None:
    """An anycast address may be others' too, so that no duplicates of it are looked for."""
    named = alone.case.ixit["ipv6"].get("anycast")
    if not named and "lan" not in alone.case.ixit["ipv6"]:
        raise Unready("the access data name no anycast address")
    address = IPv6Address(str(named)) if named else IPv6Interface(str(alone.case.ixit["ipv6"]["lan"])).network[0]
    await elapse(alone, 4)
    station = alone.station()
    await station.send(station.frame(NeighborSolicitation(target=address), to=solicited_node(address), hop_limit=255))
    await station.ready(packet(NeighborAdvertisement, target=address), passing=a(Frame))
    asked = [frame for frame in alone.heard if outcome(probe(address)).matches(frame)]
    check(not asked, "duplicates of an anycast address were looked for", got=asked)


@both("rfc4862:5.4-1b")
@lasts(6)
async def test_an_address_given_by_hand_is_asked_for(alone: Fresh) -> None:
    """An address that somebody has given to the interface by hand is tested for duplicates too."""
    if not await alone.case.act(alone.site, "add_address", address=str(BY_HAND)):
        alone.case.not_applicable("nobody can give the product an address by hand", "无法手工为产品配置地址")
    station = alone.station()
    question = NeighborSolicitation(target=BY_HAND, options=(SourceLinkLayerAddress(address=station.mac),))
    await elapse(alone, 4 * RETRANS_S)
    await station.send(station.frame(question, to=solicited_node(BY_HAND), hop_limit=255))
    await station.ready(packet(NeighborAdvertisement, target=BY_HAND))
    asked = [frame for frame in alone.heard if outcome(probe(BY_HAND)).matches(frame)]
    check(asked, "the product uses an address given by hand that it has not asked for")


@router("rfc4429:3.3-1c")
async def test_a_router_uses_no_address_before_it_is_tested(fresh: Fresh) -> None:
    """A router does not use an address while it looks for duplicates: it configures none as optimistic."""
    tried = await trial(fresh)
    await tried.say(tried.solicitation(source=None))
    await tried.expect_none(tried.answers, "the router uses an address that is on trial")
