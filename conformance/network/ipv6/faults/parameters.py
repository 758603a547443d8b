"""Faults in the prefixes and parameters that a host takes from advertisements (RFC 4861, 4.6.2, 6.3.4; RFC 5942)."""

from ipaddress import IPv6Address, IPv6Network
from random import Random
from typing import Any

from ..reference import Rules
from ..reference.interface import Lives
from ..wire import MtuOption, PrefixInformation, RouterAdvertisement
from .registry import FAULTS, both, host

FOR_EVER = float("inf")
BRIEF_S = 10
TWO_HOURS_S = 7200
LEAST_MTU = 1280


# Prefixes.


@FAULTS.add("prefix-without-l-ends-it", *host("rfc4861:4.6.2-1", "rfc4861:6.3.4-14"))
class _(Rules):
    """A prefix without L ends what another advertisement has said of it."""

    def not_on_link(self, interface: Any, network: IPv6Network) -> None:
        interface.prefixes.pop(network, None)


@FAULTS.add("prefix-with-more-bits-dropped", *host("rfc4861:4.6.2-3"))
class _(Rules):
    """Drops a prefix in which bits behind its length are set."""

    def accepts_prefix(self, option: PrefixInformation) -> bool:
        behind = int(option.prefix) & ((1 << 128 - option.prefix_length) - 1)
        return super().accepts_prefix(option) and not behind


@FAULTS.add("link-local-prefix-obeyed", *host("rfc4861:4.6.2-4b"))
class _(Rules):
    """Takes lifetimes of the link-local prefix."""

    def accepts_prefix(self, option: PrefixInformation) -> bool:
        self.near = option.prefix.is_link_local
        return self.near or super().accepts_prefix(option)

    def valid_after_s(self, remaining_s: float, said_s: float) -> float:
        return said_s if self.near else super().valid_after_s(remaining_s, said_s)


@FAULTS.add("prefixes-forgotten", *host("rfc4861:9-3"))
class _(Rules):
    """An advertisement without a prefix ends the prefixes that give no address."""

    def begins_advertisement(self, interface: Any, router: IPv6Address, message: RouterAdvertisement) -> None:
        if not message.every(PrefixInformation):
            for each in [each for each, lives in interface.prefixes.items() if not _gives_address(interface, each)]:
                del interface.prefixes[each]


def _gives_address(interface: Any, prefix: IPv6Network) -> bool:
    return any(address in prefix for address in interface.addresses)


@FAULTS.add("prefixes-of-others-forgotten", *host("rfc4861:6.3.4-1"))
class _(Rules):
    """An advertisement with a prefix ends those that another router has told."""

    last: IPv6Address | None = None

    def begins_advertisement(self, interface: Any, router: IPv6Address, message: RouterAdvertisement) -> None:
        if message.every(PrefixInformation):
            if self.last not in (None, router):
                interface.prefixes.clear()
            self.last = router


@FAULTS.add("routers-of-others-forgotten", *host("rfc4861:6.3.4-1"))
class _(Rules):
    """An advertisement with a prefix that gives no address ends all other routers."""

    def begins_advertisement(self, interface: Any, router: IPv6Address, message: RouterAdvertisement) -> None:
        prefixes = message.every(PrefixInformation)
        if prefixes and not any(each.autonomous for each in prefixes) and router not in interface.routers:
            interface.routers.clear()


@FAULTS.add("prefix-dropped-early", *host("rfc4861:6.3.4-15a"))
class _(Rules):
    """A prefix of a few seconds is on-link for a quarter of them."""

    def on_link_s(self, valid_lifetime: int, remaining_s: float | None) -> float:
        usual_s = super().on_link_s(valid_lifetime, remaining_s)
        return usual_s / 4 if valid_lifetime < BRIEF_S else usual_s


@FAULTS.add("prefix-not-renewed", *host("rfc4861:6.3.4-15b"))
class _(Rules):
    """The first lifetime of a prefix counts."""

    def on_link_s(self, valid_lifetime: int, remaining_s: float | None) -> float:
        usual_s = super().on_link_s(valid_lifetime, remaining_s)
        return usual_s if remaining_s is None else min(usual_s, remaining_s)


@FAULTS.add("prefix-not-ended", *host("rfc4861:6.3.4-15c"))
class _(Rules):
    """A valid lifetime of 0 does not end a prefix."""

    def ends_on_link_at_0(self) -> bool:
        return False


@FAULTS.add("prefix-of-lifetime-0-added", *host("rfc4861:6.3.4-15d"))
class _(Rules):
    """A valid lifetime of 0 makes an unknown prefix on-link."""

    def adds_prefix_of_lifetime_0(self) -> bool:
        return True


@FAULTS.add("prefixes-of-64-bits-alone", *host("rfc4861:6.3.4-16a"))
class _(Rules):
    """Takes prefixes of 64 bits only."""

    def accepts_prefix(self, option: PrefixInformation) -> bool:
        return super().accepts_prefix(option) and option.prefix_length == 64


