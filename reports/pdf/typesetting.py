"""From data to a PDF/A-2b, with typst. What is set goes in as JSON; the template is the only source."""

import datetime
import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..needs import need
from ..writing import ReportError
from .fonts import font

HERE = Path(__file__).parent
TEMPLATE = HERE / "report.typ"
COMPOSE = HERE / "compose.py"
DEADLINE_S = 600.0


def pdfs(documents: Sequence[dict[str, Any]], issued: datetime.date) -> list[bytes]:
    """Each document as PDF/A-2b; the same octets for the same document and day. Raises InputError, ReportError."""
    need("typst")
    folder = font().folder
    midnight = datetime.datetime.combine(issued, datetime.time(), datetime.UTC)
    orders = [
        {
            "template": str(TEMPLATE),
            "fonts": str(folder),
            "created": int(midnight.timestamp()),
            "data": json.dumps(document, ensure_ascii=False),
        }
        for document in documents
    ]
    with ThreadPoolExecutor(max_workers=max(len(orders), 1)) as pool:
        return list(pool.map(_composed, orders))


def _composed(order: dict[str, Any]) -> bytes:
    """The PDF with a line end behind it: what a signature adds would else begin on its last line, against PDF/A."""
    done = subprocess.run(
        [sys.executable, "-P", str(COMPOSE)],
        input=json.dumps(order).encode(),
        capture_output=True,
        timeout=DEADLINE_S,
        check=False,
    )
    if done.returncode:
        raise ReportError(f"the PDF could not be set: {done.stderr.decode(errors='replace')[-2_000:]}")
    return done.stdout.rstrip(b"\n") + b"\n"
