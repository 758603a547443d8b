"""The will (3.1.2.5 to 3.1.2.7, 3.1.3.2): kept, sent once, and not at the wrong time."""

import pytest

from conformance.engine import Unready, check, lasts, negative

from .bind import both, v5, v311
from .provide import Client, Mqtt
from .steps import retained, waiting
from .wire import Publish, Will, describe, properties
from .wire.properties import PropertyId
from .words import told

TOLERANCE_S = 12.0
"""How late a server may be, whose clock for this may be a coarse one."""
LONGEST_S = 20
"""The longest Server Keep Alive in seconds that is waited for."""
DELAYS_S = 2, 8
"""A Will Delay Interval, and a longer one for a server that takes its time to let a client in again."""
CUT = "the will was not published after the connection was cut"


async def setting(mqtt: Mqtt, *, session_expiry: int | None = None, **fields: object) -> tuple[Client, Client, Will]:
    """An observer of a will topic, a client with a will for it, and the will."""
    will = Will(topic=mqtt.topic(), payload=b"the will", **fields)  # type: ignore[arg-type]
    observer = await mqtt.subscriber(str(will.topic), qos=1)
    mortal = await mqtt.connect("mortal", will=will, session_expiry=session_expiry)
    return observer, mortal, will


async def marked(mqtt: Mqtt, observer: Client, will: Will, mark: bytes = b"end") -> list[Publish]:
    """What the observer got before a message that is published now on the topic of the will."""
    publisher = await mqtt.connect("publisher")
    await publisher.publish(str(will.topic), mark, qos=will.qos)
    return await observer.receive_until(mark)


@both("MQTT-3.1.2-8", ("MQTT-3.1.2-8", "MQTT-3.1.2-7"))
async def test_will_follows_a_cut_connection(mqtt: Mqtt) -> None:
    """When the connection ends without DISCONNECT the will is published."""
    observer, mortal, _ = await setting(mqtt)
    mortal.abort()
    publish = await observer.expect(Publish, why=CUT)
    check(publish.payload == b"the will", "another message came in place of the will", got=describe(publish))


@both("MQTT-3.1.2-8", ("MQTT-3.1.2-8", "MQTT-3.1.2-7"))
async def test_will_follows_a_close_without_disconnect(mqtt: Mqtt) -> None:
    """A FIN without DISCONNECT before it publishes the will too."""
    observer, mortal, _ = await setting(mqtt)
    mortal.close()
    await observer.expect(Publish, why="the will was not published after a close without DISCONNECT")


@both("MQTT-3.1.2-8")
@negative
@pytest.mark.parametrize("error", ["second-connect", "malformed-packet"])
async def test_will_follows_an_error(mqtt: Mqtt, error: str) -> None:
    """When the server ends the connection for an error the will is published."""
    observer, mortal, will = await setting(mqtt)
    wrong = mqtt.hello(client_id=mortal.client_id) if error == "second-connect" else Publish(topic=will.topic, flags=6)
    await mortal.send(wrong)
    await mortal.gone()
    await observer.expect(Publish, why="the will was not published after the server closed for an error")


@both("MQTT-3.1.2-8")
async def test_will_follows_a_takeover(mqtt: Mqtt) -> None:
    """A connection that is taken over ends without DISCONNECT from its client, so its will is published."""
    observer, mortal, _ = await setting(mqtt)
    await mqtt.connect("second", client_id=mortal.client_id)
    await mortal.gone()
    await observer.expect(Publish, why="the will of a connection that was taken over was not published")


@both("MQTT-3.1.2-8")
@lasts(3.0)
async def test_will_follows_silence(mqtt: Mqtt) -> None:
    """A client that falls silent for longer than its Keep Alive allows leaves its will."""
    will = Will(topic=mqtt.topic(), payload=b"the will")
    observer = await mqtt.subscriber(str(will.topic))
    mortal = await mqtt.connect("mortal", will=will, keep_alive=2)
    keep_alive = mortal.connack.properties.get(PropertyId.SERVER_KEEP_ALIVE, 2)
    if not 0 < keep_alive <= LONGEST_S:
        mqtt.case.not_applicable(
            f"the server's own Keep Alive, {keep_alive} s, is none or too long to wait for",
            f"服务端自定的保持连接时间为 {keep_alive} s，即无此时间或过长而无法等待",
        )
    await mortal.gone(within_s=keep_alive * 1.5 + TOLERANCE_S)
    await observer.expect(Publish, why="the will was not published after Keep Alive had run out")


