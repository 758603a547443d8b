"""The printed report as data: its cover, then its sections in order."""

from collections.abc import Iterator
from typing import Any

from conformance.engine.verdict import Verdict

from ..html import name
from ..html import words as common
from ..model import Said
from ..rollup import CONFORMS, DOES_NOT_CONFORM, RequirementResult
from . import words
from .findings import Findings
from .matrix import by_reason, left_out_cases, levels, matrix, review, totals
from .records import amendments, claims, events, method, opinions, records, validation
from .telling import Block, Telling, bullets, facts, heading, paragraph, title

NOT_MET_SHOWN = 60


def document(telling: Telling) -> dict[str, Any]:
    """Everything that the template sets."""
    laboratory = telling.laboratory
    said = {key: telling.say(getattr(words, key.upper())) for key in ("report", "contents", "authorised")}
    said["signature"] = telling.say(words.ELECTRONIC if telling.electronic else words.SIGNATURE)
    return {
        "language": "zh" if telling.chinese else "en",
        "id": telling.line(laboratory.report_id),
        "title": telling.say(laboratory.title or words.TITLE),
        "plain_title": f"{laboratory.report_id} {_plain(telling, laboratory.title or words.TITLE)}"[:300],
        "author": _plain(telling, laboratory.laboratory.name)[:300],
        "run": telling.say(words.fill(words.RUN, id=telling.result.run.id)),
        "issued": [laboratory.issued.year, laboratory.issued.month, laboratory.issued.day],
        "page": _plain(telling, words.PAGE),
        "end": telling.say(words.fill(words.END, id=laboratory.report_id)),
        "words": said,
        "cover": _cover(telling),
        "sections": list(_sections(telling)),
    }


def _plain(telling: Telling, said: Said) -> str:
    text = telling.say(said)
    return text if isinstance(text, str) else "".join(text)


def _cover(telling: Telling) -> Block:
    laboratory, result = telling.laboratory, telling.result
    last = laboratory.amendments[-1] if laboratory.amendments else None
    replaces = words.fill(words.REPLACES, id=last.replaces, day=last.issued) if last else None
    return {
        "laboratory": telling.say(laboratory.laboratory.name),
        "address": [telling.say(laboratory.laboratory.address), telling.say(laboratory.laboratory.contact)],
        "accreditation": [telling.say(said) for said in accreditation(telling)],
        "replaces": telling.say(replaces) if replaces else None,
        "product": telling.line(name(result.run) or "—", 80),
        "vendor": telling.line(result.run.product.get("vendor") or "", 80),
        "verdict": {
            "v": result.verdict.replace(" ", "-"),
            "word": telling.say(common.PRODUCT[result.verdict]),
            "meaning": telling.say(common.MEANINGS[result.verdict]),
            "reasons": [telling.say(said) for said in result.reasons],
        },
        "facts": facts(_key_facts(telling)),
        "statements": [telling.say(said) for said in (*laboratory.statements, words.LANGUAGE)],
        "authorisers": [
            {"name": telling.say(p.name), "function": telling.say(p.function)} for p in laboratory.authorisers
        ],
    }


def accreditation(telling: Telling) -> Iterator[Said]:
    """By whom the laboratory is accredited, and for what not."""
    given = telling.laboratory.accreditation
    yield words.fill(words.ACCREDITED, body=given.body, id=given.id) if given.accredited else words.NOT_ACCREDITED
    if given.outside:
        yield Said(f"{words.OUTSIDE.en}: {given.outside.en}", f"{words.OUTSIDE.zh}：{given.outside.zh}")


