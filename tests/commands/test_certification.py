"""From a run to a certificate that a buyer verifies: the commands together, as a laboratory types them."""

import datetime
import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reports.signed import AT as NOW
from tests.reports.signed import FAILING, bundle, laboratory

from .typed import typed, valid

AT = ("--at", f"{NOW:%F}T12:30:00Z")


def verified(*arguments: object) -> tuple[int, dict[str, Any]]:
    """Exit code and document of `verify`."""
    done = typed("verify", *arguments, "--format", "json")
    document: dict[str, Any] = valid("verify", json.loads(done.stdout))
    assert document["ok"] == (done.exit_code == 0)
    return done.exit_code, document


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    done = typed("key", "create", tmp_path / "keys", "--format", "json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["algorithm"] == "ed25519"
    return tmp_path / "keys"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return laboratory(tmp_path / "laboratory.toml")


def test_from_key_to_certificate_and_back(tmp_path: Path, keys: Path, file: Path) -> None:
    directory = bundle(tmp_path / "run-1", reports=("json",))
    key, public = keys / "key.pem", keys / "key.pub"
    assert typed("sign", directory, "--key", key, "--laboratory", file, *AT).exit_code == 0
    status = tmp_path / "status.jwt"
    days = ("--valid-days", 30, "--status", status, "--out", tmp_path / "out")
    done = typed("certify", directory, "--key", key, "--laboratory", file, *days, *AT)
    assert done.exit_code == 0
    assert "certificate urn:uuid:" in done.stdout
    credential = tmp_path / "out" / "credential.jwt"
    for path in (directory, directory / "report" / "test-report-en.pdf", credential):
        code, document = verified(path, "--trust", public, "--status", status, *AT)
        assert (code, document["problems"]) == (0, [])
        assert all(signed["trusted"] for signed in document["signatures"])
    done = typed("revoke", credential, "--status", status, "--key", key, "--reason", "recall", *AT)
    assert done.exit_code == 0
    code, document = verified(credential, "--trust", public, "--status", status, *AT)
    assert (code, document["problems"]) == (
        6,
        [{"path": "credential.jwt", "what": f"was revoked on {NOW:%F}: recall"}],
    )
    assert verified(credential, "--trust", public, "--at", f"{NOW + datetime.timedelta(days=31):%F}")[0] == 6


def test_verify_tells_a_certificate_by_its_labelled_facts(tmp_path: Path, keys: Path, file: Path) -> None:
    directory = bundle(tmp_path / "run-1")
    certify = ("certify", directory, "--key", keys / "key.pem", "--laboratory", file, "--valid-days", 30, *AT)
    assert typed(*certify).exit_code == 0
    credential = directory / "certificate" / "credential.jwt"
    told = typed("verify", credential, "--trust", keys / "key.pub", *AT).stdout
    until = NOW + datetime.timedelta(days=30)
    for label, value in (
        ("laboratory", "Example Laboratory for Industrial Networks"),
        ("product", "Example Works EG-100 2.1.0"),
        ("profile", "Toy profile"),
        ("verdict", "conforms"),
        ("valid from", f"{NOW:%F}T00:00:00Z"),
        ("valid until", f"{until:%F}T00:00:00Z"),
    ):
        assert f"    {label:<12}{value}\n" in told
    late = typed("verify", credential, "--trust", keys / "key.pub", "--at", f"{until:%F}").stdout
    assert "NOT VERIFIED, 1 problem\n" in late
    other = typed("key", "create", tmp_path / "other")
    assert other.exit_code == 0
    both = typed("verify", credential, "--trust", tmp_path / "other" / "key.pub", "--at", f"{until:%F}").stdout
    assert "NOT VERIFIED, 2 problems\n" in both


def test_a_reference_of_the_harness_is_refused_with_the_cure(tmp_path: Path, keys: Path, file: Path) -> None:
    directory = bundle(tmp_path / "run-1", simulated=True)
    done = typed("certify", directory, "--key", keys / "key.pem", "--laboratory", file, *AT)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "which is no product" in done.stderr
    assert "Cure: Run the profile against the product (--product FILE)" in done.stderr


def test_verify_says_what_was_changed_and_where(tmp_path: Path, keys: Path) -> None:
    directory = bundle(tmp_path / "run-1")
    typed("sign", directory, "--key", keys / "key.pem")
    journal = directory / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"verdict":"pass"', b'"verdict":"fail"'))
    done = typed("verify", directory, "--trust", keys / "key.pub")
    assert done.exit_code == 6
    assert "journal.jsonl: was changed: its SHA-256 is not that of the manifest" in done.stdout
    assert "does not follow from the line before it" in done.stdout
    assert "NOT VERIFIED" in done.stdout


def test_a_bundle_that_nobody_signed_verifies_only_without_trust(tmp_path: Path, keys: Path) -> None:
    directory = bundle(tmp_path / "run-1")
    code, document = verified(directory)
    assert (code, document["kind"], document["signatures"]) == (0, "bundle", [])
    assert "nobody has signed this bundle" in document["notes"]
    assert verified(directory, "--trust", keys / "key.pub")[0] == 6


def test_a_product_that_does_not_conform_is_signed_but_not_certified(tmp_path: Path, keys: Path, file: Path) -> None:
    directory = bundle(tmp_path / "run-1", FAILING)
    key = keys / "key.pem"
    done = typed("certify", directory, "--key", key, "--laboratory", file)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "only a product that conforms gets a certificate" in done.stderr
    assert typed("sign", directory, "--key", key, "--laboratory", file).exit_code == 0
    assert typed("certify", directory, "--key", key, "--laboratory", file).exit_code == 1


def test_a_changed_bundle_is_not_signed(tmp_path: Path, keys: Path) -> None:
    directory = bundle(tmp_path / "run-1")
    (directory / "evidence" / "more").write_text("x")
    done = typed("sign", directory, "--key", keys / "key.pem")
    assert done.exit_code == 6
    assert "evidence/more: is not in the manifest" in done.stderr


def test_a_passphrase_never_stands_in_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IIC_TEST_PASSPHRASE", "correct horse")
    keys = tmp_path / "keys"
    done = typed("key", "create", keys, "--passphrase", "hunter2")
    assert (done.exit_code, "hunter2" in done.output) == (2, False)
    assert typed("key", "create", keys, "--passphrase", "env:IIC_TEST_PASSPHRASE").exit_code == 0
    directory = bundle(tmp_path / "run-1")
    done = typed("sign", directory, "--key", keys / "key.pem")
    assert (done.exit_code, "the private key is encrypted" in done.stderr) == (2, True)
    with_it = ("--key", keys / "key.pem", "--passphrase", "env:IIC_TEST_PASSPHRASE")
    assert typed("sign", directory, *with_it).exit_code == 0


def test_a_private_key_that_others_can_read_is_told(tmp_path: Path, keys: Path) -> None:
    assert stat.S_IMODE((keys / "key.pem").stat().st_mode) == 0o600
    (keys / "key.pem").chmod(0o644)
    done = typed("sign", bundle(tmp_path / "run-1"), "--key", keys / "key.pem")
    assert done.exit_code == 0
    assert "others can read" in done.stderr


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: folder / "missing",
        lambda folder: folder,
        lambda folder: Path(__file__),
    ],
)
def test_what_is_none_of_the_three_is_a_usage_error(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    assert typed("verify", make(tmp_path)).exit_code == 2


def test_a_time_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    assert typed("verify", bundle(tmp_path / "run-1"), "--at", "yesterday").exit_code == 2


def test_a_missing_library_is_told_with_the_command_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.serialization", None)
    done = typed("key", "create", tmp_path / "keys")
    assert done.exit_code == 2
    assert "pip install 'iic-conform[laboratory]'" in done.stderr
