"""RFC 4861, 6.1.1: Router Solicitations that are valid, and those that a router discards.

That a solicitation was used shows twice: its sender is known afterwards, and an advertisement answers it in time. A
router may answer to all nodes, as it advertises unasked too; so an answer to all shows only by when it comes.
"""

from collections.abc import Iterable

import pytest

from conformance.engine import Silence, Unready, check, lasts, negative, outcome, uses

from .advertised import ADVERTISEMENT, ANSWERED_S, BETWEEN_S, DELAY_S, LATE_S, first_advertisement, solicitation
from .bind import router
from .provide import Fresh, Neighbour, Station
from .resolving import at
from .spoiling import AFAR, CHECKSUM, CODE, EMPTY_OPTION, UNKNOWN, Change, cut_to
from .station import UNSPECIFIED
from .wire import Frame, MtuOption, NdOption, SourceLinkLayerAddress, TargetLinkLayerAddress

pytestmark = uses("product", exclusive=True)
ROUNDS = 20
"""An advertisement unasked comes when an answer would once in two times; so often in a row by chance never."""
WITHIN_S = 30.0


def asking(neighbour: Neighbour, *options: NdOption, **fields: object) -> Frame:
    """A Router Solicitation of the neighbour's that tells where it is."""
    known = SourceLinkLayerAddress(address=neighbour.elsewhere)
    return solicitation(neighbour, **({"options": (known, *options)} | fields))


async def unused(alone: Fresh, changes: Iterable[Change]) -> None:
    """The changed solicitations are not answered, and their sender is not known afterwards."""
    neighbour = Neighbour(alone.case, alone.lan, alone.node, name="neighbour")
    frames = [change(asking(neighbour)) for change in changes]
    await unanswered(alone, neighbour, frames)
    why = "the router has learnt from an invalid Router Solicitation"
    await neighbour.expect_unknown(why)


async def unanswered(alone: Fresh, station: Station, frames: list[Frame]) -> None:
    """No advertisement answers the solicitations: at some time the next one comes too late to do so.

    Raises Nonconformity.
    """
    last_s = await first_advertisement(alone)
    shortest_s = BETWEEN_S
    for _ in range(ROUNDS):
        await station.send(*frames)
        sent_s = station.channel.sent_at_s
        due_s = max(sent_s, last_s + BETWEEN_S) + DELAY_S + LATE_S
        event = await alone.watch.next(passing=Frame, until=outcome(ADVERTISEMENT), within_s=due_s - sent_s)
        if isinstance(event, Silence):
            return
        check(event.ip.destination.is_multicast, "an invalid Router Solicitation is answered to its sender")
        shortest_s = min(shortest_s, alone.watch.arrived_at_s - last_s)
        last_s = alone.watch.arrived_at_s
    if shortest_s < BETWEEN_S - LATE_S:
        raise Unready("the router advertises itself too often to tell")
    why = "an advertisement followed each invalid Router Solicitation just as an answer would"
    check(False, why, expected="none that comes in time", got=f"{ROUNDS} in a row", timing=True)


@router("rfc4861:6.1.1-2")
@lasts(WITHIN_S)
@negative
async def test_a_solicitation_from_afar_is_discarded(alone: Fresh) -> None:
    """A Router Solicitation with a hop limit other than 255 may come from another link, and is discarded."""
    await unused(alone, AFAR)


@router("rfc4861:6.1.1-3")
@lasts(WITHIN_S)
@negative
async def test_a_solicitation_with_a_wrong_checksum_is_discarded(alone: Fresh) -> None:
    """A Router Solicitation with a wrong checksum is discarded."""
    await unused(alone, CHECKSUM)


@router("rfc4861:6.1.1-4")
@lasts(WITHIN_S)
@negative
async def test_a_solicitation_with_a_code_is_discarded(alone: Fresh) -> None:
    """A Router Solicitation with a code other than 0 is discarded."""
    await unused(alone, CODE)


