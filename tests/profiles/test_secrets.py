"""Secrets come by reference, are fetched with a clear error, and are never shown."""

import copy
import dataclasses
import json
import pickle
from pathlib import Path

import pytest

from profiles import InputError, Product, Secret, load_product
from profiles.lint import lint

from .conftest import PRODUCT, Write

TEXT = "correct horse"
PLAIN = PRODUCT[: PRODUCT.index("[claims")] + PRODUCT[PRODUCT.index("[ixit") :]


def _secret(product: Product) -> Secret:
    (secret,) = product.secrets()
    return secret


def test_from_the_environment(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IIC_TEST_PASSWORD", TEXT)
    product = load_product(write("product.toml", PLAIN + 'password = { env = "IIC_TEST_PASSWORD" }'))
    assert product.ixit["knock"]["password"].reveal() == TEXT


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_from_a_file_beside_the_product_file(write: Write, end: str) -> None:
    write("password.txt", TEXT + end)
    product = load_product(write("product.toml", PLAIN + '[ixit.knock.deeper]\ntoken = { file = "password.txt" }'))
    assert _secret(product).reveal() == TEXT


def test_several_in_a_list(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A", "a")
    monkeypatch.setenv("B", "b")
    product = load_product(write("product.toml", PLAIN + 'password = [{ env = "A" }, { env = "B" }]'))
    assert [secret.reveal() for secret in product.secrets()] == ["a", "b"]
    assert product.to_json()["ixit"]["knock"]["password"] == ["***", "***"]


@pytest.mark.parametrize(
    ("reference", "says", "cure"),
    [
        (
            '{ env = "IIC_NOT_SET" }',
            "the environment variable IIC_NOT_SET, which keeps 'password', is not set",
            "export IIC_NOT_SET=...",
        ),
        ('{ env = "IIC_EMPTY" }', "is empty", "export IIC_EMPTY=..."),
        ('{ file = "none.txt" }', "none.txt: the file cannot be read: No such file or directory", "Correct the path"),
        ('{ file = "." }', "Is a directory", "Correct the path"),
        ('{ file = "empty.txt" }', "empty.txt is empty", "on one line"),
        ('{ file = "huge.txt" }', "larger than 65536 octets", "right file"),
        ('{ file = "latin.txt" }', "is not UTF-8", "Save it"),
        ('{ file = "~nobody-of-this-name/x" }', "whose home", "whole path"),
        ('{ file = "a\\u0000b" }', "cannot be read", "Correct the path"),
    ],
)
def test_what_cannot_be_fetched(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: str, says: str, cure: str
) -> None:
    monkeypatch.delenv("IIC_NOT_SET", raising=False)
    monkeypatch.setenv("IIC_EMPTY", "")
    write("empty.txt", "\n")
    write("huge.txt", "x" * 70000)
    (tmp_path / "latin.txt").write_bytes(b"\xfc")
    path = write("product.toml", f"{PLAIN}password = {reference}")
    with pytest.raises(InputError) as caught:
        load_product(path)
    assert caught.value.where == "8: [ixit.knock]"
    assert says in caught.value.what
    assert cure in caught.value.cure
    assert lint(path) == []
    assert "***" in str(load_product(path, reveal=False))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (f'password = "{TEXT}"', "'password' holds a secret as text"),
        (f'broker_password = "{TEXT}"', "holds a secret as text"),
        (f'client-secret = "{TEXT}"', "holds a secret as text"),
        (f'key = "{TEXT}"', "holds a secret as text"),
        (f'api_key = "{TEXT}"', "holds a secret as text"),
        (f'Token = "{TEXT}"', "holds a secret as text"),
        ("password = 123456", "holds a secret as text"),
        (f'token = ["{TEXT}"]', "holds a secret as text"),
        (f'users = [{{ name = "a", password = "{TEXT}" }}]', "holds a secret as text"),
        (f'password = {{ value = "{TEXT}" }}', "is not a reference to a secret"),
        (f'password = {{ evn = "{TEXT}" }}', "is not a reference to a secret"),
        (f'password = {{ env = "A", file = "{TEXT}" }}', "is not a reference to a secret"),
        (f'password = {{ env = "{TEXT}" }}', "is not the name of an environment variable"),
        ('password = { file = "" }', "is empty"),
        ("password = {}", "is not a reference to a secret"),
        (f'address = "knock://me:{TEXT.replace(" ", "")}@127.0.0.1"', "holds a password"),
        ('pem = "-----BEGIN PRIVATE KEY-----"', "holds a private key"),
        (f'password = "{TEXT}" "', "not TOML"),
        ("password = 2020-01-01", "is a date or time"),
        (f'[extra]\npassword = "{TEXT}"', "holds a secret as text"),
        ('[extra]\nuser.password = { env = "A" }', "[extra] is shown in reports"),
    ],
)
def test_secrets_in_the_file_are_refused_and_not_repeated(write: Write, cache: Path, line: str, says: str) -> None:
    path = write("product.toml", f"{PLAIN}{line}")
    with pytest.raises(InputError) as caught:
        load_product(path)
    assert caught.value.where.startswith(("8", "9"))
    assert says in caught.value.what
    assert caught.value.cure
    assert TEXT not in str(caught.value)
    assert "horse" not in str(caught.value)
    assert not cache.exists()


@pytest.mark.parametrize(
    "line",
    [
        'tls_key = "client.key"',
        "password = true",
        'monkey = "Jim"',
        'url2 = "knock://me@127.0.0.1"',
        "tokens_allowed = 3",
    ],
)
def test_what_only_looks_like_a_secret(write: Write, line: str) -> None:
    assert list(load_product(write("product.toml", PLAIN + line)).secrets()) == []


def test_the_cure_can_be_copied(write: Write) -> None:
    path = write("product.toml", f'{PLAIN}password = "{TEXT}"')
    with pytest.raises(InputError, match=r'password = \{ env = "IIC_PASSWORD" \} or password = \{ file = "path" \}'):
        load_product(path)


def test_never_shown() -> None:
    secret = Secret(TEXT)
    product = Product("Example Works", "D-1", ixit={"knock": {"password": secret, "deep": [{"token": secret}]}})
    shown = [repr(secret), str(secret), f"{secret:>40}", f"{secret!r}", repr(product), "%s" % secret]  # noqa: UP031
    shown += [json.dumps(product.to_json()), json.dumps(dataclasses.asdict(product), default=str)]
    assert not any(TEXT in text for text in shown)
    assert repr(secret) == "***"
    assert product.to_json()["ixit"] == {"knock": {"password": "***", "deep": [{"token": "***"}]}}
    assert copy.deepcopy(secret) is secret
    assert copy.copy(secret).reveal() == TEXT
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)


def test_fetched_once_and_late() -> None:
    calls: list[int] = []

    def read() -> str:
        calls.append(1)
        return TEXT

    secret = Secret(read=read)
    assert repr(secret) == "***"
    assert not calls
    assert (secret.reveal(), secret.reveal()) == (TEXT, TEXT)
    assert len(calls) == 1
