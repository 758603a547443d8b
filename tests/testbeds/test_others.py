"""Products that run already, places in laboratories, references over loopback, and how testbeds are found."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.stream import Stream, connect_tcp
from conformance.engine.testbed import TestbedError
from profiles.problems import InputError
from testbeds import named, open_testbed, product_file, testbeds
from testbeds.lab import LabTestbed
from testbeds.ports import EPHEMERAL, free_port
from testbeds.reference import ReferenceTestbed

from .helpers import run


@asynccontextmanager
async def listening() -> AsyncIterator[int]:
    """Something that takes connections; its port."""
    port = free_port()
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
    async with server:
        yield port


def test_a_running_product_is_found() -> None:
    async def main() -> None:
        async with (
            listening() as port,
            open_testbed("running", {"mqtt": {"url": f"mqtt://127.0.0.1:{port}"}}) as testbed,
        ):
            assert await testbed.alive()
            assert not await testbed.restart()
            assert testbed.describe() == {"name": "running", "kind": "running"}

    run(main())


def test_an_absent_product_is_told_with_its_address_and_without_its_password() -> None:
    port = free_port()

    async def main() -> None:
        testbed = open_testbed("running", {"mqtt": {"url": f"mqtt://iic:secret@127.0.0.1:{port}", "qos": 1}})
        (problem,) = await testbed.check()
        assert f"mqtt://127.0.0.1:{port}, which stands in [ixit.mqtt] url" in str(problem)
        assert "refused" in str(problem)
        assert "secret" not in str(problem)
        with pytest.raises(TestbedError):
            await testbed.__aenter__()

    run(main())


@pytest.mark.parametrize("url", ["mqtt://", "mqtt://[::1", "mqtt://host:port", "what://host"])
def test_an_address_that_cannot_be_read_is_told(url: str) -> None:
    (problem,) = run(open_testbed("running", {"mqtt": {"url": url}}).check())
    assert "[ixit.mqtt] url" in problem.what
    assert problem.cure.startswith("Write it like")


def test_datagram_addresses_are_left_alone() -> None:
    assert run(open_testbed("running", {"coap": {"url": "coap://127.0.0.1:9"}}).check()) == []


def lab(folder: Path, port: int, **more: Any) -> LabTestbed:
    lines = [
        f"{key} = {json.dumps(value)}"
        for key, value in {"place": "bench 3", "lock": str(folder / "lock"), **more}.items()
    ]
    path = folder / "bench.toml"
    path.write_text(
        "\n".join(['[testbed]\nkind = "lab"\n[lab]', *lines, f'[ixit.mqtt]\nurl = "mqtt://127.0.0.1:{port}"']),
        encoding="utf-8",
    )
    testbed = open_testbed(str(path), {"mqtt": {"username": "iic"}})
    assert isinstance(testbed, LabTestbed)
    return testbed


def test_a_place_is_used_by_one_run_at_a_time(tmp_path: Path) -> None:
    async def main() -> None:
        async with listening() as port:
            async with lab(tmp_path, port, where="room 214") as first:
                assert first.describe() == {"name": "bench", "kind": "lab", "place": "bench 3", "where": "room 214"}
                with pytest.raises(TestbedError, match=r"place bench 3 is in use by .* process \d+, since 20"):
                    await lab(tmp_path, port).__aenter__()
            async with lab(tmp_path, port):
                pass

    run(main())


def test_a_place_whose_product_is_absent_is_free_again(tmp_path: Path) -> None:
    async def main() -> None:
        with pytest.raises(TestbedError, match="nothing can be reached"):
            await lab(tmp_path, free_port()).__aenter__()
        async with listening() as port, lab(tmp_path, port):
            pass

    run(main())


@pytest.mark.parametrize(
    ("command", "works"), [(None, False), (["true"], True), (["false"], False), (["/no/such"], False)]
)
def test_a_place_restarts_its_product_by_a_command(tmp_path: Path, command: list[str] | None, works: bool) -> None:
    async def main() -> None:
        more = {"restart": command} if command else {}
        async with listening() as port, lab(tmp_path, port, **more) as testbed:
            assert await testbed.restart() is works

    run(main())


class Echo:
    """A reference that says everything twice, and stumbles over "crash"."""

    async def serve(self, stream: Stream) -> None:
        while data := await stream.read():
            if data == b"crash":
                raise ZeroDivisionError
            stream.write(data * 2)
        stream.close()


IXIT = {"echo": {"url": "echo://127.0.0.1:7", "second_url": "echo://127.0.0.1:8/path", "word": "x"}}


def test_a_reference_is_served_over_loopback() -> None:
    async def main() -> None:
        async with ReferenceTestbed("echo", Echo(), IXIT) as testbed:
            moved = testbed.ixit["echo"]
            assert moved["word"] == "x"
            assert moved["second_url"].endswith("/path")
            for url in (moved["url"], moved["second_url"]):
                port = int(url.split(":")[2].partition("/")[0])
                assert port not in (7, 8)
                stream = await connect_tcp("127.0.0.1", port)
                stream.write(b"ab")
                assert await stream.read() == b"abab"
                stream.close()
            assert await testbed.alive()

    run(main())


def test_a_reference_that_crashes_is_no_longer_alive() -> None:
    async def main() -> None:
        async with ReferenceTestbed("echo", Echo(), IXIT, port=free_port()) as testbed:
            stream = await connect_tcp("127.0.0.1", int(testbed.ixit["echo"]["url"].rpartition(":")[2]))
            stream.write(b"crash")
            while await testbed.alive():
                await asyncio.sleep(0.01)
            assert isinstance(testbed.crashed, ZeroDivisionError)
            stream.close()

    run(main())


def test_a_reference_whose_port_is_taken_says_so() -> None:
    async def main() -> None:
        async with listening() as port:
            with pytest.raises(TestbedError, match=f"cannot listen on 127.0.0.1:{port}"):
                await ReferenceTestbed("echo", Echo(), IXIT, port=port).__aenter__()

    run(main())


def test_testbeds_are_found_by_name_in_the_users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "iic-conform" / "testbeds"
    folder.mkdir(parents=True)
    (folder / "bench-3.toml").write_text('[testbed]\nkind = "lab"\n[lab]\nplace = "3"\n', encoding="utf-8")
    assert list(named()) == ["bench-3"]
    assert open_testbed("bench-3", {}).name == "bench-3"
    with pytest.raises(InputError, match=r"no such testbed.*bench-3, running"):
        open_testbed("bench-4", {})


def test_a_testbed_file_names_the_product_file_that_goes_with_it() -> None:
    example = Path(__file__).parents[2] / "examples" / "testbeds" / "mosquitto.toml"
    product = product_file(str(example))
    assert product is not None
    assert product.read_text(encoding="utf-8").startswith("# What mosquitto")
    assert product_file("running") is None


def test_the_kinds_of_testbeds() -> None:
    assert {"running", "process", "lab", "reference"} <= set(testbeds())


def test_free_ports_lie_below_those_of_outgoing_connections() -> None:
    lowest = int(EPHEMERAL.read_text().split()[0])
    ports = {free_port() for _ in range(20)}
    assert len(ports) > 10
    assert max(ports) < lowest
