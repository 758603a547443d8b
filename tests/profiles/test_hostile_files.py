"""Files that no mistake makes: hostile, of another kind, out of reach. All raise InputError and nothing else."""

import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles import InputError, load_catalogue, load_product, load_profile
from profiles.lint import lint
from profiles.reading import DEEPEST, LARGEST_OCTETS

from .conftest import CATALOGUE, LOADERS, PRODUCT, Write


@pytest.mark.parametrize("kind", LOADERS)
def test_no_such_file(tmp_path: Path, kind: str) -> None:
    with pytest.raises(InputError, match=r"none\.toml: the file cannot be read: No such file.*Cure: Correct the path"):
        LOADERS[kind][1](tmp_path / "none.toml")


@pytest.mark.parametrize("kind", LOADERS)
def test_a_directory(tmp_path: Path, kind: str) -> None:
    with pytest.raises(InputError, match="Is a directory"):
        LOADERS[kind][1](tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(InputError, match="not a regular file"):
        load_product(tmp_path / "pipe.toml")


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be nobody for a while: root may read everything."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


def test_a_file_without_permission(write: Write) -> None:
    path = write("product.toml", PRODUCT)
    path.chmod(0)
    with unprivileged(), pytest.raises(InputError, match="Permission denied"):
        load_product(path)


def test_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "product.toml"
    path.write_bytes(PRODUCT.encode().replace(b"D-1", "Tür".encode("latin-1")))
    with pytest.raises(InputError, match=r"product\.toml:3: the file is not UTF-8\. Cure: Save it as UTF-8\."):
        load_product(path)


def test_nul_in_the_name() -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_product("a\0b.toml")


def test_a_huge_file(tmp_path: Path) -> None:
    path = tmp_path / "product.toml"
    with open(path, "wb") as stream:
        stream.truncate(LARGEST_OCTETS + 1)
    with pytest.raises(InputError, match="larger than"):
        load_product(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = " + "[" * 20000, "nested too deeply"),
        ("a = " + "{a=" * 20000, "nested too deeply"),
        ("a = " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "nested too deeply"),
        ("a" + ".a" * 100000 + " = 1", "more than 24 parts"),
        ("a = {a" + ". a" * 100000 + " = 1}", "more than 24 parts"),
        ("[" + '"a".' * 100000 + "a]", "more than 24 parts"),
        ("a = " + "1" * 5000, "cannot be read"),
        ("", "neither a catalogue, nor a profile, nor a product"),
        ("standard = 1", "'standard' is a whole number, not a table"),
        ("product = []", "'product' is a list, not a table"),
        ("profile = 1\ncatalogue = 1", "'profile' is a whole number"),
        ("[standard]\nid = {}\nrequirement = []", "[standard]"),
        ("requirement = []\n[standard]", "'requirement' is empty"),
        ("requirement = [1]\n[standard]", "an entry of 'requirement' is a whole number, not a table"),
        ("catalogue = [1]\n[profile]", "an entry of 'catalogue' is a whole number, not a table"),
        ("[product]\n[[claims]]", "'claims' is a list, not a table"),
    ],
)
def test_hostile_text(write: Write, text: str, says: str) -> None:
    problems = lint(write("hostile.toml", text))
    assert any(says in f"{problem.where} {problem.what}" for problem in problems), list(map(str, problems))


@pytest.mark.parametrize("kind", LOADERS)
@pytest.mark.parametrize("other", LOADERS)
def test_a_file_of_another_kind(write: Write, kind: str, other: str) -> None:
    path = write("x.toml", LOADERS[other][0])
    if kind != other:
        with pytest.raises(InputError, match=f"this is a {other} file, not a {kind} file"):
            LOADERS[kind][1](path)


def test_control_characters_are_escaped(write: Write) -> None:
    path = write("product.toml", PRODUCT, ("version =", '"\\u001b[31mversion\\u0007" ='))
    with pytest.raises(InputError) as caught:
        load_product(path)
    assert all(c.isprintable() or c == "\n" for c in str(caught.value))


@pytest.mark.parametrize(
    ("line", "says", "cure"),
    [
        ("bel = true", "knock-1.0/door has no claim 'bel'", "Did you mean 'bell'?"),
        ("xyzzy = true", "has no claim 'xyzzy'", "one of: bell, knocks, offered, wood"),
        ("bell = 1", "'bell' cannot be 1: it is a whole number, not true or false", "There is a bell."),
        ("knocks = 10", "it is above 9", "How many knocks open."),
        ("knocks = true", "it is true or false, not a whole number", "How many"),
        ('wood = "ash"', "it is none of 'oak', 'pine'", "made of"),
        ('offered = "no"', "it is a text, not true or false", "offers"),
    ],
)
def test_claims_that_the_catalogue_does_not_have(write: Write, line: str, says: str, cure: str) -> None:
    catalogue = load_catalogue(write("c.toml", CATALOGUE))
    with pytest.raises(InputError) as caught:
        load_product(write("product.toml", PRODUCT, ("bell = false", line)), [catalogue])
    assert caught.value.where == '7: [claims."knock-1.0/door"]'
    assert says in caught.value.what
    assert cure in caught.value.cure


def test_no_such_profile() -> None:
    with pytest.raises(
        InputError, match=r"there is no profile 'mqtt-borker'\. Cure: Did you mean 'mqtt-broker'\?.*\.toml"
    ):
        load_profile("mqtt-borker")


def _spoiled(text: str) -> st.SearchStrategy[str]:
    """The text with a slice of it replaced by something from TOML's own alphabet."""
    signs = st.text(alphabet="[]{}=\"'.,#\n \t-_:0aé\u2028\0", max_size=6)
    places = st.tuples(st.integers(0, len(text)), st.integers(0, 12))
    return st.builds(lambda place, new: text[: place[0]] + new + text[sum(place) :], places, signs)


@pytest.mark.parametrize("kind", LOADERS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_spoiled_file_raises_nothing_else(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    text, loader = LOADERS[kind]
    path = tmp_path / "spoiled.toml"
    path.write_text(data.draw(_spoiled(text)), encoding="utf-8")
    for use in (loader, lint):
        try:
            use(path)
        except InputError as error:
            said = str(error)
            assert said.startswith(str(path))


VALUES = st.recursive(
    st.one_of(st.integers(-9, 9), st.booleans(), st.sampled_from(["", "MUST", "a b", "\x1b"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["id", "env", "x", "a b"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\x1b", "\\u001b") + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {_toml(inner)}' for key, inner in value.items()) + "}"
    return str(value)


@pytest.mark.parametrize("kind", LOADERS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_wrong_value_raises_nothing_else(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    text, loader = LOADERS[kind]
    lines = text.split("\n")
    number = data.draw(st.sampled_from([n for n, line in enumerate(lines) if " = " in line]))
    lines[number] = lines[number].partition(" = ")[0] + " = " + _toml(data.draw(VALUES))
    tomllib.loads("\n".join(lines))
    path = tmp_path / "wrong.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    for use in (loader, lint):
        try:
            use(path)
        except InputError as error:
            assert all(problem.what and problem.cure for problem in error.problems)  # noqa: PT017 - a value may be good
