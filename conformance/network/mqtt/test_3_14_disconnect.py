"""DISCONNECT (3.14): from the client, wrong or not, and from the server, which only 5.0 has."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from conformance.engine import Closed, Silence, check, negative

from .bind import both, v5
from .exchange import flaws
from .explanation import expect_left_out
from .provide import LOOKS, Client, Mqtt
from .wire import (
    Connack,
    Disconnect,
    Packet,
    Pingreq,
    Publish,
    Subscribe,
    Subscription,
    describe,
    properties,
)
from .wire.properties import PropertyId
from .words import told

LONG_S = 300
RESERVED = b"\x00\x00"
"""A packet of type 0, which no one sends."""


async def parting(client: Client) -> list[Any]:
    """Everything that the server sends until it closes or falls silent, with that end."""
    events: list[Any] = []
    while len(events) < 1000:
        events.append(await client.next())
        if isinstance(events[-1], Closed | Silence):
            break
    return events


async def dismissed(mqtt: Mqtt) -> tuple[list[Client], list[list[Any]]]:
    """Connections that the server had reason to end, for errors and for a takeover, and what each got then."""
    clients = [await mqtt.connect(name) for name in ("reserved type", "second CONNECT", "reserved flags", "older")]
    await clients[0].send(RESERVED)
    await clients[1].send(mqtt.hello(client_id=clients[1].client_id))
    await clients[2].send(Pingreq(flags=4))
    await mqtt.connect("newer", client_id=clients[3].client_id)
    return clients, list(await asyncio.gather(*map(parting, clients)))


def behind_disconnect(events: Sequence[Any]) -> Sequence[Any] | None:
    """What followed a DISCONNECT with an error; None when there was none."""
    for i, event in enumerate(events):
        if isinstance(event, Disconnect):
            return events[i + 1 :]
    return None


# What a client sends.


@both("MQTT-3.14.1-1")
@negative
@pytest.mark.parametrize("flags", [1, 2, 4, 8])
async def test_other_flags_end_the_connection(client: Client, flags: int) -> None:
    """The flags of DISCONNECT are 0000; with any other the server ends the connection."""
    await client.send(Disconnect(flags=flags))
    await client.expect_closed(0x81)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(
            {"session_expiry_interval": [0, 0]}, marks=v5("MQTT5-PE-DISCONNECT-DUP-SESSION-EXPIRY"), id="expiry"
        ),
        pytest.param({"reason_string": ["one", "two"]}, marks=v5("MQTT5-PE-DISCONNECT-DUP-REASON-STRING"), id="reason"),
    ],
)
@negative
async def test_a_property_twice_ends_the_connection(client: Client, given: dict[str, Any]) -> None:
    """Session Expiry Interval and Reason String stand in DISCONNECT at most once."""
    await client.send(Disconnect(properties=properties(**given)))
    await client.expect_closed(0x82)


@v5("MQTT5-PE-DISCONNECT-SESSION-EXPIRY-AFTER-ZERO")
@negative
async def test_expiry_above_0_does_not_follow_0(mqtt: Mqtt, client: Client) -> None:
    """A client whose session ends with its connection cannot change that in DISCONNECT, which is then an error."""
    if client.connack.properties.get(PropertyId.SESSION_EXPIRY_INTERVAL, 0):
        mqtt.case.not_applicable("the server set a Session Expiry Interval of its own", "服务端自行设定了会话过期间隔")
    await client.send(Disconnect(properties=properties(session_expiry_interval=LONG_S)))
    await client.expect_closed(0x82)
    for _ in range(LOOKS):  # the session ends with the connection, though perhaps not in the same moment
        await mqtt.connect("meanwhile")
    back = await mqtt.open("back")
    await back.send(mqtt.hello(client_id=client.client_id, clean_start=False))
    connack = await back.ready(Connack, passing=())
    await back.send(mqtt.clean())
    check(
        not connack.session_present,
        "the server took a Session Expiry Interval from DISCONNECT though it was 0 in CONNECT",
        expected="Session Present 0",
        got=describe(connack),
    )


# What a server sends.


@v5("MQTT-3.14.0-1")
@negative
async def test_no_disconnect_before_connack(mqtt: Mqtt) -> None:
    """The server sends no DISCONNECT before it has sent a CONNACK with a code below 80."""
    hello = mqtt.hello()
    wrong = {
        "PINGREQ": bytes(Pingreq()),
        "PUBLISH": bytes(Publish(topic=mqtt.topic())),
        "SUBSCRIBE": bytes(Subscribe(subscriptions=(Subscription(topic_filter=mqtt.topic()),))),
        "reserved flag": bytes(mqtt.hello(connect_flags=hello.derived_flags() | 1)),
        "cut short": bytes(mqtt.hello(payload=b"")),
        "refusable": bytes(mqtt.refusable(mqtt.client_id())),
    }
    strangers = [await mqtt.open(name) for name in wrong]
    for stranger, octets in zip(strangers, wrong.values(), strict=True):
        await stranger.send(octets)
    for name, events in zip(wrong, await asyncio.gather(*map(parting, strangers)), strict=True):
        early = [event for event in events if isinstance(event, Disconnect)]
        check(not early, f"after {name} DISCONNECT came without a CONNACK before", got=told(*early))


@v5("MQTT-3.14.2-1")
@negative
async def test_codes_of_the_server_are_listed(mqtt: Mqtt) -> None:
    """The server's DISCONNECT has one of the codes that are listed for it."""
    clients, _ = await dismissed(mqtt)
    wrong = [flaw for client in clients for flaw in flaws(client, "reason-code", of=Disconnect)]
    check(not wrong, "the server sent DISCONNECT with a code that is not listed for it", got="; ".join(wrong))