def _key_facts(telling: Telling) -> Iterator[tuple[Any, list[Any]]]:
    laboratory, run = telling.laboratory, telling.result.run
    say = telling.say
    yield say(common.PROFILE), [profile(telling)]
    yield say(common.CATALOGUES), [say(telling.standard(str(head.get("key")))) for head in run.catalogues]
    yield say(words.CUSTOMER), [say(laboratory.customer.name)]
    yield say(words.ITEM), [say(laboratory.item.description), say(laboratory.item.identification)]
    yield say(words.RECEIVED), [str(laboratory.item.received)]
    yield say(words.TESTED), [tested(telling)]
    yield say(words.ISSUED), [str(laboratory.issued)]


def profile(telling: Telling) -> Any:
    """The profile in a line."""
    return telling.say(_profile(telling))


def _profile(telling: Telling) -> Said:
    run = telling.result.run
    title_, version = telling.either(run.profile, "title"), str(run.profile.get("version") or "")
    plain = str(run.plan.get("profile") or "")
    return Said(f"{title_.en or plain} {version}".strip(), f"{title_.zh or plain} {version}".strip())


def tested(telling: Telling) -> Any:
    """The days of testing."""
    test = telling.laboratory.test
    if test.began == test.ended:
        return str(test.began)
    return telling.say(words.fill(words.UNTIL, began=test.began, ended=test.ended))


def _sections(telling: Telling) -> Iterator[Block]:
    say, counts = telling.say, telling.result.counts["requirements"]
    found = Findings(telling)
    yield title(say(words.RESULT), _result(telling))
    yield title(say(words.TEST), _test(telling))
    yield title(say(words.METHOD), method(telling))
    if opinions_ := opinions(telling):
        yield title(say(words.OPINIONS), opinions_)
    failed = found.blocks(Verdict.FAIL) or [paragraph(say(common.NO_FINDINGS))]
    yield title(say(words.FINDINGS), failed)
    if counts[str(Verdict.WARNING)]:
        yield title(say(common.WARNINGS), [lead(telling, common.WARNINGS_ARE), *found.blocks(Verdict.WARNING)])
    if counts[str(Verdict.ERROR)] + counts[str(Verdict.INCONCLUSIVE)]:
        blocks = found.blocks(Verdict.ERROR, Verdict.INCONCLUSIVE)
        yield title(say(common.OPEN), [lead(telling, common.OPEN_ARE), *blocks])
    if counts[str(Verdict.NEEDS_REVIEW)]:
        yield title(say(common.REVIEW), [review(telling)])
    left_out = left_out_cases(telling)
    if counts[str(Verdict.NOT_TESTED)] or left_out:
        blocks = [lead(telling, common.NOT_TESTED_ARE), by_reason(telling, Verdict.NOT_TESTED), *left_out]
        yield title(say(common.NOT_TESTED), blocks)
    if counts[str(Verdict.NOT_APPLICABLE)]:
        blocks = [lead(telling, common.NOT_APPLICABLE_ARE), by_reason(telling, Verdict.NOT_APPLICABLE)]
        yield title(say(common.NOT_APPLICABLE), blocks)
    yield title(say(common.MATRIX), [matrix(telling)])
    yield title(say(words.VALIDATION), validation(telling))
    yield title(say(words.CLAIMS), claims(telling))
    if happened := events(telling):
        yield title(say(words.DETAILS), happened)
    yield title(say(words.RECORDS), records(telling))
    if changed := amendments(telling):
        yield title(say(words.AMENDMENTS), changed)


def lead(telling: Telling, said: Said) -> Block:
    return paragraph(telling.say(said), "lead")


def _result(telling: Telling) -> Iterator[Block]:
    say, rule = telling.say, telling.laboratory.decision_rule
    yield heading(say(words.STATEMENT))
    yield paragraph(say(_statement(telling)), "strong")
    failed = [row for row in telling.result.requirements if row.verdict is Verdict.FAIL]
    if failed:
        yield paragraph(say(words.NOT_MET), "lead")
        yield facts(_not_met(telling, failed[:NOT_MET_SHOWN]))
        if len(failed) > NOT_MET_SHOWN:
            yield paragraph(say(words.fill(words.AND_MORE, n=len(failed) - NOT_MET_SHOWN)), "lead")
    yield facts([(say(words.DECISION_RULE), [say(rule.text), telling.line(rule.document)])])
    yield heading(say(common.TOTALS))
    yield totals(telling)
    yield levels(telling)
    yield heading(say(common.METHOD))
    yield bullets(say(said) for said in common.METHOD_TEXT)


