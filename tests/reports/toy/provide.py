"""The protocol of one line: a client says something, the product says it again. `alive` opens a fresh session."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from conformance.engine import Case, Channel, provider
from conformance.engine.testbed import Address

STANDARDS = ("toy-1/server",)
ADDRESS = Address("127.0.0.1", 7)


@dataclass(frozen=True)
class Line:
    """One line of text."""

    TITLE = "a line"
    text: str

    def __bytes__(self) -> bytes:
        return self.text.encode() + b"\n"


class Codec:
    def decode(self, data: bytes) -> tuple[Any | None, bytes]:
        line, end, rest = data.partition(b"\n")
        return (Line(line.decode("utf-8", "replace")), rest) if end else (None, data)

    def describe(self, event: Any) -> str:
        return f"LINE {event.text}" if isinstance(event, Line) else str(event)


@provider()
async def line(case: Case) -> AsyncIterator[Channel]:
    yield await case.channel(ADDRESS, Codec())


async def alive(case: Case) -> None:
    channel = await case.channel(ADDRESS, Codec())
    await channel.send(Line("alive"))
    await channel.expect(Line)
