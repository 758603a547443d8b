"""What MQTT cases ask for: `mqtt` makes connections, `client` is one that is accepted already.

Methods that lead to the start of a case (`connect`, `subscribe`, `publish`, `receive`, ...) raise Unready when the
product does not play along: the requirement was then not judged. Only `expect`, `expect_closed` and `check` in a case
fail a product.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

from conformance.engine import Case, Channel, Closed, Nonconformity, Silence, Unready, provider

from .limits import hindrance
from .reach import Reach
from .wire import (
    Connack,
    Connect,
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
    Unsuback,
    Unsubscribe,
    decode,
    describe,
    properties,
)
from .wire.properties import NONE, Properties, PropertyId

STANDARDS = ("mqtt-3.1.1/server", "mqtt-5.0/server")
LEVELS = {"mqtt-3.1.1": 4, "mqtt-5.0": 5}
CLOSING_S = 1.0
"""How long a DISCONNECT may go without the close that a server should answer it with."""
LOOKS = 3
"""How often one looks for what a server may do a little later than it says."""
LACKING = {0x9A: "the server does not retain messages", 0x9B: "the server does not support this Will QoS"}
"""Codes by which a server refuses a CONNECT for something that it need not have."""


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
        self.client_id: str = ""
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
                self.mqtt.case.not_applicable(why)
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
            raise Unready(f"before the case proper: {error.summary}") from None

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
        """The next PUBLISH, acknowledged by its QoS."""
        publish: Publish = await self.ready(Publish, passing=(Pubrel,), within_s=within_s)
        if acknowledge:
            await self.acknowledge(publish)
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

    async def expect_closed(self, *codes: int, fence: bool = True) -> Disconnect | None:
        """After something wrong was sent: the server must end the connection. Returns its DISCONNECT, if any came.

        A PINGREQ goes behind the wrong packet, whose answer tells that the server has passed it over; `fence=False`
        where the wrong packet may have left the server waiting for more octets. Codes other than those given are noted.
        """
        if fence:
            await self.send(Pingreq())
        said: Disconnect | None = None
        answered = False
        for _ in range(1000):
            event = await self.next()
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

    @staticmethod
    def _goes_on(event: Silence, answered: bool) -> Nonconformity:
        said = ", and answered the PINGREQ sent behind" if answered else ""
        return Nonconformity(
            f"the server kept the connection open{said}",
            expected="the connection closed",
            got=f"no close for {event.wait_s:g} s",
            timing=True,
        )

    def _note_code(self, said: Disconnect | None, codes: tuple[int, ...]) -> None:
        if said and codes and said.reason_code not in codes:
            wanted = " or ".join(f"{code:02X}" for code in codes)
            self.mqtt.case.note(f"the server closed with {describe(said)}; the text names {wanted}")

    async def expect_refused(self, *codes: int) -> Connack | None:
        """After a CONNECT that must not be accepted: the server closes, in 5.0 perhaps after a CONNACK that refuses."""
        event = await self.next()
        if isinstance(event, Closed):
            return None
        if isinstance(event, Connack) and event.reason_code:
            if self.version < 5:
                self.mqtt.case.note("CONNACK before the close, where 3.1.4-1 has none")
            elif codes and event.reason_code not in codes:
                self.mqtt.case.note(f"refused with {describe(event)}")
            await self.expect(Closed, why="the server refused the CONNECT and kept the connection open")
            return event
        if isinstance(event, Disconnect) and self.version >= 5:
            await self.expect(Closed)
            return None
        got = f"nothing for {event.wait_s:g} s" if isinstance(event, Silence) else self.channel.describe(event)
        raise Nonconformity(
            f"the server took a CONNECT that it must refuse: {got}",
            expected="the connection closed",
            got=got,
            timing=isinstance(event, Silence),
        )


class Mqtt:
    """Makes connections to the product in the version that the case is about."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.version = LEVELS.get(case.standard, 5)
        self.reach = Reach(case)
        self.ixit = dict(case.ixit.get("mqtt", {}))

    @property
    def v5(self) -> bool:
        return self.version >= 5

    def topic(self, suffix: str = "") -> str:
        """A Topic Name that no other case uses."""
        return self.case.unique("iic/") + suffix

    def client_id(self) -> str:
        """A Client Identifier that no other case uses: at most 23 letters and digits."""
        return self.case.unique("iic")

    async def open(self, name: str = "") -> Client:
        """A network connection on which nothing has been said yet."""
        flaws: list[Malformed] = []
        codec = Codec(self.version, flaws.append)
        return Client(self, await self.reach.channel(codec, name), flaws)

    def hello(self, *, session_expiry: int | None = None, **fields: Any) -> Connect:
        """A CONNECT with a fresh Client Identifier and the product's credentials.

        `session_expiry` is in seconds where 5.0 has it; in 3.1.1 it is simply CleanSession 0.
        """
        fields.setdefault("client_id", self.client_id())
        fields.setdefault("version", self.version)
        if "user_name" not in fields and (name := self.ixit.get("username")) is not None:
            fields["user_name"] = str(name)
            fields.setdefault("password", self._password())
        if session_expiry is not None:
            fields.setdefault("clean_start", False)
            if self.v5:
                given = fields.get("properties", NONE)
                fields["properties"] = given + properties(session_expiry_interval=session_expiry)
        return Connect(**fields)

    def _password(self) -> bytes | None:
        password: Any = self.ixit.get("password")
        secret = password.reveal() if hasattr(password, "reveal") else password
        return None if secret is None else str(secret).encode()

    def refusable(self, client_id: str) -> Connect:
        """A well-formed CONNECT that a server has to refuse: a protocol level that nobody serves; in 5.0 an unknown
        authentication method.
        """
        if self.v5:
            return self.hello(client_id=client_id, properties=properties(authentication_method="x-unknown-method"))
        return self.hello(client_id=client_id, protocol_level=99, clean_start=False)

    @staticmethod
    def session_expiry_s(client: Client, asked_s: int) -> int:
        """The Session Expiry Interval in force for a client that asked for one (5.0): the server may have set its own."""
        return int(client.connack.properties.get(PropertyId.SESSION_EXPIRY_INTERVAL, asked_s))

    def clean(self) -> Disconnect:
        """A DISCONNECT that, in 5.0, also ends the session."""
        return Disconnect(properties=properties(session_expiry_interval=0)) if self.v5 else Disconnect()

    async def connect(self, name: str = "", **fields: Any) -> Client:
        """A connection that the server has accepted."""
        connect = self.hello(**fields)
        client = await self.open(name or str(connect.client_id))
        client.client_id = str(connect.client_id)
        await client.send(connect)
        connack: Connack = await client.ready(Connack, passing=())
        if connack.reason_code in LACKING and connect.will:
            self.case.not_applicable(LACKING[connack.reason_code])
        if connack.reason_code:
            raise Unready(f"the server refused a plain connection: {describe(connack)}")
        client.connack = connack
        client.client_id = str(connack.properties.get(PropertyId.ASSIGNED_CLIENT_IDENTIFIER, client.client_id))
        return client

    async def refused(self, connect: Connect | bytes, *codes: int) -> Connack | None:
        """Send a CONNECT that must be refused on a fresh connection; see `expect_refused`."""
        stranger = await self.open("stranger")
        await stranger.send(bytes(connect))
        return await stranger.expect_refused(*codes)

    async def subscriber(self, *filters: str | Subscription, qos: int = 2, **fields: Any) -> Client:
        """A connected client with a subscription."""
        client = await self.connect("subscriber", **fields)
        await client.subscribe(*filters, qos=qos)
        return client

    async def retained(self, topic: str, *, qos: int = 2) -> Publish | None:
        """What is retained for a topic, as a new subscriber gets it; None when nothing comes.

        A server may put a retained message in its place a little after it has acknowledged it: so this looks again.
        """
        for _ in range(LOOKS):
            late = await self.connect("late")
            await late.subscribe(topic, qos=qos)
            event = await late.next(passing=Pubrel)
            if isinstance(event, Publish):
                await late.acknowledge(event)
                return event
        return None


@provider
async def mqtt(case: Case) -> AsyncIterator[Mqtt]:
    """The way to the server, in the case's protocol version."""
    yield Mqtt(case)


@provider
async def client(mqtt: Mqtt) -> AsyncIterator[Client]:
    """A client that is connected with a clean session."""
    yield await mqtt.connect("client")


async def alive(case: Case) -> None:
    """The server answers a CONNECT, with whatever code, in one of the versions that it may offer."""
    mqtt = Mqtt(case)
    versions = mqtt.ixit.get("versions") or ["5.0", "3.1.1"]
    for version in versions:
        mqtt.version = LEVELS.get(f"mqtt-{version}", 5)
        client = await mqtt.open("liveness")
        await client.send(mqtt.hello())
        event = await client.next()
        if not isinstance(event, Closed | Silence):
            await client.send(Disconnect())
            client.close()
            return
    raise Unready("a fresh CONNECT is not answered")
