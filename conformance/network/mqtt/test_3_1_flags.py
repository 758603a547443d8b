"""The Connect Flags (3.1.2.5 to 3.1.2.9), and the payload fields that they announce (3.1.3)."""

from dataclasses import replace

import pytest

from conformance.engine import negative

from .bind import both, v5, v311
from .provide import Mqtt
from .wire import NONE, Connect, Will, string

WILL_FLAG, USER_NAME_FLAG, PASSWORD_FLAG = 4, 128, 64
MALFORMED = (0x81, 0x82)
STRAY_USER_NAME = string("stray user")


def anonymous(mqtt: Mqtt) -> Connect:
    """A CONNECT without user name and password."""
    return mqtt.hello(user_name=None, password=None)


def named(mqtt: Mqtt) -> Connect:
    """A CONNECT with a user name, without a password."""
    return mqtt.hello(user_name=str(mqtt.ixit.get("username", "user")), password=None)


def flagged(connect: Connect, flag: int) -> Connect:
    """The same CONNECT with one more of the Connect Flags set."""
    return replace(connect, connect_flags=connect.derived_flags() | flag)


@both("MQTT-3.1.2-9")
@negative
@pytest.mark.parametrize("fields", ["none", "topic"])
async def test_will_flag_without_will_fields_is_refused(mqtt: Mqtt, fields: str) -> None:
    """With the Will Flag all fields of the will are there."""
    connect = flagged(anonymous(mqtt), WILL_FLAG)
    if fields == "topic":
        head = bytes(NONE) if mqtt.v5 else b""
        connect = replace(connect, payload=connect.derived_payload() + head + string("iic/will"))
    await mqtt.refused(connect, *MALFORMED)


@v311("MQTT-3.1.2-11")
@negative
async def test_will_fields_without_will_flag_are_refused(mqtt: Mqtt) -> None:
    """Without the Will Flag will topic and will message are not in the payload."""
    connect = mqtt.hello(user_name="user", password=b"word")
    fields = [connect.client_id, "iic/will", "the will", "user", "word"]
    await mqtt.refused(replace(connect, payload=b"".join(map(string, fields))), *MALFORMED)


@both(("MQTT-3.1.2-13", "MQTT-3.1.2-11"), "MQTT-3.1.2-11")
@negative
@pytest.mark.parametrize("qos", [1, 2])
async def test_will_qos_without_will_flag_is_refused(mqtt: Mqtt, qos: int) -> None:
    """Without the Will Flag the Will QoS bits are 0."""
    await mqtt.refused(flagged(mqtt.hello(), qos << 3), 0x81)


@both(("MQTT-3.1.2-15", "MQTT-3.1.2-11"), "MQTT-3.1.2-13")
@negative
async def test_will_retain_without_will_flag_is_refused(mqtt: Mqtt) -> None:
    """Without the Will Flag the Will Retain bit is 0."""
    await mqtt.refused(flagged(mqtt.hello(), 32), 0x81)


@both("MQTT-3.1.2-14", "MQTT-3.1.2-12")
@negative
async def test_will_qos_3_is_refused(mqtt: Mqtt) -> None:
    """The Will QoS is 0, 1 or 2."""
    await mqtt.refused(flagged(mqtt.hello(will=Will(topic="iic/will")), 24), 0x81)


@both("MQTT-3.1.2-18", "MQTT-3.1.2-16")
@negative
async def test_user_name_without_its_flag_is_refused(mqtt: Mqtt) -> None:
    """Without the User Name Flag there is no user name."""
    connect = anonymous(mqtt)
    await mqtt.refused(replace(connect, payload=connect.derived_payload() + STRAY_USER_NAME), *MALFORMED)


@both("MQTT-3.1.2-19", "MQTT-3.1.2-17")
@negative
async def test_user_name_flag_without_user_name_is_refused(mqtt: Mqtt) -> None:
    """With the User Name Flag there is a user name."""
    await mqtt.refused(flagged(anonymous(mqtt), USER_NAME_FLAG), *MALFORMED)


@both("MQTT-3.1.2-20", "MQTT-3.1.2-18")
@negative
async def test_password_without_its_flag_is_refused(mqtt: Mqtt) -> None:
    """Without the Password Flag there is no password."""
    connect = named(mqtt)
    await mqtt.refused(replace(connect, payload=connect.derived_payload() + string("stray word")), *MALFORMED, 0x86)


@both("MQTT-3.1.2-21", "MQTT-3.1.2-19")
@negative
async def test_password_flag_without_password_is_refused(mqtt: Mqtt) -> None:
    """With the Password Flag there is a password."""
    await mqtt.refused(flagged(named(mqtt), PASSWORD_FLAG), *MALFORMED, 0x86)


@v311("MQTT-3.1.2-22")
@negative
async def test_password_without_user_name_is_refused(mqtt: Mqtt) -> None:
    """In 3.1.1 there is no password without a user name."""
    await mqtt.refused(mqtt.hello(user_name=None, password=b"word"))


@both("MQTT-3.1.3-3")
@negative
async def test_payload_without_client_id_is_refused(mqtt: Mqtt) -> None:
    """The Client Identifier is present and first in the payload."""
    await mqtt.refused(replace(anonymous(mqtt), payload=b""), *MALFORMED, 0x85)


@both(("MQTT-3.1.3-10", "MQTT-1.5.3-1"), ("MQTT-3.1.3-11", "MQTT-1.5.4-1"))
@negative
async def test_ill_formed_will_topic_is_refused(mqtt: Mqtt) -> None:
    """The will topic is well-formed UTF-8."""
    await mqtt.refused(mqtt.hello(will=Will(topic=b"iic/\xff")), 0x81, 0x90)


@both(("MQTT-3.1.3-11", "MQTT-1.5.3-1"), ("MQTT-3.1.3-12", "MQTT-1.5.4-1"))
@negative
async def test_ill_formed_user_name_is_refused(mqtt: Mqtt) -> None:
    """The user name is well-formed UTF-8."""
    await mqtt.refused(mqtt.hello(user_name=b"us\xffer", password=b"word"), 0x81, 0x86)


@v5("MQTT-3.1.2-9")
@negative
async def test_will_without_its_properties_is_refused(mqtt: Mqtt) -> None:
    """In 5.0 the properties of the will come before its topic: their length cannot be left out."""
    connect = flagged(anonymous(mqtt), WILL_FLAG)
    topic = "iic/will"  # read one octet late, its length runs past the end of the packet
    await mqtt.refused(replace(connect, payload=connect.derived_payload() + string(topic) + string("")), *MALFORMED)
