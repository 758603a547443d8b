"""Products that mean no good: a run against one ends in time and in bounds, never conforms, and is reported as text."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.processes import ROOT, Ended, bundle_of, conform, ends

from .hostile import BEHAVIOURS, MARKUP

CASES = "3.1 or 3.14 or 4.3"
MOST_MB = 200
DEADLINE_S = 60.0
NO_SESSION = {"mute", "giant_connack", "closes_at_once"}
"""These take not even the first session, so that no case runs."""


@pytest.fixture(scope="module")
def against(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Runs"]:
    """What came of a run against each behaviour; all go on at the same time."""
    folder = tmp_path_factory.mktemp("hostile")
    with ThreadPoolExecutor(2) as pool:
        runs = {name: pool.submit(run, name, folder / name) for name in BEHAVIOURS}
        yield {name: (folder / name, run.result()) for name, run in runs.items()}


Runs = dict[str, tuple[Path, Ended]]


def run(name: str, folder: Path) -> Ended:
    """A run of some cases against a product that behaves so."""
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.commands.hostile", name],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as server:
        assert server.stdin
        assert server.stdout
        port = int(server.stdout.readline())
        (folder / "product.toml").write_text(
            f'[product]\nvendor = "V"\nname = "{name}"\nversion = "1"\n[ixit.mqtt]\nurl = "mqtt://127.0.0.1:{port}"\n',
            encoding="utf-8",
        )
        words = ("run", "mqtt-broker", "--product", "product.toml", "--select", CASES, "--limit", "60")
        done = conform(*words, "--report", "html", "--report", "json", "--report", "csv", cwd=folder, timeout_s=240)
        server.stdin.close()  # which ends it
        return done


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_the_run_ends_in_bounds_and_does_not_conform(against: Runs, name: str) -> None:
    folder, done = against[name]
    assert done.code in ({5} if name in NO_SESSION else {1, 3}), done.told[-2000:]
    assert "Traceback" not in done.told
    assert "conforms\n" not in done.out.replace("does not conform", "").lower()
    assert 0 < done.peak_mb < MOST_MB
    if name in NO_SESSION:
        assert "takes no session at the start" in done.err
        assert not list(folder.glob("runs/*"))


@pytest.mark.parametrize("name", sorted(set(BEHAVIOURS) - NO_SESSION))
def test_every_case_ends_before_its_deadline_and_none_by_a_bug_of_ours(against: Runs, name: str) -> None:
    found = [end for each in ends(bundle_of(against[name][0] / "runs")).values() for end in each]
    assert len(found) >= 60
    assert [end["summary"] for end in found if end["verdict"] == "error"] == []
    assert max(end["seconds"] for end in found) < DEADLINE_S + 10


def test_what_the_product_says_stays_text(against: Runs) -> None:
    report = bundle_of(against["markup"][0] / "runs") / "report"
    page = (report / "index.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "alert(1)" in page
    assert not set(MARKUP) & {"\x1b", "\x07", "\u202e"} & set(page)
    for cell in (report / "requirements.csv").read_text(encoding="utf-8").replace('"', ",").split(","):
        assert not cell.startswith(("=", "@"))


def test_what_is_printed_holds_no_control_characters(against: Runs) -> None:
    for name in ("markup", "ill_formed"):
        told = against[name][1].told
        assert not {c for c in told if c < " " and c not in "\n\t\r"}
        assert "\u202e" not in told
