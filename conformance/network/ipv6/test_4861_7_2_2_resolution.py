"""RFC 4861, 7.2.2: how the product finds the link-layer address of a neighbour, and what waits meanwhile."""

from ipaddress import IPv6Address

import pytest

from conformance.engine import Silence, a, check, lasts, uses

from .bind import both, router
from .provide import Neighbour, Station
from .resolving import LATE_S, RETRANS_LEAST_S, RETRANS_S, TRIES, asks_for, at
from .station import CHATTER, error, packet, reply_to
from .wire import DestinationUnreachable, EchoReply, Frame, NeighborSolicitation
from .wire.addresses import link_local

FAILS_S = TRIES * RETRANS_S + LATE_S
"""So soon a resolution without answer has failed."""
LATE_FAILURE_S = 10.0
"""How long one waits beyond that for what is told of it; how soon it fails is judged by other cases."""
MANY = 300
"""More packets than anybody would call few."""
SEVERAL = 10
"""As many as overflow a small queue."""
OFF_LINK = IPv6Address("2001:db8:ffff::1")


@both("rfc4861:7.2.2-1")
async def test_resolution_begins_with_a_question_to_the_group(neighbour: Neighbour) -> None:
    """Address resolution begins with a solicitation to the solicited-node multicast address of the target."""
    await neighbour.use()
    frame = await neighbour.expect_asked(neighbour.asks_all())
    check(frame.destination[:2] == b"\x33\x33", "its hardware address is not that of the group")


@both("rfc4861:7.2.2-2")
@pytest.mark.parametrize("wider", [False, True], ids=["link-local", "wider"])
async def test_a_solicitation_comes_from_the_source_of_its_packet(neighbour: Neighbour, wider: bool) -> None:
    """The source of a solicitation is that of the packet that prompts it."""
    source = neighbour.address if wider else link_local(neighbour.elsewhere)
    own = neighbour.there if wider else neighbour.product.link_local
    neighbour.add(source)
    await neighbour.send(neighbour.frame(neighbour.echo(), to=own, source=source))
    frame: Frame = await neighbour.ready(asks_for(source))
    asks_from = frame.ip and frame.ip.source
    check(asks_from == own, "it comes from another address", expected=own, got=asks_from)


@both("rfc4861:7.2.2-5")
async def test_a_packet_waits_for_the_address(neighbour: Neighbour) -> None:
    """At least one packet for a neighbour waits while its address is resolved."""
    request = await neighbour.incomplete()
    await neighbour.send(neighbour.advertised(neighbour.mac, solicited=True, override=True))
    await neighbour.expect(reply_to(request))


@both("rfc4861:7.2.2-6a")
@uses("product", exclusive=True)
async def test_few_packets_wait(neighbour: Neighbour) -> None:
    """Only few packets for a neighbour wait while its address is resolved; here, not all of very many."""
    await neighbour.incomplete()
    for _ in range(MANY):
        await neighbour.use()
    await neighbour.send(neighbour.advertised(neighbour.mac, solicited=True, override=True))
    replies = packet(EchoReply)
    await neighbour.ready(replies)
    request = neighbour.echo(b"behind")
    await neighbour.send(neighbour.frame(request))
    await neighbour.ready(reply_to(request), passing=replies | CHATTER)
    waited = len(neighbour.arrived(replies)) + 1
    check(waited <= MANY, f"all of {waited} packets waited", expected="few packets", got=waited)


@both("rfc4861:7.2.2-6b")
async def test_the_newest_packet_is_kept(neighbour: Neighbour) -> None:
    """When the queue for a neighbour is full, a new packet takes the place of the oldest."""
    await neighbour.incomplete()
    requests = [await neighbour.use() for _ in range(SEVERAL)]
    await neighbour.send(neighbour.advertised(neighbour.mac, solicited=True, override=True))
    await neighbour.expect(reply_to(requests[-1]), passing=packet(EchoReply) | CHATTER, why="the newest packet is lost")


