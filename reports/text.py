"""Text that a product, or a stranger's bundle, supplied: made harmless before it goes into a report."""

import math
import unicodedata
from typing import Any

LIMIT = 20_000
DEPTH = 40
_KEPT = "\n\t"
_OUT = {_KEPT: str.maketrans("", "", _KEPT)}
_HIDING = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2028\u2029\u3164\ufeff\uffa0")


def clean(value: Any, depth: int = DEPTH) -> Any:
    """A JSON value whose strings can be encoded and are bounded, with finite numbers only and nothing nested deeply."""
    if isinstance(value, str):
        return _encodable(value)
    if isinstance(value, dict | list) and depth <= 0:
        return "…"
    if isinstance(value, dict):
        return {_encodable(key): clean(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item, depth - 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def visible(text: str, kept: str = _KEPT) -> str:
    """The text with control characters, bidirectional overrides and invisible characters shown as escapes."""
    bare = text.translate(_OUT[kept]) if kept in _OUT and not text.isprintable() else text
    if bare.isprintable() and (bare.isascii() or _HIDING.isdisjoint(bare)):
        return text
    return "".join(c if c in kept or not _hides(c) else escaped(c) for c in text)


def one_line(text: str) -> str:
    """The text on one line, everything invisible shown as escapes."""
    return visible(text, kept="")


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters of a text, and how many were left away."""
    return text if len(text) <= limit else f"{text[:limit]}… (+{len(text) - limit})"


def _encodable(text: str) -> str:
    if text.isascii() and len(text) <= LIMIT:
        return text
    return shortened(text, LIMIT).encode("utf-8", "backslashreplace").decode("utf-8")


def _hides(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or char in _HIDING


def escaped(char: str) -> str:
    """A character as its code point."""
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
