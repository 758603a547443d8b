"""Faults in serving the properties of CONNECT (3.1.2.11)."""

from typing import TYPE_CHECKING

from ..reference import Rules
from ..wire import Connect, Packet, Suback, Unsuback
from .registry import FAULTS, v5

if TYPE_CHECKING:
    from ..reference.connection import Connection


@FAULTS.add("maximum-packet-size-ignored", *v5("MQTT-3.1.2-24"))
class _(Rules):
    """Sends PUBLISH packets of any size."""

    def fits(self, size: int, c: "Connection") -> bool:
        return True


@FAULTS.add("too-large-message-kept", *v5("MQTT-3.1.2-25"))
class _(Rules):
    """Keeps a message that is too large for its client as one that it still has to send."""

    def too_big_is_done(self) -> bool:
        return False


@FAULTS.add("alias-above-the-clients-maximum", *v5("MQTT-3.1.2-26", "MQTT-3.3.2-11"))
class _(Rules):
    """Counts Topic Aliases on beyond what the client allows."""

    def outgoing_alias(self, c: "Connection", topic: str) -> int | None:
        known = c.sent_aliases.get(topic, len(c.sent_aliases) + 1)
        return known if c.client_alias_maximum else None


@FAULTS.add("alias-without-permission", *v5("MQTT-3.1.2-27"))
class _(Rules):
    """Sets Topic Alias 1 in the first PUBLISH to a client that allows none."""

    def outgoing_alias(self, c: "Connection", topic: str) -> int | None:
        if c.client_alias_maximum:
            return super().outgoing_alias(c, topic)
        return None if c.sent_aliases else 1


@FAULTS.add("response-information-unasked", *v5("MQTT-3.1.2-28"))
class _(Rules):
    """Sends Response Information to everybody."""

    def response_information(self, connect: Connect) -> bool:
        return True


@FAULTS.add("problems-explained-unasked", *v5("MQTT-3.1.2-29"))
class _(Rules):
    """Explains the codes of SUBACK and UNSUBACK to everybody."""

    def tells_problems(self, c: "Connection", packet: Packet) -> bool:
        return isinstance(packet, Suback | Unsuback) or super().tells_problems(c, packet)
