"""Products started as processes."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.engine.testbed import TestbedError
from profiles.problems import InputError
from testbeds import open_testbed, process
from testbeds.output import HEAD_OCTETS, TAIL_OCTETS, Output

from .helpers import SERVER, run, small, tell, write_testbed


async def gone(pid: int) -> bool:
    """Whether a process ends within two seconds."""
    for _ in range(200):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        await asyncio.sleep(0.01)
    return False


@pytest.mark.parametrize("ready", ['{ port = "main" }', '{ log = "^ready to" }', '{ port = "main", log = "serve$" }'])
def test_a_product_starts_answers_and_leaves_nothing(tmp_path: Path, ready: str) -> None:
    async def main() -> None:
        async with small(tmp_path, ready=ready) as testbed:
            port = testbed.ports["main"]
            assert testbed.ixit == {"mqtt": {"url": f"mqtt://127.0.0.1:{port}"}}
            assert await testbed.alive()
            assert await tell(port, "hello") == b""
            assert b"ready to serve" in testbed.output()
            folder = testbed._values.directory
            assert (folder / "server.py").exists()
        assert not await testbed.alive()
        assert not folder.exists()
        with pytest.raises(ConnectionRefusedError):
            await tell(port, "hello")

    run(main())


def test_a_product_that_dies_is_seen_and_restarted_at_the_same_address(tmp_path: Path) -> None:
    async def main() -> None:
        async with small(tmp_path) as testbed:
            await tell(testbed.ports["main"], "die")
            await testbed._guard.wait()
            assert not await testbed.alive()
            assert testbed.ending() == "SIGSEGV"
            assert await testbed.restart()
            assert await testbed.alive()
            assert await tell(testbed.ports["main"], "hello") == b""
            assert testbed.output().count(b"ready to serve") == 2

    run(main())


def test_a_product_that_does_not_come_back_is_lost_not_an_error(tmp_path: Path) -> None:
    once = 'import os, sys; os.path.exists("was") and sys.exit("only once"); open("was", "w").close()\n' + SERVER

    async def main() -> None:
        async with small(tmp_path, once) as testbed:
            assert not await testbed.restart()
            assert b"only once" in testbed.output()

    run(main())


def test_what_the_product_started_ends_with_it_even_a_daemon(tmp_path: Path) -> None:
    async def main() -> int:
        async with small(tmp_path) as testbed:
            return int(await tell(testbed.ports["main"], "daemon"))

    async def both() -> None:
        assert await gone(await main())

    run(both())


def test_a_product_that_ignores_the_stop_signal_is_killed(tmp_path: Path) -> None:
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SERVER

    async def main() -> None:
        path = write_testbed(tmp_path, stubborn)
        path.write_text(path.read_text().replace("within_s = 5", "within_s = 0.2"))
        async with open_testbed(str(path), {}) as testbed:
            port = testbed.ports["main"]
        assert testbed.ending() == "SIGKILL"
        with pytest.raises(ConnectionRefusedError):
            await tell(port, "hello")

    run(main())


def test_no_product_outlives_a_harness_that_is_killed(tmp_path: Path) -> None:
    path = write_testbed(tmp_path)
    program = f"""
import asyncio
from testbeds import open_testbed
async def main():
    async with open_testbed({str(path)!r}, {{}}) as testbed:
        print(testbed._guard.pid, testbed.ports["main"], testbed._values.directory, flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""
    harness = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=with_path())
    assert harness.stdout
    guard, port, folder = harness.stdout.readline().split()
    harness.kill()
    harness.wait()
    harness.stdout.close()

    async def main() -> None:
        assert await gone(int(guard))
        with pytest.raises(ConnectionRefusedError):
            await tell(int(port), "hello")
        assert not Path(folder).exists()

    run(main())