@FAULTS.add("prefix-kept-for-two-hours", *host("rfc4861:6.3.4-16b"))
class _(Rules):
    """A known prefix is not shortened below two hours."""

    def on_link_s(self, valid_lifetime: int, remaining_s: float | None) -> float:
        usual_s = super().on_link_s(valid_lifetime, remaining_s)
        return usual_s if remaining_s is None else max(usual_s, min(remaining_s, TWO_HOURS_S))


@FAULTS.add("prefix-outlives-itself", *host("rfc4861:6.3.5-1", "rfc5942:4-2"))
class _(Rules):
    """A prefix of a few seconds that was not known before is on-link for good."""

    def on_link_s(self, valid_lifetime: int, remaining_s: float | None) -> float:
        lasts = valid_lifetime < BRIEF_S and remaining_s is None
        return FOR_EVER if lasts else super().on_link_s(valid_lifetime, remaining_s)


@FAULTS.add("address-makes-on-link", *host("rfc5942:4-1"))
class _(Rules):
    """A prefix that gives an address is on-link, also without L."""

    def not_on_link(self, interface: Any, network: IPv6Network) -> None:
        interface.prefixes.setdefault(network, Lives(FOR_EVER))


@FAULTS.add("everything-on-link", *host("rfc5942:4-3"))
class _(Rules):
    """Without a default router everything is taken as on-link."""

    def is_on_link(self, interface: Any, to: IPv6Address) -> bool:
        return super().is_on_link(interface, to) or not interface.routers


# Parameters.


@FAULTS.add("hop-limits-beyond-64-refused", *host("rfc4861:6.3.4-7"))
class _(Rules):
    """Takes no hop limit below 16 or above 64."""

    def hop_limit_after(self, now: int, said: int) -> int:
        return super().hop_limit_after(now, said) if 16 <= said <= 64 else now


@FAULTS.add("first-hop-limit-kept", *host("rfc4861:6.3.4-2"))
class _(Rules):
    """The first hop limit other than the default counts."""

    def hop_limit_after(self, now: int, said: int) -> int:
        return now if now != 64 else super().hop_limit_after(now, said)


@FAULTS.add("hop-limit-of-0-resets", *host("rfc4861:6.3.4-3"))
class _(Rules):
    """A hop limit of 0 brings the default back."""

    def hop_limit_after(self, now: int, said: int) -> int:
        return said or 64


@FAULTS.add("retrans-timer-of-0-resets", *host("rfc4861:6.3.4-3"))
class _(Rules):
    """A Retrans Timer of 0 brings the default back."""

    def retrans_after_s(self, now_s: float, said_s: float) -> float:
        return said_s or 1.0


@FAULTS.add("reachable-time-of-0-resets", *host("rfc4861:6.3.4-3"))
class _(Rules):
    """A Reachable Time of 0 brings the default back."""

    def reachable_after_s(self, now_s: float, said_s: float) -> float:
        return said_s or 30.0


@FAULTS.add("short-reachable-time-refused", *host("rfc4861:6.3.4-8"))
class _(Rules):
    """Takes no Reachable Time below 2.2 s."""

    def reachable_after_s(self, now_s: float, said_s: float) -> float:
        return super().reachable_after_s(now_s, said_s) if said_s >= 2.2 else now_s


@FAULTS.add("long-retrans-timer-refused", *host("rfc4861:6.3.4-9"))
class _(Rules):
    """Takes no Retrans Timer above 2.6 s."""

    def retrans_after_s(self, now_s: float, said_s: float) -> float:
        return super().retrans_after_s(now_s, said_s) if said_s <= 2.6 else now_s


@FAULTS.add("reachable-for-a-minute", *both("rfc4861:6.3.2-1a"))
class _(Rules):
    """A minute passes until a neighbour is no longer reachable, unless a router has told a short time."""

    def reachable_s(self, base_s: float, rng: Random | None = None) -> float:
        return 60.0 if base_s > BRIEF_S else base_s


# The MTU.


@FAULTS.add("mtu-not-taken", *host("rfc4861:6.3.4-13"))
class _(Rules):
    """Takes no MTU."""

    def accepts_mtu(self, mtu: int, link_mtu: int) -> bool:
        return False


@FAULTS.add("mtu-too-small-taken", *host("rfc4861:6.3.4-13"))
class _(Rules):
    """Takes an MTU below 1280."""

    def accepts_mtu(self, mtu: int, link_mtu: int) -> bool:
        return super().accepts_mtu(mtu, link_mtu) or mtu < LEAST_MTU


@FAULTS.add("mtu-too-large-taken", *host("rfc4861:6.3.4-13"))
class _(Rules):
    """Takes an MTU above that of the link."""

    def accepts_mtu(self, mtu: int, link_mtu: int) -> bool:
        return super().accepts_mtu(mtu, link_mtu) or mtu > link_mtu


@FAULTS.add("mtu-forgotten", *host("rfc4861:9-3"))
class _(Rules):
    """An advertisement without MTU brings back that of the link."""

    def begins_advertisement(self, interface: Any, router: IPv6Address, message: RouterAdvertisement) -> None:
        if not message.first(MtuOption):
            interface.mtu = interface.link_mtu
