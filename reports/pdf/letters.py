"""Text as it can be printed: nothing in it acts, every character is in the font, and no word is too long for its line.

A printable text is a string, or a list of strings where the line may break between them without anything to be seen.
"""

import re
import unicodedata
from collections.abc import Set
from dataclasses import dataclass

from ..text import escaped, shortened, visible

Printable = str | list[str]

LONGEST = 18
"""Letters in a row after which a line may break; a language's own words are seldom as long."""
LONG = re.compile(rf"[^\s⺀-￿]{{{LONGEST + 1},}}")
PIECE = re.compile(rf".{{1,{LONGEST}}}?(?:(?:[-_/:,;=&?#\])}}]|\.(?!\d)){{1,4}}|$)|.{{{LONGEST}}}", re.DOTALL)


@dataclass(frozen=True)
class Letters:
    """The characters of the font that a report is set in."""

    known: Set[int]

    def text(self, value: object, limit: int = 1_000) -> Printable:
        """A text of at most so many characters; of twice as many where escapes make it longer."""
        plain = visible(shortened(str(value), limit))
        if not plain.isascii():
            plain = self._in_font(plain)
        plain = shortened(plain, 2 * limit + 40)
        return self._broken(plain) if LONG.search(plain) else plain

    def line(self, value: object, limit: int = 300) -> Printable:
        """A text on one line."""
        return self.text(visible(shortened(str(value), limit), kept=""), 2 * limit)

    def _in_font(self, plain: str) -> str:
        """Characters that the font lacks as escapes; and marks that would pile up on one letter."""
        letters, marked = [], True
        for char in unicodedata.normalize("NFC", plain):
            mark = bool(unicodedata.combining(char))
            good = char in "\n\t" or (ord(char) in self.known and not (mark and marked))
            letters.append(char if good else escaped(char))
            marked = mark
        return "".join(letters)

    def _broken(self, plain: str) -> list[str]:
        pieces: list[str] = []
        done = 0
        for long in LONG.finditer(plain):
            first, *rest = PIECE.findall(long[0])
            pieces[-1:] = [(pieces[-1] if pieces else "") + plain[done : long.start()] + first]
            pieces += rest
            done = long.end()
        pieces[-1] += plain[done:]
        return pieces
