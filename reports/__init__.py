"""Reads a bundle, makes verdicts of it, and writes each report format. The bundle is all that a report is made from.

    result = roll_up(bundle)
    for form, written in write(bundle):
        ...

Third parties add formats as entry points of the group `iic_conform.reports`: a function `write(bundle, directory)` that
returns the path or paths it wrote.
"""

from .json_ import run_json
from .rollup import Result, roll_up
from .terminal import terminal_summary
from .writing import ReportError, Writer, write, writers

__all__ = ["ReportError", "Result", "Writer", "roll_up", "run_json", "terminal_summary", "write", "writers"]
