"""How it was tested and with what: method, validation of the suites, claims, digests, amendments."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from ..html import words as common
from ..model import Said
from ..validation import UsedSuite, used_suites
from . import words
from .letters import Printable
from .telling import Block, Telling, facts, heading, paragraph, table

EVENTS_SHOWN = 300
CLAIMS_SHOWN = 400
Fact = tuple[Printable, list[Printable]]


def method(telling: Telling) -> Iterator[Block]:
    """The standards, in which editions, and from which text they are known."""
    run, say, line = telling.result.run, telling.say, telling.line
    title = telling.either(run.profile, "title")
    yield paragraph(say(words.fill(words.METHOD_IS, profile=title or str(run.plan.get("profile") or ""))))
    for head in run.catalogues:
        source = str(head.get("source") or "")
        yield heading(say(telling.standard(str(head.get("key")))))
        yield facts(
            [
                (say(words.ISSUER), [line(head.get("issuer") or "")]),
                (say(words.EDITION), [line(head.get("edition") or "")]),
                (say(words.SOURCE), [say(common.SOURCES.get(source, Said(source, source)))]),
                (say(words.DIGEST), [line(head.get("sha256") or "")]),
            ]
        )


def opinions(telling: Telling) -> list[Block]:
    """What the laboratory thinks, apart from what it found."""
    say = telling.say
    blocks = [
        facts(
            [
                (say(words.OPINIONS), [say(opinion.text)]),
                (say(words.BASIS), [say(opinion.basis)]),
                (say(words.BY), [telling.line(opinion.by)]),
            ]
        )
        for opinion in telling.laboratory.opinions
    ]
    return [paragraph(say(words.OPINIONS_ARE), "lead"), *blocks] if blocks else []


def validation(telling: Telling) -> Iterator[Block]:
    """What is known of the suites that ran, and what is not."""
    say, proof = telling.say, telling.proof
    yield paragraph(say(words.VALIDATION_IS), "lead")
    used = used_suites(telling.result.run, proof)
    if proof is None:
        yield paragraph(say(words.NO_PROOF), "alert")
        return
    if proof.created:
        made = words.fill(words.PROOF_OF, day=proof.created[:10], harness=proof.harness or "iic-conform")
        yield paragraph(say(made), "strong")
    else:
        yield paragraph(say(words.PROOF_UNDATED), "alert")
    for said in _doubts(telling, used):
        yield paragraph(say(said), "alert")
    heads = (words.SUITE, common.CASES, words.FAULTS, words.CAUGHT, words.CLEAN, words.COLLATERAL, words.WITHOUT_FAULT,
             common.VERDICT)  # fmt: skip
    yield table(
        [say(said) for said in heads], [_suite(telling, suite) for suite in used], ["wide", *["number"] * 6, "auto"]
    )


def _doubts(telling: Telling, used: list[UsedSuite]) -> Iterator[Said]:
    """What keeps a proof from speaking for the suites of this run."""
    if telling.proof and telling.proof.partial:
        yield words.PARTIAL
    for said, suites in (
        (words.WITHOUT, [s.name for s in used if s.proof is None]),
        (words.OTHER_OCTETS, [s.name for s in used if s.proof and not s.same]),
        (words.UNPROVEN, [s.name for s in used if s.proof and not s.proof.holds]),
    ):
        if suites:
            yield words.fill(said, suites=", ".join(suites)[:400])


def _suite(telling: Telling, suite: UsedSuite) -> list[Printable]:
    proof = suite.proof
    if proof is None:
        return [telling.line(suite.name), *["–"] * 6, telling.say(words.MISSING)]
    numbers = (proof.cases, proof.faults, proof.caught, proof.clean_failures, proof.collateral, proof.unproven_cases)
    held = words.HOLDS if proof.holds else words.HOLDS_NOT
    return [telling.line(suite.name), *(f"{n:,}" for n in numbers), telling.say(held)]


def claims(telling: Telling) -> Iterator[Block]:
    """What the customer says of the product, and how it was reached."""
    product = telling.result.run.product
    identity = ((common.VENDOR, "vendor"), (common.NAME, "name"), (common.VERSION, "version"))
    yield facts((telling.say(said), [telling.line(product.get(key) or "", 300)]) for said, key in identity)
    extra = product.get("extra")
    yield facts(_pairs(telling, extra)) if isinstance(extra, dict) else {}
    for said, key in ((common.CLAIMS, "claims"), (common.IXIT, "ixit")):
        tables = product.get(key)
        if isinstance(tables, dict) and tables:
            yield heading(telling.say(said))
            yield facts((telling.line(name), _listed(telling, values)) for name, values in tables.items())


def _pairs(telling: Telling, values: dict[str, Any]) -> list[Fact]:
    return [
        (telling.line(name), [telling.line(_plain(value), 600)]) for name, value in list(values.items())[:CLAIMS_SHOWN]
    ]


def _listed(telling: Telling, values: Any) -> list[Printable]:
    if not isinstance(values, dict):
        return [telling.line(_plain(values), 600)]
    return [telling.line(f"{name} = {_plain(value)}", 600) for name, value in list(values.items())[:CLAIMS_SHOWN]]


def events(telling: Telling) -> list[Block]:
    """What happened to the run as a whole."""
    happened = telling.result.run.events
    rows = [[f"{event.t:.3f} s", telling.say(event.said)] for event in happened[:EVENTS_SHOWN]]
    blocks = [table([telling.say(common.TIME), telling.say(common.WHAT)], rows, ["number", "wide"])] if rows else []
    if len(happened) > EVENTS_SHOWN:
        blocks.append(paragraph(telling.say(words.fill(words.TRUNCATED, n=len(happened) - EVENTS_SHOWN)), "lead"))
    return blocks


def records(telling: Telling) -> Iterator[Block]:
    """The digests of everything that the report rests on."""
    run, say, line = telling.result.run, telling.say, telling.line
    manifest = run.manifest
    harness, host = (_object(manifest.get(name)) for name in ("harness", "host"))
    yield paragraph(say(words.RECORDS_ARE), "lead")
    yield facts(
        [
            (say(common.RUN), [line(run.id)]),
            (say(common.STARTED), [line(run.created)]),
            (say(common.FINISHED), [line(run.finished)]),
            (say(common.SEED), [line(run.plan.get("seed", ""))]),
            (say(common.TESTBED), [line(_plain(run.plan.get("testbed")), 400)]),
            (say(common.OPTIONS), [line(_plain(run.plan.get("options")), 400)]),
            (say(common.HARNESS), [line(f"{harness.get('name', '')} {harness.get('version', '')}".strip())]),
            (say(common.HOST), [line(f"{host.get('platform', '')}, Python {host.get('python', '')}" if host else "")]),
            (say(common.PACKAGES), [line(_plain(host.get("packages")), 600)]),
            (say(common.PROFILE), [line(run.profile.get("sha256") or "")]),
            (
                say(common.SUITES),
                [line(f"{suite.name} {suite.version}: {suite.sha256}") for suite in used_suites(run, None)],
            ),
            (say(common.JOURNAL), [line(run.journal_last)]),
            (say(common.MANIFEST), [_manifest(telling)]),
            (say(words.LABORATORY_FILE), [telling.laboratory.sha256]),
        ]
    )


def _manifest(telling: Telling) -> Printable:
    try:
        data = (telling.bundle.directory / "manifest.json").read_bytes()
    except OSError:
        return telling.say(common.NO_MANIFEST)
    return hashlib.sha256(data).hexdigest()


def amendments(telling: Telling) -> list[Block]:
    """The reports that this one replaces, the oldest first."""
    say = telling.say
    blocks = [
        facts(
            [
                (say(words.REPLACED), [telling.line(f"{amendment.replaces}, {amendment.issued}")]),
                ("SHA-256", [amendment.sha256]),
                (say(words.CHANGED), [say(amendment.changed)]),
                (say(words.WHY), [say(amendment.reason)]),
            ]
        )
        for amendment in telling.laboratory.amendments
    ]
    return [paragraph(say(words.AMENDMENTS_ARE), "lead"), *blocks] if blocks else []


def _plain(value: Any) -> str:
    """A JSON value as a person would write it."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(item)}" for key, item in value.items() if item not in (None, "", [], {}))
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
