"""SCRAM (RFC 5802, RFC 7677), both ends, without channel binding: what enhanced authentication is tried with.

No I/O and no chance of its own: nonces are given, so that a recorded exchange can be judged again.
"""

import base64
import binascii
import hashlib
import hmac
import random
import stringprep
import unicodedata
from collections.abc import Callable
from functools import lru_cache

HASHES = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256", "SCRAM-SHA-512": "sha512"}
NO_BINDING = b"n,,"
ITERATIONS = 4096
MOST_ITERATIONS = 100_000
"""More would hold up every other case; RFC 7677 asks for at least 4096."""


class ScramError(Exception):
    """The other end said what SCRAM does not allow, or what is not right: why, in words."""


def new_nonce(rng: random.Random) -> str:
    """A nonce of 24 printable characters."""
    return base64.b64encode(rng.randbytes(18)).decode()


def prepared(text: str) -> str:
    """A user name or password as SASLprep (RFC 4013) stores it; characters that it forbids are left in."""
    kept = (" " if stringprep.in_table_c12(c) else c for c in text if not stringprep.in_table_b1(c))
    return unicodedata.normalize("NFKC", "".join(kept))


class Keys:
    """What a password comes to with a salt and a number of iterations (RFC 5802, 3)."""

    def __init__(self, hash_name: str, password: str, salt: bytes, iterations: int) -> None:
        self._hash = hash_name
        salted = _salted(hash_name, prepared(password), salt, iterations)
        self._client = self._mac(salted, b"Client Key")
        self._stored = hashlib.new(hash_name, self._client).digest()
        self._server = self._mac(salted, b"Server Key")

    def proof(self, said: bytes) -> bytes:
        """The client's proof for everything `said` (the AuthMessage)."""
        signature = self._mac(self._stored, said)
        return bytes(a ^ b for a, b in zip(self._client, signature, strict=True))

    def signature(self, said: bytes) -> bytes:
        """The server's signature for everything `said`."""
        return self._mac(self._server, said)

    def _mac(self, key: bytes, data: bytes) -> bytes:
        return hmac.new(key, data, self._hash).digest()


@lru_cache(maxsize=256)
def _salted(hash_name: str, password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac(hash_name, password.encode(), salt, iterations)


class ScramClient:
    """The client's end: `first`, `answer` to the server's challenge, `check` of its last word."""

    def __init__(self, method: str, user_name: str, password: str, nonce: str) -> None:
        self._hash = HASHES[method]
        self._password = password
        self._nonce = nonce
        name = prepared(user_name).replace("=", "=3D").replace(",", "=2C")
        self._bare = f"n={name},r={nonce}".encode()
        self._signature = b""

    def first(self) -> bytes:
        """The client-first-message."""
        return NO_BINDING + self._bare

    def answer(self, challenge: bytes) -> bytes:
        """The client-final-message for a server-first-message. Raises ScramError."""
        fields = attributes(challenge)
        nonce, salt = fields.get("r", ""), unpacked(fields.get("s", ""))
        if not nonce.startswith(self._nonce) or nonce == self._nonce:
            raise ScramError("the server's nonce does not continue the client's")
        iterations = _number(fields.get("i", ""))
        without = f"c={packed(NO_BINDING)},r={nonce}".encode()
        said = b",".join((self._bare, challenge, without))
        keys = Keys(self._hash, self._password, salt, iterations)
        self._signature = keys.signature(said)
        return without + b",p=" + packed(keys.proof(said)).encode()

    def check(self, last: bytes) -> None:
        """The server-final-message proves that the server knows the password. Raises ScramError."""
        fields = attributes(last)
        if "e" in fields:
            raise ScramError(f"the server refuses: {fields['e'][:80]}")
        if not hmac.compare_digest(unpacked(fields.get("v", "")), self._signature):
            raise ScramError("the server's signature is wrong")


class ScramServer:
    """The server's end: `challenge` for the client's first word, `finish` for its answer."""

    def __init__(self, method: str, password_of: Callable[[str], str | None], nonce: str, salt: bytes) -> None:
        self._hash = HASHES[method]
        self._password_of = password_of
        self._nonce = nonce
        self._salt = salt
        self._bare = self._challenge = b""
        self._user_name = ""

    def challenge(self, first: bytes) -> bytes:
        """The server-first-message. Raises ScramError."""
        if not first.startswith((b"n,", b"y,")):
            raise ScramError("a channel binding that is not supported")
        self._bare = first.split(b",", 2)[-1]
        fields = attributes(self._bare)
        if not fields.get("r") or "n" not in fields:
            raise ScramError("no user name, or no nonce")
        self._user_name = fields["n"].replace("=2C", ",").replace("=3D", "=")
        self._nonce = fields["r"] + self._nonce
        self._challenge = f"r={self._nonce},s={packed(self._salt)},i={ITERATIONS}".encode()
        return self._challenge

    def finish(self, final: bytes) -> bytes:
        """The server-final-message. Raises ScramError when the proof, or anything before it, is wrong."""
        without, _, proof = final.rpartition(b",p=")
        fields = attributes(without)
        password = self._password_of(self._user_name)
        said = b",".join((self._bare, self._challenge, without))
        keys = Keys(self._hash, password or "", self._salt, ITERATIONS)
        right = hmac.compare_digest(unpacked(proof.decode("ascii", "replace")), keys.proof(said))
        if not right or password is None or fields.get("r") != self._nonce:
            raise ScramError("the proof is wrong")
        return b"v=" + packed(keys.signature(said)).encode()


def attributes(message: bytes) -> dict[str, str]:
    """The attributes of a message by their letter, the first of each. Raises ScramError."""
    try:
        parts = [part.partition("=") for part in message.decode().split(",")]
    except UnicodeDecodeError:
        raise ScramError("a message that is not UTF-8") from None
    return {letter: value for letter, _, value in reversed(parts)}


def packed(octets: bytes) -> str:
    """Base64, as attributes carry octets."""
    return base64.b64encode(octets).decode()


def unpacked(text: str) -> bytes:
    """The octets of an attribute. Raises ScramError."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ScramError("an attribute that is not Base64") from None


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 0 < int(text) <= MOST_ITERATIONS:
        raise ScramError(f"{text[:20]!r} is no number of iterations from 1 to {MOST_ITERATIONS}")
    return int(text)
