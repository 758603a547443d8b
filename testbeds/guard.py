"""Runs a product and ends it, and all that it has started, as soon as whoever holds the other end of stdin lets go.

    python guard.py SIGNAL WITHIN_S COMMAND [ARGUMENT ...]

A program of its own, started by path: the harness may be killed at any time, and no product may outlive it.
Exits as the product did, with 128 plus the number for a signal.
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

FOLDER = "iic-conform-"
"""How the folders begin that are made for a product, in which it is started."""
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: a descendant whose parent ends becomes a child of ours


def main(stop_signal: str, within_s: float, command: list[str]) -> int:
    """Run the command until it ends or stdin does."""
    _adopt_orphans()
    harness = os.getppid()
    awake, ringer = os.pipe()
    os.set_blocking(ringer, False)
    signal.set_wakeup_fd(ringer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    try:
        product = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return 127
    _wait(product, awake, None, stdin=True)
    if product.poll() is None:
        _signal_group(product.pid, getattr(signal, stop_signal))
        _wait(product, awake, within_s, stdin=False)
    _signal_group(product.pid, signal.SIGKILL)
    code = product.wait()
    _sweep()
    if os.getppid() != harness and Path.cwd().name.startswith(FOLDER):
        shutil.rmtree(Path.cwd(), ignore_errors=True)  # the harness was killed, so nobody else will
    return 128 - code if code < 0 else code


def _wait(product: subprocess.Popen[bytes], awake: int, within_s: float | None, *, stdin: bool) -> None:
    """Until the product ends, stdin ends, or the time is up."""
    deadline = None if within_s is None else time.monotonic() + within_s
    while product.poll() is None:
        left_s = None if deadline is None else max(0.0, deadline - time.monotonic())
        readable, _, _ = select.select([awake, 0] if stdin else [awake], [], [], left_s)
        if awake in readable:
            os.read(awake, 4096)
        if (0 in readable and not os.read(0, 4096)) or left_s == 0:
            return


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _adopt_orphans() -> None:
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def _sweep() -> None:
    """End what the product has left behind: daemons that it started, now children of ours."""
    for _ in range(100):
        orphans = _children()
        if not orphans:
            return
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        for pid in orphans:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> list[int]:
    try:
        return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
    except OSError:
        return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]), sys.argv[3:]))
