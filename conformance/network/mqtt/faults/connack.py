"""Faults in CONNACK (3.2), and in serving the limits that it announces (3.2.2.3)."""

from typing import TYPE_CHECKING, Any

from ..reference import Rules
from ..reference.options import Options
from ..wire import Connack, Connect, Malformed, Packet, Publish, Subscription, Will
from ..wire.properties import PropertyId as P
from .data import only
from .registry import FAULTS, both, v5, v311

if TYPE_CHECKING:
    from ..reference.connection import Connection


@FAULTS.add("messages-before-connack", *both("MQTT-3.2.0-1"))
class _(Rules):
    """Sends what waits for a client before CONNACK."""

    def connack_comes_first(self) -> bool:
        return False


@FAULTS.add("connack-twice", *v5("MQTT-3.2.0-2"))
class _(Rules):
    """Sends CONNACK once more for each User Property of CONNECT."""

    def connacks(self, connack: Packet, connect: Connect) -> list[Packet]:
        return [connack, *[connack for _ in connect.properties.all(P.USER_PROPERTY)]]


@FAULTS.add("reserved-acknowledge-flags-sent", *v5("MQTT-3.2.2-1"))
class _(Rules):
    """Sets a reserved bit of the Connect Acknowledge Flags."""

    def acknowledge_flags(self, present: bool) -> int:
        return super().acknowledge_flags(present) | 2


@FAULTS.add("session-present-after-clean-start", *both("MQTT-3.2.2-1", "MQTT-3.2.2-2"))
class _(Rules):
    """Tells of the stored session that a clean start discards."""

    def session_present(self, stored: bool, connect: Connect) -> bool:
        return stored


@FAULTS.add("session-present-untold", *both("MQTT-3.2.2-2", "MQTT-3.2.2-3"))
class _(Rules):
    """Never sets Session Present."""

    def session_present(self, stored: bool, connect: Connect) -> bool:
        return False


@FAULTS.add("session-present-without-session", *both("MQTT-3.2.2-3"))
class _(Rules):
    """Sets Session Present for everybody who wants a session that is kept."""

    def session_present(self, stored: bool, connect: Connect) -> bool:
        kept = connect.version < 5 or P.SESSION_EXPIRY_INTERVAL in connect.properties
        return kept and not connect.clean_start


@FAULTS.add("session-present-on-refusal", *both("MQTT-3.2.2-4", "MQTT-3.2.2-6"))
class _(Rules):
    """Sets Session Present in a CONNACK that refuses, when a session is stored."""

    def session_present_on_refusal(self, stored: bool) -> bool:
        return stored


@FAULTS.add("refused-level-kept-open", *v311("MQTT-3.2.2-5", "MQTT-3.1.2-2"), *v5("MQTT-3.2.2-7", "MQTT-3.1.2-2"))
class _(Rules):
    """Does not close after it has refused a protocol level."""

    def refusal_closes(self, c: "Connection", code: int) -> bool:
        return code != 0x84


@FAULTS.add("refused-method-kept-open", *v5("MQTT-3.2.2-7", "MQTT-4.12.0-1"))
class _(Rules):
    """Does not close after it has refused an authentication method."""

    def refusal_closes(self, c: "Connection", code: int) -> bool:
        return code != 0x8C


@FAULTS.add("refused-empty-id-kept-open", *v311("MQTT-3.2.2-5", "MQTT-3.1.3-7", "MQTT-3.1.3-8"))
class _(Rules):
    """Does not close after it has refused an empty Client Identifier."""

    def refusal_closes(self, c: "Connection", code: int) -> bool:
        return code != 2 or c.broker.options.plain_client_ids


@FAULTS.add("connack-with-a-code-of-its-own", *v311("MQTT-3.2.2-6"), *v5("MQTT-3.2.2-8"))
class _(Rules):
    """Refuses what it cannot read with a CONNACK whose code is in no table."""

    def connack_code_for(self, malformed: Malformed) -> int | None:
        return 0xE0 if only(malformed, "protocol-name") or _of_will_or_user(malformed) else None


def _of_will_or_user(malformed: Malformed) -> bool:
    return only(malformed, "topic-wildcard", "Will Topic") or only(malformed, "utf-8", "User Name")


