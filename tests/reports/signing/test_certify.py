"""Certificates: for conforming products only, read by independent libraries, revoked in a list that says so."""

import datetime
import gzip
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from jwcrypto import jwk, jws

from profiles import Product
from profiles.problems import InputError
from reports.model import Run
from reports.signing import jose, status
from reports.signing.certify import NotCertifiable, certify, revoke
from reports.signing.keys import SigningKey
from reports.signing.order import Order
from reports.signing.page import code
from reports.signing.sign import Unverified
from tests.needs import needs

from ..issued import pages
from ..made import REQUIREMENTS, real_run, specs
from ..signed import AT, CONFORMING, FAILING, FIRMWARE, bundle, laboratory, look, new_key, paths, problems, signed

LATER = AT + datetime.timedelta(days=10)
EXPIRES = AT + datetime.timedelta(days=30)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return new_key(tmp_path / "keys")


def issue(directory: Path, key: SigningKey, **more: Any) -> Path:
    """Certify a signed bundle for thirty days; the path of the certificate."""
    order = Order(at=AT, laboratory=laboratory(directory.parent / "laboratory.toml"))
    return certify(directory, key, order, days=30, **more).paths[0]


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa-p256", "ecdsa-p384"])
def test_independent_libraries_validate_the_certificate(tmp_path: Path, kind: str) -> None:
    key = new_key(tmp_path / "keys", kind)
    data = issue(signed(tmp_path / "run-1", key), key).read_bytes()
    text, public = data.decode().strip(), jose.jwk(key.public)
    name = key.public.algorithm.jose
    content = jwt.decode(text, jwt.PyJWK({**public, "alg": name}), algorithms=[name], options={"verify_aud": False})
    token = jws.JWS()
    token.deserialize(text)
    token.verify(jwk.JWK(**public))
    assert json.loads(token.payload) == content