@both("rfc4861:7.2.2-7")
async def test_each_neighbour_has_a_queue_of_its_own(neighbour: Neighbour) -> None:
    """When one address is resolved its packets go out, and those for another one wait on."""
    first = await neighbour.incomplete()
    other = IPv6Address(int(neighbour.address) ^ 1 << 32)
    neighbour.add(other)
    second = neighbour.echo()
    await neighbour.send(neighbour.frame(second, to=neighbour.there, source=other))
    await neighbour.ready(asks_for(other))
    await neighbour.send(neighbour.advertised(neighbour.mac, solicited=True, override=True))
    await neighbour.expect(at(neighbour.mac, first))
    await neighbour.expect_nothing("the packet for another neighbour went out too")


@both("rfc4861:7.2.2-8")
@lasts(TRIES * RETRANS_S)
async def test_the_question_is_repeated(neighbour: Neighbour) -> None:
    """While no answer comes, the solicitation is repeated about each RetransTimer, without more traffic."""
    await neighbour.incomplete()
    for _ in range(TRIES - 1):
        await neighbour.expect_asked(neighbour.asks_all(), within_s=RETRANS_S + LATE_S)


@both("rfc4861:7.2.2-9", "rfc4861:7.3.3-6")
@lasts(TRIES * RETRANS_S)
async def test_questions_are_a_retrans_timer_apart(neighbour: Neighbour) -> None:
    """Solicitations for one neighbour are at least RetransTimer apart, however many packets wait."""
    await neighbour.incomplete()
    before_s = neighbour.channel.arrived_at_s
    for _ in range(TRIES - 1):
        for _ in range(4):
            await neighbour.use()
        await neighbour.ready(neighbour.asks(), passing=neighbour.others, within_s=RETRANS_S + LATE_S)
        after_s = neighbour.channel.arrived_at_s - before_s
        before_s = neighbour.channel.arrived_at_s
        check(
            after_s >= RETRANS_LEAST_S,
            f"two solicitations are {after_s:.2f} s apart",
            expected=f"{RETRANS_S:g} s",
            got=f"{after_s:.2f} s",
            timing=True,
        )


@both("rfc4861:7.2.2-10")
@lasts(FAILS_S + 2 * RETRANS_S)
async def test_resolution_fails_after_three_questions(neighbour: Neighbour) -> None:
    """After three unanswered multicast solicitations no fourth follows."""
    await neighbour.incomplete()
    for _ in range(TRIES - 1):
        await neighbour.ready(neighbour.asks(), passing=neighbour.others, within_s=RETRANS_S + LATE_S)
    await neighbour.expect_unasked(2.5 * RETRANS_S, "a fourth solicitation")


@router("rfc4861:7.2.2-11")
@lasts(FAILS_S)
async def test_the_sender_of_a_waiting_packet_is_told(neighbour: Neighbour, far: Station) -> None:
    """When resolution fails, the sender of each waiting packet is told by Destination Unreachable, code 3."""
    request = far.echo()
    await far.send(far.frame(request, to=neighbour.address))
    await neighbour.ready(neighbour.asks_all(), passing=neighbour.others)
    about = error(DestinationUnreachable, code=3, invoking_packet=lambda p: p[24:40] == neighbour.address.packed)
    await far.expect(about, within_s=FAILS_S + LATE_FAILURE_S)


@both("rfc4861:7.2-2a")
async def test_what_is_off_link_is_not_resolved(neighbour: Neighbour) -> None:
    """No solicitation asks for a destination that lies behind a router."""
    away = IPv6Address(int(OFF_LINK) | neighbour.case.rng.getrandbits(32))
    neighbour.add(away)
    await neighbour.send(neighbour.frame(neighbour.echo(), to=neighbour.there, source=away))
    passing = a(Frame, message=lambda m: not isinstance(m, NeighborSolicitation) or m.target != away)
    await neighbour.expect_nothing("the product asks for an address that is not on the link", passing=passing)


@both("rfc4861:7.3.3-1")
@lasts(FAILS_S)
async def test_a_failed_resolution_is_forgotten(neighbour: Neighbour) -> None:
    """A failed resolution deletes the entry: the next packet starts with a multicast solicitation again."""
    await neighbour.incomplete()
    for _ in range(TRIES - 1):
        await neighbour.ready(neighbour.asks(), passing=neighbour.others, within_s=RETRANS_S + LATE_S)
    await neighbour.ready(Silence, passing=neighbour.others, within_s=1.5 * RETRANS_S)
    await neighbour.use()
    await neighbour.expect_asked(neighbour.asks_all())
