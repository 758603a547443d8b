"""One network connection of the reference broker: packets in, answers out, and the end of it."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.engine.stream import Stream

from ..wire import NONE, Connack, Connect, Disconnect, Malformed, Packet, Pingreq, Pingresp, Properties, decode
from ..wire.primitives import read_variable_byte_integer
from .state import Session

if TYPE_CHECKING:
    from .broker import Broker


class Refused(Exception):
    """The connection ends with this reason code. `early` says that the client began with another packet than CONNECT,
    `flaw` is the kind of flaw in the packet that is the reason, where it is one.
    """

    def __init__(self, code: int, *, early: bool = False, flaw: str = "") -> None:
        self.code = code
        self.early = early
        self.flaw = flaw


class Connection(ABC):
    """What all parts of a conversation with one client stand on. `version` is 5 until CONNECT says otherwise."""

    def __init__(self, broker: "Broker", stream: Stream) -> None:
        self.broker = broker
        self.rules = broker.rules
        self.stream = stream
        self.version = 5
        self.session: Session | None = None
        self.connect: Connect | None = None
        self.waiting: Connect | None = None
        """The CONNECT whose client is still authenticating."""
        self.aliases: dict[int, str] = {}
        self.receive_maximum = 65535
        self.maximum_packet_size = 1 << 28
        self.client_alias_maximum = 0
        self.sent_aliases: dict[str, int] = {}
        """Topic Aliases in use towards the client, by Topic Name."""
        self.due: deque[int] = deque()
        """Packet Identifiers of deliveries that are to be sent again on this connection."""
        self.ended = False
        self._keep_alive_s = 0.0
        self.heard_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.behind = b""
        """What came in one piece with the packet that is being served, and behind it."""
        self.deaf = False
        """Whether nothing that the client sends counts any more."""

    @abstractmethod
    def handle(self, packet: Packet) -> None:
        """Serve one packet behind CONNECT."""

    @abstractmethod
    def on_connect(self, connect: Connect) -> None:
        """Serve the CONNECT that comes first."""

    @abstractmethod
    def resume(self, session: Session) -> None:
        """Send again what is open, then what waits (4.4)."""

    @abstractmethod
    def pump(self) -> None:
        """Send from the session's queue as far as the client's Receive Maximum allows (4.9)."""

    async def run(self, data: bytes) -> None:
        """Serve what has come, and what comes until the end."""
        rest = b""
        try:
            while data:
                self.heard_s = self.broker.now_s
                rest = self.rules.keeps_unfinished(self, self._take(rest + data))
                data = b"" if self.ended else await self.stream.read()
            self.end(will=True)
        except ConnectionResetError:
            self.end(will=True)

    def _take(self, data: bytes) -> bytes:
        """Handle every whole packet of `data`; the octets left."""
        while data and not self.ended:
            if not self.rules.accepts_size(self, _size(data)):
                self.fail(0x95)
                break
            event, data = decode(data, version=self.version, sender="client")
            if event is None:
                return data
            self.behind = data
            try:
                self._receive(event)
            except Refused as refused:
                self.refuse(refused)
        return b""

    def _receive(self, event: Packet | Malformed) -> None:
        """Take one packet, or end for one that no clause allows."""
        if self.deaf or (isinstance(event, Malformed) and self.rules.ignores(self, event)):
            return
        packet = self._overlooked(event) if isinstance(event, Malformed) else event
        if self.connect is None:
            self.first(packet)
        elif isinstance(packet, Connect):
            if not self.rules.tolerates_second_connect(self):
                raise Refused(0x82)
        else:
            self.handle(packet)

    def _overlooked(self, malformed: Malformed) -> Packet:
        """What a malformed packet is taken for. Raises Refused, unless a fault overlooks what is wrong with it."""
        if malformed.message is None or not self.rules.overlooks(self, malformed):
            if self.connect is None and (code := self.rules.connack_code_for(malformed)) is not None:
                self.version = 4 if malformed.message is None else malformed.message.version
                self.send(Connack(reason_code=code))
            raise Refused(malformed.reason_code, flaw=malformed.flaws[0].kind)
        return self.rules.taken_for(malformed.message)

    def first(self, event: Packet) -> None:
        """Serve a packet that comes before a CONNECT was accepted."""
        if isinstance(event, Connect):
            self.on_connect(event)
        elif not self.rules.tolerates_missing_connect(self):
            raise Refused(0x82, early=True)
        elif isinstance(event, Pingreq):
            self.send(Pingresp())

    # Output and the end.

    def send(self, packet: Packet) -> None:
        """Send a packet in the connection's version, with what there is to say about a problem that it reports."""
        if packet.version != self.version:
            packet = replace(packet, version=self.version)
        for one in self.rules.outgoing(self, self.explained(packet)):
            self.stream.write(bytes(one))

    def explained(self, packet: Packet) -> Packet:
        """The packet with Reason String and User Property, as far as it may have them and the client can take them."""
        if self.version < 5 or not self.rules.tells_problems(self, packet):
            return packet
        for pair in self.rules.explanation(packet):
            longer = with_properties(packet, (pair,))
            if self.rules.explanation_fits(self, longer, pair[0]):
                packet = longer
        return packet

    def fail(self, code: int) -> None:
        self.refuse(Refused(code))

    def refuse(self, refused: Refused) -> None:
        """End the connection for an error (4.13): CONNACK or DISCONNECT may come first in 5.0."""
        if self.connect is None:
            if self.rules.disconnect_before_connack(refused):
                self.send(Disconnect(reason_code=refused.code))
        elif self.version >= 5:
            disconnect = self.rules.disconnect_packet(refused, Disconnect(reason_code=refused.code))
            for packet in (disconnect, *self.rules.behind_disconnect(refused)):
                self.send(packet)
            if not self.rules.closes_after_disconnect(refused):
                return
        self.end(will=self.rules.will_after_error(refused.code))

    def end(self, *, will: bool) -> None:
        """Close, and leave the session to its fate."""
        if self.ended:
            return
        self.ended = True
        self.stream.close()
        if self._timer:
            self._timer.cancel()
        if self.session and self.session.connection is self:
            left = self.rules.will_of(self, self.connect) if self.connect and will else None
            self.broker.left(self.session, will=self.rules.keeps_will(left) if left else None)

    # Keep Alive.

    def start_keep_alive(self, keep_alive: int) -> None:
        """Expect to hear from the client within this many seconds and a half as many more; 0 for no expectation."""
        self.heard_s = self.broker.now_s
        self._keep_alive_s = self.rules.keep_alive_limit_s(keep_alive)
        if self._keep_alive_s:
            self._timer = asyncio.get_running_loop().call_later(self._keep_alive_s, self._check_keep_alive)

    def _check_keep_alive(self) -> None:
        left_s = self.heard_s + self._keep_alive_s - self.broker.now_s
        if left_s > 1e-6:
            self._timer = asyncio.get_running_loop().call_later(left_s, self._check_keep_alive)
        elif not self.ended:
            self.fail(0x8D)


def _size(data: bytes) -> int:
    """The size in octets that the first packet announces; 0 when that cannot be read yet, or at all."""
    try:
        found = read_variable_byte_integer(data, 1)
    except ValueError:
        return 0
    return sum(found) if found else 0


def with_properties(packet: Packet, pairs: Iterable[tuple[int, Any]]) -> Packet:
    """The packet with more properties."""
    more: dict[str, Any] = {"properties": getattr(packet, "properties", NONE) + Properties(tuple(pairs))}
    return replace(packet, **more)
