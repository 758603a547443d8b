"""The sink through which everything written passes: each secret's raw, base64, hex and URL forms become ***."""

import base64
import json
import re
import urllib.parse
from collections.abc import Callable, Iterable

MASK = b"***"


def redactor(secrets: Iterable[str]) -> Callable[[bytes], bytes]:
    """A function from octets to octets without any of the secrets. Secrets shorter than three octets are left alone."""
    forms = sorted({form for secret in secrets if len(secret) > 2 for form in _forms(secret)}, key=len, reverse=True)
    if not forms:
        return lambda data: data
    pattern = re.compile(b"|".join(map(re.escape, forms)))
    return lambda data: pattern.sub(lambda match: MASK.ljust(len(match[0]), b"*"), data)


def redact_text(redact: Callable[[bytes], bytes], text: str) -> str:
    """A text without any of the secrets."""
    return redact(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


def _forms(secret: str) -> set[bytes]:
    raw = secret.encode()
    texts = {raw.hex(), raw.hex().upper(), *_shown(secret), *_percent(secret)}
    texts |= {json.dumps(text, ensure_ascii=ascii_)[1:-1] for text in texts for ascii_ in (False, True)}
    return {text.encode() for text in texts} | _base64(raw)


def _shown(secret: str) -> set[str]:
    """As it is, and as Python shows it, where single quotes are escaped or not by what else the text holds."""
    shown = {repr(secret + '"')[1:-2], ascii(secret + '"')[1:-2], repr(secret.encode() + b'"')[2:-2]}
    return {secret} | shown | {text.replace("\\'", "'") for text in shown}


def _percent(secret: str) -> set[str]:
    """In a URL or a form, whichever signs are escaped there, and in digits of either case."""
    made = {urllib.parse.quote(secret, safe=safe) for safe in ("", "/", "!*'()", "/!*'()")}
    made |= {urllib.parse.quote_plus(secret), "".join(f"%{octet:02X}" for octet in secret.encode())}
    return made | {re.sub("%[0-9A-F]{2}", lambda digits: digits[0].lower(), text) for text in made}


def _base64(raw: bytes) -> set[bytes]:
    """Wherever it stands in a longer base64 text, in both alphabets."""
    forms = set()
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + raw)
        whole = text[(shift * 8 + 5) // 6 : len(text) - (0 if (shift + len(raw)) % 3 == 0 else 3)]
        if len(whole) > 3:
            forms |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    return forms
