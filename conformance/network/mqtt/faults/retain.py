"""Faults in retained messages (3.3.1.3)."""

from dataclasses import replace

from ..reference import Rules
from ..reference.state import Granted, Message
from ..wire import Subscription
from .registry import FAULTS, both, v5, v311


@FAULTS.add("nothing-stored", *both("MQTT-3.3.1-5"))
class _(Rules):
    """Retains nothing."""

    def stores_retained(self, m: Message) -> bool:
        return False


@FAULTS.add("retained-at-qos-0", *v311("MQTT-3.3.1-5"))
class _(Rules):
    """Forgets the QoS of what it retains."""

    def replaces_retained(self, old: Message | None, new: Message) -> Message:
        return replace(new, qos=0)


@FAULTS.add("first-retained-stays", *both("MQTT-3.3.1-5"))
class _(Rules):
    """Keeps the older of two retained messages of QoS 1 or 2."""

    def replaces_retained(self, old: Message | None, new: Message) -> Message:
        return old if old and new.qos else new


@FAULTS.add("qos-0-does-not-replace", *both("MQTT-3.3.1-7", "MQTT-3.3.1-5"))
class _(Rules):
    """Does not retain a QoS 0 message, and keeps the older one."""

    def replaces_retained(self, old: Message | None, new: Message) -> Message:
        return old if old and not new.qos else new


@FAULTS.add("one-retained-message-for-all", *both("MQTT-3.3.1-6", "MQTT-3.3.1-9"))
class _(Rules):
    """Sends one retained message to a subscription, however many topics match."""

    def finds_retained(self, retained: list[Message]) -> list[Message]:
        return retained[:1]


@FAULTS.add("retained-message-for-first-filter", *both("MQTT-3.3.1-6", "MQTT-3.3.1-9"))
class _(Rules):
    """Sends the retained messages for the first filter of a SUBSCRIBE alone."""

    def retained_for(self, granted: list[Granted]) -> list[Granted]:
        return granted[:1]


@FAULTS.add("retained-message-with-retain-0", *v311("MQTT-3.3.1-8"))
class _(Rules):
    """Sends retained messages to new subscriptions with RETAIN 0."""

    def retained_retain(self, m: Message) -> bool:
        return False


@FAULTS.add("retain-passed-on", *both("MQTT-3.3.1-9", "MQTT-3.3.1-12"))
class _(Rules):
    """Sends messages to established subscriptions with the RETAIN flag that they came with."""

    def live_retain(self, m: Message, found: list[Granted], version: int) -> bool:
        return m.retain


@FAULTS.add("empty-message-does-not-delete", *both("MQTT-3.3.1-10", "MQTT-3.3.1-6"))
class _(Rules):
    """Keeps what is retained when an empty message comes, which it does not retain either."""

    def deletes_retained(self) -> bool:
        return False


@FAULTS.add("empty-message-not-forwarded", *both("MQTT-3.3.1-10", "MQTT-3.3.1-6"))
class _(Rules):
    """Takes an empty message with RETAIN 1 for an order to delete, and forwards it to nobody."""

    def forwards_empty_retained(self) -> bool:
        return False


@FAULTS.add("empty-message-retained", *both("MQTT-3.3.1-11", "MQTT-3.3.1-7"))
class _(Rules):
    """Retains empty messages."""

    def keeps_empty_retained(self) -> bool:
        return True


@FAULTS.add("every-message-retained", *both("MQTT-3.3.1-12", "MQTT-3.3.1-8"))
class _(Rules):
    """Goes by the payload, rather than by the RETAIN flag alone, when it retains a message."""

    def stores_retained(self, m: Message) -> bool:
        return m.retain or m.payload == b"passing"


@FAULTS.add("no-retained-message-again", *v5("MQTT-3.3.1-9", "MQTT-3.8.4-4"))
class _(Rules):
    """Sends retained messages to new subscriptions alone, whatever Retain Handling says."""

    def sends_retained(self, options: Subscription, new: bool, version: int) -> bool:
        return super().sends_retained(options, new, version) and (new or version < 5)


@FAULTS.add("retain-handling-1-as-2", *v5("MQTT-3.3.1-10"))
class _(Rules):
    """Sends nothing with Retain Handling 1."""

    def sends_retained(self, options: Subscription, new: bool, version: int) -> bool:
        return version < 5 or options.retain_handling == 0


@FAULTS.add("retain-handling-1-as-0", *v5("MQTT-3.3.1-10"))
class _(Rules):
    """Sends retained messages at every SUBSCRIBE with Retain Handling 1."""

    def sends_retained(self, options: Subscription, new: bool, version: int) -> bool:
        return version < 5 or options.retain_handling < 2


@FAULTS.add("retain-handling-2-ignored", *v5("MQTT-3.3.1-11"))
class _(Rules):
    """Sends retained messages at every SUBSCRIBE with Retain Handling 2."""

    def sends_retained(self, options: Subscription, new: bool, version: int) -> bool:
        return options.retain_handling == 2 or super().sends_retained(options, new, version)


@FAULTS.add("retain-as-published-ignored", *v5("MQTT-3.3.1-13"))
class _(Rules):
    """Sends messages to established subscriptions with RETAIN 0."""

    def live_retain(self, m: Message, found: list[Granted], version: int) -> bool:
        return False


@FAULTS.add("retain-as-published-taken-for-retain", *v5("MQTT-3.3.1-13"))
class _(Rules):
    """Sends every message to a subscription with Retain As Published with RETAIN 1."""

    def live_retain(self, m: Message, found: list[Granted], version: int) -> bool:
        return any(granted.options.retain_as_published for granted in found)
