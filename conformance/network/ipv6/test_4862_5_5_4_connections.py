"""RFC 4862, 5.5.4: connections to an address before and after it is deprecated."""

from ipaddress import IPv6Address
from typing import Any

from conformance.engine import Unready, a, check, lasts, outcome, uses

from .bind import host
from .fresh import Fresh
from .prefixes import AWAY, GOOD, Giver, lasting
from .tentative import elapse
from .wire import Frame, Ipv6, Tcp
from .wire.transport import TcpFlag

pytestmark = [uses("product", exclusive=True), lasts(8)]
SETTLED_S = 1.5


class Connection:
    """A connection of a station behind the router to an address of the host."""

    def __init__(self, giver: Giver, address: IPv6Address) -> None:
        named = giver.alone.case.ixit.get("ipv6", {}).get("tcp_port")
        if not named:
            raise Unready("[ixit.ipv6] tcp_port does not name a port that takes TCP connections")
        self.giver = giver
        self.address = address
        self.ports: dict[str, Any] = {
            "source_port": giver.alone.case.rng.randrange(20000, 60000),
            "destination_port": int(str(named)),
        }

    async def say(self, flags: int, sequence_number: int, acknowledgment_number: int = 0) -> None:
        """Send a segment."""
        own = Tcp(
            **self.ports,
            flags=flags,
            sequence_number=sequence_number,
            acknowledgment_number=acknowledgment_number,
            window=8192,
        )
        router = self.giver.router
        await router.send(router.frame(own, to=self.address, source=AWAY))

    async def hear(self, **fields: Any) -> Any:
        """The host's next segment in this connection; Silence where none comes."""
        wanted = a(
            Frame,
            ip=a(Ipv6, source=self.address, destination=AWAY),
            message=a(Tcp, destination_port=self.ports["source_port"], **fields),
        )
        return await self.giver.router.next(passing=object, until=outcome(wanted))


async def opened(connection: Connection) -> int:
    """Open a connection; the number that acknowledges the host's part of it. Raises Unready."""
    await connection.say(TcpFlag.SYN, 1000)
    answer = await connection.hear(syn=True, ack=True)
    if not isinstance(answer, Frame) or not isinstance(answer.message, Tcp):
        raise Unready("the host does not accept a connection")
    return answer.message.sequence_number + 1 & 0xFFFFFFFF


async def deprecated(giver: Giver) -> None:
    """The host's address is deprecated."""
    await giver.give(lasting(7200, 0))
    await elapse(giver.alone, SETTLED_S)


@host("rfc4862:5.5.4-2b")
async def test_a_deprecated_address_takes_connections(alone: Fresh) -> None:
    """A connection to a deprecated address is accepted, and the answer comes from that address."""
    giver = Giver(alone)
    await giver.give(lasting(7200, 3600))
    address = await giver.address(GOOD)
    before = Connection(giver, address)
    await opened(before)
    await before.say(TcpFlag.RST, 1001)
    await deprecated(giver)
    connection = Connection(giver, address)
    await connection.say(TcpFlag.SYN, 1000)
    answer = await connection.hear()
    await connection.say(TcpFlag.RST, 1001)
    accepted = isinstance(answer, Frame) and isinstance(answer.message, Tcp) and answer.message.syn
    check(accepted, "a connection to a deprecated address is not accepted", expected="SYN, ACK", got=answer)


@host("rfc4862:5.5.4-1b")
async def test_a_connection_outlives_the_preferred_lifetime(alone: Fresh) -> None:
    """A connection that has begun with an address goes on with it after it is deprecated."""
    giver = Giver(alone)
    await giver.give(lasting(7200, 3600))
    connection = Connection(giver, await giver.address(GOOD))
    theirs = await opened(connection)
    await connection.say(TcpFlag.ACK, 1001, theirs)
    await deprecated(giver)
    await connection.say(TcpFlag.FIN | TcpFlag.ACK, 1001, theirs)
    answer = await connection.hear()
    await connection.say(TcpFlag.RST, 1002)
    goes_on = isinstance(answer, Frame) and isinstance(answer.message, Tcp) and not answer.message.rst
    check(goes_on, "a connection ends when its address is deprecated", expected="an acknowledgment", got=answer)
