"""A password stays where it is kept: whatever a case or the product says, no file and no output holds it."""

import base64
import json
import shutil
import urllib.parse
from pathlib import Path

import pytest

from conformance.engine.bundle import Bundle
from tests.processes import Ended, bundle_of, conform
from tests.strangers import environment, install_suite

SECRETS = {"plain": "Kuckuck-77-Kuckuck", "awkward": "Kü\"ck\\uck'7/7+ %&<=?"}
SIGNS = """
    import base64, re, urllib.parse

    def forms(secret):
        octets = secret.encode()
        digits = lambda match: match[0].lower()
        return (
            secret, "user:" + secret, octets.hex(), octets.hex().upper(), base64.b64encode(octets).decode(),
            base64.b64encode(b"user:" + octets).decode(), base64.urlsafe_b64encode(b"me:" + octets).decode(),
            urllib.parse.quote(secret), urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret),
            re.sub("%..", digits, urllib.parse.quote(secret)), "".join(f"%{octet:02x}" for octet in octets),
            repr(secret), ascii(secret), repr(octets), repr("x\\'y" + secret), repr("x\\'y\\"" + secret),
        )
"""
CASES = (
    SIGNS
    + """
    def password(case):
        return case.ixit["lines"]["password"].reveal()

    @requirement("lines-1/server:L-1")
    @pytest.mark.parametrize("n", range(17))
    async def test_that_says_it(case: Case, line: Channel, n: int) -> None:
        await line.send(Line(forms(password(case))[n]))
        await line.expect(Line)

    @requirement("lines-1/server:L-2")
    @pytest.mark.parametrize("n", range(17))
    async def test_that_fails_with_it(case: Case, line: Channel, n: int) -> None:
        said = forms(password(case))[n]
        case.note("noted " + said)
        print("printed", said)
        await line.send(Line(said))
        await line.expect(a(Line, title=said))

    @requirement("lines-1/server:L-3")
    async def test_that_errs_with_it(case: Case, line: Channel) -> None:
        raise LookupError("an error about " + password(case))

    @requirement("lines-1/server:L-4")
    async def test_that_cannot_begin_for_it(case: Case) -> None:
        raise Unready("not let in with " + repr(password(case)))
    """
)
PRODUCT = """
import os, socketserver, sys

class Repeating(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            print("heard", line, flush=True)
            self.wfile.write(line)

print("my password is", os.environ["PASSWORD"], flush=True)
if sys.argv[2:]:
    sys.exit("it does not please me: " + repr(os.environ["PASSWORD"]))
with socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Repeating) as server:
    print("ready", flush=True)
    server.serve_forever()
"""
BED = """
[testbed]
kind = "process"
product = "product.toml"
[process]
command = ["{python}", "{here}/product.py", "{port}"%s]
ready = { log = "ready" }
[process.env]
PASSWORD = "{env.IIC_TEST_PASSWORD}"
[process.ports]
lines = 0
[ixit.lines]
url = "lines://127.0.0.1:{port}"
"""


class Place:
    """A folder with a suite that says the secret in every way, a product that repeats it, and its testbed."""

    def __init__(self, folder: Path, secret: str, kept: str) -> None:
        self.folder = folder
        self.secret = secret
        ids = [f"L-{n}" for n in range(1, 5)]
        self.env = environment(install_suite(folder / "packages", CASES, ids)) | {"IIC_TEST_PASSWORD": secret}
        reference = {"env": '{ env = "IIC_TEST_PASSWORD" }', "file": '{ file = "password.txt" }'}[kept]
        (folder / "password.txt").write_text(f"{secret}\n", encoding="utf-8")
        (folder / "product.toml").write_text(
            '[product]\nvendor = "Nobody"\nname = "Liner"\nversion = "1"\n'
            f'[ixit.lines]\nurl = "lines://127.0.0.1:1"\nusername = "user"\npassword = {reference}\n',
            encoding="utf-8",
        )
        (folder / "product.py").write_text(PRODUCT, encoding="utf-8")
        (folder / "bed.toml").write_text(BED % "", encoding="utf-8")

    def conform(self, *words: str | Path) -> Ended:
        return conform(*words, env=self.env, cwd=self.folder)

    def leaks(self, data: bytes) -> list[str]:
        return [name for name, form in forms(self.secret).items() if form in data]


def forms(secret: str) -> dict[str, bytes]:
    """What must be found nowhere. Of base64 only the middle, which is the same wherever the secret stands."""
    octets = secret.encode()
    texts = {
        "raw": secret,
        "hex": octets.hex(),
        "HEX": octets.hex().upper(),
        "percent": urllib.parse.quote(secret),
        "percent, all": urllib.parse.quote(secret, safe=""),
        "percent, digits": "".join(f"%{octet:02x}" for octet in octets),
        "form": urllib.parse.quote_plus(secret),
        "json": json.dumps(secret)[1:-1],
        "repr": repr(secret)[1:-1],
        "repr of octets": repr(octets)[2:-1],
        "json of repr": json.dumps(repr(secret)[1:-1])[1:-1],
    }
    for shift in range(3):
        middle = base64.b64encode(b"\0" * shift + octets)[4:-4]
        texts[f"base64, {shift}"] = middle.decode()
        texts[f"base64 for URLs, {shift}"] = middle.decode().translate(str.maketrans("+/", "-_"))
    return {name: text.encode() for name, text in texts.items()}


