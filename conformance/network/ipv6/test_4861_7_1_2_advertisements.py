"""RFC 4861, 7.1.2: Neighbor Advertisements that are valid, and those that are discarded.

The product waits for the address of a neighbour; an advertisement that it must discard does not end the wait, and one
that it must use does.
"""

from ipaddress import IPv6Address
from typing import Any

import pytest

from conformance.engine import negative

from .bind import both
from .provide import Neighbour
from .resolving import spoiled
from .station import reply_to
from .wire import (
    EchoRequest,
    Frame,
    MtuOption,
    NeighborAdvertisement,
    PrefixInformation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
    UnknownIcmpv6,
    UnknownNdOption,
)
from .wire.addresses import ALL_NODES, solicited_node

EMPTY = UnknownNdOption(type=200, data=bytes(6), length=0)


def answer(neighbour: Neighbour, **fields: Any) -> Frame:
    """The advertisement that would end the wait; `fields` replace some of the message's own."""
    return neighbour.advertised(neighbour.elsewhere, solicited=True, override=True, **fields)


async def ignored(neighbour: Neighbour, request: EchoRequest) -> None:
    """What was sent last did not end the wait: the reply stays out, and a valid advertisement fetches it."""
    await neighbour.expect_nothing("an advertisement that is not valid was used")
    await neighbour.send(neighbour.advertised(neighbour.mac, solicited=True, override=True))
    await neighbour.ready(reply_to(request))


@both("rfc4861:7.1.2-1")
@pytest.mark.parametrize("hop_limit", [0, 1, 64, 254])
@negative
async def test_an_advertisement_from_afar_is_discarded(neighbour: Neighbour, hop_limit: int) -> None:
    """An advertisement with a hop limit other than 255 may come from another link, and is discarded."""
    request = await neighbour.incomplete()
    frame = answer(neighbour)
    assert frame.ip
    await neighbour.send(frame.changed(type(frame.ip), hop_limit=hop_limit))
    await ignored(neighbour, request)


@both("rfc4861:7.1.2-2")
@negative
async def test_an_advertisement_with_a_wrong_checksum_is_discarded(neighbour: Neighbour) -> None:
    """An advertisement with a wrong checksum is discarded."""
    request = await neighbour.incomplete()
    await neighbour.send(spoiled(answer(neighbour)))
    await ignored(neighbour, request)


@both("rfc4861:7.1.2-3")
@pytest.mark.parametrize("code", [1, 255])
@negative
async def test_an_advertisement_with_a_code_is_discarded(neighbour: Neighbour, code: int) -> None:
    """An advertisement with a code other than 0 is discarded."""
    request = await neighbour.incomplete()
    await neighbour.send(answer(neighbour, code=code))
    await ignored(neighbour, request)


@both("rfc4861:7.1.2-4")
@pytest.mark.parametrize("size", [8, 20, 23])
@negative
async def test_a_short_advertisement_is_discarded(neighbour: Neighbour, size: int) -> None:
    """An advertisement of less than 24 octets is discarded, also where the rest of it follows as padding."""
    request = await neighbour.incomplete()
    message = answer(neighbour).message
    assert isinstance(message, NeighborAdvertisement)
    whole = message.body()
    cut = UnknownIcmpv6(type=NeighborAdvertisement.type, data=whole[: size - 4])
    frame = neighbour.frame(cut, to=neighbour.there, hop_limit=255)
    frame = Frame(destination=frame.destination, source=frame.source, layers=frame.layers, padding=whole[size - 4 :])
    await neighbour.send(frame)
    await ignored(neighbour, request)


@both("rfc4861:7.1.2-5")
@negative
async def test_an_advertisement_of_a_group_is_discarded(neighbour: Neighbour) -> None:
    """An advertisement whose target is a multicast address is discarded, and says nothing of the group's members."""
    request = await neighbour.incomplete()
    await neighbour.send(answer(neighbour, target=solicited_node(neighbour.address)))
    await ignored(neighbour, request)


