"""RFC 8200, 5: the sizes of packets that are taken and sent."""

from .bind import both
from .fragments import LEAST_MTU, PIECE, reply_in_pieces, request, too_big
from .provide import Station
from .station import demand
from .wire import fragments

HEADERS_OCTETS = 48
"""Of the IPv6 header and an Echo Request without data."""
LEAST_REASSEMBLED = 1500


@both("rfc8200:5-2")
async def test_a_packet_as_large_as_the_link_takes_is_accepted(tester: Station) -> None:
    """A node accepts packets as large as the MTU of the link that they arrive on."""
    asked = request(tester, tester.product.mtu - HEADERS_OCTETS)
    await tester.send(tester.frame(asked))
    demand(bool(await reply_in_pieces(tester, asked)), "Echo Reply, whole or in fragments", "nothing")


@both("rfc8200:5-4")
async def test_a_packet_of_1500_octets_is_put_together(tester: Station) -> None:
    """A node accepts a packet in fragments that has up to 1500 octets when it is put together."""
    asked = request(tester, LEAST_REASSEMBLED - HEADERS_OCTETS)
    await tester.send(*fragments(tester.frame(asked), [PIECE * 40], tester.case.rng.getrandbits(32)))
    demand(bool(await reply_in_pieces(tester, asked)), "Echo Reply, whole or in fragments", "nothing")


@both("rfc8200:5-3")
async def test_packets_fit_into_the_path(tester: Station) -> None:
    """A node learns the MTU of a path, or never sends more than 1280 octets."""
    asked = request(tester, 1400)
    await tester.send(tester.frame(asked))
    for frame in await reply_in_pieces(tester, asked):
        if frame.size > LEAST_MTU:
            await tester.send(too_big(tester, frame))
    again = request(tester, 1400)
    await tester.send(tester.frame(again))
    sizes = [frame.size for frame in await reply_in_pieces(tester, again)]
    demand(max(sizes, default=0) <= LEAST_MTU, f"packets of at most {LEAST_MTU} octets once that was told", sizes)
