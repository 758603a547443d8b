"""Faults about the choice of source addresses (RFC 6724)."""

from collections.abc import Sequence
from ipaddress import IPv6Address, IPv6Network
from typing import Any

from ..reference import Rules
from .registry import FAULTS, both, host, router

SIX_TO_FOUR = IPv6Network("2002::/16")
UNIQUE_LOCAL = IPv6Network("fc00::/7")
GLOBAL = IPv6Network("2000::/3")
LINK_SCOPE = 2


SCOPED = ("rfc6724:3.3-1", "rfc6724:3.4-2")
"""What shows with global destinations alone."""


@FAULTS.add(
    "all-nodes-answered-from-link-local",
    *both("rfc6724:2-3", "rfc6724:5-2", "rfc4443:2.2-3a"),
    *host(*SCOPED),
    *router("rfc6724:4-4", "rfc4443:4.2-3"),
)
class AllNodesAnsweredFromLinkLocal(Rules):
    """Answers a request for a group from a link-local address, which it would not choose otherwise."""

    def reply_source(self, destination: IPv6Address, *, unicast: bool) -> IPv6Address | None:
        near = IPv6Address("fe80::ff:fe00:1")
        return near if destination.is_multicast else super().reply_source(destination, unicast=unicast)


@FAULTS.add("smallest-scope-preferred", *both("rfc6724:5-2"), *host(*SCOPED))
class SmallestScopePreferred(Rules):
    """Prefers the source of the smallest scope, whether it reaches the destination or not."""

    def scope_of_destination(self, to: IPv6Address) -> int:
        return LINK_SCOPE


@FAULTS.add("6to4-of-link-scope", *host("rfc6724:3.3-1"))
class SixToFourOfLinkScope(Rules):
    """Takes the scope of an embedded IPv4 address for that of the address."""

    def scope_of_destination(self, to: IPv6Address) -> int:
        return LINK_SCOPE if to in SIX_TO_FOUR else super().scope_of_destination(to)


@FAULTS.add("unknown-format-of-link-scope", *host("rfc6724:3.4-2"))
class UnknownFormatOfLinkScope(Rules):
    """Takes addresses of unknown formats for link-local ones."""

    def scope_of_destination(self, to: IPv6Address) -> int:
        known = to in GLOBAL or to.packed[0] >= 0xF8
        return super().scope_of_destination(to) if known else LINK_SCOPE


@FAULTS.add("deprecated-not-avoided", *host("rfc6724:5-3", "rfc6724:5-9"))
class DeprecatedNotAvoided(Rules):
    """Does not ask whether a source is deprecated."""

    def _deprecated(self, own: Any, best: Any, to: IPv6Address) -> bool | None:
        return None


@FAULTS.add("labels-not-looked-at", *host("rfc6724:5-6", "rfc6724:2.1-2"))
class LabelsNotLookedAt(Rules):
    """Does not ask for labels."""

    def _label(self, own: Any, best: Any, to: IPv6Address) -> bool | None:
        return None


@FAULTS.add("unique-local-not-in-the-table", *host("rfc6724:2.1-2"))
class UniqueLocalNotInTheTable(Rules):
    """Has no label for unique local addresses."""

    def label(self, address: IPv6Address) -> int:
        return 1 if address in UNIQUE_LOCAL else super().label(address)


@FAULTS.add("shorter-prefix-preferred", *host("rfc6724:5-8", "rfc6724:5-9"), *router("rfc6724:5-8", "rfc6724:2.1-2"))
class ShorterPrefixPreferred(Rules):
    """Prefers the source that shares fewer bits with the destination."""

    def _prefix(self, own: Any, best: Any, to: IPv6Address) -> bool | None:
        verdict = super()._prefix(own, best, to)
        return None if verdict is None else not verdict


@FAULTS.add("age-before-scope", *host("rfc6724:5-9"))
class AgeBeforeScope(Rules):
    """Prefers a preferred source of too small a scope to a deprecated one."""

    def prefers_source(self, own: Any, best: Any, to: IPv6Address) -> bool:
        verdict = self._deprecated(own, best, to)
        return super().prefers_source(own, best, to) if verdict is None else verdict


@FAULTS.add("sources-of-another-link", *router("rfc6724:5-5", "rfc6724:5-8", "rfc6724:2.1-2", "rfc4443:4.2-3"))
class SourcesOfAnotherLink(Rules):
    """Chooses among the addresses of wider scope of another interface."""

    def candidates(self, near: Sequence[Any], others: Sequence[Any], to: IPv6Address) -> Sequence[Any]:
        if to.is_link_local or to.is_multicast:
            return super().candidates(near, others, to)
        return [own for own in others if own not in near and not own.address.is_link_local] or near