def test_the_certificate_is_a_verifiable_credential(tmp_path: Path, key: SigningKey) -> None:
    directory = signed(tmp_path / "run-1", key)
    path = issue(directory, key)
    token = jose.read(path.read_bytes())
    assert token.header == {"alg": "EdDSA", "kid": f"{jose.did(key.public)}#0", "typ": "vc+jwt", "cty": "vc"}
    said = token.payload
    assert said["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert said["type"][0] == "VerifiableCredential"
    assert said["issuer"]["id"] == jose.did(key.public)
    assert (said["validFrom"], said["validUntil"]) == (f"{AT:%F}T00:00:00Z", f"{EXPIRES:%F}T00:00:00Z")
    subject = said["credentialSubject"]
    assert [subject[name] for name in ("vendor", "name", "version", "hardware", "firmwareSha256")] == [
        "Example Works", "EG-100", "2.1.0", "B2", FIRMWARE,
    ]  # fmt: skip
    assert subject["verdict"] == "conforms"
    assert subject["standards"][0]["standard"] == "toy-1/server"
    assert subject["standards"][0]["edition"] == "2026"
    assert {text["@language"] for text in subject["scope"]} == {"en", "zh"}
    assert len(subject["conditions"]) >= 4
    manifest = (directory / "manifest.json").read_bytes()
    assert said["evidence"][0]["manifestSha256"] == hashlib.sha256(manifest).hexdigest()
    assert said["credentialStatus"]["type"] == "BitstringStatusListEntry"


def test_the_same_order_gives_the_same_certificate(tmp_path: Path, key: SigningKey) -> None:
    first = signed(tmp_path / "run-1", key)
    second = Path(shutil.copytree(first, tmp_path / "again" / "run-1"))
    made = [issue(directory, key) for directory in (first, second)]
    for name in ("credential.jwt", "certificate.html", "status.jwt"):
        one, other = (path.with_name(name).read_bytes() for path in made)
        assert one == other, name
    issue(first, key)  # once more over itself


@pytest.mark.parametrize("names", [FAILING, ("test_echo_comes_back", "test_never_begins")])
def test_only_a_product_that_conforms_is_certified(tmp_path: Path, key: SigningKey, names: tuple[str, ...]) -> None:
    directory = bundle(tmp_path / "run-1", names)
    with pytest.raises(NotCertifiable, match="only a product that conforms") as refused:
        issue(directory, key)
    assert refused.value.result.exit_code in (1, 3)
    assert not (directory / "certificate").exists()
    assert not (directory / "signature").exists()


def test_a_reference_of_the_harness_is_not_certified(tmp_path: Path, key: SigningKey) -> None:
    """It conforms by the way it is made, and nobody can buy it."""
    directory = bundle(tmp_path / "run-1", simulated=True)
    with pytest.raises(InputError, match=r"which is no product.*Run the profile against the product"):
        issue(directory, key)
    assert not (directory / "certificate").exists()
    assert not (directory / "signature").exists()


def test_a_certificate_of_a_reference_is_named(
    tmp_path: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = bundle(tmp_path / "run-1", simulated=True)
    with monkeypatch.context() as careless:
        careless.setattr(Run, "simulated", False)
        issue(directory, key)
    said = "certifies a simulated reference of the harness, which is no product"
    assert problems(look(directory, key)) == [("certificate/credential.jwt", said)]


def test_a_page_that_was_taken_away_is_noted(tmp_path: Path, key: SigningKey) -> None:
    directory = signed(tmp_path / "run-1", key)
    issue(directory, key).with_name("certificate.html").unlink()
    found = look(directory, key)
    assert problems(found) == []
    assert any("certificate/certificate.html, the page of the certificate, is not there" in n for n in found.notes)


def test_a_certificate_is_not_older_than_its_report(tmp_path: Path, key: SigningKey) -> None:
    directory = signed(tmp_path / "run-1", key, laboratory=laboratory(tmp_path / "laboratory.toml"))
    order = Order(at=AT - datetime.timedelta(days=2), laboratory=laboratory(tmp_path / "laboratory.toml"))
    with pytest.raises(InputError, match=r"'issued' is .* which lies after the time of the signature"):
        certify(directory, key, order, days=30)
    assert not (directory / "certificate").exists()


def test_an_incomplete_record_is_not_certified(tmp_path: Path, key: SigningKey) -> None:
    directory = bundle(tmp_path / "run-1")
    (directory / "manifest.json").unlink()
    with pytest.raises(NotCertifiable, match="incomplete"):
        issue(directory, key)


def test_a_changed_record_is_not_certified(tmp_path: Path, key: SigningKey) -> None:
    directory = signed(tmp_path / "run-1", key)
    plan = directory / "plan.json"
    plan.write_bytes(plan.read_bytes().replace(b"toy-profile", b"boy-profile"))
    with pytest.raises(Unverified):
        issue(directory, key)


def test_a_bundle_that_nobody_signed_is_signed_first(tmp_path: Path, key: SigningKey) -> None:
    directory = bundle(tmp_path / "run-1")
    issue(directory, key)
    found = look(directory, key)
    assert problems(found) == []
    assert {"signature/statement.dsse.json", "certificate/credential.jwt"} <= {one.path for one in found.signatures}


def test_sm2_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    key = new_key(tmp_path / "keys", "sm2")
    directory = bundle(tmp_path / "run-1")
    with pytest.raises(InputError, match="JOSE has no registered algorithm for SM2"):
        issue(directory, key)
    assert not (directory / "signature").exists()


def test_another_certificate_is_not_written_over(tmp_path: Path, key: SigningKey) -> None:
    directory = signed(tmp_path / "run-1", key)
    path = issue(directory, key)
    kept = path.read_bytes()
    order = Order(at=LATER, laboratory=laboratory(tmp_path / "laboratory.toml"))
    with pytest.raises(InputError, match="there is another certificate already"):
        certify(directory, key, order, days=30)
    assert path.read_bytes() == kept


def test_a_laboratory_keeps_one_list_for_all(tmp_path: Path, key: SigningKey) -> None:
    kept = tmp_path / "kept" / "status.jwt"
    made = [issue(signed(tmp_path / f"run-{n}", key), key, kept=kept, out=tmp_path / f"out-{n}") for n in range(3)]
    listed = status.load(kept)
    assert [jose.read(path.read_bytes()).payload["credentialStatus"]["statusListIndex"] for path in made] == list("012")
    assert [entry["credential"] for entry in listed.entries] == [jose.read(p.read_bytes()).payload["id"] for p in made]
    revoke(made[1], kept, key, LATER, "sold with other firmware")
    assert [bool(look(path, key, status=kept, at=LATER).problems) for path in made] == [False, True, False]


def test_a_revoked_certificate_is_named_with_day_and_reason(tmp_path: Path, key: SigningKey) -> None:
    directory = signed(tmp_path / "run-1", key)
    path = issue(directory, key)
    kept = path.with_name("status.jwt")
    assert problems(look(path, key, status=kept)) == []
    name = revoke(path, kept, key, LATER, "sold with other firmware")
    assert revoke(path, kept, key, LATER + datetime.timedelta(days=1), "again") == name
    said = f"was revoked on {LATER:%F}: sold with other firmware"
    assert problems(look(path, key, status=kept, at=LATER)) == [("credential.jwt", said)]
    assert problems(look(directory, key, at=LATER)) == [("certificate/credential.jwt", said)]


def test_the_bits_are_those_of_the_standard(tmp_path: Path, key: SigningKey) -> None:
    """An independent reading: base64url behind a u, gzip, the first entry in the highest bit."""
    path = issue(signed(tmp_path / "run-1", key), key)
    kept = path.with_name("status.jwt")
    revoke(path, kept, key, LATER)
    public = jwt.PyJWK({**jose.jwk(key.public), "alg": "EdDSA"})
    said = jwt.decode(kept.read_text().strip(), public, algorithms=["EdDSA"])["credentialSubject"]
    assert (said["type"], said["statusPurpose"]) == ("BitstringStatusList", "revocation")
    text = said["encodedList"]
    bits = gzip.decompress(jwt.utils.base64url_decode(text[1:]))
    assert (text[0], len(bits) * 8, bits[0], any(bits[1:])) == ("u", 131_072, 0x80, False)


@pytest.mark.parametrize(
    ("days", "said"),
    [(-1, f"is not valid yet: it begins on {AT:%F}"), (0, ""), (29, ""), (30, f"has expired on {EXPIRES:%F}")],
)
def test_validity_is_by_the_day(tmp_path: Path, key: SigningKey, days: int, said: str) -> None:
    path = issue(signed(tmp_path / "run-1", key), key)
    at = AT + datetime.timedelta(days=days)
    found = look(path, key, status=path.with_name("status.jwt"), at=at)
    assert problems(found) == ([("credential.jwt", said)] if said else [])


def test_without_a_list_nothing_is_said_of_revocation(tmp_path: Path, key: SigningKey) -> None:
    found = look(issue(signed(tmp_path / "run-1", key), key), key)
    assert found.ok
    assert any("whether the certificate was revoked is not known" in note for note in found.notes)


def _other_list(path: Path, key: SigningKey, folder: Path) -> Path:
    """A list of the same issuer that knows nothing of the certificate."""
    return issue(signed(folder / "run-2", key), key).with_name("status.jwt")


def _foreign_list(path: Path, key: SigningKey, folder: Path) -> Path:
    """A list with the right id, signed by somebody else."""
    listed = status.load(path.with_name("status.jwt"))
    (folder / "foreign.jwt").write_bytes(listed.sign(new_key(folder / "foreign"), AT))
    return folder / "foreign.jwt"


def _garbage(path: Path, key: SigningKey, folder: Path) -> Path:
    (folder / "garbage").write_bytes(b"no list")
    return folder / "garbage"


def _certificate_itself(path: Path, key: SigningKey, folder: Path) -> Path:
    return path


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_other_list, "another status list"),
        (_foreign_list, "of another issuer"),
        (_garbage, "it is no signed token"),
        (_certificate_itself, "it is no status list"),
    ],
)
def test_a_list_that_does_not_belong_is_named(
    tmp_path: Path, key: SigningKey, make: Callable[[Path, SigningKey, Path], Path], said: str
) -> None:
    path = issue(signed(tmp_path / "run-1", key), key)
    kept = make(path, key, tmp_path)
    found = look(path, key, status=kept)
    assert paths(found) == {kept.name}
    assert said in found.problems[0].what


