"""What a server does not serve, by its claims and its CONNACK: a case that needs it does not apply."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .wire import Connack, Packet, Publish, Subscribe
from .wire.primitives import octets
from .wire.properties import PropertyId as P

UNLIMITED = 1 << 28


class Why(NamedTuple):
    """Why a server need not serve something, in English and Chinese."""

    reason: str
    reason_zh: str


def maximum_qos(connack: Connack, claims: Mapping[str, Any]) -> int:
    """The highest QoS for PUBLISH that is both claimed and not taken back in CONNACK."""
    return min(int(claims.get("maximum_qos", 2)), int(connack.properties.get(P.MAXIMUM_QOS, 2)))


def hindrance(packet: Packet | bytes, connack: Connack, claims: Mapping[str, Any]) -> Why | None:
    """Why the server need not serve this packet; None when nothing says so. Octets are never hindered."""
    if isinstance(packet, Publish):
        return next(_publish(packet, connack, claims), None)
    if isinstance(packet, Subscribe):
        return next(_subscribe(packet, connack, claims), None)
    return None


def _publish(packet: Publish, connack: Connack, claims: Mapping[str, Any]) -> Iterator[Why]:
    highest = maximum_qos(connack, claims)
    if packet.qos > highest:
        yield Why(f"the server supports no QoS above {highest}", f"服务端不支持高于 {highest} 的 QoS")
    if packet.retain and not _serves(P.RETAIN_AVAILABLE, "retain_available", connack, claims):
        yield Why("the server does not retain messages", "服务端不保留消息")
    limit = connack.properties.get(P.MAXIMUM_PACKET_SIZE, UNLIMITED)
    if len(bytes(packet)) > limit:
        yield Why(f"the server takes no packet above {limit} octets", f"服务端不接受超过 {limit} 字节的报文")


def _subscribe(packet: Subscribe, connack: Connack, claims: Mapping[str, Any]) -> Iterator[Why]:
    filters = [octets(s.topic_filter) for s in packet.subscriptions]
    if any(b"#" in f or b"+" in f for f in filters) and not _serves(
        P.WILDCARD_SUBSCRIPTION_AVAILABLE, "wildcard_subscriptions", connack, claims
    ):
        yield Why("the server does not support wildcards in Topic Filters", "服务端不支持主题过滤器中的通配符")
    if connack.version < 5:
        return
    if any(f.startswith(b"$share/") for f in filters) and not _serves(
        P.SHARED_SUBSCRIPTION_AVAILABLE, "shared_subscriptions", connack, claims
    ):
        yield Why("the server does not support shared subscriptions", "服务端不支持共享订阅")
    if P.SUBSCRIPTION_IDENTIFIER in packet.properties and not _serves(
        P.SUBSCRIPTION_IDENTIFIER_AVAILABLE, "subscription_identifiers", connack, claims
    ):
        yield Why("the server does not support Subscription Identifiers", "服务端不支持订阅标识符")


def _serves(announced: P, claim: str, connack: Connack, claims: Mapping[str, Any]) -> bool:
    return bool(connack.properties.get(announced, 1)) and bool(claims.get(claim, True))
