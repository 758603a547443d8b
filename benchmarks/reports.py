"""What the reports of 5,000 cases and 2,000 requirements take: to be written, verified, opened and searched."""

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict
from reports.signing.order import Order
from reports.signing.sign import sign
from reports.writing import write
from tests.reports.browser import browser, filtering_ms, missing, opening_ms
from tests.reports.issued import laboratory_file
from tests.reports.large import large
from tests.reports.signed import AT, new_key

from .used import CONFORM, used

FORMATS = ("html", "json", "junit", "allure", "earl", "oscal", "sarif", "csv", "markdown", "badge", "pdf")
TRIES = 3


def rows() -> Iterator[tuple[str, str, str]]:
    """Figure, what was measured, what is wanted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bundle = large(folder / "run-large")
        yield (
            "test report of 5,000 cases, CPU",
            f"{_report_s(bundle, folder, ['pdf'], '--language', 'en'):.1f} s",
            "3 s",
        )
        yield "all reports of 5,000 cases, CPU", f"{_report_s(bundle, folder, FORMATS):.1f} s", "10 s"
        yield "verify 5,000 cases, CPU", f"{_verify_s(folder):.1f} s", "2 s"
        if not missing():
            yield from _page(bundle, folder)


def _report_s(bundle: Bundle, folder: Path, formats: Iterable[str], *more: str) -> float:
    words = [word for form in formats for word in ("--report", form)]
    words += ["--laboratory", str(laboratory_file(bundle, folder)), "--out", str(folder / "out")]
    return _cpu_s("report", str(bundle.directory), *words, *more)


def _verify_s(folder: Path) -> float:
    signed = large(folder / "run-signed", of=lambda n: Verdict.PASS)
    write(signed, ["json"])
    sign(signed.directory, new_key(folder / "keys"), Order(at=AT))
    return _cpu_s("verify", str(signed.directory), "--trust", str(folder / "keys" / "key.pub"))


def _cpu_s(*words: str) -> float:
    return min(used(*CONFORM, *words).cpu_s for _ in range(TRIES))


def _page(bundle: Bundle, folder: Path) -> Iterator[tuple[str, str, str]]:
    write(bundle, ["html"])
    url = (bundle.directory / "report" / "index.html").resolve().as_uri()
    with browser(folder) as page:
        opened = [opening_ms(page, url) for _ in range(TRIES)]
        filtered = [filtering_ms(page) for _ in range(TRIES)]
    yield "page of 5,000 cases, opened", f"{min(opened):.0f} ms", "2,000 ms"
    yield "page of 5,000 cases, one search", f"{max(map(min, zip(*filtered, strict=True))):.0f} ms", "100 ms"


if __name__ == "__main__":
    for row in rows():
        sys.stdout.write(" | ".join(row) + "\n")