@FAULTS.add("method-refused-with-a-code-of-its-own", *v5("MQTT-3.2.2-8"))
class _(Rules):
    """Refuses an authentication method with a code that is in no table."""

    def outgoing(self, c: "Connection", packet: Packet) -> list[Packet]:
        if isinstance(packet, Connack) and packet.reason_code == 0x8C:
            packet = Connack(version=packet.version, reason_code=0xE0)
        return super().outgoing(c, packet)


@FAULTS.add("reason-string-of-connack-too-long", *v5("MQTT-3.2.2-19"))
class _(Rules):
    """Puts the Reason String into a CONNACK whatever its size."""

    def explanation_fits(self, c: "Connection", packet: Packet, identifier: int) -> bool:
        whatever = isinstance(packet, Connack) and identifier == P.REASON_STRING
        return whatever or super().explanation_fits(c, packet, identifier)


@FAULTS.add("user-property-of-connack-too-long", *v5("MQTT-3.2.2-20"))
class _(Rules):
    """Puts the User Property into a CONNACK whatever its size."""

    def explanation_fits(self, c: "Connection", packet: Packet, identifier: int) -> bool:
        whatever = isinstance(packet, Connack) and identifier == P.USER_PROPERTY
        return whatever or super().explanation_fits(c, packet, identifier)


# Limits.


@FAULTS.add("maximum-qos-unspoken", *v5("MQTT-3.2.2-9"))
class _(Rules):
    """Does not say that it lacks a QoS."""

    def maximum_qos(self, options: Options) -> list[tuple[int, Any]]:
        return []


@FAULTS.add("filter-refused-for-its-qos", *v5("MQTT-3.2.2-10"))
class _(Rules):
    """Takes no SUBSCRIBE with a QoS above its Maximum QoS."""

    def serves_filter_qos(self, c: "Connection", subscription: Subscription) -> bool:
        return subscription.qos <= c.broker.options.maximum_qos


@FAULTS.add("maximum-qos-not-kept", *v5("MQTT-3.2.2-11", "MQTT5-PE-PUBLISH-QOS-NOT-SUPPORTED"))
class _(Rules):
    """Takes a PUBLISH above the Maximum QoS that it announced."""

    def serves_qos(self, c: "Connection", publish: Publish) -> bool:
        return True


@FAULTS.add("will-above-maximum-qos-taken", *v5("MQTT-3.2.2-12"))
class _(Rules):
    """Takes a will above the Maximum QoS that it announced."""

    def serves_will(self, c: "Connection", will: Will | None) -> bool:
        return self.will_code(c, will) != 0x9A


@FAULTS.add("retained-will-taken-without-retain", *v5("MQTT-3.2.2-13"))
class _(Rules):
    """Takes a will that is to be retained although it retains nothing."""

    def serves_will(self, c: "Connection", will: Will | None) -> bool:
        return self.will_code(c, will) != 0x9B


@FAULTS.add("retain-taken-without-retain", *v5("MQTT-3.2.2-14", "MQTT5-PE-PUBLISH-RETAIN-NOT-SUPPORTED"))
class _(Rules):
    """Takes a PUBLISH with RETAIN 1 although it retains nothing."""

    def serves_retain(self, c: "Connection", publish: Publish) -> bool:
        return True


@FAULTS.add("too-large-packet-taken", *v5("MQTT-3.2.2-15", "MQTT5-PE-PACKET-TOO-LARGE"))
class _(Rules):
    """Takes packets above the Maximum Packet Size that it announced."""

    def accepts_size(self, c: "Connection", size: int) -> bool:
        return True


@FAULTS.add("wildcard-granted-unavailable", *v5("MQTT5-PE-SUBSCRIBE-WILDCARD-NOT-AVAILABLE"))
class _(Rules):
    """Grants a filter with a wildcard although it announced that there are none."""

    def serves_wildcards(self, c: "Connection", topic_filter: str) -> bool:
        return c.version >= 5 or super().serves_wildcards(c, topic_filter)


@FAULTS.add("identifier-granted-unavailable", *v5("MQTT5-PE-SUBSCRIBE-SUBSCRIPTION-ID-NOT-AVAILABLE"))
class _(Rules):
    """Grants a subscription with an identifier although it announced that there are none."""

    def serves_identifier(self, c: "Connection", identifier: int | None) -> bool:
        return True


@FAULTS.add("shared-granted-unavailable", *v5("MQTT5-PE-SUBSCRIBE-SHARED-NOT-AVAILABLE"))
class _(Rules):
    """Grants a shared subscription although it announced that there are none."""

    def serves_shared(self, c: "Connection", topic_filter: str) -> bool:
        return True
