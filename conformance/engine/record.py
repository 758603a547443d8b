"""The record of one case: every octet and every decoded message, in order, with its time. Enough to judge again."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .allowance import Share

NO_CHANNEL = -1
"""The channel of what concerns the whole case."""


class Entry(NamedTuple):
    """One thing that happened, `t` seconds after the case began.

    `kind` is open, refused, out, in, fin, reset, close or abort as the stream saw it; sent or received for a decoded
    message, whose `text` may be a function that is asked only when the record is written; silence for a wait that
    nothing ended (its length is the text); learned for what the case was told otherwise (name and value as JSON);
    died for a product that was found dead after the case.
    """

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


SHORT_OCTETS = 32 << 10
SHORT_ENTRIES = 500
"""What is kept of a record that cannot be kept whole."""


@dataclass
class Record:
    """Grows while its case runs. `share` is the memory that the case may use for what the product sends."""

    case: str
    channels: list[ChannelInfo] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    octets: int = 0
    truncated: bool = False
    keep: bool = True
    """False where no evidence is wanted, as in a proof."""
    share: Share = field(default_factory=Share)
    reached: bool = False
    """Whether the product took a connection."""
    cut: bool = False
    """Whether the product ended a connection that the case had left open: a crash looks like this too."""

    def add(self, entry: Entry) -> None:
        if self.keep and not self.truncated:
            self.octets += len(entry.data)
            self.entries.append(entry)

    def shorten(self) -> None:
        """Keep only the beginning: there is more than anyone will read, and the case cannot be judged again by it."""
        self.truncated = True
        left = SHORT_OCTETS
        for i, entry in enumerate(self.entries):
            left -= len(entry.data)
            if left < 0 or i == SHORT_ENTRIES:
                self.entries[i:] = [entry._replace(data=entry.data[: max(0, left + len(entry.data))], text="")]
                break
        self.octets = sum(len(entry.data) for entry in self.entries)

    def document(self) -> dict[str, Any]:
        """The transcript, as a value for JSON."""
        return {
            "version": 1,
            "case": self.case,
            "truncated": self.truncated,
            "channels": [vars(channel) for channel in self.channels],
            "events": [_event(entry) for entry in self.entries],
        }

    def to_json(self) -> bytes:
        """The transcript as UTF-8 JSON, with all that it holds."""
        return json.dumps(self.document(), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _event(entry: Entry) -> dict[str, Any]:
    event: dict[str, Any] = {"t": round(entry.t, 6), "channel": entry.channel, "kind": entry.kind}
    if entry.data:
        event["hex"] = entry.data.hex()
    if entry.text:
        event["text"] = entry.text if isinstance(entry.text, str) else entry.text()
    return event
