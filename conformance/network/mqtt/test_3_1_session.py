"""The session at CONNECT (3.1.2.4, 3.1.2.11.2): resumed, discarded, made, and how long it lives."""

from conformance.engine import check, lasts

from .bind import both, v5, v311
from .grants import at_most, granted_qos
from .provide import Client, Mqtt
from .steps import waiting
from .wire import Connack, Pingreq, Pingresp, Publish, Text, describe
from .words import told


async def left_behind(mqtt: Mqtt, *filters: str, expiry: int = 300) -> Text:
    """The Client Identifier of a stored session with these subscriptions, whose client has gone."""
    client = await mqtt.connect("first", session_expiry=expiry)
    if mqtt.session_expiry_s(client, expiry) < 10:
        mqtt.case.not_applicable("the server does not keep the session", "服务端不保留会话")
    await client.subscribe(*filters, qos=1)
    await client.disconnect()
    return client.client_id


async def publish_in_turn(mqtt: Mqtt, *topics: str) -> None:
    """One message on each topic, from one publisher at one QoS; each holds its topic."""
    publisher = await mqtt.connect("publisher")
    for topic in topics:
        await publisher.publish(topic, topic.encode(), qos=1)


async def before(client: Client, end: str) -> list[Publish]:
    """What a client gets before the message on the topic that `publish_in_turn` names last."""
    return await client.receive_until(end.encode())


@both(("MQTT-3.1.2-4", "MQTT-3.1.4-3"), ("MQTT-3.1.2-5", "MQTT-3.1.4-4"))
async def test_session_is_resumed(mqtt: Mqtt) -> None:
    """A client that returns without a clean start finds its subscriptions in force."""
    topic = mqtt.topic()
    client_id = await left_behind(mqtt, topic)
    again = await mqtt.connect("returned", client_id=client_id, session_expiry=300)
    await publish_in_turn(mqtt, topic)
    await again.expect(Publish, why="the subscription of the stored session is gone")
    await again.send(mqtt.clean())


@both(("MQTT-3.1.2-6", "MQTT-3.1.4-3"), ("MQTT-3.1.2-4", "MQTT-3.1.4-4"))
async def test_clean_start_discards_the_session(mqtt: Mqtt) -> None:
    """A clean start leaves nothing of the session before: no subscription, no waiting message."""
    queued, topic, end = mqtt.topic("/queued"), mqtt.topic("/topic"), mqtt.topic("/end")
    client_id = await left_behind(mqtt, queued, topic)
    await publish_in_turn(mqtt, queued)
    clean = await mqtt.connect("clean", client_id=client_id)
    await clean.subscribe(end, qos=1)
    await publish_in_turn(mqtt, topic, end)
    rest = await before(clean, end)
    check(not rest, "something of the discarded session is still there", got=told(*rest))


@v311("MQTT-3.1.2-6")
async def test_state_of_a_clean_session_is_not_used_again(mqtt: Mqtt) -> None:
    """What belongs to a session with CleanSession 1 ends with its connection."""
    topic, end = mqtt.topic("/topic"), mqtt.topic("/end")
    clean = await mqtt.connect("clean")
    await clean.subscribe(topic, qos=1)
    await clean.disconnect()
    again = await mqtt.connect("returned", client_id=clean.client_id, clean_start=False)
    await again.subscribe(end, qos=1)
    await publish_in_turn(mqtt, topic, end)
    rest = await before(again, end)
    check(not rest, "a session with CleanSession 1 outlived its connection", got=told(*rest))
    await _discard(mqtt, again)


@both("MQTT-3.1.2-4", "MQTT-3.1.2-6")
async def test_without_a_session_there_is_a_new_one(mqtt: Mqtt) -> None:
    """Without a stored session a client that wants none discarded gets a new one that works."""
    await mqtt.connect("plain")
    client = await mqtt.open("client")
    await client.send(mqtt.hello(clean_start=False))
    connack = await client.expect(Connack)
    code = connack.reason_code
    check(code == 0, "a client without a stored session was refused", expected="CONNACK 0x00", got=describe(connack))
    await client.send(Pingreq())
    await client.expect(Pingresp)
    await client.send(mqtt.clean())


@v311("MQTT-3.1.2-5")
async def test_messages_wait_for_a_client_that_is_away(mqtt: Mqtt) -> None:
    """QoS 1 and 2 messages for a stored session are kept until its client returns."""
    topic = mqtt.topic()
    client = await mqtt.connect(session_expiry=300)
    if not granted_qos(await client.subscribe(topic, qos=2)):
        mqtt.case.not_applicable(
            "the server granted QoS 0 alone, at which nothing need wait", "服务端只授予 QoS 0，该级别无需排队等待"
        )
    await client.disconnect()
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"one", qos=1)
    await publisher.publish(topic, b"two", qos=at_most(publisher, 2))
    again = await mqtt.connect("returned", client_id=client.client_id, session_expiry=300)
    payloads: set[bytes] = set()
    while payloads != {b"one", b"two"}:
        publish = await again.expect(Publish, why="a message queued while the client was away did not come")
        await again.acknowledge(publish)
        payloads.add(publish.payload)
    await _discard(mqtt, again)


@v311("MQTT-3.1.2-7")
async def test_retained_messages_outlive_their_session(mqtt: Mqtt) -> None:
    """Retained messages are no part of a session: they are still there when it is discarded."""
    topic = mqtt.topic()
    publisher = await mqtt.connect("publisher", session_expiry=300)
    await publisher.publish(topic, b"kept", qos=1, retain=True)
    await waiting(mqtt, topic)
    await publisher.disconnect()
    clean = await mqtt.connect("clean", client_id=publisher.client_id)
    kept = await mqtt.retained(topic)
    check(kept, "the retained message went away with its publisher's session", got="nothing for a later subscriber")
    await clean.publish(topic, b"", retain=True)


@v5("MQTT-3.1.2-23")
@lasts(2.0)
async def test_session_outlives_its_connection(mqtt: Mqtt) -> None:
    """With a Session Expiry Interval above 0 the state is kept when the connection has ended."""
    topic = mqtt.topic()
    client = await mqtt.connect("first", session_expiry=25)
    if mqtt.session_expiry_s(client, 25) < 10:
        mqtt.case.not_applicable(
            "the server grants no Session Expiry Interval that is long enough to look",
            "服务端授予的会话过期间隔过短，无法观察",
        )
    await client.subscribe(topic, qos=1)
    client.abort()
    waiter = await mqtt.connect("waiter")
    await waiter.next(within_s=2.0)
    await publish_in_turn(mqtt, topic)
    again = await mqtt.connect("returned", client_id=client.client_id, session_expiry=25)
    await publish_in_turn(mqtt, topic)
    kept = again.connack.session_present or isinstance(await again.next(), Publish)
    check(kept, "nothing of a session was left 2 s after its connection had ended", expected="a lifetime of 25 s")
    await again.send(mqtt.clean())


async def _discard(mqtt: Mqtt, client: Client) -> None:
    """End a stored session."""
    await client.disconnect()
    await mqtt.connect("cleaner", client_id=client.client_id)
