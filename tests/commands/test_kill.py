"""A run that is killed or interrupted: what was recorded stays, it never conforms, and `resume` ends it."""

import json
import os
import shutil
import signal
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.bundle import Bundle
from tests.processes import CONFORM, Ended, bundle_of, conform, ends, journal
from tests.strangers import environment, install, install_suite

from .typed import heed_interruptions, typed, valid

CASES = 8
SUITE = f"""
    @requirement("lines-1/server:L-1")
    @pytest.mark.parametrize("n", range({CASES}))
    async def test_a_line_comes_back(line: Channel, n: int) -> None:
        await line.send(Line(f"case {{n}}"))
        await line.expect(Line)
    """
WRITER = """
    import time
    def write(bundle, directory):
        (directory / "began").touch()
        time.sleep(60)
    """
SOON_S = 20.0


class Product(socketserver.ThreadingTCPServer):
    """Repeats lines until it has repeated `most` of them; the next one waits until `go_on`."""

    daemon_threads = True

    def __init__(self, most: int) -> None:
        super().__init__(("127.0.0.1", 0), Repeating)
        self.most = most
        self.repeated = 0
        self.lock = threading.Lock()
        self.holds = threading.Event()
        self.goes_on = threading.Event()

    def go_on(self) -> None:
        self.most = CASES * 10
        self.goes_on.set()


class Repeating(socketserver.StreamRequestHandler):
    """One connection to the product."""

    server: Product

    def handle(self) -> None:
        while line := self.rfile.readline(20):
            with self.server.lock:
                self.server.repeated += 1
                holds = self.server.repeated > self.server.most
            if holds:
                self.server.holds.set()
                self.server.goes_on.wait()
            try:
                self.wfile.write(line)
            except OSError:
                return


class Place:
    """A folder with the suite `lines` and a product of it; runs there take one case after the other."""

    def __init__(self, folder: Path, most: int) -> None:
        self.folder = folder
        self.env = environment(install_suite(folder / "packages", SUITE))
        self.product = Product(most)
        threading.Thread(target=self.product.serve_forever, args=(0.01,), daemon=True).start()
        (folder / "product.toml").write_text(
            '[product]\nvendor = "Nobody"\nname = "Liner"\nversion = "1"\n'
            f'[ixit.lines]\nurl = "lines://127.0.0.1:{self.product.server_address[1]}"\n',
            encoding="utf-8",
        )

    @property
    def bundle(self) -> Path:
        return bundle_of(self.folder / "runs")

    def start(self, *more: str) -> subprocess.Popen[str]:
        """Begin a run and come back when the product holds a line, and all until then is in the journal."""
        words = ("run", "liner", "--product", "product.toml", "--concurrency", "1", *more)
        process = begin(*words, folder=self.folder, env=self.env)
        assert self.product.holds.wait(SOON_S)
        wait_for(lambda: len(begun(self.bundle)) == self.product.most + 1)
        assert len(ends(self.bundle)) == self.product.most
        return process

    def conform(self, *words: str | Path) -> Ended:
        return conform(*words, env=self.env, cwd=self.folder)

    def close(self) -> None:
        self.product.go_on()
        self.product.shutdown()
        self.product.server_close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Callable[[int], Place]]:
    """Makes the place: the product there repeats as many lines as are asked for before it holds one."""
    made: list[Place] = []

    def make(most: int) -> Place:
        made.append(Place(tmp_path, most))
        return made[0]

    yield make
    for one in made:
        one.close()