def with_path() -> dict[str, str]:
    """Our environment, with the project where Python finds it."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}


def test_a_start_that_fails_tells_the_last_lines(tmp_path: Path) -> None:
    with pytest.raises(TestbedError, match=r"small ended before it was ready \(exit code 3\)") as caught:
        run(small(tmp_path, 'import sys; print("\\x1b[31mno such disk"); sys.exit(3)').__aenter__())
    assert "  \\x1b[31mno such disk" in str(caught.value)


def test_a_start_that_takes_too_long_ends(tmp_path: Path) -> None:
    with pytest.raises(TestbedError, match=r"was not ready after 0\.3 s; it printed nothing"):
        run(small(tmp_path, "import time; time.sleep(60)", ready='{ port = "main", within_s = 0.3 }').__aenter__())


def test_a_product_that_prints_without_end_is_kept_within_bounds(tmp_path: Path) -> None:
    async def main() -> None:
        async with small(tmp_path) as testbed:
            await tell(testbed.ports["main"], "flood")
        assert len(testbed.output()) < HEAD_OCTETS + TAIL_OCTETS + 100
        assert re.search(rb"\.\.\. \d+ octets left out \.\.\.", testbed.output())

    run(main())


def test_what_is_meant_for_the_harness_stays_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IIC_SIGNING_PASSWORD", "secret")

    async def main() -> None:
        async with small(tmp_path, more='[process.env]\nMORE = "{port.main}"') as testbed:
            port = testbed.ports["main"]
            environment = (await tell(port, "environment")).decode()
        assert "IIC_SIGNING_PASSWORD" not in environment
        assert f"'MORE': '{port}'" in environment

    run(main())


def test_what_is_missing_is_told_with_the_way_to_get_it(tmp_path: Path) -> None:
    more = '[[process.needs]]\nprogram = "no-such-broker"\nget = "apt-get install no-such-broker"'

    async def main() -> None:
        testbed = small(tmp_path, more=more)
        (missing,) = await testbed.check()
        assert str(missing) == "small needs no-such-broker. Get it with: apt-get install no-such-broker"
        with pytest.raises(TestbedError, match="no-such-broker"):
            await testbed.__aenter__()

    run(main())


def test_preparations_run_first_and_their_failure_is_told(tmp_path: Path) -> None:
    done = 'prepare = [["{python}", "-c", "open(\'prepared\', \'w\')"]]'
    failed = 'prepare = [["{python}", "-c", "raise SystemExit(\'no keys\')"]]'

    async def main() -> None:
        path = write_testbed(tmp_path)
        text = path.read_text()
        path.write_text(text.replace("[process]", f"[process]\n{done}"))
        async with open_testbed(str(path), {}) as testbed:
            assert (testbed._values.directory / "prepared").exists()
        path.write_text(text.replace("[process]", f"[process]\n{failed}"))
        with pytest.raises(TestbedError, match=r"cannot be prepared.*\n  no keys"):
            await open_testbed(str(path), {}).__aenter__()

    run(main())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("ready = { port", "ready = { prot", "process.ready"),
        ('kind = "process"', 'kind = "boat"', "boat"),
        ("{port.main}", "{port.other}", "port|other"),
        ('"server.py"]', '"../server.py"]', "outside"),
        ("[process]", "[process]\nprepare = 3", "process.prepare"),
        ("[process]", "[process", "not TOML"),
    ],
)
def test_a_file_with_a_mistake_says_where(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = write_testbed(tmp_path)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(InputError, match=told) as caught:
        run(open_testbed(str(path), {}).__aenter__())
    assert "bed.toml" in str(caught.value)


def test_output_keeps_the_first_and_the_last() -> None:
    output = Output()
    output.add(b"first")
    for _ in range(100):
        output.add(b"-" * 10_000)
    output.add(b"last")
    kept = bytes(output)
    assert kept.startswith(b"first-")
    assert kept.endswith(b"-last")
    assert len(kept) < HEAD_OCTETS + TAIL_OCTETS + 100


def test_the_guard_tells_of_a_program_that_is_not_there() -> None:
    done = subprocess.run(
        [sys.executable, str(process.GUARD), "SIGTERM", "1", "/no/such/program"], input=b"", capture_output=True
    )
    assert done.returncode == 127
    assert b"/no/such/program: No such file" in done.stderr


def test_a_signal_that_ends_the_product_is_named(tmp_path: Path) -> None:
    async def main() -> None:
        testbed = small(tmp_path, f"import os; os.kill(os.getpid(), {int(signal.SIGABRT)})")
        with pytest.raises(TestbedError, match="SIGABRT"):
            await testbed.__aenter__()

    run(main())
