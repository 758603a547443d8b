"""The place of each requirement in the HTML report, which other formats link to."""

import hashlib
import re

_PLAIN = re.compile(r"[A-Za-z0-9.-]{1,60}/[A-Za-z0-9.-]{1,60}:[A-Za-z0-9.-]{1,60}")


def anchor(ref: str) -> str:
    """The fragment for a requirement's full reference: plain characters, different for different references."""
    if _PLAIN.fullmatch(ref):
        return "r-" + ref.replace("/", "_").replace(":", "_")
    return "r_" + hashlib.sha256(ref.encode("utf-8", "backslashreplace")).hexdigest()[:24]
