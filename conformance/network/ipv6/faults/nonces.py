"""Faults in Duplicate Address Detection with nonces (RFC 7527, 4)."""

from collections.abc import Collection
from random import Random
from typing import Any

from ..reference import Rules
from ..wire import NdOption, Nonce
from .registry import FAULTS, both


@FAULTS.add("no-nonce", *both("rfc7527:4.1-1", "rfc7527:4.1-2", "rfc7527:4.1-3", "rfc7527:4.2-1"))
class NoNonce(Rules):
    """Asks without a nonce, and takes what comes back for a conflict."""

    def probe_options(self, mac: bytes, nonce: bytes) -> tuple[NdOption, ...]:
        return ()


@FAULTS.add("same-nonce", *both("rfc7527:4.1-2"))
class SameNonce(Rules):
    """Uses one nonce for good."""

    def nonce(self, rng: Random) -> bytes:
        return b"nonce!"


@FAULTS.add("nothing-after-loop", *both("rfc7527:4.1-3"))
class NothingAfterLoop(Rules):
    """Asks no further when a question has come back."""

    def more_after_loop(self) -> int:
        return 0


@FAULTS.add("own-nonce-is-conflict", *both("rfc7527:4.2-1", "rfc7527:4.1-3"))
class OwnNonceIsConflict(Rules):
    """Takes a question that has come back for one of another node."""

    def is_own_nonce(self, nonces: Collection[bytes], message: Any) -> bool:
        return False


@FAULTS.add("any-nonce-is-own", *both("rfc7527:4.2-3a"))
class AnyNonceIsOwn(Rules):
    """Takes every question with a nonce for one of its own."""

    def is_own_nonce(self, nonces: Collection[bytes], message: Any) -> bool:
        return message.first(Nonce) is not None
