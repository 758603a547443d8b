"""What is wrong with a file that somebody wrote: where, what, and how to cure it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

SHOWN = 20


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one input file. `where` is a line ("12"), a table ("[claims]") or both ("12: [claims]")."""

    file: str
    where: str
    what: str
    cure: str = ""

    def __str__(self) -> str:
        """FILE:LINE: [table] what is wrong. Cure: what to do."""
        line, _, table = self.where.partition(": ")
        if not line.isdigit():
            line, table = "", self.where
        place = self.file + (f":{line}" if line and self.file else line)
        words = " ".join(part for part in (table, _sentence(self.what)) if part)
        cure = f" Cure: {_sentence(self.cure)}" if self.cure else ""
        return printable(f"{place}: {words}{cure}" if place else words + cure)


class InputError(Exception):
    """An input file that cannot be used. `str()` has a line for each problem; the attributes are those of the first."""

    def __init__(
        self, file: str | Path = "", where: str = "", what: str = "", cure: str = "", *, more: Sequence[Problem] = ()
    ) -> None:
        self.problems: tuple[Problem, ...] = (Problem(str(file), where, what, cure), *more)
        super().__init__(str(self))

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> "InputError":
        """One error for at least one problem."""
        first = problems[0]
        return cls(first.file, first.where, first.what, first.cure, more=problems[1:])

    @property
    def file(self) -> str:
        return self.problems[0].file

    @property
    def where(self) -> str:
        return self.problems[0].where

    @property
    def what(self) -> str:
        return self.problems[0].what

    @property
    def cure(self) -> str:
        return self.problems[0].cure

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:SHOWN]]
        if len(self.problems) > SHOWN:
            lines.append(f"... and {len(self.problems) - SHOWN} more problems")
        return "\n".join(lines)


def printable(text: str) -> str:
    """The text on one line, with every control character escaped: what a file holds may be hostile to a terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like `word`, if any does."""
    from difflib import get_close_matches

    found = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def choose_from(word: str, known: Iterable[str]) -> str:
    """A cure for an unknown name: the nearest known one, else all of them."""
    names = sorted(known)
    near = nearest(word, names)
    if near is not None:
        return f"Did you mean {near!r}?"
    if not names:
        return "Remove it"
    listed = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"Use one of: {listed}"


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!", "…")) else text + "."
