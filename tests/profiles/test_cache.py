"""A checked file is not checked again; the cache is never a source of errors."""

import os
import time
from pathlib import Path

import pytest

from profiles import InputError, load_catalogue, reading, rules

from .conftest import CATALOGUE, Write


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of the documents that were checked."""
    done: list[str] = []
    check = rules.problems

    def counted(kind: str, *rest: object) -> object:
        done.append(kind)
        return check(kind, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(rules, "problems", counted)
    return done


def test_checked_once(write: Write, checks: list[str], cache: Path) -> None:
    path = write("c.toml", CATALOGUE)
    first = load_catalogue(path)
    assert load_catalogue(path) == first
    assert checks == ["catalogue"]
    assert [file.suffix for file in cache.iterdir()] == [".json"]
    assert cache.stat().st_mode & 0o077 == 0


def test_a_change_is_seen(write: Write, checks: list[str]) -> None:
    load_catalogue(write("c.toml", CATALOGUE))
    changed = load_catalogue(write("c.toml", CATALOGUE, ("The door opens.", "The door shuts.")))
    assert changed.requirements[0].text == "The door shuts."
    assert len(checks) == 2


def test_a_change_of_the_rules_is_seen(write: Write, checks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("c.toml", CATALOGUE)
    load_catalogue(path)
    monkeypatch.setattr(reading, "RULES", reading.RULES[1:])
    load_catalogue(path)
    assert len(checks) == 2


def test_what_is_wrong_is_not_kept(write: Write, cache: Path) -> None:
    path = write("c.toml", CATALOGUE, ('"MUST"', '"MUSTARD"'))
    for _ in range(2):
        with pytest.raises(InputError):
            load_catalogue(path)
    assert not cache.exists()


@pytest.mark.parametrize("spoil", [b"", b"{}", b"\0" * 100, b"[" * 100000, None])
def test_a_spoiled_cache_is_ignored(write: Write, checks: list[str], cache: Path, spoil: bytes | None) -> None:
    path = write("c.toml", CATALOGUE)
    good = load_catalogue(path)
    (kept,) = cache.iterdir()
    kept.write_bytes(kept.read_bytes().replace(b"opens", b"shuts") if spoil is None else spoil)
    assert load_catalogue(path) == good
    assert len(checks) == 2
    assert load_catalogue(path) == good
    assert len(checks) == 2


@pytest.mark.parametrize("place", ["/dev/null/x", "relative", ""])
def test_no_place_for_a_cache(write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert len(load_catalogue(write("c.toml", CATALOGUE)).requirements) == 3
    assert (tmp_path / "home").exists() is (place != "/dev/null/x")


def test_no_home(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert len(load_catalogue(write("c.toml", CATALOGUE)).requirements) == 3


def test_the_oldest_are_forgotten(write: Write, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "KEPT_FILES", 2)
    names: list[set[str]] = []
    for n in range(4):
        load_catalogue(write("c.toml", CATALOGUE, ("First", f"Number {n}")))
        for file in cache.iterdir():
            if not any(file.name in earlier for earlier in names):
                os.utime(file, (n, n))
        names.append({file.name for file in cache.iterdir()})
    assert [len(found) for found in names] == [1, 2, 2, 2]


def test_two_catalogues_of_300_requirements_load_fast(write: Write) -> None:
    entry = CATALOGUE[CATALOGUE.index("[[") :]
    paths = []
    for n in range(2):
        many = "".join(entry.replace("KNOCK-", f"KNOCK-{n}.{block}-") for block in range(100))
        paths.append(write(f"{n}.toml", CATALOGUE[: CATALOGUE.index("[[")] + many))
    assert sum(len(load_catalogue(path).requirements) for path in paths) == 600
    seconds = []
    for _ in range(10):
        begin = time.perf_counter()
        for path in paths:
            load_catalogue(path)
        seconds.append(time.perf_counter() - begin)
    assert min(seconds) < 0.03
