"""The program as a user has it: its wheel, in an environment of its own, away from the tree."""

import os
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def build_wheel(folder: Path) -> Path:
    """Build the project's wheel with the tools that are here. Nothing is fetched."""
    _done([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)])
    (wheel,) = folder.glob("*.whl")
    return wheel


class Installed:
    """An environment into which wheels are installed without what they depend on: that is shared with ours."""

    def __init__(self, folder: Path, *wheels: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        _done([sys.executable, "-m", "venv", "--without-pip", str(folder)])
        self.packages = next(folder.glob("lib/python3*/site-packages"))
        (self.packages / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        _write_pip(self.bin)
        for wheel in wheels:
            _done([str(self.bin / "pip"), "install", str(wheel)])

    def run(
        self, command: str, folder: Path, more: Mapping[str, str] | None = None, timeout_s: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run one line of a shell in a folder, with this environment's programs first."""
        return subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=self.environment(folder) | dict(more or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )

    def environment(self, home: Path) -> dict[str, str]:
        """Environment variables for a user whose home is empty."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHON", "XDG_"))}
        return kept | {"PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}", "HOME": str(home), "COLUMNS": "120"}


def _write_pip(folder: Path) -> None:
    """A `pip` for the environment that fetches nothing, neither to build nor to install."""
    python = shlex.quote(str(folder / "python"))
    script = f'exec {shlex.quote(sys.executable)} -m pip -q --disable-pip-version-check --python {python} "$@"'
    path = folder / "pip"
    path.write_text(f"#!/bin/sh\n{script} --no-index --no-deps --no-build-isolation\n", encoding="utf-8")
    path.chmod(0o755)


def _done(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
