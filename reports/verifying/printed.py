"""The printed test reports in a bundle: their own signatures, and whether they follow from the bundle.

A signature is put behind a PDF and leaves its octets as they were, so a report made again is the beginning of
the signed one. It is made again only by the typesetter and the font that made it: others draw this or that otherwise.
"""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from profiles.problems import InputError

from ..laboratory import load_laboratory
from ..writing import ReportError
from .model import Trust, Verification
from .pdf import check_pdf, is_signed
from .remade import Record, shadow
from .statements import FOLDER, SUFFIX, Told

LANGUAGES = ("en", "zh")


def names(suffix: str) -> list[str]:
    """What the PDFs of a statement are called; `suffix` is "" for the first and "-2" for the second."""
    return [f"report/test-report-{language}{suffix}.pdf" for language in LANGUAGES]


def check_printed(record: Record, told: Sequence[Told], trust: Trust, found: Verification) -> None:
    """Check every PDF in report/."""
    for name in record.reports:
        if name.endswith(".pdf"):
            data = (record.tree.directory / name).read_bytes()
            if is_signed(data):
                check_pdf(data, name, trust, found, vouched=name in record.covered)
    for one in told:
        if one.statement.said.get("laboratory") and not record.other:
            _compare(record, one, found)


def typesetting() -> dict[str, str]:
    """What sets PDFs here: the same gives the same octets. Raises ReportError, InputError without them."""
    from ..pdf.fonts import font

    try:
        files = sorted(font().folder.glob("NotoSansCJK*.ttc"))
        said = "\n".join(f"{file.name} {file.stat().st_size}" for file in files)
        return {"typst": version("typst"), "font": hashlib.sha256(said.encode()).hexdigest()}
    except PackageNotFoundError as error:
        raise ReportError(str(error)) from None


def _compare(record: Record, one: Told, found: Verification) -> None:
    """Make the PDFs of a statement again, and compare."""
    suffix = one.path.removeprefix(f"{FOLDER}statement").removesuffix(SUFFIX)
    try:
        if typesetting() != one.statement.said.get("typesetting"):
            found.notes.append(
                f"the PDFs of {one.path} were not made again: they were set by another typesetter or font"
            )
            return
        made = _made_again(record, suffix, electronic=_bears_signature(record, suffix))
    except (ReportError, InputError, OSError) as error:
        found.notes.append(f"the PDFs of {one.path} could not be made again: {error}")
        return
    for name, data in made.items():
        there = record.tree.directory / name
        if name in record.tree.files and not there.read_bytes().startswith(data):
            found.add(name, "does not follow from the bundle: made again it is another one")


def _bears_signature(record: Record, suffix: str) -> bool:
    """Whether the PDFs are signed themselves, of which they speak."""
    there = [name for name in names(suffix) if name in record.tree.files]
    return any(is_signed((record.tree.directory / name).read_bytes()) for name in there)


def _made_again(record: Record, suffix: str, *, electronic: bool) -> Mapping[str, bytes]:
    from ..pdf import write_pdf
    from ..validation import load_proof

    signature = record.tree.directory / "signature"
    proof = signature / f"proof{suffix}.json"
    laboratory = load_laboratory(signature / f"laboratory{suffix}.toml")
    with tempfile.TemporaryDirectory() as place:
        bundle: Any = shadow(record.bundle, Path(place) / record.names[0])
        paths = write_pdf(
            bundle,
            Path(place) / "made",
            laboratory,
            load_proof(proof) if proof.is_file() else None,
            electronic=electronic,
        )
        return dict(zip(names(suffix), [path.read_bytes() for path in paths], strict=True))
