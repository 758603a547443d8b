"""Rules about leases (RFC 8415, 12, 13, 18.3.2 to 18.3.8, 21.4 to 21.6, 21.21)."""

from collections.abc import Sequence
from ipaddress import IPv6Address, IPv6Network
from typing import Any

from ...wire import IaAddr, IaPd, IaPrefix, Message, Option, Request, Status, StatusCode

FOREVER = 0xFFFFFFFF
Leased = IPv6Address | IPv6Network


class LeaseRules:
    """What is decided about addresses, prefixes and their times."""

    def link_of(self, source: IPv6Address, links: Sequence[IPv6Network]) -> IPv6Network | None:
        """A client with a link-local address is on the server's own link; any other is where its address is (13.1)."""
        if source.is_link_local:
            return links[0]
        return next((link for link in links if source in link), None)

    def binding_key(self, duid: bytes, ia: Any) -> tuple[bytes, int, int]:
        """An IA belongs to a client, and its IAID counts within its type (12)."""
        return duid, ia.option_code, ia.iaid

    def serves_temporary(self, options: Any) -> bool:
        """RFC 9915 has no temporary addresses any more."""
        return bool(options.edition == 8415 and options.temporary)

    def suits(self, lease: IPv6Address | IPv6Network, link: IPv6Network | None) -> bool:
        """Whether an address can be right on the client's link; of prefixes nothing is known."""
        return link is None or isinstance(lease, IPv6Network) or lease in link

    def refuses_off_link(self, message: Message) -> bool:
        """In a Request an address of another link is refused; in a Solicit it is no hint."""
        return isinstance(message, Request)

    def keeps_existing(self) -> bool:
        """What is bound is leased again (18.3.2)."""
        return True

    def chosen(self, key: tuple[bytes, int, int], ia: Any, lease: Leased) -> Leased:
        """What is leased anew for an IA, out of what is free: no hint counts."""
        return lease

    def commits(self, index: int) -> bool:
        """Every IA of a Request, the first as the others."""
        return True

    def nothing_left(self, ia: Any) -> Option:
        code = StatusCode.NO_PREFIX_AVAIL if isinstance(ia, IaPd) else StatusCode.NO_ADDRS_AVAIL
        return Status(status_code=code)

    def committed_s(self, options: Any) -> float:
        return float("inf") if options.valid_lifetime == FOREVER else float(options.valid_lifetime)

    def lifetimes(self, options: Any) -> tuple[int, int]:
        """Preferred and valid lifetime of a lease."""
        return options.preferred_lifetime, options.valid_lifetime

    def times(self, inside: Sequence[Option]) -> tuple[int, int]:
        """T1 and T2: a half and four fifths of the shortest preferred lifetime (21.4, 21.21)."""
        lives = [
            each.preferred_lifetime for each in inside if isinstance(each, IaAddr | IaPrefix) and each.valid_lifetime
        ]
        shortest = min(lives, default=0)
        return (FOREVER, FOREVER) if shortest == FOREVER else (shortest // 2, shortest * 4 // 5)

    def ia(self, ia: Option) -> Option:
        return ia

    # Renew and Rebind.

    def creates_on_renew(self, options: Any) -> bool:
        return bool(options.creates_on_renew)

    def creates_on_rebind(self, options: Any) -> bool:
        return bool(options.creates_on_rebind)

    def extends(self) -> bool:
        return True

    def foreign_leases(self, ended: tuple[Option, ...]) -> tuple[Option, ...]:
        """What the client has and may not keep comes back with lifetimes of 0 (18.3.4)."""
        return ended

    def no_binding(self, ia: Option) -> Option:
        return ia

    def tells_wrong_leases(self) -> bool:
        """Leases that cannot be right on the link are ended, whoever gave them (18.3.5)."""
        return True

    def discards_empty_rebind(self) -> bool:
        """A Rebind about which there is nothing to say gets no Reply (18.3.5)."""
        return True

    # Confirm, Release, Decline.

    def ignores_empty_confirm(self) -> bool:
        return True

    def ignores_unknown_link(self) -> bool:
        return True

    def confirmation(self, *, good: bool) -> Option:
        return Status(status_code=StatusCode.SUCCESS if good else StatusCode.NOT_ON_LINK)

    def takes_foreign_leases(self, *, declined: bool) -> bool:
        """Only what is assigned to an IA can be given back by it."""
        return False

    def frees_released(self) -> bool:
        return True

    def marks_declined(self) -> bool:
        return True

    def drops_declined(self) -> bool:
        return True

    def done(self, *, declined: bool) -> Option:
        return Status(status_code=StatusCode.SUCCESS)
