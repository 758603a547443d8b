"""The package: a wheel that is whole, and that works where nothing but it is installed."""

import json
import re
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from .installed import ROOT, Installed, build_wheel

PARTS = ("conformance", "profiles", "reports", "testbeds", "vectors")


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """The files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode("utf-8"))


def test_the_wheel_holds_every_module_and_everything_they_read(names: set[str]) -> None:
    wanted = {
        path.relative_to(ROOT).as_posix()
        for part in PARTS
        for path in (ROOT / part).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert sorted((wanted | {"cli.py"}) - names) == []


def test_the_wheel_holds_nothing_else(names: set[str]) -> None:
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"cli.py", *PARTS}
    assert [name for name in names if "__pycache__" in name] == []


def test_the_wheel_says_what_it_is(metadata: Message) -> None:
    assert metadata["Name"] == "iic-conform"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])


def test_the_source_archive_can_be_built_from_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        inside = {name.partition("/")[2] for name in opened.getnames()}
    for name in (
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "Makefile",
        "mkdocs.yml",
        "docs/index.md",
        "tests/conftest.py",
    ):
        assert name in inside
    assert not [name for name in inside if re.match(r"(runs|build|dist|site|\.venv)/", name)]


def test_the_command_answers(installed: Installed, tmp_path: Path) -> None:
    assert "Usage: iic-conform" in installed.run("iic-conform --help", tmp_path).stdout
    assert re.fullmatch(
        r"iic-conform, version \d+\.\d+\.\d+\n", installed.run("iic-conform --version", tmp_path).stdout
    )
    where = installed.run('python -c "import cli; print(cli.__file__)"', tmp_path).stdout
    assert Path(where.strip()).is_relative_to(installed.folder)


def test_a_run_away_from_the_tree(installed: Installed, tmp_path: Path) -> None:
    done = installed.run("iic-conform run mqtt-broker --limit 5 --format json", tmp_path)
    assert done.returncode == 3, done.stderr
    result = json.loads(done.stdout)
    assert result["cases"]["pass"] == 5
    bundle = tmp_path / result["bundle"]
    for name in ("manifest.json", "report/index.html", "report/result.json", "report/junit.xml"):
        assert (bundle / name).is_file(), name
    assert list((bundle / "report" / "allure-results").iterdir())


def test_everything_is_found_away_from_the_tree(installed: Installed, tmp_path: Path) -> None:
    assert "mqtt-broker" in installed.run("iic-conform list profiles", tmp_path).stdout
    assert "mqtt-5.0/server" in installed.run("iic-conform list standards", tmp_path).stdout
    assert "conformance.network.mqtt" in installed.run("iic-conform list suites", tmp_path).stdout
    proved = installed.run(
        "iic-conform prove mqtt --fault second-connect-tolerated --workers 1 --format json", tmp_path
    )
    assert json.loads(proved.stdout)["suites"][0]["caught"] == 1, proved.stderr


def test_building_twice_gives_the_same_wheel(tmp_path: Path) -> None:
    assert build_wheel(tmp_path / "one").read_bytes() == build_wheel(tmp_path / "other").read_bytes()
