"""The will (3.1.2.5 to 3.1.2.7, 3.1.3): kept, sent once, and not at the wrong time."""

from conformance.engine import check, lasts, negative

from .bind import both, v5, v311
from .provide import Client, Mqtt
from .wire import Publish, Will, properties
from .wire.properties import PropertyId


async def setting(mqtt: Mqtt, **fields: object) -> tuple[Client, Client, Will]:
    """An observer of a will topic, a client with a will for it, and the will."""
    will = Will(topic=mqtt.topic(), payload=b"the will", **fields)  # type: ignore[arg-type]
    observer = await mqtt.subscriber(str(will.topic))
    mortal = await mqtt.connect("mortal", will=will)
    return observer, mortal, will


async def marked(mqtt: Mqtt, observer: Client, topic: str) -> list[Publish]:
    """What the observer got before a message that is published now."""
    publisher = await mqtt.connect("publisher")
    await publisher.publish(topic, b"end", qos=2)
    return await observer.receive_until(b"end")


@both("MQTT-3.1.2-8", ("MQTT-3.1.2-8", "MQTT-3.1.2-7"))
async def test_will_follows_a_cut_connection(mqtt: Mqtt) -> None:
    """When the connection ends without DISCONNECT the will is published."""
    observer, mortal, _ = await setting(mqtt)
    mortal.abort()
    publish = await observer.expect(Publish, why="the will was not published after the connection was cut")
    check(publish.payload == b"the will", "another message came in place of the will", got=publish)


@both("MQTT-3.1.2-8", ("MQTT-3.1.2-8", "MQTT-3.1.2-7"))
async def test_will_follows_a_close_without_disconnect(mqtt: Mqtt) -> None:
    """A FIN without DISCONNECT before it publishes the will too."""
    observer, mortal, _ = await setting(mqtt)
    mortal.close()
    await observer.expect(Publish, why="the will was not published after a close without DISCONNECT")


@both("MQTT-3.1.2-8")
@negative
async def test_will_follows_a_protocol_error(mqtt: Mqtt) -> None:
    """When the server ends the connection for an error the will is published."""
    observer, mortal, _ = await setting(mqtt)
    await mortal.send(mqtt.hello(client_id=mortal.client_id))
    await mortal.gone()
    await observer.expect(Publish, why="the will was not published after the server closed for an error")


@both("MQTT-3.1.2-10")
async def test_will_is_sent_once(mqtt: Mqtt) -> None:
    """A will is removed once it was published."""
    observer, mortal, will = await setting(mqtt)
    mortal.abort()
    await observer.receive()
    again = await mqtt.connect("again", client_id=mortal.client_id)
    again.abort()
    before = await marked(mqtt, observer, str(will.topic))
    check(not before, "the will came a second time", got=before[:1])


@both("MQTT-3.14.4-3", ("MQTT-3.14.4-3", "MQTT-3.1.2-10"))
async def test_disconnect_discards_the_will(mqtt: Mqtt) -> None:
    """After a normal DISCONNECT the will is not published."""
    observer, mortal, will = await setting(mqtt)
    await mortal.disconnect()
    await mortal.gone()
    before = await marked(mqtt, observer, str(will.topic))
    check(not before, "the will was published after a normal DISCONNECT", got=before[:1])


@v311("MQTT-3.1.2-10")
async def test_disconnect_removes_the_will(mqtt: Mqtt) -> None:
    """Once DISCONNECT has come the stored will is gone for good."""
    observer, mortal, will = await setting(mqtt)
    await mortal.disconnect()
    await mortal.gone()
    again = await mqtt.connect("again", client_id=mortal.client_id)
    again.abort()
    before = await marked(mqtt, observer, str(will.topic))
    check(not before, "a will that DISCONNECT had removed was published", got=before[:1])


@v311("MQTT-3.1.2-12")
async def test_no_will_flag_no_will(mqtt: Mqtt) -> None:
    """A connection without a will publishes none, whatever an earlier one had."""
    observer, mortal, will = await setting(mqtt)
    await mortal.disconnect()
    await mortal.gone()
    plain = await mqtt.connect("plain", client_id=mortal.client_id)
    plain.abort()
    before = await marked(mqtt, observer, str(will.topic))
    check(not before, "a will was published for a connection that had none", got=before[:1])


