"""CONNACK (3.2): first, once, and with the right Session Present flag."""

import pytest

from conformance.engine import Closed, check, negative

from .bind import both, v5, v311
from .provide import Client, Mqtt
from .wire import Connack, Connect, Pingreq, Publish, Text, Will, describe, properties
from .wire.properties import PropertyId
from .wire.reasons import REASONS
from .words import told

SMALL = 30
"""A Maximum Packet Size in octets that a CONNACK fits into when it has no properties."""


async def answer(mqtt: Mqtt, connect: Connect) -> tuple[Client, Connack | None]:
    """What CONNACK a CONNECT gets that a server may be expected to refuse; None when it closes without one."""
    stranger = await mqtt.open("stranger")
    await stranger.send(connect)
    event = await stranger.next()
    if isinstance(event, Closed):
        return stranger, None
    if not isinstance(event, Connack) or not event.reason_code:
        mqtt.case.not_applicable(
            f"the server does not refuse this CONNECT: {told(event)}", f"服务端未拒绝该 CONNECT：{told(event)}"
        )
    return stranger, event


def refusable(mqtt: Mqtt, client_id: Text, what: str) -> Connect:
    """A well-formed CONNECT that a server has to refuse for this reason."""
    if what == "level":
        return mqtt.hello(client_id=client_id, protocol_level=99, clean_start=False)
    return mqtt.refusable(client_id) if mqtt.v5 else mqtt.hello(client_id="", clean_start=False)


REFUSALS = pytest.mark.parametrize("what", ["level", "method-or-empty-id"])


@both("MQTT-3.2.0-1")
async def test_connack_comes_first(mqtt: Mqtt) -> None:
    """Even with messages waiting, the first packet is CONNACK."""
    topic = mqtt.topic()
    first = await mqtt.connect("first", session_expiry=300)
    await first.subscribe(topic, qos=1)
    await first.disconnect()
    await (await mqtt.connect("publisher")).publish(topic, b"waiting", qos=1)
    again = await mqtt.open("returned")
    await again.send(mqtt.hello(client_id=first.client_id, session_expiry=300))
    await again.expect(Connack, why="the first packet from the server is not CONNACK")
    await again.send(mqtt.clean())


@v5("MQTT-3.2.0-2")
async def test_connack_comes_once(mqtt: Mqtt) -> None:
    """There is at most one CONNACK in a connection."""
    topic = mqtt.topic()
    client = await mqtt.connect("client", properties=properties(user_property=("iic", "conform")))
    for packet in (Pingreq(), Publish(topic=topic, payload=b"message")):
        await client.send(packet)
    await client.ping_behind()
    more = client.channel.arrived(Connack)
    check(not more, "a second CONNACK came", got=told(*more))


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
    first = await mqtt.connect(session_expiry=300)
    if mqtt.session_expiry_s(first, 300) < 10:
        mqtt.case.not_applicable("the server does not keep the session", "服务端不保留会话")
    await first.disconnect()
    again = await mqtt.connect("returned", client_id=first.client_id, session_expiry=300)
    check(again.connack.session_present, "Session Present is 0 although the session is stored", expected=1, got=0)
    await again.send(mqtt.clean())


@both("MQTT-3.2.2-3")
async def test_session_present_is_0_without_a_session(mqtt: Mqtt) -> None:
    """Without a stored session Session Present is 0."""
    client = await mqtt.connect(session_expiry=300)
    present = client.connack.session_present
    check(not present, "Session Present is 1 for an identifier never seen before", expected=0, got=1)
    await client.send(mqtt.clean())


@both("MQTT-3.2.2-4", "MQTT-3.2.2-6")
@negative
async def test_refusal_has_session_present_0(mqtt: Mqtt) -> None:
    """A CONNACK that refuses has Session Present 0, whatever is stored."""
    first = await mqtt.connect(session_expiry=300)
    await first.disconnect()
    _, connack = await answer(mqtt, refusable(mqtt, first.client_id, "level"))
    if connack is None:
        mqtt.case.not_applicable("the server refuses without a CONNACK", "服务端拒绝时不发送 CONNACK")
    check(not connack.session_present, "a CONNACK that refuses has Session Present 1", got=describe(connack))
    await (await mqtt.connect("cleaner", client_id=first.client_id)).send(mqtt.clean())


