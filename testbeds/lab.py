"""A place in a laboratory: a product on a bench, used by one run at a time."""

import asyncio
import contextlib
import fcntl
import getpass
import json
import os
import re
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from conformance.engine.testbed import TestbedError

from .running import Ixit, RunningTestbed, places, problem
from .settings import Settings

RESTART_WITHIN_S = 120.0


class LabTestbed(RunningTestbed):
    """Takes the place for this run, or says who has it; `restart` runs the command that switches it off and on."""

    kind = "lab"

    def __init__(self, settings: Settings, ixit: Ixit) -> None:
        super().__init__(settings.name, ixit, settings.table("ixit"))
        self._lab: Mapping[str, Any] = settings.table("lab")
        self._lock: IO[str] | None = None

    async def __aenter__(self) -> Self:
        self._lock = self._take()
        try:
            return await super().__aenter__()
        except BaseException:
            self._lock.close()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock:
            self._lock.close()

    async def restart(self) -> bool:
        """Run the place's restart command and wait until its addresses answer again."""
        command = self._lab.get("restart")
        if not command:
            return False
        try:
            async with asyncio.timeout(float(self._lab.get("restart_within_s", RESTART_WITHIN_S))):
                return await _succeeds(command) and await self._answers_again()
        except (TimeoutError, OSError):
            return False

    async def _answers_again(self) -> bool:
        for place in places(self._whole):
            while await problem(place):
                await asyncio.sleep(0.2)
        return True

    def describe(self) -> dict[str, Any]:
        known = {key: self._lab[key] for key in ("place", "where", "contact") if key in self._lab}
        return {"name": self.name, "kind": self.kind, **known}

    def _take(self) -> IO[str]:
        """Lock the place for as long as this process lives."""
        place = str(self._lab["place"])
        path = Path(self._lab.get("lock") or _locks() / f"{re.sub(r'[^A-Za-z0-9._-]', '-', place)}.lock")
        try:
            file = path.open("a+", encoding="utf-8")
        except OSError as error:
            raise TestbedError(f"the lock of place {place}, {path}, cannot be opened: {error.strerror}") from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = _holder(file.read(4096))
            file.close()
            raise TestbedError(f"place {place} is in use{holder}", "Wait until it is free, or ask who has it") from None
        file.truncate(0)
        who = {
            "user": _user(),
            "host": socket.gethostname(),
            "process": os.getpid(),
            "since": f"{datetime.now(UTC):%F %T} UTC",
        }
        file.write(json.dumps(who))
        file.flush()
        return file


def _locks() -> Path:
    """A folder of the user's own: in one that everybody can write, a link could lead the lock to any file."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    folder = state / "iic-conform" / "places"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _user() -> str:
    with contextlib.suppress(OSError, KeyError):
        return getpass.getuser()
    return str(os.getuid())


def _holder(text: str) -> str:
    try:
        who = json.loads(text)
        return f" by {who['user']} on {who['host']}, process {who['process']}, since {who['since']}"
    except (ValueError, KeyError, TypeError):
        return ""


async def _succeeds(command: list[str]) -> bool:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        return await process.wait() == 0
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
