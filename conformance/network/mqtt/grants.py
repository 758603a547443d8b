"""Subscriptions that cases ask for in their own words: what SUBACK says, and that a wrong filter is not granted."""

from typing import Any

from conformance.engine import Closed, Unready, check

from .client import Client
from .limits import maximum_qos
from .wire import Disconnect, Pingresp, Publish, Suback, Subscribe, Subscription, describe
from .words import told

FAILURE = 0x80


async def subscribed(client: Client, *subscriptions: Subscription, **fields: Any) -> Suback:
    """The SUBACK for a SUBSCRIBE, whatever it says; a step that leads somewhere."""
    identifier = client.identifier()
    await client.send(Subscribe(packet_identifier=identifier, subscriptions=subscriptions, **fields))
    suback: Suback = await client.ready(Suback)
    return suback


async def expect_no_grant(client: Client, topic_filter: str) -> None:
    """A filter that no clause allows is refused with a failure code in SUBACK, or the server closes."""
    wrong = Subscription(topic_filter=topic_filter)
    await client.send(Subscribe(packet_identifier=client.identifier(), subscriptions=(wrong,)))
    event = await client.expect(
        Suback | Closed | Disconnect,
        passing=(Publish, Pingresp),
        why=f"the Topic Filter {topic_filter!r} was neither refused nor answered with a close",
    )
    if isinstance(event, Disconnect):
        await client.gone()
    granted = isinstance(event, Suback) and any(code < FAILURE for code in event.reason_codes)
    check(
        not granted,
        f"the Topic Filter {topic_filter!r} was granted",
        expected="a failure code in SUBACK, or the connection closed",
        got=told(event),
    )
    if isinstance(event, Suback):
        client.mqtt.case.note(f"refused with {describe(event)}")


def granted_qos(suback: Suback) -> int:
    """The QoS of the one subscription that was granted. Raises Unready for a code that says no QoS."""
    code = suback.reason_codes[0] if suback.reason_codes else FAILURE
    if code > 2:
        raise Unready(f"the server did not say which QoS it granted: {describe(suback)}")
    return code


def plain(publishes: list[Publish]) -> list[Publish]:
    """Without what the server sent again, which is marked by DUP."""
    return [publish for publish in publishes if not publish.dup]


def at_most(client: Client, qos: int) -> int:
    """This QoS, or the highest that the server serves where that is lower."""
    return min(qos, maximum_qos(client.connack, client.mqtt.case.claims))
