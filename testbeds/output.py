"""What a product prints: its first and its last octets are kept, what lies between is counted."""

import asyncio
import re

HEAD_OCTETS = 16 << 10
TAIL_OCTETS = 48 << 10


class Output:
    """Grows as the product prints, within bounds. `seen` waits for a pattern in it."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0
        self._pattern: re.Pattern[bytes] | None = None
        self._found: asyncio.Future[None] | None = None

    def add(self, data: bytes) -> None:
        """Take what the product has printed."""
        room = HEAD_OCTETS - len(self._head)
        self._head += data[:room]
        self._tail += data[room:] if room < len(data) else b""
        excess = len(self._tail) - TAIL_OCTETS
        if excess > 0:
            self._dropped += excess
            del self._tail[:excess]
        if self._found and not self._found.done() and self._pattern and self._pattern.search(bytes(self)):
            self._found.set_result(None)

    def __bytes__(self) -> bytes:
        gap = f"\n... {self._dropped} octets left out ...\n".encode() if self._dropped else b""
        return bytes(self._head) + gap + bytes(self._tail)

    async def seen(self, pattern: str) -> None:
        """Wait until `pattern` is found in the output."""
        self._pattern = re.compile(pattern.encode(), re.MULTILINE)
        self._found = asyncio.get_running_loop().create_future()
        self.add(b"")
        await self._found

    def last_lines(self, count: int = 12) -> str:
        """The end of it for an error message: control characters shown as escapes, each line indented."""
        lines = bytes(self).decode("utf-8", "backslashreplace").splitlines()[-count:]
        shown = (
            "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line.replace("\t", " "))[:300] for line in lines
        )
        return "\n".join(f"  {line}" for line in shown)
