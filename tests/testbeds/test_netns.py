"""Topologies of network namespaces: what is built, who is silent, what a frame keeps on its way, and what is left."""

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.testbed import TestbedError
from profiles.problems import InputError
from testbeds import namespaces, open_testbed
from testbeds.netns import NetnsTestbed
from tests.needs import needs_namespaces
from tests.processes import ROOT

from .helpers import run

HOST = ROOT / "examples" / "testbeds" / "linux-ipv6-host.toml"
PRODUCT, OURS = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
HEAD = '[testbed]\nkind = "netns"\n'
REPEATER = """
import socket, sys
taken = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88b5))
taken.bind(("eth0", 0))
print("ready", flush=True)
while True:
    frame = taken.recv(2000)
    if b"die" in frame:
        sys.exit(3)
    if frame[:6] == b"\\2\\0\\0\\0\\0\\1":
        taken.send(frame[6:12] + frame[:6] + frame[12:])
"""
WITH_PROCESS = (
    HEAD
    + f"""
[link.lan]
[node.product]
product = true
interface.eth0 = {{ link = "lan", mac = "02:00:00:00:00:01" }}
[process]
command = ["{{python}}", "{{dir}}/repeater.py"]
ready = {{ log = "ready" }}
[process.files."repeater.py"]
text = '''{REPEATER}'''
"""
)


def bed(folder: Path, text: str) -> NetnsTestbed:
    path = folder / "bed.toml"
    path.write_text(text, encoding="utf-8")
    found = open_testbed(str(path), {})
    assert isinstance(found, NetnsTestbed)
    return found


def wrong(folder: Path, text: str) -> str:
    with pytest.raises(InputError) as caught:
        bed(folder, HEAD + text)
    return str(caught.value)


class Heard:
    """What comes on a port, as it comes."""

    def __init__(self, port: Any) -> None:
        self.port = port
        self.frames: list[bytes] = []
        self.ages_s: list[float] = []
        self.more = asyncio.Event()
        port.tap = self.tap

    def tap(self, kind: str, data: bytes) -> None:
        if kind == "in":
            self.frames.append(data)
            self.ages_s.append(asyncio.get_running_loop().time() - self.port.at_s)
            self.more.set()

    async def until(self, part: bytes) -> bytes:
        """The first frame that holds these octets."""
        while not (found := next((frame for frame in self.frames if part in frame), b"")):
            self.more.clear()
            await asyncio.wait_for(self.more.wait(), 10)
        return found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the table is missing"),
        ("[link.lan]\n", "no node is the product"),
        ('[link.lan]\n[node.a]\ninterface.eth0 = { link = "wan" }\n', "there is no link 'wan'"),
        ("[link.lan]\n[node.a]\nproduct = true\n[node.b]\nproduct = true\n", "two nodes are the product"),
        ("[link.lan]\nmtu = 100\n", "100 is less than the minimum"),
        ('[link.lan]\n[node.a]\ninterface.eth0 = { link = "lan", mac = "02:00" }\n', "'02:00' does not match"),
        (
            (
                '[link.lan]\n[node.a]\nproduct = true\ninterface.tap0 = { link = "lan", tap = true }\n'
                '[node.b]\ninterface.eth0 = { link = "lan" }\n'
            ),
            "a tap has its link for itself",
        ),
    ],
)
def test_a_wrong_topology_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert told in wrong(tmp_path, text)
    assert "bed.toml" in wrong(tmp_path, text)


def test_without_permission_the_cure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("testbeds.netns.may_make", lambda: False)
    (problem, *_) = run(open_testbed(str(HOST), {}).check())
    assert "may not make network namespaces" in str(problem)
    assert "Run as root" in str(problem)
    assert "use the reference" in str(problem)


def test_an_interface_that_is_not_there(tmp_path: Path) -> None:
    testbed = bed(tmp_path, HEAD + '[link.lan]\nattach = "nosuch0"\n')
    assert not testbed.copies
    assert any("no interface nosuch0" in str(problem) for problem in run(testbed.check()))


@needs_namespaces
def test_the_kernel_comes_up_when_it_is_started_and_the_tester_says_nothing() -> None:
    async def main() -> None:
        async with open_testbed(str(HOST), {}) as testbed:
            site = await testbed.site(fresh=True)
            heard = Heard(site.links["lan"].port())
            await asyncio.sleep(0.3)
            assert heard.frames == []
            await site.start()
            await heard.until(b"\x87\0")  # a Neighbour Solicitation, for its own address
            await asyncio.sleep(1.2)
            assert {frame[6:12] for frame in heard.frames} == {PRODUCT}
            assert max(heard.ages_s) < 1.0
            assert min(heard.ages_s) >= 0.0
            await site.close()

    run(main())


@needs_namespaces
def test_sites_are_apart() -> None:
    async def main() -> None:
        async with open_testbed(str(HOST), {}) as testbed:
            one, other = await testbed.site(fresh=True), await testbed.site(fresh=True)
            heard = Heard(other.links["lan"].port())
            await one.start()
            await asyncio.sleep(0.2)
            assert heard.frames == []
            common = await testbed.site()
            assert common is await testbed.site()
            assert common not in (one, other)
            for site in (one, other):
                await site.close()

    run(main())


