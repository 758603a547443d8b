"""The rules of the house: which rooms there are, who may import whom, how large things grow, what stands nowhere."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from profiles import find_catalogues, find_profiles, load_profile
from profiles.lint import lint

ROOT = Path(__file__).resolve().parents[1]
OURS = ("cli", "conformance", "profiles", "reports", "testbeds", "vectors")
DOMAINS = ("network", "identifier", "platform", "security")
BUILT_ON: dict[str, tuple[str, ...]] = {"conformance.network.dhcpv6": ("conformance.network.ipv6",)}
"""Room to the rooms whose `wire` and `provide` it may import: its standard is built on their protocol."""
MODULE_LINES = 400
FUNCTION_LINES = 70
SKIPPED = {"node_modules", "build", "dist", "site", "runs", "__pycache__"}


def files(*folders: str, suffixes: tuple[str, ...] = (".py",)) -> list[Path]:
    """The project's own files of these kinds below some folders; all of them without."""
    found = []
    for start in [ROOT / folder for folder in folders] or [ROOT]:
        for path in [start] if start.is_file() else sorted(start.rglob("*")):
            parts = path.relative_to(ROOT).parts
            hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
            if path.is_file() and path.suffix in suffixes and not hidden and not SKIPPED & set(parts):
                found.append(path)
    return found


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def listed(found: Iterable[str]) -> str:
    return "\n".join(["", *found])


