"""The signed statement: in-toto in a DSSE envelope, read by an independent library, in one form only."""

import base64
import json
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope as TheirEnvelope
from securesystemslib.signer import SSlibKey

from conformance.engine.bundle import Bundle, digest
from reports.rollup import roll_up
from reports.signing import dsse, statement
from reports.signing.keys import SigningKey
from reports.signing.order import Order
from reports.signing.sign import sign

from ..signed import AT, FAILING, FIRMWARE, bundle, new_key, signed

ENVELOPE = "signature/statement.dsse.json"


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return new_key(tmp_path / "keys")


@pytest.mark.parametrize(("algorithm", "scheme"), [("ed25519", "ed25519"), ("ecdsa-p256", "ecdsa-sha2-nistp256")])
def test_an_independent_library_verifies_the_envelope(tmp_path: Path, algorithm: str, scheme: str) -> None:
    key = new_key(tmp_path / "keys", algorithm)
    directory = signed(tmp_path / "run-1", key)
    theirs = TheirEnvelope.from_dict(json.loads((directory / ENVELOPE).read_bytes()))
    kind = "ed25519" if algorithm == "ed25519" else "ecdsa"
    public = key.public.der[-32:].hex() if kind == "ed25519" else key.public.pem
    trusted = SSlibKey(key.public.keyid, kind, scheme, {"public": public})
    assert list(theirs.verify([trusted], 1)) == [key.public.keyid]


def test_the_statement_is_in_toto_and_names_manifest_reports_and_firmware(tmp_path: Path, key: SigningKey) -> None:
    directory = signed(tmp_path / "run-1", key)
    document = json.loads(base64.b64decode(json.loads((directory / ENVELOPE).read_bytes())["payload"]))
    assert document["_type"] == "https://in-toto.io/Statement/v1"
    assert document["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    subjects = {row["name"]: row["digest"]["sha256"] for row in document["subject"]}
    files = ("manifest.json", "report/result.json", "report/junit.xml")
    assert subjects == {name: digest((directory / name).read_bytes()) for name in files} | {
        statement.FIRMWARE: FIRMWARE
    }
    predicate = document["predicate"]
    assert predicate["result"] == "PASSED"
    assert predicate["passedTests"] == ["toy/test_1_toy.py::test_echo_comes_back"]
    assert (predicate["warnedTests"], predicate["failedTests"]) == ([], [])
    assert predicate[statement.OURS]["verdict"] == "conforms"


def test_a_run_that_fails_is_signed_as_what_it_is(tmp_path: Path, key: SigningKey) -> None:
    directory = bundle(tmp_path / "run-1", FAILING)
    sign(directory, key, Order(at=AT))
    said = statement.read(dsse.read((directory / ENVELOPE).read_bytes()).payload)
    assert said.predicate["result"] == "FAILED"
    assert said.predicate["failedTests"] == ["toy/test_1_toy.py::test_quit_closes"]
    assert said.predicate["warnedTests"] == ["toy/test_1_toy.py::test_manners"]
    assert said.said["verdict"] == "does not conform"
    assert list(statement.differences(said, roll_up(Bundle(directory)))) == []


def test_the_same_bundle_gives_the_same_envelope(tmp_path: Path, key: SigningKey) -> None:
    directory = signed(tmp_path / "run-1", key)
    first = (directory / ENVELOPE).read_bytes()
    (directory / ENVELOPE).unlink()
    sign(directory, key, Order(at=AT))
    assert (directory / ENVELOPE).read_bytes() == first


def test_an_envelope_in_another_form_is_refused(key: SigningKey) -> None:
    data = dsse.sealed(b"{}", key).to_bytes()
    assert dsse.read(data).to_bytes() == data
    document = json.loads(data)
    for other in (
        json.dumps(document).encode(),
        data + b"\n",
        data.replace(b"\n", b" \n", 1),
        json.dumps({**document, "more": 1}, indent=2).encode() + b"\n",
        json.dumps({**document, "signatures": []}, indent=2).encode() + b"\n",
        json.dumps({**document, "payloadType": "text/plain"}, indent=2).encode() + b"\n",
        b"[" * 100_000,
        b"[]",
        b"",
        b"\xff",
    ):
        with pytest.raises(dsse.EnvelopeError):
            dsse.read(other)


def test_a_signature_over_other_octets_is_none(key: SigningKey) -> None:
    envelope = dsse.sealed(b"{}", key)
    assert envelope.holds(envelope.signatures[0])
    assert not dsse.Envelope(b"{ }", envelope.signatures).holds(envelope.signatures[0])
    raw = dsse.Signature(key.public, key.sign(b"{}"))
    assert not envelope.holds(raw), "without the encoding of DSSE a payload could be taken for something else"


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"predicateType": "text"},
        {"subject": [{"name": "a", "digest": {"sha256": "0"}}, {"name": "a", "digest": {"sha256": "1"}}]},
        {"subject": [{"name": "a"}]},
        {"subject": 5},
        {"predicate": []},
    ],
)
def test_a_payload_of_another_kind_is_no_statement(change: dict[str, object]) -> None:
    good = {
        "_type": statement.TYPE,
        "subject": [],
        "predicateType": statement.PREDICATE_TYPE,
        "predicate": {statement.OURS: {"version": 1}},
    }
    statement.read(json.dumps(good).encode())
    with pytest.raises(statement.StatementError):
        statement.read(json.dumps(good | change).encode())
