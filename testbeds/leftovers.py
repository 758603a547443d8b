"""What a killed run can leave on this machine: folders made for products, and processes that still run in them.

Namespaces need no clearing: the kernel takes them away with the last process that is in them.
"""

import contextlib
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .guard import FOLDER

PROC = Path("/proc")
START_TICKS_FIELD = 19
"""Where the start time stands in /proc/PID/stat, counted from behind the program's name."""


class Leftover(NamedTuple):
    """A product's folder whose run is gone, and the processes that are still at work in it."""

    folder: Path
    processes: tuple[int, ...]


def make_folder() -> Path:
    """A folder for one product, whose name tells which process made it."""
    return Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-"))


def leftovers() -> list[Leftover]:
    """What runs that are gone have left behind; of this user's alone."""
    found = [path for path in Path(tempfile.gettempdir()).glob(f"{FOLDER}*") if path.is_dir() and _is_ours(path)]
    return [Leftover(path, tuple(_within(path))) for path in sorted(found) if not _has_owner(path)]


def clear(leftover: Leftover) -> None:
    """End the processes and remove the folder. Raises OSError."""
    for pid in leftover.processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(leftover.folder)


def _is_ours(path: Path) -> bool:
    return path.stat().st_uid == os.getuid() and not path.is_symlink()


def _has_owner(path: Path) -> bool:
    """Whether the process that made a folder still runs; one that began later has only got its number. What is not
    named as we do it is somebody's.
    """
    named = re.match(rf"{FOLDER}(\d+)-", path.name)
    if not named:
        return True
    began_s = _began_s(int(named[1]))
    return began_s is not None and began_s <= path.stat().st_mtime + 1


def _began_s(pid: int) -> float | None:
    """When a process began, in seconds since the epoch; None where it has ended."""
    try:
        ticks = int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[START_TICKS_FIELD])
        booted_s = next(int(line.split()[1]) for line in (PROC / "stat").read_text().splitlines() if "btime" in line)
    except OSError:
        return None
    return booted_s + ticks / os.sysconf("SC_CLK_TCK")


def _within(folder: Path) -> Iterator[int]:
    """The processes whose working directory is the folder or below it."""
    for path in PROC.glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            at = path.readlink()
            if at == folder or folder in at.parents:
                yield int(path.parent.name)
