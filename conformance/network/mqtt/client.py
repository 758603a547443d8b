"""One connection to a server, spoken to as a client: steps that lead somewhere, and judgements that many cases share.

The steps (`subscribe`, `publish`, `receive`, ...) raise Unready when the product does not play along: the requirement
was then not judged. Only `expect`, `expect_closed` and `expect_refused` fail a product.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.engine import Channel, Closed, Nonconformity, Silence, Unready, check

from .limits import hindrance
from .wire import (
    Connack,
    Disconnect,
    Malformed,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Subscription,
    Text,
    Unsuback,
    Unsubscribe,
    decode,
    describe,
)
from .wire.properties import NONE, Properties
from .words import told

if TYPE_CHECKING:
    from .provide import Mqtt

STRANGER_S = 15.0
"""How long a server may take to close for a client that it has not accepted: some give it the time of a CONNECT."""
CLOSING_S = 1.0
"""How long a DISCONNECT may go without the close that a server should answer it with."""


def lateness_s(event: Any) -> float:
    """How late the machine may have run us for a judgement on this event to count; 0 where it does not rest on time."""
    return event.bears_s if isinstance(event, Silence) else 0.0


class Codec:
    """Reads what a server sends. A flawed packet that can be read is taken for what it means; its flaws are kept aside,
    for the cases about encoding.
    """

    def __init__(self, version: int, flawed: Callable[[Malformed], None]) -> None:
        self.version = version
        self._flawed = flawed

    def decode(self, data: bytes) -> tuple[Any | None, bytes]:
        event, rest = decode(data, version=self.version, sender="server")
        if isinstance(event, Malformed):
            self._flawed(event)
            return event.message or event, rest
        return event, rest

    def describe(self, event: Any) -> str:
        return describe(event)


class Client:
    """One connection to the server, spoken to as a client of one protocol version."""

    def __init__(self, mqtt: "Mqtt", channel: Channel, flaws: list[Malformed]) -> None:
        self.mqtt = mqtt
        self.channel = channel
        self.version = mqtt.version
        self.client_id: Text = ""
        self.connack = Connack()
        self.flaws = flaws
        """Malformed packets received, in order."""
        self._identifier = 0
        self.send_raw = channel.send
        self.expect = channel.expect
        self.next = channel.next

    # Plain speech.

    async def send(self, *packets: Packet | bytes) -> None:
        """Send packets, in this connection's protocol version; octets as they stand.

        A packet that needs what the server does not serve ends the case as not applicable; who means to break such a
        limit sends octets.
        """
        version = self.version
        for packet in packets:
            if why := hindrance(packet, self.connack, self.mqtt.case.claims):
                self.mqtt.case.not_applicable(*why)
        await self.channel.send(
            *(p if isinstance(p, bytes) or p.version == version else replace(p, version=version) for p in packets)
        )

    def identifier(self) -> int:
        """A Packet Identifier not used before on this connection."""
        self._identifier += 1
        return self._identifier

    def close(self) -> None:
        """Close the network connection without DISCONNECT (FIN)."""
        self.channel.close()

    def abort(self) -> None:
        """Cut the network connection (RST)."""
        self.channel.abort()

    # Steps that lead somewhere.

    async def ready(self, wanted: Any, *, passing: Any = (Publish, Pubrel), within_s: float | None = None) -> Any:
        """Like `expect`, as a step towards the start of a case."""
        try:
            return await self.expect(wanted, passing=passing, within_s=within_s)
        except Nonconformity as error:
            summary_zh = error.summary_zh and f"在用例正式开始之前：{error.summary_zh}"
            raise Unready(f"before the case proper: {error.summary}", summary_zh) from None

    async def ping(self) -> None:
        await self.send(Pingreq())
        await self.ready(Pingresp)

    async def ping_behind(self) -> None:
        """Wait until the server has answered all that was sent; what came stays for `arrived` or a later call."""
        await self.send(Pingreq())
        await self.ready(Pingresp, passing=(Packet, Malformed))

    async def subscribe(self, *filters: str | Subscription, qos: int = 2, properties: Properties = NONE) -> Suback:
        """Subscribe and have every filter granted."""
        subscriptions = tuple(
            f if isinstance(f, Subscription) else Subscription(topic_filter=f, qos=qos) for f in filters
        )
        await self.send(
            Subscribe(packet_identifier=self.identifier(), subscriptions=subscriptions, properties=properties)
        )
        suback: Suback = await self.ready(Suback)
        if len(suback.reason_codes) < len(subscriptions):
            raise Unready("SUBACK does not say of every subscription whether it was granted")
        if any(code >= 0x80 for code in suback.reason_codes):
            raise Unready(f"the subscription to {', '.join(map(str, filters))} was refused")
        return suback

    async def unsubscribe(self, *filters: str) -> Unsuback:
        await self.send(Unsubscribe(packet_identifier=self.identifier(), topic_filters=filters))
        unsuback: Unsuback = await self.ready(Unsuback)
        return unsuback

    async def publish(
        self, topic: str, payload: bytes = b"", *, qos: int = 0, retain: bool = False, **fields: Any
    ) -> None:
        """Publish, with the whole handshake of the QoS; QoS 0 is followed by a PING so that the server has taken it."""
        identifier = self.identifier() if qos else None
        await self.send(
            Publish(topic=topic, payload=payload, qos=qos, retain=retain, packet_identifier=identifier, **fields)
        )
        if qos == 0:
            await self.ping()
        elif qos == 1:
            self._accepted(await self.ready(Puback))
        else:
            self._accepted(await self.ready(Pubrec))
            await self.send(Pubrel(packet_identifier=identifier or 0))
            await self.ready(Pubcomp)

    @staticmethod
    def _accepted(answer: Puback | Pubrec) -> None:
        if answer.reason_code >= 0x80:
            raise Unready(f"the PUBLISH was refused: {describe(answer)}")

    async def receive(self, *, acknowledge: bool = True, within_s: float | None = None) -> Publish:
        """The next PUBLISH that is not on a topic of another case, acknowledged by its QoS."""
        while True:
            publish: Publish = await self.ready(Publish, passing=(Pubrel,), within_s=within_s)
            strange = self.mqtt.is_strange(publish)
            if acknowledge or strange:
                await self.acknowledge(publish)
            if not strange:
                return publish

    async def acknowledge(self, publish: Publish) -> None:
        """Answer a PUBLISH by its QoS, with the whole handshake."""
        identifier = publish.packet_identifier or 0
        if publish.qos == 1:
            await self.send(Puback(packet_identifier=identifier))
        elif publish.qos == 2:
            await self.send(Pubrec(packet_identifier=identifier))
            await self.ready(Pubrel, passing=(Publish,))
            await self.send(Pubcomp(packet_identifier=identifier))

    async def receive_until(self, payload: bytes) -> list[Publish]:
        """Every PUBLISH before the one with this payload, which a case sends last to mark the end of its wait."""
        before = []
        while (publish := await self.receive()).payload != payload:
            before.append(publish)
        return before

    async def disconnect(self, **fields: Any) -> None:
        """DISCONNECT, and wait until the server has closed, which shows that it has taken it; then close."""
        await self.send(Disconnect(**fields))
        await self.next(passing=(Packet, Malformed), within_s=CLOSING_S)
        self.close()

    async def gone(self, *, within_s: float | None = None) -> None:
        """Wait until the server has ended this connection; whatever comes before is passed over."""
        await self.ready(Closed, passing=(Packet, Malformed), within_s=within_s)

    # Judgements that many cases share.

    async def expect_closed(self, *codes: int, fence: bool = True, within_s: float | None = None) -> Disconnect | None:
        """After something wrong was sent: the server must end the connection. Returns its DISCONNECT, if any came.

        A PINGREQ goes behind the wrong packet, whose answer tells that the server has passed it over; `fence=False`
        where the wrong packet may have left the server waiting for more octets. Codes other than those given are noted.
        """
        if fence:
            await self.send(Pingreq())
        said: Disconnect | None = None
        answered = False
        for _ in range(1000):
            event = await self.next(within_s=within_s)
            if isinstance(event, Closed):
                self._note_code(said, codes)
                return said
            if isinstance(event, Disconnect):
                said = event
            elif isinstance(event, Silence):
                raise self._goes_on(event, answered)
            elif isinstance(event, Pingresp):
                answered = True  # what checks the packet may run behind what answers a PINGREQ: the close may yet come
        raise Nonconformity("the server sends without end and does not close", expected="the connection closed")

    async def check_closes(self, event: Any, what: str) -> None:
        """`event` has come: it must be the close, or a DISCONNECT that the close follows. `what` is the finding."""
        if isinstance(event, Disconnect):
            event = await self.next()
        check(
            isinstance(event, Closed),
            what,
            expected="the connection closed",
            got=told(event),
            timing=lateness_s(event),
        )

    @staticmethod
    def _goes_on(event: Silence, answered: bool) -> Nonconformity:
        said = ", and answered the PINGREQ sent behind" if answered else ""
        said_zh = "，并应答了随后发送的 PINGREQ" if answered else ""
        return Nonconformity(
            f"the server kept the connection open{said}",
            f"服务端没有关闭连接{said_zh}",
            expected="the connection closed",
            got=f"no close for {event.wait_s:g} s",
            timing=event.bears_s,
        )

    def _note_code(self, said: Disconnect | None, codes: tuple[int, ...]) -> None:
        if said and codes and said.reason_code not in codes:
            wanted = " or ".join(f"0x{code:02X}" for code in codes)
            self.mqtt.case.note(f"the server closed with {describe(said)}; the text names {wanted}")

    async def expect_refused(self, *codes: int) -> Connack | None:
        """After a CONNECT that must not be accepted: the server closes, in 5.0 perhaps after a CONNACK that refuses."""
        event = await self.next(within_s=STRANGER_S)
        if isinstance(event, Closed):
            return None
        if isinstance(event, Connack) and event.reason_code:
            if self.version < 5:
                self.mqtt.case.note("CONNACK before the close, where 3.1.4-1 has none")
            elif codes and event.reason_code not in codes:
                self.mqtt.case.note(f"refused with {describe(event)}")
            await self.expect(Closed, why="the server refused the CONNECT and kept the connection open")
            return event
        if isinstance(event, Disconnect) or (isinstance(event, Malformed) and event.message is None):
            await self.expect(Closed, why="the server did not close after a CONNECT that it must refuse")
            return None
        got = told(event)
        if isinstance(event, Silence):
            what = "a CONNECT that must be refused was neither refused nor answered with a close"
            what_zh = "必须拒绝的 CONNECT 既未被拒绝，连接也未关闭"
        else:
            what = f"the server took a CONNECT that it must refuse: {got}"
            what_zh = f"服务端接受了必须拒绝的 CONNECT：{got}"
        raise Nonconformity(what, what_zh, expected="the connection closed", got=got, timing=lateness_s(event))
