"""What the server has leased: for each IA of each client, its addresses or prefixes and until when."""

import hashlib
from dataclasses import dataclass, field
from ipaddress import IPv6Address, IPv6Network

from .options import Options

Key = tuple[bytes, int, int]
"""Client DUID, option code of the IA, IAID (12.1)."""
Leased = IPv6Address | IPv6Network


@dataclass
class Binding:
    """One IA of one client: each lease with the time, on the loop's clock, until which it is valid."""

    key: Key
    leases: dict[Leased, float] = field(default_factory=dict)


class Bindings:
    """All bindings, and what is free."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.of: dict[Key, Binding] = {}
        self.declined: set[Leased] = set()
        self._turn = 0

    def get(self, key: Key, now_s: float) -> Binding | None:
        """The binding of an IA, where any of its leases is still valid."""
        binding = self.of.get(key)
        if binding is None:
            return None
        binding.leases = {lease: until_s for lease, until_s in binding.leases.items() if until_s > now_s}
        if not binding.leases:
            del self.of[key]
            return None
        return binding

    def owner(self, lease: Leased) -> Key | None:
        """Whose lease it is."""
        return next((key for key, binding in self.of.items() if lease in binding.leases), None)

    def commit(self, key: Key, lease: Leased, until_s: float) -> None:
        self.of.setdefault(key, Binding(key)).leases[lease] = until_s

    def drop(self, key: Key, lease: Leased) -> None:
        binding = self.of.get(key)
        if binding:
            binding.leases.pop(lease, None)
            if not binding.leases:
                del self.of[key]

    # What is free.

    def choose(self, key: Key, network: IPv6Network, *, prefix: bool) -> Leased | None:
        """A free address of a link, or a free prefix, for an IA: the same while it is free, and not predictable."""
        if self._exhausted(prefix=prefix):
            return None
        for attempt in range(64):
            digest = hashlib.sha256(repr((key, attempt)).encode()).digest()
            lease = self._made(digest, network, prefix=prefix)
            if lease not in self.declined and self.owner(lease) in (None, key):
                return lease
        return None

    def _made(self, digest: bytes, network: IPv6Network, *, prefix: bool) -> Leased:
        if prefix:
            bits = self.options.delegated_length - network.prefixlen
            number = int.from_bytes(digest[:8]) & (1 << bits) - 1
            shift = 128 - self.options.delegated_length
            return IPv6Network((int(network.network_address) | number << shift, self.options.delegated_length))
        identifier = int.from_bytes(digest[:8]) & ~(0x02 << 56) & 0x7FFFFFFFFFFFFFFF
        return IPv6Address(int(network.network_address) | identifier | 1 << 62)

    def _exhausted(self, *, prefix: bool) -> bool:
        most = self.options.largest_pool
        kind = IPv6Network if prefix else IPv6Address
        used = sum(isinstance(lease, kind) for binding in self.of.values() for lease in binding.leases)
        return most is not None and used >= most
