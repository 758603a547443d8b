"""RFC 4861, 6.2.1 to 6.2.3, RFC 4191, 4: the values that a router advertises, by default and as it was told."""

from conformance.engine import Silence, Unready, a, check, lasts, uses

from .advertised import messages, prefixes, solicitation, told
from .bind import router
from .provide import Fresh, Neighbour, Station
from .resolving import LATE_S, RETRANS_LEAST_S, RETRANS_S
from .station import CHATTER, reply_to
from .wire import Frame, MtuOption, PrefixInformation, RouteInformation, RouterAdvertisement
from .wire.addresses import ALL_NODES, ALL_ROUTERS

pytestmark = uses("product", exclusive=True)
LIFETIME_S = 1800
VALID_S, PREFERRED_S = 2_592_000, 604_800
QUIET_S = 4.0
FIELDS = ("cur_hop_limit", "managed", "other", "router_lifetime", "reachable_time", "retrans_timer", "preference")


async def default(fresh: Fresh, field: str, value: object) -> None:
    """A field of each advertisement has its default value."""
    for each in await messages(fresh):
        got = getattr(each, field)
        check(got == value, f"{field} is not what it is by default", expected=value, got=got)


@router("rfc4861:6.2.1-5b")
async def test_the_reachable_time_is_0_by_default(fresh: Fresh) -> None:
    """A router advertises Reachable Time 0 unless it was told otherwise."""
    await default(fresh, "reachable_time", 0)


@router("rfc4861:6.2.1-6b")
async def test_the_router_lifetime_is_half_an_hour_by_default(fresh: Fresh) -> None:
    """The Router Lifetime is by default three times MaxRtrAdvInterval, thus 1800 s."""
    await default(fresh, "router_lifetime", LIFETIME_S)


@router("rfc4861:6.2.1-7a")
async def test_the_flags_are_clear_by_default(fresh: Fresh) -> None:
    """The flags M and O are clear unless the router was told otherwise."""
    for each in await messages(fresh):
        check(not each.managed and not each.other, "a flag is set", got=f"M {each.managed:d}, O {each.other:d}")


@router("rfc4861:6.2.1-7b")
async def test_no_mtu_is_told_by_default(fresh: Fresh) -> None:
    """No MTU option is sent unless the router was told to."""
    for each in await messages(fresh):
        check(not each.first(MtuOption), "an MTU option is sent", got=each.first(MtuOption))


@router("rfc4861:6.2.1-7c")
async def test_the_retrans_timer_is_0_by_default(fresh: Fresh) -> None:
    """A router advertises Retrans Timer 0 unless it was told otherwise."""
    await default(fresh, "retrans_timer", 0)


@router("rfc4861:6.2.1-7d")
async def test_a_prefix_is_valid_for_30_days_by_default(fresh: Fresh) -> None:
    """A prefix has by default a valid lifetime of 2,592,000 s in each advertisement."""
    for each in await prefixes(fresh):
        check(each.valid_lifetime == VALID_S, "it is another", expected=VALID_S, got=each.valid_lifetime)


@router("rfc4861:6.2.1-7e")
async def test_a_prefix_is_preferred_for_7_days_by_default(fresh: Fresh) -> None:
    """A prefix has by default a preferred lifetime of 604,800 s in each advertisement."""
    for each in await prefixes(fresh):
        check(
            each.preferred_lifetime == PREFERRED_S, "it is another", expected=PREFERRED_S, got=each.preferred_lifetime
        )


@router("rfc4861:6.2.1-7f")
async def test_a_prefix_has_both_flags_by_default(fresh: Fresh) -> None:
    """A prefix has the flags L and A set unless the router was told otherwise."""
    for each in await prefixes(fresh):
        check(each.on_link and each.autonomous, "a flag is clear", got=f"L {each.on_link:d}, A {each.autonomous:d}")


@router("rfc4191:4-1a")
async def test_the_preference_is_medium_by_default(fresh: Fresh) -> None:
    """A router sends no preference but medium unless it was told to."""
    await default(fresh, "preference", 0)


@router("rfc4191:4-1b")
async def test_no_route_is_told_by_default(fresh: Fresh) -> None:
    """A router sends no Route Information option unless it was told to."""
    for each in await messages(fresh):
        check(not each.every(RouteInformation), "a route is told", got=each.every(RouteInformation))


# As it was told.


def differences(message: RouterAdvertisement, given: dict[str, object]) -> list[str]:
    """What an advertisement says other than the access data."""
    found = [f"{f} {getattr(message, f)}" for f in FIELDS if f in given and getattr(message, f) != given[f]]
    mtu = message.first(MtuOption)
    if "mtu" in given and (mtu.mtu if mtu else 0) != given["mtu"]:
        found.append(f"mtu {mtu.mtu if mtu else 0}")
    said = {f"{each.prefix}/{each.prefix_length}" for each in message.every(PrefixInformation)}
    if "prefixes" in given and said != set(map(str, given["prefixes"])):  # type: ignore[call-overload]
        found.append(f"prefixes {sorted(said)}")
    return found


@router("rfc4861:6.2.3-1")
async def test_an_advertisement_says_what_was_configured(fresh: Fresh) -> None:
    """Each field and option of an advertisement has the value that was configured, as the access data tell."""
    given = told(fresh.case)
    if not given.keys() & {*FIELDS, "mtu", "prefixes"}:
        raise Unready("the access data tell no value in [ixit.ipv6.advertised]")
    for each in await messages(fresh):
        found = differences(each, given)
        check(not found, "an advertisement says something else than was configured", expected=given, got=found)


@router("rfc4861:6.2.2-1")
@lasts(QUIET_S)
async def test_a_quiet_interface_does_not_advertise(far: Station) -> None:
    """On an interface that is not an advertising one no Router Advertisement is sent, not even when it is asked for."""
    await far.send(solicitation(far))
    others = a(Frame, message=lambda message: not isinstance(message, RouterAdvertisement)) | a(Frame, ip=None)
    await far.expect(Silence, passing=others, within_s=QUIET_S, why="a quiet interface advertises")


@router("rfc4861:6.2.2-2")
async def test_a_router_is_a_member_of_all_routers(tester: Station) -> None:
    """A router hears what is sent to ff02::2 on an advertising interface, as it hears what is sent to ff02::1."""
    request = tester.echo()
    await tester.send(tester.frame(request, to=ALL_NODES))
    await tester.ready(reply_to(request))
    request = tester.echo()
    await tester.send(tester.frame(request, to=ALL_ROUTERS))
    await tester.expect(reply_to(request), passing=CHATTER, why="the router does not hear what is sent to ff02::2")


@router("rfc4861:6.2.1-9")
@lasts(RETRANS_S)
async def test_a_router_waits_between_solicitations_as_hosts_do(neighbour: Neighbour) -> None:
    """For its own traffic a router keeps the retransmission timer just as hosts do: a second, unless told."""
    await neighbour.incomplete()
    first_s = neighbour.channel.arrived_at_s
    await neighbour.ready(neighbour.asks(), passing=neighbour.others, within_s=RETRANS_S + LATE_S)
    gap_s = neighbour.channel.arrived_at_s - first_s
    good = gap_s >= RETRANS_LEAST_S
    check(good, "two solicitations are too near", expected=f"{RETRANS_S:g} s", got=f"{gap_s:.2f} s", timing=True)
