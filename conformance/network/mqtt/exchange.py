"""Exchanges that many cases begin with: one in which the server sends every kind of packet, and sessions that last."""

from typing import Any

from conformance.engine import Unready

from .limits import maximum_qos
from .provide import Client, Mqtt
from .wire import NONE, Packet, Properties
from .wire.properties import PropertyId

LATE_S = 5.0
HALF_A_MINUTE_S = 35.0


def resent_within_s(client: Client) -> float | None:
    """How long what must be sent again after a reconnect is waited for.

    5.0 forbids it at another time; 3.1.1 sets no time, and there are servers that take half a minute.
    """
    return None if client.version >= 5 else HALF_A_MINUTE_S


def highest_qos(client: Client) -> int:
    """The highest QoS for PUBLISH towards this client's server."""
    return maximum_qos(client.connack, client.mqtt.case.claims)


async def exchange(
    mqtt: Mqtt, topic: str, *payloads: bytes, properties: Properties = NONE, to: Properties = NONE
) -> Client:
    """A client that has subscribed, published to itself at every QoS, received, unsubscribed and pinged.

    `properties` go with each PUBLISH, and `to` with the SUBSCRIBE.
    """
    client = await mqtt.connect("talker")
    await client.subscribe(topic, qos=2, properties=to)
    for payload in payloads or (b"", b"message"):
        for qos in range(highest_qos(client) + 1):
            await client.publish(topic, payload, qos=qos, properties=properties)
            await client.receive()
    await client.unsubscribe(topic)
    await client.ping()
    return client


def flaws(
    client: Client, *kinds: str, of: type[Packet] | tuple[type[Packet], ...] = Packet, fields: tuple[str, ...] = ()
) -> list[str]:
    """What the server sent wrong: flaws of these kinds, in packets of these types, in these fields (or any)."""
    return [
        f"{malformed.message.TITLE}: {flaw}"
        for malformed in client.flaws
        if isinstance(malformed.message, of)
        for flaw in malformed.flaws
        if flaw.kind in kinds and (not fields or flaw.field in fields)
    ]


async def lasting(mqtt: Mqtt, *filters: str, qos: int = 2, expiry_s: int = 300, **fields: Any) -> Client:
    """A client whose session outlives its connections, with these subscriptions."""
    client = await mqtt.connect("lasting", session_expiry=expiry_s, **fields)
    granted_s = client.connack.properties.get(PropertyId.SESSION_EXPIRY_INTERVAL, expiry_s)
    if not granted_s or not mqtt.case.claims.get("persistent_sessions", True):
        mqtt.case.not_applicable("the server lets no session outlive its connection", "服务端不在连接结束后保留会话")
    if filters:
        await client.subscribe(*filters, qos=qos)
    return client


async def sent_again(client: Client, wanted: Any, why: str, *, passing: Any = ()) -> Any:
    """What the server must send again after a reconnect; `why` says what it means if it does not come."""
    event = await client.expect(wanted, passing=passing, within_s=resent_within_s(client), why=why)
    took_s = client.channel.arrived_at_s - client.channel.sent_at_s
    if took_s > LATE_S:
        client.mqtt.case.note(f"it was sent again {took_s:.0f} s after the reconnect")
    return event


async def back(mqtt: Mqtt, client: Client, expiry_s: int = 300) -> Client:
    """The same client on a new connection, in the session that it had."""
    again = await mqtt.connect("again", client_id=client.client_id, session_expiry=expiry_s)
    if not again.connack.session_present:
        raise Unready("before the case proper: the session is gone")
    return again
