"""Enhanced authentication (5.0, 4.12): between CONNECT and CONNACK, and again on a connection that stands."""

import pytest

from conformance.engine import Closed, Unready, check, negative

from .authenticate import AGAIN, CONTINUE, Authentication, authenticated, begun, challenged
from .bind import v5
from .client import lateness_s
from .provide import Client, Mqtt
from .wire import (
    Auth,
    Connack,
    Disconnect,
    Packet,
    Pingreq,
    Publish,
    Subscribe,
    Subscription,
    Text,
    describe,
    properties,
)
from .wire.properties import PropertyId
from .words import told

WRONG = "certainly not the password"


def method_of(packet: Auth | Connack) -> Text | None:
    """The Authentication Method that a packet names."""
    named: Text | None = packet.properties.get(PropertyId.AUTHENTICATION_METHOD)
    return named


@v5("MQTT-4.12.0-1")
@negative
async def test_unknown_method_is_refused(mqtt: Mqtt) -> None:
    """A server that does not support the method closes, perhaps after CONNACK 0x8C or 0x87."""
    await mqtt.refused(mqtt.hello(properties=properties(authentication_method="x-unknown-method")), 0x8C, 0x87)


@v5("MQTT-3.1.2-30")
@negative
@pytest.mark.parametrize(
    "packet",
    [Pingreq(), Publish(topic="iic/early"), Subscribe(subscriptions=(Subscription(topic_filter="iic/early"),))],
    ids=lambda packet: packet.TITLE,
)
async def test_nothing_but_auth_comes_before_connack(mqtt: Mqtt, packet: Packet) -> None:
    """A client that authenticates sends nothing but AUTH and DISCONNECT before it has CONNACK."""
    client, _, _ = await begun(mqtt)
    await client.send(packet)
    await client.expect_refused(0x82, 0x81)


@v5("MQTT-4.12.0-2")
async def test_the_server_asks_with_code_18(mqtt: Mqtt) -> None:
    """A server that needs more data says so with AUTH 0x18."""
    _, _, challenge = await begun(mqtt)
    got = challenge.reason_code
    check(
        got == CONTINUE,
        "the server asked for more data with another code",
        expected="AUTH 0x18",
        got=f"AUTH 0x{got:02X}",
    )


@v5("MQTT-4.12.0-3")
@negative
async def test_answer_with_code_19_is_refused(mqtt: Mqtt) -> None:
    """A client answers the server's AUTH with code 18; with 19 it would begin anew."""
    client, exchange, challenge = await begun(mqtt)
    await client.send(exchange.auth(exchange.answer(challenge), code=AGAIN))
    await client.expect_refused(0x82)


@v5("MQTT-4.12.0-4")
@negative
async def test_rejected_authentication_closes_the_connection(mqtt: Mqtt) -> None:
    """A server that rejects an authentication closes, perhaps after a CONNACK that says why."""
    client, exchange, challenge = await begun(mqtt, password=WRONG)
    await client.send(exchange.auth(exchange.answer(challenge)))
    event = await client.ready(Connack | Closed, passing=Auth)
    if isinstance(event, Closed):
        return
    if event.reason_code < 0x80:
        mqtt.case.note("the server accepted a proof made with a wrong password")
        raise Unready("the server did not reject the authentication")
    await client.expect(Closed, why="the server rejected an authentication and kept the connection open")


@v5("MQTT-4.12.0-5")
async def test_the_method_stands_in_auth_and_connack(mqtt: Mqtt) -> None:
    """Every AUTH and a CONNACK that accepts name the Authentication Method of CONNECT."""
    client, exchange, challenge = await begun(mqtt)
    _check_method(exchange, challenge)
    await client.send(exchange.auth(exchange.answer(challenge)))
    connack = await client.ready(Connack)
    if connack.reason_code:
        raise Unready(f"the server refused the right credentials: {describe(connack)}")
    _check_method(exchange, connack)


@v5("MQTT-4.12.0-5")
async def test_the_method_stands_in_auth_when_it_begins_anew(mqtt: Mqtt) -> None:
    """So it does when a client authenticates again."""
    client, _ = await authenticated(mqtt)
    exchange = Authentication(mqtt)
    await client.send(exchange.again())
    challenge = await challenged(client)
    _check_method(exchange, challenge)
    await client.send(exchange.auth(exchange.answer(challenge)))
    last = await client.ready(Auth)
    _check_method(exchange, last)
    exchange.check(last)


def _check_method(exchange: Authentication, packet: Auth | Connack) -> None:
    named = method_of(packet)
    check(
        named == exchange.method,
        f"{packet.TITLE} does not name the Authentication Method of CONNECT",
        expected=exchange.method,
        got=named,
    )


@v5("MQTT-4.12.0-6")
async def test_no_auth_without_a_method(mqtt: Mqtt) -> None:
    """Without a method in CONNECT the server sends no AUTH, and names no method in CONNACK."""
    client = await mqtt.connect("plain")
    named = method_of(client.connack)
    check(named is None, "CONNACK names an Authentication Method that was not asked for", got=named)
    for _ in range(2):
        await client.ping_behind()
    came = client.channel.arrived(Auth)
    check(not came, "AUTH came to a client without an Authentication Method", got=told(*came))


@v5("MQTT-4.12.0-7", "MQTT5-PE-AUTH-NO-METHOD-IN-CONNECT")
@negative
@pytest.mark.parametrize("code", [CONTINUE, AGAIN])
async def test_auth_without_a_method_in_connect_closes_the_connection(client: Client, code: int) -> None:
    """A client without a method in CONNECT sends no AUTH."""
    given = properties(authentication_method="SCRAM-SHA-256", authentication_data=b"n,,n=iic,r=nonce")
    await client.send(Auth(reason_code=code, properties=given))
    await client.expect_closed(0x82)


@v5("MQTT-4.12.1-1")
@negative
async def test_another_method_when_it_begins_anew_closes_the_connection(mqtt: Mqtt) -> None:
    """A client authenticates again by the method that it authenticated with at first."""
    client, _ = await authenticated(mqtt)
    await client.send(Authentication(mqtt).again(method="x-another-method"))
    await client.expect_closed(0x82, 0x8C)


@v5("MQTT-4.12.1-2")
@negative
async def test_failed_authentication_anew_closes_the_connection(mqtt: Mqtt) -> None:
    """When a client fails to authenticate again the server closes."""
    client, _ = await authenticated(mqtt)
    exchange = Authentication(mqtt, password=WRONG)
    await client.send(exchange.again())
    event = await client.ready(Auth | Disconnect | Closed)
    if isinstance(event, Auth):
        await client.send(exchange.auth(exchange.answer(event)))
        event = await client.next(passing=Publish)
        if isinstance(event, Auth) and not event.reason_code:
            mqtt.case.note("the server accepted a proof made with a wrong password")
            raise Unready("the server did not find that the authentication failed")
    if isinstance(event, Disconnect):
        event = await client.next(passing=Packet)
    check(
        isinstance(event, Closed),
        "authentication failed on a connection that stands, and the server kept it open",
        expected="the connection closed",
        got=told(event),
        timing=lateness_s(event),
    )
