"""RFC 4861, 7.3.1: what confirms that a neighbour is reachable, and what does not."""

from conformance.engine import Unready, lasts

from .bind import both
from .provide import Neighbour
from .resolving import PROBED_S, UNPROBED_S
from .station import packet
from .wire import Tcp, TcpFlag
from .wire.addresses import ALL_NODES


@both("rfc4861:7.3.1-2")
@lasts(PROBED_S)
async def test_an_unsolicited_advertisement_confirms_nothing(neighbour: Neighbour) -> None:
    """An advertisement with the S flag clear, here to all nodes, does not confirm reachability: STALE stays."""
    await neighbour.stale()
    message = neighbour.advertised(neighbour.mac, override=True).message
    assert message
    await neighbour.send(neighbour.frame(message, to=ALL_NODES, source=neighbour.address, hop_limit=255))
    await neighbour.shows_stale(why="an unsolicited advertisement confirms the entry")


@both("rfc4861:7.3.1-1")
@lasts(UNPROBED_S)
async def test_progress_of_tcp_confirms(neighbour: Neighbour) -> None:
    """Forward progress of TCP, here acknowledgments of data, counts as confirmation: no probe follows."""
    port = neighbour.case.ixit.get("ipv6", {}).get("tcp_port")
    if port is None:
        raise Unready("[ixit.ipv6] tcp_port does not name a port that takes TCP connections")
    await neighbour.stale()
    ours = 49152 + neighbour.case.rng.randrange(16384)
    begin = neighbour.case.rng.getrandbits(31)
    segment = {"source_port": ours, "destination_port": int(port), "window": 65535}

    async def say(**fields: object) -> None:
        await neighbour.send(neighbour.frame(Tcp(**segment, **fields), to=neighbour.there))  # type: ignore[arg-type]

    await say(sequence_number=begin, flags=TcpFlag.SYN)
    frame = await neighbour.ready(packet(Tcp, source_port=int(port), destination_port=ours, syn=True, ack=True))
    ack = frame.message.sequence_number + 1
    for i in range(3):
        await say(sequence_number=begin + 1 + i, acknowledgment_number=ack, flags=TcpFlag.ACK | TcpFlag.PSH, data=b"\n")
        await neighbour.ready(Tcp)
    await neighbour.expect_unasked(UNPROBED_S, "a neighbour that acknowledges is probed")
    await say(sequence_number=begin + 4, acknowledgment_number=ack, flags=TcpFlag.RST)