@v5("MQTT-3.14.2-2")
@negative
async def test_the_server_sends_no_session_expiry_interval(mqtt: Mqtt) -> None:
    """The server's DISCONNECT has no Session Expiry Interval."""
    _, partings = await dismissed(mqtt)
    for said in (event for events in partings for event in events if isinstance(event, Disconnect)):
        wrong = PropertyId.SESSION_EXPIRY_INTERVAL in said.properties
        check(not wrong, "the server sent a Session Expiry Interval in DISCONNECT", got=describe(said))


@pytest.mark.parametrize(
    "identifier",
    [
        pytest.param(PropertyId.REASON_STRING, marks=v5("MQTT-3.14.2-3"), id="reason string"),
        pytest.param(PropertyId.USER_PROPERTY, marks=v5("MQTT-3.14.2-4"), id="user property"),
    ],
)
@negative
async def test_what_does_not_fit_into_disconnect_is_left_out(
    mqtt: Mqtt, client: Client, identifier: PropertyId
) -> None:
    """Reason String and User Property do not take DISCONNECT above the client's Maximum Packet Size."""
    await expect_left_out(mqtt, client, identifier, Disconnect, [RESERVED])


@v5("MQTT-3.14.4-1")
@negative
async def test_nothing_follows_the_servers_disconnect(mqtt: Mqtt) -> None:
    """After its DISCONNECT the server sends no more packets."""
    _, partings = await dismissed(mqtt)
    for behind in map(behind_disconnect, partings):
        more = [event for event in behind or () if isinstance(event, Packet)]
        check(not more, "the server sent a packet after its DISCONNECT", got=told(*more))
    _note_absence(mqtt, partings)


@v5("MQTT-3.14.4-2", "MQTT-4.13.2-1")
@negative
async def test_the_server_closes_after_its_disconnect(mqtt: Mqtt) -> None:
    """After its DISCONNECT the server closes the network connection."""
    clients, partings = await dismissed(mqtt)
    for client, behind in zip(clients, map(behind_disconnect, partings), strict=True):
        open_ = behind is not None and not client.channel.closed
        check(
            not open_,
            "the server kept the network connection open after its DISCONNECT",
            expected="the connection closed",
            got=told(*behind[-1:]) if behind else "nothing",
            timing=True,
        )
    _note_absence(mqtt, partings)


def _note_absence(mqtt: Mqtt, partings: Sequence[Sequence[Any]]) -> None:
    if all(behind_disconnect(events) is None for events in partings):
        mqtt.case.note("the server closes without DISCONNECT, so there was none to judge")