@both("MQTT-3.1.2-10")
async def test_will_is_sent_once(mqtt: Mqtt) -> None:
    """A will is removed once it was published."""
    observer, mortal, will = await setting(mqtt)
    mortal.abort()
    await observer.receive()
    before = await marked(mqtt, observer, will)
    check(not before, "the will came a second time", got=told(*before))


@both(("MQTT-3.14.4-3", "MQTT-3.1.2-10"))
async def test_disconnect_discards_the_will(mqtt: Mqtt) -> None:
    """After a normal DISCONNECT the will is removed, and not published."""
    observer, mortal, will = await setting(mqtt)
    await mortal.disconnect()
    before = await marked(mqtt, observer, will)
    check(not before, "the will was published after a normal DISCONNECT", got=told(*before))


@v311("MQTT-3.1.2-12")
async def test_no_will_flag_no_will(mqtt: Mqtt) -> None:
    """A connection without a will publishes none, whatever an earlier one had."""
    observer, mortal, will = await setting(mqtt)
    mortal.abort()
    await observer.receive()
    await marked(mqtt, observer, will, b"first end")
    plain = await mqtt.connect("plain", client_id=mortal.client_id)
    plain.abort()
    before = await marked(mqtt, observer, will)
    check(not before, "a will was published for a connection that had none", got=told(*before))


@both("MQTT-3.1.2-16", "MQTT-3.1.2-14")
async def test_will_without_retain_is_not_kept(mqtt: Mqtt) -> None:
    """Will Retain 0: a later subscriber does not get the will."""
    observer, mortal, will = await setting(mqtt, qos=1)
    mortal.abort()
    await observer.receive()
    late = await mqtt.subscriber(str(will.topic), qos=1)
    before = await marked(mqtt, late, will)
    check(not before, "a will without Will Retain was retained", got=told(*before))


@both("MQTT-3.1.2-17", "MQTT-3.1.2-15")
async def test_will_with_retain_is_kept(mqtt: Mqtt) -> None:
    """Will Retain 1: a later subscriber gets the will as a retained message."""
    async with retained(mqtt, b"another") as (topic, _):
        await waiting(mqtt, topic)
    observer, mortal, will = await setting(mqtt, qos=1, retain=True)
    mortal.abort()
    await observer.receive()
    kept = await mqtt.retained(str(will.topic))
    check(kept, "a will with Will Retain was not retained", expected="the will", got="nothing for a later subscriber")
    await observer.publish(str(will.topic), b"", retain=True)


@v5("MQTT-3.1.2-8")
@pytest.mark.parametrize("code", [0x04, 0x80])
async def test_other_disconnects_publish_the_will(mqtt: Mqtt, code: int) -> None:
    """Only DISCONNECT 0x00 takes the will back: 0x04 asks for it, and an error of the client does not hinder it."""
    observer, mortal, _ = await setting(mqtt)
    await mortal.disconnect(reason_code=code)
    await observer.expect(Publish, why=f"the will was not published after DISCONNECT 0x{code:02X}")


@v5("MQTT-3.1.2-8")
@lasts(2.0)
async def test_will_waits_for_its_delay(mqtt: Mqtt) -> None:
    """A will with a delay is published when the delay is over, not before."""
    observer, mortal, _ = await setting(mqtt, properties=properties(will_delay_interval=2), session_expiry=60)
    if mqtt.session_expiry_s(mortal, 60) < 2:
        mqtt.case.not_applicable(
            "the server ends the session before the delay is over", "服务端在延迟结束前就结束了会话"
        )
    mortal.abort()
    began_s = mqtt.case.now_s
    await observer.expect(Publish, within_s=2 + TOLERANCE_S, why="the will, due after 2 s, did not come")
    waited_s = mqtt.case.now_s - began_s
    check(waited_s > 1.0, f"a will with a delay of 2 s came after {waited_s:.2f} s", timing=True)


