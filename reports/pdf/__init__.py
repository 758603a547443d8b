"""The test report to print: PDF/A-2b, one document for each language, with all that ISO/IEC 17025:2017, 7.8, asks.

    paths = write_pdf(bundle, directory, load_laboratory("laboratory.toml"), load_proof("proof.json"))

The same bundle, laboratory file and proof give the same octets.
"""

from collections.abc import Iterable
from pathlib import Path

from conformance.engine.bundle import Bundle, write_synced
from profiles.problems import InputError

from ..laboratory import Laboratory, check
from ..rollup import Result, roll_up
from ..validation import Proof
from ..writing import ReportError
from .content import document
from .fonts import font
from .letters import Letters
from .telling import Telling
from .typesetting import pdfs

SIGNED = b"/ByteRange"
"""Stands in every PDF that bears a signature."""
LANGUAGES = ("en", "zh")
NO_LABORATORY = (
    "a test report needs to know who issues it: "
    "iic-conform report BUNDLE --report pdf --laboratory FILE (see examples/laboratory.toml)"
)


def write(bundle: Bundle, directory: Path) -> Path:
    """The PDF cannot be made of a bundle alone. Raises ReportError."""
    raise ReportError(NO_LABORATORY)


def file_name(language: str) -> str:
    """What the report in a language is called."""
    return f"test-report-{language}.pdf"


def write_pdf(
    bundle: Bundle,
    directory: Path,
    laboratory: Laboratory,
    proof: Proof | None = None,
    languages: Iterable[str] = LANGUAGES,
    *,
    electronic: bool = False,
) -> list[Path]:
    """Write `test-report-<language>.pdf` into `directory`; `electronic`: each will be signed itself.

    Raises InputError where the laboratory file contradicts the run, and where typst or the font is not installed.
    """
    result = roll_up(bundle)
    check(laboratory, result.run)
    directory.mkdir(parents=True, exist_ok=True)
    letters = Letters(font().letters)
    wanted = list(dict.fromkeys(languages))
    paths = [directory / file_name(language) for language in wanted]
    documents = [
        document(_telling(result, bundle, laboratory, proof, letters, language, electronic or _is_signed(path)))
        for language, path in zip(wanted, paths, strict=True)
    ]
    for path, data in zip(paths, pdfs(documents, laboratory.issued), strict=True):
        _keep_or_write(path, data)
    return paths


def _is_signed(path: Path) -> bool:
    return path.is_file() and SIGNED in path.read_bytes()


def _keep_or_write(path: Path, data: bytes) -> None:
    """The same report is left as it was signed, since a signature stands behind its octets; another one is refused."""
    there = path.read_bytes() if path.is_file() else b""
    if there.startswith(data):
        return
    if SIGNED in there:
        cure = "Write to another folder with --out; an amended report has an id of its own, and the signed one is kept"
        raise InputError(path, "", "this is another report, and it is signed", cure)
    write_synced(path, data)


def _telling(
    result: Result,
    bundle: Bundle,
    laboratory: Laboratory,
    proof: Proof | None,
    letters: Letters,
    language: str,
    electronic: bool,
) -> Telling:
    return Telling(
        result=result,
        bundle=bundle,
        laboratory=laboratory,
        proof=proof,
        letters=letters,
        chinese=language == "zh",
        electronic=electronic,
    )
