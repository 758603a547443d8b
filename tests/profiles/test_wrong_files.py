"""Every wrong file gives file, line or table, what is wrong and the cure; never a traceback or another exception."""

import os
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles import InputError, load_catalogue, load_product, load_profile
from profiles.lint import lint
from profiles.reading import DEEPEST, LARGEST_OCTETS

from .conftest import CATALOGUE, PRODUCT, PROFILE, Write

LOADERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "catalogue": (CATALOGUE, load_catalogue),
    "profile": (PROFILE, load_profile),
    "product": (PRODUCT.replace("[claims.", "[ixit.x]\n[claims."), load_product),
}

#: kind, the text that is changed, what it becomes, the text the reported line begins with, what is said, the cure
WRONG = [
    (
        "catalogue",
        'level = "MUST"',
        "level = MUST",
        "level = MUST",
        "not TOML: invalid value at column 9",
        "plain quotes",
    ),
    ("catalogue", 'level = "MUST"', "level = “MUST”", "level = “", "not TOML", "plain ASCII signs in place of “"),
    (
        "catalogue",
        'level = "MUST"',
        'level = "MUST',
        'level = "MUST',
        "not TOML: illegal character",
        "Close the quotes",
    ),
    ("catalogue", "[standard]", "[standard", "[standard", "not TOML: expected ']'", "in quotes"),
    ("catalogue", "[[requirement]]", "[[requirement]", "[[requirement]", "not TOML", "two brackets"),
    ("catalogue", 'level = "MUST"', 'level = "MUST"\nlevel = "MAY"', 'level = "MAY"', "cannot overwrite", "once"),
    ("catalogue", 'level = "MUST"', 'level = "\\q"', "level", "unescaped", "backslash"),
    (
        "catalogue",
        'text = "The bell rings."',
        'text = """The bell',
        'text = """The bell',
        "unterminated string",
        "Close the quotes",
    ),
    ("catalogue", 'level = "MUST"', 'level "MUST"', "level", "expected '='", "key = "),
    (
        "catalogue",
        'level = "MUST"',
        'lvel = "MUST"',
        "lvel",
        "[requirement 1, KNOCK-1] there is no key 'lvel'",
        "'level'",
    ),
    ("catalogue", 'level = "MUST"', 'level = "MUST"\nzz = 1', "zz", "there is no key 'zz'", "one of: "),
    (
        "catalogue",
        'level = "MUST"\n',
        "",
        "[[requirement]]",
        "[requirement 1, KNOCK-1] the key 'level' is missing",
        'level = "MUST"',
    ),
    ("catalogue", 'level = "MUST"', 'level = "SHALL"', "level", "'level' cannot be 'SHALL'", "SHALL is MUST"),
    ("catalogue", 'level = "MUST"', "level = 1", "level", "'level' cannot be 1", 'level = "MUST"'),
    (
        "catalogue",
        'clause = "1.2"',
        "clause = 1.2",
        "clause = 1.2",
        "'clause' is a number, not a text",
        'clause = "3.1"',
    ),
    (
        "catalogue",
        'clause = "1.2"',
        "clause = 2020-01-01",
        "clause = 2020",
        "'clause' is a date or time",
        'clause = "3.1"',
    ),
    ("catalogue", 'text = "The bell rings."', 'text = ""', 'text = ""', "'text' is empty", 'text = "..."'),
    ("catalogue", 'text = "The bell rings."', 'text = " "', 'text = " "', "'text' cannot be ' '", 'text = "..."'),
    ("catalogue", 'id = "KNOCK-2"', 'id = "KNOCK 2"', 'id = "KNOCK 2"', "'id' cannot be 'KNOCK 2'", "letters, digits"),
    ("catalogue", 'id = "KNOCK-2"', 'id = "KNOCK-2\\n"', "id", "'id' cannot be 'KNOCK-2\\n'", "letters, digits"),
    (
        "catalogue",
        'id = "KNOCK-2"',
        'id = "KNOCK-1"',
        'id = "KNOCK-1"',
        "already that of requirement 1 (line 16)",
        "id of its own",
    ),
    ("catalogue", 'when = "bell', 'when = "bell and', "when", "in the condition 'bell and and", "Complete"),
    (
        "catalogue",
        'when = "bell',
        'when = "bel',
        "when",
        "[requirement 2, KNOCK-2] in the condition",
        "Did you mean 'bell'",
    ),
    ("catalogue", "knocks >= 2", "knocks >= true", "when", "compares a number with true or false", "one kind"),
    ("catalogue", 'check = "automatic"', 'check = "auto"', "check", "'check' cannot be 'auto'", '"review"'),
    (
        "catalogue",
        'why = "Not visible from outside."\n',
        "",
        "[[requirement]]",
        "[requirement 3, KNOCK-3] the key 'why' is missing",
        "Say why",
    ),
    (
        "catalogue",
        'source = "normative"',
        'source = "free"',
        "source",
        "[standard] 'source' cannot be 'free'",
        '"checklist"',
    ),
    ("catalogue", 'id = "knock-1.0"', 'id = "Knock 1.0"', "id", "'id' cannot be 'Knock 1.0'", "lower case"),
    (
        "catalogue",
        "bell = { default = true,",
        "bell = {",
        "bell",
        "[claims.bell] the key 'default' is missing",
        "default = true",
    ),
    ("catalogue", "bell = {", "and = {", "and", "'and' cannot be a name here", "taken"),
    ("catalogue", "bell = {", "Bell = {", "Bell", "'Bell' cannot be a name here", "lower case"),
    ("catalogue", "default = 3", "default = 12", "knocks", "it is above 9", "limits"),
    (
        "catalogue",
        "default = 3",
        "default = [3]",
        "knocks",
        "'default' is a list, not true or false or a whole number or a text",
        "default",
    ),
    ("catalogue", 'default = "oak"', 'default = "ash"', "wood", "it is none of 'oak', 'pine'", "limits"),
    ("catalogue", 'text = "There is a bell.",', 'minimum = 1, text = "x",', "bell", "is no number", "Remove"),
    (
        "catalogue",
        "bell = {",
        'offered = { default = false, text = "x" }\nbell = {',
        "offered",
        "another default than true",
        "true",
    ),
    ("catalogue", "[claims]", "[clams]", "[clams]", "there is no table 'clams'", "'claims'"),
    (
        "catalogue",
        'check = "automatic"',
        'duty = "KNOCK-9"',
        "duty",
        "'duty' names 'KNOCK-9', which is not here",
        "Did you mean",
    ),
    (
        "catalogue",
        'check = "automatic"',
        'restates = ["KNOCK-1"]',
        "restates",
        "names the requirement itself",
        "another",
    ),
    (
        "catalogue",
        'check = "automatic"',
        'codes = "0x82"',
        "codes",
        "'codes' is a text, not a list",
        'codes = ["0x82"]',
    ),
    (
        "catalogue",
        'check = "automatic"',
        "codes = [130]",
        "codes",
        "an entry of 'codes' is a whole number",
        "as a text",
    ),
    (
        "catalogue",
        'check = "automatic"',
        "derived = 1",
        "derived",
        "'derived' is a whole number, not true or false",
        "true",
    ),
    (
        "profile",
        'standard = "knock-1.0"',
        'standrad = "knock-1.0"',
        "standrad",
        "there is no key 'standrad'",
        "'standard'",
    ),
    ("profile", 'role = "door"\n', "", "[[catalogue]]", "the key 'role' is missing", 'role = "server"'),
    (
        "profile",
        'role = "door"\n',
        'role = "door"\nlevels = ["MUSTN\'T"]',
        "levels",
        "an entry of 'levels'",
        '"MUST NOT"',
    ),
    ("profile", 'role = "door"\n', 'role = "door"\nlevels = []', "levels", "'levels' is empty", "leave the key out"),
    (
        "profile",
        'role = "door"\n',
        'role = "door"\nwithout = [{ id = "X" }]',
        "without",
        "'reason' is missing",
        "Say why",
    ),
    (
        "profile",
        'role = "door"\n',
        'role = "door"\nwithout = ["X"]',
        "without",
        "an entry of 'without' is a text",
        "reason",
    ),
    ("profile", "[[catalogue]]", "[catalogue]", "[catalogue]", "'catalogue' is a table, not a list", "[[catalogue]]"),
    (
        "profile",
        "[[catalogue]]",
        '[[catalogue]]\nstandard = "knock-1.0"\nrole = "door"\n[[catalogue]]',
        "[[catalogue]]",
        "selected twice",
        "Join",
    ),
    (
        "profile",
        'version = "1.0"',
        "version = 1.0",
        "version",
        "[profile] 'version' is a number, not a text",
        'version = "1.0"',
    ),
    ("product", 'version = "2.1.0"\n', "", "[product]", "[product] the key 'version' is missing", "version = "),
    ("product", "version =", "verison =", "verison", "there is no key 'verison'", "'version'"),
    ("product", '[claims."knock-1.0/door"]', "[claims.knock-1.0/door]", "[claims", "not TOML", "in quotes"),
    (
        "product",
        '[claims."knock-1.0/door"]',
        "[claims.knock-1.0]",
        "[claims",
        "cannot be a name here",
        '[claims."mqtt-5.0/server"]',
    ),
    (
        "product",
        '[claims."knock-1.0/door"]',
        '[claims."mqtt-5/server"]',
        "[claims",
        "no catalogue 'mqtt-5/server'",
        "'mqtt-5.0/server'",
    ),
    ("product", '[claims."knock-1.0/door"]', "[claims]", "bell", "'bell' cannot be a name here", "in quotes"),
    (
        "product",
        "bell = false",
        "bell = 0.5",
        "bell",
        "'bell' is a number, not true or false or a whole number",
        "true",
    ),
    ("product", "[ixit.knock]", "[ixit]", "url", "'url' is a text, not a table", "[ixit.mqtt]"),
    ("product", 'url = "', 'since = 2020-01-01\nurl = "', "since", "'since' is a date or time", "in quotes"),
    ("product", "[product]", "[produkt]", "[produkt]", "there is no table 'produkt'", "'product'"),
]