def test_only_the_issuer_revokes(tmp_path: Path, key: SigningKey) -> None:
    path = issue(signed(tmp_path / "run-1", key), key)
    with pytest.raises(InputError, match="this key did not issue it"):
        revoke(path, path.with_name("status.jwt"), new_key(tmp_path / "other"), LATER)
    other = issue(signed(tmp_path / "run-2", key), key).with_name("status.jwt")
    kept = other.read_bytes()
    with pytest.raises(InputError, match="in another status list"):
        revoke(path, other, key, LATER)
    assert other.read_bytes() == kept


def test_a_certificate_signed_with_another_algorithm_name_is_none(tmp_path: Path, key: SigningKey) -> None:
    """The name in the header never chooses the algorithm: "none" and HMAC with the public key are old tricks."""
    data = issue(signed(tmp_path / "run-1", key), key).read_bytes()
    token = jose.read(data)
    payload = json.dumps(token.payload)
    tricks = [{**token.header, "alg": name} for name in ("none", "HS256", "ES256", "ed25519", "")]
    tricks += [
        {**token.header, "crit": ["x"]},
        {**token.header, "typ": "JWT"},
        {**token.header, "kid": "did:jwk:e30#0"},
    ]
    for header in tricks:
        parts = [jose.encoded(json.dumps(header).encode()), jose.encoded(payload.encode())]
        for signature in (b"", key.sign(".".join(parts).encode())):
            (tmp_path / "trick.jwt").write_text(".".join([*parts, jose.encoded(signature)]) + "\n")
            assert look(tmp_path / "trick.jwt").problems, (header, len(signature))