WAYS = [("plain", "env"), ("awkward", "file")]


@pytest.fixture(scope="module", params=WAYS, ids=[" by ".join(way) for way in WAYS])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    secret, kept = request.param
    return Place(tmp_path_factory.mktemp("place"), SECRETS[secret], kept)


@pytest.fixture(scope="module")
def run(place: Place) -> Ended:
    """A run of all that, of which pytest's own reporter tells too."""
    return place.conform("run", "liner", "--testbed", "bed.toml", "--", "--junitxml=junit.xml")


@pytest.fixture(scope="module")
def bundle(place: Place, run: Ended) -> Path:
    return bundle_of(place.folder / "runs")


def test_everything_was_said(bundle: Path, run: Ended) -> None:
    """Else the tests below would tell nothing."""
    assert run.code == 1, run.err
    ends = {case.partition("::")[2]: end[-1] for case, end in Bundle(bundle).ends().items()}
    verdicts = [end["verdict"] for end in ends.values()]
    assert {verdict: verdicts.count(verdict) for verdict in set(verdicts)} == {
        "pass": 17, "fail": 17, "error": 1, "inconclusive": 1,
    }  # fmt: skip
    for end in ends.values():
        assert "***" in (end["summary"] or "***") + (end["expected"] or "")
    assert all("***" in end["output"] for name, end in ends.items() if "fails" in name)


def test_no_file_holds_it(place: Place, bundle: Path, run: Ended) -> None:
    files = [path for path in bundle.rglob("*") if path.is_file()] + [place.folder / "junit.xml"]
    assert {"plan.json", "product.json", "journal.jsonl", "index.html", "junit.xml"} <= {path.name for path in files}
    assert len(list((bundle / "evidence").iterdir())) > 2 * 17
    assert {str(path): leaks for path in files if (leaks := place.leaks(path.read_bytes()))} == {}


def test_no_name_of_a_file_holds_it(place: Place, bundle: Path) -> None:
    assert [path for path in bundle.rglob("*") if place.leaks(str(path).encode())] == []


def test_no_command_prints_it(place: Place, bundle: Path, run: Ended) -> None:
    assert "***" in run.out
    assert not place.leaks(run.told.encode())
    for words in (("plan", "liner", "--testbed", "bed.toml"), ("compare", bundle, bundle)):
        done = place.conform(*words)
        assert (done.code, place.leaks(done.told.encode())) == (0, []), done.told


def test_what_is_judged_again_keeps_it_out(place: Place, bundle: Path) -> None:
    """What cases print goes nowhere then, and the document stays one."""
    done = place.conform("rejudge", bundle, "--format", "json")
    assert done.json["differing"] == 0
    assert len(done.json["cases"]) == 36
    assert not place.leaks(done.told.encode())


def test_every_report_format_keeps_it_out(place: Place, bundle: Path) -> None:
    names = ("html", "json", "junit", "allure", "earl", "oscal", "sarif", "csv", "markdown", "badge")
    words = [word for name in names for word in ("--report", name)]
    done = place.conform("report", bundle, *words, "--out", "reports")
    assert done.code == 1, done.told
    files = [path for path in (place.folder / "reports").rglob("*") if path.is_file()]
    assert len(files) >= len(names)
    assert [path for path in files if place.leaks(path.read_bytes())] == []
    assert not place.leaks(done.told.encode())


def test_a_product_that_dies_with_it_on_its_lips(place: Place) -> None:
    """What it has printed last is told, and there it is."""
    (place.folder / "dying.toml").write_text(BED % ', "die"', encoding="utf-8")
    done = place.conform("run", "liner", "--testbed", "dying.toml", "--out", "dead")
    assert (done.code, done.out) == (5, "")
    assert "my password is ***" in done.err
    assert "it does not please me: '***" in done.err
    assert not place.leaks(done.told.encode())


def test_a_run_that_ends_in_the_middle_keeps_it_out(place: Place, bundle: Path) -> None:
    """As a kill leaves it, and after `resume`."""
    cut = Path(shutil.copytree(bundle, place.folder / "cut" / bundle.name))
    (cut / "manifest.json").unlink()
    lines = (cut / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (cut / "journal.jsonl").write_bytes(b"".join(lines[:6]))
    done = place.conform("resume", cut)
    assert done.code == 1, done.told
    files = [path for path in cut.rglob("*") if path.is_file()]
    assert [path for path in files if place.leaks(path.read_bytes())] == []
    assert not place.leaks(done.told.encode())


def test_the_passphrase_of_a_key_is_not_told(place: Place) -> None:
    made = place.conform("key", "create", "keys", "--passphrase", "env:IIC_TEST_PASSWORD", "--format", "json")
    wrong = place.conform("sign", "runs", "--key", "keys/key.pem", "--passphrase", "file:product.py")
    assert (made.code, wrong.code) == (0, 2)
    assert not place.leaks((made.told + wrong.told).encode())
    assert not any(place.leaks(path.read_bytes()) for path in (place.folder / "keys").iterdir())
