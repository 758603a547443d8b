"""SUBSCRIBE (3.8): what makes it wrong, how it is answered, and what is delivered for it."""

import pytest

from conformance.engine import Closed, Unready, check, negative

from .bind import both, v5, v311
from .grants import FAILURE, at_most, granted_qos, plain, subscribed
from .provide import Client, Mqtt
from .wire import (
    Publish,
    Suback,
    Subscribe,
    Subscription,
    describe,
    properties,
)
from .words import hexadecimal, qos_levels, told

SEVERAL = 4
STREAM, REPLACED_AFTER = 15, 5
"""How many messages run to a subscription, and after how many it is replaced each time."""


@both("MQTT-3.8.1-1")
@negative
@pytest.mark.parametrize("flags", [0, 1, 3, 6, 10])
async def test_other_flags_close_the_connection(mqtt: Mqtt, client: Client, flags: int) -> None:
    """The flags of SUBSCRIBE are 0010; anything else is malformed."""
    await client.send(Subscribe(flags=flags, subscriptions=(Subscription(topic_filter=mqtt.topic()),)))
    await client.expect_closed(0x81)


@both("MQTT-3.8.3-1")
@negative
@pytest.mark.parametrize(
    "octets",
    [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"],
    ids=["stray", "overlong", "surrogate", "high"],
)
async def test_ill_formed_filter_closes_the_connection(mqtt: Mqtt, client: Client, octets: bytes) -> None:
    """The Topic Filters of SUBSCRIBE are well-formed UTF-8."""
    wrong = Subscription(topic_filter=mqtt.topic("/").encode() + octets)
    await client.send(Subscribe(subscriptions=(wrong,)))
    await client.expect_closed(0x81, 0x8F)


@v311("MQTT-3.8.3-2")
async def test_wildcards_are_rejected_where_they_are_not_supported(mqtt: Mqtt, client: Client) -> None:
    """A server without wildcards rejects every subscription that has one."""
    for topic_filter in (mqtt.topic("/+"), mqtt.topic("/#")):
        asked = Subscribe(version=4, packet_identifier=1, subscriptions=(Subscription(topic_filter=topic_filter),))
        await client.send(bytes(asked))
        event = await client.expect(Suback | Closed, passing=Publish)
        if isinstance(event, Closed):
            return
        good = all(code >= FAILURE for code in event.reason_codes)
        check(good, f"the Topic Filter {topic_filter!r} was granted", expected="SUBACK 0x80", got=describe(event))


@both("MQTT-3.8.3-3", ("MQTT-3.8.3-2", "MQTT5-PE-SUBSCRIBE-NO-PAYLOAD"))
@negative
async def test_subscribe_without_filters_closes_the_connection(client: Client) -> None:
    """A SUBSCRIBE has at least one Topic Filter."""
    await client.send(Subscribe(subscriptions=()))
    await client.expect_closed(0x82, 0x81)


@v311("MQTT-3.8.3-4")
@negative
@pytest.mark.parametrize("octet", [0x03, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFC])
async def test_reserved_bits_of_the_requested_qos_close_the_connection(mqtt: Mqtt, client: Client, octet: int) -> None:
    """A requested QoS is 0, 1 or 2, and the bits beside it are 0."""
    await client.send(Subscribe(subscriptions=(Subscription(topic_filter=mqtt.topic(), options=octet),)))
    await client.expect_closed()


@pytest.mark.parametrize(
    "octet",
    [
        *[pytest.param(octet, marks=v5("MQTT-3.8.3-5"), id=f"{octet:02X}") for octet in (0x40, 0x80, 0xC1)],
        *[pytest.param(octet, marks=v5("MQTT5-PE-SUBSCRIBE-QOS-3"), id=f"{octet:02X}") for octet in (0x03, 0x0B)],
        *[
            pytest.param(octet, marks=v5("MQTT5-PE-SUBSCRIBE-RETAIN-HANDLING-3"), id=f"{octet:02X}")
            for octet in (0x30, 0x31)
        ],
    ],
)
@negative
async def test_wrong_subscription_options_close_the_connection(mqtt: Mqtt, client: Client, octet: int) -> None:
    """Reserved bits are 0, Maximum QoS is at most 2 and Retain Handling too."""
    await client.send(Subscribe(subscriptions=(Subscription(topic_filter=mqtt.topic(), options=octet),)))
    await client.expect_closed(0x81, 0x82)


@v5("MQTT-3.8.3-4")
@negative
async def test_no_local_on_a_shared_subscription_closes_the_connection(mqtt: Mqtt, client: Client) -> None:
    """No Local has no place on a shared subscription."""
    wrong = Subscription(topic_filter=f"$share/group/{mqtt.topic()}", no_local=True)
    await client.send(Subscribe(subscriptions=(wrong,)))
    await client.expect_closed(0x82)


@pytest.mark.parametrize(
    "identifiers",
    [
        pytest.param([0], marks=v5("MQTT5-PE-SUBSCRIBE-ZERO-SUBSCRIPTION-ID"), id="zero"),
        pytest.param([1, 2], marks=v5("MQTT5-PE-SUBSCRIBE-DUP-SUBSCRIPTION-ID"), id="two"),
        pytest.param([7, 7], marks=v5("MQTT5-PE-SUBSCRIBE-DUP-SUBSCRIPTION-ID"), id="the same twice"),
    ],
)
@negative
async def test_wrong_subscription_identifier_closes_the_connection(
    mqtt: Mqtt, client: Client, identifiers: list[int]
) -> None:
    """A SUBSCRIBE has at most one Subscription Identifier, and it is not 0."""
    given = properties(subscription_identifier=identifiers)
    await client.send(Subscribe(subscriptions=(Subscription(topic_filter=mqtt.topic()),), properties=given))
    await client.expect_closed(0x82)


@v5("MQTT-3.8.3-3")
async def test_no_local_keeps_own_messages_away(mqtt: Mqtt) -> None:
    """With No Local a message does not go to a connection with the Client Identifier that published it."""
    topic = mqtt.topic()
    client = await mqtt.connect("client")
    await client.subscribe(Subscription(topic_filter=topic, qos=1, no_local=True))
    observer = await mqtt.subscriber(topic, qos=1)
    await client.publish(topic, b"own", qos=1)
    await observer.receive()
    await (await mqtt.connect("publisher")).publish(topic, b"end", qos=1)
    before = await client.receive_until(b"end")
    check(not before, "a message came back to its publisher in spite of No Local", got=told(*before))


@both("MQTT-3.8.4-1")
async def test_subscribe_is_answered(mqtt: Mqtt, client: Client) -> None:
    """Every SUBSCRIBE is answered with SUBACK, one too that changes nothing."""
    wanted = (Subscription(topic_filter=mqtt.topic()),)
    for _ in range(2):
        await client.send(Subscribe(packet_identifier=client.identifier(), subscriptions=wanted))
        await client.expect(Suback, passing=Publish, why="SUBSCRIBE was not answered with SUBACK")


@both("MQTT-3.8.4-2")
@pytest.mark.parametrize("identifier", [1, 0x0102, 0xFFFE])
async def test_suback_has_the_identifier_of_its_subscribe(mqtt: Mqtt, client: Client, identifier: int) -> None:
    """SUBACK carries the Packet Identifier of the SUBSCRIBE that it answers."""
    asked = Subscription(topic_filter=mqtt.topic())
    await client.send(Subscribe(packet_identifier=identifier, subscriptions=(asked,)))
    got = (await client.ready(Suback)).packet_identifier
    check(got == identifier, "SUBACK has another Packet Identifier", expected=identifier, got=got)


@both("MQTT-3.8.4-3")
@pytest.mark.parametrize(("first", "second"), [(1, 0), (0, 1)])
async def test_same_filter_again_replaces(mqtt: Mqtt, client: Client, first: int, second: int) -> None:
    """A SUBSCRIBE with a filter that is there already replaces the subscription: one message comes, at the new QoS."""
    topic = mqtt.topic()
    before = granted_qos(await client.subscribe(topic, qos=first))
    now = granted_qos(await client.subscribe(topic, qos=second))
    publisher = await mqtt.connect("publisher")
    qos = at_most(publisher, 2)
    await publisher.publish(topic, b"message", qos=qos)
    await publisher.publish(topic, b"end", qos=qos)
    got = [publish.qos for publish in plain(await client.receive_until(b"end"))]
    if not {before, now} & set(got):
        raise Unready("the message came at the QoS of neither subscription, or not at all")
    check(
        got == [min(qos, now)],
        "the subscription was not replaced",
        expected=f"once, at QoS {now}",
        got=f"at {qos_levels(got)}",
    )


@both("MQTT-3.8.4-3", "MQTT-3.8.4-4")
async def test_replacing_sends_retained_messages_again(mqtt: Mqtt, client: Client) -> None:
    """A subscription that is replaced gets the retained messages again (5.0: with Retain Handling 0)."""
    topic = mqtt.topic()
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"kept", qos=at_most(publisher, 1), retain=True)
    await client.subscribe(topic, qos=1)
    await client.receive()
    await client.subscribe(topic, qos=0)
    await client.expect(Publish, why="the retained message did not come again when the subscription was replaced")
    await publisher.publish(topic, b"", retain=True)


