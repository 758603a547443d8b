"""What MQTT cases ask for: `mqtt` makes connections, `client` is one that is accepted already."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

from conformance.engine import Case, Closed, Silence, Unready, outcome, provider

from .client import Client, Codec
from .limits import Why
from .reach import SUBPROTOCOLS, Reach
from .wire import (
    Connack,
    Connect,
    Disconnect,
    Malformed,
    Publish,
    Pubrel,
    Subscription,
    Text,
    describe,
    properties,
)
from .wire.primitives import octets
from .wire.properties import NONE, PropertyId
from .words import told

__all__ = ["IXIT_KEYS", "LEVELS", "STANDARDS", "Client", "Mqtt", "alive", "client", "mqtt"]

STANDARDS = ("mqtt-3.1.1/server", "mqtt-5.0/server")
IXIT_KEYS: dict[str, tuple[str, ...]] = {
    "url": ("mqtt", "mqtts", "ws", "wss"),
    "ws_url": ("ws", "wss"),
    **dict.fromkeys(("username", "password", "tls_ca", "tls_certificate", "tls_key"), ()),
    **dict.fromkeys(("forbidden_topic", "authentication", "versions"), ()),
}
LEVELS = {"mqtt-3.1.1": 4, "mqtt-5.0": 5}
TOPIC = re.compile(rb"iic/[0-9a-f]{10}[0-9]")
"""What `Mqtt.topic` makes, of whichever case."""
LOOKS = 3
"""How often one looks for what a server may do a little later than it says."""
LACKING = {
    0x9A: Why("the server does not retain messages", "服务端不保留消息"),
    0x9B: Why("the server does not support this Will QoS", "服务端不支持该遗嘱 QoS"),
}
"""Codes by which a server refuses a CONNECT for something that it need not have."""


class Mqtt:
    """Makes connections to the product in the version that the case is about."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.version = LEVELS.get(case.standard, 5)
        self.reach = Reach(case)
        self.ixit = dict(case.ixit.get("mqtt", {}))
        self._names: list[bytes] = []
        """What tells this case's topics from those of others."""

    @property
    def v5(self) -> bool:
        return self.version >= 5

    def topic(self, suffix: str = "") -> str:
        """A Topic Name that no other case uses."""
        name = self.case.unique("")
        self._names.append(name.encode())
        return f"iic/{name}{suffix}"

    def is_strange(self, publish: Publish) -> bool:
        """Whether a message is on a topic of another case.

        There are products that send clients what they have not asked for. That is judged where it is the matter, and
        passed over where it would be taken for something else.
        """
        topic = octets(publish.topic)
        return bool(TOPIC.search(topic)) and not any(name in topic for name in self._names)

    def client_id(self) -> str:
        """A Client Identifier that no other case uses: at most 23 letters and digits."""
        return self.case.unique("iic")

    async def open(self, name: str = "") -> Client:
        """A network connection on which nothing has been said yet."""
        flaws: list[Malformed] = []
        codec = Codec(self.version, flaws.append)
        return Client(self, await self.reach.channel(codec, name), flaws)

    async def open_websocket(self, name: str = "", subprotocols: Sequence[str] = SUBPROTOCOLS) -> Client:
        """The same over WebSocket: `client.channel.stream` is a WebSocketStream. Raises Unready without an address."""
        flaws: list[Malformed] = []
        codec = Codec(self.version, flaws.append)
        return Client(self, await self.reach.websocket(codec, name, subprotocols), flaws)

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

    def refusable(self, client_id: Text) -> Connect:
        """A well-formed CONNECT that a server has to refuse: a protocol level that nobody serves; in 5.0 an unknown
        authentication method.
        """
        if self.v5:
            return self.hello(client_id=client_id, properties=properties(authentication_method="x-unknown-method"))
        return self.hello(client_id=client_id, protocol_level=99, clean_start=False)

    @staticmethod
    def session_expiry_s(client: Client, asked_s: int) -> int:
        """How many seconds the session of a client outlives its connection, who asked for so many.

        In 5.0 the server may set another Session Expiry Interval than the client's; a product may claim to keep none.
        """
        if not client.mqtt.case.claims.get("persistent_sessions", True):
            return 0
        return int(client.connack.properties.get(PropertyId.SESSION_EXPIRY_INTERVAL, asked_s))

    def clean(self) -> Disconnect:
        """A DISCONNECT that, in 5.0, also ends the session."""
        return Disconnect(properties=properties(session_expiry_interval=0)) if self.v5 else Disconnect()

    async def connect(self, name: str = "", **fields: Any) -> Client:
        """A connection that the server has accepted."""
        connect = self.hello(**fields)
        client, connack = await self._answered(connect, name or str(connect.client_id))
        if connack.reason_code in LACKING and connect.will:
            self.case.not_applicable(*LACKING[connack.reason_code])
        if connack.reason_code:
            raise Unready(f"the server refused a plain connection: {describe(connack)}")
        client.connack = connack
        client.client_id = connack.properties.get(PropertyId.ASSIGNED_CLIENT_IDENTIFIER, client.client_id)
        return client

    async def _answered(self, connect: Connect, name: str) -> tuple[Client, Connack]:
        """A connection whose CONNECT got a CONNACK; it is sent once more, on another connection, where it got a close.

        There are servers that do so for a client that returns while they still clear away what it has left.
        """
        client = await self._greeting(connect, name)
        event = await client.next()
        if isinstance(event, Closed):
            self.case.note("the server closed for a valid CONNECT without a CONNACK; it was sent once more")
            client = await self._greeting(connect, name)
            event = await client.next()
        if not isinstance(event, Connack):
            raise Unready(f"before the case proper: {client.channel.unexpected(event, outcome(Connack)).summary}")
        return client, event

    async def _greeting(self, connect: Connect, name: str) -> Client:
        """A network connection on which this CONNECT has been sent."""
        client = await self.open(name)
        client.client_id = connect.client_id
        await client.send(connect)
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
        """What is retained for a topic, as a new subscriber gets it; None when nothing comes. Raises Unready.

        A server may put a retained message in its place a little after it has acknowledged it: so this looks again.
        """
        for _ in range(LOOKS):
            late = await self.connect("late")
            await late.subscribe(topic, qos=qos)
            event = await late.next(passing=Pubrel)
            if isinstance(event, Publish):
                await late.acknowledge(event)
                return event
            if not isinstance(event, Silence):
                raise Unready(f"before the case proper: {told(event)}")
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
