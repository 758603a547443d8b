"""Faults in shared subscriptions (5.0, 4.8.2)."""

from typing import TYPE_CHECKING

from ..reference import Rules
from ..wire import Malformed
from .registry import FAULTS, v5
from .subscribe import wrong_subscribe

if TYPE_CHECKING:
    from ..reference.connection import Connection
    from ..reference.state import Outgoing, Session


@FAULTS.add("empty-share-name-granted", *v5("MQTT-4.8.2-1"))
class EmptyShareNameGranted(Rules):
    """Grants a shared subscription without a ShareName."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_subscribe(malformed, "share-name-empty")


@FAULTS.add("any-share-name-granted", *v5("MQTT-4.8.2-2"))
class AnyShareNameGranted(Rules):
    """Grants a shared subscription with wildcards in its ShareName, or without a filter behind it."""

    def overlooks(self, c: "Connection", malformed: Malformed) -> bool:
        return wrong_subscribe(malformed, "share-name")


@FAULTS.add("shared-at-the-highest-qos", *v5("MQTT-4.8.2-3"))
class SharedAtTheHighestQos(Rules):
    """Sends to every member of a share at the highest QoS that was granted to one of them."""

    def shared_qos(self, published: int, granted: list[int], chosen: int) -> int:
        return min(published, max(granted))


@FAULTS.add("shared-delivery-lost-with-connection", *v5("MQTT-4.8.2-4"))
class SharedDeliveryLostWithConnection(Rules):
    """Drops a QoS 2 delivery of a shared subscription when its connection is lost."""

    def loses_with_connection(self, s: "Session") -> None:
        for identifier in [i for i, o in s.outgoing.items() if o.share and o.packet.qos == 2]:
            del s.outgoing[identifier]


@FAULTS.add("shared-delivery-inherited", *v5("MQTT-4.8.2-5"))
class SharedDeliveryInherited(Rules):
    """Gives what a session leaves undelivered to another member of the share."""

    def passes_on_at_end(self, s: "Session", outgoing: "Outgoing") -> bool:
        return True


@FAULTS.add("refused-message-passed-on", *v5("MQTT-4.8.2-6"))
class RefusedMessagePassedOn(Rules):
    """Gives a message that one member of a share refuses to another."""

    def passes_on_refused(self, outgoing: "Outgoing", code: int) -> bool:
        return True