@both("MQTT-3.1.2-16", "MQTT-3.1.2-14")
async def test_will_without_retain_is_not_kept(mqtt: Mqtt) -> None:
    """Will Retain 0: a later subscriber does not get the will."""
    observer, mortal, will = await setting(mqtt, qos=1)
    mortal.abort()
    await observer.receive()
    late = await mqtt.subscriber(str(will.topic))
    before = await marked(mqtt, late, str(will.topic))
    check(not before, "a will without Will Retain was retained", got=before[:1])


@both("MQTT-3.1.2-17", "MQTT-3.1.2-15")
async def test_will_with_retain_is_kept(mqtt: Mqtt) -> None:
    """Will Retain 1: a later subscriber gets the will as a retained message."""
    observer, mortal, will = await setting(mqtt, qos=1, retain=True)
    mortal.abort()
    await observer.receive()
    late = await mqtt.subscriber(str(will.topic))
    publish = await late.expect(Publish, why="a will with Will Retain was not retained")
    check(publish.payload == b"the will", "another message was retained", got=publish)
    await observer.publish(str(will.topic), b"", retain=True)


@v5("MQTT-3.1.2-8")
async def test_disconnect_04_publishes_the_will(mqtt: Mqtt) -> None:
    """DISCONNECT 04 asks for the will."""
    observer, mortal, _ = await setting(mqtt)
    await mortal.disconnect(reason_code=4)
    await observer.expect(Publish, why="the will was not published after DISCONNECT 04")


@v5("MQTT-3.1.2-8")
@lasts(2.0)
async def test_will_waits_for_its_delay(mqtt: Mqtt) -> None:
    """A will with a delay is published when the delay is over, not before."""
    will = Will(topic=mqtt.topic(), payload=b"the will", properties=properties(will_delay_interval=2))
    observer = await mqtt.subscriber(str(will.topic))
    mortal = await mqtt.connect("mortal", will=will, session_expiry=60)
    mortal.abort()
    began_s = observer.channel.sent_at_s = mqtt.case.began_s + mqtt.case.now_s
    await observer.expect(Publish, within_s=14, why="the delayed will was not published")
    waited_s = observer.channel.arrived_at_s - began_s
    check(waited_s > 1.0, f"a will with a delay of 2 s came after {waited_s:.2f} s", timing=True)


@v5("MQTT-3.1.3-9")
@lasts(3.0)
async def test_return_before_the_delay_cancels_the_will(mqtt: Mqtt) -> None:
    """A client that is back before the will delay has passed leaves no will."""
    will = Will(topic=mqtt.topic(), payload=b"the will", properties=properties(will_delay_interval=2))
    observer = await mqtt.subscriber(str(will.topic))
    mortal = await mqtt.connect("mortal", will=will, session_expiry=60)
    mortal.abort()
    back = await mqtt.connect("back", client_id=mortal.client_id, session_expiry=60)
    event = await observer.next(within_s=3.5)
    check(not isinstance(event, Publish), "the will was published although its client had returned", got=event)
    await back.send(mqtt.clean())


@v5("MQTT-3.1.3-10")
async def test_will_keeps_the_order_of_its_user_properties(mqtt: Mqtt) -> None:
    """The User Properties of a will are published in their order."""
    pairs = [("a", "1"), ("b", "2"), ("a", "3")]
    observer, mortal, _ = await setting(mqtt, properties=properties(user_property=pairs))
    mortal.abort()
    publish = await observer.receive()
    got = publish.properties.all(PropertyId.USER_PROPERTY)
    check(got == pairs, "the will's User Properties were changed or reordered", expected=pairs, got=got)


@both("MQTT-4.7.1-1", "MQTT-4.7.0-1")
@negative
async def test_will_topic_with_wildcard_is_refused(mqtt: Mqtt) -> None:
    """A will topic is a Topic Name: wildcards have no place in it."""
    stranger = await mqtt.open("stranger")
    await stranger.send(mqtt.hello(will=Will(topic="iic/#")))
    await stranger.expect_refused(0x90, 0x81, 0x82)


@both("MQTT-3.1.2-8")
async def test_takeover_is_no_reason_to_lose_the_will(mqtt: Mqtt) -> None:
    """A connection that is taken over ends without DISCONNECT from its client, so its will is published."""
    observer, mortal, _ = await setting(mqtt)
    await mqtt.connect("second", client_id=mortal.client_id)
    await observer.expect(Publish, why="the will of a connection that was taken over was not published")
