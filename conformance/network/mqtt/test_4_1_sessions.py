"""Session state (4.1): how long it lasts, and what belongs to it."""

from dataclasses import replace

from conformance.engine import Silence, Unready, check, lasts

from .bind import both, v5, v311
from .exchange import back, lasting
from .provide import Client, Mqtt
from .wire import Pubcomp, Publish, Pubrec, Pubrel
from .wire.properties import PropertyId
from .words import told

IDLE_S = 2.3
"""Longer than the Session Expiry Interval of 1 s; there is no Keep Alive."""
EXPIRED_S = 4.0
"""How long after its end a session with a Session Expiry Interval of 1 s is surely gone."""
ON_TIME_S = 1.0
"""How late this machine may be, for a product that may be as late, to be judged for a session that is still there."""


@both("MQTT-4.1.0-2", "MQTT-4.1.0-1")
@lasts(IDLE_S)
async def test_session_lasts_while_connected(mqtt: Mqtt) -> None:
    """A session lasts at least as long as its connection, though the client is idle and the expiry interval is over."""
    topic = mqtt.topic()
    client = await mqtt.connect("idle", keep_alive=0, session_expiry=1 if mqtt.v5 else None)
    await client.subscribe(topic, qos=1)
    publisher = await mqtt.connect("publisher")
    event = await client.next(within_s=IDLE_S)
    if not isinstance(event, Silence):
        raise Unready(f"before the case proper: {told(event)}")
    await publisher.publish(topic, b"message", qos=1)
    await client.ping()
    await client.expect(Publish, why="a connected but idle client lost its subscription")


@v5("MQTT-4.1.0-2")
@lasts(EXPIRED_S)
async def test_expired_session_is_discarded(mqtt: Mqtt) -> None:
    """When its expiry interval has passed after the connection, a session and all that waits in it are gone."""
    topic = mqtt.topic()
    first = await lasting(mqtt, topic, qos=1, expiry_s=1)
    if first.connack.properties.get(PropertyId.SESSION_EXPIRY_INTERVAL, 1) != 1:
        mqtt.case.not_applicable("the server uses a Session Expiry Interval of its own", "服务端使用自己的会话过期间隔")
    await first.disconnect()
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"waiting", qos=1)
    await publisher.next(within_s=EXPIRED_S)
    again = await mqtt.connect("again", client_id=first.client_id, session_expiry=1)
    await again.ping()
    came = again.channel.arrived(Publish)
    await publisher.publish(topic, b"new", qos=1)
    await again.ping()
    came += again.channel.arrived(Publish)
    if again.connack.session_present:
        what = (
            f"a session with Session Expiry Interval 1 s was still there {EXPIRED_S:g} s after its connection had ended"
        )
    else:
        what = "CONNACK had Session Present 0, and a message came by a subscription of the expired session"
    timing = ON_TIME_S if again.connack.session_present else False
    check(not came, what, expected="no message", got=told(*came), timing=timing)


@v311("MQTT-4.1.0-1")
@v5("MQTT-4.3.3-10")
async def test_what_was_received_stays_known_to_the_session(mqtt: Mqtt) -> None:
    """What of QoS 2 was received and not yet released belongs to the session: a repeat on a new connection is known."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic, qos=2)
    publisher = await lasting(mqtt, mqtt.topic())
    message = Publish(topic=topic, payload=b"once", qos=2, packet_identifier=0x51)
    await publisher.send(message)
    await publisher.ready(Pubrec)
    publisher.abort()
    again = await back(mqtt, publisher)
    await _complete(again, message)
    await again.publish(topic, b"end", qos=2)
    got = [p.payload for p in await reader.receive_until(b"end")]
    check(got == [b"once"], "a QoS 2 message sent again after a reconnect was delivered again", got=got)
    await again.send(mqtt.clean())


async def _complete(client: Client, message: Publish) -> None:
    """Send a QoS 2 message again, and go through its handshake."""
    await client.send(replace(message, dup=True))
    await client.ready(Pubrec)
    await client.send(Pubrel(packet_identifier=message.packet_identifier or 0))
    await client.ready(Pubcomp, passing=(Publish, Pubrel, Pubrec))
    client.channel.arrived(Pubrec)  # one that the server sent of its own accord must not be taken for a later answer
