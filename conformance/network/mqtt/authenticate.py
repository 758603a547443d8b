"""Enhanced authentication (5.0, 4.12) as the client: the method and credentials of `[ixit.mqtt] authentication`."""

from collections.abc import Mapping
from typing import Any

from conformance.engine import Closed, Unready

from .client import Client
from .provide import Mqtt
from .scram import HASHES, ScramClient, ScramError, new_nonce
from .wire import Auth, Connack, Connect, Disconnect, describe, properties
from .wire.properties import PropertyId
from .words import told

CONTINUE, AGAIN = 0x18, 0x19


class Authentication:
    """One exchange. `password` replaces the right one. Raises Unready where the access data do not say how."""

    def __init__(self, mqtt: Mqtt, *, password: str | None = None) -> None:
        given = mqtt.ixit.get("authentication")
        table: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        secret: Any = table.get("password")
        self.mqtt = mqtt
        self.method = str(table.get("method") or "")
        if not self.method:
            raise Unready("the access data name no method and credentials ([ixit.mqtt] authentication)")
        if self.method not in HASHES:
            raise Unready(f"the method {self.method!r} is not spoken here; {', '.join(HASHES)} are")
        right = secret.reveal() if hasattr(secret, "reveal") else secret
        self._scram = ScramClient(
            self.method,
            str(table.get("username") or ""),
            str(right or "") if password is None else password,
            new_nonce(mqtt.case.rng),
        )

    def connect(self, **values: Any) -> Connect:
        """The CONNECT that begins the exchange, with more properties."""
        own = properties(authentication_method=self.method, authentication_data=self._scram.first())
        return self.mqtt.hello(user_name=None, password=None, properties=own + properties(**values))

    def auth(self, data: bytes, *, code: int = CONTINUE, method: str | None = None) -> Auth:
        """An AUTH of the client."""
        named = self.method if method is None else method
        return Auth(reason_code=code, properties=properties(authentication_method=named, authentication_data=data))

    def again(self, *, method: str | None = None) -> Auth:
        """The AUTH that begins a re-authentication."""
        return self.auth(self._scram.first(), code=AGAIN, method=method)

    def answer(self, challenge: Auth) -> bytes:
        """The data that answer the server's challenge. Raises Unready for a challenge that is none."""
        try:
            return self._scram.answer(challenge.properties.get(PropertyId.AUTHENTICATION_DATA, b""))
        except ScramError as error:
            raise Unready(f"the server's challenge cannot be answered: {error}") from None

    def check(self, last: Auth | Connack) -> None:
        """Note a server that does not prove that it knows the password."""
        try:
            self._scram.check(last.properties.get(PropertyId.AUTHENTICATION_DATA, b""))
        except ScramError as error:
            self.mqtt.case.note(f"the server did not authenticate itself: {error}")


async def begun(mqtt: Mqtt, *, password: str | None = None) -> tuple[Client, Authentication, Auth]:
    """A connection in the midst of its authentication: the server's first AUTH has come. Raises Unready."""
    exchange = Authentication(mqtt, password=password)
    client = await mqtt.open("authenticating")
    connect = exchange.connect()
    client.client_id = connect.client_id
    await client.send(connect)
    return client, exchange, await challenged(client)


async def challenged(client: Client) -> Auth:
    """The server's AUTH with its challenge. Raises Unready."""
    event = await client.ready(Auth | Connack | Disconnect | Closed)
    if not isinstance(event, Auth):
        raise Unready(f"the server began no exchange: {told(event)}")
    return event


async def authenticated(mqtt: Mqtt) -> tuple[Client, Authentication]:
    """A client that was accepted by enhanced authentication. Raises Unready."""
    client, exchange, challenge = await begun(mqtt)
    await client.send(exchange.auth(exchange.answer(challenge)))
    connack = await client.ready(Connack)
    if connack.reason_code:
        raise Unready(f"the server refused the right credentials: {describe(connack)}")
    exchange.check(connack)
    client.connack = connack
    return client, exchange
