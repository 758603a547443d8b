"""Small products, written in Python, that do what a test needs."""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from testbeds import open_testbed

SERVER = """
import os, signal, socket, subprocess, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("ready to serve", flush=True)
while True:
    peer, _ = listener.accept()
    word = peer.recv(64).decode()
    if word == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "daemon":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True)
        peer.send(str(child.pid).encode())
    if word == "flood":
        sys.stdout.write("x" * 1_000_000)
        sys.stdout.flush()
    if word == "environment":
        peer.send(repr(dict(os.environ)).encode())
    peer.close()
"""


def write_testbed(folder: Path, program: str = SERVER, *, ready: str = '{ port = "main" }', more: str = "") -> Path:
    """A testbed file for a product whose program is given."""
    path = folder / "bed.toml"
    path.write_text(
        f"""
[testbed]
name = "small"
kind = "process"
[process]
command = ["{{python}}", "{{dir}}/server.py", "{{port.main}}"]
ports = {{ main = 0 }}
ready = {ready}
stop = {{ within_s = 5 }}
[process.files."server.py"]
text = {json.dumps(program)}
[ixit.mqtt]
url = "mqtt://127.0.0.1:{{port.main}}"
{more}
""",
        encoding="utf-8",
    )
    return path


def small(folder: Path, program: str = SERVER, **keywords: str) -> Any:
    """The testbed for such a product."""
    return open_testbed(str(write_testbed(folder, program, **keywords)), {})


async def tell(port: int, word: str) -> bytes:
    """Say a word to the small product; what it answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(word.encode())
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def run(main: Coroutine[Any, Any, Any]) -> Any:
    """Run it, with a limit that only a hanging test meets."""

    async def limited() -> Any:
        async with asyncio.timeout(60):
            return await main

    return asyncio.run(limited())
