"""What reports cost at a size that laboratories meet: 5,000 cases, 2,000 requirements; each in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.bundle import Bundle

from .issued import laboratory_file
from .large import large

MEMORY_MB = 300
ALL_CPU_S, PDF_CPU_S = 20.0, 6.0
"""Twice what it may take on a quiet machine, where it takes about half of that: this one may be busy."""
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


def cost(*words: object) -> dict[str, Any]:
    command = [sys.executable, "-c", PROGRAM, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stderr.splitlines()[-1])
    return found


def test_the_test_report_alone(bundle: Bundle, tmp_path: Path) -> None:
    words = ["--report", "pdf", "--laboratory", laboratory_file(bundle, tmp_path), "--language", "en"]
    found = cost("report", bundle.directory, *words, "--out", tmp_path)
    assert found["code"] == 1
    assert found["memory_mb"] < MEMORY_MB
    assert found["cpu_s"] < PDF_CPU_S
    assert (tmp_path / "test-report-en.pdf").stat().st_size > 100_000


def test_every_format(bundle: Bundle, tmp_path: Path) -> None:
    forms = ["html", "json", "junit", "allure", "earl", "oscal", "sarif", "csv", "markdown", "badge", "pdf"]
    words = [word for form in forms for word in ("--report", form)]
    words += ["--laboratory", str(laboratory_file(bundle, tmp_path)), "--out", str(tmp_path / "out")]
    found = cost("report", bundle.directory, *words)
    assert found["code"] == 1
    assert found["memory_mb"] < MEMORY_MB
    assert found["cpu_s"] < ALL_CPU_S
    assert len(list((tmp_path / "out").iterdir())) == 14


def test_a_comparison(bundle: Bundle, tmp_path: Path) -> None:
    found = cost("compare", bundle.directory, bundle.directory, "--format", "html", "--out", tmp_path / "c.html")
    assert found["code"] == 0
    assert found["memory_mb"] < MEMORY_MB
