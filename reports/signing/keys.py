"""Keys: public ones that verify, private ones that sign, and the files that hold them.

A key is named by its fingerprint, the SHA-256 of its SubjectPublicKeyInfo (DER), in hex.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from profiles import Secret
from profiles.problems import InputError
from profiles.reading import read_octets

from ..needs import need
from . import sm2

LARGEST_OCTETS = 65_536
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s.*?-----END \1-----", re.DOTALL)


@dataclass(frozen=True)
class Algorithm:
    """One way to sign. `jose` is its name in JOSE, "" where it has none; `curve` as the library calls it."""

    name: str
    title: str
    jose: str = ""
    curve: str = ""
    hash: str = ""

    @property
    def in_pdf(self) -> bool:
        """Whether a PDF can be signed with it."""
        return self is not SM2


ED25519 = Algorithm("ed25519", "Ed25519", "EdDSA")
P256 = Algorithm("ecdsa-p256", "ECDSA P-256, SHA-256", "ES256", "secp256r1", "SHA256")
P384 = Algorithm("ecdsa-p384", "ECDSA P-384, SHA-384", "ES384", "secp384r1", "SHA384")
SM2 = Algorithm("sm2", "SM2, SM3")
ALGORITHMS = {algorithm.name: algorithm for algorithm in (ED25519, P256, P384, SM2)}


@dataclass(frozen=True)
class PublicKey:
    """A key that verifies. `der` is its SubjectPublicKeyInfo."""

    algorithm: Algorithm
    der: bytes

    @property
    def keyid(self) -> str:
        """The fingerprint: SHA-256 of the DER, 64 hex digits."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def pem(self) -> str:
        return _pem("PUBLIC KEY", self.der)

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether `signature` (ECDSA and SM2: DER) is this key's over `data`."""
        if self.algorithm is SM2:
            return sm2.verify(self.der, data, signature)
        invalid = need("cryptography.exceptions").InvalidSignature
        key = _serialization().load_der_public_key(self.der)
        try:
            key.verify(signature, data, *_ecdsa(self.algorithm))
        except (invalid, ValueError):
            return False
        return True


