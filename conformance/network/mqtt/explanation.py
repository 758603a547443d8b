"""Reason String and User Property: that neither takes a packet above the client's Maximum Packet Size."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any

from conformance.engine import Closed, check

from .client import Client
from .provide import Mqtt
from .wire import Connack, Packet, Properties, properties
from .wire.properties import NAMES, PropertyId

SPARE_OCTETS = 4


async def answer(client: Client, packet: Packet | bytes, kind: type[Packet]) -> Any:
    """What of this kind comes in answer; None if the server closes first."""
    await client.send(packet)
    event = await client.ready(kind | Closed, passing=Packet)
    return None if isinstance(event, Closed) else event


async def expect_left_out(
    mqtt: Mqtt,
    client: Client,
    identifier: PropertyId,
    kind: type[Packet],
    asked: Iterable[Packet | bytes],
    ask: Callable[[Client, Packet | bytes, Any], Awaitable[Any]] = answer,
) -> None:
    """Some packet of `asked` leads the server to explain itself in a packet of this kind; a client that can take hardly
    more than the bare packet gets it without what does not fit. `ask` sends one and gives the answer to it, if any.
    """
    for packet in asked:
        said = await ask(client, packet, kind)
        if said is not None and identifier in said.properties:
            break
    else:
        mqtt.case.note(f"the server sends no {NAMES[identifier]} in {kind.TITLE}")
        return
    limit = room_for(said, client.connack)
    alone = replace(said, properties=Properties(((identifier, said.properties.get(identifier)),)))
    if len(bytes(alone)) <= limit:
        mqtt.case.not_applicable(
            "what the server says is so short that it fits wherever its CONNACK fits",
            "服务端的说明很短，凡能容纳其 CONNACK 之处均能容纳",
        )
    limited = await mqtt.connect("limited", properties=properties(maximum_packet_size=limit))
    check_size(await ask(limited, packet, kind), identifier, limit)


def room_for(said: Any, connack: Connack) -> int:
    """The smallest Maximum Packet Size in octets that both this packet, without explanations, and CONNACK fit into."""
    bare = said.properties.without(PropertyId.REASON_STRING, PropertyId.USER_PROPERTY)
    return max(len(bytes(replace(said, properties=bare))) + SPARE_OCTETS, len(bytes(connack)))


def check_size(said: Any, identifier: PropertyId, limit: int) -> None:
    """The packet, where it came, has not become too large by this property."""
    size = len(bytes(said)) if said is not None and identifier in said.properties else 0
    check(
        size <= limit,
        f"a {NAMES[identifier]} takes a packet above the client's Maximum Packet Size",
        expected=f"at most {limit} octets",
        got=f"{size} octets",
    )
