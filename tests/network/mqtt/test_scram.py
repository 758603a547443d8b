"""SCRAM against the examples of RFC 5802 and RFC 7677, and against answers that are wrong."""

import base64
import random

import pytest

from conformance.network.mqtt.scram import ITERATIONS, ScramClient, ScramError, ScramServer, new_nonce, prepared

EXAMPLES = {
    "SCRAM-SHA-1": (
        "fyko+d2lbbFgONRv9qkxdawL",
        b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
        b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
    ),
    "SCRAM-SHA-256": (
        "rOprNGfwEbeRWgbNEkqO",
        b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
        b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    ),
}
EACH = pytest.mark.parametrize("method", EXAMPLES)


@EACH
def test_the_client_says_what_the_rfc_shows(method: str) -> None:
    nonce, first, challenge, final, last = EXAMPLES[method]
    client = ScramClient(method, "user", "pencil", nonce)
    assert client.first() == first
    assert client.answer(challenge) == final
    client.check(last)


@EACH
def test_the_server_says_what_the_rfc_shows(method: str) -> None:
    _, first, challenge, final, last = EXAMPLES[method]
    fields = dict(part.split(b"=", 1) for part in challenge.split(b","))
    theirs = fields[b"r"][len(first.split(b"r=")[1]) :].decode()
    salt = base64.b64decode(fields[b"s"])
    server = ScramServer(method, {"user": "pencil"}.get, theirs, salt)
    assert server.challenge(first) == challenge
    assert server.finish(final) == last


@pytest.mark.parametrize("name", ["iic", "a=b,c", "Jürgen"])
def test_both_ends_understand_each_other(name: str) -> None:
    rng = random.Random(1)
    client = ScramClient("SCRAM-SHA-512", name, "pass,=wörd", new_nonce(rng))
    server = ScramServer("SCRAM-SHA-512", {name: "pass,=wörd"}.get, new_nonce(rng), rng.randbytes(16))
    client.check(server.finish(client.answer(server.challenge(client.first()))))


@pytest.mark.parametrize(("name", "word"), [("user", "wrong"), ("nobody", "pencil")])
def test_a_wrong_proof_is_refused(name: str, word: str) -> None:
    client = ScramClient("SCRAM-SHA-256", name, word, "abc")
    server = ScramServer("SCRAM-SHA-256", {"user": "pencil"}.get, "def", b"salt")
    with pytest.raises(ScramError, match="proof"):
        server.finish(client.answer(server.challenge(client.first())))


@pytest.mark.parametrize(
    "challenge",
    [
        b"r=xyz,s=QSXCR+Q6sek8bf92,i=4096",
        b"r=abc,s=QSXCR+Q6sek8bf92,i=4096",
        b"r=abcdef,s=QSXCR+Q6sek8bf92,i=2000000000",
        b"r=abcdef,s=QSXCR+Q6sek8bf92,i=0",
        b"r=abcdef,s=QSXCR+Q6sek8bf92,i=-1",
        "r=abcdef,s=QSXCR+Q6sek8bf92,i=٤٠٩٦".encode(),
        b"r=abcdef,s=QSX,i=4096",
        b"r=abcdef,s=\xff,i=4096",
        b"",
    ],
)
def test_a_hostile_challenge_is_refused(challenge: bytes) -> None:
    with pytest.raises(ScramError):
        ScramClient("SCRAM-SHA-256", "user", "pencil", "abc").answer(challenge)


@pytest.mark.parametrize("last", [b"v=AAAA", b"e=invalid-proof", b"", b"v=\xff"])
def test_a_server_that_does_not_know_the_password_is_found_out(last: bytes) -> None:
    client = ScramClient("SCRAM-SHA-256", "user", "pencil", "abc")
    client.answer(f"r=abcdef,s=QSXCR+Q6sek8bf92,i={ITERATIONS}".encode())
    with pytest.raises(ScramError):
        client.check(last)


@pytest.mark.parametrize("first", [b"", b"p=tls-unique,,n=user,r=abc", b"n,,n=user", b"n,,r=abc", b"n,,\xff"])
def test_a_wrong_beginning_is_refused(first: bytes) -> None:
    with pytest.raises(ScramError):
        ScramServer("SCRAM-SHA-256", {"user": "pencil"}.get, "def", b"salt").challenge(first)


def test_passwords_are_prepared() -> None:
    assert prepared("I\u00adX \u00aa\u00a0\u2168") == "IX a IX"