@both("MQTT-3.8.4-3", "MQTT-3.8.4-4")
async def test_replacing_loses_no_message(mqtt: Mqtt, client: Client) -> None:
    """The flow of messages to a subscription is not interrupted when it is replaced."""
    topic = mqtt.topic()
    publisher = await mqtt.connect("publisher")
    qos = at_most(publisher, 1)
    if not granted_qos(await client.subscribe(topic, qos=1)) or not qos:
        mqtt.case.not_applicable(
            "the server grants QoS 0 alone, at which messages may be lost", "服务端只授予 QoS 0，该级别的消息可能丢失"
        )
    missing = {b"%d" % i for i in range(STREAM)}
    again = (Subscription(topic_filter=topic, qos=1),)
    for i in range(STREAM):
        if i % REPLACED_AFTER == 0:
            await client.send(Subscribe(packet_identifier=client.identifier(), subscriptions=again))
        await publisher.publish(topic, b"%d" % i, qos=qos)
    for _ in range(0, STREAM, REPLACED_AFTER):
        await client.ready(Suback)
    await publisher.publish(topic, b"end", qos=qos)
    missing -= {publish.payload for publish in await client.receive_until(b"end")}
    check(not missing, "messages were lost while a subscription was replaced", got=sorted(missing)[:5])


