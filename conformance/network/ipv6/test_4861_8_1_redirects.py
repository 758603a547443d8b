"""RFC 4861, 8.1: Redirects that are valid, and those that a host discards."""

from collections.abc import Iterable
from ipaddress import IPv6Address

import pytest

from conformance.engine import negative, uses

from .bind import host
from .default_routers import AWAY, two_routers
from .next_hops import away, expect_direct, expect_through
from .provide import Fresh, Neighbour
from .redirecting import redirect
from .router import Router
from .spoiling import AFAR, CHECKSUM, CODE, EMPTY_OPTION, UNKNOWN, Change, cut_to, from_source
from .wire import Frame, Ipv6, MtuOption, NdOption, SourceLinkLayerAddress, TargetLinkLayerAddress

pytestmark = uses("product", exclusive=True)
GROUP = IPv6Address("ff0e::1234")


def to_other(used: Router, other: Router, destination: IPv6Address = AWAY) -> Frame:
    """The Redirect by which the router that is used names the other one as the better."""
    return redirect(used, other.link_local, destination, TargetLinkLayerAddress(address=other.mac))


async def unused(alone: Fresh, changes: Iterable[Change]) -> None:
    """None of the changed Redirects is followed."""
    used, other = await two_routers(alone)
    for change in changes:
        await used.send(change(to_other(used, other)))
        await expect_through(alone, used, AWAY, why="an invalid Redirect was followed")


@host("rfc4861:8.1-1")
@negative
async def test_a_redirect_from_no_link_local_address_is_discarded(alone: Fresh) -> None:
    """A Redirect whose source is not a link-local address is discarded."""
    await unused(alone, [from_source(away(alone))])


@host("rfc4861:8.1-2")
@negative
async def test_a_redirect_from_afar_is_discarded(alone: Fresh) -> None:
    """A Redirect with a hop limit other than 255 may come from another link, and is discarded."""
    await unused(alone, AFAR)


@host("rfc4861:8.1-3")
@negative
async def test_a_redirect_with_a_wrong_checksum_is_discarded(alone: Fresh) -> None:
    """A Redirect with a wrong checksum is discarded."""
    await unused(alone, CHECKSUM)


@host("rfc4861:8.1-4")
@negative
async def test_a_redirect_with_a_code_is_discarded(alone: Fresh) -> None:
    """A Redirect with a code other than 0 is discarded."""
    await unused(alone, CODE)


@host("rfc4861:8.1-5")
@negative
async def test_a_short_redirect_is_discarded(alone: Fresh) -> None:
    """A Redirect of less than 40 octets is discarded, also where the rest of it follows as padding."""
    await unused(alone, map(cut_to, (8, 24, 39)))


@host("rfc4861:8.1-6")
@negative
async def test_a_redirect_from_another_router_is_discarded(alone: Fresh) -> None:
    """A Redirect that does not come from the first hop that the host uses for the destination is discarded."""
    used, other = await two_routers(alone)
    await other.send(to_other(other, other))
    await expect_through(alone, used, AWAY, why="a Redirect of a router that is not used was followed")
    neighbour = alone.station(name="neighbour")
    await other.send(to_other(other, other).changed(Ipv6, source=neighbour.link_local))
    await expect_through(alone, used, AWAY, why="a Redirect of a neighbour was followed")


@host("rfc4861:8.1-7")
@negative
async def test_a_redirect_for_a_group_is_discarded(alone: Fresh) -> None:
    """A Redirect whose Destination Address is multicast is discarded, and nothing is learnt of its target."""
    used, _ = await two_routers(alone)
    neighbour = Neighbour(alone.case, alone.lan, alone.node, name="neighbour")
    option = TargetLinkLayerAddress(address=neighbour.elsewhere)
    await used.send(redirect(used, neighbour.link_local, GROUP, option))
    await neighbour.expect_unknown("the address in a Redirect for a group was used")


@host("rfc4861:8.1-8")
@negative
async def test_a_redirect_to_a_far_target_is_discarded(alone: Fresh) -> None:
    """A Redirect whose target is neither a link-local address nor its destination is discarded."""
    used, other = await two_routers(alone)
    far = away(alone)
    other.add(far)
    await used.send(redirect(used, far, AWAY, TargetLinkLayerAddress(address=other.mac)))
    await expect_through(alone, used, AWAY, why="a Redirect to a target that is far away was followed")


@host("rfc4861:8.1-9", "rfc4861:4.6-1")
@negative
async def test_a_redirect_with_an_empty_option_is_discarded(alone: Fresh) -> None:
    """A Redirect that contains an option of length zero is discarded."""
    await unused(alone, EMPTY_OPTION)


async def followed(alone: Fresh, *options: NdOption, reserved: int = 0) -> None:
    """A Redirect with these options is followed."""
    used, other = await two_routers(alone)
    await used.send(redirect(used, other.link_local, AWAY, *options, reserved=reserved))
    await expect_through(alone, used, AWAY, by=other, why="the Redirect was not followed")


MISPLACED = (MtuOption(mtu=1280), SourceLinkLayerAddress(address=bytes(6)))
CASES: dict[str, tuple[NdOption, ...]] = {"reserved": (), "unknown option": (UNKNOWN,), "options of others": MISPLACED}


@host("rfc4861:8.1-10")
@pytest.mark.parametrize("what", CASES)
async def test_a_redirect_with_more_than_is_defined_is_followed(alone: Fresh, what: str) -> None:
    """The Reserved field, unknown options and options of other messages do not keep a Redirect from its use."""
    await followed(alone, *CASES[what], reserved=0xFFFFFFFF if what == "reserved" else 0)


@host("rfc4861:4.1-2b")
async def test_the_reserved_field_of_a_redirect_is_ignored(alone: Fresh) -> None:
    """The Reserved field of a Redirect makes no difference."""
    await followed(alone, reserved=0xA5A5A5A5)


@host("rfc4861:4.1-5", "rfc4861:9-2")
@pytest.mark.parametrize("front", [True, False], ids=["in front", "behind"])
async def test_unknown_options_of_a_redirect_are_skipped(alone: Fresh, front: bool) -> None:
    """An unknown option is skipped, and the target's address beside it is used without asking."""
    used, _ = await two_routers(alone)
    target = alone.router(name="target")
    target.answers = False
    known = TargetLinkLayerAddress(address=target.mac)
    options: tuple[NdOption, ...] = (UNKNOWN, known) if front else (known, UNKNOWN)
    await used.send(redirect(used, target.link_local, AWAY, *options))
    await expect_through(alone, used, AWAY, by=target, why="the address beside an unknown option was not used")


@host("rfc4861:8.1-11", "rfc4861:8.3-3")
async def test_a_redirect_to_the_destination_itself_is_followed(alone: Fresh) -> None:
    """A Redirect whose target is its destination makes it on-link, though it lies in no prefix of the link."""
    used, _ = await two_routers(alone)
    await used.send(redirect(used, AWAY, AWAY))
    await expect_direct(alone, used, AWAY, why="the destination is not taken as on-link")
