"""What a server need not serve, by its claims and its CONNACK."""

import pytest

from conformance.network.mqtt.limits import hindrance, maximum_qos
from conformance.network.mqtt.wire import (
    Connack,
    Packet,
    Pingreq,
    Properties,
    Publish,
    Subscribe,
    Subscription,
    properties,
)

WILD = Subscribe(subscriptions=(Subscription(topic_filter="a/+"),))
SHARED = Subscribe(subscriptions=(Subscription(topic_filter="$share/g/a"),))
NUMBERED = Subscribe(subscriptions=(Subscription(topic_filter="a"),), properties=properties(subscription_identifier=1))


@pytest.mark.parametrize(
    "packet",
    [Publish(topic="a", qos=2), Publish(topic="a", retain=True), WILD, SHARED, NUMBERED, Pingreq(), b"\xc0\0"],
    ids=["qos", "retain", "wildcard", "shared", "numbered", "ping", "octets"],
)
def test_nothing_hinders_where_nothing_is_announced(packet: Packet | bytes) -> None:
    assert not hindrance(packet, Connack(), {})


@pytest.mark.parametrize(
    ("packet", "limit", "claim"),
    [
        (Publish(topic="a", qos=2), properties(maximum_qos=1), {"maximum_qos": 1}),
        (Publish(topic="a", retain=True), properties(retain_available=0), {"retain_available": False}),
        (WILD, properties(wildcard_subscription_available=0), {"wildcard_subscriptions": False}),
        (SHARED, properties(shared_subscription_available=0), {"shared_subscriptions": False}),
        (NUMBERED, properties(subscription_identifier_available=0), {"subscription_identifiers": False}),
    ],
    ids=["qos", "retain", "wildcard", "shared", "numbered"],
)
def test_connack_and_claims_each_hinder(packet: Packet, limit: Properties, claim: dict[str, object]) -> None:
    assert hindrance(packet, Connack(properties=limit), {})
    assert hindrance(packet, Connack(), claim)
    assert not hindrance(bytes(packet), Connack(properties=limit), claim)


def test_a_publish_above_the_servers_limit_is_hindered() -> None:
    limit = Connack(properties=properties(maximum_packet_size=20))
    assert hindrance(Publish(topic="a", payload=bytes(20)), limit, {})
    assert not hindrance(Publish(topic="a", payload=b"x"), limit, {})


def test_shared_filters_and_identifiers_are_of_5_0_alone() -> None:
    claims = {"shared_subscriptions": False, "subscription_identifiers": False}
    assert not hindrance(SHARED, Connack(version=4), claims)


def test_the_lower_of_claim_and_announcement_counts() -> None:
    announced = Connack(properties=properties(maximum_qos=1))
    assert maximum_qos(announced, {}) == 1
    assert maximum_qos(announced, {"maximum_qos": 0}) == 0
    assert maximum_qos(Connack(), {}) == 2
