"""A certificate: its signature, its time, and what a status list says of it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profiles.problems import InputError

from ..signing import credential, jose, status
from ..signing.keys import PublicKey
from .model import Signed, Trust, Verification

NO_TRUST = "who signed is not checked, and anyone can sign: name the keys that you trust with --trust"
NO_STATUS = "whether the certificate was revoked is not known: give its status list with --status"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the reader brings along: whom to trust, the status list (None for none), and the time to judge by."""

    trust: Trust
    status: Path | None = None
    at: datetime.datetime


def tell_of_trust(found: Verification, asked: Asked) -> None:
    """Say it where a signature is good and nothing is known of whoever made it: anyone can make a key."""
    if found.signatures and asked.trust.keyids is None:
        found.notes.append(NO_TRUST)


def check_credential(data: bytes, path: str, asked: Asked, found: Verification) -> Mapping[str, Any] | None:
    """Check a certificate; problems go into `found` under `path`. Returns its content where the signature is good."""
    try:
        token = jose.read(data)
        key = jose.issuer(token)
    except jose.TokenError as error:
        found.add(path, str(error))
        return None
    if not token.is_by(key):
        found.add(path, "is not what its issuer signed: the signature is not good")
        return None
    if key not in asked.trust:
        found.add(path, f"is signed by a key that you do not trust: {key.keyid}")
    content = token.payload
    facts = _facts(content)
    found.signatures.append(Signed(path, key, asked.trust.word(key), facts))
    if credential.KIND not in _list(content.get("type")):
        found.add(path, "is no certificate of conformity")
        return None
    _check_time(content, path, asked.at, found)
    _check_status(content, key, path, asked, found)
    return content


def _check_time(content: Mapping[str, Any], path: str, at: datetime.datetime, found: Verification) -> None:
    try:
        since, until = (_time(content[name]) for name in ("validFrom", "validUntil"))
    except (KeyError, TypeError, ValueError):
        found.add(path, "does not say from when to when it is valid")
        return
    if at < since:
        found.add(path, f"is not valid yet: it begins on {since:%Y-%m-%d}")
    if at >= until:
        found.add(path, f"has expired on {until:%Y-%m-%d}")


def _check_status(content: Mapping[str, Any], key: PublicKey, path: str, asked: Asked, found: Verification) -> None:
    entry = content.get("credentialStatus")
    if not isinstance(entry, dict):
        found.add(path, "names no status list")
        return
    if asked.status is None:
        found.notes.append(NO_STATUS)
        return
    try:
        listed = status.load(asked.status)
        index = int(str(entry.get("statusListIndex")))
    except (InputError, ValueError) as error:
        found.add(asked.status.name, error.what if isinstance(error, InputError) else "has no such entry")
        return
    wrong = _wrong(listed, entry, index, key, str(content.get("id")))
    if wrong:
        found.add(asked.status.name, wrong)
        return
    found.notes.append(f"the status list is of {listed.dated}")
    if listed.revoked(index):
        why = listed.why(index)
        reason = f": {why['reason']}" if why.get("reason") else ""
        found.add(path, f"was revoked on {why.get('revoked', 'an unknown day')}{reason}")


def _wrong(listed: status.StatusList, entry: Mapping[str, Any], index: int, key: PublicKey, name: str) -> str:
    """Why a list says nothing of a certificate; "" where it does."""
    if listed.issuer != key:
        return "is a status list of another issuer"
    if listed.id != entry.get("statusListCredential") or entry.get("statusPurpose") != "revocation":
        return "is another status list than the one that the certificate names"
    if listed.why(index).get("credential") != name:
        return "does not know this certificate"
    return ""


def _facts(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a reader wants to see of a certificate."""
    subject = content.get("credentialSubject")
    subject = subject if isinstance(subject, dict) else {}
    product = " ".join(str(subject.get(name) or "") for name in ("vendor", "name", "version")).strip()
    issuer, profile = content.get("issuer"), subject.get("profile")
    named = {
        "laboratory": english(issuer.get("name")) if isinstance(issuer, dict) else "",
        "product": product,
        "profile": english(profile.get("title")) if isinstance(profile, dict) else "",
        "verdict": subject.get("verdict"),
    }
    named |= {name: content.get(name) for name in ("id", "validFrom", "validUntil")}
    return {name: str(value or "") for name, value in named.items()}


def english(names: Any) -> Any:
    """The English one of a text in two languages, as credentials write it."""
    listed = names if isinstance(names, list) else [names]
    texts = [each for each in listed if isinstance(each, dict) and each.get("@language") == "en"]
    return texts[0].get("@value") if texts else next(iter(listed), None)


def _time(text: Any) -> datetime.datetime:
    at = datetime.datetime.fromisoformat(str(text))
    return at if at.tzinfo else at.replace(tzinfo=datetime.UTC)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
