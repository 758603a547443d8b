"""RFC 8200, 6 and 7, and RFC 6437: Flow Label and Traffic Class in packets for the product and of its own."""

import pytest

from conformance.engine import a

from .bind import both
from .provide import Station
from .station import packet
from .wire import EchoReply, Ipv6


@both("rfc8200:6-1")
@pytest.mark.parametrize("flow_label", [1, 0x80000, 0xFFFFF])
async def test_any_flow_label_is_taken(tester: Station, flow_label: int) -> None:
    """A packet for the product is processed whatever its flow label is."""
    await tester.ping(flow_label=flow_label)


@both("rfc8200:7-1a")
@pytest.mark.parametrize("traffic_class", [0x01, 0x03, 0xB8, 0xFF])
async def test_any_traffic_class_is_taken(tester: Station, traffic_class: int) -> None:
    """A packet for the product is processed whatever its Traffic Class is."""
    await tester.ping(traffic_class=traffic_class)


@both("rfc6437:3-5")
@pytest.mark.parametrize("flow_label", [0, 0x12344])
async def test_a_product_without_flow_labels_sends_zero(tester: Station, flow_label: int) -> None:
    """A product that does not set flow labels sends zero there, whatever the packet had that it answers."""
    request = tester.echo()
    await tester.send(tester.frame(request, flow_label=flow_label))
    await tester.expect(packet(EchoReply, data=request.data, ip=a(Ipv6, flow_label=0)))
