"""One line about a packet, for a person: names and values, long ones cut, everything unprintable escaped.

Derived octets are told where they are not what the packet calls for: they are often what a case is about.
"""

from dataclasses import MISSING, fields
from typing import Any

from .flaws import Malformed
from .packets import Connack, Connect, Packet, Publish, Subscribe, Subscription, Unsubscribe, Will
from .properties import NONE, Properties, PropertyId
from .reasons import NAMES

_LIMIT = 80
_TOLD = frozenset(
    (
        *("version", "packet_identifier", "properties", "reason_code", "reason_codes", "session_present", "brief"),
        *("client_id", "clean_start", "keep_alive", "will", "qos", "retain", "dup", "topic", "topic_filter"),
        *("topic_filters", "subscriptions"),
    )
)
_SECRET = frozenset(("password",))


def describe(event: Any) -> str:
    """`PUBLISH qos=1 id=7 topic="a/b" payload=5 octets [Topic Alias 3]`"""
    if isinstance(event, Malformed):
        inner = f" (read as: {describe(event.message)})" if event.message else ""
        return f"malformed packet, {event.why}{inner}"
    if isinstance(event, bytes):
        return f"octets {event[:_LIMIT].hex(' ')}"
    parts = [event.TITLE, *_fields(event), *_others(event)]
    if getattr(event, "properties", NONE) != NONE:
        parts.append(f"[{_pairs(event.properties)}]")
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
        out += [f"will=({_will(event.will)})"] if event.will else []
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
        out += [" ".join((_text(s.topic_filter), f"qos={s.qos}", *_others(s))) for s in event.subscriptions[:8]]
    if isinstance(event, Unsubscribe):
        out += [_text(text) for text in event.topic_filters[:8]]
    if (codes := getattr(event, "reason_codes", None)) is not None:
        out.append("codes=" + " ".join(f"0x{code:02X}" for code in codes[:32]))
    if (code := getattr(event, "reason_code", None)) is not None and (event.version >= 5 or isinstance(event, Connack)):
        name = NAMES.get(code, "unknown") if event.version >= 5 else ("accepted" if not code else "refused")
        out.append(f"0x{code:02X} {name}")
    return out


def _will(will: Will) -> str:
    shown = [_text(will.topic), f"qos={will.qos}", f"retain={int(will.retain)}"]
    return " ".join((*shown, *([f"[{_pairs(will.properties)}]"] if will.properties != NONE else []), *_others(will)))


def _others(value: Packet | Subscription | Will) -> list[str]:
    """What is not as it is by default, and not told above."""
    payload = () if isinstance(value, Connect) else ("payload",)
    return [
        f"{field.name}={'***' if field.name in _SECRET else _value(given)}"
        for field in fields(value)
        if field.name not in _TOLD
        and field.name not in payload
        and field.default is not MISSING
        and (given := getattr(value, field.name)) != field.default
    ]


def _value(value: Any) -> str:
    if isinstance(value, bytes):
        return value[: _LIMIT // 2].hex(" ") + ("…" if len(value) > _LIMIT // 2 else "")
    return str(int(value)) if isinstance(value, int) else _text(str(value))


def _pairs(properties: Properties) -> str:
    derived = [f"{name}={_value(v)}" for name in ("length", "raw") if (v := getattr(properties, name)) is not None]
    return ", ".join([*(_property(i, v) for i, v in properties), *derived])


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
