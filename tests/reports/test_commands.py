"""`report --report pdf` and `compare` as they are typed: what they write, say, and end with."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict

from .issued import laboratory_file, pages, proof_file
from .made import made_up, requirement, result


def typed(*words: object) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words])


@pytest.fixture
def bundle(toy_bundle: Bundle, tmp_path: Path) -> Bundle:
    shutil.copytree(toy_bundle.directory, tmp_path / "run-toy", ignore=shutil.ignore_patterns("report"))
    return Bundle(tmp_path / "run-toy")


def test_the_test_report_is_written_in_both_languages(bundle: Bundle, tmp_path: Path) -> None:
    laboratory, proof = laboratory_file(bundle, tmp_path), proof_file(tmp_path)
    done = typed("report", bundle.directory, "--report", "pdf", "--laboratory", laboratory, "--proof", proof)
    assert done.exit_code == 1, done.output
    paths = [bundle.directory / "report" / f"test-report-{language}.pdf" for language in ("en", "zh")]
    assert done.stdout.splitlines() == [
        "DOES NOT CONFORM: Example Works EG-100 2.1.0 against toy-profile",
        *(f"Report pdf: {path}" for path in paths),
    ]
    assert sorted((bundle.directory / "report").iterdir()) == paths
    assert "Does not conform" in pages(paths[0])[0]
    assert "不符合" in pages(paths[1])[0]


def test_one_language_and_another_folder(bundle: Bundle, tmp_path: Path) -> None:
    words = ["report", bundle.directory, "--report", "pdf", "--report", "csv", "--out", tmp_path / "out"]
    done = typed(*words, "--laboratory", laboratory_file(bundle, tmp_path), "--language", "zh")
    assert done.exit_code == 1, done.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["requirements.csv", "test-report-zh.pdf"]
    assert not (bundle.directory / "report").exists()


@pytest.mark.parametrize("wrong", ["laboratory", "proof"])
def test_nothing_is_written_when_a_file_is_wrong(wrong: str, bundle: Bundle, tmp_path: Path) -> None:
    laboratory, proof = laboratory_file(bundle, tmp_path), proof_file(tmp_path)
    (tmp_path / f"{wrong}.{'toml' if wrong == 'laboratory' else 'json'}").write_text("", encoding="utf-8")
    words = ["--report", "pdf", "--report", "json", "--laboratory", laboratory, "--proof", proof]
    done = typed("report", bundle.directory, *words)
    assert done.exit_code == 2
    assert "Cure: " in done.stderr
    assert done.stderr.count("is missing") == (10 if wrong == "laboratory" else 0)
    assert not (bundle.directory / "report").exists()


def test_the_test_report_needs_a_laboratory_and_only_it_does(bundle: Bundle, tmp_path: Path) -> None:
    done = typed("report", bundle.directory, "--report", "pdf")
    assert (done.exit_code, "--laboratory FILE" in done.stderr) == (2, True)
    done = typed("report", bundle.directory, "--laboratory", laboratory_file(bundle, tmp_path))
    assert (done.exit_code, "--report pdf" in done.stderr) == (2, True)


@pytest.mark.parametrize("command", [["run", "mqtt-broker"], ["resume", "."], ["rerun", "."]])
def test_no_run_makes_a_test_report(command: list[str]) -> None:
    done = typed(*command, "--report", "pdf")
    assert done.exit_code == 2
    assert "iic-conform report BUNDLE --report pdf" in done.stderr


def small(folder: Path, verdict: Verdict) -> Path:
    case = "toy/test_1.py::test_x"
    return made_up(folder, [result(case, verdict)], {case: ["T-1"]}, requirements=[requirement("T-1")]).directory


def test_compare_ends_with_what_it_found(tmp_path: Path) -> None:
    good, bad = small(tmp_path / "run-good", Verdict.PASS), small(tmp_path / "run-bad", Verdict.FAIL)
    assert typed("compare", good, good).exit_code == 0
    done = typed("compare", good, bad)
    assert done.exit_code == 1
    assert done.stdout.startswith("WORSE\n")
    assert typed("compare", bad, good).exit_code == 0
    assert typed("compare", good, tmp_path).exit_code == 2


def test_compare_writes_what_it_says(tmp_path: Path) -> None:
    good, bad = small(tmp_path / "run-good", Verdict.PASS), small(tmp_path / "run-bad", Verdict.FAIL)
    for form, begin in (("text", "WORSE\n"), ("json", "{\n"), ("html", "<!DOCTYPE html>\n")):
        out = tmp_path / "deep" / f"comparison.{form}"
        printed = typed("compare", good, bad, "--format", form)
        stored = typed("compare", good, bad, "--format", form, "--out", out)
        assert (printed.exit_code, stored.exit_code, stored.stdout) == (1, 1, "")
        assert out.read_text("utf-8") == printed.stdout
        assert printed.stdout.startswith(begin)
    assert json.loads((tmp_path / "deep" / "comparison.json").read_bytes())["worse"] is True
