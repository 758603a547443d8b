"""Suites, profiles, testbeds and reports of third parties: what the documentation shows is built, installed and run."""

import ast
import doctest
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .installed import Installed
from .pages import DOCS, ROOT, Block, Step, blocks, steps

SUITE = DOCS / "writing-a-suite.md"
EXTENDING = DOCS / "extending.md"
EXAMPLE = ROOT / "examples" / "plugin"
LINES_BESIDE_THE_CASES = 30


class Walk:
    """Someone who follows pages: writes the files that they show, types their commands, and reads what is printed."""

    def __init__(self, environment: Installed, folder: Path) -> None:
        self.environment = environment
        self.folder = folder
        self._running: list[subprocess.Popen[str]] = []

    def follow(self, page: Path) -> list[Step]:
        """Do everything on a page; the commands that were typed. Fails at the first that prints something else."""
        typed = []
        for block in blocks(page):
            if block.title:
                self._write(block)
            elif block.language == "console":
                for step in steps(block):
                    self._type(step)
                    typed.append(step)
        return typed

    def end(self) -> None:
        for process in self._running:
            process.kill()
            process.communicate()

    def _write(self, block: Block) -> None:
        path = self.folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")

    def _type(self, step: Step) -> None:
        if " simulate " in step.command:
            printed = self._start(step)
        else:
            done = self.environment.run(step.command, self.folder)
            assert "Traceback" not in done.stderr, done.stderr
            printed = done.stdout
        checker = doctest.OutputChecker()
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        assert checker.check_output(step.shown, printed, flags), f"{step.command}\n{printed}"

    def _start(self, step: Step) -> str:
        """Start what runs until it is ended, and read as many lines as the page shows."""
        process = subprocess.Popen(
            ["bash", "-c", f"exec {step.command}"],
            cwd=self.folder,
            env=self.environment.environment(self.folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._running.append(process)
        assert process.stdout
        return "".join(process.stdout.readline() for _ in step.shown.splitlines())


@pytest.fixture
def walk(wheel: Path, tmp_path: Path) -> Iterator[Walk]:
    """A newcomer with a fresh environment and an empty folder."""
    (tmp_path / "suite").mkdir()
    someone = Walk(Installed(tmp_path / "venv", wheel), tmp_path / "suite")
    yield someone
    someone.end()


def test_the_pages_can_be_followed_as_written(walk: Walk) -> None:
    typed = [step.command.split(" --")[0] for step in walk.follow(SUITE)]
    for command in ("iic-conform list suites", "iic-conform prove greet", "iic-conform run greeter"):
        assert command in typed
    assert walk.follow(EXTENDING)


def test_the_example_is_what_the_pages_show() -> None:
    shown = {block.title: block.text for page in (SUITE, EXTENDING) for block in blocks(page) if block.title}
    files = [path for path in EXAMPLE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.relative_to(EXAMPLE).as_posix(): path.read_text(encoding="utf-8") for path in files} == shown


def test_a_suite_needs_few_lines_beside_its_cases() -> None:
    counted = {b.title: code_lines(b.text) for b in blocks(SUITE) if b.language == "python" and "/test_" not in b.title}
    assert sum(counted.values()) <= LINES_BESIDE_THE_CASES
    said = SUITE.read_text(encoding="utf-8")
    assert f"has {sum(counted.values())} lines of code: {counted['greet/provide.py']} in `provide.py`, " in said
    assert f"{counted['greet/reference.py']} in\n`reference.py`" in said


def code_lines(text: str) -> int:
    """Lines that hold code: neither blank, nor a comment, nor a docstring."""
    told = {
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for number in range(node.lineno, (node.end_lineno or 0) + 1)
    }
    lines = enumerate(text.splitlines(), 1)
    return sum(bool(line.strip()) and not line.strip().startswith("#") and number not in told for number, line in lines)


def test_a_change_of_the_suite_that_nothing_proves_is_noticed(walk: Walk) -> None:
    """What the page promises of `prove`: a fault less, or a weaker case, does not go unseen."""
    shutil.copytree(EXAMPLE, walk.folder, dirs_exist_ok=True)
    walk.environment.run("pip install .", walk.folder)
    installed = walk.environment.packages / "greet"
    cases = installed / "test_2_greeting.py"
    whole = cases.read_text(encoding="utf-8")
    cases.write_text(whole.replace('a(Line, text=f"WELCOME {name}")', "Line"), encoding="utf-8")
    told = walk.environment.run("iic-conform prove greet", walk.folder)
    assert told.returncode == 4
    assert "fault not caught: name-forgotten" in told.stdout
    assert "case without a fault: greet/test_2_greeting.py::test_a_guest_is_welcomed_by_name[Ada]" in told.stdout
    cases.write_text(whole.replace("GREET-2-2", "GREET-2-3"), encoding="utf-8")
    told = walk.environment.run("iic-conform run greeter", walk.folder)
    assert told.returncode == 2
    assert "correct the id in @requirement" in told.stderr
    assert not list(walk.folder.glob("runs/*"))