@v5("MQTT-3.1.2-8")
@lasts(1.0)
async def test_will_does_not_outwait_its_session(mqtt: Mqtt) -> None:
    """When the session ends before the delay is over, the will is published then."""
    observer, mortal, _ = await setting(mqtt, properties=properties(will_delay_interval=1000), session_expiry=1)
    expiry_s = mqtt.session_expiry_s(mortal, 1)
    if expiry_s > 5:
        mqtt.case.not_applicable(
            "the server lets the session live for longer than it was asked to", "服务端保留会话的时间长于所请求的时间"
        )
    mortal.abort()
    if isinstance(await observer.next(within_s=expiry_s + TOLERANCE_S), Publish):
        return
    back = await mqtt.connect("back", client_id=mortal.client_id, clean_start=False)
    if back.connack.session_present:
        raise Unready("before the case proper: the session did not end with its expiry interval")
    check(False, f"the session ended after {expiry_s} s, and its will was not published", timing=TOLERANCE_S / 4)


@v5("MQTT-3.1.2-8")
async def test_will_is_published_when_its_session_is_discarded(mqtt: Mqtt) -> None:
    """A takeover with a clean start ends the session before, and with it the delay of its will."""
    observer, mortal, _ = await setting(mqtt, properties=properties(will_delay_interval=1000), session_expiry=2000)
    if mqtt.session_expiry_s(mortal, 2000) < 30:
        mqtt.case.not_applicable("the server does not keep the session", "服务端不保留会话")
    old, end = mqtt.topic("/old"), mqtt.topic("/end")
    await mortal.subscribe(old, qos=0)
    clean = await mqtt.connect("clean", client_id=mortal.client_id)
    await mortal.gone()
    await clean.subscribe(end, qos=0)
    for topic in (old, end):
        await clean.publish(topic, topic.encode())
    if await clean.receive_until(end.encode()):
        raise Unready("before the case proper: a clean start did not discard the session")
    await observer.expect(Publish, why="the session was discarded, and its will not published")


@v5("MQTT-3.1.3-9")
@lasts(3.0)
async def test_return_before_the_delay_cancels_the_will(mqtt: Mqtt) -> None:
    """A client that is back before the will delay has passed leaves no will."""
    for delay_s in DELAYS_S:
        observer, mortal, _ = await setting(mqtt, properties=properties(will_delay_interval=delay_s), session_expiry=60)
        if mqtt.session_expiry_s(mortal, 60) < delay_s:
            mqtt.case.not_applicable(
                "the server ends the session before the delay is over", "服务端在延迟结束前就结束了会话"
            )
        mortal.abort()
        began_s = mqtt.case.now_s
        back = await mqtt.connect("back", client_id=mortal.client_id, session_expiry=60)
        if mqtt.case.now_s - began_s < delay_s * 0.75:
            break
    else:
        raise Unready("before the case proper: the client was not back in time")
    event = await observer.next(within_s=delay_s + 1.5)
    published = isinstance(event, Publish)
    check(not published, "the will was published although its client had returned", got=told(event), timing=True)
    await back.send(mqtt.clean())


@v5("MQTT-3.1.3-10")
async def test_will_keeps_the_order_of_its_user_properties(mqtt: Mqtt) -> None:
    """The User Properties of a will are published in their order."""
    pairs = [("c", "1"), ("b", "2"), ("a", "3"), ("c", "0")]
    observer, mortal, _ = await setting(mqtt, properties=properties(user_property=pairs))
    mortal.abort()
    publish = await observer.receive()
    got = publish.properties.all(PropertyId.USER_PROPERTY)
    rest = iter(pairs)
    in_order = got and all(pair in rest for pair in got if pair in pairs)
    check(in_order, "the will's User Properties were lost or reordered", expected=pairs, got=got)


@both("MQTT-4.7.1-1", "MQTT-4.7.0-1")
@negative
@pytest.mark.parametrize("wild", ["/#", "/+"])
async def test_will_topic_with_wildcard_is_refused(mqtt: Mqtt, wild: str) -> None:
    """A will topic is a Topic Name: wildcards have no place in it."""
    await mqtt.refused(mqtt.hello(will=Will(topic=mqtt.topic(wild))), 0x90, 0x81, 0x82)
