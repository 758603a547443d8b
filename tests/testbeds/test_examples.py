"""Every example testbed is sound, and those whose product is here start, answer a CONNECT and stop."""

import asyncio
import os
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conformance.engine.testbed import Tls
from testbeds import open_testbed

from .helpers import run

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "testbeds").glob("*.toml"))
STARTED = [path for path in EXAMPLES if 'kind = "process"' in path.read_text(encoding="utf-8")]
EVERYWHERE = {"mosquitto", "nats"}
"""What is installed wherever IIC_CONFORM_REQUIRE_ALL is set."""
SLOW = {"rabbitmq", "hivemq"}
CONNECT = bytes.fromhex("100f00044d5154540402003c0003696963")
ACCEPTED = bytes.fromhex("20020000")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_sound_and_its_product_file_is_there(path: Path) -> None:
    testbed = open_testbed(str(path), {"mqtt": {"url": "mqtt://127.0.0.1:1"}})
    head = tomllib.loads(path.read_text(encoding="utf-8"))["testbed"]
    assert testbed.describe()["name"] == testbed.name
    assert head["summary"]
    assert head["summary_zh"]
    if "product" in head:
        assert (path.parent / head["product"]).is_file()


@pytest.mark.parametrize("path", STARTED, ids=lambda path: path.stem)
def test_an_example_product_starts_answers_and_stops(path: Path) -> None:
    if path.stem in SLOW and not os.environ.get("IIC_CONFORM_SLOW"):
        pytest.skip("takes long to start; set IIC_CONFORM_SLOW=1")
    testbed = open_testbed(str(path), {})
    missing = run(testbed.check())
    if missing and not (path.stem in EVERYWHERE and os.environ.get("IIC_CONFORM_REQUIRE_ALL")):
        pytest.skip(str(missing[0]))

    async def main() -> None:
        async with testbed:
            ixit = testbed.ixit["mqtt"]
            place = urlsplit(ixit["url"])
            tls = Tls(ixit["tls_ca"]).context() if place.scheme == "mqtts" else None
            reader, writer = await asyncio.open_connection(place.hostname, place.port, ssl=tls)
            writer.write(CONNECT)
            assert await reader.readexactly(4) == ACCEPTED
            writer.close()
            await writer.wait_closed()
            assert await testbed.alive()
        assert not await testbed.alive()

    run(main())
