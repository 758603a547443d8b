"""CONNACK (3.2): first, once, and with the right Session Present flag."""

from conformance.engine import Closed, check, lasts, negative

from .bind import both, v5, v311
from .provide import Mqtt
from .wire import Connack, Disconnect, Pingreq, Pingresp, Publish
from .wire.properties import PropertyId
from .wire.reasons import REASONS


@both("MQTT-3.2.0-1")
async def test_connack_comes_first(mqtt: Mqtt) -> None:
    """Even with messages waiting, the first packet is CONNACK."""
    topic, client_id = mqtt.topic(), mqtt.client_id()
    first = await mqtt.connect(client_id=client_id, session_expiry=300)
    await first.subscribe(topic, qos=1)
    await first.disconnect()
    await (await mqtt.connect("publisher")).publish(topic, b"waiting", qos=1)
    again = await mqtt.open("returned")
    await again.send(mqtt.hello(client_id=client_id, session_expiry=300))
    await again.expect(Connack, why="the first packet from the server is not CONNACK")
    await again.send(mqtt.clean())


@v5("MQTT-3.2.0-2")
async def test_connack_comes_once(mqtt: Mqtt) -> None:
    """There is at most one CONNACK in a connection."""
    client = await mqtt.connect()
    await client.subscribe(mqtt.topic())
    await client.send(Pingreq())
    event = await client.expect(Pingresp | Connack)
    check(isinstance(event, Pingresp), "a second CONNACK came")


@v5("MQTT-3.2.2-1")
async def test_acknowledge_flags_are_reserved(mqtt: Mqtt) -> None:
    """Bits 7 to 1 of the Connect Acknowledge Flags are 0."""
    client = await mqtt.connect()
    flags = client.connack.acknowledge_flags or 0
    check(flags < 2, "reserved bits of the Connect Acknowledge Flags are set", expected="0000000x", got=f"{flags:08b}")


@both("MQTT-3.2.2-1", "MQTT-3.2.2-2")
async def test_session_present_is_0_after_a_clean_start(mqtt: Mqtt) -> None:
    """A clean start has Session Present 0, also when there was a session."""
    client_id = mqtt.client_id()
    await (await mqtt.connect(client_id=client_id, session_expiry=300)).disconnect()
    clean = await mqtt.connect("clean", client_id=client_id)
    check(not clean.connack.session_present, "Session Present is 1 after a clean start", expected=0, got=1)


@both("MQTT-3.2.2-2", "MQTT-3.2.2-3")
async def test_session_present_is_1_for_a_stored_session(mqtt: Mqtt) -> None:
    """A session that is resumed is told by Session Present 1."""
    client_id = mqtt.client_id()
    await (await mqtt.connect(client_id=client_id, session_expiry=300)).disconnect()
    again = await mqtt.connect("returned", client_id=client_id, session_expiry=300)
    check(again.connack.session_present, "Session Present is 0 although the session is stored", expected=1, got=0)
    await again.send(mqtt.clean())


@both("MQTT-3.2.2-3")
async def test_session_present_is_0_without_a_session(mqtt: Mqtt) -> None:
    """Without a stored session Session Present is 0."""
    client = await mqtt.connect(session_expiry=300)
    check(
        not client.connack.session_present,
        "Session Present is 1 for an identifier never seen before",
        expected=0,
        got=1,
    )
    await client.send(mqtt.clean())


@both("MQTT-3.2.2-4", "MQTT-3.2.2-6")
@negative
async def test_refusal_has_session_present_0(mqtt: Mqtt) -> None:
    """A CONNACK that refuses has Session Present 0, whatever is stored."""
    client_id = mqtt.client_id()
    await (await mqtt.connect(client_id=client_id, session_expiry=300)).disconnect()
    stranger = await mqtt.open("stranger")
    await stranger.send(bytes(mqtt.refusable(client_id)))
    event = await stranger.next()
    if not isinstance(event, Connack):
        mqtt.case.not_applicable("the server refuses without a CONNACK")
    check(not event.session_present, "a CONNACK that refuses has Session Present 1", expected=0, got=1)
    await (await mqtt.connect("cleaner", client_id=client_id)).send(mqtt.clean())


@both("MQTT-3.2.2-5", "MQTT-3.2.2-7")
@negative
async def test_refusal_is_followed_by_a_close(mqtt: Mqtt) -> None:
    """After a CONNACK that refuses, the server closes."""
    stranger = await mqtt.open("stranger")
    await stranger.send(bytes(mqtt.refusable(mqtt.client_id())))
    event = await stranger.next()
    if isinstance(event, Connack):
        await stranger.expect(Closed, why="the server kept the connection open after a CONNACK that refuses")
    elif not isinstance(event, Closed):
        mqtt.case.not_applicable("the server does not refuse the CONNECT used here")
    else:
        mqtt.case.note("the server closed without a CONNACK")


