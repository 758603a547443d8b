"""What the signer orders beside the bundle and the key."""

import datetime
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from profiles.problems import InputError

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, kw_only=True)
class Order:
    """`firmware` is a digest; `chain` a PEM file with certificates for the key; `at` the time that signatures say."""

    laboratory: Path | None = None
    proof: Path | None = None
    firmware: str = ""
    chain: Path | None = None
    at: datetime.datetime = field(default_factory=_now)


def firmware_digest(given: str) -> str:
    """The SHA-256 of a firmware file, or the one that "sha256:..." gives. Raises InputError."""
    if found := _DIGEST.fullmatch(given):
        return found[1]
    if given.startswith("sha256:"):
        raise InputError(what=f"{given} is no SHA-256", cure="Write sha256: and 64 small hex digits, or name the file")
    try:
        with open(given, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        what = f"the firmware cannot be read: {error.strerror}"
        raise InputError(given, "", what, "Name the firmware's file, or its digest as sha256:HEX") from None
