"""A bundle that somebody made to harm its reader: nothing outside is opened, nothing is waited for, nothing crashes."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.bundle import dump
from profiles.problems import InputError
from reports.verifying.files import walk

from ..signed import bundle, look, new_key, paths, problems, signed


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return bundle(tmp_path / "run-1", reports=("json",))


def manifest(directory: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    document = json.loads((directory / "manifest.json").read_bytes())
    change(document)
    (directory / "manifest.json").write_bytes(dump(document))


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "evidence/../../secret",
        "/etc/hostname",
        "evidence//x",
        "./plan.json",
        "a\\b",
        "nul\0",
        "",
        "report/x",
    ],
)
def test_a_path_that_leads_elsewhere_is_named_and_not_opened(directory: Path, name: str) -> None:
    (directory.parent / "secret").write_text("x")
    manifest(directory, lambda m: m["files"].update({name: {"sha256": "0" * 64, "size": 1}}))
    found = look(directory)
    assert paths(found) == {"manifest.json"}
    assert "lists a path that no bundle has" in found.problems[0].what


@pytest.mark.parametrize(
    "name", ["plan.json", "journal.jsonl", "manifest.json", "report/result.json", "signature/statement.dsse.json"]
)
@pytest.mark.parametrize("target", ["copy", "/dev/zero", "nowhere"])
def test_a_link_is_named_and_not_followed(tmp_path: Path, name: str, target: str) -> None:
    directory = signed(tmp_path / "run-1", new_key(tmp_path / "keys"))
    path = directory / name
    kept = tmp_path / "copy"
    kept.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(kept if target == "copy" else target)
    assert (name, "is a link, and a bundle has none") in problems(look(directory))


def test_a_folder_that_is_a_link_is_named(directory: Path, tmp_path: Path) -> None:
    (directory / "evidence").rename(tmp_path / "evidence")
    (directory / "evidence").symlink_to(tmp_path / "evidence")
    assert ("evidence", "is a link, and a bundle has none") in problems(look(directory))


def test_a_pipe_is_named_and_not_waited_for(directory: Path) -> None:
    os.mkfifo(directory / "evidence" / "pipe")
    (directory / "plan.json").unlink()
    os.mkfifo(directory / "plan.json")
    assert paths(look(directory)) >= {"evidence/pipe", "plan.json"}


def test_folders_without_end_are_named(directory: Path) -> None:
    (directory / ("d/" * 300)).mkdir(parents=True)
    assert walk(directory).strange
    assert look(directory).problems


@pytest.mark.parametrize("name", ["plan.json", "profile.json", "product.json", "manifest.json"])
@pytest.mark.parametrize("data", [b"[" * 200_000, b"[]", b"\xff\xfe", b"", b"null", b'{"a":' * 50_000, b"NaN"])
def test_a_document_that_is_none_is_named(directory: Path, name: str, data: bytes) -> None:
    (directory / name).write_bytes(data)
    assert name in paths(look(directory))


@pytest.mark.parametrize(
    "line", [b"[" * 100_000, b"{}", b"null", b'{"kind":[],"t":0,"n":0,"prev":"0"}', b"\xff", b"", b'{"n":0}']
)
def test_a_journal_that_is_none_is_named(directory: Path, line: bytes) -> None:
    (directory / "journal.jsonl").write_bytes(line + b"\n")
    assert any(path == "journal.jsonl" and what.startswith("line 1 ") for path, what in problems(look(directory)))


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(files=[]),
        lambda m: m.update(files={"plan.json": 5, "journal.jsonl": {"sha256": 1}}),
        lambda m: m["files"].pop("journal.jsonl"),
        lambda m: m.update(journal=5),
        lambda m: m.update(journal={"records": "1", "last": []}),
        lambda m: m.update(format="another", version=9),
        lambda m: m["files"].update({"plan.json": {"sha256": None, "size": 10**400}}),
    ],
)
def test_a_manifest_of_another_form_is_named(directory: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    manifest(directory, change)
    assert look(directory).problems


@pytest.mark.parametrize("cases", [5, [5], [{"id": ["x"]}], [{"id": {"a": 1}}], [{}], {"a": 1}, None])
def test_a_plan_of_another_form_is_named(directory: Path, cases: object) -> None:
    from ..signed import remanifest

    plan = json.loads((directory / "plan.json").read_bytes())
    (directory / "plan.json").write_bytes(dump({**plan, "cases": cases}))
    remanifest(directory)
    assert "journal.jsonl" in paths(look(directory))


def test_names_that_act_on_a_terminal_are_shown_harmless(directory: Path) -> None:
    (directory / "evidence" / "\x1b[2Jgone\u202e").write_text("x")
    (name,) = (problem["path"] for problem in look(directory).to_json()["problems"])
    assert name == "evidence/\\x1b[2Jgone\\u202e"


@pytest.mark.parametrize("data", [b"", b"text", b"a.b", b"\x89PNG\r\n", b"{}"])
def test_a_file_of_another_kind_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(InputError, match="Name a bundle"):
        look(tmp_path / "file")


@pytest.mark.parametrize("data", [b"a.b.c", b"e30.e30.", b"..", b"e30.e30.\xff", b"W10.W10.W10", b"." * 5_000])
def test_a_certificate_that_is_none_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "credential.jwt").write_bytes(data)
    assert paths(look(tmp_path / "credential.jwt")) == {"credential.jwt"}


def test_a_folder_that_is_no_bundle_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is no bundle"):
        look(tmp_path)
