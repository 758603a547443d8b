"""Every exit code, by a command that somebody types; and all that must never end in `conforms`."""

import shutil
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from tests.processes import Ended, bundle_of, conform
from tests.strangers import environment, install, install_suite

from .typed import valid

PASSES = """
    @requirement("lines-1/server:L-1")
    async def test_a_line_comes_back(line: Channel) -> None:
        await line.send(Line("hello"))
        await line.expect(Line)
    """
SKIPS = """
    @requirement("lines-1/server:L-1")
    async def test_of_what_is_not_there(case: Case) -> None:
        case.not_applicable("there is none")
    """
ERRS = """
    @requirement("lines-1/server:L-2")
    async def test_that_is_wrong_itself(line: Channel) -> None:
        raise LookupError("a defect of the case")
    """
FAILS = """
    @requirement("lines-1/server:L-3")
    async def test_a_line_ends_the_connection(line: Channel) -> None:
        await line.send(Line("hello"))
        await line.expect(Closed)
    """
NEVER_BEGINS = """
    @requirement("lines-1/server:L-2")
    async def test_that_does_not_come_to_its_start(line: Channel) -> None:
        raise Unready("the product lets nobody in")
    """
DISTURBS = """
    @requirement("lines-1/server:L-2")
    @pytest.mark.disruptive
    async def test_after_a_restart(line: Channel) -> None:
        await line.send(Line("hello"))
        await line.expect(Line)
    """
RAISES = "def write(bundle, directory):\n    raise ZeroDivisionError('a defect of the writer')\n"
WRITES = """
    def write(bundle, directory):
        (directory / "mine.txt").write_text("mine")
        return directory / "mine.txt"
    """
