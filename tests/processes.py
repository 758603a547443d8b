"""The command in a process of its own: what it printed, how it ended, how long it took, how much memory it had."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[1]
CONFORM = (sys.executable, str(ROOT / "cli.py"))


@dataclass(frozen=True)
class Ended:
    """A process that has ended; `code` is negative for a signal."""

    code: int
    out: str
    err: str
    seconds: float
    cpu_s: float
    peak_mb: float

    @property
    def told(self) -> str:
        return self.out + self.err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def finish(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout_s: float = 120,
) -> Ended:
    """Run a command to its end, without a terminal; one that takes longer than `timeout_s` is killed."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began_s = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=os.environ | dict(env or {}), cwd=cwd
        )
        killer = threading.Timer(timeout_s, process.kill)
        killer.start()
        with Watch(process.pid) as watch:
            try:
                _, status, usage = os.wait4(process.pid, 0)
            finally:
                killer.cancel()
        seconds = time.monotonic() - began_s
        process.returncode = os.waitstatus_to_exitcode(status)
        return Ended(
            process.returncode, _read(out), _read(err), seconds, usage.ru_utime + usage.ru_stime, watch.peak_mb
        )


class Watch:
    """Looks again and again how much memory a process has had at most.

    What the system tells of a process that has ended counts in the memory of the one that started it.
    """

    EVERY_S = 0.02

    def __init__(self, pid: int) -> None:
        self.peak_mb = 0.0
        self._status = Path(f"/proc/{pid}/status")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(self.EVERY_S):
            try:
                text = self._status.read_text(encoding="ascii", errors="replace")
            except OSError:
                return
            _, found, rest = text.partition("VmHWM:")
            if found:
                self.peak_mb = max(self.peak_mb, int(rest.split()[0]) / 1024)


def _read(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode("utf-8", "replace"))


def conform(*arguments: str | Path, **how: Any) -> Ended:
    """Run `iic-conform` with these arguments."""
    return finish([*CONFORM, *map(str, arguments)], **how)


def bundle_of(folder: Path) -> Path:
    """The only bundle in a folder."""
    (found,) = folder.glob("run-*")
    return found


def journal(bundle: Path) -> list[dict[str, Any]]:
    """The whole records of a bundle's journal."""
    lines = (bundle / "journal.jsonl").read_bytes().split(b"\n")
    return [json.loads(line) for line in lines[:-1]]


def ends(bundle: Path) -> dict[str, list[dict[str, Any]]]:
    """The ends of each case."""
    found: dict[str, list[dict[str, Any]]] = {}
    for record in journal(bundle):
        if record["kind"] == "case-end":
            found.setdefault(record["case"], []).append(record)
    return found
