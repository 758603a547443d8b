"""What every part of the printed report stands on: the result, who issues it, and its texts in one language.

A part is a list of blocks, and a block is a JSON object whose `kind` names the function of the template that sets it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict

from ..html import words as common
from ..laboratory import Laboratory
from ..model import Case, Said
from ..rollup import RequirementResult, Result
from ..validation import Proof
from .letters import Letters, Printable

Block = dict[str, Any]
SAID_LIMIT = 4_200


@dataclass(frozen=True, kw_only=True)
class Telling:
    """A report on its way into one language."""

    result: Result
    bundle: Bundle
    laboratory: Laboratory
    proof: Proof | None
    letters: Letters
    chinese: bool
    electronic: bool = False
    """Whether the PDF will be signed itself, so that nobody signs it by hand."""
    told: dict[str, str] = field(default_factory=dict)
    """Case id to the requirement under which it was told."""

    @cached_property
    def cases(self) -> Mapping[str, Case]:
        return {case.id: case for case in self.result.cases}

    def say(self, said: Said, limit: int = SAID_LIMIT) -> Printable:
        """A sentence in the language of the report; `limit` in characters."""
        return self.letters.text(said.zh if self.chinese else said.en, limit)

    def text(self, value: object, limit: int = 1_000) -> Printable:
        """A text of somebody else's; `limit` in characters."""
        return self.letters.text(value, limit)

    def line(self, value: object, limit: int = 200) -> Printable:
        """The same on one line."""
        return self.letters.line(value, limit)

    def verdict(self, verdict: Verdict) -> Block:
        """A verdict as word, sign and colour."""
        return {"v": _key(verdict), "word": self.say(common.VERDICTS[verdict])}

    def either(self, table: Mapping[str, Any], name: str) -> Said:
        """A text of a catalogue or profile that may be there in Chinese too."""
        text = str(table.get(name) or "")
        return Said(text, str(table.get(f"{name}_zh") or text))

    def standard(self, key: str) -> Said:
        """The title of a standard by its catalogue's key."""
        head = self._heads.get(key, {})
        title = self.either(head, "title")
        return title or Said(key, key)

    @cached_property
    def _heads(self) -> Mapping[str, Mapping[str, Any]]:
        return {str(head.get("key") or ""): head for head in self.result.run.catalogues}

    def clause(self, row: RequirementResult) -> Printable:
        """Where a requirement stands."""
        return self.say(Said(f"clause {row.clause}", f"第 {row.clause} 条"))

    def requirement(self, row: RequirementResult) -> Printable:
        """A requirement in the catalogue's words."""
        return self.say(Said(row.text, row.text_zh or row.text))


def _key(verdict: Verdict) -> str:
    return str(verdict).replace(" ", "-")


def title(text: Printable, blocks: Iterable[Block]) -> Block:
    """A section."""
    return {"title": text, "blocks": [block for block in blocks if block]}


def paragraph(text: Printable, style: str = "plain") -> Block:
    """A paragraph; `style` is plain, lead, strong or alert."""
    return {"kind": "paragraph", "text": text, "style": style}


def heading(text: Printable) -> Block:
    """A heading within a section."""
    return {"kind": "heading", "text": text}


def bullets(items: Iterable[Printable]) -> Block:
    return {"kind": "bullets", "items": list(items)}


def facts(rows: Iterable[tuple[Printable, Sequence[Printable]]]) -> Block:
    """Terms, each with one or more values; terms without a value are left away."""
    kept = [{"term": term, "values": found} for term, values in rows if (found := [v for v in values if v])]
    return {"kind": "facts", "rows": kept} if kept else {}


def table(heads: Sequence[Printable], rows: Iterable[Sequence[Any]], columns: Sequence[str]) -> Block:
    """A table; `columns` are widths as the template knows them: "auto", "wide" or "mono"."""
    return {"kind": "table", "heads": list(heads), "rows": [list(row) for row in rows], "columns": list(columns)}
