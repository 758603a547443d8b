"""Access data that no suite reads are told with their line and the nearest name, before anything is run."""

import re
from pathlib import Path

import pytest

from conformance.engine.suite import Suite, find_suites
from conformance.engine.variants import variants

from .typed import typed

ROOT = Path(__file__).resolve().parents[2]
HEAD = '[product]\nvendor = "Example Works"\nname = "EG-100"\nversion = "1"\n'
DECLARED = [suite for suite in find_suites().values() if suite.ixit_keys is not None]
WRONG = [
    ('[ixit.mqtt]\nurl = "http://h:1883"', 6, "url has the scheme 'http'", "mqtt://HOST:PORT"),
    ('[ixit.mqtt]\nurl = "127.0.0.1:1883"', 6, "url is no URL with a scheme", "mqtt://HOST:PORT"),
    ('[ixit.mqtt]\nurl = "mqtt://[h:1"', 6, "url has the scheme ''", "mqtt://HOST:PORT"),
    ('[ixit.mqtt]\nurl = "mqtt://h:1"\nws_url = "mqtt://h:1"', 7, "ws_url has the scheme 'mqtt'", "ws://HOST:PORT"),
    ('[ixit.mqtt]\nusernam = "x"', 6, "nothing reads the key 'usernam'", "Did you mean 'username'?"),
    ('[ixit.mqtt]\n"\\u001b" = 1', 5, "nothing reads the key", "Use one of: authentication,"),
    ('[ixit.mqt]\nurl = "mqtt://h:1"', 5, "no suite reads a table [ixit.mqt]", "Did you mean [ixit.mqtt]?"),
    ("[ixit.limit]\nconcurrent_cases = 3", 5, "no suite reads a table [ixit.limit]", "Did you mean [ixit.limits]?"),
    ("[ixit.limits]\nconcurent_cases = 3", 6, "nothing reads the key 'concurent_cases'", "'concurrent_cases'?"),
]
SOUND = [
    '[ixit.mqtt]\nurl = "wss://h:443/mqtt"\nusername = "x"\nauthentication = { method = "SCRAM-SHA-256" }',
    "[ixit.limits]\nconcurrent_cases = 3",
    "",
]


def product(folder: Path, access: str) -> Path:
    path = folder / "product.toml"
    path.write_text(f"{HEAD}{access}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("access", "line", "what", "cure"), WRONG)
def test_lint_plan_and_run_tell_what_nobody_reads(tmp_path: Path, access: str, line: int, what: str, cure: str) -> None:
    path = product(tmp_path, access)
    plan = typed("plan", "mqtt-broker", "--product", path)
    assert (plan.exit_code, plan.stdout) == (2, "")
    assert plan.stderr.startswith(f"{path}:{line}: [ixit.")
    assert what in plan.stderr
    assert cure in plan.stderr
    assert "\x1b" not in plan.stderr
    run = typed("run", "mqtt-broker", "--product", path, "--out", tmp_path / "runs")
    assert (run.exit_code, run.stderr) == (2, plan.stderr)
    lint = typed("profile", "lint", path)
    assert (lint.exit_code, lint.stdout) == (2, plan.stderr)


@pytest.mark.parametrize("access", SOUND)
def test_what_is_read_is_not_told(tmp_path: Path, access: str) -> None:
    path = product(tmp_path, access)
    assert typed("profile", "lint", path).exit_code == 0
    assert typed("plan", "mqtt-broker", "--product", path).exit_code == 0


def test_a_table_that_looks_like_none_is_told_where_all_suites_say_what_they_read(tmp_path: Path) -> None:
    path = product(tmp_path, "[ixit.zzz]\nurl = 1")
    assert typed("profile", "lint", path).exit_code == 0, "it may be for a suite that is not installed here"
    done = typed("plan", "mqtt-broker", "--product", path)
    assert (done.exit_code, "no suite reads a table [ixit.zzz]" in done.stderr) == (2, True)


def test_a_suite_that_says_nothing_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of a third party, with keys and tables as it likes."""
    assert all(suite.ixit_keys is None for suite in find_suites().values() if suite not in DECLARED)
    monkeypatch.setattr("conformance.network.mqtt.provide.IXIT_KEYS", None)
    path = product(tmp_path, '[ixit.mqtt]\nurl = "http://h:1"\nown = 1\n[ixit.zzz]\na = 1')
    assert typed("plan", "mqtt-broker", "--product", path).exit_code == 0
    assert typed("profile", "lint", path).exit_code == 0


@pytest.mark.parametrize("suite", DECLARED, ids=lambda suite: suite.name)
def test_a_suite_reads_what_its_references_say(suite: Suite) -> None:
    said = {key for variant in variants(suite) for key in variant.ixit.get(suite.name, {})}
    assert said <= set(suite.ixit_keys or ())


@pytest.mark.parametrize("suite", DECLARED, ids=lambda suite: suite.name)
def test_a_suite_says_what_its_cases_read(suite: Suite) -> None:
    text = "\n".join(path.read_text("utf-8") for path in suite.folder.glob("*.py"))
    table = rf'(?:ixit(?:\.get\("{suite.name}", \{{\}}\)|\["{suite.name}"\])|mqtt\.ixit|self\._?ixit)'
    read = set(re.findall(rf'{table}(?:\.get\(|\[)"(\w+)"', text)) - {suite.name}
    assert read
    assert read <= set(suite.ixit_keys or ())


def test_the_documentation_names_what_mqtt_reads() -> None:
    text = (ROOT / "docs" / "for-vendors.md").read_text("utf-8")
    table = text.partition("`[ixit.mqtt]` takes:")[2].strip().partition("\n\n")[0]
    named = {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert named == set(find_suites()["mqtt"].ixit_keys or ())


@pytest.mark.parametrize("suite", find_suites().values(), ids=lambda suite: suite.name)
def test_what_a_suite_judges_is_known_before_it_is_loaded(suite: Suite) -> None:
    """Else a command about one suite loads all of them."""
    assert suite._written_standards == tuple(suite.provide.STANDARDS) == suite.standards
