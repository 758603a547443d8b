"""Rules about shared subscriptions."""

from ..state import Outgoing, Session


class SharedRules:
    """Shared subscriptions of 5.0 (4.8.2-3, -5, -6; what 4.8.2-4 keeps, every session keeps)."""

    def share_member(self, members: list[Session], count: int) -> Session:
        """4.8.2: one member of a share, connected ones first."""
        present = [s for s in members if s.connection] or members
        return present[count % len(present)]

    def shared_qos(self, published: int, granted: list[int], chosen: int) -> int:
        """4.8.2-3: the QoS granted to the chosen client, of those `granted` to all members."""
        return min(published, granted[chosen])

    def passes_on_at_end(self, s: Session, outgoing: Outgoing) -> bool:
        """4.8.2-5: what a session leaves behind goes to no other member."""
        return False

    def passes_on_refused(self, outgoing: Outgoing, code: int) -> bool:
        """4.8.2-6: what a member refuses goes to no other member."""
        return False
