"""What a server does not serve, by its claims and its CONNACK: a case that needs it does not apply."""

from collections.abc import Iterator, Mapping
from typing import Any

from .wire import Connack, Packet, Publish, Subscribe
from .wire.primitives import octets
from .wire.properties import PropertyId as P

UNLIMITED = 1 << 28


def maximum_qos(connack: Connack, claims: Mapping[str, Any]) -> int:
    """The highest QoS for PUBLISH that is both claimed and not taken back in CONNACK."""
    return min(int(claims.get("maximum_qos", 2)), int(connack.properties.get(P.MAXIMUM_QOS, 2)))


def hindrance(packet: Packet | bytes, connack: Connack, claims: Mapping[str, Any]) -> str:
    """Why the server need not serve this packet; "" when nothing says so. Octets are never hindered."""
    if isinstance(packet, Publish):
        return next(_publish(packet, connack, claims), "")
    if isinstance(packet, Subscribe):
        return next(_subscribe(packet, connack, claims), "")
    return ""


def _publish(packet: Publish, connack: Connack, claims: Mapping[str, Any]) -> Iterator[str]:
    highest = maximum_qos(connack, claims)
    if packet.qos > highest:
        yield f"the server supports no QoS above {highest}"
    if packet.retain and not _serves(P.RETAIN_AVAILABLE, "retain_available", connack, claims):
        yield "the server does not retain messages"
    limit = connack.properties.get(P.MAXIMUM_PACKET_SIZE, UNLIMITED)
    if len(bytes(packet)) > limit:
        yield f"the server takes no packet above {limit} octets"


def _subscribe(packet: Subscribe, connack: Connack, claims: Mapping[str, Any]) -> Iterator[str]:
    filters = [octets(s.topic_filter) for s in packet.subscriptions]
    if any(b"#" in f or b"+" in f for f in filters) and not _serves(
        P.WILDCARD_SUBSCRIPTION_AVAILABLE, "wildcard_subscriptions", connack, claims
    ):
        yield "the server does not support wildcards in Topic Filters"
    if connack.version < 5:
        return
    if any(f.startswith(b"$share/") for f in filters) and not _serves(
        P.SHARED_SUBSCRIPTION_AVAILABLE, "shared_subscriptions", connack, claims
    ):
        yield "the server does not support shared subscriptions"
    if P.SUBSCRIPTION_IDENTIFIER in packet.properties and not _serves(
        P.SUBSCRIPTION_IDENTIFIER_AVAILABLE, "subscription_identifiers", connack, claims
    ):
        yield "the server does not support Subscription Identifiers"


def _serves(announced: P, claim: str, connack: Connack, claims: Mapping[str, Any]) -> bool:
    return bool(connack.properties.get(announced, 1)) and bool(claims.get(claim, True))
