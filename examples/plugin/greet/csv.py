"""A report for a spreadsheet: one row for each requirement."""

import csv
from pathlib import Path

from conformance.engine.bundle import Bundle
from reports import roll_up


def write(bundle: Bundle, directory: Path) -> Path:
    path = directory / "requirements.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("requirement", "level", "verdict"))
        rows.writerows((r.ref, r.level, r.verdict) for r in roll_up(bundle).requirements)
    return path
