"""Reports made again: by the same makers to the octet, by others not at all, and never against the record."""

import json
from pathlib import Path

import pytest

from conformance.engine.bundle import dump
from reports.signing.keys import SigningKey
from reports.signing.order import Order
from reports.signing.sign import sign
from reports.verifying import makers
from reports.verifying.remade import FEW_CASES

from ..signed import AT, FAILING, bundle, laboratory, look, new_key, paths, problems


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return new_key(tmp_path / "keys")


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_another_build_may_write_otherwise(tmp_path: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Years later: what was signed stands, though this build would write another page."""
    directory = bundle(tmp_path / "run-1", reports=("json", "html"))
    order = Order(at=AT, laboratory=laboratory(tmp_path / "laboratory.toml"))
    with monkeypatch.context() as patched:
        patched.setattr("reports.signing.sign.makers", lambda: "0" * 64)
        patched.setattr("reports.verifying.makers.makers", lambda: "0" * 64)
        sign(directory, key, order)
    found = look(directory, key)
    assert problems(found) == []
    assert any("another build" in note for note in found.notes)
    edited(directory / "report" / "index.html", "EG-100", "EG-200")
    assert paths(look(directory, key)) == {"report/index.html"}, "the statement still covers it"


def test_another_version_is_not_compared_but_its_verdict_is(tmp_path: Path) -> None:
    directory = bundle(tmp_path / "run-1", FAILING, reports=("json", "html"))
    manifest = json.loads((directory / "manifest.json").read_bytes())
    manifest["harness"]["version"] = "0.0.7"
    (directory / "manifest.json").write_bytes(dump(manifest))
    found = look(directory)
    assert problems(found) == []
    assert any("version 0.0.7 ran the cases" in note for note in found.notes)
    assert "in no signed statement, and not looked at: report/index.html, report/result.json" in found.notes
    edited(directory / "report" / "result.json", "does not conform", "conforms")
    assert problems(look(directory)) == [
        ("report/result.json", "does not follow from the bundle: it has another verdict or other counts")
    ]


def test_the_makers_are_all_sources_that_write_reports() -> None:
    assert len(makers.makers()) == 64
    assert makers.makers() == makers.makers()


def test_of_a_large_bundle_only_the_result_is_made_again(
    tmp_path: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert FEW_CASES >= 100
    directory = bundle(tmp_path / "run-1", reports=("json", "html"))
    monkeypatch.setattr("reports.verifying.bundles.FEW_CASES", 1)
    edited(directory / "report" / "index.html", "EG-100", "EG-200")
    found = look(directory)
    assert problems(found) == []
    assert any("only result.json was made again; --deep makes all" in note for note in found.notes)
    assert paths(look(directory, deep=True)) == {"report/index.html"}
    edited(directory / "report" / "result.json", "conforms", "inconclusive")
    assert paths(look(directory)) == {"report/result.json"}


def test_a_report_that_names_the_folder_stays_good_under_another_name(tmp_path: Path) -> None:
    directory = bundle(tmp_path / "run-1", FAILING, reports=("json", "junit", "html"))
    assert problems(look(directory.rename(tmp_path / "elsewhere"))) == []


def test_a_report_that_was_written_under_another_name_is_good(tmp_path: Path) -> None:
    from conformance.engine.bundle import Bundle
    from reports.writing import write

    directory = bundle(tmp_path / "run-1", FAILING).rename(tmp_path / "elsewhere")
    write(Bundle(directory), ("json", "junit", "html"))
    assert problems(look(directory)) == []
