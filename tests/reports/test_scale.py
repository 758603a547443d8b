"""What reports cost at a size that laboratories meet: 5,000 cases, 2,000 requirements; each in a process of its own.

`make bench` tells how long they take.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.bundle import Bundle

from .issued import laboratory_file
from .large import CASES, REQUIREMENTS, large

MEMORY_MB = 300
GROWTH = 15
"""How much more processor time a bundle of ten times the size may take: ten times at most, and half as much for chance.
What looks at all cases for each case takes a hundred times.
"""
PROGRAM = """
import json, resource, sys
sys.argv[0] = "iic-conform"
import cli
try:
    cli.main(sys.argv[1:], standalone_mode=False)
except SystemExit as ended:
    code = ended.code
own, child = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
# not ru_maxrss of its own: that one keeps what the process was that started it, here all of pytest
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({
    "code": code, "memory_mb": max(peak, child.ru_maxrss) / 1024,
    "cpu_s": own.ru_utime + own.ru_stime + child.ru_utime + child.ru_stime,
}), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return large(Path(tmp_path_factory.mktemp("large")) / "run-large")


@pytest.fixture(scope="module")
def tenth(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = Path(tmp_path_factory.mktemp("tenth"))
    return large(folder / "run-tenth", cases=CASES // 10, requirements=REQUIREMENTS // 10)


def cost(*words: object) -> dict[str, Any]:
    command = [sys.executable, "-c", PROGRAM, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stderr.splitlines()[-1])
    return found


def reported(bundle: Bundle, folder: Path, *words: str) -> dict[str, Any]:
    """What it costs to write reports of a bundle into a folder, the test report among them."""
    laboratory = laboratory_file(bundle, folder.parent)
    found = cost("report", bundle.directory, *words, "--report", "pdf", "--laboratory", laboratory, "--out", folder)
    assert found["code"] == 1
    return found


def test_the_test_report_alone(bundle: Bundle, tenth: Bundle, tmp_path: Path) -> None:
    less = reported(tenth, tmp_path / "less", "--language", "en")
    found = reported(bundle, tmp_path / "out", "--language", "en")
    assert found["memory_mb"] < MEMORY_MB
    assert found["cpu_s"] < GROWTH * less["cpu_s"]
    assert (tmp_path / "out" / "test-report-en.pdf").stat().st_size > 100_000


def test_every_format(bundle: Bundle, tenth: Bundle, tmp_path: Path) -> None:
    forms = ["html", "json", "junit", "allure", "earl", "oscal", "sarif", "csv", "markdown", "badge"]
    words = [word for form in forms for word in ("--report", form)]
    less = reported(tenth, tmp_path / "less", *words)
    found = reported(bundle, tmp_path / "out", *words)
    assert found["memory_mb"] < MEMORY_MB
    assert found["cpu_s"] < GROWTH * less["cpu_s"]
    assert len(list((tmp_path / "out").iterdir())) == 14


def test_a_comparison(bundle: Bundle, tmp_path: Path) -> None:
    found = cost("compare", bundle.directory, bundle.directory, "--format", "html", "--out", tmp_path / "c.html")
    assert found["code"] == 0
    assert found["memory_mb"] < MEMORY_MB
