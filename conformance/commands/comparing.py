"""`iic-conform compare`: what changed between two runs."""

from pathlib import Path

import reports
from conformance.engine.bundle import Bundle, dump

from .exits import CONFORMS, DOES_NOT_CONFORM
from .output import write


def command(first: Path, second: Path, form: str, out: Path | None) -> int:
    """Tell what changed; 1 when something is worse in the second run."""
    from reports.comparing import compare, text

    results = [reports.roll_up(Bundle(path)) for path in (first, second)]
    comparison = compare(*results, names=(str(first), str(second)))
    if form == "json":
        data = dump(comparison.to_json())
    elif form == "html":
        from reports.html.comparison import page

        data = page(comparison).encode("utf-8", "backslashreplace")
    else:
        data = text(comparison).encode("utf-8", "backslashreplace")
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(data)
    else:
        write(data.decode().removesuffix("\n"))
    return DOES_NOT_CONFORM if comparison.worse else CONFORMS
