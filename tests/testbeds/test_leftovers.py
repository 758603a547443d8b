"""What killed runs leave behind: found by who made it, ended and removed, and nobody else's touched."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from testbeds.leftovers import make_folder
from tests.commands.typed import typed

if sys.platform != "linux":
    pytest.skip("looks into /proc", allow_module_level=True)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_a_killed_run_left_is_ended_and_removed(elsewhere: Path) -> None:
    folder = elsewhere / f"iic-conform-{gone()}-abc"
    (folder / "data").mkdir(parents=True)
    with subprocess.Popen(["sleep", "600"], cwd=folder / "data") as product:
        done = typed("testbed", "clean", "--format", "json")
        assert product.wait(10) == -9
    assert json.loads(done.stdout) == [{"folder": str(folder), "processes": [product.pid]}]
    assert not folder.exists()
    assert typed("testbed", "clean").stdout == "nothing was left behind\n"


def test_what_a_living_run_uses_stays() -> None:
    folder = make_folder()
    assert typed("testbed", "clean").stdout == "nothing was left behind\n"
    assert folder.is_dir()


def test_a_number_given_anew_is_no_owner(elsewhere: Path) -> None:
    folder = elsewhere / f"iic-conform-{os.getpid()}-abc"
    folder.mkdir()
    os.utime(folder, (1_000_000, 1_000_000))
    assert f"removed {folder}" in typed("testbed", "clean").stdout


@pytest.mark.parametrize("name", ["iic-conform-mine", "iic-conform-12", "other"])
def test_what_is_not_of_a_run_stays(elsewhere: Path, name: str) -> None:
    (elsewhere / name).mkdir()
    assert typed("testbed", "clean").stdout == "nothing was left behind\n"
    assert (elsewhere / name).is_dir()
