"""Tells what a path is, and has it checked."""

from pathlib import Path

from profiles.problems import InputError
from profiles.reading import read_octets

from ..signing import jose
from .credential import Asked, check_credential, tell_of_trust
from .model import Verification

LARGEST_OCTETS = 512 * 2**20
BUNDLE = ("plan.json", "manifest.json", "journal.jsonl")
_BEGINNING = b"eyJ"
"""How a signed token begins: with a JSON object in base64."""
KINDS = "Name a bundle (a folder), a signed PDF, or a certificate (credential.jwt)"


def verify(path: Path, asked: Asked, *, deep: bool = False) -> Verification:
    """Check what is at a path; `deep` makes every report of a bundle again. Raises InputError for anything else."""
    if path.is_dir():
        if not any((path / name).exists() or (path / name).is_symlink() for name in BUNDLE):
            raise InputError(path, "", f"this is no bundle: it has none of {', '.join(BUNDLE)}", KINDS)
        from .bundles import check_bundle

        return check_bundle(path, asked, deep)
    data = read_octets(path, LARGEST_OCTETS)
    if data.startswith(b"%PDF-"):
        return _pdf(data, path, asked)
    return _credential(data, path, asked)


def _pdf(data: bytes, path: Path, asked: Asked) -> Verification:
    from .pdf import check_pdf

    found = Verification("pdf", str(path))
    check_pdf(data, path.name, asked.trust, found)
    tell_of_trust(found, asked)
    return found


def _credential(data: bytes, path: Path, asked: Asked) -> Verification:
    found = Verification("certificate", str(path))
    looks_like_one = path.suffix == ".jwt" or data.startswith(_BEGINNING)
    if len(data) > jose.LARGEST_OCTETS or not looks_like_one:
        raise InputError(path, "", "this is neither a PDF nor a certificate", KINDS)
    check_credential(data, path.name, asked, found)
    tell_of_trust(found, asked)
    return found
