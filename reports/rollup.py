"""From the ends of cases to the verdict on each requirement and on the product.

Only worse is ever made of worse: more failures, errors or gaps never improve a verdict, and a later pass hides nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict

from .chinese import summary
from .model import NOTHING, Case, LeftOutCase, Requirement, Run, Said
from .reading import read

CONFORMS = "conforms"
DOES_NOT_CONFORM = "does not conform"
INCONCLUSIVE = "inconclusive"
INCOMPLETE = "incomplete"
EXIT_CODES = {CONFORMS: 0, DOES_NOT_CONFORM: 1, INCONCLUSIVE: 3, INCOMPLETE: 3}
EXIT_ERROR = 4

CUT_SHORT = Said("the run ended before its cases", "运行在其用例之前结束")
NO_CASE = Said("no case exists for it yet", "尚无对应的测试用例")
REVIEW = Said("a person has to judge it", "需要人工评审")

PARTLY = Said("no requirement passed as a whole, though some of its cases did", "部分用例通过，但没有任何要求整体通过")

T = TypeVar("T", Case, LeftOutCase)


@dataclass(frozen=True, kw_only=True)
class RequirementResult(Requirement):
    """A requirement with its verdict, the reason where there is something to say, and the ids of its cases."""

    verdict: Verdict
    reason: str
    reason_zh: str
    cases: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A case that failed, and a requirement it judges. `verdict`: fail, or warning where that cannot fail a product."""

    requirement: str
    standard: str
    role: str
    clause: str
    level: str
    verdict: Verdict
    case: str
    summary: str
    expected: str | None
    got: str | None

    @property
    def ref(self) -> str:
        return f"{self.standard}/{self.role}:{self.requirement}"

    @property
    def came(self) -> str:
        """What came, and what that means where the case says so: each once."""
        got, said = self.got or "", self.summary
        if said == f"expected {self.expected}, got {got}":
            return got
        if not got or re.search(rf"(?<!\w){re.escape(got)}(?!\w)", said):
            return said
        return f"{got}: {said}" if said else got

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "verdict": str(self.verdict)}


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a run says about its product. `reasons` say why the verdict is what it is."""

    verdict: str
    exit_code: int
    reasons: tuple[Said, ...]
    requirements: tuple[RequirementResult, ...]
    findings: tuple[Finding, ...]
    counts: dict[str, dict[str, int]]
    """Under "cases" and "requirements": how many of each verdict, every verdict named. Cases that the run left out are
    not tested."""
    run: Run

    @property
    def cases(self) -> tuple[Case, ...]:
        return self.run.cases


class JudgedBundle(Bundle):
    """A bundle with its result, for several writers in a row: reading and judging a large run takes a while."""

    def __init__(self, bundle: Bundle, result: Result | None = None) -> None:
        vars(self).update(vars(bundle))
        self.result = result or judge(read(bundle))


def roll_up(bundle: Bundle) -> Result:
    """Judge the run that a bundle records."""
    return bundle.result if isinstance(bundle, JudgedBundle) else judge(read(bundle))


def judge(run: Run) -> Result:
    """Judge a run: requirement by requirement, then the product."""
    cases = _by_requirement(run.cases)
    missing = _by_requirement(run.left_out_cases)
    requirements = tuple(_requirement(run, r, cases.get(r.ref, []), missing.get(r.ref, [])) for r in run.requirements)
    verdict, reasons = _product(run, requirements)
    erred = any(case.verdict is Verdict.ERROR for case in run.cases)
    left_out = [Verdict.NOT_TESTED] * len(run.left_out_cases)
    return Result(
        verdict=verdict,
        exit_code=EXIT_ERROR if erred and verdict != DOES_NOT_CONFORM else EXIT_CODES[verdict],
        reasons=tuple(reasons),
        requirements=requirements,
        findings=tuple(_findings(run, requirements)),
        counts={
            "cases": _counted([*(case.verdict for case in run.cases), *left_out]),
            "requirements": _counted(r.verdict for r in requirements),
        },
        run=run,
    )


def _by_requirement(cases: Iterable[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for case in cases:
        for ref in case.requirements:
            found.setdefault(ref, []).append(case)
    return found


def _requirement(
    run: Run, requirement: Requirement, cases: Sequence[Case], missing: Sequence[LeftOutCase]
) -> RequirementResult:
    verdict, said = _judged(requirement, cases, missing) if cases else _unjudged(run, requirement)
    return RequirementResult(
        **vars(requirement), verdict=verdict, reason=said.en, reason_zh=said.zh, cases=tuple(case.id for case in cases)
    )


def _judged(requirement: Requirement, cases: Sequence[Case], missing: Sequence[LeftOutCase]) -> tuple[Verdict, Said]:
    """The verdict that its cases give a requirement; `missing` are those of its cases that the run left out."""
    verdicts = [case.verdict for case in cases]
    if failed := next((case for case in cases if case.failed), None):
        return (Verdict.FAIL, _summary(failed)) if requirement.binding else (Verdict.WARNING, _why_warning(requirement))
    for bad in (Verdict.ERROR, Verdict.INCONCLUSIVE):
        if bad in verdicts:
            return bad, _summary(cases[verdicts.index(bad)])
    if left := verdicts.count(Verdict.NOT_TESTED):
        return Verdict.NOT_TESTED, _cut_short(left, len(cases))
    if missing:
        of, why = len(missing) + len(cases), missing[0].said
        return Verdict.INCONCLUSIVE, Said(
            f"{len(missing)} of its {of} cases not run: {why.en}",
            f"其 {of} 个用例中有 {len(missing)} 个未运行：{why.zh}",
        )
    if Verdict.PASS not in verdicts:
        return Verdict.NOT_APPLICABLE, _summary(cases[0])
    return Verdict.PASS, NOTHING


def _unjudged(run: Run, requirement: Requirement) -> tuple[Verdict, Said]:
    """The verdict on a requirement without a case in the plan."""
    if line := run.left_out.get(requirement.ref):
        return line.verdict, line.said
    if requirement.check == "review":
        return Verdict.NEEDS_REVIEW, REVIEW
    if requirement.check == "none" and requirement.why:
        return Verdict.NOT_TESTED, Said(requirement.why, requirement.why_zh or requirement.why)
    return Verdict.NOT_TESTED, NO_CASE


def _summary(case: Case) -> Said:
    return summary(case.decisive) if case.decisive else NOTHING


def _cut_short(left: int, of: int) -> Said:
    if left == of:
        return CUT_SHORT
    return Said(f"the run ended before {left} of its {of} cases", f"运行在其 {of} 个用例中的 {left} 个之前结束")


def _why_warning(requirement: Requirement) -> Said:
    if requirement.level not in ("MUST", "MUST NOT"):
        return Said(f"a {requirement.level} does not fail a product", f"{requirement.level} 级要求不会导致产品不符合")
    if requirement.interpretation:
        zh = requirement.interpretation_zh or requirement.interpretation
        return Said(
            f"rests on an interpretation, so it does not fail a product: {requirement.interpretation}",
            f"依赖对条款的解释，因此不会导致产品不符合：{zh}",
        )
    return Said(
        "derived, not written in the standard, so it does not fail a product",
        "由标准推导而非明文规定，因此不会导致产品不符合",
    )


def _product(run: Run, requirements: Sequence[RequirementResult]) -> tuple[str, list[Said]]:
    """The verdict on the product and every reason for it."""
    musts = Counter(r.verdict for r in requirements if r.binding and not _unobservable(r))
    open_points = list(_open_points(run, requirements, musts))
    if failed := musts[Verdict.FAIL]:
        said = Said(f"{failed} binding {_plural(failed, 'requirement')} failed", f"{failed} 项强制要求未通过")
        return DOES_NOT_CONFORM, [said, *run.problems, *open_points]
    if not run.complete:
        return INCOMPLETE, [*run.problems, *open_points]
    if open_points:
        return INCONCLUSIVE, open_points
    return CONFORMS, [Said("every applicable binding requirement passed", "所有适用的强制要求均已通过")]


def _open_points(run: Run, rows: Sequence[RequirementResult], musts: Counter[Verdict]) -> Iterator[Said]:
    """What stands between a run without failures and the word `conforms`."""
    if not any(r.verdict is Verdict.PASS for r in rows):
        passed = any(case.verdict is Verdict.PASS for case in run.cases)
        yield PARTLY if passed else Said("nothing was tested with success", "没有任何要求通过测试")
    if n := sum(case.verdict is Verdict.ERROR for case in run.cases):
        yield Said(f"{n} {_plural(n, 'case')} ended in an error of the harness", f"{n} 个用例因测试工具自身错误而结束")
    if n := musts[Verdict.INCONCLUSIVE]:
        yield Said(f"{n} binding {_plural(n, 'requirement')} could not be judged", f"{n} 项强制要求无法判定")
    if n := musts[Verdict.NOT_TESTED]:
        yield Said(f"{n} binding {_plural(n, 'requirement')} not tested", f"{n} 项强制要求未测试")
    if n := sum(r.verdict is Verdict.NEEDS_REVIEW and r.level != "MAY" for r in rows):
        yield Said(f"{n} {_plural(n, 'requirement')} to be reviewed by a person", f"{n} 项要求有待人工评审")
    for option, n in Counter(case.option for case in run.left_out_cases).items():
        yield _missing(option, n)


def _missing(option: str, n: int) -> Said:
    """That cases were left out, and which option of the command did it or would have them run."""
    cases = f"{n} {_plural(n, 'case')} left out"
    if option == "--allow-disruptive":
        return Said(
            f"{cases}: disturbing the product needs --allow-disruptive",
            f"{n} 个用例未运行：干扰产品需要 --allow-disruptive",
        )
    by = f" by {option}" if option else ""
    return Said(f"{cases}{by}", f"{n} 个用例未运行{f'（{option}）' if option else ''}")


def _unobservable(r: RequirementResult) -> bool:
    """Not testable from outside by its catalogue, so that it cannot stand in the way."""
    return r.check == "none" and r.verdict is Verdict.NOT_TESTED and not r.cases


def _findings(run: Run, requirements: Iterable[RequirementResult]) -> Iterator[Finding]:
    cases = {case.id: case for case in run.cases}
    for requirement in requirements:
        for case in (cases[name] for name in requirement.cases):
            attempt = case.decisive
            if case.failed and attempt:
                yield Finding(
                    requirement=requirement.id,
                    standard=requirement.standard,
                    role=requirement.role,
                    clause=requirement.clause,
                    level=requirement.level,
                    verdict=requirement.verdict,
                    case=case.id,
                    summary=attempt.summary,
                    expected=attempt.expected,
                    got=attempt.got,
                )


def _counted(verdicts: Iterable[Verdict]) -> dict[str, int]:
    found = Counter(verdicts)
    return {str(verdict): found[verdict] for verdict in Verdict}


def _plural(n: int, word: str) -> str:
    return word if n == 1 else word + "s"
