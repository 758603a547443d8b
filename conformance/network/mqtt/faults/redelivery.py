"""Faults in what stays open over the loss of a connection, and in what is sent again (4.3, 4.4)."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from ..reference import Rules
from ..wire import Packet, Publish, Pubrel
from .registry import FAULTS, both, v5

if TYPE_CHECKING:
    from ..reference.connection import Connection
    from ..reference.state import Outgoing, Session

RETRY_S = 2.0


class Forgetful(Rules):
    """Forgets with each connection what was open in one way, but for messages of shared subscriptions."""

    def forgets(self, o: "Outgoing") -> bool:
        """Whether this delivery is lost with the connection."""
        return False

    def loses_with_connection(self, s: "Session") -> None:
        s.outgoing = {identifier: o for identifier, o in s.outgoing.items() if o.share or not self.forgets(o)}


@FAULTS.add("open-qos-1-forgotten", *both(("MQTT-4.4.0-1", "MQTT-4.3.2-1"), ("MQTT-4.4.0-1", "MQTT-4.3.2-3")))
class OpenQos1Forgotten(Forgetful):
    """Forgets unacknowledged QoS 1 messages when the connection ends."""

    def forgets(self, o: "Outgoing") -> bool:
        return o.packet.qos == 1


@FAULTS.add("open-qos-2-forgotten", *both(("MQTT-4.4.0-1", "MQTT-4.3.3-1"), ("MQTT-4.4.0-1", "MQTT-4.3.3-3")))
class OpenQos2Forgotten(Forgetful):
    """Forgets QoS 2 messages that wait for PUBREC when the connection ends."""

    def forgets(self, o: "Outgoing") -> bool:
        return o.packet.qos == 2 and not o.released


@FAULTS.add("open-pubrel-forgotten", *both(("MQTT-4.4.0-1", "MQTT-4.3.3-1"), ("MQTT-4.4.0-1", "MQTT-4.3.3-5")))
class OpenPubrelForgotten(Forgetful):
    """Forgets PUBRELs that wait for PUBCOMP when the connection ends."""

    def forgets(self, o: "Outgoing") -> bool:
        return o.released


@FAULTS.add("publish-again-after-pubrel", *both("MQTT-4.3.3-1", "MQTT-4.3.3-6"))
class PublishAgainAfterPubrel(Rules):
    """Sends the PUBLISH again, besides the PUBREL, when the client is back."""

    def __init__(self) -> None:
        self._released: set[tuple[str, int]] = set()

    def outgoing(self, c: "Connection", packet: Packet) -> list[Packet]:
        if not isinstance(packet, Pubrel) or c.session is None:
            return [packet]
        key = (c.session.client_id, packet.packet_identifier)
        again = c.session.outgoing.get(packet.packet_identifier) if key in self._released else None
        self._released.add(key)
        return [replace(again.packet, version=c.version, dup=True), packet] if again else [packet]


@FAULTS.add("sent-again-with-another-identifier", *both(("MQTT-4.4.0-1", "MQTT-2.3.1-4"), "MQTT-4.4.0-1"))
class SentAgainWithAnotherIdentifier(Rules):
    """Gives what it sends again a new Packet Identifier."""

    def outgoing(self, c: "Connection", packet: Packet) -> list[Packet]:
        if isinstance(packet, Publish) and packet.dup and packet.packet_identifier:
            return [replace(packet, packet_identifier=packet.packet_identifier + 1000)]
        return [packet]


class Impatient(Rules):
    """Sends packets of one kind again when no acknowledgement has come for a while."""

    kind: ClassVar[type[Packet]]

    def outgoing(self, c: "Connection", packet: Packet) -> list[Packet]:
        if c.version >= 5 and isinstance(packet, self.kind) and getattr(packet, "packet_identifier", None):
            asyncio.get_running_loop().call_later(RETRY_S, self._again, c, packet)
        return [packet]

    def _again(self, c: "Connection", packet: Packet) -> None:
        open_ = c.session.outgoing.get(getattr(packet, "packet_identifier", 0)) if c.session else None
        if open_ and not c.ended and open_.released == isinstance(packet, Pubrel):
            c.stream.write(bytes(replace(packet, dup=True) if isinstance(packet, Publish) else packet))


@FAULTS.add("publish-again-after-a-while", *v5("MQTT-4.4.0-1"))
class PublishAgainAfterAWhile(Impatient):
    """Sends a PUBLISH again on a live connection when no acknowledgement has come for two seconds."""

    kind = Publish


@FAULTS.add("pubrel-again-after-a-while", *v5("MQTT-4.4.0-1"))
class PubrelAgainAfterAWhile(Impatient):
    """Sends a PUBREL again on a live connection when no PUBCOMP has come for two seconds."""

    kind = Pubrel


@FAULTS.add("refused-delivery-stays-open", *v5("MQTT-4.4.0-2"))
class RefusedDeliveryStaysOpen(Rules):
    """Does not take a PUBACK or PUBREC of 80 or above for the end of a delivery."""

    def settles(self, code: int) -> bool:
        return False
