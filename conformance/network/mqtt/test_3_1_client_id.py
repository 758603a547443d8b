"""The Client Identifier (3.1.3.1): accepted, assigned, refused, and whose session it names."""

import string

import pytest

from conformance.engine import Closed, Silence, check, negative

from .bind import both, v5, v311
from .client import lateness_s
from .provide import Client, Mqtt
from .wire import Connack, Pingreq, Pingresp, Publish, Text, describe
from .wire.properties import PropertyId
from .words import told

LETTERS = string.ascii_letters + string.digits
UNCOMMON = {
    "long": LETTERS,
    "longer": LETTERS * 3,
    "dashes": "iic-conform_plant.line-1",
    "blanks": "iic conform plant line 1",
    "chinese": "iic\u5de5\u4e1a\u4e92\u8054\u7f51",
}
"""Identifiers that a server may refuse."""


async def nameless(mqtt: Mqtt, name: str, **fields: object) -> Client:
    """A connection made with an empty identifier."""
    client = await mqtt.open(name)
    await client.send(mqtt.hello(client_id="", **fields))  # type: ignore[arg-type]
    client.connack = await client.ready(Connack, passing=())
    if client.connack.reason_code:
        mqtt.case.not_applicable("the server does not allow an empty Client Identifier", "服务端不允许空的客户端标识符")
    return client


def assigned(client: Client) -> Text | None:
    """The Assigned Client Identifier, if CONNACK told one."""
    identifier: Text | None = client.connack.properties.get(PropertyId.ASSIGNED_CLIENT_IDENTIFIER)
    return identifier


@both("MQTT-3.1.3-2")
async def test_another_client_id_is_another_session(mqtt: Mqtt) -> None:
    """Two Client Identifiers never share a session, however alike they are."""
    topic, end = mqtt.topic("/topic"), mqtt.topic("/end")
    first = await mqtt.connect("first", session_expiry=300)
    await first.subscribe(topic, qos=1)
    await first.disconnect()
    other = await mqtt.connect("other", client_id=first.client_id.upper(), session_expiry=300)
    await other.subscribe(end, qos=1)
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"for the first", qos=1)
    await publisher.publish(end, b"end", qos=1)
    before = await other.receive_until(b"end")
    check(not before, "a session was resumed that belongs to another Client Identifier", got=told(*before))
    await other.send(mqtt.clean())
    await mqtt.connect("cleaner", client_id=first.client_id)


@both(("MQTT-3.1.3-4", "MQTT-1.5.3-1"), ("MQTT-3.1.3-4", "MQTT-1.5.4-1"))
@negative
@pytest.mark.parametrize(
    "raw", [b"iic\xff", b"iic\xc0\x80", b"iic\xed\xa0\x80"], ids=["stray", "overlong", "surrogate"]
)
async def test_ill_formed_client_id_is_refused(mqtt: Mqtt, raw: bytes) -> None:
    """The Client Identifier is well-formed UTF-8."""
    await mqtt.refused(mqtt.hello(client_id=raw), 0x81, 0x85)


@both("MQTT-3.1.3-5")
@pytest.mark.parametrize("size", [1, 23])
async def test_plain_client_ids_are_accepted(mqtt: Mqtt, size: int) -> None:
    """Identifiers of 1 to 23 digits and ASCII letters are allowed."""
    await accepted(mqtt, "".join(mqtt.case.rng.choice(LETTERS) for _ in range(size)))


@both("MQTT-3.1.3-5")
@pytest.mark.parametrize("part", range(3))
async def test_all_letters_and_digits_are_accepted(mqtt: Mqtt, part: int) -> None:
    """Each of the 62 characters may stand in an identifier."""
    await accepted(mqtt, LETTERS[part * 21 : part * 21 + 21] + f"{mqtt.case.rng.randrange(10, 99)}")


async def accepted(mqtt: Mqtt, client_id: str) -> None:
    """A client with this identifier is let in, as one with another is."""
    await mqtt.connect("plain")
    client = await mqtt.open("client")
    await client.send(mqtt.hello(client_id=client_id))
    connack = await client.expect(Connack)
    good = connack.reason_code == 0
    check(good, f"the identifier {client_id!r} was refused", expected="CONNACK 0x00", got=describe(connack))


