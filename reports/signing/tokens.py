"""Keys on PKCS #11 tokens (smart cards, hardware security modules), named by their URI (RFC 7512):

    pkcs11:token=Laboratory;object=reports?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:pin.txt

The private key never leaves its token. The token must also hold the public key under the same label or id.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from profiles import Secret
from profiles.problems import InputError
from profiles.secrets import referenced

from ..needs import need
from .keys import ED25519, P256, P384, PublicKey, public_key

_FORM = (
    "Write it as pkcs11:token=LABEL;object=LABEL?module-path=LIBRARY&pin-source=file:PATH, or with pin-source=env:NAME"
)
_KNOWN = frozenset(("token", "object", "id", "serial", "manufacturer", "model", "type", "module-path", "pin-source"))


@dataclass(frozen=True, repr=False)
class TokenKey:
    """A private key on a token; each signature opens a session of its own."""

    public: PublicKey
    _place: "_Place"

    def sign(self, data: bytes) -> bytes:
        pkcs11 = need("pkcs11", "token")
        with self._place.session() as session:
            key = self._place.key(session, pkcs11.ObjectClass.PRIVATE_KEY)
            if self.public.algorithm is ED25519:
                return bytes(key.sign(data, mechanism=pkcs11.Mechanism.EDDSA))
            digest = hashlib.new(self.public.algorithm.hash, data).digest()
            return _in_der(bytes(key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA)))


def token_key(uri: str, passphrase: Secret | None = None) -> TokenKey:
    """The key that a URI names; the PIN comes from `pin-source` or `passphrase`. Raises InputError."""
    place = _Place.read(uri, passphrase)
    pkcs11 = need("pkcs11", "token")
    with place.session() as session:
        key = place.key(session, pkcs11.ObjectClass.PUBLIC_KEY)
        try:
            public = public_key(_spki(pkcs11, key))
        except (ValueError, KeyError, pkcs11.PKCS11Error):
            kinds = ", ".join(a.name for a in (ED25519, P256, P384))
            raise place.error("the key is of no kind that is used here", f"Use one of: {kinds}") from None
    return TokenKey(public, place)


@dataclass(frozen=True, repr=False)
class _Place:
    """Where a key is: what its URI says. `shown` is the URI without what stands behind the question mark."""

    shown: str
    said: dict[str, bytes]
    pin: Secret | None

    @classmethod
    def read(cls, uri: str, passphrase: Secret | None) -> "_Place":
        path, _, query = uri.removeprefix("pkcs11:").partition("?")
        pairs = [part.partition("=") for part in (*path.split(";"), *query.split("&")) if part]
        said = {name: unquote_to_bytes(value) for name, _, value in pairs}
        place = cls(f"pkcs11:{path}", said, passphrase)
        if "pin-value" in said:
            raise place.error("a PIN does not belong into a command", "Use pin-source=env:NAME or pin-source=file:PATH")
        if strange := sorted(set(said) - _KNOWN):
            raise place.error(f"{strange[0]!r} is not understood", _FORM)
        if "module-path" not in said or not ("object" in said or "id" in said):
            raise place.error("it does not say which key of which library", _FORM)
        if "pin-source" in said:
            place = cls(place.shown, said, referenced(said["pin-source"].decode("utf-8", "replace"), "PIN"))
        return place

    @contextlib.contextmanager
    def session(self) -> Iterator[Any]:
        """A session on the token. Raises InputError for what the token or its library refuses."""
        pkcs11 = need("pkcs11", "token")
        wanted = {"token_label": self._text("token"), "token_serial": self.said.get("serial")}
        try:
            library = pkcs11.lib(self._text("module-path"))
            token = library.get_token(**{name: value for name, value in wanted.items() if value})
            with token.open(user_pin=self.pin.reveal() if self.pin else None) as session:
                yield session
        except pkcs11.PKCS11Error as error:
            raise self.error(f"the token says no: {_words(error)}", "Check library, token, object and PIN") from None

    def key(self, session: Any, kind: Any) -> Any:
        try:
            return session.get_key(object_class=kind, label=self._text("object") or None, id=self.said.get("id"))
        except need("pkcs11", "token").NoSuchKey:
            which = "public" if kind.name == "PUBLIC_KEY" else "private"
            cure = "Log in, name another object, or store the public key beside the private one under the same label"
            raise self.error(f"there is no such {which} key on the token", cure) from None

    def error(self, what: str, cure: str) -> InputError:
        return InputError(self.shown, "", what, cure)

    def _text(self, name: str) -> str:
        return self.said.get(name, b"").decode("utf-8", "replace")


def _words(error: Exception) -> str:
    name = type(error).__name__
    return f"{name} {error}".strip()


def _spki(pkcs11: Any, key: Any) -> bytes:
    """The SubjectPublicKeyInfo of a public key on the token."""
    if key.key_type == pkcs11.KeyType.EC_EDWARDS:
        point = bytes(key[pkcs11.Attribute.EC_POINT])
        return bytes.fromhex("302a300506032b6570032100") + point[-32:]
    if key.key_type != pkcs11.KeyType.EC:
        raise ValueError("a key of another kind")
    der: bytes = need("pkcs11.util.ec", "token").encode_ec_public_key(key)
    return der


def _in_der(raw: bytes) -> bytes:
    """An ECDSA signature as tokens give it, r and s side by side, as DER."""
    half = len(raw) // 2
    r, s = (int.from_bytes(part, "big") for part in (raw[:half], raw[half:]))
    der: bytes = need("cryptography.hazmat.primitives.asymmetric.utils").encode_dss_signature(r, s)
    return der
