"""The documentation: links lead somewhere, commands exist and are understood, and what it says of formats is so."""

import json
import re
import shlex
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import cli
import reports
from conformance.commands import exits
from conformance.commands.knowledge import everything
from profiles import find_profiles
from profiles.lint import lint
from testbeds import testbeds
from testbeds.settings import load_settings

from .needs import needs
from .pages import DOCS, FENCE, ROOT, blocks, name, pages, prose, steps

PAGES = pages()
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=name)
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
FOLLOWED = ("docs/writing-a-suite.md", "docs/extending.md")
"""Pages whose commands are really typed, by test_plugin.py."""
JOBS = sorted((ROOT / "examples" / "ci").glob("*.yml"))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as MkDocs and GitHub make them."""
    found = set()
    for heading in re.findall(r"^#+ +(.+?)\s*$", prose(page), re.MULTILINE):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        found.add(re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", plain.lower()).strip()))
    return found


@EACH_PAGE
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        where, _, anchor = link.partition("#")
        target = (page.parent / where).resolve() if where else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@EACH_PAGE
def test_every_block_of_code_is_closed_and_said_to_be_in_a_language(page: Path) -> None:
    fences = re.findall(r"^```.*$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(fences) == 2 * len(FENCE.findall(page.read_text(encoding="utf-8")))
    assert all(fence != "```" for fence in fences[::2])


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r"[\w./-]+\.md", text[text.index("\nnav:") :]))
    assert {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} == listed


def test_every_page_is_reached_from_the_first() -> None:
    found, left = set(), [DOCS / "index.md"]
    while left:
        page = left.pop()
        if page not in found:
            found.add(page)
            targets = ((page.parent / link.partition("#")[0]).resolve() for link in LINK.findall(prose(page)))
            left += [target for target in targets if target.suffix == ".md"]
    assert set(DOCS.rglob("*.md")) <= found


def test_both_readmes_open_with_the_two_commands() -> None:
    for readme in ("README.md", "README.zh.md"):
        first, *_ = blocks(ROOT / readme)
        assert [line.split("#")[0].strip() for line in first.text.splitlines()] == ["make demo", "make test"]


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = (
        [re.sub(r"\s+#.*", "", b.text) for b in blocks(ROOT / readme) if b.language == "console"]
        for readme in ("README.md", "README.zh.md")
    )
    assert english == chinese


@EACH_PAGE
def test_toml_and_json_in_the_pages_can_be_read(page: Path) -> None:
    for block in blocks(page):
        if block.language == "toml":
            tomllib.loads(block.text)
        if block.language == "json":
            json.loads(block.text)


@EACH_PAGE
def test_files_in_the_pages_are_sound(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IIC_MQTT_PASSWORD", "known")
    for block in blocks(page):
        content = tomllib.loads(block.text) if block.language == "toml" else {}
        file = tmp_path / "shown.toml"
        file.write_text(block.text, encoding="utf-8")
        if "testbed" in content:
            assert load_settings(file).kind in (*testbeds(), "ci-service")
        elif {"product", "standard", "profile"} & set(content) and name(page) not in FOLLOWED:
            assert [problem for problem in lint(file) if "_zh" not in problem.what] == []


def test_every_make_target_that_is_mentioned_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    said = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    mentioned = set(re.findall(r"(?:`|^)make ([a-z]+)", said, re.MULTILINE))
    assert mentioned <= targets
    assert {"demo", "test"} <= mentioned


# Commands: all are understood by the program, and name profiles, requirements and faults that exist.


def commands() -> Iterator[tuple[str, str]]:
    """Every command of ours on a page or in an example, with the file it stands in."""
    for page in PAGES:
        for block in blocks(page):
            for line in block.text.splitlines() if block.language in ("console", "sh") else ():
                yield name(page), line
        for inline in re.findall(r"`([^`\n]+)`", prose(page)):
            yield name(page), inline
    for job in JOBS:
        for line in job.read_text(encoding="utf-8").splitlines():
            yield name(job), re.sub(r"^\s*(?:- |run: )?", "", line)


def ours() -> Iterator[tuple[str, list[str]]]:
    """The arguments of each command of ours."""
    seen = set()
    for where, line in commands():
        found = re.match(r"(?:\$ )?(?:[A-Z]+=\S+ )?(?:\S*/)?iic-conform ([a-z-]+ .*|prove|plan)", line)
        if found and not re.search(r"\b(?:COMMAND|ID)\b", line) and (where, line) not in seen:
            seen.add((where, line))
            yield where, shlex.split(found[1], comments=True)


OURS = list(ours())


def made_up_files(arguments: list[str], folder: Path) -> None:
    """Files and folders that a command names, so that its arguments can be checked."""
    for word in arguments:
        if word.endswith((".toml", ".json", ".pem", ".pub", ".jwt", ".pdf")) or word == "FILE":
            (folder / word).parent.mkdir(parents=True, exist_ok=True)
            (folder / word).touch()
        elif word.startswith("runs/run-") or word in ("BUNDLE", "$bundle", "BEFORE", "AFTER"):
            (folder / word).mkdir(parents=True)


@pytest.mark.parametrize(("where", "arguments"), OURS, ids=[f"{where}-{' '.join(words)}" for where, words in OURS])
def test_every_command_is_understood(
    where: str, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(exits, "guarded", lambda *_, **__: 0)  # nothing is done
    made_up_files(arguments, tmp_path)
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exit_code == 0, result.output


def test_there_are_commands_to_check() -> None:
    assert len(OURS) > 40
    assert {words[0] for _, words in OURS} >= {
        "run",
        "plan",
        "list",
        "explain",
        "prove",
        "simulate",
        "rerun",
        "rejudge",
    }


def test_commands_name_what_exists() -> None:
    known = everything()
    ids = {r.id for r in known.requirements.values()} | set(known.requirements)
    faults = {fault for named in known.faults.values() for fault in named} | ids
    for where, words in OURS:
        if where in FOLLOWED:
            continue
        if words[0] in ("run", "plan") and not words[1].endswith(".toml") and words[1] != "PROFILE":
            assert words[1] in find_profiles(), where
        if words[0] == "explain":
            assert words[1] in ids, where
        if "--fault" in words:
            assert words[words.index("--fault") + 1] in faults, where
        for i, word in enumerate(words):
            if word in ("--product", "--testbed") and words[i + 1].startswith("examples/"):
                assert (ROOT / words[i + 1]).is_file(), where


def run(*arguments: str, folder: Path, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    command = [sys.executable, "-m", "cli", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=timeout_s)


@pytest.mark.parametrize(
    "command", [c for c in blocks(ROOT / "README.md")[4].text.splitlines() if " simulate " not in c]
)
def test_what_the_readme_has_you_look_at_is_there(command: str, tmp_path: Path) -> None:
    done = run(*shlex.split(command)[1:], folder=tmp_path)
    assert done.returncode in ((0, 4) if " prove " in command else (0,)), done.stderr
    assert len(done.stdout.splitlines()) >= 1


def test_the_readmes_run_against_a_real_broker(tmp_path: Path) -> None:
    lines = blocks(ROOT / "README.md")[1].text.splitlines()
    assert len(lines) == 5
    assert lines[1] == "mosquitto -p 1883 -d"
    _, source, target = shlex.split(lines[2])
    product = (ROOT / source).read_text(encoding="utf-8")
    assert "mqtt://127.0.0.1:1883" in product
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    broker = subprocess.Popen([needs("mosquitto"), "-p", str(port)], stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        (tmp_path / target).write_text(product.replace(":1883", f":{port}"), encoding="utf-8")
        done = run(*shlex.split(lines[3])[1:], "--limit", "20", "--format", "json", folder=tmp_path)
    finally:
        broker.terminate()
        broker.wait(10)
    assert done.returncode in (1, 3), done.stderr
    assert json.loads(done.stdout)["cases"]["pass"] > 10
    assert list(tmp_path.glob(shlex.split(lines[4])[1]))


def wait_for(port: int) -> None:
    """Wait until something listens on a port of this machine."""
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens on {port}")


# Formats: what the pages say of them is what a run writes.


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run."""
    folder = tmp_path_factory.mktemp("docs")
    done = run("run", "mqtt-broker", "--limit", "3", "-q", folder=folder)
    assert done.returncode == 3, done.stderr
    (made,) = folder.glob("runs/run-*")
    return made


