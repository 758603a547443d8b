"""Faults of a host that makes addresses of advertised prefixes (RFC 4862, 5.5)."""

from ipaddress import IPv6Network
from typing import Any

from ..reference import Rules
from ..reference.addresses import Use
from ..wire import PrefixInformation
from .registry import FAULTS, host

COMMON = IPv6Network("2001:db8:1::/64")
DEPRECATED = host("rfc4862:5.5.3e-0", "rfc4862:5.5.4-1a", "rfc6724:5-3", "rfc6724:5-9")
"""What nobody can meet who begins with deprecated addresses."""


@FAULTS.add("one-prefix-only", *host("rfc4862:5.5-1a", "rfc4862:5.5.3d-1"))
class OnePrefixOnly(Rules):
    """Makes addresses of one prefix that it knows from the factory."""

    def forms_address(self, option: PrefixInformation) -> bool:
        return option.prefix in COMMON


@FAULTS.add("a-flag-ignored", *host("rfc4862:5.5.3a-1"))
class AFlagIgnored(Rules):
    """Makes an address of each prefix, whether it is autonomous or not."""

    def needs_autonomous_flag(self) -> bool:
        return False


@FAULTS.add("link-local-prefix-taken", *host("rfc4862:5.5.3b-1", "rfc4861:4.6.2-4b"))
class LinkLocalPrefixTaken(Rules):
    """Lets an advertisement set the lifetime of its link-local address."""

    def accepts_prefix(self, option: PrefixInformation) -> bool:
        return True

    def valid_after_s(self, remaining_s: float, said_s: float) -> float:
        return said_s if remaining_s == float("inf") else super().valid_after_s(remaining_s, said_s)


@FAULTS.add("preferred-above-valid-taken", *host("rfc4862:5.5.3c-1"))
class PreferredAboveValidTaken(Rules):
    """Makes an address of a prefix that is preferred longer than valid."""

    def accepts_lifetimes(self, option: PrefixInformation) -> bool:
        return True


@FAULTS.add("lifetime-0-gives-address", *host("rfc4862:5.5.3d-2"))
class Lifetime0GivesAddress(Rules):
    """Makes an address of a new prefix whose valid lifetime is 0, and keeps it for an hour."""

    def forms_address_of_lifetime_0(self) -> bool:
        return True

    def first_lifetime_s(self, said_s: float) -> float:
        return said_s or 3600.0


@FAULTS.add("prefix-of-any-length", *host("rfc4862:5.5.3d-3", "rfc4291:2.5.1-3a"))
class PrefixOfAnyLength(Rules):
    """Makes an address of a prefix of any length."""

    def accepts_prefix_length(self, length: int) -> bool:
        return True


@FAULTS.add("preferred-lifetime-kept", *DEPRECATED)
class PreferredLifetimeKept(Rules):
    """Keeps an address preferred whatever later advertisements say."""

    def preferred_after_s(self, said_s: float) -> float:
        return said_s or 3600.0


@FAULTS.add("valid-lifetime-never-grows", *host("rfc4862:5.5.3e-1"))
class ValidLifetimeNeverGrows(Rules):
    """Never lets an address live longer than it was first told."""

    def valid_after_s(self, remaining_s: float, said_s: float) -> float:
        return min(remaining_s, super().valid_after_s(remaining_s, said_s))


@FAULTS.add("short-lifetime-taken", *host("rfc4862:5.5.3e-2"))
class ShortLifetimeTaken(Rules):
    """Takes any valid lifetime for an address that has at most two hours left."""

    def valid_after_s(self, remaining_s: float, said_s: float) -> float:
        return said_s if remaining_s <= 7200 else super().valid_after_s(remaining_s, said_s)


@FAULTS.add("long-life-cut-short", *host("rfc4862:5.5.3e-3"))
class LongLifeCutShort(Rules):
    """Takes any valid lifetime for an address that has more than two hours left."""

    def valid_after_s(self, remaining_s: float, said_s: float) -> float:
        return said_s if 7200 < remaining_s < float("inf") else super().valid_after_s(remaining_s, said_s)


@FAULTS.add("deprecated-address-used", *DEPRECATED)
class DeprecatedAddressUsed(Rules):
    """Begins communication from deprecated addresses as from others."""

    def _deprecated(self, own: Any, best: Any, to: Any) -> bool | None:
        return None


@FAULTS.add("deprecated-address-deaf", *host("rfc4862:5.5.4-2a", "rfc4862:5.5.4-1b", "rfc4862:5.5.4-2b"))
class DeprecatedAddressDeaf(Rules):
    """Takes no packets to an address that is deprecated."""

    def takes_packets_to(self, own: Any) -> bool:
        return super().takes_packets_to(own) and own.use is not Use.DEPRECATED


@FAULTS.add("invalid-address-kept", *host("rfc4862:5.5.3e-1", "rfc4862:5.5.4-4a", "rfc4862:5.5.4-4b"))
class InvalidAddressKept(Rules):
    """Keeps an address whose valid lifetime has run out."""

    def drops_invalid_address(self) -> bool:
        return False
