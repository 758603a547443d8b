"""RFC 4861, 4.3: the Neighbor Solicitations that the product sends, to a group as resolution begins, and as probes."""

import pytest

from conformance.engine import a, check, lasts

from .bind import both
from .provide import Neighbour
from .resolving import NO_ANSWER, PROBED_S, TO_ALL, to
from .station import UNSPECIFIED, packet
from .wire import Frame, Ipv6, NeighborAdvertisement, NeighborSolicitation, SourceLinkLayerAddress
from .wire.addresses import ALL_NODES, multicast_mac, solicited_node

KINDS = pytest.mark.parametrize("kind", [pytest.param("resolution"), pytest.param("probe", marks=lasts(PROBED_S))])


async def solicitation(neighbour: Neighbour, kind: str = "resolution") -> tuple[Ipv6, NeighborSolicitation]:
    """A solicitation that the product sends for the neighbour's address."""
    if kind == "probe":
        await neighbour.delay()
    else:
        await neighbour.use()
    frame: Frame = await neighbour.ready(neighbour.asks(), passing=neighbour.others, within_s=PROBED_S)
    message = frame.message
    assert isinstance(message, NeighborSolicitation)
    assert frame.ip
    return frame.ip, message


@both("rfc4861:4.3-1a")
@KINDS
async def test_a_solicitation_comes_from_an_address_of_the_node(neighbour: Neighbour, kind: str) -> None:
    """A solicitation comes from an address of the sending interface; only one that looks for duplicates has none."""
    ip, _ = await solicitation(neighbour, kind)
    check(ip.source != UNSPECIFIED, "it comes from the unspecified address")
    if ip.source not in (neighbour.product.link_local, neighbour.product.address):
        question = neighbour.solicited(neighbour.mac, target=ip.source, source=neighbour.link_local)
        await neighbour.send(question)
        why = f"it comes from {ip.source}, which the product does not answer for"
        await neighbour.expect(
            packet(NeighborAdvertisement, target=ip.source, ip=to(neighbour.link_local)),
            passing=NO_ANSWER | TO_ALL,
            why=why,
        )


@both("rfc4861:4.3-1b")
@KINDS
async def test_a_solicitation_goes_to_the_target_or_its_group(neighbour: Neighbour, kind: str) -> None:
    """A solicitation goes to the solicited-node multicast address of the target or to the target itself."""
    ip, _ = await solicitation(neighbour, kind)
    legal = (neighbour.address, solicited_node(neighbour.address))
    check(ip.destination in legal, "it goes elsewhere", expected=" or ".join(map(str, legal)), got=ip.destination)


@both("rfc4861:4.3-1c")
@KINDS
async def test_a_solicitation_has_hop_limit_255_and_code_0(neighbour: Neighbour, kind: str) -> None:
    """A solicitation leaves with hop limit 255 and code 0."""
    ip, message = await solicitation(neighbour, kind)
    check(ip.hop_limit == 255, "the hop limit is not 255", got=ip.hop_limit)
    check(message.code == 0, "the code is not 0", got=message.code)


@both("rfc4861:4.3-2", "rfc4861:7.2-2b")
async def test_no_group_is_resolved(neighbour: Neighbour) -> None:
    """A packet to a group, such as the answer to all nodes here, is sent to the group's hardware address unasked."""
    neighbour.channel.join(multicast_mac(solicited_node(ALL_NODES)))
    question = NeighborSolicitation(target=neighbour.product.link_local)
    to = solicited_node(neighbour.product.link_local)
    await neighbour.send(neighbour.frame(question, to=to, source=UNSPECIFIED, hop_limit=255))
    others = a(Frame, message=lambda m: not isinstance(m, NeighborSolicitation) or not m.target.is_multicast)
    await neighbour.expect(packet(NeighborAdvertisement, target=neighbour.product.link_local), passing=others)


@both("rfc4861:4.3-4a", "rfc4861:7.2.2-3")
async def test_a_solicitation_to_a_group_holds_the_address(neighbour: Neighbour) -> None:
    """A solicitation to a solicited-node multicast address has the Source Link-Layer Address option."""
    _, message = await solicitation(neighbour)
    option = message.first(SourceLinkLayerAddress)
    check(option, "it has no Source Link-Layer Address option")
    assert option
    check(option.address == neighbour.product.mac, "it holds another address", got=option.address.hex(":"))


@both("rfc4861:4.3-4b", "rfc4861:7.2.2-4")
@lasts(PROBED_S)
async def test_a_solicitation_to_one_holds_the_address(neighbour: Neighbour) -> None:
    """A unicast solicitation has the Source Link-Layer Address option."""
    _, message = await solicitation(neighbour, "probe")
    check(message.first(SourceLinkLayerAddress), "it has no Source Link-Layer Address option")


@both("rfc4861:4.1-2a")
@KINDS
async def test_the_reserved_field_of_a_solicitation_is_zero(neighbour: Neighbour, kind: str) -> None:
    """The sender of a solicitation sets its Reserved field to zero."""
    _, message = await solicitation(neighbour, kind)
    check(message.reserved == 0, "the Reserved field is not 0", got=message.reserved)
