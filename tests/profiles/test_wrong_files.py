"""Every wrong file gives file, line or table, what is wrong and the cure; never a traceback or another exception."""

import re

import pytest

from profiles import InputError, load_catalogue
from profiles.lint import lint

from .conftest import CATALOGUE, LOADERS, Write

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