Conform = Callable[..., Ended]
Place = Callable[..., Conform]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Installs the suite `lines` with these cases; gives what runs `iic-conform` beside it."""

    def make(*cases: str, ids: tuple[str, ...] = ("L-1",), **more: str) -> Conform:
        env = environment(install_suite(tmp_path / "packages", "".join(cases), ids, **more))
        return lambda *words: conform(*words, env=env, cwd=tmp_path)

    return make


def outcome(done: Ended) -> tuple[int, str]:
    """Exit code and verdict; the document is as its schema says."""
    return done.code, valid("run", done.json)["verdict"]


def reasons(done: Ended) -> str:
    return "; ".join(reason["en"] for reason in done.json["reasons"])


RUN = ("run", "liner", "--report", "json", "--format", "json")


def test_0_a_product_that_conforms(place: Place) -> None:
    assert outcome(place(PASSES)(*RUN)) == (0, "conforms")


def test_1_a_product_with_a_fault(tmp_path: Path) -> None:
    """The reference of MQTT with a fault, over loopback: the requirement that it breaks is the finding."""
    (tmp_path / "product.toml").write_text('[product]\nvendor = "V"\nname = "N"\nversion = "1"\n', encoding="utf-8")
    (tmp_path / "bed.toml").write_text(
        '[testbed]\nkind = "reference"\nproduct = "product.toml"\n'
        '[reference]\nsuite = "mqtt"\nfault = "second-connect-tolerated"\n',
        encoding="utf-8",
    )
    words = ("--testbed", "bed.toml", "--select", "MQTT-3.1.0-2", "--report", "json")
    done = conform("run", "mqtt-broker", *words, "--format", "json", cwd=tmp_path)
    assert outcome(done) == (1, "does not conform")
    assert {finding["requirement"] for finding in done.json["findings"]} == {"MQTT-3.1.0-2"}
    again = conform("report", bundle_of(tmp_path / "runs"), "--report", "json")
    assert (again.code, again.out.splitlines()[0].startswith("DOES NOT CONFORM")) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("run", "linner"),
        ("run", "liner", "--limit", "0"),
        ("run", "liner", "--colour"),
        ("run", "liner", "--report", "word"),
        ("run", "liner", "--select", "L-1 and"),
        ("run", "liner", "--", "--no-such-option"),
        ("dance",),
        ("resume", "nowhere"),
    ],
)
def test_2_what_cannot_be_done(place: Place, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = place(PASSES)(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.strip()
    assert "Traceback" not in done.err
    assert not list(tmp_path.glob("runs/*"))


def test_3_a_case_that_never_began(place: Place) -> None:
    done = place(PASSES, NEVER_BEGINS, ids=("L-1", "L-2"))(*RUN)
    assert outcome(done) == (3, "inconclusive")
    assert "1 binding requirement could not be judged" in reasons(done)


def test_4_a_case_that_errs(place: Place) -> None:
    done = place(PASSES, ERRS, ids=("L-1", "L-2"))(*RUN)
    assert outcome(done) == (4, "inconclusive")
    assert (done.json["cases"]["error"], done.json["cases"]["pass"]) == (1, 1)
    assert "1 case ended in an error of the harness" in reasons(done)


def test_1_goes_before_4(place: Place) -> None:
    """That one of our cases is wrong does not excuse the product."""
    done = place(PASSES, ERRS, FAILS, ids=("L-1", "L-2", "L-3"))(*RUN)
    assert outcome(done) == (1, "does not conform")
    assert "error of the harness" in reasons(done)


def test_4_cases_that_cannot_be_read(place: Place, tmp_path: Path) -> None:
    done = place(PASSES, **{"test_2_more.py": "def test_x(:\n"})(*RUN)
    assert (done.code, done.out) == (4, "")
    assert "cases could not be read" in done.err
    assert "test_2_more.py" in done.err
    assert not list(tmp_path.glob("runs/*"))


def test_4_a_suite_that_is_not_proven(place: Place) -> None:
    done = place(PASSES)("prove", "lines")
    assert done.code == 4
    assert "case without a fault: lines/test_1_lines.py::test_a_line_comes_back" in done.out


def test_4_a_writer_that_raises(place: Place, tmp_path: Path) -> None:
    """The record is whole and the other reports are written; this command alone must not say `conforms`."""
    group = {"iic_conform.reports": {"broken": "broken_writer:write"}}
    here = place(PASSES)
    install(tmp_path / "packages", "broken_writer", {"__init__.py": RAISES}, group)
    done = here("run", "liner", "--format", "json")
    assert outcome(done) == (4, "incomplete")
    assert "report broken could not be written: ZeroDivisionError: a defect of the writer" in done.err
    bundle = bundle_of(tmp_path / "runs")
    assert (bundle / "report" / "index.html").is_file()
    assert here("report", bundle).code == 4
    assert here("report", bundle, "--report", "json").code == 0
    assert here("run", "liner", "--report", "html").code == 0


def test_0_a_writer_of_a_third_party_writes_beside_ours(place: Place, tmp_path: Path) -> None:
    here = place(PASSES)
    group = {"iic_conform.reports": {"mine": "my_writer:write"}}
    install(tmp_path / "packages", "my_writer", {"__init__.py": WRITES}, group)
    assert here("run", "liner").code == 0
    assert (bundle_of(tmp_path / "runs") / "report" / "mine.txt").read_text(encoding="utf-8") == "mine"


UNREACHABLE = {
    "no product there": '[testbed]\nkind = "running"\n[ixit.lines]\nurl = "lines://127.0.0.1:9"\n',
    "no program": '[testbed]\nkind = "process"\n[process]\ncommand = ["no-such-program"]\nready = { log = "up" }\n',
    "ends at once": '[testbed]\nkind = "process"\n[process]\ncommand = ["false"]\nready = { log = "up" }\n',
}


@pytest.mark.parametrize("what", UNREACHABLE)
def test_5_a_product_that_cannot_be_reached(place: Place, tmp_path: Path, what: str) -> None:
    (tmp_path / "bed.toml").write_text(UNREACHABLE[what], encoding="utf-8")
    (tmp_path / "product.toml").write_text('[product]\nvendor = "V"\nname = "N"\nversion = "1"\n', encoding="utf-8")
    done = place(PASSES)(*RUN, "--testbed", "bed.toml", "--product", "product.toml")
    assert (done.code, done.out) == (5, "")
    assert done.err.startswith("testbed: ")
    assert "Traceback" not in done.err
    assert not list(tmp_path.glob("runs/*"))


def test_6_a_record_that_was_changed(place: Place, tmp_path: Path) -> None:
    here = place(FAILS, ids=("L-3",))
    assert here(*RUN).code == 1
    bundle = bundle_of(tmp_path / "runs")
    assert here("verify", bundle).code == 0
    journal = bundle / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"verdict":"fail"', b'"verdict":"pass"'))
    done = here("verify", bundle)
    assert (done.code, "journal.jsonl: was changed" in done.out) == (6, True)
    assert outcome(here("report", bundle, "--report", "json", "--format", "json")) == (3, "incomplete")


# What never conforms.


def test_no_case_for_any_requirement(place: Place) -> None:
    done = place("")(*RUN)
    assert outcome(done) == (3, "inconclusive")
    assert sum(done.json["cases"].values()) == 0


def test_every_case_skipped(place: Place) -> None:
    done = place(SKIPS)(*RUN)
    assert outcome(done) == (3, "inconclusive")
    assert done.json["cases"]["not applicable"] == 1
    assert "nothing was tested with success" in reasons(done)


@pytest.mark.parametrize("word", ["-k", "-m"])
def test_every_case_left_out_by_pytest(place: Place, word: str) -> None:
    done = place(PASSES)(*RUN, "--", word, "nothing_of_that_name")
    assert outcome(done) == (3, "inconclusive")
    assert "nothing was tested with success" in reasons(done)


def test_cases_that_are_only_listed(place: Place, tmp_path: Path) -> None:
    done = place(PASSES)(*RUN, "--", "--collect-only")
    assert done.code == 2
    assert "an option of pytest kept every case from being run" in done.err
    assert '"conforms"' not in done.out
    assert not list(tmp_path.glob("runs/*"))


PARTS = {
    "--select": ("--select", "comes_back"),
    "--limit": ("--limit", "1"),
    "an option of pytest": ("--", "-k", "comes_back"),
}


@pytest.mark.parametrize("option", PARTS)
@pytest.mark.parametrize("other", ["L-1", "L-2"])
def test_a_part_of_the_cases(place: Place, option: str, other: str) -> None:
    """What is left out is another requirement's case, or another one of the same."""
    left_out = PASSES.replace("L-1", other).replace("comes_back", "is_said_again")
    ids = ("L-1", "L-2") if other == "L-2" else ("L-1",)
    done = place(PASSES, left_out, ids=ids)(*RUN, *PARTS[option])
    assert outcome(done) == (3, "inconclusive")
    assert done.json["cases"]["pass"] == 1
    assert f"1 case left out by {option}" in reasons(done)


