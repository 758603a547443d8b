"""Rules about addresses: duplicates, and those that a host forms itself (RFC 4862)."""

from collections.abc import Collection, Iterable
from ipaddress import IPv6Address
from random import Random
from typing import Any

from ...wire import NdOption, Nonce, PrefixInformation
from ...wire.addresses import UNSPECIFIED

TWO_HOURS_S = 7200.0
IDENTIFIER_BITS = 64


class AddressRules:
    """What is decided about the node's addresses."""

    # Duplicates (5.4).

    def first_delay_s(self, rng: Random) -> float:
        """What is sent first after a start waits a little (5.4.2)."""
        return rng.uniform(0, 1)

    def address_delay_s(self, rng: Random) -> float:
        """So does what a message to many is the cause of."""
        return rng.uniform(0, 1)

    def begins_by_itself(self) -> bool:
        """An interface that is enabled has a link-local address (5.3)."""
        return True

    def own_link_local(self, address: IPv6Address) -> IPv6Address:
        """The link-local prefix, zeros, and the identifier (5.3)."""
        return address

    def own_groups(self, configured: tuple[IPv6Address, ...]) -> tuple[IPv6Address, ...]:
        """What is listened to besides the groups of every node."""
        return configured

    def joins_group_of(self, address: IPv6Address) -> bool:
        """The solicited-node group of each address is joined (RFC 4291, 2.7.1)."""
        return True

    def link_local_s(self) -> float:
        """The link-local address never times out (5.3)."""
        return float("inf")

    def tests_what_is_given(self) -> bool:
        """Addresses given by hand are tested like others (5.4)."""
        return True

    def asks_for_anycast(self) -> bool:
        """Nobody looks for duplicates of an address that many may have (5.4)."""
        return False

    def joins_before_asking(self) -> bool:
        """Whoever asks for an address listens to its group (5.4.2)."""
        return True

    def hears_before_asking(self) -> bool:
        """What others say counts before the node has asked itself (5.4.2)."""
        return True

    def is_own_frame(self, sender: bytes, mac: bytes) -> bool:
        """What comes back from the link is no conflict (5.4.3)."""
        return sender == mac

    def looks_for_duplicates(self, address: IPv6Address) -> bool:
        return True

    def dad_transmits(self, configured: int) -> int:
        return configured

    def dad_wait_s(self, retrans_s: float) -> float:
        return retrans_s

    def probe_options(self, mac: bytes, nonce: bytes) -> tuple[NdOption, ...]:
        return (Nonce(nonce=nonce),) if nonce else ()

    # Nonces (RFC 7527, 4).

    def nonce(self, rng: Random) -> bytes:
        return rng.randbytes(6)

    def more_after_loop(self) -> int:
        """So many questions follow one that has come back."""
        return 3

    def is_own_nonce(self, nonces: Collection[bytes], message: Any) -> bool:
        """Whether a question has come back."""
        option = message.first(Nonce)
        return option is not None and option.nonce in nonces

    def probe_source(self, address: IPv6Address) -> IPv6Address:
        return UNSPECIFIED

    def is_conflicting_solicitation(self, source: IPv6Address, message: Any) -> bool:
        """Another node tries the same address; from a unicast address somebody only looks for it (5.4.3)."""
        return source == UNSPECIFIED

    def is_conflicting_advertisement(self, destination: IPv6Address) -> bool:
        """An advertisement for a tentative address shows a duplicate, unless it was sent to that address (5.4)."""
        return destination.is_multicast

    def answers_for_tentative(self) -> bool:
        return False

    def stops_when_duplicate(self) -> bool:
        """Two nodes with one hardware address: IP is switched off (5.4.5)."""
        return True

    # Addresses from prefixes (5.5.3).

    def options_of(self, message: Any) -> Iterable[NdOption]:
        """All options of a Router Advertisement, in whatever order."""
        return message.options  # type: ignore[no-any-return]

    def accepts_prefix(self, option: PrefixInformation) -> bool:
        """The link-local prefix is ignored."""
        return not option.prefix.is_link_local

    def prefix_bits(self, option: PrefixInformation) -> int:
        """Bits behind the prefix length do not count; they are cut off where the network is made."""
        return int(option.prefix)

    def needs_autonomous_flag(self) -> bool:
        return True

    def forms_address(self, option: PrefixInformation) -> bool:
        """Whether a prefix gives an address: its lifetimes make sense, and its length goes with the identifier's."""
        return self.accepts_lifetimes(option) and self.accepts_prefix_length(option.prefix_length)

    def accepts_lifetimes(self, option: PrefixInformation) -> bool:
        return option.preferred_lifetime <= option.valid_lifetime

    def accepts_prefix_length(self, length: int) -> bool:
        return length + IDENTIFIER_BITS == 128

    def forms_address_of_lifetime_0(self) -> bool:
        return False

    def valid_after_s(self, remaining_s: float, said_s: float) -> float:
        """A valid lifetime grows, or goes down to two hours at most (e)."""
        if said_s > TWO_HOURS_S or said_s > remaining_s:
            return said_s
        return min(remaining_s, TWO_HOURS_S)

    def preferred_after_s(self, said_s: float) -> float:
        """The preferred lifetime is always taken."""
        return said_s

    def drops_invalid_address(self) -> bool:
        return True

    def first_lifetime_s(self, said_s: float) -> float:
        return said_s

    def probe_destination(self, group: IPv6Address) -> IPv6Address:
        """A question goes to the group of the address (5.4.2)."""
        return group
