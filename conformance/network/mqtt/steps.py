"""Steps that lead to the start of cases in several files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from conformance.engine import Unready

from .provide import Client, Mqtt
from .wire import Publish


def forbidden_topic(mqtt: Mqtt) -> str:
    """A topic that the server's access rules keep from the tester. Ends the case where the product file names none."""
    topic = mqtt.ixit.get("forbidden_topic")
    if not topic:
        mqtt.case.not_applicable(
            "the product file names no topic that is forbidden ([ixit.mqtt] forbidden_topic)",
            "产品文件未指明被禁止的主题（[ixit.mqtt] forbidden_topic）",
        )
    return str(topic)


def unwanted_topics(mqtt: Mqtt) -> list[str]:
    """Topics on which a PUBLISH may be answered with a code of its own: without a subscriber, perhaps forbidden."""
    return [mqtt.topic("/nobody"), str(mqtt.ixit.get("forbidden_topic") or mqtt.topic("/nobody"))]


async def delivered(mqtt: Mqtt, *, qos: int = 1, **fields: object) -> Publish:
    """A message published and delivered to a subscriber, not acknowledged by it yet."""
    topic = mqtt.topic()
    reader = await mqtt.subscriber(topic)
    await (await mqtt.connect("publisher")).publish(topic, b"message", qos=qos, **fields)  # type: ignore[arg-type]
    return await reader.receive(acknowledge=False)


@asynccontextmanager
async def retained(mqtt: Mqtt, *payloads: bytes, qos: int = 1) -> AsyncIterator[tuple[str, Client]]:
    """A topic on which these were published with RETAIN, one after the other, and the publisher; emptied afterwards."""
    topic = mqtt.topic()
    publisher = await mqtt.connect("publisher")
    for payload in payloads:
        await publisher.publish(topic, payload, qos=qos, retain=True)
    try:
        yield topic, publisher
    finally:
        await publisher.send(Publish(topic=topic, retain=True))


async def waiting(mqtt: Mqtt, topic: str) -> None:
    """The retained message of a topic has arrived where it is kept."""
    if not await mqtt.retained(topic):
        raise Unready("before the case proper: nothing was retained")
