"""What a person reads at a terminal: nothing is cut, what was made is named, and a list fits its width."""

import io
import os
import re
import shutil
import sys
import tomllib
from pathlib import Path

import click
import pytest

import cli
from conformance.commands import output
from conformance.engine.judge import check, shown
from conformance.engine.verdict import Nonconformity
from tests.processes import ROOT
from tests.reports.signed import bundle

from .typed import typed

GROUPS = [(), *((name,) for name, command in cli.main.commands.items() if isinstance(command, click.Group))]


@pytest.mark.parametrize("path", GROUPS, ids=" ".join)
def test_no_line_of_the_list_of_commands_is_cut(path: tuple[str, ...]) -> None:
    told = typed(*path, "--help", terminal_width=80).stdout.partition("Commands:\n")[2].partition("\n\n")[0]
    assert told
    assert not [line for line in told.splitlines() if line.endswith("...") or len(line) > 80]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_table_fits_the_terminal(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((width, 24)))
    text = "Every string holds only well-formed UTF-8, and no code point from the surrogate range. " * 2
    output.write_table([("id", "level", "text"), ("MQTT-1.5.4-1", "MUST", text), ("M" * 30, "MUST NOT", "short")])
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert squeezed(text) in squeezed(terminal.getvalue())
    assert all(word in terminal.getvalue() for word in ("MQTT-1.5.4-1", "MUST NOT", "short"))


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_a_table_for_a_machine_has_a_line_for_each_row(capsys: pytest.CaptureFixture[str]) -> None:
    output.write_table([("a", "x" * 500), ("bb", "y")])
    assert capsys.readouterr().out == f"a   {'x' * 500}\nbb  y\n"


@pytest.mark.parametrize("name", ["nosuch", "process"])
def test_a_testbed_that_is_none_names_those_that_can_be_given(name: str) -> None:
    done = typed("run", "mqtt-broker", "--testbed", name)
    assert done.exit_code == 2
    for given in re.findall(r"one of: (.*)\.", done.stderr)[0].split(", "):
        assert "there is no such testbed" not in typed("plan", "mqtt-broker", "--testbed", given).stderr
    assert "embedded" in done.stderr


def test_report_names_verdict_and_files_and_tells_no_findings_again(tmp_path: Path) -> None:
    directory = bundle(tmp_path / "run-1")
    done = typed("report", directory, "--report", "html", "--report", "json", "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "CONFORMS: Example Works EG-100 2.1.0 against toy-profile",
        f"Report html: {tmp_path / 'out' / 'index.html'}",
        f"Report json: {tmp_path / 'out' / 'result.json'}",
    ]


def test_a_run_names_its_bundle_and_the_reports_that_were_ordered(tmp_path: Path) -> None:
    line = ("run", "mqtt-broker", "--select", "3.12", "--quiet", "--out", tmp_path)
    told = typed(*line, "--report", "json", "--report", "junit").stdout.splitlines()
    (made,) = tmp_path.iterdir()
    assert told[-3:] == [
        f"Report json: {made / 'report' / 'result.json'}",
        f"Report junit: {made / 'report' / 'junit.xml'}",
        f"Bundle: {made}",
    ]


def test_a_limit_leaves_open_and_does_not_say_that_nothing_passed(tmp_path: Path) -> None:
    done = typed("run", "mqtt-broker", "--limit", 2, "--quiet", "--out", tmp_path)
    assert done.exit_code == 3
    assert done.stdout.startswith("INCONCLUSIVE")
    assert "nothing was tested with success" not in done.stdout
    assert "cases left out by --limit" in done.stdout


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([0, 1], "0, 1"),
        ([], "none"),
        ({2, 1}, "1, 2"),
        ([[1], [2]], "(1), (2)"),
        ([b"once"], "'once'"),
        (b"\x00\xff", r"'\x00\xff'"),
        ("text", "text"),
        (3, "3"),
    ],
)
def test_a_finding_shows_what_a_list_holds(value: object, said: str) -> None:
    assert shown(value) == said
    with pytest.raises(Nonconformity) as found:
        check(False, "wrong", got=value)
    assert found.value.got == said


def test_the_jobs_for_a_ci_take_the_version_that_they_were_written_for() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    for path in (ROOT / "examples" / "ci").iterdir():
        assert re.findall(r"install iic-conform\S*", path.read_text("utf-8")) == [f"install iic-conform=={version}"]
