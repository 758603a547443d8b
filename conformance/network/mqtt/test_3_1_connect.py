"""CONNECT (3.1): what a server accepts, refuses, and remembers."""

import string
from dataclasses import replace

import pytest

from conformance.engine import Closed, Silence, check, lasts, negative

from .bind import both, v5, v311
from .provide import Client, Mqtt
from .wire import Connack, Connect, Disconnect, Pingreq, Pingresp, Publish, Subscribe, Subscription, Will, properties
from .wire import string as field
from .wire.properties import NONE, PropertyId

CLOSE = Closed | Disconnect


async def refused(mqtt: Mqtt, connect: Connect | bytes, *codes: int) -> Connack | None:
    """Send a CONNECT that must be refused on a fresh connection."""
    client = await mqtt.open("stranger")
    await client.send(bytes(connect))
    return await client.expect_refused(*codes)


@both("MQTT-3.1.0-1")
@negative
@pytest.mark.parametrize("packet", [Pingreq(), Publish(topic="iic/x"), Subscribe(subscriptions=(Subscription(topic_filter="iic/x"),))], ids=["pingreq", "publish", "subscribe"])
async def test_the_first_packet_is_connect(mqtt: Mqtt, packet: Pingreq) -> None:
    """A server does not serve a client that begins with anything but CONNECT."""
    stranger = await mqtt.open("stranger")
    await stranger.send(packet)
    await stranger.expect_closed()


@both("MQTT-3.1.0-2")
@negative
async def test_second_connect_ends_the_connection(mqtt: Mqtt, client: Client) -> None:
    """A client that sends CONNECT twice violates the protocol; the server ends the connection."""
    await client.send(mqtt.hello(client_id=client.client_id))
    await client.expect_closed(0x82)


@both("MQTT-3.1.2-1")
@negative
@pytest.mark.parametrize("name", ["MQTX", "mqtt", ""])
async def test_another_protocol_name_is_not_served(mqtt: Mqtt, name: str) -> None:
    """A CONNECT with another protocol name is not taken as MQTT."""
    await refused(mqtt, mqtt.hello(protocol_name=name), 0x84, 0x81)


@v311("MQTT-3.1.2-2")
@negative
async def test_unknown_level_gets_connack_1(mqtt: Mqtt) -> None:
    """A protocol level that is not served is answered with CONNACK 1 and a close."""
    client = await mqtt.open("stranger")
    await client.send(bytes(mqtt.hello(protocol_level=99)))
    event = await client.next()
    if isinstance(event, Connack):
        check(event.reason_code in (1, 0x84), "an unknown level is not answered with code 1", expected="CONNACK 01", got=event.reason_code)
        await client.expect(Closed)
    else:
        check(isinstance(event, Closed), "an unknown protocol level was not refused", expected="CONNACK 01, then close", got=event)
        mqtt.case.note("closed without the CONNACK 1 that 3.1.2-2 asks for")


@v5("MQTT-3.1.2-2")
@negative
@pytest.mark.parametrize("level", [6, 99])
async def test_unknown_version_is_closed(mqtt: Mqtt, level: int) -> None:
    """A protocol version that the server does not want ends with a close."""
    await refused(mqtt, mqtt.hello(protocol_level=level), 0x84)


@both("MQTT-3.1.2-3")
@negative
async def test_reserved_connect_flag_is_refused(mqtt: Mqtt) -> None:
    """The server checks that bit 0 of the Connect Flags is 0."""
    connect = mqtt.hello()
    await refused(mqtt, replace(connect, connect_flags=connect.derived_flags() | 1), 0x81)


@both("MQTT-3.1.2-4", "MQTT-3.1.2-5")
async def test_session_is_resumed(mqtt: Mqtt) -> None:
    """A client that returns without a clean start finds its subscriptions."""
    topic, client_id = mqtt.topic(), mqtt.client_id()
    first = await mqtt.connect(client_id=client_id, session_expiry=300)
    await first.subscribe(topic, qos=1)
    await first.disconnect()
    again = await mqtt.connect("returned", client_id=client_id, session_expiry=300)
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"for the session", qos=1)
    await again.expect(Publish, why="the subscription of the stored session is gone")
    await again.send(mqtt.clean())


