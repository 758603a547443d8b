"""SUBACK (3.9): its codes and their order, and what is said beside them."""

import pytest

from conformance.engine import check

from .bind import both, v5
from .exchange import flaws
from .explanation import expect_left_out
from .grants import FAILURE, subscribed
from .provide import Client, Mqtt
from .steps import forbidden_topic
from .wire import Suback, Subscribe, Subscription
from .wire.properties import PropertyId
from .words import hexadecimal

MIXED = (2, 0, 1, 0, 2)


@both("MQTT-3.9.3-1")
async def test_codes_stand_in_the_order_of_the_filters(mqtt: Mqtt, client: Client) -> None:
    """The codes of SUBACK are in the order of the filters of SUBSCRIBE."""
    wanted = tuple(Subscription(topic_filter=mqtt.topic(), qos=qos) for qos in (2, 1, 0))
    codes = (await subscribed(client, *wanted)).reason_codes
    mixed_up = codes != (2, 1, 0) and sorted(codes) == [0, 1, 2]
    check(not mixed_up, "the codes of SUBACK stand in another order", expected="0x02 0x01 0x00", got=hexadecimal(codes))


@both("MQTT-3.9.3-1")
async def test_refusal_stands_where_its_filter_stood(mqtt: Mqtt, client: Client) -> None:
    """The code for a filter that is refused stands in its place."""
    filters = (forbidden_topic(mqtt), mqtt.topic(), mqtt.topic())
    codes = (await subscribed(client, *(Subscription(topic_filter=f) for f in filters))).reason_codes
    failed = [code >= FAILURE for code in codes]
    mixed_up = sum(failed) == 1 and not failed[0]
    check(
        not mixed_up,
        "the code of a refused filter stands elsewhere",
        expected="a failure first",
        got=hexadecimal(codes),
    )


@both("MQTT-3.9.3-2")
async def test_codes_of_granted_filters_are_listed(mqtt: Mqtt, client: Client) -> None:
    """SUBACK has only the codes that are listed for it."""
    await subscribed(client, *(Subscription(topic_filter=mqtt.topic(), qos=qos) for qos in MIXED))
    _check_listed(client)


@both("MQTT-3.9.3-2")
async def test_codes_of_refused_filters_are_listed(mqtt: Mqtt, client: Client) -> None:
    """So it is for a filter that is refused."""
    await subscribed(client, Subscription(topic_filter=forbidden_topic(mqtt), qos=1))
    _check_listed(client)


def _check_listed(client: Client) -> None:
    wrong = flaws(client, "reason-code", of=Suback)
    check(not wrong, "SUBACK has a code that is not listed for it", got="; ".join(wrong))


@pytest.mark.parametrize(
    "identifier",
    [
        pytest.param(PropertyId.REASON_STRING, marks=v5("MQTT-3.9.2-1"), id="reason string"),
        pytest.param(PropertyId.USER_PROPERTY, marks=v5("MQTT-3.9.2-2"), id="user property"),
    ],
)
async def test_what_does_not_fit_into_suback_is_left_out(mqtt: Mqtt, client: Client, identifier: PropertyId) -> None:
    """Reason String and User Property do not take SUBACK above the client's Maximum Packet Size."""
    filters = [mqtt.topic(), *([str(f)] if (f := mqtt.ixit.get("forbidden_topic")) else [])]
    asked = [Subscribe(subscriptions=(Subscription(topic_filter=f),)) for f in filters]
    await expect_left_out(mqtt, client, identifier, Suback, asked)
