"""What the commands show: help with examples, completion, lists, explanations, and documents as their schemas say."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import cli
from tests.processes import ROOT, bundle_of

from .typed import typed, valid

KINDS = {
    "standards": "mqtt-5.0/server",
    "requirements": "MQTT-3.1.0-2",
    "profiles": "mqtt-broker",
    "suites": "mqtt",
    "cases": "mqtt/test_3_12_ping.py::test_each_pingreq_is_answered[mqtt-5.0]",
    "testbeds": "running",
    "references": "mqtt-broker",
    "faults": "second-connect-tolerated",
    "reports": "html",
}


def commands(command: click.Command = cli.main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command that does something, by the words that name it."""
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, (*path, name))
    else:
        yield path


def found(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that words name, and the words that are left."""
    command: click.Command = cli.main
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command, words = command.commands[words[0]], words[1:]
    return command, words


COMMANDS = list(commands())


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_says_what_it_does_and_shows_an_example_that_holds(path: tuple[str, ...]) -> None:
    done = typed(*path, "--help", prog_name="iic-conform", terminal_width=200)
    assert (done.exit_code, typed(*path, "-h", prog_name="iic-conform", terminal_width=200).stdout) == (0, done.stdout)
    about, _, examples = done.stdout.partition("Examples:\n")
    assert len(about.splitlines()[2].strip()) > 10
    lines = [line.strip() for line in examples.splitlines() if line.strip()]
    assert lines
    for line in lines:
        words = shlex.split(line.replace('eval "$(', "").replace(')"', ""))
        command, rest = found(words[1:])
        assert (words[0], command) == ("iic-conform", found(list(path))[0])
        options = {name for parameter in command.params for name in parameter.opts}
        given = rest[: rest.index("--")] if "--" in rest else rest
        assert {word for word in given if word.startswith("-")} <= options


def test_the_first_page_names_every_command_and_exit_code() -> None:
    page = typed("--help").stdout
    for path in COMMANDS:
        assert re.search(rf"^  {path[0]} ", page, re.MULTILINE)
    for code in (0, 1, 2, 3, 4, 5, 6, 130):
        assert re.search(rf"\b{code}  ?\s*\w", page.partition("Exit codes:")[2])


def test_version() -> None:
    assert re.fullmatch(r"iic-conform, version \d+\.\d+\.\d+\S*\n", typed("--version").stdout)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_that_the_shell_can_read(shell: str) -> None:
    done = typed("completion", shell)
    assert done.exit_code == 0
    assert "_IIC_CONFORM_COMPLETE" in done.stdout
    if program := shutil.which(shell):
        read = subprocess.run([program, "-n"], input=done.stdout, text=True, capture_output=True)
        assert (read.returncode, read.stderr) == (0, "")


@pytest.mark.parametrize(
    ("typing", "offers"),
    [
        ("pla", {"plan"}),
        ("re", {"rejudge", "report", "rerun", "resume", "revoke"}),
        ("list st", {"standards"}),
        ("run --sel", {"--select"}),
        ("profile l", {"lint"}),
        ("completion z", {"zsh"}),
    ],
)
def test_completion_offers_what_fits(typing: str, offers: set[str]) -> None:
    words = ["iic-conform", *typing.split()]
    env = {
        "_IIC_CONFORM_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    done = typed(prog_name="iic-conform", env=env)
    assert {line.partition(",")[2] for line in done.stdout.splitlines()} == offers


@pytest.mark.parametrize("kind", KINDS)
def test_lists_hold_what_is_installed_as_text_and_as_json(kind: str) -> None:
    done = typed("list", kind)
    assert done.exit_code == 0
    assert re.search(rf"^{re.escape(KINDS[kind])}( |$)", done.stdout, re.MULTILINE)
    rows = json.loads(typed("list", kind, "--format", "json").stdout)
    assert len(rows) == len(done.stdout.splitlines()) - 1  # the first line names the columns
    assert KINDS[kind] in {value for row in rows for value in row.values() if isinstance(value, str)}


def test_a_list_of_one_standard() -> None:
    rows = json.loads(typed("list", "requirements", "mqtt-5.0", "--format", "json").stdout)
    assert {row["standard"] for row in rows} == {"mqtt-5.0"}
    of_servers = json.loads(typed("list", "requirements", "mqtt-5.0/server", "--format", "json").stdout)
    assert of_servers == [row for row in rows if row["role"] == "server"]
    assert len(of_servers) > 100


def test_explain_shows_a_requirement_with_its_cases_and_faults() -> None:
    done = typed("explain", "mqtt-5.0/server:MQTT-3.1.0-2")
    assert done.exit_code == 0
    assert done.stdout.startswith("mqtt-5.0/server:MQTT-3.1.0-2  (MUST, clause 3.1, wording: ")
    assert "case:  mqtt/test_3_1_connect.py::test_second_connect_ends_the_connection[mqtt-5.0]" in done.stdout
    assert "fault: second-connect-tolerated" in done.stdout
    named = [line.partition("  (")[0] for line in typed("explain", "MQTT-3.1.0-2").stdout.splitlines()]
    assert {"mqtt-3.1.1/server:MQTT-3.1.0-2", "mqtt-5.0/server:MQTT-3.1.0-2"} <= set(named)


def test_a_plan_as_text_names_cases_and_what_is_left_out() -> None:
    done = typed("plan", "mqtt-broker", "--select", "MQTT-3.1.0-2", "--seed", 7)
    assert done.exit_code == 0
    first, *lines = done.stdout.splitlines()
    assert first == "iic-conform mqtt-broker reference 1 against mqtt-broker: 2 cases, seed 7"
    assert sum("::" in line for line in lines) == 2
    assert any("left out by the selection of this run" in line for line in lines)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("shown")
    assert typed("run", "mqtt-broker", "--out", out, "--select", "3.12", "--report", "json", "-q").exit_code == 3
    return bundle_of(out)


DOCUMENTS = [
    ("requirements", "list requirements", 0),
    ("requirements", "explain MQTT-3.1.0-2", 0),
    ("plan", "plan mqtt-broker --limit 3", 0),
    ("run", "run mqtt-broker --select 3.12 --report json --out OUT", 3),
    ("run", "rerun BUNDLE --report json --out OUT", 3),
    ("run", "report BUNDLE --report json --out OUT", 3),
    ("verify", "verify BUNDLE", 0),
    ("compare", "compare BUNDLE BUNDLE", 0),
    ("prove", "prove mqtt --fault second-connect-tolerated --workers 1", 0),
]


@pytest.mark.parametrize(("schema", "line", "code"), DOCUMENTS, ids=[line.split()[0] for _, line, _ in DOCUMENTS])
def test_what_is_printed_for_machines_is_as_its_schema_says(
    schema: str, line: str, code: int, bundle: Path, tmp_path: Path
) -> None:
    words = [{"BUNDLE": bundle, "OUT": tmp_path}.get(word, word) for word in line.split()]
    done = typed(*words, "--format", "json")
    assert done.exit_code == code, done.stderr
    valid(schema, json.loads(done.stdout))


def test_what_is_written_for_machines_is_as_its_schema_says(bundle: Path, tmp_path: Path) -> None:
    assert typed("report", bundle, "--out", tmp_path, "--report", "json", "--report", "badge").exit_code == 3
    valid("plan", json.loads((bundle / "plan.json").read_bytes()))
    valid("run", json.loads((tmp_path / "result.json").read_bytes()))
    valid("badge", json.loads((tmp_path / "badge.json").read_bytes()))
    proof = tmp_path / "proof.json"
    assert typed("prove", "mqtt", "--select", "3.12", "--workers", 1, "--out", proof).exit_code == 0
    valid("prove", json.loads(proof.read_bytes()))


@pytest.mark.parametrize("line", ["rejudge BUNDLE", "testbed check running", "profile lint mqtt-broker.toml"])
def test_the_other_documents_are_json_too(line: str, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "profiles")
    done = typed(*(bundle if word == "BUNDLE" else word for word in line.split()), "--format", "json")
    assert done.exit_code == 0, done.stderr
    json.loads(done.stdout)