@both("MQTT-3.1.2-6", "MQTT-3.1.2-4")
async def test_clean_start_discards_the_session(mqtt: Mqtt) -> None:
    """A clean start leaves nothing of the session before."""
    topic, client_id = mqtt.topic(), mqtt.client_id()
    first = await mqtt.connect(client_id=client_id, session_expiry=300)
    await first.subscribe(topic, qos=1)
    await first.disconnect()
    clean = await mqtt.connect("clean", client_id=client_id)
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"late", qos=1)
    await clean.send(Pingreq())
    event = await clean.expect(Pingresp | Publish)
    check(isinstance(event, Pingresp), "a subscription of the discarded session is still in force", got=event)


@v5("MQTT-3.1.2-6")
async def test_clean_start_0_without_a_session_makes_one(mqtt: Mqtt) -> None:
    """Without a stored session a client that wants none discarded gets a new one that works."""
    client = await mqtt.open("client")
    await client.send(mqtt.hello(clean_start=False))
    connack = await client.expect(Connack)
    check(connack.reason_code == 0, "a client without a stored session was refused", got=connack.reason_code)
    await client.send(Pingreq())
    await client.expect(Pingresp)


@v311("MQTT-3.1.2-5")
async def test_messages_wait_for_a_client_that_is_away(mqtt: Mqtt) -> None:
    """QoS 1 and 2 messages for a stored session are kept until its client returns."""
    topic, client_id = mqtt.topic(), mqtt.client_id()
    first = await mqtt.connect(client_id=client_id, session_expiry=300)
    await first.subscribe(topic, qos=2)
    await first.disconnect()
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"one", qos=1)
    await publisher.publish(topic, b"two", qos=2)
    again = await mqtt.connect("returned", client_id=client_id, session_expiry=300)
    payloads = set()
    for _ in range(2):
        publish = await again.expect(Publish, why="a message queued while the client was away did not come")
        await again.acknowledge(publish)
        payloads.add(publish.payload)
    check(payloads == {b"one", b"two"}, "not all queued messages came", got=payloads)
    await again.send(mqtt.clean())


@v311("MQTT-3.1.2-7")
async def test_retained_messages_outlive_their_session(mqtt: Mqtt) -> None:
    """Retained messages are no part of a session."""
    topic = mqtt.topic()
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"kept", qos=1, retain=True)
    await publisher.disconnect()
    await (await mqtt.connect("again", client_id=publisher.client_id)).ping()
    reader = await mqtt.subscriber(topic)
    await reader.expect(Publish, why="the retained message went away with its publisher's session")


@both("MQTT-3.1.2-13", "MQTT-3.1.2-11")
@negative
@pytest.mark.parametrize("qos", [1, 2])
async def test_will_qos_without_will_flag_is_refused(mqtt: Mqtt, qos: int) -> None:
    """Without the Will Flag the Will QoS bits are 0."""
    connect = mqtt.hello()
    await refused(mqtt, replace(connect, connect_flags=connect.derived_flags() | qos << 3), 0x81)


@both(("MQTT-3.1.2-15", "MQTT-3.1.2-11"), "MQTT-3.1.2-13")
@negative
async def test_will_retain_without_will_flag_is_refused(mqtt: Mqtt) -> None:
    """Without the Will Flag the Will Retain bit is 0."""
    connect = mqtt.hello()
    await refused(mqtt, replace(connect, connect_flags=connect.derived_flags() | 32), 0x81)


@both("MQTT-3.1.2-14", "MQTT-3.1.2-12")
@negative
async def test_will_qos_3_is_refused(mqtt: Mqtt) -> None:
    """The Will QoS is 0, 1 or 2."""
    connect = mqtt.hello(will=Will(topic="iic/will"))
    await refused(mqtt, replace(connect, connect_flags=connect.derived_flags() | 24), 0x81)


@both("MQTT-3.1.2-9")
@negative
async def test_will_flag_without_will_fields_is_refused(mqtt: Mqtt) -> None:
    """With the Will Flag the will's fields are there."""
    connect = mqtt.hello(user_name=None, password=None)
    await refused(mqtt, replace(connect, connect_flags=connect.derived_flags() | 4), 0x81, 0x82)


@both("MQTT-3.1.2-18", "MQTT-3.1.2-16")
@negative
async def test_user_name_without_its_flag_is_refused(mqtt: Mqtt) -> None:
    """Without the User Name Flag there is no user name."""
    connect = mqtt.hello(user_name=None, password=None)
    await refused(mqtt, replace(connect, payload=connect.derived_payload() + field("stray user")), 0x81, 0x82)


