"""RFC 4443, 4: Echo Request and Echo Reply."""

from ipaddress import IPv6Address
from typing import Any

import pytest

from conformance.engine import a

from .bind import both, router
from .fragments import reply_in_pieces
from .provide import Station
from .provoking import ERRORS, has
from .station import CHATTER, demand, packet, reply_to
from .wire import EchoReply, EchoRequest, Ipv6, fragments, reassemble
from .wire.addresses import ALL_NODES


def there(station: Station) -> IPv6Address:
    """The product's address of wider scope, where it has one."""
    return station.product.address or station.product.link_local


@both("rfc4443:4.1-1")
@pytest.mark.parametrize(
    "fields",
    [{"hop_limit": 1}, {"hop_limit": 255}, {"traffic_class": 0xB8}, {"flow_label": 0xABCDE}],
    ids=["hop-limit-1", "hop-limit-255", "traffic-class", "flow-label"],
)
async def test_an_echo_request_is_answered_whatever_its_header(tester: Station, fields: dict[str, Any]) -> None:
    """Every node answers Echo Requests, whatever values the IPv6 header has that do not matter to the destination."""
    await tester.ping(**fields)


@both("rfc4443:4.2-1")
@pytest.mark.parametrize("wider", [False, True], ids=["link-local", "wider"])
async def test_the_reply_comes_from_the_address_asked(tester: Station, wider: bool) -> None:
    """The source of the reply is the unicast address that the request went to."""
    asked = there(tester) if wider else tester.product.link_local
    await tester.send(tester.frame(tester.echo(), to=asked, source=tester.address))
    await tester.expect_of_any(packet(EchoReply, ip=a(Ipv6, source=asked)))


@both("rfc4443:4.2-2")
async def test_a_request_for_all_nodes_is_answered(tester: Station) -> None:
    """An Echo Request to a group that the product listens to is answered."""
    request = tester.echo()
    await tester.send(tester.frame(request, to=ALL_NODES))
    await tester.expect_reply(request)


def anycast(station: Station) -> IPv6Address:
    """The Subnet-Router anycast address of a station's link."""
    return IPv6Address(int(station.address) >> 64 << 64)


@router("rfc4443:4.2-2")
async def test_a_request_for_an_anycast_address_is_answered(tester: Station) -> None:
    """An Echo Request to an anycast address of the product's is answered."""
    request = tester.echo()
    await tester.send(tester.frame(request, to=anycast(tester)))
    await tester.expect_reply(request)


async def from_the_link(tester: Station, to: IPv6Address, source: IPv6Address) -> None:
    """The reply to a request comes from a unicast address of the product's on this link."""
    request = tester.echo()
    await tester.send(tester.frame(request, to=to, source=source))
    frame = await tester.expect_of_any(reply_to(request), passing=CHATTER | ERRORS)
    assert frame.ip
    known = frame.ip.source in (tester.product.link_local, tester.product.address)
    good = known or (not frame.ip.source.is_multicast and frame.ip.source != to and await has(tester, frame.ip.source))
    demand(good, "a unicast address of the product's on this link", frame.ip.source)


@both("rfc4443:4.2-3")
@pytest.mark.parametrize("wider", [False, True], ids=["near", "far"])
async def test_the_reply_to_a_request_for_all_comes_from_the_link(tester: Station, wider: bool) -> None:
    """The source of the reply to a request for a group is a unicast address of the interface that it came by."""
    await from_the_link(tester, ALL_NODES, tester.address if wider else tester.link_local)


@router("rfc4443:4.2-3")
async def test_the_reply_to_a_request_for_an_anycast_address_comes_from_the_link(tester: Station) -> None:
    """The source of the reply to a request for an anycast address is a unicast address of the interface."""
    await from_the_link(tester, anycast(tester), tester.address)


async def returned(tester: Station, request: EchoRequest) -> None:
    """The reply to a request, whole or in fragments, has its data."""
    came = await reply_in_pieces(tester, request)
    whole = came[0] if len(came) == 1 else reassemble(came)
    demand(whole is not None and reply_to(request).matches(whole), "a reply with the data of the request", whole)


@both("rfc4443:4.2-4")
@pytest.mark.parametrize("size", [0, 1, 8, 63, 500, 1232, 1452])
async def test_the_data_come_back(tester: Station, size: int) -> None:
    """The data of a request come back whole and unchanged."""
    request = tester.echo(tester.case.rng.randbytes(size))
    await tester.send(tester.frame(request))
    await returned(tester, request)


@both("rfc4443:4.2-4")
async def test_data_in_fragments_come_back(tester: Station) -> None:
    """The data of a request that came in fragments come back whole and unchanged."""
    request = tester.echo(tester.case.rng.randbytes(1440))
    await tester.send(*fragments(tester.frame(request), [720], tester.case.rng.getrandbits(32)))
    await returned(tester, request)


@both("rfc4443:4.2-5")
@pytest.mark.parametrize(
    ("identifier", "sequence_number"), [(0, 0), (0xFFFF, 0xFFFF), (1, 0xFFFF), (0x8000, 0x7FFF), (0x1234, 0)]
)
async def test_identifier_and_sequence_number_come_back(tester: Station, identifier: int, sequence_number: int) -> None:
    """A reply has code 0, and Identifier and Sequence Number of the request."""
    data = tester.case.rng.randbytes(16)
    request = EchoRequest(identifier=identifier, sequence_number=sequence_number, data=data)
    await tester.send(tester.frame(request))
    await tester.expect(
        packet(EchoReply, code=0, identifier=identifier, sequence_number=sequence_number),
        why="the reply is not one with code 0, Identifier and Sequence Number of the request",
    )