def _not_met(telling: Telling, rows: list[RequirementResult]) -> Iterator[tuple[Any, list[Any]]]:
    """Ids by standard, each with its clause: the same id may stand in two editions."""
    for key in dict.fromkeys(row.key for row in rows):
        said = [Said(f"{r.id} (clause {r.clause})", f"{r.id}（第 {r.clause} 条）") for r in rows if r.key == key]
        en, zh = ", ".join(one.en for one in said), "、".join(one.zh for one in said)
        yield telling.say(telling.standard(key)), [telling.say(Said(en, zh))]


def _statement(telling: Telling) -> Said:
    verdict = telling.result.verdict
    kinds = {CONFORMS: words.CONFORMS, DOES_NOT_CONFORM: words.DOES_NOT_CONFORM}
    product = str(telling.result.run.plan.get("product") or name(telling.result.run))
    return words.fill(kinds.get(verdict, words.NO_STATEMENT), product=product[:300], profile=_profile(telling))


def _test(telling: Telling) -> Iterator[Block]:
    """All that ISO/IEC 17025 asks besides results."""
    laboratory = telling.laboratory
    say, test, item = telling.say, laboratory.test, laboratory.item
    yield facts(_parties(telling))
    yield heading(say(words.ITEM))
    yield facts(
        [
            (say(words.DESCRIPTION), [say(item.description)]),
            (say(words.IDENTIFICATION), [say(item.identification)]),
            (say(words.CONDITION), [say(item.condition)]),
            (say(words.RECEIVED), [str(item.received)]),
            (say(words.PHOTOGRAPH), [telling.line(item.photograph)]),
            (say(words.SAMPLING), _sampling(telling)),
        ]
    )
    yield heading(say(words.TESTING))
    yield facts(
        [
            (say(words.PLACES), [say(_place(place)) for place in laboratory.places]),
            (say(words.TESTED), [tested(telling)]),
            (say(words.ENVIRONMENT), [say(test.environment)]),
            (say(words.DEVIATIONS), [say(test.deviations)]),
            (say(words.PROVIDERS), [say(_provider(p)) for p in test.external_providers] or [say(words.NONE)]),
            (say(words.UNCERTAINTY), [say(test.uncertainty)]),
        ]
    )
    yield paragraph(say(words.FROM_CUSTOMER), "lead")


def _parties(telling: Telling) -> Iterator[tuple[Any, list[Any]]]:
    say, laboratory = telling.say, telling.laboratory
    for term, party in ((words.LABORATORY, laboratory.laboratory), (words.CUSTOMER, laboratory.customer)):
        yield say(term), [say(party.name), say(party.address), say(party.contact)]
    yield say(words.ACCREDITATION), [say(said) for said in accreditation(telling)]


def _sampling(telling: Telling) -> list[Any]:
    sampling = telling.laboratory.sampling
    return [telling.say(words.SAMPLED_BY[sampling.by]), telling.say(sampling.method), str(sampling.date or "")]


def _place(place: Any) -> Said:
    en = ", ".join(filter(None, (place.name.en, place.address.en))) + (f": {place.done.en}" if place.done else "")
    zh = "，".join(filter(None, (place.name.zh, place.address.zh))) + (f"：{place.done.zh}" if place.done else "")
    return Said(en, zh)


def _provider(party: Any) -> Said:
    return Said(
        f"{party.name.en}, {party.address.en}: {party.results.en}",
        f"{party.name.zh}，{party.address.zh}：{party.results.zh}",
    )
