"""Keys: made once, readable by their owner alone, named by their fingerprint, and used for what they are."""

import hashlib
import os
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from profiles import Secret
from profiles.problems import InputError
from profiles.secrets import referenced
from reports.signing.keys import ALGORITHMS, create_key, load_key, load_public_keys, read_public_pem
from tests.needs import needs

from ..signed import new_key


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_signs_and_its_public_half_verifies(tmp_path: Path, algorithm: str) -> None:
    key = new_key(tmp_path, algorithm)
    signature = key.sign(b"what was said")
    assert key.public.verify(b"what was said", signature)
    assert not key.public.verify(b"what was sald", signature)
    for wrong in (b"", signature[:-1], signature + b"\0", bytes(len(signature))):
        assert not key.public.verify(b"what was said", wrong)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_only_the_owner_can_read_a_private_key(tmp_path: Path, algorithm: str) -> None:
    before = os.umask(0)
    try:
        create_key(tmp_path / "keys", algorithm)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "keys" / "key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_fingerprint_is_that_of_openssl(tmp_path: Path, algorithm: str) -> None:
    key = new_key(tmp_path, algorithm)
    command = [needs("openssl"), "pkey", "-in", tmp_path / "key.pem", "-pubout", "-outform", "DER"]
    der = subprocess.run(command, capture_output=True, check=True).stdout
    assert key.public.keyid == hashlib.sha256(der).hexdigest()
    assert load_public_keys(tmp_path / "key.pub") == [key.public] == [read_public_pem(key.public.pem)]


def test_openssl_verifies_an_sm2_signature(tmp_path: Path) -> None:
    key = new_key(tmp_path, "sm2")
    (tmp_path / "text").write_bytes(b"what was said")
    (tmp_path / "signature").write_bytes(key.sign(b"what was said"))
    options = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
    command = [needs("openssl"), "pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "key.pub", *options]
    done = subprocess.run([*command, "-in", tmp_path / "text", "-sigfile", tmp_path / "signature"], capture_output=True)
    assert done.returncode == 0, done.stderr


def test_an_sm2_key_of_openssl_signs(tmp_path: Path) -> None:
    subprocess.run([needs("openssl"), "genpkey", "-algorithm", "SM2", "-out", tmp_path / "sm2.pem"], check=True)
    key = load_key(str(tmp_path / "sm2.pem"))
    assert key.public.algorithm.name == "sm2"
    assert key.public.verify(b"x", key.sign(b"x"))


@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsa-p256", "ecdsa-p384"])
def test_the_same_key_signs_the_same_in_the_same_way(tmp_path: Path, algorithm: str) -> None:
    key = new_key(tmp_path, algorithm)
    assert key.sign(b"x") == key.sign(b"x")


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    create_key(tmp_path)
    kept = (tmp_path / "key.pem").read_bytes()
    with pytest.raises(InputError, match="there is a key already"):
        create_key(tmp_path)
    assert (tmp_path / "key.pem").read_bytes() == kept


def test_an_encrypted_key_needs_its_passphrase(tmp_path: Path) -> None:
    create_key(tmp_path, "ed25519", Secret("correct horse"))
    path = str(tmp_path / "key.pem")
    assert b"ENCRYPTED" in Path(path).read_bytes()
    assert load_key(path, Secret("correct horse")).sign(b"x")
    with pytest.raises(InputError, match=r"encrypted.*--passphrase env:NAME"):
        load_key(path)
    with pytest.raises(InputError, match="passphrase is wrong") as caught:
        load_key(path, Secret("battery staple"))
    assert "battery" not in str(caught.value)


def test_sm2_says_that_it_takes_no_passphrase(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="SM2 cannot be encrypted"):
        create_key(tmp_path, "sm2", Secret("x"))
    assert not list(tmp_path.iterdir())


def test_a_passphrase_is_given_by_reference_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IIC_TEST_PASSPHRASE", "one")
    (tmp_path / "two").write_text("two\n")
    assert referenced("env:IIC_TEST_PASSPHRASE", "passphrase").reveal() == "one"
    assert referenced(f"file:{tmp_path / 'two'}", "passphrase").reveal() == "two"
    for text in ("hunter2", "pass:hunter2", "env:", "file:", "env:hunter 2"):
        with pytest.raises(InputError) as caught:
            referenced(text, "passphrase")
        assert "hunter" not in str(caught.value)


def test_keys_of_other_kinds_are_refused(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "rsa.pem").write_bytes(pem)
    (tmp_path / "rsa.pub").write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "text.pem").write_text("no key")
    for name in ("rsa.pem", "text.pem", "missing.pem"):
        with pytest.raises(InputError):
            load_key(str(tmp_path / name))
    with pytest.raises(InputError, match="a key of another kind"):
        load_public_keys(tmp_path / "rsa.pub")
    with pytest.raises(InputError, match="there is no public key in it"):
        load_public_keys(tmp_path / "text.pem")


def test_a_private_key_is_not_taken_for_one_to_trust(tmp_path: Path) -> None:
    create_key(tmp_path)
    with pytest.raises(InputError, match="it is a private key"):
        load_public_keys(tmp_path / "key.pem")
