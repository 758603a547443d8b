"""RFC 4861, 8.3: what a host makes of a Redirect."""

from conformance.engine import Silence, Unready, a, check, lasts, outcome, uses

from .bind import host
from .default_routers import AWAY, ask_from, two_routers
from .next_hops import expect_through, ready_through
from .provide import Fresh, Neighbour, Station
from .redirecting import redirect
from .resolving import PROBED_S, UNPROBED_S
from .router import Router
from .station import packet, reply_to
from .wire import Frame, NeighborSolicitation, Redirect, TargetLinkLayerAddress

pytestmark = uses("product", exclusive=True)
FLOWS = (0, 1, 0x5A5A5, 0xFFFFF)


async def told_of_a_neighbour(alone: Fresh) -> tuple[Router, Neighbour]:
    """The router that is used, and a neighbour of which the host knows nothing."""
    used, _ = await two_routers(alone)
    return used, Neighbour(alone.case, alone.lan, alone.node, name="neighbour")


def naming(used: Router, neighbour: Neighbour, mac: bytes) -> Frame:
    """The Redirect that names the neighbour as the better first hop, at a hardware address."""
    return redirect(used, neighbour.link_local, AWAY, TargetLinkLayerAddress(address=mac))


@host("rfc4861:8.3-1")
async def test_a_redirect_is_followed(alone: Fresh) -> None:
    """After a valid Redirect the packets for its destination go to its target."""
    used, other = await two_routers(alone)
    await used.send(redirect(used, other.link_local, AWAY, TargetLinkLayerAddress(address=other.mac)))
    await expect_through(alone, used, AWAY, by=other, why="the Redirect was not followed")


@host("rfc4861:8.3-2a")
@lasts(PROBED_S)
async def test_an_entry_that_a_redirect_creates_is_stale(alone: Fresh) -> None:
    """The entry that a Redirect creates for its target is STALE."""
    used, neighbour = await told_of_a_neighbour(alone)
    await used.send(naming(used, neighbour, neighbour.mac))
    await neighbour.shows_stale()


@host("rfc4861:8.3-2b")
@lasts(PROBED_S)
async def test_an_entry_that_a_redirect_changes_is_stale(alone: Fresh) -> None:
    """The entry of the target becomes STALE when a Redirect changes its link-layer address."""
    used, neighbour = await told_of_a_neighbour(alone)
    await neighbour.reachable(neighbour.elsewhere)
    await used.send(naming(used, neighbour, neighbour.mac))
    await neighbour.shows_stale()


@host("rfc4861:8.3-2c")
@lasts(UNPROBED_S)
async def test_a_redirect_with_the_known_address_changes_no_state(alone: Fresh) -> None:
    """A Redirect with the link-layer address that is cached already leaves the entry REACHABLE."""
    used, neighbour = await told_of_a_neighbour(alone)
    await neighbour.reachable()
    await used.send(naming(used, neighbour, neighbour.mac))
    await neighbour.shows_reachable()


@host("rfc4861:8.3-5")
async def test_all_flows_follow_a_redirect(alone: Fresh) -> None:
    """All packets to the destination follow the Redirect, whatever their flow."""
    used, other = await two_routers(alone)
    await used.send(redirect(used, other.link_local, AWAY, TargetLinkLayerAddress(address=other.mac)))
    await ready_through(alone, used, AWAY, by=other)
    for label in FLOWS:
        asked = used.echo(identifier=alone.case.rng.getrandbits(16))
        await used.send(used.frame(asked, to=used.product.address, source=AWAY, flow_label=label))
        event = await alone.watch.next(passing=Frame, until=outcome(reply_to(asked)))
        if isinstance(event, Silence):
            raise Unready(f"the host does not answer what has flow label {label:#x}")
        why = f"what answers flow label {label:#x} does not follow the Redirect"
        check(event.destination == other.mac, why, expected=other.mac.hex(":"), got=event.destination.hex(":"))


@host("rfc4861:8.3-7")
async def test_a_target_without_an_address_is_asked(alone: Fresh) -> None:
    """After a Redirect without link-layer address the host asks for its target."""
    used, _ = await two_routers(alone)
    target = alone.router(name="target")
    await used.send(redirect(used, target.link_local, AWAY))
    await ask_from(AWAY, used)
    await alone.sees(packet(NeighborSolicitation, target=target.link_local), why="the target is not asked for")


@host("rfc4861:8.3-6")
async def test_a_host_sends_no_redirect(tester: Station) -> None:
    """A host never sends a Redirect, not even where it is given a packet for one of its neighbours."""
    beside = await tester.another()
    await tester.send(tester.frame(tester.echo(), to=beside.address))
    others = a(Frame, message=lambda message: not isinstance(message, Redirect))
    await tester.expect_nothing("the host sent a Redirect", passing=others)
