"""Printing: JSON for machines, aligned columns for people."""

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any


def write_json(value: Any) -> None:
    """Print a JSON document."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def write(text: str = "") -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


def write_table(rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns as wide as their longest cell; the last one is cut at the edge of a terminal."""
    listed = [tuple(row) for row in rows]
    if not listed:
        return
    widths = [max(len(row[i]) for row in listed) for i in range(len(listed[0]) - 1)]
    edge = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    for row in listed:
        line = "  ".join([*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)), row[-1]])
        write(line if len(line) <= edge else line[: edge - 1] + "…")
