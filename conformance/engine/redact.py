"""The sink through which everything written passes: each secret's raw, base64, hex and URL forms become ***.

A short secret may well stand in a digest or a seed, or be a word that we use. So only what may come from the product
or its files is searched, and a document keeps its form whatever the secrets are.
"""

import base64
import json
import re
import urllib.parse
from collections.abc import Callable, Iterable, Mapping
from typing import Any

MASK = b"***"
OURS = frozenset((
    "at", "run", "kind", "event", "case", "verdict", "requirement", "transcript", "capture", "address", "local",
    "remote", "profile", "order", "cases", "left_out", "left_out_cases", "rerun_of", "profile.json",
))  # fmt: skip
"""What has these names, in whatever document, is ours: it holds nothing of the product that could be secret."""


def redactor(secrets: Iterable[str]) -> Callable[[bytes], bytes]:
    """A function from octets to octets without any of the secrets. Secrets shorter than three octets are left alone."""
    forms = sorted({form for secret in secrets if len(secret) > 2 for form in _forms(secret)}, key=len, reverse=True)
    if not forms:
        return lambda data: data
    pattern = re.compile(b"|".join(map(re.escape, forms)))
    return lambda data: pattern.sub(lambda match: MASK.ljust(len(match[0]), b"*"), data)


def redact_text(redact: Callable[[bytes], bytes], text: str) -> str:
    """A text without any of the secrets."""
    return redact(_octets(text)).decode("utf-8", "surrogatepass")


def redact_json(redact: Callable[[bytes], bytes], value: Any, name: str = "") -> Any:
    """A JSON value without any of the secrets: its texts, but not names, numbers, and what is called as in OURS.

    Octets in `hex` are searched as octets, so that a secret is found there too in the form in which they hold it.
    """
    if name in OURS:
        return value
    if isinstance(value, str):
        return _redact_hex(redact, value) if name == "hex" else redact_text(redact, value)
    if isinstance(value, Mapping):
        return {key: redact_json(redact, inner, str(key)) for key, inner in value.items()}
    return [redact_json(redact, inner) for inner in value] if isinstance(value, list | tuple) else value


def _redact_hex(redact: Callable[[bytes], bytes], text: str) -> str:
    try:
        return redact(bytes.fromhex(text)).hex()
    except ValueError:
        return redact_text(redact, text)


def _forms(secret: str) -> set[bytes]:
    raw = _octets(secret)
    texts = {raw.hex(), raw.hex().upper(), *_shown(secret), *_percent(secret)}
    texts |= {json.dumps(text, ensure_ascii=ascii_)[1:-1] for text in texts for ascii_ in (False, True)}
    return {_octets(text) for text in texts} | _base64(raw)


def _octets(text: str) -> bytes:
    """A text from the environment may hold what is no character."""
    return text.encode("utf-8", "surrogatepass")


def _shown(secret: str) -> set[str]:
    """As it is, and as Python shows it, where single quotes are escaped or not by what else the text holds."""
    shown = {repr(secret + '"')[1:-2], ascii(secret + '"')[1:-2], repr(_octets(secret) + b'"')[2:-2]}
    return {secret} | shown | {text.replace("\\'", "'") for text in shown}


def _percent(secret: str) -> set[str]:
    """In a URL or a form, whichever signs are escaped there, and in digits of either case."""
    raw = _octets(secret)
    made = {urllib.parse.quote(raw, safe=safe) for safe in ("", "/", "!*'()", "/!*'()")}
    made |= {urllib.parse.quote_plus(raw), "".join(f"%{octet:02X}" for octet in raw)}
    return made | {re.sub("%[0-9A-F]{2}", lambda digits: digits[0].lower(), text) for text in made}


def _base64(raw: bytes) -> set[bytes]:
    """Wherever it stands in a longer base64 text, in both alphabets."""
    forms = set()
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + raw)
        whole = text[(shift * 8 + 5) // 6 : (shift + len(raw)) * 8 // 6]
        if len(whole) > 2:
            forms |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    return forms