@needs_namespaces
def test_a_process_in_the_topology_sees_whole_frames_with_their_tags(tmp_path: Path) -> None:
    async def main() -> None:
        async with bed(tmp_path, WITH_PROCESS) as testbed:
            site = await testbed.site()
            await site.start()
            heard = Heard(site.links["lan"].port([OURS]))
            untagged = PRODUCT + OURS + b"\x88\xb5" + b"plain" + bytes(50)
            heard.port.write(untagged)
            assert await heard.until(b"plain") == OURS + PRODUCT + untagged[12:]
            assert await testbed.alive()
            heard.port.write(PRODUCT + OURS + b"\x88\xb5die" + bytes(50))
            async with asyncio.timeout(10):
                while await testbed.alive():
                    await asyncio.sleep(0.02)
            assert await testbed.restart()
            heard.port.write(PRODUCT + OURS + b"\x88\xb5again" + bytes(50))
            await heard.until(b"again")

    run(main())


TAGGED = """
import socket
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("eth0", 0))
out.send(bytes.fromhex("020000000002" "020000000001" "8100" "6007" "88b5") + b"tagged" + bytes(50))
"""


@needs_namespaces
def test_a_vlan_tag_is_kept(tmp_path: Path) -> None:
    text = HEAD + '[link.lan]\n[node.product]\nproduct = true\ninterface.eth0 = { link = "lan" }\n'
    text += f"commands = [[\"{sys.executable}\", \"-c\", '''{TAGGED}''']]\n"

    async def main() -> None:
        async with bed(tmp_path, text) as testbed:
            site = await testbed.site()
            heard = Heard(site.links["lan"].port())
            await site.start()
            frame = await heard.until(b"tagged")
            assert frame[12:18] == bytes.fromhex("8100600788b5")

    run(main())


@needs_namespaces
def test_several_nodes_share_a_link(tmp_path: Path) -> None:
    nodes = "".join(
        f"[node.{name}]\nproduct = {'true' if name == 'a' else 'false'}\n"
        f'interface.eth0 = {{ link = "lan", mac = "02:00:00:00:00:0{name}" }}\n'
        for name in ("a", "b")
    )

    async def main() -> None:
        async with bed(tmp_path, HEAD + "[link.lan]\n" + nodes) as testbed:
            site = await testbed.site()
            heard = Heard(site.links["lan"].port())
            await site.start()
            for last in (0x0A, 0x0B):
                await heard.until(PRODUCT[:5] + bytes([last]))

    run(main())


@needs_namespaces
def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    text = HEAD + '[link.lan]\n[node.product]\nproduct = true\ninterface.eth0 = { link = "lan" }\n'
    text += 'commands = [["ip", "route", "add", "nonsense"]]\n'

    async def main() -> None:
        async with bed(tmp_path, text) as testbed:
            with pytest.raises(TestbedError, match="node product: ip route add nonsense failed"):
                await (await testbed.site()).start()

    run(main())


@needs_namespaces
def test_acts() -> None:
    async def main() -> None:
        async with open_testbed(str(HOST), {}) as testbed:
            site = await testbed.site()
            await site.start()
            assert not await site.act("dance")

    run(main())


HOLDS = """
import asyncio, sys
from testbeds import open_testbed

async def main():
    async with open_testbed(sys.argv[1], {}) as testbed:
        site = await testbed.site()
        await site.start()
        print(site._process._guard.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@needs_namespaces
def test_a_kill_leaves_no_namespace_and_no_process(tmp_path: Path) -> None:
    path = tmp_path / "bed.toml"
    path.write_text(WITH_PROCESS, encoding="utf-8")
    before = spaces()
    process = subprocess.Popen([sys.executable, "-c", HOLDS, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout
    guard = int(process.stdout.readline())
    assert len(spaces()) > len(before)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    deadline_s = time.monotonic() + 15
    while spaces() - before or Path(f"/proc/{guard}").exists():
        assert time.monotonic() < deadline_s, spaces() - before
        time.sleep(0.02)


def spaces() -> set[str]:
    """The network namespaces that some process is in or holds."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/ns/net"):
        try:
            found.add(str(path.readlink()))
            found |= {str(f.readlink()) for f in (path.parents[1] / "fd").iterdir() if "net:[" in str(f.readlink())}
        except OSError:
            continue
    return found


@needs_namespaces
def test_kernel_settings_are_of_the_namespace_alone() -> None:
    async def main() -> None:
        name = Path("/proc/sys/net/ipv6/conf/default/accept_ra")
        before = name.read_text()
        space = namespaces.Namespace()
        await space.run(namespaces.apply, {"net.ipv6.conf.default.accept_ra": "2"})
        assert await space.run(name.read_text) == "2\n"
        assert name.read_text() == before
        space.close()

    run(main())


@needs_namespaces
def test_whoever_asks_for_the_common_site_while_it_is_built_waits_for_it() -> None:
    async def main() -> None:
        async with open_testbed(str(HOST), {}) as testbed:
            sites = await asyncio.gather(*(testbed.site() for _ in range(8)))
            assert len(set(map(id, sites))) == 1
            await asyncio.gather(*(site.start() for site in sites))

    run(main())


WITHOUT = "import sys; sys.modules['pyroute2'] = None; import cli; cli.main(['testbed', 'check', sys.argv[1]])"


def test_without_pyroute2_the_cure_is_told() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT, str(HOST)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 5
    assert "need Linux and the package pyroute2" in done.stdout
    assert "leave --testbed away" in done.stdout
