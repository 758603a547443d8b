"""What somebody without the laboratory's key can do to a bundle, and that each of it is named."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.bundle import Bundle, digest, dump
from reports.rollup import roll_up
from reports.signing.keys import SigningKey
from reports.signing.order import Order
from reports.signing.sign import sign

from ..signed import AT, FAILING, Tampering, bundle, look, new_key, paths, problems, rehash, remanifest, signed

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return new_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory, key: SigningKey) -> Path:
    """The signed bundle of a product that does not conform."""
    directory = bundle(tmp_path_factory.mktemp("failing") / "run-1", FAILING, reports=("json", "junit", "html"))
    sign(directory, key, Order(at=AT))
    return directory


@pytest.fixture
def copied(failing: Path, tmp_path: Path) -> Path:
    return Tampering(failing).copy(tmp_path / "run-1")


def lines(directory: Path) -> list[bytes]:
    return (directory / "journal.jsonl").read_bytes().splitlines(keepends=True)


def test_the_bundle_verifies_as_it_is_and_as_a_copy(failing: Path, copied: Path, key: SigningKey) -> None:
    for directory in (failing, copied):
        found = look(directory, key)
        assert problems(found) == []
        assert found.facts["verdict"] == "does not conform"


def test_a_folder_may_be_called_otherwise(copied: Path, key: SigningKey) -> None:
    assert problems(look(copied.rename(copied.with_name("from the laboratory")), key)) == []


def test_each_dropped_record_is_found(copied: Path, key: SigningKey) -> None:
    kept = lines(copied)
    for n in range(len(kept)):
        (copied / "journal.jsonl").write_bytes(b"".join(kept[:n] + kept[n + 1 :]))
        found = look(copied, key)
        assert "journal.jsonl" in paths(found), n
        if n < len(kept) - 1:
            assert any(f"line {n + 1} does not follow" in what for _, what in problems(found)), n


def test_each_swapped_pair_of_records_is_found(copied: Path, key: SigningKey) -> None:
    kept = lines(copied)
    for n in range(len(kept) - 1):
        swapped = [*kept[:n], kept[n + 1], kept[n], *kept[n + 2 :]]
        (copied / "journal.jsonl").write_bytes(b"".join(swapped))
        assert any(f"line {n + 1} does not follow" in what for _, what in problems(look(copied, key))), n


def test_a_repeated_record_is_found(copied: Path, key: SigningKey) -> None:
    kept = lines(copied)
    (copied / "journal.jsonl").write_bytes(b"".join([*kept[:3], kept[2], *kept[3:]]))
    assert any("were put in or exchanged" in what for _, what in problems(look(copied, key)))


def test_swapped_evidence_is_found(copied: Path, key: SigningKey) -> None:
    one, other = sorted((copied / "evidence").iterdir())[:2]
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    assert paths(look(copied, key)) == {f"evidence/{one.name}", f"evidence/{other.name}"}
    remanifest(copied)
    found = look(copied, key)
    assert paths(found) >= {f"evidence/{one.name}", f"evidence/{other.name}", "manifest.json"}
    assert any("its SHA-256 is not its name" in what for _, what in problems(found))


def test_evidence_that_is_taken_away_is_found(copied: Path, key: SigningKey) -> None:
    """Also where the manifest no longer names it."""
    end = next(row for row in map(json.loads, lines(copied)) if row["kind"] == "case-end" and row["transcript"])
    (copied / "evidence" / end["transcript"]).unlink()
    assert paths(look(copied, key)) == {f"evidence/{end['transcript']}"}
    manifest = json.loads((copied / "manifest.json").read_bytes())
    del manifest["files"][f"evidence/{end['transcript']}"]
    (copied / "manifest.json").write_bytes(dump(manifest))
    shutil.rmtree(copied / "signature")
    shutil.rmtree(copied / "report")
    assert problems(look(copied)) == [(f"evidence/{end['transcript']}", f"is missing, and {end['case']} rests on it")]


def polish(rows: Rows) -> None:
    for row in rows:
        if row["kind"] == "case-end":
            row.update(verdict="pass", summary="", expected=None, got=None)


def test_an_edited_verdict_is_found_though_chain_and_manifest_fit(copied: Path, key: SigningKey) -> None:
    rehash(copied, polish)
    found = look(copied, key)
    assert paths(found) >= {"manifest.json", "signature/statement.dsse.json", "report/result.json", "report/index.html"}
    assert any("its 'verdict' is another one (does not conform)" in what for _, what in problems(found))


def test_an_edited_verdict_with_new_reports_is_found(copied: Path, key: SigningKey) -> None:
    from reports.writing import write

    rehash(copied, polish)
    write(Bundle(copied), ("json", "junit", "html"))
    assert paths(look(copied, key)) >= {"manifest.json", "signature/statement.dsse.json", "report/result.json"}


def test_an_edited_verdict_signed_by_another_key_is_found(copied: Path, key: SigningKey, tmp_path: Path) -> None:
    from reports.writing import write

    stranger = new_key(tmp_path / "stranger")
    rehash(copied, polish)
    write(Bundle(copied), ("json", "junit", "html"))
    shutil.rmtree(copied / "signature")
    sign(copied, stranger, Order(at=AT))
    found = look(copied, key)
    assert ("signature/", "holds no statement that is signed by a key that you trust") in problems(found)
    assert [one.trusted for one in found.signatures] == [False]
    assert look(copied).ok, "without a key to trust nobody can know"
    assert any("who signed is not checked" in note for note in look(copied).notes)


def test_a_signature_that_is_taken_away_is_missed_only_without_a_key(copied: Path, key: SigningKey) -> None:
    shutil.rmtree(copied / "signature")
    assert paths(look(copied, key)) == {"signature/"}
    found = look(copied)
    assert (found.ok, "nobody has signed this bundle" in found.notes) == (True, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows[3].update(case="toy/test_1_toy.py::test_stranger"), "is not in the plan"),
        (lambda rows: rows.append({**rows[4], "kind": "case-end"}), "stands behind the end of the run"),
        (lambda rows: rows.pop(), "has no record of the end of the run"),
        (lambda rows: rows.remove(next(r for r in rows if r["kind"] == "case-end")), "has no end"),
        (lambda rows: rows.remove(next(r for r in rows if r["kind"] == "case-start")), "ends without having begun"),
        (lambda rows: rows.insert(-1, next(r for r in rows if r["kind"] == "case-end")), "ends a second time"),
    ],
)
def test_a_journal_that_the_plan_does_not_give_is_found(
    copied: Path, change: Callable[[Rows], None], said: str
) -> None:
    """In a bundle that nobody has signed, whose chain and manifest fit."""
    shutil.rmtree(copied / "signature")
    shutil.rmtree(copied / "report")
    rehash(copied, change)
    found = look(copied)
    assert paths(found) == {"journal.jsonl"}
    assert any(said in what for _, what in problems(found)), problems(found)


def test_a_resumed_run_is_no_departure(tmp_path: Path) -> None:
    """An attempt that was cut short begins twice and ends once."""
    directory = bundle(tmp_path / "run-1")

    def cut_short(rows: Rows) -> None:
        start = next(n for n, row in enumerate(rows) if row["kind"] == "case-start")
        end = next(row for row in rows if row["kind"] == "case-end" and row["case"] == rows[start]["case"])
        again = [{**rows[0], "resumed": True}, {**rows[start], "attempt": 2}]
        rows[start + 1 : start + 1] = again
        end["attempt"] = 2

    rehash(directory, cut_short)
    assert problems(look(directory)) == []


@pytest.mark.parametrize("name", ["report/result.json", "report/index.html", "report/junit.xml"])
def test_a_report_that_does_not_follow_is_found(copied: Path, key: SigningKey, name: str) -> None:
    """Also in a bundle that nobody has signed."""
    path = copied / name
    path.write_text(path.read_text("utf-8").replace("does not conform", "conforms"), encoding="utf-8")
    assert paths(look(copied, key)) == {name}
    shutil.rmtree(copied / "signature")
    assert problems(look(copied)) == [(name, "does not follow from the bundle: made again it is another one")]


def test_a_report_that_does_not_follow_is_found_though_it_is_signed(tmp_path: Path, key: SigningKey) -> None:
    """The laboratory itself signs something else than its bundle gives."""
    from reports.signing import dsse, statement

    directory = bundle(tmp_path / "run-1", FAILING, reports=("json",))
    path = directory / "report" / "result.json"
    path.write_text(path.read_text("utf-8").replace("does not conform", "conforms"), encoding="utf-8")
    files = {name: digest((directory / name).read_bytes()) for name in ("manifest.json", "report/result.json")}
    payload = statement.make(roll_up(Bundle(directory)), files, "", {"signed": "2026-11-25T00:00:00Z"})
    (directory / "signature").mkdir()
    said = json.loads(payload)
    said["predicate"]["result"] = "PASSED"
    (directory / "signature" / "statement.dsse.json").write_bytes(dsse.sealed(dump(said), key).to_bytes())
    assert paths(look(directory, key)) == {"report/result.json", "signature/statement.dsse.json"}


@pytest.mark.parametrize(
    "name",
    ["report/more.html", "signature/note.txt", "evidence/more", "certificate/more", "more.txt", "plan.json.partial"],
)
def test_a_file_that_nobody_vouches_for_is_named(copied: Path, key: SigningKey, name: str) -> None:
    (copied / name).parent.mkdir(exist_ok=True)
    (copied / name).write_text("put in")
    assert paths(look(copied, key)) == {name}


@pytest.mark.parametrize("size", [0, 1, 100])
def test_every_truncated_file_is_named(failing: Path, copied: Path, key: SigningKey, size: int) -> None:
    for path in sorted(p for p in failing.rglob("*") if p.is_file()):
        name = path.relative_to(failing).as_posix()
        data = path.read_bytes()
        if len(data) <= size:
            continue
        (copied / name).write_bytes(data[:size])
        assert name in paths(look(copied, key)), name
        (copied / name).write_bytes(data)


def test_every_missing_file_is_named(failing: Path, copied: Path, key: SigningKey) -> None:
    for path in sorted(p for p in failing.rglob("*") if p.is_file()):
        name = path.relative_to(failing).as_posix()
        (copied / name).unlink()
        found = paths(look(copied, key))
        if name == "signature/statement.dsse.json":
            name = "signature/"
        assert name in found, name
        shutil.copyfile(path, copied / path.relative_to(failing))


def test_a_statement_of_another_bundle_is_found(copied: Path, key: SigningKey, tmp_path: Path) -> None:
    other = signed(tmp_path / "other" / "run-1", key)
    shutil.copyfile(other / "signature" / "statement.dsse.json", copied / "signature" / "statement.dsse.json")
    assert paths(look(copied, key)) >= {"manifest.json", "signature/statement.dsse.json"}


def test_a_certificate_of_another_bundle_is_found(copied: Path, key: SigningKey, tmp_path: Path) -> None:
    from reports.signing.certify import certify

    from ..signed import laboratory

    other = signed(tmp_path / "other" / "run-1", key)
    certify(other, key, Order(at=AT, laboratory=laboratory(tmp_path / "laboratory.toml")), days=30)
    shutil.copytree(other / "certificate", copied / "certificate")
    said = dict.fromkeys(what for _, what in problems(look(copied, key)))
    assert list(said) == [
        "is about another bundle: the manifest's digest is another one",
        "names a signed statement that is not there",
        "certifies a product whose verdict is 'does not conform'",
    ]
