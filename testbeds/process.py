"""A product started as a process, in a folder and on ports of its own, and ended with all that it has started."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from conformance.engine.testbed import Testbed, TestbedError

from .leftovers import make_folder
from .output import Output
from .ports import LOOPBACK, free_port
from .settings import Settings, Values, find_program, search_path

GUARD = Path(__file__).with_name("guard.py")
READY_WITHIN_S = 20.0
STOP_WITHIN_S = 10.0
PREPARE_WITHIN_S = 120.0


class ProcessTestbed(Testbed):
    """Starts what the table `[process]` of a testbed file says. Its `ixit` names the ports that were found free."""

    kind = "process"

    def __init__(self, settings: Settings, *, enter: Sequence[str] = ()) -> None:
        """`enter` is a command that runs the product's commands elsewhere, such as in a namespace."""
        self.name = settings.name
        self._enter = enter
        self._settings = settings
        self._process = settings.table("process")
        self._values: Values | None = None
        self._guard: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._output = Output()
        self._earlier = b""

    async def check(self) -> list[TestbedError]:
        """What this machine lacks to start the product, each with the way to get it."""
        found = []
        values = Values(Path(), self._settings.here, {})
        for need in self._process.get("needs", []):
            what = values.fill(need.get("program") or need["file"])
            there = find_program(what) if "program" in need else Path(what).exists()
            if not there:
                found.append(TestbedError(f"{self.name} needs {what}", f"Get it with: {values.fill(need['get'])}"))
        program = self._process["command"][0]
        if not found and "{" not in program and not find_program(program):
            found.append(
                TestbedError(f"{self.name}: there is no program {program}", "Install it, or give its full path")
            )
        return found

    async def __aenter__(self) -> Self:
        for problem in await self.check():
            raise problem
        self._values = Values(make_folder(), self._settings.here, self._choose_ports())
        try:
            self._write_files(self._values)
            for command in self._process.get("prepare", []):
                await self._prepare(self._filled(command, "process", "prepare"))
            await self._start()
        except BaseException:
            await self._clear()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._clear()

    @property
    def ixit(self) -> Mapping[str, Mapping[str, Any]]:
        if self._values is None:
            return {}
        filled: Mapping[str, Mapping[str, Any]] = self._filled(self._settings.table("ixit"), "ixit")
        return filled

    @property
    def ports(self) -> Mapping[str, int]:
        """The ports in use, by the names of the testbed file."""
        return self._values.ports if self._values else {}

    async def alive(self) -> bool:
        return self._guard is not None and self._guard.returncode is None

    async def restart(self) -> bool:
        await self._stop()
        self._earlier = bytes(self._output)
        self._output = Output()
        try:
            await self._start()
        except TestbedError as error:
            self._output.add(f"\n{error}\n".encode())
            return False
        return True

    def describe(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind, "command": list(self._process["command"])}

    def output(self) -> bytes:
        return self._earlier + bytes(self._output)

    # Starting.

    def _choose_ports(self) -> dict[str, int]:
        chosen: dict[str, int] = {}
        for name, number in self._process.get("ports", {}).items():
            chosen[name] = number or free_port(chosen.values())
        return chosen

    def _filled(self, value: Any, *where: str) -> Any:
        """Every text in a value of the file with its placeholders replaced."""
        assert self._values
        try:
            return self._values.fill_all(value)
        except KeyError as missing:
            what = f"{missing} is not known"
            cure = "Name the port in [process.ports], or set the variable"
            raise self._settings.wrong(where, what, cure) from None

    def _write_files(self, values: Values) -> None:
        for name, file in self._process.get("files", {}).items():
            path = (values.directory / name).resolve()
            if values.directory.resolve() not in path.parents:
                raise self._settings.wrong(
                    ["process", "files", name], "the file lies outside the product's folder", "Rename it"
                )
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                text = file["text"] if "text" in file else (values.here / file["copy"]).read_text(encoding="utf-8")
                path.write_text(self._filled(text, "process", "files", name), encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise self._settings.wrong(["process", "files", name], str(error), "Correct the path") from None
            path.chmod(file.get("mode", 0o644))

    def _environment(self) -> dict[str, str]:
        """Ours, without what is meant for the harness alone, and with what the file adds."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("IIC_")}
        added: dict[str, str] = self._filled(self._process.get("env", {}), "process", "env")
        return {**kept, "PATH": search_path(), **added}

    async def _prepare(self, command: list[str]) -> None:
        assert self._values
        try:
            process = await asyncio.create_subprocess_exec(
                *self._enter,
                *command,
                cwd=self._values.directory,
                env=self._environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
        except OSError as error:
            raise TestbedError(f"{self.name} cannot be prepared: {command[0]}: {error.strerror}") from None
        try:
            async with asyncio.timeout(PREPARE_WITHIN_S):
                printed, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.communicate()
            raise TestbedError(
                f"{self.name} cannot be prepared: {command[0]} takes more than {PREPARE_WITHIN_S:.0f} s"
            ) from None
        self._output.add(printed)
        if process.returncode:
            said = self._output.last_lines()
            raise TestbedError(f"{self.name} cannot be prepared: {command[0]} ended with {process.returncode}\n{said}")

    async def _start(self) -> None:
        assert self._values
        stop = self._process.get("stop", {})
        self._guard = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-S",
            str(GUARD),
            str(stop.get("signal", "SIGTERM")),
            str(self._stop_within_s),
            *self._enter,
            *self._filled(self._process["command"], "process", "command"),
            cwd=self._values.directory,
            env=self._environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = asyncio.create_task(self._read(self._guard, self._output))
        await self._wait_until_ready(self._guard)

    async def _read(self, guard: asyncio.subprocess.Process, output: Output) -> None:
        assert guard.stdout
        while data := await guard.stdout.read(1 << 16):
            output.add(data)

    async def _wait_until_ready(self, guard: asyncio.subprocess.Process) -> None:
        within_s = float(self._process["ready"].get("within_s", READY_WITHIN_S))
        ready = asyncio.create_task(self._ready())
        ended = asyncio.create_task(guard.wait())
        try:
            await asyncio.wait({ready, ended}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                return ready.result()
            how = (
                f"ended before it was ready ({self.ending()})"
                if ended.done()
                else f"was not ready after {within_s:g} s"
            )
        finally:
            for task in (ready, ended):
                task.cancel()
            await asyncio.gather(ready, ended, return_exceptions=True)
        await self._stop()
        said = self._output.last_lines()
        raise TestbedError(
            f"{self.name} {how}" + (f"; the last it printed:\n{said}" if said else "; it printed nothing")
        )

    async def _ready(self) -> None:
        ready = self._process["ready"]
        if "log" in ready:
            await self._output.seen(ready["log"])
        if "port" not in ready:
            return
        port = self.ports.get(ready["port"])
        if port is None:
            raise self._settings.wrong(
                ["process", "ready"], f"there is no port {ready['port']!r}", "Name it in [process.ports]"
            )
        while not await answers(LOOPBACK, port):
            await asyncio.sleep(0.02)

    def ending(self) -> str:
        """How the process ended, in words; "" while it runs."""
        code = self._guard.returncode if self._guard else None
        if code is None:
            return ""
        if code > 128:
            with contextlib.suppress(ValueError):
                return signal.Signals(code - 128).name
        return f"exit code {code}"

    # Ending.

    @property
    def _stop_within_s(self) -> float:
        return float(self._process.get("stop", {}).get("within_s", STOP_WITHIN_S))

    async def _stop(self) -> None:
        """End the product: the guard does it as soon as its stdin is closed."""
        guard = self._guard
        if guard is None:
            return
        if guard.stdin:
            guard.stdin.close()
        try:
            async with asyncio.timeout(self._stop_within_s + 10):
                await guard.wait()
                if self._reader:
                    await self._reader
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                guard.kill()
            await guard.wait()
        finally:
            if self._reader:
                self._reader.cancel()

    async def _clear(self) -> None:
        await self._stop()
        if self._values:
            shutil.rmtree(self._values.directory, ignore_errors=True)


async def answers(host: str, port: int) -> bool:
    """Whether something takes a TCP connection there."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
