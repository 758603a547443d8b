"""All requirements with their verdicts as CSV (RFC 4180) for spreadsheets: UTF-8, with the mark by which they know it.

A cell that a spreadsheet would take for a formula begins with an apostrophe.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from conformance.engine.bundle import Bundle, write_synced

from .identity import TEXT_LIMIT, line
from .rollup import RequirementResult, Result, roll_up

COLUMNS = ("standard", "role", "requirement", "clause", "level", "wording", "verdict", "reason", "reason_zh", "cases",
           "failed_cases", "when", "check", "interpretation", "text", "text_zh")  # fmt: skip
FORMULA = "=+-@\t\r\n＝＋－＠|%"
CASES_SHOWN = 20


def write(bundle: Bundle, directory: Path) -> Path:
    """Write `requirements.csv`."""
    path = directory / "requirements.csv"
    write_synced(path, document(roll_up(bundle)).encode("utf-8-sig"))
    return path


def document(result: Result) -> str:
    """The table with its head."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    failed = {case.id for case in result.cases if case.failed}
    for row in result.requirements:
        writer.writerow([safe(cell) for cell in _cells(row, failed)])
    return text.getvalue()


def safe(cell: str) -> str:
    """A cell that no spreadsheet calculates."""
    return f"'{cell}" if cell.lstrip(" \u00a0\u3000").startswith(tuple(FORMULA)) else cell


def _cells(row: RequirementResult, failed: set[str]) -> Iterator[str]:
    yield from (line(value) for value in (row.standard, row.role, row.id, row.clause, row.level, row.wording))
    yield str(row.verdict)
    yield from (_text(row.reason), _text(row.reason_zh), str(len(row.cases)))
    yield line(" ".join([name for name in row.cases if name in failed][:CASES_SHOWN]), 4_000)
    yield from (line(value or "") for value in (row.when, row.check))
    yield from (_text(value) for value in (row.interpretation, row.text, row.text_zh))


def _text(value: str | None) -> str:
    return line(value or "", TEXT_LIMIT)
