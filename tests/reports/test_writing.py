"""The registry of writers: one that raises takes no other along, and the same bundle gives the same octets."""

import hashlib
import os
import shutil
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import reports
from conformance.engine.bundle import Bundle
from reports import writing

FORMATS = ["html", "json", "junit", "allure"]


def strangers(monkeypatch: pytest.MonkeyPatch, **points: str) -> None:
    """Pretend that packages with these entry points are installed."""
    found = [EntryPoint(name, value, writing.GROUP) for name, value in points.items()]
    monkeypatch.setattr(writing, "entry_points", lambda group: found if group == writing.GROUP else [])


def tree(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def exclaim(bundle: Bundle, directory: Path) -> Path:
    path = directory / "exclaimed.txt"
    path.write_text(f"{bundle.run}!")
    return path


def break_down(bundle: Bundle, directory: Path) -> Path:
    raise RuntimeError("no ink")


def test_the_formats_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    strangers(monkeypatch)
    assert list(reports.writers())[:4] == FORMATS


def test_the_same_bundle_gives_the_same_octets(toy_bundle: Bundle, tmp_path: Path) -> None:
    copy = tmp_path / "run-toy"
    shutil.copytree(toy_bundle.directory, copy)
    reports.write(toy_bundle, FORMATS)
    first = tree(toy_bundle.directory / "report")
    reports.write(Bundle(toy_bundle.directory), FORMATS)
    assert tree(toy_bundle.directory / "report") == first
    reports.write(Bundle(copy), FORMATS)
    assert tree(copy / "report") == first
    assert {"index.html", "result.json", "junit.xml"} < set(first)


def test_neither_time_zone_nor_locale_nor_hash_seed_shows(toy_bundle: Bundle, tmp_path: Path) -> None:
    import subprocess
    import sys

    program = (
        "import sys; from pathlib import Path; import reports; from conformance.engine.bundle import Bundle;"
        "wrong = [w for _, w in reports.write(Bundle(Path(sys.argv[1])), sys.argv[3:], Path(sys.argv[2]))"
        " if isinstance(w, Exception)]; sys.exit(str(wrong) if wrong else 0)"
    )
    trees = []
    for name, more in (("a", {}), ("b", {"TZ": "Asia/Shanghai", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "7"})):
        out = tmp_path / name
        arguments = [sys.executable, "-c", program, str(toy_bundle.directory), str(out), *FORMATS]
        done = subprocess.run(arguments, env={**os.environ, **more}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        trees.append(tree(out))
    assert trees[0] == trees[1]


def test_a_writer_changes_nothing_but_its_reports(toy_bundle: Bundle) -> None:
    def rest() -> dict[str, str]:
        return {name: of for name, of in tree(toy_bundle.directory).items() if not name.startswith("report/")}

    before = rest()
    reports.write(toy_bundle, FORMATS)
    assert rest() == before


def test_a_writer_that_raises_is_named_and_the_others_write(
    toy_bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = "tests.reports.test_writing"
    strangers(monkeypatch, zz_broken=f"{here}:break_down", aa_gone="no.such.package:write", exclaim=f"{here}:exclaim")
    outcome = dict(reports.write(toy_bundle, None, tmp_path))
    assert list(outcome)[-3:] == ["aa_gone", "exclaim", "zz_broken"]
    assert isinstance(outcome["zz_broken"], RuntimeError)
    assert isinstance(outcome["aa_gone"], ModuleNotFoundError)
    assert outcome["exclaim"] == tmp_path / "exclaimed.txt"
    assert all((tmp_path / name).exists() for name in ("index.html", "result.json", "junit.xml", "allure-results"))


def test_a_stranger_cannot_take_the_place_of_a_format(
    toy_bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strangers(monkeypatch, json="tests.reports.test_writing:exclaim")
    outcome = dict(reports.write(toy_bundle, None, tmp_path))
    assert outcome["json"] == tmp_path / "result.json"
    (refused,) = [value for value in outcome.values() if isinstance(value, Exception)]
    assert isinstance(refused, reports.ReportError)
    assert not (tmp_path / "exclaimed.txt").exists()


def test_an_unknown_format_is_refused_before_anything_is_written(toy_bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(reports.ReportError, match="docx"):
        reports.write(toy_bundle, ["json", "docx"], tmp_path / "out")
    assert not (tmp_path / "out").exists()