def begin(*words: str, folder: Path, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """Start the command, in a process group of its own."""
    return subprocess.Popen(
        [*CONFORM, *words],
        cwd=folder,
        env=os.environ | (env or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interruptions,  # noqa: PLW1509 - it takes no lock
    )


def begun(bundle: Path) -> list[tuple[str, int]]:
    """The attempts that were begun, each as case and number."""
    return [(r["case"], r["attempt"]) for r in journal(bundle) if r["kind"] == "case-start"]


def wait_for(true: Callable[[], Any]) -> None:
    deadline_s = time.monotonic() + SOON_S
    while not true():
        assert time.monotonic() < deadline_s
        time.sleep(0.005)


def end(process: subprocess.Popen[str], how: signal.Signals) -> tuple[int, str]:
    """Send a signal; the exit code and what stands on stderr."""
    process.send_signal(how)
    _, told = process.communicate(timeout=SOON_S)
    assert "Traceback" not in told
    return process.returncode, told


def result(done: Ended) -> dict[str, Any]:
    """The document of a command that prints the result of a run."""
    found: dict[str, Any] = valid("run", done.json)
    return found


def check_incomplete(bundle: Path) -> None:
    """Neither `report` nor `verify` takes the bundle for that of a product that conforms."""
    done = typed("report", bundle, "--report", "html", "--format", "json")
    assert (done.exit_code, json.loads(done.stdout)["verdict"]) == (3, "incomplete")
    assert "incomplete" in (bundle / "report" / "index.html").read_text(encoding="utf-8").lower()
    assert typed("verify", bundle).exit_code == 6
    shutil.rmtree(bundle / "report")


def check_whole(bundle: Path) -> None:
    read = Bundle(bundle)
    assert (read.complete, read.problems) == (True, [])


@pytest.mark.parametrize("most", [0, CASES - 1])
def test_verdicts_before_a_kill_are_kept_and_resume_finishes(place: Callable[[int], Place], most: int) -> None:
    here = place(most)
    end(here.start(), signal.SIGKILL)
    kept = (here.bundle / "journal.jsonl").read_bytes()
    before = ends(here.bundle)
    assert [e["verdict"] for found in before.values() for e in found] == ["pass"] * most
    check_incomplete(here.bundle)
    here.product.go_on()
    done = here.conform("resume", here.bundle, "--format", "json")
    assert (done.code, result(done)["verdict"], done.json["cases"]["pass"]) == (0, "conforms", CASES)
    assert (here.bundle / "journal.jsonl").read_bytes().startswith(kept)
    assert here.product.repeated == CASES + 1  # only the case that was held is asked again
    after = ends(here.bundle)
    assert len(after) == CASES
    assert {case: after[case] for case in before} == before
    check_whole(here.bundle)


def test_a_resumed_run_says_so_counts_on_and_is_not_resumed_again(place: Callable[[int], Place]) -> None:
    here = place(2)
    end(here.start(), signal.SIGKILL)
    here.product.go_on()
    assert here.conform("resume", here.bundle).code == 0
    assert [r["resumed"] for r in journal(here.bundle) if r["kind"] == "run-start"] == [False, True]
    assert "the run was resumed at" in (here.bundle / "report" / "index.html").read_text(encoding="utf-8")
    numbers = {case: [e["attempt"] for e in found] for case, found in ends(here.bundle).items()}
    assert sorted(numbers.values()) == [[1]] * (CASES - 1) + [[2]]
    (again,) = [case for case, found in numbers.items() if found == [2]]
    assert [number for case, number in begun(here.bundle) if case == again] == [1, 2]
    assert typed("verify", here.bundle).exit_code == 0
    kept = (here.bundle / "journal.jsonl").read_bytes()
    done = here.conform("resume", here.bundle)
    assert (done.code, "this run came to its end" in done.err, "Traceback" in done.err) == (2, True, False)
    assert (here.bundle / "journal.jsonl").read_bytes() == kept


def test_a_resumed_run_that_is_killed_again_is_resumed_again(place: Callable[[int], Place]) -> None:
    here = place(1)
    end(here.start(), signal.SIGKILL)
    here.product.most, here.product.repeated = 3, 0
    here.product.holds.clear()
    process = begin("resume", str(here.bundle), folder=here.folder, env=here.env)
    wait_for(lambda: len(ends(here.bundle)) >= 2)
    end(process, signal.SIGKILL)
    check_incomplete(here.bundle)
    here.product.go_on()
    done = here.conform("resume", here.bundle, "--format", "json")
    assert (done.code, result(done)["cases"]["pass"]) == (0, CASES)
    assert [r["resumed"] for r in journal(here.bundle) if r["kind"] == "run-start"] == [False, True, True]
    check_whole(here.bundle)


def test_a_line_that_a_kill_cut_short_is_left_out(place: Callable[[int], Place]) -> None:
    here = place(3)
    end(here.start(), signal.SIGKILL)
    path = here.bundle / "journal.jsonl"
    lines = path.read_bytes().split(b"\n")
    cut = next(n for n, line in enumerate(lines) if b'"kind":"case-end"' in line)
    path.write_bytes(b"\n".join([*lines[:cut], lines[cut][:40]]))
    check_incomplete(here.bundle)
    here.product.go_on()
    done = here.conform("resume", here.bundle, "--format", "json")
    assert (done.code, result(done)["cases"]["pass"]) == (0, CASES)
    check_whole(here.bundle)


def test_a_kill_between_the_last_record_and_the_manifest(place: Callable[[int], Place]) -> None:
    here = place(CASES)
    assert here.conform("run", "liner", "--product", "product.toml").code == 0
    (here.bundle / "manifest.json").unlink()
    check_incomplete(here.bundle)
    asked = here.product.repeated
    assert here.conform("resume", here.bundle).code == 0
    assert here.product.repeated == asked
    check_whole(here.bundle)


@pytest.mark.parametrize("left", [[], ["plan.json"], ["plan.json", "profile.json"]])
def test_a_kill_before_the_first_record_is_told(place: Callable[[int], Place], left: list[str]) -> None:
    """Nothing was tested yet, so that there is nothing to go on with."""
    here = place(0)
    end(here.start(), signal.SIGKILL)
    for path in here.bundle.iterdir():
        if path.name not in left:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for command in ("report", "resume", "rerun", "rejudge"):
        done = typed(command, here.bundle)
        assert done.exit_code == 2
        assert done.stderr.startswith(str(here.bundle))
        assert "Traceback" not in done.stderr


def test_a_kill_while_reports_are_written_costs_nothing_but_reports(place: Callable[[int], Place]) -> None:
    here = place(CASES)
    group = {"iic_conform.reports": {"slow": "slow_writer:write"}}
    install(here.folder / "packages", "slow_writer", {"__init__.py": WRITER}, group)
    process = begin("run", "liner", "--product", "product.toml", folder=here.folder, env=here.env)
    wait_for(lambda: list(here.folder.glob("runs/*/report/began")))
    end(process, signal.SIGKILL)
    check_whole(here.bundle)
    done = here.conform("report", here.bundle, "--report", "json", "--format", "json")
    assert (done.code, result(done)["verdict"]) == (0, "conforms")
    assert here.conform("resume", here.bundle).code == 2


@pytest.mark.parametrize("signals", [1, 2])
def test_an_interruption_keeps_the_bundle_and_says_how_to_go_on(place: Callable[[int], Place], signals: int) -> None:
    here = place(3)
    process = here.start()
    for _ in range(signals - 1):
        process.send_signal(signal.SIGINT)
    code, told = end(process, signal.SIGINT)
    path = here.bundle.relative_to(here.folder)
    assert code == 130
    assert f"interrupted; go on with: iic-conform resume {path}\n" in told
    assert len(ends(here.bundle)) == 3
    check_incomplete(here.bundle)
    here.product.go_on()
    command = told.rpartition("iic-conform ")[2].split()
    assert here.conform(*command).code == 0


def test_an_interruption_before_the_first_case_leaves_nothing(place: Callable[[int], Place]) -> None:
    """The product takes connections and does not answer: the first look waits for it."""
    here = place(0)
    text = (here.folder / "product.toml").read_text(encoding="utf-8")
    (here.folder / "product.toml").write_text(text.replace("lines", "mqtt"), encoding="utf-8")
    process = begin("run", "mqtt-broker", "--product", "product.toml", folder=here.folder)
    assert here.product.holds.wait(SOON_S)
    code, told = end(process, signal.SIGINT)
    assert (code, told) == (130, "interrupted before the first case; nothing was recorded\n")
    assert not list(here.folder.glob("runs/*"))


def test_a_journal_that_was_changed_is_not_resumed(place: Callable[[int], Place]) -> None:
    """Whatever is added behind it, its chain stays broken."""
    here = place(3)
    end(here.start(), signal.SIGKILL)
    path = here.bundle / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"notes":[]', b'"notes":[ ]', 1))
    kept = path.read_bytes()
    check_incomplete(here.bundle)
    done = here.conform("resume", here.bundle)
    assert done.code == 2
    assert "does not follow from the line before it: this record is damaged" in done.err
    assert path.read_bytes() == kept


def test_a_run_that_still_goes_on_is_not_resumed(place: Callable[[int], Place]) -> None:
    here = place(3)
    process = here.start()
    done = here.conform("resume", here.bundle)
    assert done.code == 2
    assert "another process is still writing" in done.err
    here.product.go_on()
    process.communicate(timeout=SOON_S)
    assert process.returncode == 0
    check_whole(here.bundle)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of a whole profile against the reference on loopback, killed amid its cases."""
    folder = tmp_path_factory.mktemp("killed")
    product = '[product]\nvendor = "iic-conform"\nname = "reference"\nversion = "1"\n'
    (folder / "product.toml").write_text(product, encoding="utf-8")
    testbed = '[testbed]\nkind = "reference"\nproduct = "product.toml"\n[reference]\nsuite = "mqtt"\n'
    (folder / "bed.toml").write_text(testbed, encoding="utf-8")
    process = begin("run", "mqtt-broker", "--testbed", "bed.toml", folder=folder)
    wait_for(lambda: len(list(folder.glob("runs/*/evidence/*"))) > 300)
    end(process, signal.SIGKILL)
    return folder


def test_a_whole_profile_is_resumed_against_a_product_on_the_network(killed: Path) -> None:
    bundle = bundle_of(killed / "runs")
    before = ends(bundle)
    planned = {row["id"] for row in json.loads((bundle / "plan.json").read_bytes())["cases"]}
    assert 0 < len(before) < len(planned)
    digests = [e[name] for found in before.values() for e in found for name in ("transcript", "capture") if e[name]]
    assert all((bundle / "evidence" / name).is_file() for name in digests)
    check_incomplete(bundle)
    done = conform("resume", bundle, "--format", "json", cwd=killed)
    assert (done.code, result(done)["verdict"]) == (0, "conforms")
    after = ends(bundle)
    assert set(after) == planned
    assert {case: after[case] for case in before} == before
    assert typed("verify", bundle).exit_code == 0