@pytest.mark.parametrize("words", [("--ignore-glob", "*test_2*"), ("--deselect", "test_2_more.py"), ("-m", "not also")])
def test_a_part_of_the_files(place: Place, words: tuple[str, ...]) -> None:
    """However pytest is made to overlook it, the case is missed."""
    other = PASSES.replace("async", "@pytest.mark.also\n    async").replace("comes_back", "is_said_again")
    head = "import pytest\nfrom conformance.engine import *\nfrom .provide import *\n"
    done = place(PASSES, **{"test_2_more.py": head + dedent(other)})(*RUN, "--", "-o", "markers=also", *words)
    assert outcome(done) == (3, "inconclusive")
    assert "1 case left out by an option of pytest" in reasons(done)


def test_options_of_pytest_that_leave_nothing_out(place: Place, tmp_path: Path) -> None:
    done = place(PASSES)(*RUN, "--", "--junitxml=junit.xml")
    assert outcome(done) == (0, "conforms")
    assert 'tests="1"' in (tmp_path / "junit.xml").read_text(encoding="utf-8")


def test_disruptive_cases_without_permission(place: Place) -> None:
    here = place(PASSES, DISTURBS, ids=("L-1", "L-2"))
    done = here(*RUN)
    assert outcome(done) == (3, "inconclusive")
    assert "--allow-disruptive" in reasons(done)
    assert outcome(here(*RUN, "--allow-disruptive")) == (0, "conforms")


def test_a_journal_without_its_end(place: Place, tmp_path: Path) -> None:
    here = place(PASSES)
    assert here(*RUN).code == 0
    bundle = bundle_of(tmp_path / "runs")
    whole = (bundle / "journal.jsonl").read_bytes().splitlines(keepends=True)
    for left in (len(whole) - 1, 1, 0):
        (bundle / "journal.jsonl").write_bytes(b"".join(whole[:left]))
        assert outcome(here("report", bundle, "--report", "json", "--format", "json")) == (3, "incomplete")
    (bundle / "journal.jsonl").write_bytes(b"".join(whole))
    (bundle / "manifest.json").unlink()
    assert outcome(here("report", bundle, "--report", "json", "--format", "json")) == (3, "incomplete")


def test_what_failed_once_and_passes_in_a_rerun(place: Place, tmp_path: Path) -> None:
    here = place(PASSES, FAILS, ids=("L-1", "L-3"))
    assert here(*RUN).code == 1
    bundle = bundle_of(tmp_path / "runs")
    cases = next((tmp_path / "packages").rglob("test_1_lines.py"))
    cases.write_text(cases.read_text(encoding="utf-8").replace("expect(Closed)", "expect(Line)"), encoding="utf-8")
    done = here("rerun", "--failed", bundle, "--out", "again", "--format", "json")
    assert outcome(done) == (3, "inconclusive")
    assert done.json["cases"]["pass"] == 1
    assert outcome(here("report", bundle, "--report", "json", "--format", "json")) == (1, "does not conform")


def test_a_bundle_of_which_a_document_is_gone(place: Place, tmp_path: Path) -> None:
    here = place(PASSES)
    assert here(*RUN).code == 0
    bundle = bundle_of(tmp_path / "runs")
    for name in ("product.json", "profile.json"):
        spoilt = tmp_path / name / bundle.name
        shutil.copytree(bundle, spoilt)
        (spoilt / name).unlink()
        done = here("report", spoilt)
        assert (done.code, done.out) == (2, "")
        assert name in done.err