@both("MQTT-3.1.2-19", "MQTT-3.1.2-17")
@negative
async def test_user_name_flag_without_user_name_is_refused(mqtt: Mqtt) -> None:
    """With the User Name Flag there is a user name."""
    connect = mqtt.hello(user_name=None, password=None)
    await refused(mqtt, replace(connect, connect_flags=connect.derived_flags() | 128), 0x81, 0x82)


@both("MQTT-3.1.2-20", "MQTT-3.1.2-18")
@negative
async def test_password_without_its_flag_is_refused(mqtt: Mqtt) -> None:
    """Without the Password Flag there is no password."""
    name = mqtt.ixit.get("username", "user")
    connect = mqtt.hello(user_name=str(name), password=None)
    await refused(mqtt, replace(connect, payload=connect.derived_payload() + field("stray word")), 0x81, 0x82, 0x86)


@both("MQTT-3.1.2-21", "MQTT-3.1.2-19")
@negative
async def test_password_flag_without_password_is_refused(mqtt: Mqtt) -> None:
    """With the Password Flag there is a password."""
    name = mqtt.ixit.get("username", "user")
    connect = mqtt.hello(user_name=str(name), password=None)
    await refused(mqtt, replace(connect, connect_flags=connect.derived_flags() | 64), 0x81, 0x82, 0x86)


@v311("MQTT-3.1.2-22")
@negative
async def test_password_without_user_name_is_refused(mqtt: Mqtt) -> None:
    """In 3.1.1 there is no password without a user name."""
    await refused(mqtt, mqtt.hello(user_name=None, password=b"word"))


@both("MQTT-3.1.2-24", "MQTT-3.1.2-22")
@lasts(3.0)
async def test_keep_alive_ends_a_silent_connection(mqtt: Mqtt) -> None:
    """A client silent for one and a half times its Keep Alive is disconnected, and not earlier."""
    client = await mqtt.connect(keep_alive=2)
    keep_alive = client.connack.properties.get(PropertyId.SERVER_KEEP_ALIVE, 2)
    began_s = client.channel.sent_at_s
    event = await client.next(within_s=keep_alive * 1.5 + 12)
    check(not isinstance(event, Silence), f"no close {keep_alive * 1.5 + 12:g} s after the last packet, with Keep Alive {keep_alive}", timing=True)
    if isinstance(event, Disconnect):
        event = await client.expect(Closed)
    waited_s = client.channel.arrived_at_s - began_s
    check(waited_s > keep_alive * 1.5 - 0.1, f"closed {waited_s:.2f} s after the last packet: too early", expected=f"not before {keep_alive * 1.5:g} s", got=f"{waited_s:.2f} s", timing=True)


@v5("MQTT-3.2.2-22")
@lasts(4.5)
async def test_the_clients_keep_alive_counts_without_server_keep_alive(mqtt: Mqtt) -> None:
    """When CONNACK has no Server Keep Alive the server goes by the value of CONNECT."""
    client = await mqtt.connect(keep_alive=3)
    if PropertyId.SERVER_KEEP_ALIVE in client.connack.properties:
        mqtt.case.not_applicable("the server announced a Server Keep Alive")
    event = await client.next(within_s=4.5 + 12)
    check(isinstance(event, CLOSE), "the client's Keep Alive of 3 s had no effect", got=event, timing=True)
    waited_s = client.channel.arrived_at_s - client.channel.sent_at_s
    check(waited_s > 4.4, f"closed {waited_s:.2f} s after the last packet: too early", expected="not before 4.5 s", timing=True)


@both("MQTT-3.1.3-2")
async def test_another_client_id_is_another_session(mqtt: Mqtt) -> None:
    """Two Client Identifiers never share a session."""
    topic, client_id = mqtt.topic(), mqtt.client_id()
    first = await mqtt.connect(client_id=client_id, session_expiry=300)
    await first.subscribe(topic, qos=1)
    await first.disconnect()
    other = await mqtt.open("other")
    await other.send(mqtt.hello(client_id=client_id[:-1] + "X", session_expiry=300))
    connack = await other.expect(Connack)
    check(not connack.session_present, "a session was resumed that belongs to another Client Identifier")
    await other.send(mqtt.clean())


@both("MQTT-3.1.3-3")
@negative
async def test_payload_without_client_id_is_refused(mqtt: Mqtt) -> None:
    """The Client Identifier is present and first in the payload."""
    await refused(mqtt, replace(mqtt.hello(user_name=None, password=None), payload=b""), 0x81, 0x82, 0x85)


