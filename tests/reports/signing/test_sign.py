"""Signing a bundle: what is put under a name, what is refused, and that amendments keep their trace."""

import datetime
import json
import re
import shutil
from pathlib import Path

import pytest

from conformance.engine.bundle import Bundle
from conformance.engine.keep import BundleKeeper
from profiles.problems import InputError
from reports.signing.keys import SigningKey
from reports.signing.order import Order, firmware_digest
from reports.signing.sign import Unverified, sign
from reports.writing import write

from ..signed import AT, FIRMWARE, amending, bundle, laboratory, look, new_key, paths, problems, signed


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return new_key(tmp_path / "keys")


def test_a_laboratory_issues_a_signed_report_in_both_languages(tmp_path: Path, key: SigningKey) -> None:
    directory = bundle(tmp_path / "run-1")
    file = laboratory(tmp_path / "laboratory.toml")
    done = sign(directory, key, Order(at=AT, laboratory=file))
    assert [path.relative_to(directory).as_posix() for path in done.paths] == [
        "signature/laboratory.toml",
        "report/test-report-en.pdf",
        "report/test-report-zh.pdf",
        "signature/statement.dsse.json",
    ]
    assert (directory / "signature" / "laboratory.toml").read_bytes() == file.read_bytes()
    found = look(directory, key)
    assert problems(found) == []
    assert [one.facts["report"] for one in found.signatures[:1]] == ["EL-2026-0417"]
    assert all(one.trusted for one in found.signatures)


def test_the_same_order_gives_the_same_octets(tmp_path: Path, key: SigningKey) -> None:
    first = bundle(tmp_path / "run-1")
    second = Path(shutil.copytree(first, tmp_path / "again" / "run-1"))
    order = Order(at=AT, laboratory=laboratory(tmp_path / "laboratory.toml"))
    for directory in (first, second):
        sign(directory, key, order)
    files = [path for path in first.rglob("*") if path.is_file()]
    assert len(files) > 8
    for path in files:
        assert (second / path.relative_to(first)).read_bytes() == path.read_bytes(), path.name


def test_a_missing_field_is_told_before_anything_is_written(tmp_path: Path, key: SigningKey) -> None:
    directory = bundle(tmp_path / "run-1")
    file = laboratory(tmp_path / "laboratory.toml", lambda text: text.replace("[decision_rule]", "[decision_rules]"))
    with pytest.raises(InputError, match="decision_rule"):
        sign(directory, key, Order(at=AT, laboratory=file))
    assert not (directory / "signature").exists()
    assert not (directory / "report").exists()


@pytest.mark.parametrize("name", ["issued", "ended"])
def test_nothing_that_is_dated_later_is_signed(tmp_path: Path, key: SigningKey, name: str) -> None:
    directory = bundle(tmp_path / "run-1")
    later = f'{name} = "{AT + datetime.timedelta(days=2):%F}"'
    also = {"issued": "issued", "ended": "(issued|ended)"}[name]

    def change(text: str) -> str:
        return re.sub(
            rf"^{also} = .*$",
            lambda found: f"{found[0].split()[0]} {later.partition(' ')[2]}",
            text,
            flags=re.MULTILINE,
        )

    file = laboratory(tmp_path / "laboratory.toml", change)
    with pytest.raises(InputError, match=f"'{name}' is .*, which lies after the time of the signature"):
        sign(directory, key, Order(at=AT, laboratory=file))
    assert not (directory / "signature").exists()
    sign(directory, key, Order(at=AT + datetime.timedelta(days=2), laboratory=file))


def test_what_does_not_verify_is_not_signed(tmp_path: Path, key: SigningKey) -> None:
    directory = bundle(tmp_path / "run-1", reports=("json",))
    (directory / "report" / "result.json").write_text("{}")
    with pytest.raises(Unverified) as refused:
        sign(directory, key, Order(at=AT))
    assert [problem.path for problem in refused.value.problems] == ["report/result.json"]
    assert not (directory / "signature").exists()


def test_a_strange_file_is_not_signed(tmp_path: Path, key: SigningKey) -> None:
    directory = bundle(tmp_path / "run-1")
    (directory / "report").mkdir()
    (directory / "report" / "good-news.html").write_text("it conforms")
    with pytest.raises(Unverified) as refused:
        sign(directory, key, Order(at=AT))
    assert [problem.path for problem in refused.value.problems] == ["report/good-news.html"]


