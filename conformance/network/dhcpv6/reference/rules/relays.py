"""Rules about relay agents (RFC 8415, 13.1, 18.3.10, 19.3, 21.18)."""

from collections.abc import Sequence
from ipaddress import IPv6Address, IPv6Network

from ...wire import Dhcp, InterfaceId, Option, Relayed, RelayForward, RelayMessage, RelayReply

UNSPECIFIED = IPv6Address("::")


class RelayRules:
    """What is decided about messages that came through relay agents."""

    def is_forward(self, message: object) -> bool:
        """Whether it comes from a relay agent; a Relay-reply is discarded (16.14)."""
        return isinstance(message, RelayForward)

    def relayed_message(self, outer: Relayed) -> Dhcp | None:
        """What a Relay-forward holds; None where it holds no message."""
        found = outer.first(RelayMessage)
        inner = found.dhcp_relay_message if found else None
        return inner if isinstance(inner, Dhcp) else None

    def relayed_link(self, names: Sequence[IPv6Address], links: Sequence[IPv6Network]) -> IPv6Network | None:
        """The link that the relay agent nearest to the client names; an unspecified name does not count (13.1)."""
        for address in reversed(names):
            if address != UNSPECIFIED:
                return next((link for link in links if address in link), None)
        return links[0]

    def answers_relay(self, outer: Relayed, answer: Dhcp | None) -> Dhcp | None:
        """The Relay-reply that takes an answer back the way that the message came (19.3)."""
        if answer is None:
            return None
        hops, link, peer = self.relay_fields(outer)
        options = (*self.copied(outer), RelayMessage(dhcp_relay_message=answer))
        return RelayReply(hop_count=hops, link_address=link, peer_address=peer, options=options)

    def relay_fields(self, outer: Relayed) -> tuple[int, IPv6Address, IPv6Address]:
        return outer.hop_count, outer.link_address, outer.peer_address

    def copied(self, outer: Relayed) -> tuple[Option, ...]:
        """The Interface-Id comes back as it was."""
        return tuple(outer.every(InterfaceId))
