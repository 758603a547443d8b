"""Secrets are taken out in every form that writers use, and what is written stays readable whatever they are."""

import base64
import json
import urllib.parse
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.engine.bundle import Bundle
from conformance.engine.case import Case, CaseResult
from conformance.engine.keep import BundleKeeper
from conformance.engine.record import ChannelInfo, Entry, Record
from conformance.engine.redact import redact_json, redact_text, redactor
from conformance.engine.replay import rejudge
from conformance.engine.verdict import Verdict

from .small import Remembering, case, decode, one

SECRETS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="*"), min_size=3, max_size=24)
"""An asterisk is what stands in the place of a secret: one that holds some cannot be looked for afterwards."""
AROUND = st.binary(max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
SHORT = ["1234", "000", "kind", "pass", "small", "test", "true", '": "', "hex", "abc", "\\u0", "{}]", "one"]


def url_forms(secret: str) -> list[str]:
    octets = secret.encode()
    upper = [
        urllib.parse.quote(secret),
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote_plus(secret),
        "".join(f"%{octet:02X}" for octet in octets),
    ]
    lower = ["".join(part[:3].lower() + part[3:] if part[:1] == "%" else part for part in split(one)) for one in upper]
    return upper + lower


def split(text: str) -> list[str]:
    """The text cut before each percent sign."""
    first, *others = text.split("%")
    return [first, *(f"%{other}" for other in others)]


@given(SECRETS, AROUND, AROUND)
@example("a/b+c d", b"", b"")
@example("\u00fc'\"\\", b"x", b"y")
def test_raw_hex_and_url_forms_are_gone(secret: str, before: bytes, after: bytes) -> None:
    octets = secret.encode()
    redact = redactor([secret])
    for form in (octets, octets.hex().encode(), octets.hex().upper().encode(), *map(str.encode, url_forms(secret))):
        clean = redact(before + form + after)
        assert form not in clean
        assert len(clean) == len(before + form + after)


@given(SECRETS, AROUND, AROUND, st.sampled_from([base64.b64encode, base64.urlsafe_b64encode]))
@example("abc", b"x", b"", base64.b64encode)
@example("abc", b"xy", b"z", base64.b64encode)
@example("\xff\xfe\xfb?", b"", b"", base64.urlsafe_b64encode)
def test_of_base64_no_digit_is_left_that_the_secret_alone_makes(
    secret: str, before: bytes, after: bytes, encode: Any
) -> None:
    """Wherever it stands: a digit holds six bits, and the first and the last may belong to its neighbours too."""
    octets = secret.encode()
    text = encode(before + octets + after)
    clean = redactor([secret])(text)
    first, last = -(-len(before) * 8 // 6), (len(before) + len(octets)) * 8 // 6
    assert clean[first:last] == b"*" * (last - first)
    assert len(clean) == len(text)


@given(SECRETS, st.text(max_size=20))
def test_what_python_and_json_show_of_it_is_gone(secret: str, around: str) -> None:
    redact = redactor([secret])
    for shown in (repr(secret), ascii(secret), repr(secret.encode()), json.dumps(secret), json.dumps(repr(secret))):
        form = shown.strip("\"'")
        assert form not in redact_text(redact, around + shown + around) or not form


@given(st.lists(st.text(max_size=8) | st.text(st.characters(categories=["Cs"]), max_size=4)), st.binary(), st.text())
def test_nothing_raises_and_lengths_stay(secrets: list[str], data: bytes, text: str) -> None:
    redact = redactor(secrets)
    assert len(redact(data)) == len(data)
    redact_text(redact, text + "".join(secrets) + "\ud800")


@given(st.binary(max_size=60), st.lists(st.text(max_size=2)))
def test_without_secrets_of_any_length_nothing_changes(data: bytes, secrets: list[str]) -> None:
    assert redactor(secrets)(data) == redactor([])(data) == data


@given(st.lists(SECRETS, min_size=2, max_size=4), AROUND)
def test_several_secrets_are_all_gone(secrets: list[str], around: bytes) -> None:
    clean = redactor(secrets)(b"".join(secret.encode() + around for secret in secrets))
    assert not any(secret.encode() in clean for secret in secrets)


@given(SECRETS, JSON)
def test_a_document_keeps_its_form(secret: str, value: Any) -> None:
    """Whatever the secret: names and numbers are left, and a text becomes a text."""
    clean = redact_json(redactor([secret]), value)
    assert shape(json.loads(json.dumps(clean))) == shape(json.loads(json.dumps(value)))
    assert not any(secret in text for text in texts(clean))


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return "" if isinstance(value, str) else value


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


@given(SECRETS, AROUND, AROUND)
def test_octets_in_a_transcript_are_searched_as_octets(secret: str, before: bytes, after: bytes) -> None:
    """HTTP carries passwords in base64, and a transcript holds that in hex."""
    octets = before + base64.b64encode(b"user:" + secret.encode()) + after
    clean = redact_json(redactor([secret]), {"hex": octets.hex()})
    assert bytes.fromhex(clean["hex"]) == redactor([secret])(octets)


def spoken(secret: str) -> Record:
    made = Record("small/one", channels=[ChannelInfo(0, "connection 1", "tcp://127.0.0.1:1234", "127.0.0.1:1", "pass")])
    for n, data in enumerate([secret.encode(), b"\x12\x34" * 40, base64.b64encode(b"u:" + secret.encode())]):
        made.add(Entry(0.1234 * n, 0, "out", data))
        made.add(Entry(0.1234 * n, 0, "sent", data, f"said {secret!r}"))
    return made


@pytest.mark.parametrize("secret", SHORT)
def test_a_bundle_is_whole_though_the_secret_is_a_short_one(tmp_path: Path, secret: str) -> None:
    """A short secret stands in digests, in seeds, in octets, or is a word of ours; nothing of that is touched."""

    async def anything() -> None: ...

    plan = {"version": 1, "seed": 12340001234, "cases": [{"id": "small/one", "suite": "small", "seed": 123456789}]}
    documents = {"plan.json": plan, "profile.json": {"id": "small"}, "product.json": {"name": "thing"}}
    keeper = BundleKeeper(tmp_path, redactor([secret]))
    keeper.begin(documents)
    results = [CaseResult(case="small/one", attempt=n, summary=f"it said {secret}") for n in range(60)]
    for n, result in enumerate(results):
        keeper.started(case(anything, name="one"), n)
        keeper.ended(result, spoken(f"{secret} {n}"))
    keeper.end([])
    read = Bundle(tmp_path)
    assert read.complete
    assert (read.plan, read.profile) == (plan, documents["profile.json"])
    (attempts,) = read.ends().values()
    for result, end in zip(results, attempts, strict=True):
        assert (end["case"], end["verdict"], end["attempt"]) == ("small/one", "pass", result.attempt)
        assert secret not in end["summary"]
        document = json.loads(read.evidence(end["transcript"]))
        assert read.evidence(end["capture"])
        assert document["channels"][0]["remote"] == "pass"
        assert {event["kind"] for event in document["events"]} == {"out", "sent"}
        octets = [bytes.fromhex(event["hex"]) for event in document["events"]]
        assert octets[2] == b"\x12\x34" * 40
        assert not any(secret.encode() in one for one in octets)
        assert not any(secret in event.get("text", "") for event in document["events"])


@pytest.mark.parametrize("secret", [secret for secret in SHORT if not set(secret) & set("xz")])
def test_a_case_that_sends_a_secret_is_judged_again_alike(tmp_path: Path, secret: str) -> None:
    """Of those secrets by which the small product does not break down."""

    async def asks(case: Case) -> None:
        channel = await case.channel(case.address(), decode)
        await channel.send(secret.encode())
        for _ in secret:
            await channel.expect(str)

    spec, keeper = case(asks, name="one"), Remembering()
    assert one(spec, None, keeper).verdict is Verdict.PASS
    redact = redactor([secret])
    kept = BundleKeeper(tmp_path, redact)
    kept.begin({"plan.json": {}, "profile.json": {}, "product.json": {}})
    result = CaseResult(case=spec.id)
    kept.ended(result, keeper.records[spec.id])
    kept.stop()
    stored = (tmp_path / "evidence" / str(result.transcript)).read_bytes()
    again = rejudge(
        spec, stored, seed=0, lag_s=0, claims={}, ixit={"small": {"url": "small://127.0.0.1:7007"}}, redact=redact
    )
    assert (again.verdict, again.summary) == (Verdict.PASS, "")
