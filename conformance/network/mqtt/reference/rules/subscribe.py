"""Rules about SUBSCRIBE, UNSUBSCRIBE and their answers."""

from typing import TYPE_CHECKING

from ...wire import Suback, Subscribe, Subscription, Unsuback, Unsubscribe
from ..state import Granted, Message, Session

if TYPE_CHECKING:
    from ..connection import Connection

FORBIDDEN = "iic/forbidden/"
NO_SUBSCRIPTION_EXISTED = 0x11


class SubscribeRules:
    """SUBSCRIBE, UNSUBSCRIBE and their answers (3.8 to 3.11)."""

    def refused_filter(self, c: "Connection", subscription: Subscription) -> int | None:
        """3.9.3-2: the code for a filter that is not granted, here one that is forbidden; None to grant it."""
        if not str(subscription.topic_filter).startswith(FORBIDDEN):
            return None
        return 0x87 if c.version >= 5 else 0x80

    def granted_qos(self, asked: int) -> int:
        """3.8.4-7: the QoS granted."""
        return asked

    def filters_taken(self, options: tuple[Subscription, ...]) -> tuple[Subscription, ...]:
        """3.8.4-5 (3.1.1: 3.8.4-4): all of them."""
        return options

    def suback_identifier(self, identifier: int) -> int:
        """3.8.4-2, 2.2.1-6 (3.1.1: 2.3.1-7): the id of the SUBSCRIBE."""
        return identifier

    def subacks(self, c: "Connection", subscribe: Subscribe, suback: Suback) -> list[Suback]:
        """3.8.4-1, -5 (3.1.1: -4): one SUBACK."""
        return [suback]

    def subscribe_codes(self, c: "Connection", codes: list[int]) -> list[int]:
        """3.8.4-6, -7, 3.9.3-1, -2 (3.1.1: 3.8.4-5): one per filter, in their order."""
        return codes

    def put_subscription(self, s: Session, key: str, granted: Granted) -> None:
        """3.8.4-3: the same filter again replaces, and no message is lost meanwhile (5.0: 3.8.4-4)."""
        s.subscriptions[key] = granted

    def sends_retained(self, options: Subscription, new: bool, version: int) -> bool:
        """3.3.1-9 to -11, 3.8.4-4 (3.1.1: 3.3.1-6, 3.8.4-3): by Retain Handling."""
        return version < 5 or options.retain_handling == 0 or (options.retain_handling == 1 and new)

    def retained_for(self, granted: list[Granted]) -> list[Granted]:
        """3.3.1-9 (3.1.1: 3.3.1-6): every new subscription gets its retained messages."""
        return granted

    def finds_retained(self, retained: list[Message]) -> list[Message]:
        """3.3.1-6 of 3.1.1: the last of each matching topic."""
        return retained

    def filters_removed(self, filters: tuple[str, ...]) -> tuple[str, ...]:
        """3.10.4-6: all of them."""
        return filters

    def removed_keys(self, s: Session, topic_filter: str) -> list[str]:
        """3.10.4-1: compared character by character."""
        return [topic_filter] if topic_filter in s.subscriptions else []

    def unsubscribes(self) -> bool:
        """3.10.4-1, -2: no new messages after it."""
        return True

    def finishes_deliveries(self) -> bool:
        """3.10.4-3: what has begun is completed."""
        return True

    def unsuback_identifier(self, identifier: int) -> int:
        """3.10.4-5, 2.2.1-6 (3.1.1: 3.10.4-4, 2.3.1-7): the id of the UNSUBSCRIBE."""
        return identifier

    def unsubacks(
        self, c: "Connection", unsubscribe: Unsubscribe, unsuback: Unsuback, *, known: bool
    ) -> list[Unsuback]:
        """3.10.4-4 to -6: one UNSUBACK, even when nothing was deleted; `known` says that something was."""
        return [unsuback]

    def unsubscribe_codes(self, codes: list[int]) -> list[int]:
        """3.11.3-1, -2: one per filter, in their order."""
        return codes
