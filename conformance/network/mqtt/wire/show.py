"""One line about a packet, for a person: names and values, long ones cut, everything unprintable escaped."""

from typing import Any

from .flaws import Malformed
from .packets import Connack, Connect, Publish, Subscribe, Unsubscribe
from .properties import Properties, PropertyId
from .reasons import NAMES

_LIMIT = 80


def describe(event: Any) -> str:
    """`PUBLISH qos=1 id=7 topic="a/b" payload=5 octets [Topic Alias 3]`"""
    if isinstance(event, Malformed):
        inner = f" (read as: {describe(event.message)})" if event.message else ""
        return f"malformed packet, {event.why}{inner}"
    if isinstance(event, bytes):
        return f"octets {event[:_LIMIT].hex(' ')}"
    parts = [event.TITLE, *_fields(event)]
    if isinstance(getattr(event, "properties", None), Properties) and event.properties.pairs:
        parts.append("[" + ", ".join(_property(i, v) for i, v in event.properties) + "]")
    return " ".join(parts)


def _fields(event: Any) -> list[str]:
    out = []
    if (identifier := getattr(event, "packet_identifier", None)) is not None:
        out.append(f"id={identifier}")
    if isinstance(event, Connect):
        out += [
            f"v{event.version}",
            f"client_id={_text(event.client_id)}",
            f"clean={int(event.clean_start)}",
            f"keep_alive={event.keep_alive}",
        ]
        out += [f"will={_text(event.will.topic)}"] if event.will else []
    if isinstance(event, Connack):
        out.append(f"session_present={int(event.session_present)}")
    if isinstance(event, Publish):
        out += [
            f"qos={event.qos}",
            f"retain={int(event.retain)}",
            f"dup={int(event.dup)}",
            f"topic={_text(event.topic)}",
        ]
        out.append(f"payload={_text(event.payload) if len(event.payload) <= 24 else f'{len(event.payload)} octets'}")
    if isinstance(event, Subscribe):
        out += [f"{_text(s.topic_filter)} qos={s.qos}" for s in event.subscriptions[:8]]
    if isinstance(event, Unsubscribe):
        out += [_text(text) for text in event.topic_filters[:8]]
    if (codes := getattr(event, "reason_codes", None)) is not None:
        out.append("codes=" + " ".join(f"{code:02X}" for code in codes[:32]))
    if (code := getattr(event, "reason_code", None)) is not None and (event.version >= 5 or isinstance(event, Connack)):
        name = NAMES.get(code, "unknown") if event.version >= 5 else ("accepted" if not code else "refused")
        out.append(f"{code:02X} {name}")
    return out


def _property(identifier: int, value: Any) -> str:
    try:
        name = PropertyId(identifier).name.replace("_", " ").title()
    except ValueError:
        name = f"property 0x{identifier:02X}"
    if isinstance(value, tuple):
        return f"{name} {_text(value[0])}={_text(value[1])}"
    return f"{name} {value if isinstance(value, int) else _text(value)}"


def _text(text: str | bytes) -> str:
    shown = text if isinstance(text, str) else text.decode("utf-8", "backslashreplace")
    shown = shown if len(shown) <= _LIMIT else shown[:_LIMIT] + "…"
    return (
        '"'
        + "".join(c if c.isprintable() and c not in '"\\' else c.encode("unicode_escape").decode() for c in shown)
        + '"'
    )
