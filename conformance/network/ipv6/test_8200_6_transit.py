"""RFC 8200, 5 to 7, and RFC 6437 in transit: flow labels, Traffic Class, order and size of packets passed on."""

from typing import Any

import pytest

from conformance.engine import Silence, a

from .bind import router
from .provide import Station
from .station import CHATTER, demand, packet
from .transit import acquaint, of, through
from .wire import EchoRequest, Frame, Udp

HEADERS_OCTETS = 48
"""Of the IPv6 header and an Echo Request without data."""


@router("rfc6437:2-1")
@pytest.mark.parametrize("flow_label", [1, 0x80000, 0xABCDE, 0xFFFFF])
async def test_a_flow_label_stays_as_it_is(tester: Station, far: Station, flow_label: int) -> None:
    """A router leaves a flow label that is not zero as it is."""
    await tester.send(through(tester, far, tester.echo(), flow_label=flow_label))
    await far.expect(a(Frame, ip=of(tester, flow_label=flow_label)))


@router("rfc6437:3-8a")
async def test_no_flow_label_stays_none(tester: Station, far: Station) -> None:
    """A router that was not told to set flow labels forwards a zero one as zero."""
    await tester.send(through(tester, far, tester.echo(), flow_label=0))
    await far.expect(a(Frame, ip=of(tester, flow_label=0)))


@router("rfc8200:7-1b")
@pytest.mark.parametrize("traffic_class", [0x00, 0x02, 0x28, 0xB8, 0xFC])
async def test_the_traffic_class_stays_as_it_is(tester: Station, far: Station, traffic_class: int) -> None:
    """A router without a policy to the contrary leaves the Traffic Class as it is."""
    await tester.send(through(tester, far, tester.echo(), traffic_class=traffic_class))
    await far.expect(a(Frame, ip=of(tester, traffic_class=traffic_class)))


@router("rfc6437:2-4")
@pytest.mark.parametrize("flow_label", [0, 0x54321], ids=["no-label", "label"])
async def test_packets_of_a_flow_keep_their_order(tester: Station, far: Station, flow_label: int) -> None:
    """A router does not reorder the packets of a flow."""
    await acquaint(tester, far)
    requests = [tester.echo() for _ in range(32)]
    await tester.send(*(through(tester, far, request, flow_label=flow_label) for request in requests))
    came: list[int] = []
    while len(came) < len(requests) and not isinstance(event := await far.next(passing=CHATTER), Silence):
        came.append(event.message.sequence_number)
    demand(came == sorted(came), "packets in the order in which they were sent", came)


@router("rfc8200:5-6")
async def test_a_large_packet_is_passed_on_whole(tester: Station, far: Station) -> None:
    """A router never fragments: the largest packet that the next link takes comes out in one piece."""
    size = min(tester.product.mtu, far.product.mtu) - HEADERS_OCTETS
    request = tester.echo(tester.case.rng.randbytes(size))
    await tester.send(through(tester, far, request))
    await far.expect(packet(EchoRequest, data=request.data))


def nonzero(flow_label: int) -> bool:
    """not zero"""
    return flow_label != 0


def datagrams(tester: Station, far: Station, flows: int, each: int, flow_label: int = 0) -> list[Frame]:
    """Datagrams of several flows, those of one flow together."""
    first = tester.case.rng.randrange(20000, 40000)
    return [
        through(tester, far, Udp(source_port=first + flow, destination_port=7), flow_label=flow_label)
        for flow in range(flows)
        for _ in range(each)
    ]


async def labelled(far: Station, tester: Station, flows: int, each: int) -> list[list[int]]:
    """The flow labels of the datagrams as they come out, by flow."""
    labels = []
    for _ in range(flows * each):
        arrived: Any = await far.expect(a(Frame, ip=of(tester, flow_label=nonzero)), passing=CHATTER)
        labels.append(arrived.ip.flow_label)
    return [labels[at : at + each] for at in range(0, len(labels), each)]


FLOWS, EACH = 24, 2
LEAST = 16
"""So many different labels of 24 chance alone exceeds but for one run in 10^40."""


async def one_for_each_flow(tester: Station, far: Station, flow_label: int) -> None:
    """Datagrams of one flow come out with one label, those of different flows with different ones."""
    await acquaint(tester, far)
    await tester.send(*datagrams(tester, far, FLOWS, EACH, flow_label))
    by_flow = await labelled(far, tester, FLOWS, EACH)
    demand(all(len(set(labels)) == 1 for labels in by_flow), "one flow label for each flow", by_flow)
    different = len({labels[0] for labels in by_flow})
    demand(different >= LEAST, f"flow labels that differ between {FLOWS} flows", f"{different} labels")


@router("rfc6437:3-7")
async def test_labels_for_hosts_are_one_for_each_flow(tester: Station, far: Station) -> None:
    """A router that sets flow labels for hosts gives each flow a value of its own."""
    await one_for_each_flow(tester, far, 0)


@router("rfc6437:6.1-1")
async def test_a_rewritten_label_is_as_for_a_new_flow(tester: Station, far: Station) -> None:
    """A firewall that changes flow labels gives each flow a value as if there had been none."""
    await one_for_each_flow(tester, far, 0x54321)


@router("rfc6437:6.1-2")
async def test_a_rewritten_label_is_not_zero(tester: Station, far: Station) -> None:
    """A firewall that changes flow labels sets none to zero."""
    await tester.send(through(tester, far, tester.echo(), flow_label=0x54321))
    await far.expect(a(Frame, ip=of(tester, flow_label=nonzero)))