def test_a_run_that_was_cut_short_can_be_signed_as_it_is(tmp_path: Path, key: SigningKey) -> None:
    directory = bundle(tmp_path / "run-1")
    (directory / "manifest.json").unlink()
    lines = (directory / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (directory / "journal.jsonl").write_bytes(b"".join(lines[:-1]))
    assert paths(look(directory)) == {"manifest.json"}
    sign(directory, key, Order(at=AT))
    found = look(directory, key)
    assert problems(found) == []
    assert found.facts["verdict"] == "incomplete"
    (directory / "journal.jsonl").write_bytes(b"".join(lines[:-2]))
    assert "journal.jsonl" in paths(look(directory, key))
    (directory / "evidence" / ("0" * 64)).write_bytes(b"put in")
    assert f"evidence/{'0' * 64}" in paths(look(directory, key))


def test_one_key_signs_once(tmp_path: Path, key: SigningKey) -> None:
    directory = signed(tmp_path / "run-1", key)
    with pytest.raises(InputError, match="has signed the bundle already"):
        sign(directory, key, Order(at=AT))


def test_a_second_key_signs_beside_the_first(tmp_path: Path, key: SigningKey) -> None:
    other = new_key(tmp_path / "other", "ecdsa-p256")
    directory = signed(tmp_path / "run-1", key)
    sign(directory, other, Order(at=AT))
    for trusted in ((key,), (other,), (key, other)):
        assert problems(look(directory, *trusted)) == []
    (directory / "signature" / "statement.dsse.json").unlink()
    assert "signature/statement.dsse.json" in paths(look(directory, other)), "the second covers the first"


def test_an_amended_report_names_what_it_replaces_and_leaves_it(tmp_path: Path, key: SigningKey) -> None:
    directory = bundle(tmp_path / "run-1")
    first = laboratory(tmp_path / "first.toml")
    sign(directory, key, Order(at=AT, laboratory=first))
    kept = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    second = laboratory(tmp_path / "second.toml", amending("EL-2026-0418", "EL-2026-0417"))
    sign(directory, key, Order(at=AT, laboratory=second))
    assert all(path.read_bytes() == data for path, data in kept.items())
    found = look(directory, key)
    assert problems(found) == []
    assert any(
        "signature/statement.dsse.json (report EL-2026-0417) was replaced by signature/statement-2.dsse.json" in note
        and "The address was wrong." in note
        for note in found.notes
    )
    assert (directory / "report" / "test-report-zh-2.pdf").is_file()
    (directory / "signature" / "statement.dsse.json").unlink()
    assert paths(look(directory, key)) >= {"signature/statement.dsse.json", "signature/statement-2.dsse.json"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("45 % to 65 %", "unknown"), "was issued with another content"),
        (lambda text: text.replace("EL-2026-0417", "EL-2026-0999"), "does not say it replaces"),
        (amending("EL-2026-0999", "EL-2026-0001"), "does not say it replaces"),
    ],
)
def test_a_report_is_not_quietly_replaced(tmp_path: Path, key: SigningKey, change: object, said: str) -> None:
    assert callable(change)
    directory = bundle(tmp_path / "run-1")
    sign(directory, key, Order(at=AT, laboratory=laboratory(tmp_path / "first.toml")))
    with pytest.raises(InputError, match=said):
        sign(directory, key, Order(at=AT, laboratory=laboratory(tmp_path / "second.toml", change)))


def test_the_firmware_is_that_of_the_product_file(tmp_path: Path, key: SigningKey) -> None:
    directory = bundle(tmp_path / "run-1")
    with pytest.raises(InputError, match="but by the product file"):
        sign(directory, key, Order(at=AT, firmware="cd" * 32))
    sign(directory, key, Order(at=AT, firmware=FIRMWARE))
    assert problems(look(directory, key)) == []


def test_a_firmware_is_named_by_file_or_digest(tmp_path: Path) -> None:
    (tmp_path / "image.bin").write_bytes(b"firmware")
    digest = "afb063e4e5fb7cc8a04bb3b3f21e2b43ad3a9a40b8d86c5a1d6ec4f9ba2e2d40"
    assert firmware_digest(f"sha256:{digest}") == digest
    assert len(firmware_digest(str(tmp_path / "image.bin"))) == 64
    for wrong in ("sha256:ab", f"sha256:{digest.upper()}", str(tmp_path / "missing")):
        with pytest.raises(InputError):
            firmware_digest(wrong)


def test_sm2_signs_the_statement_but_no_pdf(tmp_path: Path) -> None:
    key = new_key(tmp_path / "keys", "sm2")
    directory = bundle(tmp_path / "run-1")
    done = sign(directory, key, Order(at=AT, laboratory=laboratory(tmp_path / "laboratory.toml")))
    assert any("no SM2" in note for note in done.notes)
    found = look(directory, key)
    assert problems(found) == []
    assert [one.path for one in found.signatures] == ["signature/statement.dsse.json"]
    pdf = directory / "report" / "test-report-en.pdf"
    pdf.write_bytes(pdf.read_bytes() + b"\n")
    assert paths(look(directory, key)) == {"report/test-report-en.pdf"}


def test_the_proof_of_the_suites_is_kept_and_signed(tmp_path: Path, key: SigningKey) -> None:
    directory = bundle(tmp_path / "run-1")
    proof = tmp_path / "proof.json"
    suite = {"suite": "toy", "cases": 2, "clean_failures": [], "faults": 2, "caught": 2}
    proof.write_text(json.dumps({"version": 1, "suites": [{**suite, "collateral": [], "unproven_cases": []}]}))
    sign(directory, key, Order(at=AT, laboratory=laboratory(tmp_path / "laboratory.toml"), proof=proof))
    assert problems(look(directory, key)) == []
    (directory / "signature" / "proof.json").write_text("{}")
    assert "signature/proof.json" in paths(look(directory, key))


def test_a_signed_bundle_that_goes_on_does_not_verify(tmp_path: Path, key: SigningKey) -> None:
    directory = signed(tmp_path / "run-1", key)
    keeper = BundleKeeper(directory, lambda data: data, resume=Bundle(directory))
    keeper.begin({})
    keeper.end([])
    assert paths(look(directory, key)) == {"manifest.json"}


def test_reports_that_are_written_again_stay_signed(tmp_path: Path, key: SigningKey) -> None:
    directory = signed(tmp_path / "run-1", key)
    write(Bundle(directory), ("json", "junit"))
    assert problems(look(directory, key)) == []
