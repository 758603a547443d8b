"""Names and times in the formats that want them of a certain form."""

import datetime
import json
import uuid
from typing import Any
from urllib.parse import quote

from .anchors import anchor
from .text import shortened, visible

SPACE = uuid.uuid5(uuid.NAMESPACE_OID, "iic-conform")
NAME_LIMIT = 300
TEXT_LIMIT = 2_000
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def uid(*parts: str) -> str:
    """A UUID that follows from its parts."""
    return str(uuid.uuid5(SPACE, "\n".join(parts)))


def urn(kind: str, *parts: str) -> str:
    """A name of ours as a URI; what is long or strange in it is named by its digest."""
    return ":".join(("urn:iic-conform", kind, *map(_segment, parts)))


def _segment(part: str) -> str:
    plain = quote(part.encode("utf-8", "backslashreplace"), safe="/:@!$'()*,;=-._~")
    return plain if len(plain) <= NAME_LIMIT else anchor(part)


def moment(text: str) -> str:
    """An ISO time as UTC with a Z, to the millisecond; the epoch for what is none."""
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        at = EPOCH
    at = at if at.tzinfo else at.replace(tzinfo=datetime.UTC)
    try:
        return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except OverflowError:
        return moment("")


def moment_of(seconds: float) -> str:
    """Seconds since the epoch as such a time."""
    try:
        return moment((EPOCH + datetime.timedelta(seconds=seconds)).isoformat())
    except OverflowError:
        return moment("")


def compact(document: Any) -> bytes:
    """A large document for machines as JSON on one line."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"


def line(value: object, limit: int = NAME_LIMIT) -> str:
    """A text on one line, harmless and bounded."""
    return visible(shortened(str(value), limit), kept="")


def lines(value: object, limit: int = TEXT_LIMIT) -> str:
    """A text, harmless and bounded."""
    return visible(shortened(str(value), limit))
