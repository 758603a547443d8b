"""The laboratory file: everything that ISO/IEC 17025 asks is there, and what is missing is said, all of it at once."""

import datetime
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.engine.bundle import Bundle
from profiles import InputError
from reports.laboratory import AS_RECEIVED, ITEMS_TESTED, NONE, check, load_laboratory
from reports.model import Said
from reports.reading import read

from .issued import EXAMPLE, laboratory_file

TEXT = EXAMPLE.read_text("utf-8")


def keys(text: str) -> Iterator[tuple[int, str, str]]:
    """Line (from 0), table and key of everything that a file says."""
    table = ""
    for number, line in enumerate(text.splitlines()):
        if head := re.match(r"\[+([\w.]+)\]+", line):
            table = head[1]
        elif key := re.match(r"(\w+) = ", line):
            yield number, table, key[1]


KEYS = list(keys(TEXT))
OPTIONAL = {"statements", "statements_zh", "uncertainty", "document"}


def problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "laboratory.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_laboratory(path)
    return [str(problem) for problem in caught.value.problems]


def test_the_example_says_everything() -> None:
    laboratory = load_laboratory(EXAMPLE)
    assert laboratory.report_id == "EL-2026-0417"
    assert laboratory.issued == datetime.date(2026, 11, 30)
    assert laboratory.laboratory.name == Said("Example Laboratory for Industrial Networks", "示例工业网络实验室")
    assert laboratory.accreditation.accredited
    assert laboratory.accreditation.id == "L0000"
    assert [place.name.en for place in laboratory.places] == ["Network laboratory, room 3"]
    assert laboratory.customer.contact == Said("quality@works.example", "quality@works.example")
    assert laboratory.item.received == datetime.date(2026, 11, 2)
    assert laboratory.sampling.by == "customer"
    assert laboratory.test.deviations == NONE
    assert laboratory.test.external_providers == ()
    assert laboratory.decision_rule.document == "QP-07, issue 3"
    assert [person.function.zh for person in laboratory.authorisers] == ["技术负责人"]
    assert laboratory.amendments == ()
    assert laboratory.statements[:2] == (ITEMS_TESTED, AS_RECEIVED)
    assert len(laboratory.sha256) == 64


@pytest.mark.parametrize(("number", "table", "key"), KEYS, ids=[f"{table}.{key}" for _, table, key in KEYS])
def test_each_key_that_is_missing_is_named_with_its_table(number: int, table: str, key: str, tmp_path: Path) -> None:
    lines = TEXT.splitlines()
    if key == "statements":
        lines[number : number + 3] = [""]
    text = "\n".join(line for n, line in enumerate(lines) if n != number or key == "statements")
    if key in OPTIONAL or key.endswith("_zh"):
        path = tmp_path / "laboratory.toml"
        path.write_text(text.replace("statements_zh", "# ") if key == "statements" else text, encoding="utf-8")
        load_laboratory(path)
        return
    (problem,) = [p for p in problems(tmp_path, text) if repr(key) in p]
    assert f"[{table}" in problem
    assert re.search(r"laboratory\.toml:\d+: ", problem)
    assert "Cure: " in problem


def test_every_table_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    said = problems(tmp_path, "# nothing\n")
    tables = set(tomllib.loads(TEXT))
    assert {found[1] for problem in said if (found := re.search(r"the table \[(\w+)\] is missing", problem))} == tables


def test_what_is_missing_in_several_tables_is_said_at_once_in_order(tmp_path: Path) -> None:
    text = re.sub(r"(?m)^(received|method|environment|function) = .*\n", "", TEXT)
    said = problems(tmp_path, text)
    assert [re.search(r"'(\w+)' is missing", p)[1] for p in said] == ["received", "method", "environment", "function"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('received = "2026-11-02"', 'received = "2026-11-31"', "there is no day 2026-11-31"),
        ('received = "2026-11-02"', 'received = "2. Nov"', "'received' cannot be"),
        ('began = "2026-11-24"', 'began = "2026-10-24"', "'began' (2026-10-24) lies before 'received' (2026-11-02)"),
        ('ended = "2026-11-26"', 'ended = "2026-12-26"', "'issued' (2026-11-30) lies before 'ended' (2026-12-26)"),
        ('by = "customer" ', 'by = "nobody" ', "'by' cannot be 'nobody'"),
        ('condition = "new', 'condition = " "\nrest = "new', "there is no key 'rest'"),
        ('deviations = "none"', 'deviations = ""', "'deviations' is empty"),
        ("external_providers = [] ", 'external_providers = "none" ', "'external_providers' is a text, not a list"),
        ("accredited = true ", 'accredited = "yes" ', "'accredited' is a text, not true or false"),
        ('statements_zh = ["', 'statements_zh = ["二", "', "'statements_zh' has 2 entries, 'statements' 1"),
        ("[[place]]", "[place]", "'place' is a table, not a list"),
    ],
)
def test_what_makes_no_sense_is_said(was: str, becomes: str, said: str, tmp_path: Path) -> None:
    assert was in TEXT
    assert any(said in problem for problem in problems(tmp_path, TEXT.replace(was, becomes)))


def test_a_laboratory_without_accreditation_needs_no_number(tmp_path: Path) -> None:
    text = re.sub(r"(?m)^(body|body_zh|id = \"L0000\").*\n", "", TEXT).replace(
        "accredited = true", "accredited = false"
    )
    path = tmp_path / "laboratory.toml"
    path.write_text(text, encoding="utf-8")
    assert not load_laboratory(path).accreditation.accredited


def test_dates_may_stand_without_quotes(tmp_path: Path) -> None:
    path = tmp_path / "laboratory.toml"
    path.write_text(TEXT.replace('received = "2026-11-02"', "received = 2026-11-02"), encoding="utf-8")
    assert load_laboratory(path).item.received == datetime.date(2026, 11, 2)


AMENDED = """
[[amendment]]
replaces = "EL-2026-0401"
issued = "2026-11-20"
changed = "The serial number of the item."
changed_zh = "样品序列号。"
reason = "It was misread."
"""


def test_an_amendment_names_what_it_replaces_and_why(tmp_path: Path) -> None:
    path = tmp_path / "laboratory.toml"
    path.write_text(TEXT + AMENDED, encoding="utf-8")
    (amendment,) = load_laboratory(path).amendments
    assert (amendment.replaces, amendment.issued) == ("EL-2026-0401", datetime.date(2026, 11, 20))
    assert amendment.changed.zh == "样品序列号。"
    assert amendment.reason == Said("It was misread.", "It was misread.")


def test_an_amended_report_needs_an_id_of_its_own(tmp_path: Path) -> None:
    said = problems(tmp_path, TEXT + AMENDED.replace("EL-2026-0401", "EL-2026-0417"))
    assert any("replaces the report itself" in problem and "[amendment 1]" in problem for problem in said)


def test_days_of_testing_must_be_those_of_the_run(toy_bundle: Bundle, tmp_path: Path) -> None:
    run = read(toy_bundle)
    good = load_laboratory(laboratory_file(toy_bundle, tmp_path))
    check(good, run)
    earlier = {str(good.test.ended): "2020-01-02", str(good.item.received): "2020-01-01"}

    def change(text: str) -> str:
        return re.sub("|".join(earlier), lambda found: earlier[found[0]], text)

    wrong = load_laboratory(laboratory_file(toy_bundle, tmp_path, change))
    with pytest.raises(InputError, match="'ended' is 2020-01-02, but the run ended on") as caught:
        check(wrong, run)
    assert re.search(r"laboratory\.toml:\d+: \[test\]", str(caught.value))
