"""Exchanges that many cases begin with: one in which the server sends every kind of packet, and sessions that last."""

from typing import Any

from conformance.engine import Unready

from .limits import maximum_qos
from .provide import Client, Mqtt
from .wire import NONE, Malformed, Packet, Properties
from .wire.properties import PropertyId


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


def flaws(client: Client, *kinds: str, of: type | tuple[type, ...] = Packet, fields: tuple[str, ...] = ()) -> list[str]:
    """What the server sent wrong: flaws of these kinds, in packets of these types, in these fields (or any)."""
    return [
        f"{malformed.message.TITLE}: {flaw}"
        for malformed in client.flaws
        if _is(malformed, of)
        for flaw in malformed.flaws
        if flaw.kind in kinds and (not fields or flaw.field in fields)
    ]


def _is(malformed: Malformed, of: type | tuple[type, ...]) -> bool:
    return isinstance(malformed.message, of)


async def lasting(mqtt: Mqtt, *filters: str, qos: int = 2, expiry_s: int = 300, **fields: Any) -> Client:
    """A subscriber whose session outlives its connections."""
    client = await mqtt.connect("reader", session_expiry=expiry_s, **fields)
    if client.connack.properties.get(PropertyId.SESSION_EXPIRY_INTERVAL, expiry_s) == 0:
        mqtt.case.not_applicable("the server lets no session outlive its connection")
    await client.subscribe(*filters, qos=qos)
    return client


async def back(mqtt: Mqtt, client: Client, expiry_s: int = 300) -> Client:
    """The same client on a new connection, in the session that it had."""
    again = await mqtt.connect("again", client_id=client.client_id, session_expiry=expiry_s)
    if not again.connack.session_present:
        raise Unready("before the case proper: the session is gone")
    return again