@both("MQTT-3.8.4-4", "MQTT-3.8.4-5")
async def test_several_filters_get_one_suback(mqtt: Mqtt, client: Client) -> None:
    """A SUBSCRIBE with several filters is answered once."""
    wanted = tuple(Subscription(topic_filter=mqtt.topic()) for _ in range(SEVERAL))
    await client.send(Subscribe(packet_identifier=client.identifier(), subscriptions=wanted))
    await client.ready(Suback)
    for _ in range(2):
        await client.ping_behind()
    more = client.channel.arrived(Suback)
    check(not more, "a SUBSCRIBE with several filters got more than one SUBACK", expected=1, got=len(more) + 1)


@both("MQTT-3.8.4-4", "MQTT-3.8.4-5")
async def test_each_of_several_filters_is_in_force(mqtt: Mqtt, client: Client) -> None:
    """Several filters in one SUBSCRIBE work like as many SUBSCRIBE packets."""
    topics = [mqtt.topic() for _ in range(SEVERAL)]
    await client.subscribe(*topics, qos=1)
    publisher = await mqtt.connect("publisher")
    for topic in topics:
        await publisher.publish(topic, b"message", qos=at_most(publisher, 1))
        publish = await client.expect(Publish, why="one of several filters of a SUBSCRIBE is not in force")
        await client.acknowledge(publish)
        check(publish.topic == topic, "another message came", expected=topic, got=publish.topic)


@both("MQTT-3.8.4-5", "MQTT-3.8.4-6")
@pytest.mark.parametrize("count", [1, 2, 9])
async def test_suback_has_one_code_for_each_filter(mqtt: Mqtt, client: Client, count: int) -> None:
    """SUBACK carries a code for each filter."""
    suback = await subscribed(client, *(Subscription(topic_filter=mqtt.topic()) for _ in range(count)))
    got = len(suback.reason_codes)
    check(got == count, "SUBACK has not one code for each filter", expected=f"{count} codes", got=f"{got} codes")


@v5("MQTT-3.8.4-7")
@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_the_code_tells_the_granted_qos(mqtt: Mqtt, client: Client, qos: int) -> None:
    """A code in SUBACK is the QoS granted, or says that the subscription failed."""
    codes = (await subscribed(client, Subscription(topic_filter=mqtt.topic(), qos=qos))).reason_codes
    good = all(code <= 2 or code >= FAILURE for code in codes)
    check(good, "a code in SUBACK is neither a QoS nor a failure", got=hexadecimal(codes))


@both("MQTT-3.8.4-6", "MQTT-3.8.4-8")
@pytest.mark.parametrize("asked", [0, 1, 2])
async def test_delivery_is_at_the_lower_qos(mqtt: Mqtt, client: Client, asked: int) -> None:
    """A message is delivered at the lower of the QoS published and the QoS granted."""
    topic = mqtt.topic()
    granted = granted_qos(await client.subscribe(topic, qos=asked))
    publisher = await mqtt.connect("publisher")
    for published in range(at_most(publisher, 2) + 1):
        payload = b"at QoS %d" % published
        await publisher.publish(topic, payload, qos=published)
        while (publish := await client.receive()).payload != payload:
            pass  # in 3.1.1 what was published at QoS 1 and granted at QoS 0 may come more than once
        check(
            publish.qos == min(published, granted),
            f"published at QoS {published}, granted QoS {granted}, delivered at QoS {publish.qos}",
            expected=f"QoS {min(published, granted)}",
            got=f"QoS {publish.qos}",
        )
