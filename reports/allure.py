"""The result as Allure results, in the words of Allure's own library: one for each case, also for those not run.

Allure's "broken" is ours where nothing was learned of the product: inconclusive, or an error of the harness. Names and
status are those that a plain `pytest --alluredir` gives the same cases.
"""

import json
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allure_commons.model2 import Attachment, Label, Link, Parameter, Status, StatusDetails, TestResult, TestStepResult
from allure_commons.types import AttachmentType, LabelType, LinkType, Severity
from attr import asdict

from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict

from .account import Accounts, place, telling
from .anchors import anchor
from .exchange import exchange
from .model import Attempt, Case, LeftOutCase
from .reading import octets
from .rollup import RequirementResult, roll_up
from .text import one_line, shortened, visible

SPACE = uuid.uuid5(uuid.NAMESPACE_OID, "iic-conform")
STATUS = {
    Verdict.PASS: Status.PASSED,
    Verdict.FAIL: Status.FAILED,
    Verdict.INCONCLUSIVE: Status.BROKEN,
    Verdict.ERROR: Status.BROKEN,
}
"""Of every other verdict: skipped."""
CAPTURE = ("application/vnd.tcpdump.pcap", "pcapng")
VALUE_LIMIT = 300
CATEGORIES = [
    {"name": "Nonconformities", "matchedStatuses": ["failed"], "messageRegex": r"^(?!warning)[\s\S]*"},
    {"name": "Warnings", "matchedStatuses": ["failed"], "messageRegex": r"^warning[\s\S]*"},
    {"name": "Inconclusive", "matchedStatuses": ["broken"], "messageRegex": r"^inconclusive[\s\S]*"},
    {"name": "Errors of the harness", "matchedStatuses": ["broken"], "messageRegex": r"^(?!inconclusive)[\s\S]*"},
    {"name": "Not applicable", "matchedStatuses": ["skipped"], "messageRegex": r"^not applicable[\s\S]*"},
    {"name": "Not tested", "matchedStatuses": ["skipped"], "messageRegex": r"^(?!not applicable)[\s\S]*"},
]
"""Each result is in exactly one. The expressions mean the same in Java and JavaScript: both Allures read them."""


def write(bundle: Bundle, directory: Path) -> Path:
    """Write the folder `allure-results`, anew and whole or not at all."""
    target, fresh = directory / "allure-results", directory / "allure-results.partial"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    accounts = Accounts(roll_up(bundle), bundle)
    writer = _Writer(accounts, fresh)
    for case in accounts.result.cases:
        writer.case(case)
    for missing in accounts.result.run.left_out_cases:
        writer.left_out(missing)
    (fresh / "environment.properties").write_bytes("".join(_environment(accounts)).encode())
    (fresh / "categories.json").write_bytes(_json(CATEGORIES))
    if target.exists():
        shutil.rmtree(target)
    fresh.rename(target)
    return target


