"""How long a buyer waits for 5,000 cases: no longer than their number asks for. `make bench` tells how long."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.engine.verdict import Verdict
from reports.signing.order import Order
from reports.signing.sign import sign
from reports.verifying.remade import FORMATS
from reports.writing import OWN, write

from ..large import CASES, REQUIREMENTS, large
from ..signed import AT, look, new_key

GROWTH = 15
"""How much more processor time ten times the cases may take: ten times at most, and half as much for chance."""
TRIES = 3


def spent_s() -> float:
    """Processor time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def signed(folder: Path, cases: int, requirements: int) -> Path:
    """A signed bundle of so many cases, all of which passed, with twice as many pieces of evidence."""
    made = large(folder / "run-1", cases=cases, requirements=requirements, of=lambda n: Verdict.PASS)
    write(made, ["json"])
    sign(made.directory, new_key(folder / "keys"), Order(at=AT))
    return made.directory


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed bundle of 5,000 cases."""
    return signed(tmp_path_factory.mktemp("large"), CASES, REQUIREMENTS)


def verifying_s(directory: Path) -> float:
    """What it takes to verify a bundle."""
    command = [sys.executable, "-m", "cli", "verify", str(directory), "--trust"]
    command += [str(directory.parent / "keys" / "key.pub"), "--format", "json"]
    before_s = spent_s()
    done = subprocess.run(command, capture_output=True, text=True)
    document = json.loads(done.stdout)
    assert (done.returncode, document["problems"], len(document["signatures"])) == (0, [], 1)
    return spent_s() - before_s


def test_ten_times_the_cases_take_about_ten_times_as_long(directory: Path, tmp_path: Path) -> None:
    """By the processor's time, which others on this machine do not lengthen; the best of a few tries, in turns."""
    small = signed(tmp_path, CASES // 10, REQUIREMENTS // 10)
    took = [(verifying_s(small), verifying_s(directory)) for _ in range(TRIES)]
    less_s, more_s = map(min, zip(*took, strict=True))
    assert more_s < GROWTH * less_s, took


def test_it_looked_at_everything(directory: Path) -> None:
    """Fast because it is done once, not because it is left out."""
    records = (directory / "journal.jsonl").read_bytes().splitlines(keepends=True)
    assert len(records) > 2 * CASES
    evidence = sorted((directory / "evidence").iterdir())
    assert len(evidence) >= CASES
    for path in (evidence[len(evidence) // 2], directory / "journal.jsonl", directory / "report" / "result.json"):
        kept = path.read_bytes()
        middle = len(kept) // 2
        path.write_bytes(kept[:middle] + bytes([kept[middle] ^ 1]) + kept[middle + 1 :])
        assert path.relative_to(directory).as_posix() in {problem.path for problem in look(directory).problems}
        path.write_bytes(kept)


def test_every_format_of_ours_can_be_made_again() -> None:
    assert {*FORMATS, "pdf"} == set(OWN)