@both("MQTT-3.2.2-5", "MQTT-3.2.2-7")
@negative
@REFUSALS
async def test_refusal_is_followed_by_a_close(mqtt: Mqtt, what: str) -> None:
    """After a CONNACK that refuses, the server closes."""
    stranger, connack = await answer(mqtt, refusable(mqtt, mqtt.client_id(), what))
    if connack is None:
        mqtt.case.note("the server closed without a CONNACK")
    else:
        await stranger.expect(Closed, why="the server kept the connection open after a CONNACK that refuses")


@v311("MQTT-3.2.2-6")
@negative
@pytest.mark.parametrize("what", ["will-topic", "user-name"])
async def test_no_connack_where_no_code_fits(mqtt: Mqtt, what: str) -> None:
    """Where none of the codes 0 to 5 fits, no other one is made up for it."""
    await _check_code(mqtt, _unfit(mqtt, what), frozenset(range(6)))


@v5("MQTT-3.2.2-8")
@negative
@pytest.mark.parametrize("what", ["name", "will-topic", "user-name", "method"])
async def test_connack_codes_are_of_the_table(mqtt: Mqtt, what: str) -> None:
    """CONNACK uses only the codes of its table."""
    connect = refusable(mqtt, mqtt.client_id(), what) if what == "method" else _unfit(mqtt, what)
    await _check_code(mqtt, connect, REASONS[True, "server"]["CONNACK"])


def _unfit(mqtt: Mqtt, what: str) -> Connect:
    """A CONNECT with something wrong in it that no code of 3.1.1 is for."""
    if what == "name":
        return mqtt.hello(protocol_name="MQTX")
    if what == "will-topic":
        return mqtt.hello(will=Will(topic=mqtt.topic("/#")))
    return mqtt.hello(user_name=b"us\xffer", password=b"word")


async def _check_code(mqtt: Mqtt, connect: Connect, allowed: frozenset[int]) -> None:
    accepted = (await mqtt.connect("plain")).connack
    stranger = await mqtt.open("stranger")
    await stranger.send(connect)
    event = await stranger.next()
    came = [accepted, event] if isinstance(event, Connack) else [accepted]
    wrong = [connack for connack in came if connack.reason_code not in allowed]
    check(not wrong, "CONNACK has a code that is not in its table", got=told(*wrong))


@v5("MQTT-3.2.2-9")
async def test_missing_qos_is_announced(mqtt: Mqtt) -> None:
    """A server that does not support QoS 1 or 2 says so in CONNACK."""
    client = await mqtt.connect()
    announced = client.connack.properties.get(PropertyId.MAXIMUM_QOS)
    claimed = int(mqtt.case.claims.get("maximum_qos", 2))
    what = f"the product claims no more than QoS {claimed}, and CONNACK has no Maximum QoS"
    check(announced in (0, 1), what, expected=f"Maximum QoS {claimed}", got=describe(client.connack))


@v5("MQTT-3.2.2-19")
@negative
async def test_reason_string_keeps_connack_within_the_limit(mqtt: Mqtt) -> None:
    """CONNACK has no Reason String that would take it above the client's Maximum Packet Size."""
    await _check_size(mqtt, PropertyId.REASON_STRING)


@v5("MQTT-3.2.2-20")
@negative
async def test_user_property_keeps_connack_within_the_limit(mqtt: Mqtt) -> None:
    """CONNACK has no User Property that would take it above the client's Maximum Packet Size."""
    await _check_size(mqtt, PropertyId.USER_PROPERTY)


async def _check_size(mqtt: Mqtt, identifier: PropertyId) -> None:
    """A CONNACK above a small limit does not hold this property."""
    limit = properties(maximum_packet_size=SMALL, authentication_method="x-unknown-method")
    _, connack = await answer(mqtt, mqtt.hello(properties=limit))
    if connack is None:
        mqtt.case.not_applicable("the server refuses without a CONNACK", "服务端拒绝时不发送 CONNACK")
    size = len(bytes(connack))
    good = size <= SMALL or identifier not in connack.properties
    check(good, f"CONNACK has {size} octets, the client takes {SMALL}", got=describe(connack))
