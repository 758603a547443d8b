"""A plain `pytest` with the engine's plugin: what its own reporters tell is what our bundle and writers tell."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance.engine.session import collect
from conformance.engine.suite import Suite
from tests.processes import bundle_of, conform, ends
from tests.strangers import environment, install_suite

MQTT = Suite("mqtt", "conformance.network.mqtt").folder
CLAUSES = ("test_2_1_flags.py", "test_3_12_ping.py", "test_3_10_unsubscribe.py", "test_6_0_websocket.py")
LINES = """
    from hypothesis import given, settings, strategies as st
    L1, L2 = (requirement(f"lines-1/server:L-{n}") for n in (1, 2))

    @L1
    @pytest.mark.parametrize(("text", "again"), [("a", 1), ("b\\u00fc", 2)], ids=["short", "long"])
    async def test_repeats(line: Channel, text: str, again: int) -> None:
        for _ in range(again):
            await line.send(Line(text))
            await line.expect(a(Line, strip=lambda strip: strip() == text))

    @L1
    @settings(deadline=None, max_examples=20)
    @given(text=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30))
    def test_repeats_any(line: Channel, text: str) -> None:
        line.send(Line("x" + text))
        line.expect(Line)

    @L2
    @settings(deadline=None)
    @given(n=st.integers(0, 10**6))
    def test_finds_the_least(n: int) -> None:
        check(n < 1000, f"too much: {n}")

    @L2
    async def test_fails(line: Channel) -> None:
        print("before it fails")
        await line.send(Line("a"))
        await line.expect(Closed)

    @L2
    async def test_asserts(line: Channel) -> None:
        await line.send(Line("left"))
        heard = await line.expect(Line)
        assert heard == "right", "they differ"

    @L2
    async def test_never_begins() -> None:
        raise Unready("no start")

    @L1
    async def test_does_not_apply(case: Case) -> None:
        case.not_applicable("the product lacks it")
    """
SAID = {
    "test_repeats[short]": "pass",
    "test_repeats[long]": "pass",
    "test_repeats_any": "pass",
    "test_finds_the_least": "fail",
    "test_fails": "fail",
    "test_asserts": "error",
    "test_never_begins": "inconclusive",
    "test_does_not_apply": "not applicable",
}
JUNIT = {"pass": "", "fail": "failure", "error": "failure", "inconclusive": "failure", "not applicable": "skipped"}
"""What pytest makes of a verdict in JUnit XML; ours tells an error of the harness and an inconclusive case apart."""
OURS = JUNIT | {"error": "error", "inconclusive": "error"}
ALLURE = {"pass": "passed", "fail": "failed", "error": "broken", "inconclusive": "broken", "not applicable": "skipped"}


@dataclass(frozen=True)
class Told:
    """What a reporter told of a case; `place` is its file with dots, `name` its own."""

    place: str
    name: str
    status: str
    text: str
    printed: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """The file without the package around it, which differs by where pytest was called."""
        return self.place.rpartition(".")[2], self.name, self.status


def junit(path: Path) -> list[Told]:
    found = []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        outcomes = [child for child in case if child.tag in ("failure", "error", "skipped")]
        assert len(outcomes) < 2
        text = " ".join(f"{one.get('message')} {one.text}" for one in outcomes)
        printed = case.findtext("system-out") or ""
        status = "".join(one.tag for one in outcomes)
        found.append(Told(case.get("classname", ""), case.get("name", ""), status, text, printed))
    return found


def allure(folder: Path) -> list[Told]:
    found = []
    for path in folder.glob("*-result.json"):
        one = json.loads(path.read_bytes())
        details = one.get("statusDetails", {})
        text = f"{details.get('message', '')} {details.get('trace', '')}"
        attached = [(folder / a["source"]).read_bytes() for a in one.get("attachments", ()) if a["name"] == "stdout"]
        labels = {label["name"]: label["value"] for label in one["labels"]}
        # allure-pytest's full name takes the "::" of a parameter for one of its own; its suite does not.
        place = one["fullName"].partition("#")[0] if labels["framework"] == "iic-conform" else labels["suite"]
        found.append(Told(place, one["name"], one["status"], text, b"".join(attached).decode()))
    return found


def keys(told: Iterable[Told]) -> Counter[tuple[str, str, str]]:
    return Counter(one.key for one in told)


@dataclass(frozen=True)
class Ran:
    """A run of pytest: its exit code, what it printed, and what its reporters told."""

    code: int
    out: str
    junit: list[Told]
    allure: list[Told]


def plain(folder: Path, *words: str | Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run pytest as anybody would who has suites and the plugin, with two reporters of others."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-p", "conformance.engine.plugin", "-c", os.devnull, "-ra"]
    command += ["-p", "no:cacheprovider", "--junitxml=junit.xml", "-o", "junit_logging=system-out"]
    command += ["--alluredir=allure", *map(str, words)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=folder, env=kept | dict(env or {}), capture_output=True, text=True, timeout=120)
    assert "INTERNALERROR" not in done.stdout, done.stdout
    assert (folder / "junit.xml").exists(), done.stdout + done.stderr
    return Ran(done.returncode, done.stdout, junit(folder / "junit.xml"), allure(folder / "allure"))


@pytest.fixture(scope="module")
def mqtt(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Some clauses of the suite for MQTT, by plain pytest."""
    return plain(tmp_path_factory.mktemp("mqtt") / "plain", *(MQTT / clause for clause in CLAUSES))


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A folder with the suite `lines`, and the environment that knows it."""
    folder = install_suite(tmp_path_factory.mktemp("lines"), LINES, ("L-1", "L-2"))
    return folder / "lines", environment(folder)


@pytest.fixture(scope="module")
def told(lines: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The suite `lines` by plain pytest."""
    return plain(tmp_path_factory.mktemp("told") / "plain", lines[0], env=lines[1])


