"""RFC 4862, 5.4: what is said of an address while a node tries it, and what becomes of the address."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.engine import Case, Nonconformity, Silence, a, check, lasts, negative, outcome, uses

from .bind import both
from .fresh import Fresh
from .prefixes import GOOD
from .router import Router
from .station import packet
from .tentative import Trial, probe, trial
from .wire import (
    EchoReply,
    Frame,
    Ipv6,
    Layer,
    NeighborAdvertisement,
    NeighborSolicitation,
    SourceLinkLayerAddress,
    UnknownNdOption,
)
from .wire.addresses import ALL_NODES, multicast_mac

pytestmark = uses("product", exclusive=True)
TELLING_S = 0.1
"""So long before its own question the product has certainly heard another's."""
EVERY_S = 0.02


# Conflicts (5.4.3, 5.4.4, 5.4.5).


@both("rfc4862:5.4.3-3")
@negative
async def test_a_question_of_another_node_shows_a_duplicate(fresh: Fresh) -> None:
    """Two nodes that try one address at a time both leave it."""
    tried = await trial(fresh)
    await tried.say(tried.solicitation())
    await tried.expect_unused()


@both("rfc4862:5.4.3-6")
@negative
async def test_several_questions_show_a_duplicate(fresh: Fresh) -> None:
    """More solicitations for the address than the node itself has sent show that another node tries it too."""
    tried = await trial(fresh)
    await tried.say(*[tried.solicitation()] * 3)
    await tried.expect_unused()


@both("rfc4862:5.4.4-1")
@pytest.mark.parametrize("override", [True, False], ids=["override", "no-override"])
@negative
async def test_an_advertisement_shows_a_duplicate(fresh: Fresh, override: bool) -> None:
    """An advertisement for an address on trial shows a duplicate, whatever its O flag."""
    tried = await trial(fresh)
    await tried.say(tried.advertisement(override=override))
    await tried.expect_unused()


@both("rfc4862:5.4.5-1")
@pytest.mark.parametrize("by", ["solicitation", "advertisement"])
@negative
async def test_a_duplicate_is_not_assigned(fresh: Fresh, by: str) -> None:
    """An address found to be another's is not assigned: nothing sent to it is answered."""
    tried = await trial(fresh)
    await tried.say(tried.solicitation() if by == "solicitation" else tried.advertisement())
    await tried.expect_unused()


@both("rfc4862:5.4.2-1")
@pytest.mark.parametrize("group", ["all-nodes", "solicited-node"])
@negative
async def test_the_groups_are_heard_from_the_first_question_on(fresh: Fresh, group: str) -> None:
    """A node joins the all-nodes group and that of the address before it asks: what comes to them at once counts."""
    tried = await trial(fresh)
    await tried.say(tried.advertisement() if group == "all-nodes" else tried.solicitation())
    await tried.expect_unused(f"what went to the {group} group right behind the first solicitation was not heard")


@both("rfc4862:5.4.5-3")
@lasts(5)
@negative
async def test_a_duplicate_hardware_address_ends_ip(fresh: Fresh) -> None:
    """If a link-local address made from the hardware address is a duplicate, the interface takes no part in IP."""
    tried = await trial(fresh)
    await tried.say(tried.advertisement())
    await tried.over()
    router = Router(fresh.case, fresh.lan, tried.product)
    await router.advertise(GOOD)
    await router.send(router.frame(router.echo(), to=ALL_NODES))
    event = await fresh.watch.next(passing=object, until=outcome(a(Frame, ip=lambda ip: ip is not None)), within_s=4)
    if not isinstance(event, Silence):
        raise Nonconformity("the interface goes on with IPv6", expected="silence", got=fresh.watch.describe(event))


# What comes before the node's own question (5.4.2, 5.4.3).


async def asks_early(case: Case, say: Callable[[Trial], Frame]) -> None:
    """What another node says before the product asks itself shows a duplicate. Raises Nonconformity."""
    for _ in range(4):
        async with case.site(fresh=True) as first:
            before = Fresh(case, first)
            known = await trial(before)
            await before.settled()
        async with case.site(fresh=True) as site:
            fresh = Fresh(case, site)
            tried = Trial(fresh, known.asked)
            fresh.begin()
            hears = await _hears(tried, say(tried))
            await fresh.settled()
            if hears:
                await tried.expect_unused("what another node said before the product asked did not count")
                return
    case.not_applicable(
        "the product asks as soon as it can be seen, so that nothing comes before",
        "产品一经可见即发出询问，此前没有机会",
    )


async def _hears(tried: Trial, said: Frame) -> bool:
    """Say something over and over until the product asks; whether it was on the link for long enough before."""
    fresh = tried.fresh
    up_s = 0.0
    wanted, waits = outcome(probe(tried.address)), int(3 / EVERY_S)
    for _ in range(waits):
        await tried.other.send(said)
        if (fresh.heard or fresh.started) and not up_s:
            up_s = tried.other.channel.sent_at_s
        event = await fresh.watch.next(passing=object, until=wanted, within_s=EVERY_S)
        if not isinstance(event, Silence):
            return bool(up_s) and fresh.watch.arrived_at_s - up_s > TELLING_S
    return True