@both(("MQTT-3.1.3-4", "MQTT-1.5.3-1"), ("MQTT-3.1.3-4", "MQTT-1.5.4-1"))
@negative
@pytest.mark.parametrize("raw", [b"iic\xff", b"iic\xc0\x80", b"iic\xed\xa0\x80"], ids=["stray", "overlong", "surrogate"])
async def test_ill_formed_client_id_is_refused(mqtt: Mqtt, raw: bytes) -> None:
    """The Client Identifier is well-formed UTF-8."""
    await refused(mqtt, mqtt.hello(client_id=raw), 0x81, 0x85)


@both("MQTT-3.1.3-5")
@pytest.mark.parametrize("size", [1, 23])
async def test_plain_client_ids_are_accepted(mqtt: Mqtt, size: int) -> None:
    """Identifiers of 1 to 23 digits and ASCII letters are allowed."""
    letters = string.ascii_letters + string.digits
    client_id = "".join(mqtt.case.rng.choice(letters) for _ in range(size))
    client = await mqtt.open("client")
    await client.send(mqtt.hello(client_id=client_id))
    connack = await client.expect(Connack)
    check(connack.reason_code == 0, f"the identifier {client_id!r} was refused", expected="CONNACK 00", got=f"{connack.reason_code:02X}")


@both("MQTT-3.1.3-5")
@pytest.mark.parametrize("part", range(3))
async def test_all_letters_and_digits_are_accepted(mqtt: Mqtt, part: int) -> None:
    """Each of the 62 characters may stand in an identifier."""
    letters = (string.ascii_letters + string.digits)[part * 21 : part * 21 + 21]
    client = await mqtt.open("client")
    await client.send(mqtt.hello(client_id=letters + f"{mqtt.case.rng.randrange(99)}"))
    connack = await client.expect(Connack)
    check(connack.reason_code == 0, f"the identifier {letters!r} was refused", expected="CONNACK 00", got=f"{connack.reason_code:02X}")


@both("MQTT-3.1.3-6", ("MQTT-3.1.3-6", "MQTT-3.2.2-16"))
async def test_empty_client_ids_get_sessions_of_their_own(mqtt: Mqtt) -> None:
    """Clients without an identifier are given unique ones, so they can be connected together."""
    clients = []
    for name in ("first", "second"):
        client = await mqtt.open(name)
        await client.send(mqtt.hello(client_id=""))
        connack = await client.expect(Connack)
        if connack.reason_code:
            mqtt.case.not_applicable("the server does not allow an empty Client Identifier")
        client.connack = connack
        clients.append(client)
    await clients[0].send(Pingreq())
    await clients[0].expect(Pingresp, why="the second client without an identifier ended the first")
    if mqtt.v5:
        ids = [c.connack.properties.get(PropertyId.ASSIGNED_CLIENT_IDENTIFIER) for c in clients]
        check(ids[0] != ids[1] or ids[0] is None, "two clients were assigned the same identifier", got=ids)


@v5("MQTT-3.1.3-7")
async def test_assigned_client_id_is_told(mqtt: Mqtt) -> None:
    """CONNACK returns the identifier that a client without one was given."""
    client = await mqtt.open("client")
    await client.send(mqtt.hello(client_id=""))
    connack = await client.expect(Connack)
    if connack.reason_code:
        mqtt.case.not_applicable("the server does not allow an empty Client Identifier")
    check(connack.properties.get(PropertyId.ASSIGNED_CLIENT_IDENTIFIER), "CONNACK has no Assigned Client Identifier")


@v311("MQTT-3.1.3-7", "MQTT-3.1.3-8")
@negative
async def test_empty_client_id_without_clean_session_is_refused(mqtt: Mqtt) -> None:
    """An empty identifier with CleanSession 0 gets CONNACK 2 and a close."""
    client = await mqtt.open("stranger")
    await client.send(mqtt.hello(client_id="", clean_start=False))
    connack = await client.expect(Connack)
    check(connack.reason_code == 2, "an empty identifier with CleanSession 0 was not refused with code 2", expected="CONNACK 02", got=f"{connack.reason_code:02X}")
    await client.expect(Closed)


@both(("MQTT-3.1.3-10", "MQTT-1.5.3-1"), ("MQTT-3.1.3-11", "MQTT-1.5.4-1"))
@negative
async def test_ill_formed_will_topic_is_refused(mqtt: Mqtt) -> None:
    """The Will Topic is well-formed UTF-8."""
    await refused(mqtt, mqtt.hello(will=Will(topic=b"iic/\xff")), 0x81, 0x90)


