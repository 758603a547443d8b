"""RFC 8415, 21.4 to 21.6, 21.21 and 21.22, RFC 9915, 21.5: IAs, addresses, prefixes and their times."""

from dataclasses import replace
from ipaddress import IPv6Address

import pytest

from conformance.engine import Unready, check

from .asking import Ia, conversation, ias_of, leases, same_ia, status, walk
from .bind import server
from .client import Client
from .wire import (
    INFINITY,
    Advertise,
    Holder,
    IaAddr,
    IaNa,
    IaPd,
    IaPrefix,
    IaTa,
    Message,
    Release,
    Renew,
    Reply,
    Request,
    Solicit,
    StatusCode,
    describe,
)

Timed = IaNa | IaPd
DAY_S, WEEK_S = 86_400, 604_800
ROUNDING_S = 1
OF_MESSAGES = (StatusCode.SUCCESS, StatusCode.UNSPEC_FAIL)
"""What a server may say of a message as a whole."""
ADDRESS = IaAddr(ipv6_address=IPv6Address("2001:db8:ffff::7"), preferred_lifetime=60, valid_lifetime=90)
PREFIX = IaPrefix(ipv6_prefix=IPv6Address("2001:db8:fffe::"), prefix_length=56, valid_lifetime=90)
ODD_S = 8
"""A time that no server would choose."""


async def leased(client: Client, kind: type[Timed]) -> Timed:
    """What the server leases for an IA of a kind. Raises Unready."""
    return (await client.leased(kind(iaid=client.iaid()))).ia