@both("MQTT-3.2.2-6", "MQTT-3.2.2-8")
@negative
async def test_connack_codes_are_of_the_table(mqtt: Mqtt) -> None:
    """CONNACK uses only the codes of its table."""
    connacks = [(await mqtt.connect()).connack]
    for wrong in (mqtt.refusable(mqtt.client_id()), mqtt.hello(protocol_name="MQTX")):
        stranger = await mqtt.open("stranger")
        await stranger.send(bytes(wrong))
        event = await stranger.next()
        connacks += [event] if isinstance(event, Connack) else []
    allowed = REASONS[mqtt.v5, "server"]["CONNACK"] | ({0x84} if not mqtt.v5 else frozenset())
    wrong_codes = [f"{c.reason_code:02X}" for c in connacks if c.reason_code not in allowed]
    check(not wrong_codes, "CONNACK has a code that is not in the table", got=", ".join(wrong_codes))


@v5("MQTT-3.2.2-16")
async def test_assigned_ids_differ(mqtt: Mqtt) -> None:
    """Assigned Client Identifiers are not used by another session."""
    seen = set()
    for i in range(5):
        client = await mqtt.open(f"client {i}")
        await client.send(mqtt.hello(client_id=""))
        connack = await client.expect(Connack)
        if connack.reason_code:
            mqtt.case.not_applicable("the server does not allow an empty Client Identifier")
        assigned = connack.properties.get(PropertyId.ASSIGNED_CLIENT_IDENTIFIER)
        check(assigned, "CONNACK has no Assigned Client Identifier for an empty one")
        check(assigned not in seen, f"the identifier {assigned!r} was assigned twice")
        seen.add(assigned)


@v5("MQTT-4.1.0-2")
@lasts(3.0)
async def test_expired_session_is_discarded(mqtt: Mqtt) -> None:
    """When its expiry interval has passed a session is gone."""
    client_id = mqtt.client_id()
    first = await mqtt.connect(client_id=client_id, session_expiry=1)
    if first.connack.properties.get(PropertyId.SESSION_EXPIRY_INTERVAL, 1) != 1:
        mqtt.case.not_applicable("the server uses a Session Expiry Interval of its own")
    await first.disconnect()
    waiter = await mqtt.connect("waiter")
    await waiter.next(within_s=3.0)
    again = await mqtt.connect("returned", client_id=client_id, session_expiry=1)
    check(
        not again.connack.session_present,
        "the session is still there 3 s after a disconnect with expiry 1 s",
        timing=True,
    )


@v311("MQTT-4.1.0-1")
async def test_session_state_is_kept(mqtt: Mqtt) -> None:
    """The state of a session, its subscriptions, lasts for the whole session."""
    client = await mqtt.connect(session_expiry=60)
    topic = mqtt.topic()
    await client.subscribe(topic, qos=1)
    for _ in range(3):
        await client.disconnect()
        client = await mqtt.connect("returned", client_id=client.client_id, session_expiry=60)
    await (await mqtt.connect("publisher")).publish(topic, b"x", qos=1)
    await client.send(Pingreq())
    await client.expect(Publish, passing=Pingresp, why="the subscription did not last as long as the session")
    await client.send(mqtt.clean())


@both("MQTT-4.1.0-2", "MQTT-4.1.0-1")
@lasts(2.0)
async def test_session_lasts_while_connected(mqtt: Mqtt) -> None:
    """Session state is not dropped while its client is connected, however idle."""
    topic = mqtt.topic()
    client = await mqtt.subscriber(topic, keep_alive=0)
    await client.next(within_s=2.0)
    await (await mqtt.connect("publisher")).publish(topic, b"x", qos=1)
    await client.expect(Publish, why="a connected but idle client lost its subscription")


@both("MQTT-7.1.1-1", "MQTT-4.2-1")
async def test_ordered_lossless_transport(mqtt: Mqtt) -> None:
    """The server supports a transport that carries an ordered, lossless stream of octets both ways."""
    client = await mqtt.open("client")
    await client.send(mqtt.hello())
    await client.expect(Connack, why="nothing can be reached over the transport of this connection")


@v5("MQTT-3.14.0-1")
@negative
async def test_no_disconnect_before_connack(mqtt: Mqtt) -> None:
    """The server sends no DISCONNECT before it has sent a CONNACK with a code below 80."""
    for wrong in (bytes(Pingreq()), bytes(mqtt.hello(connect_flags=3)), bytes(mqtt.hello(protocol_name="MQTX"))):
        stranger = await mqtt.open("stranger")
        await stranger.send(wrong)
        event = await stranger.next()
        check(not isinstance(event, Disconnect), "DISCONNECT came before any CONNACK", got=event)


@v5("MQTT-3.1.2-26", "MQTT-3.1.2-27")
async def test_no_alias_without_permission(mqtt: Mqtt) -> None:
    """With Topic Alias Maximum absent the server uses no alias towards this client."""
    topic = mqtt.topic()
    client = await mqtt.subscriber(topic)
    for i in range(3):
        await client.publish(topic, b"%d" % i, qos=1)
        publish = await client.receive()
        check(
            PropertyId.TOPIC_ALIAS not in publish.properties,
            "a Topic Alias was used that the client did not allow",
            got=publish,
        )
