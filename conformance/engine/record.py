"""The record of one case: every octet and every decoded message, in order, with its time. Enough to judge again."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """`t` in seconds since the case began. `kind` is open, refused, out, in, fin, reset, close or abort as the stream saw it,
    sent or received for a decoded message, whose `text` may be a function that is asked only when the record is written."""

    t: float
    channel: int
    kind: str
    data: bytes = b""
    text: str | Callable[[], str] = ""


@dataclass(frozen=True)
class ChannelInfo:
    """Where a channel goes: its number in the case, its name there, both addresses and the protocol spoken."""

    n: int
    name: str
    address: str
    local: str = ""
    remote: str = ""
    protocol: str = ""


@dataclass
class Record:
    """Grows while its case runs; `limit_octets` bounds what a hostile product can make us keep."""

    case: str
    limit_octets: int = 4 << 20
    channels: list[ChannelInfo] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    octets: int = 0
    truncated: bool = False
    keep: bool = True
    """False where no evidence is wanted, as in a proof."""

    def add(self, entry: Entry) -> None:
        if not self.keep:
            return
        self.octets += len(entry.data) + 32
        if self.octets > self.limit_octets:
            self.truncated = True
        else:
            self.entries.append(entry)

    def to_json(self) -> bytes:
        """The transcript document, as UTF-8 JSON."""
        document = {
            "version": 1,
            "case": self.case,
            "truncated": self.truncated,
            "channels": [vars(channel) for channel in self.channels],
            "events": [_event(entry) for entry in self.entries],
        }
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    @classmethod
    def from_json(cls, data: bytes) -> "Record":
        """Read a transcript; raises ValueError (also KeyError, TypeError) for a document of another form."""
        document = json.loads(data)
        record = cls(str(document["case"]), truncated=bool(document.get("truncated")))
        record.channels = [ChannelInfo(**channel) for channel in document["channels"]]
        record.entries = [
            Entry(float(e["t"]), int(e["channel"]), str(e["kind"]), bytes.fromhex(e.get("hex", "")), str(e.get("text", "")))
            for e in document["events"]
        ]
        return record


def _event(entry: Entry) -> dict[str, Any]:
    event: dict[str, Any] = {"t": round(entry.t, 6), "channel": entry.channel, "kind": entry.kind}
    if entry.data:
        event["hex"] = entry.data.hex()
    if entry.text:
        event["text"] = entry.text if isinstance(entry.text, str) else entry.text()
    return event
