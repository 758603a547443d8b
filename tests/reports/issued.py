"""A laboratory file for a bundle of today, proofs as `prove --out` stores them, and what a PDF says."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.bundle import Bundle

from .made import SUITE

EXAMPLE = Path(__file__).parents[2] / "examples" / "laboratory.toml"
ISSUED = datetime.date(2026, 11, 30)


def laboratory_text(bundle: Bundle) -> str:
    """The example, with days that fit a bundle."""
    day = datetime.date.fromisoformat(bundle.records[0]["at"][:10])
    days = {"2026-11-02": day - datetime.timedelta(20), "2026-11-24": day, "2026-11-26": day}
    text = EXAMPLE.read_text("utf-8").replace('"2026-11-30"', f'"{day + datetime.timedelta(4)}"')
    for written, meant in days.items():
        text = text.replace(f'"{written}"', f'"{meant}"')
    return text


def laboratory_file(bundle: Bundle, folder: Path, change: Callable[[str], str] = str) -> Path:
    """A laboratory file for a bundle; `change` may alter its text."""
    path = folder / "laboratory.toml"
    path.write_text(change(laboratory_text(bundle)), encoding="utf-8")
    return path


def proof_file(folder: Path, **changes: Any) -> Path:
    """A proof of the toy suite that holds; `changes` of its suite, or of the document where they are its keys."""
    suite = {
        "suite": "toy", "cases": 6, "clean_failures": [], "faults": 4, "caught": 4, "collateral": [],
        "unproven_cases": [], "sha256": SUITE.digest,
    }  # fmt: skip
    document: dict[str, Any] = {
        "version": 1, "suites": [suite], "created": "2026-11-25T04:33:23+00:00", "partial": False,
        "harness": {"name": "iic-conform", "version": "0.1.0"},
    }  # fmt: skip
    for name, value in changes.items():
        (document if name in document else suite)[name] = value
    path = folder / "proof.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def pages(path: Path) -> list[str]:
    """The text of each page of a PDF, its lines joined and its blanks made single."""
    pypdf = pytest.importorskip("pypdf")
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages]


def squeezed(text: str) -> str:
    """A text without blanks: where a PDF breaks lines is no concern."""
    return "".join(text.split())
