"""The certificate of a product that conforms: a W3C Verifiable Credential 2.0, signed as VC-JOSE-COSE has it.

The same bundle, laboratory file, key, status list and day give the same octets.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.engine.verdict import Verdict
from profiles.problems import InputError

from ..identity import uid
from ..laboratory import Laboratory
from ..model import Said
from ..rollup import CONFORMS, RequirementResult, Result
from . import jose
from .keys import PublicKey
from .status import CONTEXT, VOCABULARY, timestamp

KIND = "ConformityCertificate"
SCOPE = Said(
    "The item tested met every binding requirement of the profile that applies and can be observed from outside.",
    "被测样品满足该行规中所有适用且可从外部观察的强制要求。",
)
RELATES = Said(
    "This certificate relates only to the item tested, as it is identified here.", "本证书仅与此处标识的被测样品有关。"
)
AS_RECEIVED = Said(
    "The laboratory did not take the sample; this certificate rests on the item as it was received.",
    "样品非由实验室抽取，本证书以收到的样品为依据。",
)
CONDITIONS = (
    Said(
        "It holds for the product in the version named here, and for the firmware whose digest is given, where one is.",
        "本证书仅对此处所列版本的产品有效；如给出固件摘要，则仅对该固件有效。",
    ),
    Said(
        "It is valid only together with the status list of the issuer, which says whether it was revoked.",
        "本证书须结合签发机构的状态列表使用，以确认其未被撤销。",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a certificate is about: a bundle by the digests of its manifest and of the statement signed on it."""

    result: Result
    manifest_sha256: str
    statement_sha256: str
    firmware: str


@dataclass(frozen=True, kw_only=True)
class Validity:
    """From the beginning of one day to the beginning of another, in UTC."""

    since: datetime.datetime
    until: datetime.datetime

    @classmethod
    def days(cls, at: datetime.datetime, days: int) -> "Validity":
        midnight = at.astimezone(datetime.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(since=midnight, until=midnight + datetime.timedelta(days=days))


def identifier(subject: Subject, laboratory: Laboratory, key: PublicKey, validity: Validity) -> str:
    """The id of a certificate: it follows from what the certificate says."""
    parts = (
        subject.manifest_sha256,
        subject.firmware,
        laboratory.sha256,
        key.keyid,
        timestamp(validity.since),
        timestamp(validity.until),
    )
    return f"urn:uuid:{uid('certificate', *parts)}"


def document(
    subject: Subject, laboratory: Laboratory, key: PublicKey, validity: Validity, status: Mapping[str, Any]
) -> dict[str, Any]:
    """The credential before it is signed; `status` is its entry in a status list. Raises InputError."""
    result = subject.result
    if result.verdict != CONFORMS:
        raise InputError(
            what=f"only a product that conforms is certified, and the verdict is {result.verdict!r}",
            cure="`iic-conform sign` signs the test report, whatever the verdict",
        )
    return {
        "@context": [CONTEXT, VOCABULARY],
        "id": identifier(subject, laboratory, key, validity),
        "type": ["VerifiableCredential", KIND],
        "issuer": {"id": jose.did(key), "name": _said(laboratory.laboratory.name), **_laboratory(laboratory)},
        "validFrom": timestamp(validity.since),
        "validUntil": timestamp(validity.until),
        "credentialSubject": _product(subject, laboratory) | _scope(result, laboratory),
        "credentialStatus": dict(status),
        "evidence": [
            {
                "type": "ConformanceTestRecord",
                "run": result.run.id,
                "manifestSha256": subject.manifest_sha256,
                "statementSha256": subject.statement_sha256,
                "testReport": laboratory.report_id,
                "harnessVersion": str(_harness(result).get("version") or ""),
            }
        ],
    }


def status_entry(list_id: str, index: int) -> dict[str, Any]:
    """Where a status list says whether the certificate is revoked."""
    return {
        "id": f"{list_id}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": list_id,
    }


def _laboratory(laboratory: Laboratory) -> dict[str, Any]:
    accreditation = laboratory.accreditation
    said: dict[str, Any] = {"address": _said(laboratory.laboratory.address)}
    if accreditation.accredited:
        said["accreditation"] = {"body": _said(accreditation.body), "number": accreditation.id}
    return said


def _product(subject: Subject, laboratory: Laboratory) -> dict[str, Any]:
    product = subject.result.run.product
    said: dict[str, Any] = {name: str(product.get(name) or "") for name in ("vendor", "name", "version")}
    extra = product.get("extra")
    extra = extra if isinstance(extra, dict) else {}
    said |= {name: str(extra[name]) for name in ("hardware", "firmware", "serial_number") if extra.get(name)}
    said["itemIdentification"] = _said(laboratory.item.identification)
    return {"type": "Product", **said} | ({"firmwareSha256": subject.firmware} if subject.firmware else {})


def _scope(result: Result, laboratory: Laboratory) -> dict[str, Any]:
    profile = result.run.profile
    rule = laboratory.decision_rule
    warnings = [row.ref for row in result.requirements if row.verdict is Verdict.WARNING]
    return {
        "verdict": result.verdict,
        "profile": {
            "id": str(profile.get("id") or ""),
            "title": _said(_both(profile, "title")),
            "version": str(profile.get("version") or ""),
            "sha256": str(profile.get("sha256") or ""),
        },
        "standards": list(_standards(result)),
        "requirements": {verdict: n for verdict, n in result.counts["requirements"].items() if n},
        "warnings": warnings,
        "scope": _said(SCOPE),
        "conditions": [_said(said) for said in _conditions(laboratory)],
        "decisionRule": _said(rule.text),
        "tested": {"began": laboratory.test.began.isoformat(), "ended": laboratory.test.ended.isoformat()},
        "authorisedBy": [{"name": _said(p.name), "function": _said(p.function)} for p in laboratory.authorisers],
    }


def _conditions(laboratory: Laboratory) -> Iterator[Said]:
    """Under what the certificate holds. What the laboratory states of its report stands there."""
    yield RELATES
    if laboratory.sampling.by == "customer":
        yield AS_RECEIVED
    yield from CONDITIONS


def _standards(result: Result) -> Iterator[dict[str, Any]]:
    """Each catalogue of the profile with its edition, and what came of its requirements."""
    counts: dict[str, Counter[str]] = {}
    for row in result.requirements:
        counts.setdefault(row.key, Counter())[_word(row)] += 1
    for catalogue in result.run.catalogues:
        key = str(catalogue.get("key") or "")
        said = {name: str(catalogue.get(name) or "") for name in ("issuer", "edition", "source", "sha256")}
        title = _said(_both(catalogue, "title"))
        yield {
            "standard": key,
            "title": title,
            **said,
            "requirements": dict(sorted(counts.get(key, Counter()).items())),
        }


def _word(row: RequirementResult) -> str:
    return str(row.verdict)


def _harness(result: Result) -> Mapping[str, Any]:
    harness = result.run.manifest.get("harness")
    return harness if isinstance(harness, dict) else {}


def _both(table: Mapping[str, Any], name: str) -> Said:
    text = str(table.get(name) or "")
    return Said(text, str(table.get(f"{name}_zh") or text))


def _said(said: Said) -> list[dict[str, str]]:
    """A text in both languages, as credentials write it; once where both are the same."""
    texts = [("en", said.en)] if said.en == said.zh else [("en", said.en), ("zh", said.zh)]
    return [{"@value": text, "@language": language} for language, text in texts]