async def requested(client: Client, kind: type[Timed], *, t: int = 0, life: int = 0) -> Timed:
    """The answer to a Request for what is advertised, with the client's T1 `t` and preferred lifetime `life`, in
    seconds, and T2 and valid lifetime a little above; 0 is what a client should send. Raises Unready.
    """
    ia = kind(iaid=client.iaid())
    offered = same_ia(await client.advertised(ia), ia)
    if not isinstance(offered, Timed) or not leases(offered):
        raise Unready("the server offers nothing")
    inside = tuple(
        replace(each, preferred_lifetime=life, valid_lifetime=life + life // 2)
        for each in offered.options
        if isinstance(each, IaAddr | IaPrefix)
    )
    asked = replace(offered, t1=t, t2=t + t // 2, options=inside)
    found = same_ia(await client.obtained(client.to_server(Request, asked)), ia)
    if not isinstance(found, Timed) or not leases(found):
        raise Unready("the server leases nothing")
    return found


def lives(ia: Holder) -> list[tuple[int, int]]:
    """Preferred and valid lifetimes of what an IA holds and that is valid."""
    held = [each for each in ia.options if isinstance(each, IaAddr | IaPrefix)]
    return [(each.preferred_lifetime, each.valid_lifetime) for each in held if each.valid_lifetime]


def near(one_s: int, other_s: int) -> bool:
    """The same, as far as a server computes what is left of a time."""
    return one_s == other_s or abs(one_s - other_s) <= max(5, other_s // 10)


async def check_times_ignored(client: Client, kind: type[Timed]) -> None:
    plain, odd = await requested(client, kind), await requested(client, kind, t=ODD_S)
    same = near(odd.t1, plain.t1) and near(odd.t2, plain.t2)
    check(same, "T1 and T2 follow those of the client", expected=(plain.t1, plain.t2), got=(odd.t1, odd.t2))


async def check_lifetimes_ignored(client: Client, kind: type[Timed]) -> None:
    plain, odd = await requested(client, kind), await requested(client, kind, life=ODD_S)
    pairs = zip(lives(plain)[0], lives(odd)[0], strict=True)
    same = all(near(asked, usual) for usual, asked in pairs)
    check(same, "the lifetimes follow those of the client", expected=lives(plain), got=lives(odd))


def proportional(ia: Timed) -> bool:
    """Whether T1 and T2 are 0.5 and 0.8 times the shortest preferred lifetime, or 0."""
    shortest = min(preferred for preferred, _ in lives(ia))
    if shortest == INFINITY:
        return {ia.t1, ia.t2} <= {INFINITY, 0}
    half, most = shortest * 0.5, shortest * 0.8
    return all(not t or abs(t - wanted) <= ROUNDING_S for t, wanted in ((ia.t1, half), (ia.t2, most)))


async def check_proportions(client: Client, kind: type[Timed]) -> None:
    ia = await leased(client, kind)
    wanted = "0.5 and 0.8 times the shortest preferred lifetime"
    check(proportional(ia), f"T1 and T2 are not {wanted}", expected=wanted, got=(ia.t1, ia.t2, *lives(ia)))


async def check_order(client: Client, kind: type[Timed]) -> None:
    ia = await leased(client, kind)
    check(not (ia.t1 and ia.t2) or ia.t1 <= ia.t2, "T1 is above T2", got=(ia.t1, ia.t2))


async def check_lifetimes(client: Client, kind: type[Timed]) -> None:
    found = lives(await leased(client, kind))
    check(all(preferred <= valid for preferred, valid in found), "a preferred lifetime is above the valid", got=found)


async def check_iaids(client: Client, kind: type[Ia]) -> None:
    """No answer has two IAs of a kind with one IAID."""
    for exchange in await conversation(client):
        iaids = [each.iaid for each in ias_of(exchange.answer) if isinstance(each, kind)]
        check(len(iaids) == len(set(iaids)), "two IAs have the same IAID", got=describe(exchange.answer))


async def check_status_inside(client: Client, kind: type[Timed]) -> None:
    """What concerns an unknown IA is told inside it, and not of the message alone."""
    told = False
    for message in (Renew, Release):
        ia = kind(iaid=client.iaid(), options=((ADDRESS if kind is IaNa else PREFIX),) if message is Release else ())
        reply: Message = await client.obtained(client.to_server(message, ia))
        inside = any(status(each) for each in ias_of(reply))
        told = told or inside
        check(inside or status(reply) in OF_MESSAGES, "the status of an IA stands outside it", got=describe(reply))
    if not told:
        raise Unready("the server tells no status of an IA")


@server("rfc8415:21.4-1")
async def test_t1_and_t2_of_ia_na_are_the_servers(client: Client) -> None:
    """T1 and T2 that a client writes into an IA_NA are ignored."""
    await check_times_ignored(client, IaNa)


@server("rfc8415:21.4-2")
async def test_t1_and_t2_of_ia_na_follow_the_preferred_lifetime(client: Client) -> None:
    """T1 and T2 are 0.5 and 0.8 times the shortest preferred lifetime, or 0."""
    await check_proportions(client, IaNa)


@server("rfc8415:21.4-3b")
async def test_the_iaids_of_ia_na_differ(client: Client) -> None:
    """The IA_NAs of one message have different IAIDs."""
    await check_iaids(client, IaNa)


@server("rfc8415:21.4-3c")
async def test_the_status_of_an_ia_na_stands_in_it(client: Client) -> None:
    """What the server has to say of an IA_NA is a Status Code inside it."""
    await check_status_inside(client, IaNa)


@server("rfc8415:21.4-4")
async def test_t1_of_ia_na_is_not_above_t2(client: Client) -> None:
    """When neither is 0, T1 is not above T2."""
    await check_order(client, IaNa)


@server("rfc8415:21.4-5")
async def test_t1_and_t2_lie_before_the_end_of_the_leases(client: Client) -> None:
    """Neither T1 nor T2 is above the shortest valid lifetime."""
    ia = await leased(client, IaNa)
    shortest = min(valid for _, valid in lives(ia))
    check(max(ia.t1, ia.t2) <= shortest, "T1 or T2 is above the valid lifetime", expected=shortest, got=(ia.t1, ia.t2))


@server("rfc8415:21.6-1")
async def test_lifetimes_of_addresses_are_the_servers(client: Client) -> None:
    """Lifetimes that a client writes into an IA Address are ignored."""
    await check_lifetimes_ignored(client, IaNa)


@server("rfc8415:21.6-2")
async def test_addresses_are_not_preferred_longer_than_valid(client: Client) -> None:
    """The preferred lifetime of an address is not above its valid lifetime."""
    await check_lifetimes(client, IaNa)


@server("rfc8415:21.21-1")
async def test_t1_and_t2_of_ia_pd_are_the_servers(client: Client) -> None:
    """T1 and T2 that a client writes into an IA_PD are ignored."""
    await check_times_ignored(client, IaPd)


@server("rfc8415:21.21-2")
async def test_t1_and_t2_of_ia_pd_follow_the_preferred_lifetime(client: Client) -> None:
    """T1 and T2 are 0.5 and 0.8 times the shortest preferred lifetime, or 0."""
    await check_proportions(client, IaPd)


@server("rfc8415:21.21-3b")
async def test_the_iaids_of_ia_pd_differ(client: Client) -> None:
    """The IA_PDs of one message have different IAIDs."""
    await check_iaids(client, IaPd)


@server("rfc8415:21.21-3c")
async def test_the_status_of_an_ia_pd_stands_in_it(client: Client) -> None:
    """What the server has to say of an IA_PD is a Status Code inside it."""
    await check_status_inside(client, IaPd)


@server("rfc8415:21.21-4")
async def test_t1_of_ia_pd_is_not_above_t2(client: Client) -> None:
    """When neither is 0, T1 is not above T2."""
    await check_order(client, IaPd)


@server("rfc8415:21.22-1")
async def test_lifetimes_of_prefixes_are_the_servers(client: Client) -> None:
    """Lifetimes that a client writes into an IA Prefix are ignored."""
    await check_lifetimes_ignored(client, IaPd)


@server("rfc8415:21.22-3")
async def test_prefixes_are_not_preferred_longer_than_valid(client: Client) -> None:
    """The preferred lifetime of a prefix is not above its valid lifetime."""
    await check_lifetimes(client, IaPd)


# Temporary addresses.


async def temporary(client: Client, ia: IaTa) -> IaTa:
    """What the server leases for an IA_TA. Raises Unready."""
    found = same_ia(await client.obtained(client.to_server(Request, ia)), ia)
    if not isinstance(found, IaTa) or not leases(found):
        raise Unready("the server leases no temporary address")
    return found


@server("rfc8415:13.2-1")
async def test_temporary_addresses_live_shortly(client: Client) -> None:
    """A temporary address is preferred for a day and valid for a week at most."""
    found = lives(await temporary(client, IaTa(iaid=client.iaid())))
    short = all(preferred <= DAY_S and valid <= WEEK_S for preferred, valid in found)
    check(short, "a temporary address lives long", expected=(DAY_S, WEEK_S), got=found)


@server("rfc8415:21.5-1")
async def test_an_ia_ta_keeps_its_addresses(client: Client) -> None:
    """The same IA_TA gets the same addresses."""
    ia = IaTa(iaid=client.iaid())
    before, after = leases(await temporary(client, ia)), leases(await temporary(client, ia))
    check(set(before) == set(after), "the IA_TA got other addresses", expected=before, got=after)


@server("rfc8415:21.5-3")
async def test_a_new_ia_ta_gets_new_addresses(client: Client) -> None:
    """An IA_TA with a new IAID gets addresses that the other has not."""
    one = leases(await temporary(client, IaTa(iaid=client.iaid())))
    other = leases(await temporary(client, IaTa(iaid=client.iaid())))
    check(not set(one) & set(other), "two IA_TAs got the same address", got=one)


@server("rfc9915:21.5-1")
async def test_no_ia_ta_is_sent(client: Client) -> None:
    """The server sends no IA_TA, whatever it is asked for."""
    asked = (*client.ias(), IaTa(iaid=client.iaid()))
    advertise = await client.obtained(client.message(Solicit, *asked), Advertise)
    wrong = [option for _, option in walk(advertise) if isinstance(option, IaTa)]
    check(not wrong, "the server sends an IA_TA", got=wrong[:1])


@server("rfc9915:21.5-2")
@pytest.mark.parametrize("kind", [Solicit, Request], ids=lambda kind: str(kind.TITLE))
async def test_an_ia_ta_changes_nothing(client: Client, kind: type[Message]) -> None:
    """What is asked for beside an IA_TA is answered as without it."""
    ia = client.ia()
    plain = client.message(Solicit, ia) if kind is Solicit else client.to_server(kind, ia)
    await client.obtained(plain, Advertise | Reply)
    again = replace(plain.having(IaTa(iaid=client.iaid())), transaction_id=client.transaction_id())
    answer = await client.asks(again, Advertise | Reply)
    check(same_ia(answer, ia), "the other IA gets no answer", got=describe(answer))
