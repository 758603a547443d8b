"""UNSUBACK (3.11): its codes and their order, and what is said beside them."""

import pytest

from conformance.engine import check

from .bind import v5
from .exchange import flaws
from .explanation import expect_left_out
from .provide import Client, Mqtt
from .wire import Unsuback, Unsubscribe
from .wire.properties import PropertyId
from .words import hexadecimal

SUCCESS, NO_SUBSCRIPTION_EXISTED = 0x00, 0x11


@v5("MQTT-3.11.3-1")
async def test_codes_stand_in_the_order_of_the_filters(mqtt: Mqtt, client: Client) -> None:
    """The codes of UNSUBACK are in the order of the filters of UNSUBSCRIBE."""
    known, unknown, strange = mqtt.topic(), mqtt.topic(), mqtt.topic()
    await client.subscribe(known)
    codes = (await client.unsubscribe(known, unknown, strange)).reason_codes
    wanted = (SUCCESS, NO_SUBSCRIPTION_EXISTED, NO_SUBSCRIPTION_EXISTED)
    mixed_up = codes != wanted and sorted(codes) == sorted(wanted)
    check(
        not mixed_up,
        "the codes of UNSUBACK stand in another order",
        expected=hexadecimal(wanted),
        got=hexadecimal(codes),
    )


@v5("MQTT-3.11.3-2")
@pytest.mark.parametrize("count", [1, 2, 9])
async def test_unsuback_has_one_code_for_each_filter(mqtt: Mqtt, client: Client, count: int) -> None:
    """UNSUBACK carries a code for each filter."""
    filters = [mqtt.topic() for _ in range(count)]
    await client.subscribe(filters[0])
    got = len((await client.unsubscribe(*filters)).reason_codes)
    check(got == count, "UNSUBACK has not one code for each filter", expected=f"{count} codes", got=f"{got} codes")


@v5("MQTT-3.11.3-2")
async def test_codes_are_listed(mqtt: Mqtt, client: Client) -> None:
    """UNSUBACK has only the codes that are listed for it."""
    known = mqtt.topic()
    await client.subscribe(known)
    await client.unsubscribe(known, known, mqtt.topic())
    wrong = flaws(client, "reason-code", of=Unsuback)
    check(not wrong, "UNSUBACK has a code that is not listed for it", got="; ".join(wrong))


@pytest.mark.parametrize(
    "identifier",
    [
        pytest.param(PropertyId.REASON_STRING, marks=v5("MQTT-3.11.2-1"), id="reason string"),
        pytest.param(PropertyId.USER_PROPERTY, marks=v5("MQTT-3.11.2-2"), id="user property"),
    ],
)
async def test_what_does_not_fit_into_unsuback_is_left_out(mqtt: Mqtt, client: Client, identifier: PropertyId) -> None:
    """Reason String and User Property do not take UNSUBACK above the client's Maximum Packet Size."""
    await expect_left_out(mqtt, client, identifier, Unsuback, [Unsubscribe(topic_filters=(mqtt.topic(),))])