@dataclass(frozen=True)
class _Writer:
    accounts: Accounts
    directory: Path

    def case(self, case: Case) -> None:
        """Write the result of a case that was planned, with its attachments."""
        result = self._begun(case)
        result.status = STATUS.get(case.verdict, Status.SKIPPED)
        result.parameters.append(Parameter(name="seed", value=str(case.seed), excluded=True))
        if case.attempts:
            first, last = case.attempts[0], case.attempts[-1]
            result.start, result.stop = _ms(first.began_s), _ms(last.began_s + last.seconds)
        if case.verdict is not Verdict.PASS:
            trace = self.accounts.text(case) if case.attempts else None
            result.statusDetails = StatusDetails(message=self.accounts.summary(case), trace=trace)
        if len(case.attempts) > 1:
            result.steps = [_step(attempt) for attempt in case.attempts]
        if attempt := case.decisive or telling(case):
            result.attachments = list(self._attachments(result.uuid, attempt))
        self._save(result)

    def left_out(self, case: LeftOutCase) -> None:
        """Write the result of a case that this run did without."""
        result = self._begun(case)
        result.status = Status.SKIPPED
        result.statusDetails = StatusDetails(message=self.accounts.summary(case))
        self._save(result)

    def _begun(self, case: Case | LeftOutCase) -> TestResult:
        """What a result says of its case before anything of what came of it."""
        classname, name = place(case)
        rows = self.accounts.judged(case)
        run = self.accounts.result.run
        return TestResult(
            uuid=str(uuid.uuid5(SPACE, f"{run.id}\n{case.id}")),
            historyId=uuid.uuid5(SPACE, case.id).hex,
            testCaseId=uuid.uuid5(SPACE, case.id.partition("[")[0]).hex,
            fullName=_shown(f"{classname}#{name}"),
            name=name,
            stage="finished",
            titlePath=classname.split("."),
            description=visible("\n\n".join(filter(None, [case.title, *(f"{r.ref}: {r.text}" for r in rows)]))),
            labels=list(_labels(case, rows, classname)),
            links=[
                Link(type=LinkType.LINK, url=f"../index.html#{anchor(r.ref)}", name=_shown(f"{r.ref} in the report"))
                for r in rows
            ],
            parameters=[Parameter(name=key, value=value) for key, value in _parameters(case, name)],
        )

    def _attachments(self, of: str, attempt: Attempt) -> Iterator[Attachment]:
        spoken = exchange(self.accounts.bundle, attempt)
        if spoken.messages:
            lines = [spoken.line(message) for message in spoken.messages]
            lines += ["... more was exchanged than is kept"] if spoken.truncated else []
            text = visible("\n".join(lines) + "\n").encode()
            yield self._attach(of, "messages", text, AttachmentType.TEXT.mime_type, AttachmentType.TEXT.extension)
        if capture := octets(self.accounts.bundle, attempt.capture):
            yield self._attach(of, "capture", capture, *CAPTURE)
        if attempt.output:
            text = visible(attempt.output).encode()
            yield self._attach(of, "stdout", text, AttachmentType.TEXT.mime_type, AttachmentType.TEXT.extension)

    def _attach(self, of: str, name: str, data: bytes, kind: str, extension: str) -> Attachment:
        source = f"{uuid.uuid5(uuid.UUID(of), name)}-attachment.{extension}"
        (self.directory / source).write_bytes(data)
        return Attachment(name=name, source=source, type=kind)

    def _save(self, result: TestResult) -> None:
        document = asdict(result, filter=lambda _, value: value or value is False)
        (self.directory / result.file_pattern.format(prefix=result.uuid)).write_bytes(_json(document))


def _labels(case: Case | LeftOutCase, rows: list[RequirementResult], classname: str) -> Iterator[Label]:
    yield Label(name=LabelType.EPIC, value=_shown(case.standard or case.suite))
    for clause in dict.fromkeys(row.clause for row in rows):
        yield Label(name=LabelType.FEATURE, value=_shown(clause))
    yield Label(name=LabelType.SUITE, value=_shown(case.suite))
    yield Label(name=LabelType.SUB_SUITE, value=classname.rpartition(".")[2])
    yield Label(name=LabelType.SEVERITY, value=_severity(rows).value)
    for row in rows:
        yield Label(name=LabelType.TAG, value=_shown(row.id))
    yield Label(name=LabelType.FRAMEWORK, value="iic-conform")


def _severity(rows: list[RequirementResult]) -> Severity:
    """The weight of the weightiest requirement."""
    if any(row.binding for row in rows):
        return Severity.CRITICAL
    if any(row.level != "MAY" for row in rows):
        return Severity.NORMAL
    return Severity.MINOR


def _parameters(case: Case | LeftOutCase, name: str) -> Iterator[tuple[str, str]]:
    if case.standard:
        yield "standard", _shown(case.standard)
    if name.endswith("]"):
        yield "parameters", _shown(name.partition("[")[2][:-1])


def _step(attempt: Attempt) -> TestStepResult:
    details = StatusDetails(message=_shown(attempt.summary)) if attempt.summary else None
    return TestStepResult(
        name=f"attempt {attempt.number}: {attempt.verdict}",
        status=STATUS.get(attempt.verdict, Status.SKIPPED),
        statusDetails=details,
        stage="finished",
        start=_ms(attempt.began_s),
        stop=_ms(attempt.began_s + attempt.seconds),
    )


def _environment(accounts: Accounts) -> Iterator[str]:
    """Lines of a Java properties file."""
    run = accounts.result.run
    harness = run.manifest.get("harness")
    facts = {
        "Verdict": accounts.result.verdict,
        "Product": run.plan.get("product"),
        "Profile": run.plan.get("profile"),
        "Run": run.id,
        "Seed": run.plan.get("seed"),
        "Harness": harness.get("version") if isinstance(harness, dict) else None,
    }
    for name, value in facts.items():
        text = _shown("" if value is None else value).replace("\\", "\\\\")
        yield f"{name}={''.join(map(_property, text))}\n"


def _property(char: str) -> str:
    """A character of a Java properties file, which is ASCII."""
    units = char.encode("utf-16-be")
    return char if char.isascii() else "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def _json(document: Any) -> bytes:
    """Compact: there are thousands of these, and indenting them takes as long as all the rest."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _shown(value: object) -> str:
    return one_line(shortened(str(value), VALUE_LIMIT))
