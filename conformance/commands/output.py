"""Printing: JSON for machines, aligned columns for people."""

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any


def write_json(value: Any) -> None:
    """Print a JSON document."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def write(text: str = "") -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


LEAST_ROOM = 36
"""Columns that a last cell must have beside the others; where it has less, it goes below them."""


def write_table(rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns as wide as their longest cell. On a terminal the last one is wrapped to its width."""
    listed = [tuple(row) for row in rows]
    if not listed:
        return
    widths = [max(len(row[i]) for row in listed) for i in range(len(listed[0]) - 1)]
    edge = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for row in listed:
        first = "".join(f"{cell.ljust(width)}  " for cell, width in zip(row[:-1], widths, strict=True))
        fits = edge is None or len(first) + len(row[-1]) <= edge
        for line in [first + row[-1]] if fits else _wrapped(first, row, edge or 0):
            write(line)


def _wrapped(first: str, row: Sequence[str], edge: int) -> Iterator[str]:
    """A row within the width of a terminal: its last cell beside the others, or below where there is no room."""
    beside = edge - len(first) >= LEAST_ROOM
    indent = " " * (len(first) if beside else 4)
    lines = textwrap.wrap(row[-1], max(edge - len(indent), 1), break_on_hyphens=False)
    if not beside:
        yield _cut("  ".join(filter(None, row[:-1])) if len(first) > edge else first.rstrip(), edge)
    for n, line in enumerate(lines):
        yield first + line if beside and n == 0 else indent + line


def _cut(line: str, edge: int) -> str:
    return line if len(line) <= edge else line[: edge - 1] + "…"
