"""A report for a shell: one line for each requirement."""

from pathlib import Path

from conformance.engine.bundle import Bundle
from reports import roll_up


def write(bundle: Bundle, directory: Path) -> Path:
    path = directory / "verdicts.txt"
    lines = [f"{r.ref} {r.level}: {r.verdict}\n" for r in roll_up(bundle).requirements]
    path.write_text("".join(lines), encoding="utf-8")
    return path
