"""The result in EARL, the Evaluation and Report Language of W3C, as JSON-LD: who asserts what of the product.

An assertion for the profile as a whole, for each of its requirements, and for each case. EARL knows five outcomes; our
own verdict stands beside, since a warning is a requirement that failed and does not fail the product.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conformance.engine.bundle import Bundle, write_synced
from conformance.engine.verdict import Verdict

from .account import Accounts, telling
from .identity import compact, line, lines, moment, moment_of, urn
from .model import Case, Said
from .rollup import CONFORMS, DOES_NOT_CONFORM, RequirementResult, roll_up

Node = dict[str, Any]
OUTCOMES = {
    Verdict.PASS: "earl:passed",
    Verdict.FAIL: "earl:failed",
    Verdict.WARNING: "earl:failed",
    Verdict.ERROR: "earl:cantTell",
    Verdict.INCONCLUSIVE: "earl:cantTell",
    Verdict.NOT_APPLICABLE: "earl:inapplicable",
    Verdict.NOT_TESTED: "earl:untested",
    Verdict.NEEDS_REVIEW: "earl:untested",
}
OF_THE_PRODUCT = {CONFORMS: "earl:passed", DOES_NOT_CONFORM: "earl:failed"}
"""Of every other verdict on the product: earl:cantTell."""
CONTEXT = {
    "earl": "http://www.w3.org/ns/earl#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "iic": "urn:iic-conform:terms:",
    **{
        f"earl:{name}": {"@type": "@id"}
        for name in ("assertedBy", "subject", "test", "result", "mode", "outcome", "pointer")
    },
    "dct:date": {"@type": "xsd:dateTime"},
    "dct:isPartOf": {"@type": "@id"},
    "dct:hasPart": {"@type": "@id"},
}


def write(bundle: Bundle, directory: Path) -> Path:
    """Write `earl.jsonld`."""
    path = directory / "earl.jsonld"
    write_synced(path, compact(document(bundle)))
    return path


def document(bundle: Bundle) -> Node:
    """The report as a JSON-LD document."""
    return {"@context": CONTEXT, "@graph": list(_Writer(Accounts(roll_up(bundle), bundle)).nodes())}


class _Writer:
    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self.result = accounts.result
        run = self.run = accounts.result.run
        self.assertor, self.subject = urn("harness", run.id), urn("product", run.id)
        self.profile = urn("profile", str(run.plan.get("profile") or ""))
        self.finished = moment(run.finished or run.created)

    def nodes(self) -> Iterator[Node]:
        yield from self._parties()
        yield from self._profile()
        for row in self.result.requirements:
            yield from self._requirement(row)
        for case in self.result.cases:
            yield from self._case(case)

    def _parties(self) -> Iterator[Node]:
        run = self.run
        harness = run.manifest.get("harness")
        version = harness.get("version") if isinstance(harness, dict) else ""
        title = {"dct:title": "iic-conform", "dct:hasVersion": line(version)}
        yield {"@id": self.assertor, "@type": ["earl:Assertor", "earl:Software"], **title}
        product = {key: line(run.product.get(key) or "") for key in ("vendor", "name", "version")}
        yield {
            "@id": self.subject,
            "@type": "earl:TestSubject",
            "dct:title": line(run.plan.get("product") or product["name"]),
            "dct:creator": product["vendor"],
            "dct:hasVersion": product["version"],
        }

    def _profile(self) -> Iterator[Node]:
        """The profile as a criterion, and the verdict on the product."""
        run = self.run
        title = Said(str(run.profile.get("title") or ""), str(run.profile.get("title_zh") or ""))
        parts = [self._ref(row) for row in self.result.requirements]
        yield {
            "@id": self.profile,
            "@type": "earl:TestCriterion",
            "dct:title": _both(title),
            "dct:hasVersion": line(run.profile.get("version") or ""),
            "dct:hasPart": parts,
        }
        yield self._assertion(
            "product",
            self.profile,
            OF_THE_PRODUCT.get(self.result.verdict, "earl:cantTell"),
            self.result.verdict,
            Said("\n".join(r.en for r in self.result.reasons), "\n".join(r.zh for r in self.result.reasons)),
            self.finished,
        )

    def _requirement(self, row: RequirementResult) -> Iterator[Node]:
        test = self._ref(row)
        yield {
            "@id": test,
            "@type": "earl:TestRequirement",
            "dct:title": line(row.id),
            "dct:description": _both(Said(row.text, row.text_zh)),
            "dct:isPartOf": self.profile,
            "iic:standard": line(row.key),
            "iic:clause": line(row.clause),
            "iic:level": line(row.level),
        }
        reason = Said(row.reason, row.reason_zh)
        yield self._assertion(row.ref, test, OUTCOMES[row.verdict], str(row.verdict), reason, self.finished)

    def _case(self, case: Case) -> Iterator[Node]:
        test = urn("case", case.id)
        refs = [self._ref(row) for row in self.accounts.judged(case)]
        yield {"@id": test, "@type": "earl:TestCase", "dct:title": line(case.title or case.id), "dct:isPartOf": refs}
        attempt = case.decisive or telling(case)
        at = moment_of(attempt.began_s + attempt.seconds) if attempt else self.finished
        outcome, verdict = OUTCOMES.get(case.verdict, "earl:untested"), str(case.verdict)
        reason = self.accounts.summary(case)
        assertion = self._assertion(case.id, test, outcome, verdict, Said(reason, reason), at)
        evidence = [name for name in (attempt.transcript, attempt.capture) if name] if attempt else []
        if evidence:
            assertion["earl:result"]["earl:pointer"] = [urn("evidence", name) for name in evidence]
        yield assertion

    def _assertion(self, of: str, test: str, outcome: str, verdict: str, reason: Said, at: str) -> Node:
        result: Node = {"@type": "earl:TestResult", "earl:outcome": outcome, "iic:verdict": verdict, "dct:date": at}
        if reason:
            result["earl:info"] = _both(reason)
        return {
            "@id": urn("assertion", self.run.id, of),
            "@type": "earl:Assertion",
            "earl:assertedBy": self.assertor,
            "earl:subject": self.subject,
            "earl:test": test,
            "earl:mode": "earl:automatic",
            "earl:result": result,
        }

    def _ref(self, row: RequirementResult) -> str:
        return urn("requirement", row.ref)


def _both(said: Said) -> list[Node] | str:
    """A sentence with its languages; one that is the same in both without."""
    if not said.zh or said.zh == said.en:
        return lines(said.en)
    return [{"@value": lines(said.en), "@language": "en"}, {"@value": lines(said.zh), "@language": "zh-Hans"}]