@both("rfc4862:5.4.3-5", "rfc4862:5.4.2-5")
@lasts(10)
@negative
async def test_a_question_before_the_own_one_shows_a_duplicate(case: Case) -> None:
    """While it waits with its own question a node hears already those of others, and leaves the address to them."""
    await asks_early(case, Trial.solicitation)


@both("rfc4862:5.4.2-5")
@lasts(10)
@negative
async def test_an_advertisement_before_the_question_shows_a_duplicate(case: Case) -> None:
    """While it waits with its own question a node hears already what others say of the address."""
    await asks_early(case, Trial.advertisement)


# What does not count (5.4, 5.4.1, 5.4.3).


@both("rfc4862:5.4.3-1")
async def test_a_tentative_address_is_not_answered_for(fresh: Fresh) -> None:
    """A node does not answer a solicitation for an address that is on trial."""
    tried = await trial(fresh)
    await tried.say(tried.solicitation(source=None))
    answer = outcome(packet(NeighborAdvertisement, target=tried.address))
    await tried.expect_none(answer, "a tentative address was answered for")


@both("rfc4862:5.4.3-2")
async def test_a_search_for_the_address_is_no_conflict(fresh: Fresh) -> None:
    """A solicitation from a unicast address only looks for who has the address: the trial goes on."""
    tried = await trial(fresh)
    await tried.say(tried.solicitation(source=None, options=()))
    await tried.expect_used("a solicitation from a unicast address was taken for a conflict")


@both("rfc4862:5.4-4")
async def test_packets_to_a_tentative_address_are_discarded(fresh: Fresh) -> None:
    """A packet to an address on trial is discarded, if it is not about the trial."""
    tried = await trial(fresh)
    request = tried.other.echo(b"early")
    await tried.say(tried.other.frame(request, to=tried.address))
    await tried.expect_used()
    early = tried.other.channel.arrived(packet(EchoReply, data=request.data))
    check(not early, "a packet to a tentative address was answered", expected="no reply", got=early)
    await tried.other.greet()


@both("rfc4862:5.4-5")
@negative
async def test_a_unicast_advertisement_to_the_address_has_no_effect(fresh: Fresh) -> None:
    """An advertisement for an address on trial that is sent to that address is discarded."""
    tried = await trial(fresh)
    await tried.say(tried.advertisement(to=tried.address))
    await tried.expect_used("an advertisement to the tentative address itself was taken for a conflict")


@both("rfc4862:5.4.3-4")
async def test_a_question_that_comes_back_is_no_conflict(fresh: Fresh) -> None:
    """A node's own solicitation that the link loops back to it is no sign of another node."""
    tried = await trial(fresh)
    await tried.say(bytes(tried.asked))
    await tried.expect_used("the node's own solicitation, looped back, was taken for a conflict")


Change = Callable[[Frame], Frame | bytes]


def option_of_length_0(frame: Frame) -> Frame:
    """The same with an option whose length is 0."""
    message = frame.message
    assert isinstance(message, NeighborSolicitation | NeighborAdvertisement)
    return frame.changed(type(message), options=(*message.options, UnknownNdOption(type=253, data=bytes(6), length=0)))


WRONG: dict[str, Change] = {
    "hop-limit": lambda frame: frame.changed(Ipv6, hop_limit=254),
    "checksum": lambda frame: frame.changed(_kind(frame), checksum=_wrong_checksum(frame)),
    "code": lambda frame: frame.changed(_kind(frame), code=1),
    "option-length-0": option_of_length_0,
}
ASKED_WRONG: dict[str, Change] = WRONG | {
    "to-all-nodes": lambda frame: replace(
        frame.changed(Ipv6, destination=ALL_NODES), destination=multicast_mac(ALL_NODES)
    ),
    "source-address-option": lambda frame: frame.changed(
        NeighborSolicitation, options=(SourceLinkLayerAddress(address=frame.source),)
    ),
}
SAID_WRONG: dict[str, Change] = WRONG | {
    "solicited-to-a-group": lambda frame: frame.changed(NeighborAdvertisement, solicited=True),
}


def _kind(frame: Frame) -> type[Layer]:
    assert frame.message is not None
    return type(frame.message)


def _wrong_checksum(frame: Frame) -> int:
    right = int.from_bytes(bytes(frame)[14 + 40 + 2 :][:2])
    return right ^ 0x5555


@both("rfc4862:5.4.1-1a")
@pytest.mark.parametrize("change", ASKED_WRONG.values(), ids=ASKED_WRONG)
@negative
async def test_an_invalid_solicitation_is_no_conflict(fresh: Fresh, change: Change) -> None:
    """A solicitation that is not valid is discarded before it could count as a conflict."""
    tried = await trial(fresh)
    await tried.say(change(tried.solicitation()))
    await tried.expect_used("an invalid solicitation was taken for a conflict")


@both("rfc4862:5.4.1-1b")
@pytest.mark.parametrize("change", SAID_WRONG.values(), ids=SAID_WRONG)
@negative
async def test_an_invalid_advertisement_is_no_conflict(fresh: Fresh, change: Change) -> None:
    """An advertisement that is not valid is discarded before it could count as a conflict."""
    tried = await trial(fresh)
    await tried.say(change(tried.advertisement()))
    await tried.expect_used("an invalid advertisement was taken for a conflict")