def test_the_issuer_is_the_one_who_signed(tmp_path: Path, key: SigningKey) -> None:
    """A stranger who signs a certificate in the name of the laboratory."""
    payload = jose.read(issue(signed(tmp_path / "run-1", key), key).read_bytes()).payload
    (tmp_path / "forged.jwt").write_bytes(jose.sign(payload, new_key(tmp_path / "stranger")))
    assert "does not name one issuer" in look(tmp_path / "forged.jwt", key).problems[0].what
    mine = {**payload, "issuer": {**payload["issuer"], "id": jose.did(new_key(tmp_path / "third").public)}}
    (tmp_path / "forged.jwt").write_bytes(jose.sign(mine, new_key(tmp_path / "fourth")))
    assert look(tmp_path / "forged.jwt", key).problems


def test_the_page_shows_what_the_certificate_says(tmp_path: Path, key: SigningKey) -> None:
    path = issue(signed(tmp_path / "run-1", key), key)
    page = path.with_name("certificate.html").read_text(encoding="utf-8")
    said = jose.read(path.read_bytes()).payload
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for text in (
        said["id"],
        digest,
        "EG-100",
        "serial number 0042, our mark 2026-0417-1",
        "序列号 0042",
        "conforms to the profile Toy profile",
        "符合行规 玩具行规",
        f"{AT:%F}",
        "EL-2026-0417",
        "示例工业网络实验室",
        "符合性证书",
        FIRMWARE,
        f"{EXPIRES:%F}",
    ):
        assert text in page
    assert code(said["id"], digest) in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


def test_the_conditions_speak_of_the_certificate(tmp_path: Path, key: SigningKey) -> None:
    """What a laboratory states of its report is no condition of a certificate."""
    file = laboratory(tmp_path / "laboratory.toml")
    assert "This report may not be reproduced" in file.read_text("utf-8")
    conditions = jose.read(issue(signed(tmp_path / "run-1", key), key).read_bytes()).payload["credentialSubject"][
        "conditions"
    ]
    english = [text["@value"] for said in conditions for text in said if text["@language"] == "en"]
    assert len(english) == len(conditions) == 4
    assert not [text for text in english if "this report" in text.lower()]
    assert "This certificate relates only to the item tested, as it is identified here." in english


def test_the_page_is_printed_on_one_sheet(tmp_path: Path, key: SigningKey) -> None:
    chromium = needs("chromium")
    path = issue(signed(tmp_path / "run-1", key), key).with_name("certificate.html")
    order = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--print-to-pdf={tmp_path / 'page.pdf'}",
        str(path),
    ]
    subprocess.run(order, check=True, capture_output=True, timeout=120)
    assert len(pages(tmp_path / "page.pdf")) == 1


HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m&\"'" + "长" * 3_000


def test_a_hostile_product_changes_nothing_but_its_own_name(tmp_path: Path, key: SigningKey) -> None:
    product = Product(HOSTILE, HOSTILE, "1", extra={"hardware": HOSTILE})
    rows = [row for row in REQUIREMENTS if row.id in ("T-1", "T-5")]
    real_run(tmp_path / "run-1", specs(CONFORMING), requirements=rows, product=product, simulated=False)
    path = issue(tmp_path / "run-1", key)
    page = path.with_name("certificate.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert not set("\u202e\x1b") & set(page)
    assert len(page) < 30_000
    found = look(tmp_path / "run-1", key)
    assert problems(found) == []
    shown = json.dumps(found.to_json(), ensure_ascii=False)
    assert not set("\u202e\x1b") & set(shown)