def words(page: Path) -> set[str]:
    """What a page names in code."""
    return {word for inline in re.findall(r"`([^`\n]+)`", prose(page)) for word in re.findall(r"[\w./-]+", inline)}


def read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def test_the_page_on_bundles_names_every_part_of_one(bundle: Path) -> None:
    named = words(DOCS / "bundle.md")
    plan, manifest = read(bundle / "plan.json"), read(bundle / "manifest.json")
    records = [json.loads(line) for line in (bundle / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    ends = [record for record in records if record["kind"] == "case-end"]
    transcript = read(bundle / "evidence" / next(end["transcript"] for end in ends if end["transcript"]))
    told: list[Mapping[str, Any]] = [plan, *plan["cases"], *plan["left_out"], *plan["left_out_cases"], plan["options"]]
    told += [read(bundle / "product.json"), manifest, *records, transcript, *transcript["channels"]]
    told += transcript["events"]
    profile = read(bundle / "profile.json")
    assert {key for part in told for key in part} - named == set()
    assert set(profile) - named == set()
    kinds = {record["kind"] for record in records} | {event["kind"] for event in transcript["events"]}
    assert kinds - named == set()


def test_the_page_on_output_names_what_is_printed(bundle: Path) -> None:
    text = (DOCS / "output.md").read_text(encoding="utf-8")
    named = words(DOCS / "output.md")
    assert set(read(bundle / "report" / "result.json")) <= named
    for form in reports.writers():
        assert f"| `{form}` |" in text
    for schema in re.findall(r"`([a-z]+\.json)` \|$", text, re.MULTILINE):
        assert (ROOT / "reports" / "schemas" / schema).is_file()
    for code in re.findall(r"^  (\d+)  |   (\d+)  ", cli.EXIT_CODES.replace("\b", ""), re.MULTILINE):
        assert f"| {''.join(code)} |" in text


def test_the_page_on_the_command_line_is_made_of_every_command() -> None:
    sys.path.insert(0, str(DOCS / "hooks"))
    try:
        from commands import MARK, sections  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(DOCS / "hooks"))
    made = "\n".join(sections())
    assert MARK in (DOCS / "command-line.md").read_text(encoding="utf-8")
    for command in ("run", "rerun", "profile lint", "testbed check", "simulate"):
        assert f"## iic-conform {command}\n\n```text\nUsage: iic-conform {command} " in made
    assert "--allow-disruptive" in made


def test_the_site_can_be_built(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="MkDocs is missing: `make docs` installs it")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "--allow-disruptive" in (tmp_path / "site" / "command-line.html").read_text(encoding="utf-8")


def findings(text: str) -> Iterator[tuple[str, list[str]]]:
    """The rows of the tables of known findings: the product, and the cells."""
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        rows = [line for line in section.splitlines() if line.startswith("| ")]
        for row in rows[1:]:
            yield section.splitlines()[0], row.removeprefix("| ").removesuffix(" |").split(" | ")


def named(cell: str) -> Iterator[tuple[str, str]]:
    """The standards and ids in the first cell of a finding, such as "3.1.1: 2.2.2-2; 5.0: 2.1.3-1"."""
    for part in cell.removesuffix(" (warning)").split("; "):
        version, _, ids = part.partition(": ")
        standard = f"rfc{version}" if version.isdigit() else f"mqtt-{version}"
        yield from ((standard, id_) for id_ in ids.split(", "))


def test_every_known_finding_says_all_that_it_must() -> None:
    text = (DOCS / "known-findings.md").read_text(encoding="utf-8")
    readings = text.partition("## How we read the statements")[2].partition("\n## ")[0]
    known = everything().requirements
    of_ipv6 = {name.partition(":")[2] for name in known if name.partition(":")[0].endswith(("/host", "/router"))}
    rows = list(findings(text))
    assert len(rows) > 100
    for product, cells in rows:
        told = f"{product}: {cells}"
        assert len(cells) == 4, told
        requirement, sent, got, cases = cells
        for standard, id_ in named(requirement):
            prefix = "MQTT-" if standard.startswith("mqtt") else f"{standard}:"
            full = id_ if id_.startswith("MQTT") else prefix + id_
            assert f"{standard}/server:{full}" in known or full in of_ipv6, told
            read = re.search(rf"(?<![\d.]){re.escape(id_)}(?!\d)", readings) or id_.startswith("MQTT5-PE-")
            assert read, f"{told}: how {id_} is read is not said"
        assert re.search(r"`[0-9a-f]{2}[ 0-9a-f…]*`", sent), told
        assert got.strip(), told
        assert re.fullmatch(r"[1-9]\d*(: .+)?( \(in \d of \d runs\))?", cases), told


def test_steps_of_a_page_are_told_from_their_output() -> None:
    found = [list(steps(block)) for block in blocks(DOCS / "writing-a-suite.md") if block.language == "console"]
    assert found[0][0] == ("pip install -e .", "")
    assert found[0][1].shown.startswith("name ")
