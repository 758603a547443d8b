"""Where in a TOML text a key or table stands: tomllib tells the line of a syntax error only."""

import re
from collections.abc import Sequence

Path = tuple[str | int, ...]

PART = r"""[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*'"""
DOTTED = rf"(?:{PART})(?:[ \t]*\.[ \t]*(?:{PART}))*"
ARRAY_TABLE = re.compile(rf"^[ \t]*\[\[[ \t]*({DOTTED})[ \t]*\]\]")
TABLE = re.compile(rf"^[ \t]*\[[ \t]*({DOTTED})[ \t]*\][ \t]*(?:#.*)?$")
KEY = re.compile(rf"^[ \t]*({DOTTED})[ \t]*=")
TRIPLE = re.compile(r'"""|' + "'''")


class Places:
    """The lines (from 1) of all tables and of the keys that begin a line in one TOML text."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._implied: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        table: Path = ()
        inside = ""
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
            if not inside:
                table = self._note(line, number, table)
            inside = _multiline(line, inside)

    def line(self, path: Sequence[str | int]) -> int | None:
        """The line of the key or table at `path` (indices from 0), or of the nearest thing around it."""
        for end in range(len(path), 0, -1):
            part = tuple(path[:end])
            found = self._lines.get(part) or self._implied.get(part)
            if found:
                return found
        return None

    def _note(self, line: str, number: int, table: Path) -> Path:
        if found := ARRAY_TABLE.match(line):
            steps = _parts(found[1])
            outer = (*self._full(steps[:-1]), steps[-1])
            index = self._counts.get(outer, 0)
            self._counts[outer] = index + 1
            self._lines.setdefault(outer, number)
            table = (*outer, index)
        elif found := TABLE.match(line):
            table = self._full(_parts(found[1]))
        elif found := KEY.match(line):
            steps = _parts(found[1])
            for end in range(1, len(steps) + 1):
                self._lines.setdefault((*table, *steps[:end]), number)
            return table
        else:
            return table
        self._lines.setdefault(table, number)
        for end in range(1, len(table)):
            self._implied.setdefault(table[:end], number)
        return table

    def _full(self, steps: Path) -> Path:
        """A header's path with the index of the last table of each array in it."""
        path: Path = ()
        for step in steps:
            path = (*path, step)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        return path


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in re.findall(PART, dotted))


def _multiline(line: str, inside: str) -> str:
    """The quotes of the multi-line string that the line ends in, "" for none."""
    for quotes in TRIPLE.findall(line):
        if not inside:
            inside = quotes
        elif quotes == inside:
            inside = ""
    return inside


def opened_line(text: str) -> int | None:
    """The line of the multi-line quotes that are never closed, if there are such."""
    inside, opened = "", None
    for number, line in enumerate(text.split("\n"), 1):
        before = inside
        inside = _multiline(line, inside)
        if inside and not before:
            opened = number
    return opened if inside else None