@both("rfc4861:7.1.2-6")
@negative
async def test_a_solicited_advertisement_to_all_is_discarded(neighbour: Neighbour) -> None:
    """An advertisement to a multicast address that has the S flag set is discarded."""
    request = await neighbour.incomplete()
    message = answer(neighbour).message
    assert message
    await neighbour.send(neighbour.frame(message, to=ALL_NODES, source=neighbour.address, hop_limit=255))
    await ignored(neighbour, request)


@both("rfc4861:7.1.2-7", "rfc4861:4.6-1")
@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
@negative
async def test_an_advertisement_with_an_empty_option_is_discarded(neighbour: Neighbour, first: bool) -> None:
    """An advertisement that contains an option of length zero is discarded."""
    request = await neighbour.incomplete()
    whole = TargetLinkLayerAddress(address=neighbour.elsewhere)
    await neighbour.send(answer(neighbour, options=(EMPTY, whole) if first else (whole, EMPTY)))
    await ignored(neighbour, request)


@both("rfc4861:7.1.2-8")
@pytest.mark.parametrize("what", ["reserved", "unknown option", "MTU", "source address"])
async def test_an_advertisement_with_more_than_is_defined_is_used(neighbour: Neighbour, what: str) -> None:
    """The Reserved field, unknown options and options of other messages do not keep an advertisement from its use."""
    await neighbour.incomplete()
    known = TargetLinkLayerAddress(address=neighbour.mac)
    fields: dict[str, dict[str, Any]] = {
        "reserved": {"reserved": 0x1FFFFFFF, "options": (known,)},
        "unknown option": {"options": (UnknownNdOption(type=200, data=bytes(6)), known)},
        "MTU": {"options": (MtuOption(mtu=1280), known)},
        "source address": {"options": (SourceLinkLayerAddress(address=neighbour.elsewhere), known)},
    }
    await neighbour.send(answer(neighbour, **fields[what]))
    await neighbour.resolved()


@both("rfc4861:4.1-2b")
async def test_the_reserved_field_of_an_advertisement_is_ignored(neighbour: Neighbour) -> None:
    """The Reserved field of an advertisement makes no difference."""
    await neighbour.incomplete()
    await neighbour.send(
        answer(neighbour, reserved=0x05A5A5A5, options=(TargetLinkLayerAddress(address=neighbour.mac),))
    )
    await neighbour.resolved()


@both("rfc4861:4.1-5", "rfc4861:9-2")
@pytest.mark.parametrize("front", [True, False], ids=["in front", "behind"])
async def test_a_target_address_beside_unknown_options_is_taken(neighbour: Neighbour, front: bool) -> None:
    """An unknown option of an advertisement is skipped, and the target address beside it is used."""
    await neighbour.incomplete()
    unknown = UnknownNdOption(type=200, data=bytes(14))
    known = TargetLinkLayerAddress(address=neighbour.mac)
    await neighbour.send(answer(neighbour, options=(unknown, known) if front else (known, unknown)))
    await neighbour.resolved()


@both("rfc4861:9-1a")
async def test_options_are_taken_wherever_they_stand(neighbour: Neighbour) -> None:
    """The target address is found behind options that an advertisement does not define."""
    await neighbour.incomplete()
    prefix = PrefixInformation(prefix=IPv6Address("2001:db8:f::"), on_link=False, autonomous=False)
    known = TargetLinkLayerAddress(address=neighbour.mac)
    await neighbour.send(answer(neighbour, options=(MtuOption(mtu=1500), prefix, known)))
    await neighbour.resolved()


@both("rfc4861:4.6.1-1")
@negative
async def test_a_source_address_in_an_advertisement_is_ignored(neighbour: Neighbour) -> None:
    """An advertisement with a Source Link-Layer Address alone counts as one without an address: it is discarded."""
    request = await neighbour.incomplete()
    await neighbour.send(answer(neighbour, options=(SourceLinkLayerAddress(address=neighbour.elsewhere),)))
    await ignored(neighbour, request)
