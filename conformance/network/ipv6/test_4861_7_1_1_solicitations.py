"""RFC 4861, 7.1.1: Neighbor Solicitations that are valid, and those that are discarded."""

import pytest

from conformance.engine import negative

from .bind import both
from .provide import Neighbour, Station
from .resolving import NO_ANSWER, TO_ALL, spoiled, to
from .station import packet
from .wire import (
    Frame,
    MtuOption,
    NdOption,
    NeighborAdvertisement,
    NeighborSolicitation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
    UnknownIcmpv6,
    UnknownNdOption,
)
from .wire.addresses import ALL_NODES, solicited_node

QUIET = NO_ANSWER | TO_ALL


def asking(tester: Station, **fields: object) -> Frame:
    """A solicitation for the product's link-local address; `fields` replace some of the message's own."""
    target = tester.product.link_local
    values = {"target": target, "options": (SourceLinkLayerAddress(address=tester.mac),)} | fields
    return tester.frame(NeighborSolicitation(**values), to=solicited_node(target), hop_limit=255)  # type: ignore[arg-type]


async def answered(tester: Station) -> None:
    """The product answers a solicitation for its link-local address."""
    wanted = packet(NeighborAdvertisement, target=tester.product.link_local, ip=to(tester.link_local))
    await tester.expect(wanted, passing=QUIET)


@both("rfc4861:7.1.1-1")
@pytest.mark.parametrize("hop_limit", [0, 1, 64, 254])
@negative
async def test_a_solicitation_from_afar_is_discarded(tester: Station, hop_limit: int) -> None:
    """A solicitation with a hop limit other than 255 may come from another link, and is discarded."""
    frame = asking(tester)
    assert frame.ip
    await tester.send(frame.changed(type(frame.ip), hop_limit=hop_limit))
    await tester.expect_nothing(passing=QUIET)


@both("rfc4861:7.1.1-2")
@negative
async def test_a_solicitation_with_a_wrong_checksum_is_discarded(tester: Station) -> None:
    """A solicitation with a wrong checksum is discarded."""
    await tester.send(spoiled(asking(tester)))
    await tester.expect_nothing(passing=QUIET)


@both("rfc4861:7.1.1-3")
@pytest.mark.parametrize("code", [1, 255])
@negative
async def test_a_solicitation_with_a_code_is_discarded(tester: Station, code: int) -> None:
    """A solicitation with a code other than 0 is discarded."""
    await tester.send(asking(tester, code=code))
    await tester.expect_nothing(passing=QUIET)


@both("rfc4861:7.1.1-4")
@pytest.mark.parametrize("size", [8, 20, 23])
@negative
async def test_a_short_solicitation_is_discarded(tester: Station, size: int) -> None:
    """A solicitation of less than 24 octets is discarded, also where the rest of its target follows as padding."""
    whole = bytes(4) + tester.product.link_local.packed
    cut = UnknownIcmpv6(type=NeighborSolicitation.type, data=whole[: size - 4])
    frame = tester.frame(cut, to=solicited_node(tester.product.link_local), hop_limit=255)
    padded = Frame(destination=frame.destination, source=frame.source, layers=frame.layers, padding=whole[size - 4 :])
    await tester.send(padded)
    await tester.expect_nothing(passing=QUIET)


@both("rfc4861:7.1.1-5")
@negative
async def test_a_solicitation_for_a_group_is_discarded(tester: Station) -> None:
    """A solicitation whose target is a multicast address is discarded, though the product is a member of the group."""
    await tester.send(asking(tester, target=ALL_NODES))
    await tester.expect_nothing(passing=QUIET)


@both("rfc4861:7.1.1-6", "rfc4861:4.6-1")
@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
@negative
async def test_a_solicitation_with_an_empty_option_is_discarded(tester: Station, first: bool) -> None:
    """A solicitation that contains an option of length zero is discarded."""
    whole = SourceLinkLayerAddress(address=tester.mac)
    empty = UnknownNdOption(type=200, data=bytes(6), length=0)
    await tester.send(asking(tester, options=(empty, whole) if first else (whole, empty)))
    await tester.expect_nothing(passing=QUIET)


@both("rfc4861:7.1.1-9")
@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"reserved": 0xFFFFFFFF}, id="reserved"),
        pytest.param({"options": (UnknownNdOption(type=200, data=bytes(6)),)}, id="unknown option"),
        pytest.param({"options": (MtuOption(mtu=1280),)}, id="MTU"),
        pytest.param({"options": (TargetLinkLayerAddress(address=bytes(6)),)}, id="target address"),
    ],
)
async def test_a_solicitation_with_more_than_is_defined_is_answered(tester: Station, fields: dict[str, object]) -> None:
    """The Reserved field, unknown options and options of other messages do not keep a solicitation from its answer."""
    await tester.send(asking(tester, **fields))
    await answered(tester)


@both("rfc4861:4.1-2b")
async def test_the_reserved_field_of_a_solicitation_is_ignored(tester: Station) -> None:
    """The Reserved field of a solicitation makes no difference."""
    await tester.send(asking(tester, reserved=0xA5A5A5A5))
    await answered(tester)


@both("rfc4861:4.1-5", "rfc4861:9-2")
@pytest.mark.parametrize("front", [True, False], ids=["in front", "behind"])
async def test_options_beside_unknown_ones_are_taken(neighbour: Neighbour, front: bool) -> None:
    """An unknown option is skipped, and the source address beside it is used for the answer."""
    unknown = UnknownNdOption(type=200, data=bytes(14))
    known = SourceLinkLayerAddress(address=neighbour.mac)
    options: tuple[NdOption, ...] = (unknown, known) if front else (known, unknown)
    await neighbour.send(neighbour.solicited(options=options))
    answer = packet(NeighborAdvertisement, target=neighbour.there, destination=neighbour.mac)
    await neighbour.expect(answer, passing=neighbour.unrelated)


@both("rfc4861:4.6.1-1")
async def test_a_target_address_in_a_solicitation_is_ignored(neighbour: Neighbour) -> None:
    """A solicitation with a Target Link-Layer Address alone counts as one without an address: the sender is asked."""
    options = (TargetLinkLayerAddress(address=neighbour.elsewhere),)
    await neighbour.send(neighbour.solicited(options=options, unicast=True))
    await neighbour.expect(neighbour.asks(), passing=neighbour.unrelated)
