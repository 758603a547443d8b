"""AUTH (3.15): its flags and codes, what stands in it once, and what is said beside its code."""

from typing import Any

import pytest

from conformance.engine import Closed, Unready, check, negative

from .authenticate import Authentication, begun
from .bind import v5
from .exchange import flaws
from .explanation import check_size, room_for
from .provide import Client, Mqtt
from .wire import Auth, Connack, properties
from .wire.properties import NAMES, Properties, PropertyId


@v5("MQTT-3.15.1-1")
@negative
@pytest.mark.parametrize("flags", [1, 2, 4, 8])
async def test_other_flags_close_the_connection(client: Client, flags: int) -> None:
    """The flags of AUTH are 0000; anything else is malformed."""
    await client.send(Auth(reason_code=0x18, flags=flags))
    await client.expect_closed(0x81, 0x82)


@v5("MQTT-3.15.2-1")
@negative
@pytest.mark.parametrize("code", [0x00, 0x01, 0x55, 0x80])
async def test_other_codes_of_a_client_close_the_connection(mqtt: Mqtt, code: int) -> None:
    """A client's AUTH has the code 18 or 19 and no other."""
    client, exchange, challenge = await begun(mqtt)
    await client.send(exchange.auth(exchange.answer(challenge), code=code))
    await expect_no_admission(client)


@v5("MQTT-3.15.2-1")
async def test_codes_of_the_server_are_listed(mqtt: Mqtt) -> None:
    """The server's AUTH has a code that is listed for it: 00 or 18."""
    client, exchange, challenge = await begun(mqtt)
    await client.send(exchange.auth(exchange.answer(challenge)))
    await client.ready(Connack | Closed, passing=Auth)
    wrong = flaws(client, "reason-code", of=Auth)
    check(not wrong, "the server sent AUTH with a code that is not listed for it", got="; ".join(wrong))


async def expect_no_admission(client: Client) -> None:
    """After something wrong was sent in an exchange the server closes, perhaps with a CONNACK that refuses."""
    await client.expect_refused(0x81, 0x82, 0x87, 0x8C)


@pytest.mark.parametrize(
    "twice",
    [
        pytest.param(PropertyId.AUTHENTICATION_METHOD, marks=v5("MQTT5-PE-AUTH-DUP-METHOD"), id="method"),
        pytest.param(PropertyId.AUTHENTICATION_DATA, marks=v5("MQTT5-PE-AUTH-DUP-DATA"), id="data"),
        pytest.param(PropertyId.REASON_STRING, marks=v5("MQTT5-PE-AUTH-DUP-REASON-STRING"), id="reason string"),
    ],
)
@negative
async def test_a_property_twice_closes_the_connection(mqtt: Mqtt, twice: PropertyId) -> None:
    """Method, data and Reason String stand in AUTH at most once."""
    client, exchange, challenge = await begun(mqtt)
    right = exchange.auth(exchange.answer(challenge))
    value: Any = right.properties.get(twice, "said twice")
    more = Properties(((twice, value),) * (1 if twice in right.properties else 2))
    await client.send(Auth(reason_code=0x18, properties=right.properties + more))
    await expect_no_admission(client)


@v5("MQTT5-PE-AUTH-METHOD-MISSING")
@negative
async def test_auth_without_a_method_closes_the_connection(mqtt: Mqtt) -> None:
    """AUTH names the Authentication Method."""
    client, exchange, challenge = await begun(mqtt)
    data = properties(authentication_data=exchange.answer(challenge))
    await client.send(Auth(reason_code=0x18, properties=data))
    await expect_no_admission(client)


@v5("MQTT5-PE-AUTH-METHOD-CHANGED")
@negative
async def test_auth_with_another_method_closes_the_connection(mqtt: Mqtt) -> None:
    """AUTH names the Authentication Method of CONNECT."""
    client, exchange, challenge = await begun(mqtt)
    await client.send(exchange.auth(exchange.answer(challenge), method="x-another-method"))
    await expect_no_admission(client)


@pytest.mark.parametrize(
    "identifier",
    [
        pytest.param(PropertyId.REASON_STRING, marks=v5("MQTT-3.15.2-2"), id="reason string"),
        pytest.param(PropertyId.USER_PROPERTY, marks=v5("MQTT-3.15.2-3"), id="user property"),
    ],
)
async def test_what_does_not_fit_into_auth_is_left_out(mqtt: Mqtt, identifier: PropertyId) -> None:
    """Reason String and User Property do not take AUTH above the client's Maximum Packet Size."""
    client, exchange, said = await begun(mqtt)
    if identifier not in said.properties:
        mqtt.case.note(f"the server sends no {NAMES[identifier]} in AUTH")
        return
    await client.send(exchange.auth(exchange.answer(said)))
    limit = room_for(said, await client.ready(Connack))
    limited = await mqtt.open("limited")
    again = Authentication(mqtt)
    await limited.send(again.connect(maximum_packet_size=limit))
    event = await limited.ready(Auth | Connack | Closed)
    if not isinstance(event, Auth):
        raise Unready("the server did not begin the exchange with a client that takes only small packets")
    check_size(event, identifier, limit)