@both("MQTT-3.1.3-6")
async def test_empty_client_ids_get_sessions_of_their_own(mqtt: Mqtt) -> None:
    """Clients without an identifier are given unique ones, so they can be connected together."""
    first = await nameless(mqtt, "first")
    await nameless(mqtt, "second")
    await first.send(Pingreq())
    await first.expect(Pingresp, why="the second client without an identifier ended the first")


@v5("MQTT-3.1.3-7", "MQTT-3.2.2-16")
async def test_assigned_client_id_is_told(mqtt: Mqtt) -> None:
    """CONNACK returns the identifier that a client without one was given."""
    client = await nameless(mqtt, "nameless")
    check(assigned(client), "CONNACK has no Assigned Client Identifier", got=describe(client.connack))


@v5("MQTT-3.1.3-7")
async def test_assigned_client_id_names_the_session(mqtt: Mqtt) -> None:
    """A client without an identifier is served as if it had sent the one that it was given."""
    topic = mqtt.topic()
    hello = mqtt.hello(session_expiry=300)
    first = await nameless(mqtt, "nameless", clean_start=False, properties=hello.properties)
    client_id = assigned(first)
    if not client_id or mqtt.session_expiry_s(first, 300) < 10:
        mqtt.case.not_applicable(
            "the server does not keep the session, or does not say under which identifier",
            "服务端不保留会话，或未说明以何标识符保留",
        )
    await first.subscribe(topic, qos=1)
    await first.disconnect()
    again = await mqtt.connect("named", client_id=client_id, session_expiry=300)
    await (await mqtt.connect("publisher")).publish(topic, b"message", qos=1)
    resumed = again.connack.session_present or isinstance(await again.next(), Publish)
    check(resumed, "the session of the assigned identifier is not that of the client it was given to")
    await again.send(mqtt.clean())


@v5("MQTT-3.2.2-16", "MQTT-3.1.3-6")
async def test_assigned_ids_differ(mqtt: Mqtt) -> None:
    """Assigned Client Identifiers are not used by another session."""
    ids = [assigned(await nameless(mqtt, f"client {i}")) for i in range(5)]
    known = [client_id for client_id in ids if client_id]
    check(len(set(known)) == len(known), "one identifier was assigned to two clients", got=known)


@v311("MQTT-3.1.3-7", "MQTT-3.1.3-8")
@negative
async def test_empty_client_id_without_clean_session_is_refused(mqtt: Mqtt) -> None:
    """An empty identifier with CleanSession 0 gets CONNACK 2 and a close."""
    client = await mqtt.open("stranger")
    await client.send(mqtt.hello(client_id="", clean_start=False))
    connack = await client.expect(Connack, why="an empty identifier with CleanSession 0 got no CONNACK")
    good = connack.reason_code == 2
    check(good, "an empty identifier with CleanSession 0 was not refused with code 2", got=describe(connack))
    await client.expect(Closed, why="the server kept the connection open after CONNACK 2")


@both("MQTT-3.1.3-9", "MQTT-3.1.3-8")
@negative
@pytest.mark.parametrize("client_id", UNCOMMON.values(), ids=UNCOMMON)
async def test_refused_client_id_ends_the_connection(mqtt: Mqtt, client_id: str) -> None:
    """A server that refuses an identifier says so (3.1.1: it must, with code 2) and closes."""
    await mqtt.connect("plain")
    client = await mqtt.open("uncommon")
    await client.send(mqtt.hello(client_id=client_id))
    event = await client.next()
    if isinstance(event, Connack):
        if not event.reason_code:
            mqtt.case.not_applicable("the server takes this Client Identifier", "服务端接受该客户端标识符")
        _check_code(mqtt, event)
        await client.expect(Closed, why="the server refused an identifier and kept the connection open")
        return
    open_ = isinstance(event, Silence)
    check(not open_, "a CONNECT with an uncommon identifier was not answered", timing=lateness_s(event))
    check(mqtt.v5, "an identifier was refused without CONNACK 2", expected="CONNACK 0x02, then close", got=told(event))


def _check_code(mqtt: Mqtt, connack: Connack) -> None:
    """In 3.1.1 the code for an identifier is 2; 3 to 5 are for other reasons, which may apply as well."""
    if mqtt.v5:
        return
    code = connack.reason_code
    if code in (3, 4, 5):
        mqtt.case.not_applicable(
            f"the server refuses this client for another reason: {describe(connack)}",
            f"服务端以其他原因拒绝该客户端：{describe(connack)}",
        )
    check(
        code == 2, "an identifier was refused with another code than 2", expected="CONNACK 0x02", got=describe(connack)
    )
