"""The documentation as tests read it: its pages, and the blocks of code in them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FENCE = re.compile(r'^```(\w*)(?: title="([^"\n]*)")?\n(.*?)^```', re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: its language, the file that it shows where it has a title, and its text."""

    language: str
    title: str
    text: str


class Step(NamedTuple):
    """A command of a console block, and what the page shows of its output."""

    command: str
    shown: str


def pages() -> list[Path]:
    """Every page of documentation, in the order of their names."""
    found = [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    return sorted(page for page in found if "node_modules" not in page.parts)


def name(page: Path) -> str:
    """A page's path from the root of the tree."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    return [Block(*found) for found in FENCE.findall(page.read_text(encoding="utf-8"))]


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^(```|~~~).*?^\1", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def steps(block: Block) -> Iterator[Step]:
    """The commands of a console block whose lines begin with `$ `, each with the lines behind it."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield Step(command, shown)
