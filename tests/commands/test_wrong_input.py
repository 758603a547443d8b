"""Whatever file or name is wrong: one line tells where, what and the cure; the exit code is 2, and nothing is begun."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.processes import bundle_of, conform
from tests.profiles.conftest import CATALOGUE, PRODUCT, PROFILE

from .typed import typed

BED = """\
[testbed]
kind = "reference"
product = "product.toml"

[reference]
suite = "mqtt"
"""
SOUND = {"front-door.toml": PROFILE, "knock.toml": CATALOGUE, "product.toml": PRODUCT, "bed.toml": BED}
RUN = ("run", "front-door.toml", "--product", "product.toml")
PLAN = ("plan", "front-door.toml", "--product", "product.toml")
IN_BED = ("run", "front-door.toml", "--testbed", "bed.toml")
Spoil = Callable[[str, str, str], str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with sound files, in which commands are typed; the user's own settings are out of the way."""
    for name, text in SOUND.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for variable in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    return tmp_path


@pytest.fixture
def spoil(here: Path) -> Spoil:
    """Writes something else for a text that is in a file; gives the number of its line."""

    def spoiler(name: str, old: str, new: str) -> str:
        text = SOUND[name]
        assert old in text, old
        (here / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return str(text.count("\n", 0, text.index(old)) + 1)

    return spoiler


def refused(*words: object) -> str:
    """What a command says that cannot be carried out; it ends before anything is made."""
    done = typed(*words)
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert "Traceback" not in done.stderr
    assert not list(Path().glob("runs/*"))
    return done.stderr


def test_the_sound_files_are_taken() -> None:
    """Else the tests below would tell nothing."""
    assert typed(*PLAN).exit_code == 0
    assert typed("plan", "front-door.toml", "--testbed", "bed.toml").exit_code == 0
    assert typed("profile", "lint", "front-door.toml", "knock.toml").output == "nothing wrong\n"


# Files. Each row: the file, what is changed in it and into what, whether the line is told, the table, what, the cure.

WRONG = [
    ("product.toml", 'vendor = "', 'vendor = ', True, "", "this is not TOML", "plain quotes"),
    ("product.toml", "vendor =", "vendr =", True, "[product]", "there is no key 'vendr'", "Did you mean 'vendor'?"),
    ("product.toml", 'version = "2.1.0"', "version = 2.1", True, "[product]", "is a number, not a text", "as a text"),
    ("product.toml", "bell = false", "bel = false", True, '[claims."knock-1.0/door"]', "no claim 'bel'", "'bell'?"),
    ("product.toml", "bell = false", "bell = 3", True, '[claims."knock-1.0/door"]', "'bell' cannot be 3", "a bell"),
    ("product.toml", "knock-1.0/door", "knok-1.0/door", True, "[claims.", "there is no catalogue", "'knock-1.0/door'?"),
    ("product.toml", "url =", 'password = "x"\nurl =', True, "[ixit.knock]", "holds a secret as text", "{ env = "),
    ("bed.toml", '"reference"', "reference", True, "", "not TOML", "Correct the line"),
    ("bed.toml", '"reference"', '"referense"', True, "[testbed.kind]", "'referense' is not known", "running"),
    ("bed.toml", '"mqtt"', '"mqt"', True, "[reference.suite]", "no suite 'mqt' has a reference", "Use one of: "),
    ("bed.toml", '"mqtt"', '"mqtt"\nfault = "none"', False, "[reference.fault]", "no fault 'none'", "list references"),
    ("bed.toml", '[reference]\nsuite = "mqtt"\n', "", False, "[testbed.kind]", "table is missing", "Add [reference]"),
    ("bed.toml", 'product = "product.toml"\n', "", False, "", "names no product file", "give --product, or write"),
    ("bed.toml", "suite =", f"x = {'[' * 50_000}\nsuite =", False, "", "nested too deeply", "Write tables"),
    ("bed.toml", "suite =", f"x = {'1' * 5_000}\nsuite =", False, "", "not TOML", "Correct the line"),
    ("front-door.toml", 'version = "1.0"', "version = 1.0", True, "[profile]", "is a number, not a text", "as a text"),
    ("front-door.toml", 'title = "Front door"\n', "", False, "[profile]", "the key 'title' is missing", "title = "),
    ("front-door.toml", '"knock-1.0"', '"knok-1.0"', False, "[catalogue 1,", "no catalogue 'knok-1.0", "'knock-1.0/"),
    ("front-door.toml", "[[cat", '[[catalogue]]\nonly = ["KNOCK-9"]\n#', False, "[catalogue 1,", "'KNOCK-9'", "mean"),
    ("knock.toml", 'level = "MUST"', 'level = "SHALL"', True, "[requirement 1, KNOCK-1]", "be 'SHALL'", "is MUST"),
    ("knock.toml", '"KNOCK-2"', '"KNOCK-1"', True, "[requirement 2, KNOCK-1]", "already that of", "id of its own"),
    ("knock.toml", 'when = "bell', 'when = "bel', True, "[requirement 2, KNOCK-2]", "no claim is called", "'bell'?"),
    ("knock.toml", 'level = "MUST"', "level = MUST", True, "", "this is not TOML", "plain quotes"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "at_line", "table", "what", "cure"), WRONG)
def test_a_wrong_file(
    spoil: Spoil, file: str, old: str, new: str, at_line: bool, table: str, what: str, cure: str
) -> None:
    line = spoil(file, old, new)
    told = refused(*(IN_BED if file == "bed.toml" else RUN))
    place, _, rest = told.partition(": ")
    if at_line:
        assert Path(place).name == f"{file}:{line}"
    assert file in told
    assert all(part in told for part in (table, what))
    assert cure in rest


@pytest.mark.parametrize("row", [row for row in WRONG if row[0] != "bed.toml"])
def test_plan_and_run_refuse_with_the_same_words(spoil: Spoil, row: tuple[str, str, str]) -> None:
    spoil(*row[:3])
    assert refused(*PLAN) == refused(*RUN)


@pytest.mark.parametrize("words", [RUN, ("profile", "lint", "product.toml")])
def test_every_mistake_of_a_file_is_told_at_once(spoil: Spoil, words: tuple[str, ...]) -> None:
    spoil("product.toml", 'vendor = "Example Works"\nname =', 'vendr = "Example Works"\nnam =')
    done = typed(*words)
    told = done.stderr + done.stdout
    assert done.exit_code == 2
    assert [line.split(": ")[0] for line in told.splitlines()][:2] == ["product.toml:2", "product.toml:3"]


def test_plan_refuses_a_testbed_of_an_unknown_kind_too(spoil: Spoil) -> None:
    spoil("bed.toml", '"reference"', '"referense"')
    assert refused("plan", *IN_BED[1:]) == refused(*IN_BED) == refused("testbed", "check", "bed.toml")


@pytest.mark.parametrize(("wrong", "said"), [("knock.toml", "a catalogue file, not a profile"), ("gone.toml", "read")])
def test_another_file_than_a_profile(wrong: str, said: str) -> None:
    told = refused("run", wrong)
    assert told.startswith(f"{wrong}: ")
    assert said in told
    assert "Cure: " in told


def test_a_product_file_that_a_testbed_names_and_that_is_gone(here: Path, spoil: Spoil) -> None:
    spoil("bed.toml", '"product.toml"', '"gone.toml"')
    assert refused(*IN_BED).startswith(f"{here / 'gone.toml'}: the file cannot be read: No such file")


def test_what_a_file_holds_cannot_reach_the_terminal(spoil: Spoil) -> None:
    spoil("product.toml", "vendor =", '"\\u001b[31m\\u0007\\u202e" =')
    told = refused(*RUN)
    assert "\\x1b[31m\\x07\\u202e" in told
    assert not set("\x1b\x07\u202e") & set(told)


# Secrets.

SECRETS = [
    ('{ env = "IIC_TEST_GONE" }', "IIC_TEST_GONE, which keeps 'password', is not set", "export IIC_TEST_GONE="),
    ('{ env = "IIC_TEST_EMPTY" }', "is empty", "export IIC_TEST_EMPTY="),
    ('{ env = "no name" }', "is not the name of an environment variable", "{ env = "),
    ('{ file = "gone.txt" }', "cannot be had from gone.txt", "Correct the path"),
    ('{ file = "empty.txt" }', "the secret 'password' in empty.txt is empty", "Put the secret into the file"),
    ('{ evn = "IIC_TEST" }', "'password' is not a reference to a secret", "Did you mean 'env'?"),
]


@pytest.mark.parametrize(("reference", "what", "cure"), SECRETS)
def test_a_secret_that_is_not_there(
    here: Path, spoil: Spoil, monkeypatch: pytest.MonkeyPatch, reference: str, what: str, cure: str
) -> None:
    monkeypatch.delenv("IIC_TEST_GONE", raising=False)
    monkeypatch.setenv("IIC_TEST_EMPTY", "")
    (here / "empty.txt").touch()
    line = spoil("product.toml", "url =", f"password = {reference}\nurl =")
    told = refused(*RUN)
    assert told.startswith(f"product.toml:{line}: [ixit.knock")
    assert all(part in told for part in (what, cure))


@pytest.mark.parametrize("given", ["correct horse", "env:no name", "env:", "file:"])
def test_a_passphrase_given_as_text_is_not_repeated(given: str) -> None:
    told = refused("key", "create", "keys", "--passphrase", given)
    assert told == "the passphrase is not given by a reference. Cure: Write env:NAME or file:PATH.\n"
    assert not Path("keys").exists()


# Names.

NAMES = [
    (("run", "mqtt-brokr"), "there is no profile 'mqtt-brokr'", "Did you mean 'mqtt-broker'?"),
    (("plan", "mqtt-broker", "--select", "MQTT-9.9.9-9"), "selects no case of profile mqtt-broker", "list cases"),
    (("plan", "mqtt-broker", "--select", "a and"), "--select: ", "where a term is due"),
    (
        (*RUN, "--testbed", "bench"),
        "bench: there is no such testbed",
        "Give a testbed file (NAME.toml), or one of: running",
    ),
    ((*RUN, "--report", "word"), "--report word: there is no such format", "choose from html, json"),
    (("explain", "MQTT-3.1.0-22"), "there is no requirement 'MQTT-3.1.0-22'", "Did you mean 'MQTT-3.1.0-2'?"),
    (("explain", "mqtt-5/server:MQTT-3.1.0-2"), "there is no standard 'mqtt-5/server'", "'mqtt-5.0/server'?"),
    (("list", "requirements", "mqtt-5"), "there is no standard 'mqtt-5'", "Did you mean 'mqtt-5.0'?"),
    (("list", "cases", "mqtt-5.0/sever"), "there is no standard 'mqtt-5.0/sever'", "'mqtt-5.0/server'?"),
    (("list", "standards", "mqtt-5"), "there is no standard 'mqtt-5'", "Did you mean 'mqtt-5.0'?"),
    (("list", "profiles", "mqtt-5.0"), "list profiles: mqtt-5.0 narrows nothing here", "leave it away"),
    (("prove", "mqt"), "there is no suite 'mqt'", "Did you mean 'mqtt'?"),
    (("prove", "mqtt", "--fault", "second-connect"), "no fault 'second-connect'", "'second-connect-tolerated'?"),
    (("simulate", "mqtt-brokr"), "there is no reference 'mqtt-brokr'", "Did you mean 'mqtt-broker'?"),
    (("simulate", "mqtt-broker", "--fault", "none-such"), "has no fault 'none-such'", "Use one of: "),
    (("simulate", "mqtt-broker", "--fault", "MQTT-1.5.4-1"), "These break MQTT-1.5.4-1: ", "ill-formed-topic-taken"),
    (("testbed", "check", "bench"), "bench: there is no such testbed", "Give a testbed file (NAME.toml)"),
]


@pytest.mark.parametrize(("words", "what", "cure"), NAMES)
def test_a_name_that_is_not_known(words: tuple[str, ...], what: str, cure: str) -> None:
    told = refused(*words)
    assert what in told
    assert cure in told
    assert len(told.splitlines()) == 1


def test_a_selection_that_proves_nothing() -> None:
    """A proof without a case would hold."""
    told = refused("prove", "mqtt", "--fault", "second-connect-tolerated", "--select", "no_such_case")
    assert told == "--select 'no_such_case' selects no case; see `iic-conform list cases`\n"


def test_a_reference_that_is_not_installed() -> None:
    told = refused("run", "front-door.toml")
    assert told.startswith("front-door.toml: [profile] ")
    assert "names the reference 'door', which no installed suite has" in told
    assert "Cure: Install its suite, or give --product." in told


@pytest.mark.parametrize("out", ["product.toml/runs", "/proc/self/runs"])
def test_a_folder_that_cannot_be_written(out: str) -> None:
    told = refused(*RUN, "--out", out)
    assert told.startswith(f"--out {out}: cannot be written: ")
    assert told.endswith("; name a folder of yours\n")


# Bundles.


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of a short run."""
    out = tmp_path_factory.mktemp("recorded")
    done = conform("run", "mqtt-broker", "--select", "MQTT-3.1.0-2", "--report", "json", "--out", out)
    assert done.code == 3, done.told
    return bundle_of(out)


COMMANDS = ("report", "rejudge", "resume", "rerun", "compare")


def on_bundle(command: str, bundle: Path) -> str:
    return refused(command, bundle, *((bundle,) if command == "compare" else ()))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_is_no_bundle(here: Path, command: str) -> None:
    (here / "empty").mkdir()
    assert on_bundle(command, Path("empty")) == "empty: is not a bundle: there is no plan.json in it\n"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["plan.json", "profile.json", "product.json", "manifest.json"])
@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 50_000], ids=["empty", "list", "cut", "deep"])
def test_a_bundle_whose_documents_cannot_be_read(
    here: Path, recorded: Path, command: str, name: str, text: str
) -> None:
    bundle = shutil.copytree(recorded, here / "spoilt")
    (bundle / name).write_text(text, encoding="utf-8")
    told = on_bundle(command, Path("spoilt"))
    assert told.startswith(f"spoilt/{name}: is not ")
    assert len(told.splitlines()) == 1


PLANS = {
    "no cases": {"cases": None},
    "no list": {"cases": 1},
    "no rows": {"cases": ["x"]},
    "rows without a seed": {"cases": [{"id": "x", "suite": "mqtt", "requirements": []}]},
    "no seed": {"seed": None},
}


@pytest.mark.parametrize("command", ["rejudge", "resume"])
@pytest.mark.parametrize("what", PLANS)
def test_a_bundle_whose_plan_tells_no_cases(here: Path, recorded: Path, command: str, what: str) -> None:
    bundle = shutil.copytree(recorded, here / "spoilt")
    (bundle / "manifest.json").unlink()
    plan = json.loads((bundle / "plan.json").read_bytes())
    (bundle / "plan.json").write_text(json.dumps(plan | PLANS[what]), encoding="utf-8")
    told = on_bundle(command, Path("spoilt"))
    assert told == "spoilt/plan.json: does not say which cases were to run, and with which seeds\n"


def test_a_bundle_whose_profile_tells_no_requirements(here: Path, recorded: Path) -> None:
    bundle = shutil.copytree(recorded, here / "spoilt")
    (bundle / "profile.json").write_text("{}", encoding="utf-8")
    told = on_bundle("rejudge", Path("spoilt"))
    assert told == "spoilt/profile.json: does not say which requirements there are\n"