@router("rfc4861:6.1.1-5")
@lasts(WITHIN_S)
@negative
async def test_a_short_solicitation_is_discarded(alone: Fresh) -> None:
    """A Router Solicitation of less than 8 octets is discarded, also where the rest of it follows as padding."""
    await unused(alone, map(cut_to, (4, 7)))


@router("rfc4861:6.1.1-6", "rfc4861:4.6-1")
@lasts(WITHIN_S)
@negative
async def test_a_solicitation_with_an_empty_option_is_discarded(alone: Fresh) -> None:
    """A Router Solicitation that contains an option of length zero is discarded."""
    await unused(alone, EMPTY_OPTION)


@router("rfc4861:6.1.1-7")
@lasts(WITHIN_S)
@negative
async def test_a_solicitation_from_nobody_with_an_address_is_discarded(alone: Fresh) -> None:
    """A Router Solicitation from the unspecified address that has a Source Link-Layer Address is discarded."""
    station = alone.station()
    await unanswered(alone, station, [solicitation(station, source=UNSPECIFIED)])


# More than is defined.

CASES: dict[str, tuple[NdOption, ...]] = {
    "reserved": (),
    "unknown option": (UNKNOWN,),
    "options of others": (MtuOption(mtu=1280), TargetLinkLayerAddress(address=bytes(6))),
}


@router("rfc4861:6.1.1-8")
@pytest.mark.parametrize("what", CASES)
async def test_a_solicitation_with_more_than_is_defined_is_answered(alone: Fresh, what: str) -> None:
    """The Reserved field, unknown options and options of other messages do not keep the router from answering."""
    await first_advertisement(alone)
    neighbour = Neighbour(alone.case, alone.lan, alone.node, name="neighbour")
    frame = asking(neighbour, *CASES[what], reserved=0xFFFFFFFF if what == "reserved" else 0)
    await neighbour.send(frame)
    await alone.sees(ADVERTISEMENT, within_s=ANSWERED_S, why="the Router Solicitation is not answered")
    await neighbour.expect_reply_at(neighbour.elsewhere, why="the Router Solicitation was not used")


@router("rfc4861:4.1-2b")
async def test_the_reserved_field_of_a_solicitation_is_ignored(neighbour: Neighbour) -> None:
    """The Reserved field of a Router Solicitation makes no difference: its sender is known afterwards."""
    await neighbour.send(asking(neighbour, source=neighbour.address, reserved=0xA5A5A5A5))
    await _known_at_once(neighbour)


@router("rfc4861:4.1-5", "rfc4861:9-2")
@pytest.mark.parametrize("front", [True, False], ids=["in front", "behind"])
async def test_unknown_options_of_a_solicitation_are_skipped(neighbour: Neighbour, front: bool) -> None:
    """An unknown option of a Router Solicitation is skipped, and the address beside it is used."""
    known = SourceLinkLayerAddress(address=neighbour.elsewhere)
    options = (UNKNOWN, known) if front else (known, UNKNOWN)
    await neighbour.send(asking(neighbour, source=neighbour.address, options=options))
    await _known_at_once(neighbour)


async def _known_at_once(neighbour: Neighbour) -> None:
    """What the router sends to the neighbour goes to the address that it has told, without a question before."""
    request = await neighbour.use()
    wanted = outcome(at(neighbour.elsewhere, request))
    event = await neighbour.next(passing=Frame, until=outcome(neighbour.asks_all()) | wanted)
    if isinstance(event, Silence):
        raise Unready("the router neither answers the neighbour nor asks for it")
    if not wanted.matches(event):
        raise neighbour.channel.unexpected(event, wanted, "the address in a Router Solicitation was not used")


@router("rfc4861:4.6.1-1")
async def test_a_target_address_in_a_solicitation_is_ignored(neighbour: Neighbour) -> None:
    """A Router Solicitation with a Target Link-Layer Address alone counts as one without: its sender is asked."""
    options = (TargetLinkLayerAddress(address=neighbour.elsewhere),)
    await neighbour.send(asking(neighbour, source=neighbour.address, options=options))
    await neighbour.expect_unknown("an address of another message's option was used")