def module_of(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, by its full name; names taken from a package stand behind it."""
    package = module_of(path).split(".")
    if path.name != "__init__.py":
        package.pop()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{start}.{alias.name}" for alias in node.names)


def rooms() -> list[Path]:
    """The folders of the protocols."""
    return [p for d in DOMAINS for p in sorted((ROOT / "conformance" / d).iterdir()) if (p / "__init__.py").is_file()]


def below(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def may_import(owner: str, name: str) -> bool:
    """Whether the module `owner` may import `name`, one of ours."""
    if below(name, "conformance.commands"):
        return below(owner, "conformance.commands", "cli")
    if below(owner, "conformance.commands"):
        return not below(name, "cli")
    if owner == "cli":
        return below(name, "conformance.engine.choices")
    if below(owner, "profiles"):
        return below(name, "profiles")
    if below(owner, "conformance.engine"):
        return below(name, "conformance.engine", "profiles")
    if below(owner, "testbeds"):
        return below(name, "testbeds", "conformance.engine", "profiles.problems", "profiles.places")
    if below(owner, "reports"):
        return below(name, "reports", "profiles", "conformance.engine.bundle", "conformance.engine.verdict")
    if below(owner, "vectors"):
        return below(name, "vectors")
    room = ".".join(owner.split(".")[:3])
    if re.match(r"conformance\.\w+\.\w+", owner):
        lower = [f"{base}.{part}" for base in BUILT_ON.get(room, ()) for part in ("wire", "provide")]
        return below(name, room, "conformance.engine", "vectors", *lower)
    return True


def test_each_part_imports_only_what_it_may() -> None:
    wrong = [
        f"{shown(path)} imports {name}"
        for path in files("cli.py", *OURS[1:])
        for name in imported(path)
        if name.split(".")[0] in OURS and not may_import(module_of(path), name)
    ]
    assert not wrong, listed(wrong)


def test_the_program_loads_nothing_of_ours_before_a_command_runs() -> None:
    """Nor do the modules that hold some of its commands: they may load each other, and click."""
    light = ("cli", "conformance.commands.asking", "conformance.commands.certification")
    strange = [
        f"{name} imports {module}"
        for name in light
        for node in ast.parse((ROOT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")).body
        for module in loaded(node)
        if module.split(".")[0] not in {*sys.stdlib_module_names, "click"} and module not in light
    ]
    assert not strange, listed(strange)


def loaded(node: ast.stmt) -> list[str]:
    """The modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [str(node.module)] if isinstance(node, ast.ImportFrom) else []


def test_a_codec_stands_on_the_standard_library() -> None:
    allowed = {*sys.stdlib_module_names, "cryptography"} - {"socket", "asyncio", "time", "logging", "datetime", "ssl"}
    wrong = [
        f"{shown(path)} imports {name}"
        for room in rooms()
        for path in [*room.glob("wire.py"), *room.glob("wire/**/*.py")]
        for name in imported(path)
        if name.split(".")[0] not in allowed and not below(name, f"{module_of(room / '__init__.py')}.wire")
    ]
    assert not wrong, listed(wrong)


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_every_room_has_the_same_names(room: Path) -> None:
    missing = [
        name
        for name in ("wire", "provide", "reference", "faults")
        if not (room / f"{name}.py").is_file() and not (room / name / "__init__.py").is_file()
    ]
    assert not missing, listed(missing)
    cases = [path.name for path in room.glob("test_*.py")]
    assert cases
    found = [name for name in cases if not re.fullmatch(r"test_[0-9a-z]+(_[0-9a-z]+)+\.py", name)]
    assert not found, listed(found)


def test_modules_and_functions_are_short() -> None:
    long = []
    for path in files(*OURS, "tests", "benchmarks", ".ci"):
        text = path.read_text(encoding="utf-8")
        if (lines := text.count("\n")) >= MODULE_LINES:
            long.append(f"{shown(path)}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length >= FUNCTION_LINES:
                    long.append(f"{shown(path)}:{node.lineno} {node.name}: {length} lines")
    assert not long, listed(long)


def test_no_suite_sleeps() -> None:
    found = [
        f"{shown(path)}:{number}"
        for domain in DOMAINS
        for path in files(f"conformance/{domain}")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\bsleep\(", line)
    ]
    assert not found, listed(found)


def test_cases_use_no_fixtures_of_pytest() -> None:
    found = [shown(p) for d in DOMAINS for p in files(f"conformance/{d}") if "pytest.fixture" in p.read_text("utf-8")]
    assert not found, listed(found)


def test_suites_say_in_chinese_too_what_does_not_apply() -> None:
    """It is the reason that both editions of a report print for a requirement that does not count."""
    found = [
        f"{shown(path)}:{node.lineno}: give not_applicable the reason in Chinese too"
        for domain in DOMAINS
        for path in files(f"conformance/{domain}")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "not_applicable"
        and len(node.args) < 2
        and not any(isinstance(argument, ast.Starred) for argument in node.args)
    ]
    assert not found, listed(found)


def test_no_path_of_a_machine_is_written_anywhere() -> None:
    suffixes = (".py", ".toml", ".md", ".yml", ".yaml", ".json", ".html", ".js", ".go", ".java", ".xml", ".css", "")
    pattern = re.compile(r"(?<![\w.{}~$-])/(?:home|root|work|Users|tmp)/[\w.-]+")
    found = [
        f"{shown(path)}: {match[0]}"
        for path in files(suffixes=suffixes)
        for match in pattern.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found, listed(found)


def test_every_change_for_users_is_of_a_kind() -> None:
    kinds = "feature|verdict|fix|removal|docs"
    names = [path.name for path in (ROOT / "changes").iterdir() if path.name != "README.md"]
    assert [name for name in names if not re.fullmatch(rf"(\+[a-z0-9-]+|\d+)\.({kinds})\.md", name)] == []


def test_every_folder_of_tests_is_a_package() -> None:
    bare = {shown(p.parent) for p in files("tests") if not (p.parent / "__init__.py").is_file()}
    assert bare == set(), "two test files of one name could not be told apart"


def test_vectors_tell_source_and_licence() -> None:
    bare = []
    for path in files("vectors", suffixes=(".json",)):
        document = json.loads(path.read_text(encoding="utf-8"))
        if not (isinstance(document, dict) and document.get("source") and document.get("licence")):
            bare.append(shown(path))
    assert not bare, listed(bare)


@pytest.mark.parametrize(
    "path", files("profiles", "examples/products", suffixes=(".toml",)), ids=lambda path: path.stem
)
def test_every_catalogue_profile_and_product_is_sound(path: Path) -> None:
    problems = [str(problem) for problem in lint(path)]
    assert not problems, listed(problems)


def test_every_profile_finds_its_catalogues() -> None:
    catalogues = find_catalogues()
    for name in find_profiles():
        for selection in load_profile(name).catalogues:
            assert selection.catalogue in catalogues


def test_the_command_answers_without_loading_a_suite() -> None:
    """`--help` within 150 ms needs an import that stays small: nothing of pytest, jsonschema or a suite."""
    program = "import sys, cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"pytest", "jsonschema", "hypothesis", "pyshark", "asyncio", "allure_commons", "conformance.network"}
    assert heavy & set(done.stdout.split()) == set()
