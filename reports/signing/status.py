"""The status list: one file that says which of a laboratory's certificates are revoked (W3C Bitstring Status List 1.0).

It is a credential itself, signed by the same key. Beside the bits it names the certificates that it is about, with the
day and the reason of a revocation, because certificates of products are public and a reader wants to know.
"""

import contextlib
import datetime
import fcntl
import gzip
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.engine.bundle import write_synced
from profiles.problems import InputError
from profiles.reading import read_octets

from . import jose
from .keys import PublicKey, SigningKey

CONTEXT = "https://www.w3.org/ns/credentials/v2"
VOCABULARY = {"@vocab": "urn:iic-conform:vocabulary#"}
KIND = "BitstringStatusListCredential"
ENTRIES = 131_072
"""The least that the standard allows, so that an index tells nothing of how many certificates there are."""


@dataclass
class StatusList:
    """A status list as read or made. `id` names it in the certificates that it is about."""

    id: str
    issuer: PublicKey
    dated: str
    bits: bytearray = field(default_factory=lambda: bytearray(ENTRIES // 8))
    entries: list[dict[str, Any]] = field(default_factory=list)
    """By index: the certificate's id, and when and why it was revoked."""

    def index_of(self, credential: str) -> int | None:
        return next((n for n, entry in enumerate(self.entries) if entry.get("credential") == credential), None)

    def enter(self, credential: str) -> int:
        """The index of a certificate, which is entered if it is not there."""
        known = self.index_of(credential)
        if known is None:
            if len(self.entries) >= ENTRIES:
                raise InputError(what="the status list is full", cure="Begin another file")
            known = len(self.entries)
            self.entries.append({"credential": credential})
        return known

    def revoked(self, index: int) -> bool:
        return bool(self.bits[index // 8] & (0x80 >> index % 8))

    def why(self, index: int) -> Mapping[str, Any]:
        """What the list says of an entry."""
        return self.entries[index] if index < len(self.entries) else {}

    def revoke(self, index: int, day: str, reason: str) -> None:
        self.bits[index // 8] |= 0x80 >> index % 8
        self.entries[index] |= {"revoked": day} | ({"reason": reason} if reason else {})

    def sign(self, key: SigningKey, at: datetime.datetime) -> bytes:
        """The list as a token, dated."""
        subject = {
            "id": f"{self.id}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": "u" + jose.encoded(gzip.compress(bytes(self.bits), mtime=0)),
            "entries": self.entries,
        }
        return jose.sign(
            {
                "@context": [CONTEXT, VOCABULARY],
                "id": self.id,
                "type": ["VerifiableCredential", KIND],
                "issuer": jose.did(key.public),
                "validFrom": timestamp(at),
                "credentialSubject": subject,
            },
            key,
        )


def read(data: bytes) -> StatusList:
    """A status list whose signature is good. Raises TokenError."""
    token = jose.read(data)
    key = jose.issuer(token)
    if not token.is_by(key):
        raise jose.TokenError("is not what its issuer signed: the signature is not good")
    try:
        subject = token.payload["credentialSubject"]
        bits = _bits(subject["encodedList"])
        entries = [dict(entry) for entry in subject.get("entries", [])]
        known = KIND in token.payload["type"] and subject["statusPurpose"] == "revocation"
        name, dated = str(token.payload["id"]), str(token.payload["validFrom"])
    except (KeyError, TypeError, ValueError, zlib.error):
        known = False
    if not known:
        raise jose.TokenError("is no status list")
    return StatusList(name, key, dated, bits, entries)


def _bits(text: str) -> bytearray:
    packed = jose.decoded(text.removeprefix("u").encode())
    bits = zlib.decompressobj(wbits=31).decompress(packed, ENTRIES // 8 + 1)
    if len(bits) != ENTRIES // 8:
        raise ValueError("another length")
    return bytearray(bits)


def load(path: Path) -> StatusList:
    """The status list in a file. Raises InputError."""
    try:
        return read(read_octets(path, jose.LARGEST_OCTETS))
    except jose.TokenError as error:
        raise InputError(path, "", f"it {error}", "Name the file that `iic-conform certify --status` keeps") from None


@contextlib.contextmanager
def changing(path: Path, key: SigningKey, at: datetime.datetime, new: str = "") -> Iterator[StatusList]:
    """The list in a file, to be changed and written again when the block ends; nobody else changes it meanwhile.

    `new` is the id of a list that is begun where there is none yet. Raises InputError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        listed = StatusList(new, key.public, "") if new and not path.exists() else load(path)
        if listed.issuer != key.public:
            raise InputError(path, "", "this list was signed by another key", "Use the key that the list belongs to")
        yield listed
        write_synced(path, listed.sign(key, at))
    finally:
        os.close(folder)


def timestamp(at: datetime.datetime) -> str:
    """A time as credentials write it, to the second, in UTC."""
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
