"""RFC 8200, 8, and RFC 6437: datagrams, connections and their flow labels, on ports that the access data name.

`udp_port` in [ixit.ipv6] is a port that answers; if it sends back what it gets (RFC 862), more can be seen. `tcp_port`
is one that accepts connections.
"""

from itertools import pairwise
from typing import Any

from conformance.engine import a, negative

from .bind import both
from .provide import Station
from .station import demand
from .wire import Frame, Ipv6, Tcp, TcpFlag, Udp
from .wire.checksum import ALL_ONES, upper_layer_checksum

HEADERS_OCTETS = 60
CONNECTIONS = 24
LEAST = 16
"""Fewer different labels than this, of 24, come about by chance once in more than 10^40 runs."""
BITS = 20


def port(tester: Station, name: str) -> int:
    """A port that the access data name."""
    return int(str(tester.case.ixit.get("ipv6", {}).get(name, 0)))


def datagram(tester: Station, data: bytes, **fields: Any) -> Udp:
    """A datagram to the service."""
    source_port = tester.case.rng.randrange(20000, 60000)
    return Udp(source_port=source_port, destination_port=port(tester, "udp_port"), data=data, **fields)


@both("rfc8200:8.1-4")
async def test_datagrams_have_a_checksum(tester: Station) -> None:
    """The product computes the checksum of each datagram that it sends."""
    await tester.send(tester.frame(datagram(tester, b"iic-conform")))
    await tester.expect_of_any(a(Frame, message=a(Udp), checksum_ok=True))


@both("rfc8200:8.1-4")
async def test_a_checksum_of_0_is_sent_as_ones(tester: Station) -> None:
    """A checksum that comes out as 0 is sent as FFFF; that of a datagram sent back comes out as ours."""
    asked = zero_sum(tester)
    await tester.send(tester.frame(asked))
    came = await tester.expect_of_any(a(Frame, message=a(Udp), checksum_ok=True))
    if came.payload != asked.data:
        tester.case.not_applicable(
            "the service on udp_port does not send back what it gets", "udp_port 上的服务不会回送所收到的内容"
        )


def zero_sum(tester: Station) -> Udp:
    """A datagram whose data make its checksum 0."""
    asked = datagram(tester, bytes(2), checksum=0)
    frame = tester.frame(asked)
    assert frame.ip
    octets = frame.packet[40:]
    total = upper_layer_checksum(frame.ip.source, frame.ip.destination, Udp.NUMBER, octets)
    return Udp(
        source_port=asked.source_port,
        destination_port=asked.destination_port,
        data=total.to_bytes(2),
        checksum=ALL_ONES,
    )


@both("rfc8200:8.1-5")
@negative
async def test_a_datagram_without_a_checksum_is_not_served(tester: Station) -> None:
    """A datagram whose checksum is 0 is discarded, also where a service would answer it."""
    if not tester.case.claims["udp_service"]:
        tester.case.not_applicable(
            "the product has no UDP service that the access data name", "产品没有接入数据所指明的 UDP 服务"
        )
    await tester.send(tester.frame(datagram(tester, b"iic-conform", checksum=0)))
    await tester.expect_nothing()


def segment(tester: Station, source_port: int, flags: int, **fields: Any) -> Frame:
    """A segment to the service."""
    own = Tcp(source_port=source_port, destination_port=port(tester, "tcp_port"), flags=flags, window=8192, **fields)
    return tester.frame(own)


async def opened(tester: Station, source_port: int) -> Frame:
    """The product's answer to a connection that begins. Raises Unready."""
    await tester.send(segment(tester, source_port, TcpFlag.SYN, sequence_number=1000))
    answer: Frame = await tester.ready(a(Frame, message=a(Tcp, syn=True, ack=True)))
    return answer


async def reset(tester: Station, source_port: int) -> None:
    """Give a connection up."""
    await tester.send(segment(tester, source_port, TcpFlag.RST, sequence_number=1001))


@both("rfc8200:8.3-1")
async def test_the_mss_leaves_room_for_the_headers(tester: Station) -> None:
    """The MSS that the product offers is at most the MTU less the headers of IPv6 and TCP."""
    source_port = tester.case.rng.randrange(20000, 60000)
    answer: Any = (await opened(tester, source_port)).message
    await reset(tester, source_port)
    most, mss = tester.product.mtu - HEADERS_OCTETS, answer.maximum_segment_size
    demand(mss is None or mss <= most, f"an MSS of at most {most}", mss)


async def labels(tester: Station) -> list[int]:
    """The flow labels of the product's first packets in several connections."""
    first = tester.case.rng.randrange(20000, 60000)
    found = []
    for source_port in range(first, first + CONNECTIONS):
        answer = await opened(tester, source_port)
        await reset(tester, source_port)
        assert answer.ip
        found.append(answer.ip.flow_label)
    return found


@both("rfc6437:3-1", "rfc6437:3-3")
async def test_each_connection_has_a_flow_label_of_its_own(tester: Station) -> None:
    """Connections are different flows, and flow labels of different flows differ as good as always."""
    found = await labels(tester)
    demand(len(set(found)) >= LEAST, f"flow labels that differ between {CONNECTIONS} connections", sorted(set(found)))


@both("rfc6437:3-4")
async def test_flow_labels_do_not_follow_one_another(tester: Station) -> None:
    """Flow labels are not handed out in sequence."""
    found = await labels(tester)
    steps = {(after - before) % 2**BITS for before, after in pairwise(found)}
    demand(len(steps) > 1 or steps == {0}, "flow labels that do not follow one another", found)


@both("rfc6437:2-5")
async def test_flow_labels_vary_in_all_bits(tester: Station) -> None:
    """Flow labels that the product chooses use all of their bits."""
    found = await labels(tester)
    constant = [bit for bit in range(BITS) if len({label >> bit & 1 for label in found}) == 1]
    demand(not constant, "flow labels that vary in all bits", f"bits {constant} always the same in {found}")


@both("rfc6437:3-2")
async def test_a_connection_keeps_its_flow_label(tester: Station) -> None:
    """All packets of a flow have the same flow label."""
    source_port = tester.case.rng.randrange(20000, 60000)
    first: Any = await opened(tester, source_port)
    numbers = {"sequence_number": 1001, "acknowledgment_number": first.message.sequence_number + 1 & 0xFFFFFFFF}
    await tester.send(segment(tester, source_port, TcpFlag.FIN | TcpFlag.ACK, **numbers))
    await tester.expect_of_any(a(Frame, message=a(Tcp), ip=a(Ipv6, flow_label=first.ip.flow_label)))
    await reset(tester, source_port)