class SigningKey(Protocol):
    """A key that signs: in a file, or on a token that does not give it away."""

    @property
    def public(self) -> PublicKey: ...

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`; ECDSA and SM2 in DER."""
        ...


@dataclass(frozen=True)
class FileKey:
    """A private key in memory, of the library `cryptography`. ECDSA takes its nonce from key and data (RFC 6979)."""

    public: PublicKey
    _key: Any

    def sign(self, data: bytes) -> bytes:
        signature: bytes = self._key.sign(data, *_ecdsa(self.public.algorithm, deterministic_signing=True))
        return signature


def public_key(der: bytes) -> PublicKey:
    """The key of a SubjectPublicKeyInfo. Raises ValueError for what cannot be read or has no algorithm here."""
    if sm2.is_public(der):
        return PublicKey(SM2, der)
    unsupported = need("cryptography.exceptions").UnsupportedAlgorithm
    try:
        key = _serialization().load_der_public_key(der)
    except unsupported:
        raise ValueError("a key of another kind") from None
    return PublicKey(_algorithm(key), _spki(key))


def read_public_pem(text: str) -> PublicKey:
    """The key of one PEM block "PUBLIC KEY". Raises ValueError, also for a block that is not written as `pem` does."""
    import base64

    body = "".join(text.split("\n")[1:-2])
    key = public_key(base64.b64decode(body, validate=True))
    if key.pem != text:
        raise ValueError("a PEM block that is not in its usual form")
    return key


def load_public_keys(path: Path) -> list[PublicKey]:
    """Every public key of a PEM file: blocks PUBLIC KEY, and the keys of blocks CERTIFICATE. Raises InputError."""
    data = read_octets(path, LARGEST_OCTETS)
    try:
        keys = [_of_block(kind[1], kind[0]) for kind in _BLOCK.finditer(data)]
    except ValueError as error:
        raise InputError(path, "", f"a public key in it cannot be used: {error}", _KINDS) from None
    if not keys:
        raise InputError(path, "", "there is no public key in it", "Name the file key.pub of the signer, in PEM")
    return keys


def _of_block(kind: bytes, block: bytes) -> PublicKey:
    import base64

    body = base64.b64decode(b"".join(block.split(b"\n")[1:-1]), validate=False)
    if kind == b"PUBLIC KEY":
        return public_key(body)
    if kind == b"CERTIFICATE":
        certificate = need("cryptography.x509").load_der_x509_certificate(body)
        return public_key(_spki(certificate.public_key()))
    if b"PRIVATE" in kind:
        raise ValueError("it is a private key, which nobody but its owner should have")
    raise ValueError(f"a block {kind.decode()} is no public key")


_KINDS = f"Use a key of one of these kinds: {', '.join(ALGORITHMS)}"


def load_key(name: str, passphrase: Secret | None = None) -> SigningKey:
    """The key of a PEM file (PKCS #8), or of a token by its URI "pkcs11:...". Raises InputError."""
    if name.startswith("pkcs11:"):
        from .tokens import token_key

        return token_key(name, passphrase)
    path = Path(name)
    data = read_octets(path, LARGEST_OCTETS)
    if (found := sm2.private_key(data)) is not None:
        return Sm2Key(PublicKey(SM2, found.public), found)
    unsupported = need("cryptography.exceptions").UnsupportedAlgorithm
    secret = passphrase.reveal().encode() if passphrase and b"ENCRYPTED" in data else None
    try:
        key = _serialization().load_pem_private_key(data, secret)
        return FileKey(PublicKey(_algorithm(key.public_key()), _spki(key.public_key())), key)
    except TypeError:
        cure = "Say where its passphrase is: --passphrase env:NAME or --passphrase file:PATH"
        raise InputError(path, "", "the private key is encrypted", cure) from None
    except (ValueError, unsupported):
        what = "the passphrase is wrong, or the file is damaged" if secret else "it holds no private key in PEM"
        raise InputError(path, "", what, f"Name the file key.pem of `iic-conform key create`. {_KINDS}") from None


@dataclass(frozen=True)
class Sm2Key:
    """A private key for SM2, by the library gmssl-pyx."""

    public: PublicKey
    _key: sm2.Private

    def sign(self, data: bytes) -> bytes:
        return sm2.sign(self._key, data)


def create_key(directory: Path, algorithm: str = ED25519.name, passphrase: Secret | None = None) -> PublicKey:
    """Make `key.pem`, readable by its owner only, and `key.pub`. Never writes over a key. Raises InputError."""
    chosen = ALGORITHMS[algorithm]
    for name in ("key.pem", "key.pub"):
        if (directory / name).exists():
            raise InputError(directory / name, "", "there is a key already", "Name another folder")
    private, public = _made_sm2(passphrase) if chosen is SM2 else _made(chosen, passphrase)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_new(directory / "key.pem", private, 0o600)
    _write_new(directory / "key.pub", public.pem.encode(), 0o644)
    return public


def _made(algorithm: Algorithm, passphrase: Secret | None) -> tuple[bytes, PublicKey]:
    serialization = _serialization()
    if algorithm is ED25519:
        key = need("cryptography.hazmat.primitives.asymmetric.ed25519").Ed25519PrivateKey.generate()
    else:
        ec = need("cryptography.hazmat.primitives.asymmetric.ec")
        key = ec.generate_private_key(getattr(ec, algorithm.curve.upper())())
    sealed = (
        serialization.BestAvailableEncryption(passphrase.reveal().encode())
        if passphrase
        else serialization.NoEncryption()
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed)
    return pem, PublicKey(algorithm, _spki(key.public_key()))


def _made_sm2(passphrase: Secret | None) -> tuple[bytes, PublicKey]:
    if passphrase:
        raise InputError(
            what="a key for SM2 cannot be encrypted here", cure="Leave --passphrase away, and guard the file"
        )
    made = sm2.generate()
    return _pem("PRIVATE KEY", made.der).encode(), PublicKey(SM2, made.public)


def _write_new(path: Path, data: bytes, mode: int) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _algorithm(key: Any) -> Algorithm:
    """The algorithm of a public key of the library. Raises ValueError."""
    if type(key).__name__.startswith("Ed25519"):
        return ED25519
    curve = getattr(getattr(key, "curve", None), "name", "")
    found = next((a for a in ALGORITHMS.values() if curve and a.curve == curve), None)
    if found is None:
        raise ValueError("a key of another kind")
    return found


def _ecdsa(algorithm: Algorithm, **options: bool) -> tuple[Any, ...]:
    """What the library wants to know beside the data: nothing for Ed25519."""
    if algorithm is ED25519:
        return ()
    made = getattr(need("cryptography.hazmat.primitives.hashes"), algorithm.hash)()
    return (need("cryptography.hazmat.primitives.asymmetric.ec").ECDSA(made, **options),)


def _spki(key: Any) -> bytes:
    s = _serialization()
    der: bytes = key.public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)
    return der


def _serialization() -> Any:
    return need("cryptography.hazmat.primitives.serialization")


def _pem(kind: str, der: bytes) -> str:
    import base64

    text = base64.b64encode(der).decode()
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", ""])