Kept = tuple[Path, list[Told], list[Told]]


@pytest.fixture(scope="module")
def ours(lines: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The suite `lines` by our own command."""
    return kept(tmp_path_factory.mktemp("ours"), "liner", env=lines[1])


def kept(folder: Path, *words: str, env: Mapping[str, str] | None = None) -> Kept:
    """The bundle of a run of ours, and what our writers of JUnit and Allure tell of it."""
    reports = ("--report", "junit", "--report", "allure")
    done = conform("run", *words, "--out", "runs", *reports, cwd=folder, env=env)
    assert "Traceback" not in done.err, done.err
    bundle = bundle_of(folder / "runs")
    everything = junit(bundle / "report" / "junit.xml"), allure(bundle / "report" / "allure-results")
    names = cases(bundle)
    in_junit, in_allure = ([one for one in found if one.key[:2] in names] for found in everything)
    return bundle, in_junit, in_allure  # what was not selected is left out


def cases(bundle: Path) -> dict[tuple[str, str], str]:
    """File and name of each case that has ended, with its verdict."""
    found = {}
    for case, attempts in ends(bundle).items():
        file, _, name = case.partition("/")[2].partition(".py::")
        found[file, name] = str(attempts[-1]["verdict"])
    return found


def verdicts(bundle: Path, names: Mapping[str, str]) -> Counter[tuple[str, str, str]]:
    """What the journal says, with what a reporter calls each verdict."""
    return Counter((*case, names[verdict]) for case, verdict in cases(bundle).items())


def test_clauses_of_a_suite_are_told_alike_by_all(mqtt: Ran, tmp_path: Path) -> None:
    bundle, our_junit, our_allure = kept(tmp_path, "mqtt-broker", "--select", " ".join(CLAUSES))
    assert mqtt.code == 0, mqtt.out
    assert len(mqtt.junit) > 100
    assert keys(mqtt.junit) == keys(our_junit) == verdicts(bundle, JUNIT)
    assert keys(mqtt.allure) == keys(our_allure) == verdicts(bundle, ALLURE)


def test_every_verdict_is_told_alike_by_all(told: Ran, ours: Kept) -> None:
    bundle, our_junit, our_allure = ours
    assert {name: verdict for (_, name), verdict in cases(bundle).items()} == SAID
    assert told.code == 1
    assert keys(told.junit) == verdicts(bundle, JUNIT)
    assert keys(our_junit) == verdicts(bundle, OURS)
    assert keys(told.allure) == keys(our_allure) == verdicts(bundle, ALLURE)


def test_what_was_expected_and_what_came_is_told_by_all(told: Ran, ours: Kept) -> None:
    """And what a case has printed goes to that case alone."""
    bundle, *by_us = ours
    for case, (end,) in ends(bundle).items():
        name = case.partition("::")[2]
        for found in (told.junit, told.allure, *by_us):
            (one,) = [one for one in found if one.name == name]
            for part in filter(None, (end["summary"], end["expected"], end["got"])):
                assert part in one.text, (name, part)
            assert ("before it fails" in one.printed) is (name == "test_fails")


def test_a_plain_function_is_driven_by_hypothesis_and_the_least_example_told(told: Ran) -> None:
    (one,) = [one for one in told.junit if one.name == "test_finds_the_least"]
    assert "too much: 1000" in one.text


def test_assertions_are_rewritten(told: Ran) -> None:
    """A bare `assert` is ours to mend, not the product's; but it shows both sides."""
    (one,) = [one for one in told.allure if one.name == "test_asserts"]
    assert one.status == "broken"
    for part in ("they differ", "'left' == 'right'"):
        assert part in one.text


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (["-k", "repeats and not long"], {"test_repeats[short]", "test_repeats_any"}),
        (["-k", "long or asserts"], {"test_repeats[long]", "test_asserts"}),
        (
            ["test_1_lines.py::test_fails", "test_1_lines.py::test_repeats[short]"],
            {"test_fails", "test_repeats[short]"},
        ),
        (["--deselect=test_1_lines.py"], set()),
    ],
)
def test_cases_are_chosen_as_pytest_chooses(
    lines: tuple[Path, dict[str, str]], tmp_path: Path, words: list[str], due: set[str]
) -> None:
    folder, env = lines
    files = [word for word in words if word.startswith("test_")]
    others = [word for word in words if word not in files] + ["--rootdir", str(folder)]
    ran = plain(tmp_path / "plain", *(folder / file for file in files or [""]), *others, env=env)
    assert {one.name for one in ran.junit} == {one.name for one in ran.allure} == due
    assert ran.code == (5 if not due else 1 if {SAID[name] for name in due} - {"pass"} else 0)


def test_nothing_runs_where_cases_are_only_collected(lines: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    ran = plain(tmp_path / "plain", lines[0], "--collect-only", "-q", env=lines[1])
    assert (ran.code, ran.junit, ran.allure) == (0, [], [])
    assert f"{len(SAID)} tests collected" in ran.out


def test_without_suites_nothing_is_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above all not what lies in the folder that we were called in."""
    (tmp_path / "test_other.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert collect([]) == []
