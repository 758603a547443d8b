"""Rules about SUBSCRIBE, UNSUBSCRIBE and their answers."""

from ...wire import Subscription
from ..state import Message, Session


class SubscribeRules:
    """SUBSCRIBE, UNSUBSCRIBE and their answers (3.8 to 3.11)."""

    def answers_subscribe(self, options: tuple[Subscription, ...]) -> bool:
        """3.8.4-1."""
        return True

    def suback_identifier(self, identifier: int) -> int:
        """3.8.4-2."""
        return identifier

    def unsuback_identifier(self, identifier: int) -> int:
        """3.10.4-5 (3.1.1: 3.10.4-4)."""
        return identifier

    def granted_qos(self, asked: int) -> int:
        """3.8.4-7: the QoS granted."""
        return asked

    def subscribe_codes(self, codes: list[int]) -> list[int]:
        """3.8.4-6, 3.9.3-1, -2: one per filter, in their order."""
        return codes

    def unsubscribe_codes(self, codes: list[int]) -> list[int]:
        """3.11.3-1, -2."""
        return codes

    def filters_taken(self, options: tuple[Subscription, ...]) -> tuple[Subscription, ...]:
        """3.8.4-5 (3.1.1: 3.8.4-4): all of them."""
        return options

    def filters_removed(self, filters: tuple[str, ...]) -> tuple[str, ...]:
        """3.10.4-6: all of them."""
        return filters

    def replaces_subscription(self) -> bool:
        """3.8.4-3: the same filter again replaces."""
        return True

    def sends_retained(self, options: Subscription, new: bool, version: int) -> bool:
        """3.3.1-9 to -11 (3.1.1: 3.3.1-6): by Retain Handling."""
        return version < 5 or options.retain_handling == 0 or (options.retain_handling == 1 and new)

    def finds_retained(self, retained: list[Message]) -> list[Message]:
        """3.3.1-6 of 3.1.1: the last of each matching topic."""
        return retained

    def removed_key(self, s: Session, topic_filter: str) -> str | None:
        """3.10.4-1: compared character by character."""
        return topic_filter if topic_filter in s.subscriptions else None

    def unsubscribes(self) -> bool:
        """3.10.4-2: no new messages after it."""
        return True

    def finishes_deliveries(self) -> bool:
        """3.10.4-3: what has begun is completed."""
        return True

    def answers_unsubscribe(self, known: bool) -> bool:
        """3.10.4-4, -5: UNSUBACK comes even when nothing was deleted."""
        return True

    def extra_subscription_code(self, g: Subscription) -> int | None:
        """An error code for a filter, or None to grant it."""
        return None
