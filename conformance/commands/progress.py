"""Progress on stderr: a bar where a person looks, a line now and then where a log is written."""

import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

WIDTH = 24
EVERY_S = 0.1
LOG_EVERY_S = 10.0


class Progress:
    """Counts what is done of what there is, with the time left as far as it can be told."""

    def __init__(self, title: str, *, quiet: bool = False) -> None:
        self._title = title
        self._quiet = quiet
        self._live = sys.stderr.isatty()
        self._began_s = self._shown_s = time.monotonic()
        self._drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn and self._live:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def at(self, done: int, total: int, counts: Mapping[str, int] | None = None) -> None:
        """Show that `done` of `total` are done; `counts` by verdict."""
        now_s = time.monotonic()
        if self._quiet or (now_s - self._shown_s < (EVERY_S if self._live else LOG_EVERY_S) and done < total):
            return
        self._shown_s, self._drawn = now_s, True
        filled = WIDTH * done // max(total, 1)
        told = ", ".join(f"{n} {word}" for word, n in (counts or {}).items() if n)
        line = f"{self._title} {done}/{total}{f' ({told})' if told else ''}{self._left(done, total, now_s)}"
        if self._live:
            sys.stderr.write(f"\r\x1b[K[{'#' * filled}{'.' * (WIDTH - filled)}] {line}")
        else:
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def _left(self, done: int, total: int, now_s: float) -> str:
        spent_s = now_s - self._began_s
        if not 0 < done < total or spent_s < 1:
            return ""
        return f", about {spent_s * (total - done) / done:.0f} s left"
