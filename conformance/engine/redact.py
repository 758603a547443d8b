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


def _forms(secret: str) -> set[bytes]:
    raw = secret.encode()
    forms = {raw, raw.hex().encode(), raw.hex().upper().encode(), urllib.parse.quote(secret, safe="").encode()}
    forms.add(json.dumps(secret, ensure_ascii=False)[1:-1].encode())
    forms.add(json.dumps(secret)[1:-1].encode())
    for shift in range(3):  # wherever the secret stands in a longer base64 text
        text = base64.b64encode(b"\0" * shift + raw)
        whole = text[(shift * 8 + 5) // 6 : len(text) - (0 if (shift + len(raw)) % 3 == 0 else 3)]
        if len(whole) > 3:
            forms.add(whole)
    return forms