@pytest.mark.parametrize(("kind", "old", "new", "line", "says", "cure"), WRONG)
def test_one_thing_wrong(write: Write, kind: str, old: str, new: str, line: str, says: str, cure: str) -> None:
    text, loader = LOADERS[kind]
    path = write(f"{kind}.toml", text, (old, new))
    with pytest.raises(InputError) as caught:
        loader(path)
    problem = caught.value.problems[0]
    number = int(problem.where.partition(":")[0])
    assert path.read_text(encoding="utf-8").split("\n")[number - 1].startswith(line)
    assert says in f"{problem.where} {problem.what}"
    assert cure in problem.cure
    assert re.fullmatch(re.escape(f"{path}:{number}: ") + r".*[.?] Cure: \S.*[.?]", str(problem))
    assert len(caught.value.problems) == 1, str(caught.value)
    (linted,) = lint(path)
    assert linted.where == problem.where


def test_all_problems_are_said_at_once_in_the_order_of_the_lines(write: Write) -> None:
    path = write(
        "c.toml",
        CATALOGUE,
        ('level = "SHOULD"', 'level = "OUGHT"'),
        ('issuer = "Nobody"', ""),
        ('id = "KNOCK-1"', "id = 1"),
    )
    with pytest.raises(InputError) as caught:
        load_catalogue(path)
    assert [problem.where.partition(":")[0] for problem in caught.value.problems] == ["1", "16", "26"]
    assert len(str(caught.value).split("\n")) == 3


def test_a_long_list_of_problems_is_cut(write: Write) -> None:
    path = write("c.toml", CATALOGUE + '[[requirement]]\nid = "X"\n' * 50)
    with pytest.raises(InputError, match=r"\.\.\. and \d+ more problems"):
        load_catalogue(path)


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
    load_product(path)  # whatever has to be imported is now
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
