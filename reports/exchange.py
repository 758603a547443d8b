"""What product and harness said to each other in a case, message by message, from the transcript in the evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.engine.bundle import Bundle

from .model import Attempt, Said
from .reading import transcript
from .text import one_line, shortened

TEXT_LIMIT = 600
OCTETS_SHOWN = 48

SENT, RECEIVED, OURS, THEIRS, NEITHER = "sent", "received", "ours", "theirs", "neither"
ARROWS = {SENT: "→", RECEIVED: "←", OURS: "→", THEIRS: "←", NEITHER: "·"}
"""Away from the harness, towards it, or neither."""

_STREAM = {
    "open": (NEITHER, Said("connection opened", "连接已建立")),
    "refused": (THEIRS, Said("connection refused", "连接被拒绝")),
    "fin": (THEIRS, Said("the product closed the connection (FIN)", "产品关闭了连接（FIN）")),
    "reset": (THEIRS, Said("the product reset the connection (RST)", "产品重置了连接（RST）")),
    "close": (OURS, Said("the harness closed the connection (FIN)", "测试工具关闭了连接（FIN）")),
    "abort": (OURS, Said("the harness cut the connection (RST)", "测试工具中断了连接（RST）")),
}


@dataclass(frozen=True, kw_only=True)
class Message:
    """A step of an exchange, `t` seconds after its case began. `said` is of the stream, `text` what was exchanged.

    `octets` are the first of those that a decoded message stands for, in hex.
    """

    t: float
    channel: str
    way: str
    said: Said | None
    text: str
    size: int
    octets: str = ""

    @property
    def arrow(self) -> str:
        return ARROWS[self.way]

    @property
    def line(self) -> str:
        """The step as one line of English."""
        return " ".join(filter(None, (self.said.en if self.said else "", self.text)))


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """The steps of one attempt; names tell `several` connections apart. `truncated`: more took place. Not `found`: the
    transcript is missing or damaged."""

    messages: Sequence[Message] = ()
    several: bool = False
    truncated: bool = False
    found: bool = True

    def last(self, count: int) -> list[str]:
        """The last steps that can bear on the verdict, as lines for a person: how the harness ends a case does not."""
        return [self.line(message) for message in self._before_the_end()[-count:]]

    def _before_the_end(self) -> Sequence[Message]:
        """All but the closing of connections with which the harness ends a case, and what the product does about it."""
        end = len(self.messages)
        while end and self.messages[end - 1].said and self.messages[end - 1].way != NEITHER:
            end -= 1
        ours = (i for i in range(end, len(self.messages)) if self.messages[i].way == OURS)
        return self.messages[: next(ours, len(self.messages))]

    def line(self, message: Message) -> str:
        where = f"[{message.channel}] " if self.several else ""
        return f"{message.t:9.3f} s  {message.arrow} {where}{message.line}"


def exchange(bundle: Bundle, attempt: Attempt | None) -> Exchange:
    """The exchange of an attempt; an empty one where nothing was recorded or the evidence is damaged."""
    if attempt is None or not attempt.transcript:
        return Exchange()
    document = transcript(bundle, attempt.transcript)
    if document is None:
        return Exchange(found=False)
    channels = {_key(c.get("n")): c for c in _objects(document.get("channels"))}
    events = _objects(document.get("events"))
    spoken = {_key(e.get("channel")) for e in events if e.get("kind") in (SENT, RECEIVED)}
    messages = [m for e in events if (m := _message(e, channels, spoken))]
    return Exchange(messages=messages, several=len(channels) > 1, truncated=bool(document.get("truncated")))


def _message(event: dict[str, Any], channels: dict[str, dict[str, Any]], spoken: set[str]) -> Message | None:
    """The step that an event stands for; None for octets that a decoded message tells of already."""
    kind, number = event.get("kind"), _key(event.get("channel"))
    channel = channels.get(number, {})
    text, size = str(event.get("text") or ""), len(str(event.get("hex") or "")) // 2
    said: Said | None = None
    octets = ""
    if kind in ("in", "out"):
        if number in spoken:
            return None
        way, text = (SENT if kind == "out" else RECEIVED), _octets(event)
    elif kind in (SENT, RECEIVED):
        way = str(kind)
        octets = _octets(event)
        text, octets = (octets, "") if text == "raw octets" else (text, octets)
    elif isinstance(kind, str) and kind in _STREAM:
        way, said = _STREAM[kind]
        text = str(channel.get("address") or "") if kind == "open" else text
    else:
        return None
    name = one_line(shortened(str(channel.get("name") or f"connection {number}"), 60))
    return Message(
        t=_seconds(event.get("t")),
        channel=name,
        way=way,
        said=said,
        text=one_line(shortened(text, TEXT_LIMIT)),
        size=size,
        octets=octets,
    )


def _octets(event: dict[str, Any]) -> str:
    """The first octets of an event in hex, and how many more there are."""
    text = str(event.get("hex") or "")
    pairs = [text[i : i + 2] for i in range(0, min(len(text), 2 * OCTETS_SHOWN), 2)]
    more = len(text) // 2 - len(pairs)
    return " ".join(pairs) + (f" … (+{more})" if more > 0 else "")


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _key(value: Any) -> str:
    return shortened(str(value), 20)


def _seconds(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e15 else 0.0
