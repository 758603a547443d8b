"""RFC 4861, 6.1.2: Router Advertisements that are valid, and those that a host discards.

Each one would make a prefix on-link that no other names; whether it did shows at once.
"""

from collections.abc import Iterable

import pytest

from conformance.engine import negative, uses

from .bind import host
from .next_hops import expect_direct, expect_through, inside, numbered, on_link, served
from .provide import Fresh
from .router import Router
from .spoiling import AFAR, CHECKSUM, CODE, EMPTY_OPTION, UNKNOWN, Change, cut_to, from_source
from .station import UNSPECIFIED
from .wire import Frame, MtuOption, NdOption, RedirectedHeader, RouterAdvertisement, TargetLinkLayerAddress

pytestmark = uses("product", exclusive=True)


def saying(router: Router, number: int, *options: NdOption, **fields: object) -> Frame:
    """An advertisement whose prefix has this number, behind other options."""
    values = {"options": (*options, on_link(numbered(number)))} | fields
    return router.advertised(**values)  # type: ignore[arg-type]


async def unused(alone: Fresh, changes: Iterable[Change]) -> None:
    """None of the changed advertisements is used."""
    router = await served(alone)
    for number, change in enumerate(changes):
        await router.send(change(saying(router, number)))
        await expect_through(alone, router, inside(alone, numbered(number)), why="an invalid advertisement was used")


async def used(alone: Fresh, router: Router, frame: Frame) -> None:
    """The prefix of the advertisement numbered 0 is on-link."""
    await router.send(frame)
    await expect_direct(alone, router, inside(alone, numbered(0)), why="the advertisement was not used")


@host("rfc4861:6.1.2-1")
@negative
async def test_an_advertisement_from_no_link_local_address_is_discarded(alone: Fresh) -> None:
    """An advertisement whose source is not a link-local address is discarded."""
    sources = (inside(alone, numbered(99)), UNSPECIFIED)
    await unused(alone, map(from_source, sources))


@host("rfc4861:6.1.2-2")
@negative
async def test_an_advertisement_from_afar_is_discarded(alone: Fresh) -> None:
    """An advertisement with a hop limit other than 255 may come from another link, and is discarded."""
    await unused(alone, AFAR)


@host("rfc4861:6.1.2-3")
@negative
async def test_an_advertisement_with_a_wrong_checksum_is_discarded(alone: Fresh) -> None:
    """An advertisement with a wrong checksum is discarded."""
    await unused(alone, CHECKSUM)


@host("rfc4861:6.1.2-4")
@negative
async def test_an_advertisement_with_a_code_is_discarded(alone: Fresh) -> None:
    """An advertisement with a code other than 0 is discarded."""
    await unused(alone, CODE)


@host("rfc4861:6.1.2-5")
@negative
async def test_a_short_advertisement_is_discarded(alone: Fresh) -> None:
    """An advertisement of less than 16 octets is discarded, also where the rest of it follows as padding."""
    router = await served(alone)
    lasting = router.advertised(options=(), router_lifetime=0)
    for size in (8, 12, 15):
        await router.send(cut_to(size)(lasting))
        await expect_through(alone, router, inside(alone, numbered(size)), why="the router was left")


@host("rfc4861:6.1.2-6", "rfc4861:4.6-1")
@negative
async def test_an_advertisement_with_an_empty_option_is_discarded(alone: Fresh) -> None:
    """An advertisement that contains an option of length zero is discarded."""
    await unused(alone, EMPTY_OPTION)


MISPLACED = (TargetLinkLayerAddress(address=bytes(6)), RedirectedHeader(packet=bytes(48)))


@host("rfc4861:6.1.2-7")
@pytest.mark.parametrize("what", ["reserved", "unknown option", "options of other messages"])
async def test_an_advertisement_with_more_than_is_defined_is_used(alone: Fresh, what: str) -> None:
    """The Reserved field, unknown options and options of other messages do not keep an advertisement from its use."""
    router = await served(alone)
    options: tuple[NdOption, ...] = {"unknown option": (UNKNOWN,), "options of other messages": MISPLACED}.get(what, ())
    await used(alone, router, saying(router, 0, *options, reserved=7 if what == "reserved" else 0))


@host("rfc4861:4.1-2b")
async def test_the_reserved_fields_of_an_advertisement_are_ignored(alone: Fresh) -> None:
    """The Reserved fields of an advertisement and of its options make no difference."""
    router = await served(alone)
    prefix = on_link(numbered(0), reserved1=0x0F, reserved2=0xFFFFFFFF)
    mtu = MtuOption(mtu=1500, reserved=0xFFFF)
    await used(alone, router, router.advertised(options=(mtu, prefix), reserved=7))


@host("rfc8425:3-1")
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
async def test_flags_of_a_prefix_that_are_unknown_change_nothing(alone: Fresh, bits: int) -> None:
    """A flag of the Prefix Information option that the host does not know leaves the prefix what it is."""
    router = await served(alone)
    await used(alone, router, router.advertised(on_link(numbered(0), reserved1=bits)))


@host("rfc4861:4.1-5", "rfc4861:9-2")
@pytest.mark.parametrize("front", [True, False], ids=["in front", "behind"])
async def test_unknown_options_of_an_advertisement_are_skipped(alone: Fresh, front: bool) -> None:
    """An unknown option is skipped, and the prefix beside it is used."""
    router = await served(alone)
    prefix = on_link(numbered(0))
    await used(alone, router, router.advertised(options=(UNKNOWN, prefix) if front else (prefix, UNKNOWN)))


@host("rfc4861:9-1a")
async def test_options_are_taken_in_any_order(alone: Fresh) -> None:
    """The options of an advertisement count in whatever order they stand."""
    router = await served(alone)
    known = router.advertised(on_link(numbered(0)), mtu=1500).message
    assert isinstance(known, RouterAdvertisement)
    await used(alone, router, router.advertised(options=known.options[::-1]))
    middle = (MtuOption(mtu=1500), on_link(numbered(1)), known.options[0])
    await router.send(router.advertised(options=middle))
    await expect_direct(alone, router, inside(alone, numbered(1)))


@host("rfc4861:9-1b")
async def test_each_of_several_prefixes_counts(alone: Fresh) -> None:
    """An option that may appear several times counts each time: two prefixes of one advertisement are on-link."""
    router = await served(alone)
    await router.advertise(on_link(numbered(0)), on_link(numbered(1)))
    for number in (0, 1):
        await expect_direct(alone, router, inside(alone, numbered(number)))