@both(("MQTT-3.1.3-11", "MQTT-1.5.3-1"), ("MQTT-3.1.3-12", "MQTT-1.5.4-1"))
@negative
async def test_ill_formed_user_name_is_refused(mqtt: Mqtt) -> None:
    """The user name is well-formed UTF-8."""
    await refused(mqtt, mqtt.hello(user_name=b"us\xffer", password=b"word"), 0x81, 0x86)


@both("MQTT-3.1.4-2", "MQTT-3.1.4-3")
async def test_same_client_id_takes_over(mqtt: Mqtt, client: Client) -> None:
    """A second connection with the same identifier ends the first."""
    await mqtt.connect("second", client_id=client.client_id)
    event = await client.expect(CLOSE, why="the older connection of the same client was not ended")
    if isinstance(event, Disconnect):
        if event.reason_code != 0x8E:
            mqtt.case.note(f"taken over with code {event.reason_code:02X}, the text names 8E")
        await client.expect(Closed)


@both("MQTT-3.1.4-4", "MQTT-3.1.4-5")
async def test_valid_connect_is_accepted(mqtt: Mqtt) -> None:
    """A valid CONNECT is answered with CONNACK 0."""
    client = await mqtt.open("client")
    await client.send(mqtt.hello())
    connack = await client.expect(Connack)
    check(connack.reason_code == 0, "a plain CONNECT was refused", expected="CONNACK 00", got=f"{connack.reason_code:02X}")


@both(("MQTT-3.1.4-5",), ("MQTT-3.1.4-6",))
@negative
async def test_nothing_counts_after_a_refused_connect(mqtt: Mqtt) -> None:
    """What follows a CONNECT that is refused is not processed."""
    topic = mqtt.topic()
    observer = await mqtt.subscriber(topic)
    stranger = await mqtt.open("stranger")
    wrong = mqtt.hello(protocol_level=99)
    await stranger.send(bytes(wrong) + bytes(Publish(version=mqtt.version, topic=topic, payload=b"smuggled")))
    await stranger.next(within_s=2.0)
    await (await mqtt.connect("publisher")).publish(topic, b"end", qos=1)
    before = await observer.receive_until(b"end")
    check(not before, "a PUBLISH behind a refused CONNECT was delivered", got=before[:1])


@v5("MQTT-3.1.2-23")
async def test_session_lives_for_its_expiry_interval(mqtt: Mqtt) -> None:
    """With a Session Expiry Interval above 0 the state outlives the connection."""
    client_id = mqtt.client_id()
    await (await mqtt.connect(client_id=client_id, session_expiry=300)).disconnect()
    again = await mqtt.connect("returned", client_id=client_id, session_expiry=300)
    check(again.connack.session_present, "the session did not outlive its connection", expected="Session Present 1", got=0)
    await again.send(mqtt.clean())


@v5("MQTT-3.1.2-28")
async def test_no_response_information_unless_asked(mqtt: Mqtt) -> None:
    """Without Request Response Information CONNACK has no Response Information."""
    client = await mqtt.connect(properties=properties(request_response_information=0))
    check(PropertyId.RESPONSE_INFORMATION not in client.connack.properties, "Response Information was sent to a client that did not want it")


@v5("MQTT-4.12.0-1")
@negative
async def test_unknown_authentication_method_is_refused(mqtt: Mqtt) -> None:
    """A server that does not support the method closes, perhaps after CONNACK 8C or 87."""
    await refused(mqtt, mqtt.hello(properties=properties(authentication_method="x-unknown-method")), 0x8C, 0x87)


@v5("MQTT-4.12.0-6")
async def test_no_auth_without_a_method(mqtt: Mqtt) -> None:
    """Without an Authentication Method in CONNECT the server sends no AUTH and no method."""
    client = await mqtt.connect()
    check(PropertyId.AUTHENTICATION_METHOD not in client.connack.properties, "CONNACK names an Authentication Method that was not asked for")


@v5("MQTT-2.2.2-1")
@negative
async def test_connect_without_property_length_is_refused(mqtt: Mqtt) -> None:
    """The absence of properties is written as a Property Length of 0."""
    connect = mqtt.hello(client_id="", user_name=None, password=None, properties=NONE)
    body = field("MQTT") + bytes((5, connect.derived_flags())) + b"\0\x3c" + field("iic")
    stranger = await mqtt.open("stranger")
    await stranger.send(bytes((0x10, len(body))) + body)
    await stranger.expect_refused(0x81, 0x82)


