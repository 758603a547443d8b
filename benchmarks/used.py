"""A process, and what it took."""

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
CONFORM = (sys.executable, str(ROOT / "cli.py"))


class Used(NamedTuple):
    """What a whole process took: seconds of wall time, seconds of CPU, megabytes at its peak; and what it printed."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    out: str


def used(*command: str, **environment: str) -> Used:
    """Run a command to its end. Its exit code tells a verdict and is not looked at."""
    with tempfile.TemporaryFile("w+") as out:
        began_s = time.monotonic()
        # posix_spawn: a fork of ours would count our own memory as the child's
        pid = os.posix_spawn(
            command[0], command, os.environ | environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)],
        )  # fmt: skip
        _, _, usage = os.wait4(pid, 0)
        out.seek(0)
        return Used(time.monotonic() - began_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read())
