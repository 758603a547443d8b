"""Rules about which session gets a message, and in which form."""

from ..matching import matches
from ..options import Options
from ..state import Granted, Message, Session


class RoutingRules:
    """Subscriptions against messages (3.3.4, 4.5, 4.7)."""

    def recipients(self, sessions: list[Session], m: Message) -> list[Session]:
        """4.5.0-1: each client with a matching subscription."""
        return sessions

    def matches(self, topic_filter: str, topic: str) -> bool:
        """4.7: matching."""
        return matches(topic_filter, topic)

    def delivery_qos(self, published: int, granted: int) -> int:
        """3.8.4-8 (3.1.1: 3.8.4-6): the lower of the two."""
        return min(published, granted)

    def copies(self, options: Options, found: list[Granted]) -> list[list[Granted]]:
        """3.3.4: one copy for all matching subscriptions, or one for each."""
        return [[granted] for granted in found] if options.copies else [found]

    def overlapping_qos(self, granted: list[int]) -> int:
        """3.3.4-2 (3.1.1: 3.3.5-1): the highest of the matching subscriptions."""
        return max(granted)

    def subscription_identifiers(self, found: list[Granted]) -> list[int]:
        """3.3.4-3, -4: those of all matching subscriptions."""
        return [g.identifier for g in found if g.identifier is not None]

    def local(self, g: Granted, m: Message, client_id: str) -> bool:
        """3.8.3-3: No Local keeps a client's own messages from it."""
        return not (g.options.no_local and m.publisher == client_id)

    def live_retain(self, m: Message, found: list[Granted], version: int) -> bool:
        """3.3.1-12, -13 (3.1.1: 3.3.1-9): RETAIN of a message for an established subscription."""
        return version >= 5 and m.retain and any(g.options.retain_as_published for g in found)

    def retained_retain(self, m: Message) -> bool:
        """3.3.1-8 of 3.1.1: RETAIN is 1 on what is sent for a new subscription."""
        return True
