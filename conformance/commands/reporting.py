"""`iic-conform report`: the reports of a bundle, made again from it; and the test report, which a laboratory issues."""

from collections.abc import Callable, Sequence
from pathlib import Path

import reports
from conformance.engine.bundle import Bundle
from reports.rollup import JudgedBundle
from reports.text import one_line, shortened

from .exits import HARNESS, Ended
from .order import Issue
from .output import write, write_json
from .run import check_formats, tell_broken, tell_written

PDF = "pdf"
SHOWN = 500
LANGUAGES = {"en": ("en",), "zh": ("zh",), "both": ("en", "zh")}


def command(path: Path, formats: Sequence[str], out: Path | None, issue: Issue, as_json: bool) -> int:
    """Write reports from a bundle; the exit code is that of the run."""
    check_formats(formats)
    _check(formats, issue)
    bundle = JudgedBundle(Bundle(path))
    result = bundle.result
    printing = _printing(bundle, result, issue) if PDF in formats else None
    others = [form for form in formats if form != PDF]
    directory = out or path / "report"
    written = reports.write(bundle, others or None, directory) if others or not formats else []
    broken = tell_broken(written)
    written += [(PDF, printing(directory))] if printing else []
    if as_json:
        write_json(reports.run_json(result, path))
    else:
        write(f"{result.verdict.upper()}: {_line(result)}")
        tell_written(written)
    return HARNESS if broken else result.exit_code


def _line(result: reports.Result) -> str:
    """What was judged, in a line."""
    plan = result.run.plan
    return one_line(shortened(f"{plan.get('product') or 'the product'} against {plan.get('profile')}", SHOWN))


def _check(formats: Sequence[str], issue: Issue) -> None:
    if PDF in formats and issue.laboratory is None:
        raise Ended(
            "--report pdf: a test report names who issues it: give --laboratory FILE; "
            "examples/laboratory.toml shows what stands in it"
        )
    if PDF not in formats and (issue.laboratory or issue.proof):
        raise Ended("--laboratory and --proof are for the test report: give --report pdf as well")


def _printing(bundle: Bundle, result: reports.Result, issue: Issue) -> Callable[[Path], list[Path]]:
    """What will write the test report. Everything that it needs is read and checked now, before anything is written."""
    from reports.laboratory import check, load_laboratory
    from reports.pdf import write_pdf
    from reports.validation import load_proof

    assert issue.laboratory
    laboratory = load_laboratory(issue.laboratory)
    check(laboratory, result.run)
    proof = load_proof(issue.proof) if issue.proof else None
    return lambda directory: write_pdf(bundle, directory, laboratory, proof, LANGUAGES[issue.language])
