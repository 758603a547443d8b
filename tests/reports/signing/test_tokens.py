"""Keys on PKCS #11 tokens, tried with SoftHSM: a token signs as the key that was put on it would."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from profiles import Secret
from profiles.problems import InputError
from reports.signing.keys import SigningKey, load_key
from reports.signing.order import Order
from reports.signing.sign import sign
from tests.needs import needs

from ..signed import AT, bundle, laboratory, look, new_key

LIBRARIES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
PIN = "493817"
KINDS = ("ecdsa-p256", "ecdsa-p384", "ed25519")


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a token on which lie keys of each kind, which are also there as files, and its PIN."""
    program = needs("softhsm2-util", "softhsm2")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    (folder / "pin").write_text(f"{PIN}\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")  # the library reads it once in a process
    subprocess.run(
        [program, "--init-token", "--free", "--label", "Lab 1", "--pin", PIN, "--so-pin", "1234567"], check=True
    )
    for n, kind in enumerate(KINDS, 1):
        new_key(folder / kind, kind)
        put = ["--import", folder / kind / "key.pem", "--label", kind, "--id", f"0{n}"]
        subprocess.run([program, *put, "--token", "Lab 1", "--pin", PIN], check=True)
    yield folder
    del os.environ["SOFTHSM2_CONF"]


def uri(object_: str, more: str, label: str = "Lab%201") -> str:
    library = next(path for path in LIBRARIES if Path(path).exists())
    return f"pkcs11:token={label};object={object_}?module-path={library}{more}"


def on_token(folder: Path, kind: str) -> SigningKey:
    return load_key(uri(kind, f"&pin-source=file:{folder / 'pin'}"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_signs_as_its_key(token: Path, kind: str) -> None:
    key, same = on_token(token, kind), load_key(str(token / kind / "key.pem"))
    assert key.public == same.public
    data = b"what was said" * 1000
    assert same.public.verify(data, key.sign(data))
    assert not same.public.verify(data[1:], key.sign(data))


def test_a_bundle_and_its_printed_report_are_signed_on_a_token(token: Path, tmp_path: Path) -> None:
    key = on_token(token, "ecdsa-p256")
    directory = bundle(tmp_path / "run-1")
    sign(directory, key, Order(at=AT, laboratory=laboratory(tmp_path / "laboratory.toml")))
    found = look(directory, key)
    assert found.problems == []
    assert {one.path for one in found.signatures} == {
        "signature/statement.dsse.json", "report/test-report-en.pdf", "report/test-report-zh.pdf",
    }  # fmt: skip


def test_the_pin_comes_from_a_reference(token: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IIC_TEST_PIN", PIN)
    assert load_key(uri("ed25519", "&pin-source=env:IIC_TEST_PIN")).sign(b"x")
    assert load_key(uri("ed25519", ""), Secret(PIN)).sign(b"x")


@pytest.mark.parametrize(
    ("object_", "more", "label", "said"),
    [
        ("ed25519", f"&pin-value={PIN}", "Lab%201", "a PIN does not belong into a command"),
        ("nothing", "&pin-source=env:IIC_TEST_PIN", "Lab%201", "there is no such public key"),
        ("ed25519", "&pin-source=env:IIC_TEST_PIN", "Lab%202", "NoSuchToken"),
        ("ed25519", "&pin-source=env:IIC_TEST_WRONG", "Lab%201", "PinIncorrect"),
        ("ed25519", "&pin=1", "Lab%201", "'pin' is not understood"),
    ],
)
def test_what_a_token_refuses_is_told_without_its_pin(
    token: Path, monkeypatch: pytest.MonkeyPatch, object_: str, more: str, label: str, said: str
) -> None:
    monkeypatch.setenv("IIC_TEST_PIN", PIN)
    monkeypatch.setenv("IIC_TEST_WRONG", "0000")
    with pytest.raises(InputError, match=said) as caught:
        load_key(uri(object_, more, label))
    assert PIN not in str(caught.value)


@pytest.mark.parametrize("text", ["pkcs11:object=x", "pkcs11:?module-path=/x.so", "pkcs11:object=x?module-path=/x.so"])
def test_a_uri_that_leads_nowhere_is_told(text: str) -> None:
    with pytest.raises(InputError, match="Cure"):
        load_key(text)
