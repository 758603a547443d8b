"""Verdicts, and the exceptions by which a case reaches one.

Source: ISO/IEC 9646 and TTCN-3 (a verdict only ever worsens), with `error` reserved for faults of the harness itself.
"""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """What is known after looking."""

    PASS = "pass"
    INCONCLUSIVE = "inconclusive"
    FAIL = "fail"
    ERROR = "error"
    NOT_APPLICABLE = "not applicable"
    NOT_TESTED = "not tested"
    NEEDS_REVIEW = "needs review"
    WARNING = "warning"  # of a requirement only: a SHOULD that failed


_ORDER = (Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL, Verdict.ERROR)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of the case verdicts given: not applicable < pass < inconclusive < fail < error.

    Raises ValueError for none at all.
    """
    return max(verdicts, key=_ORDER.index)


class Judgement(Exception):
    """A case ended early with a verdict; `summary` is one sentence for the report, `summary_zh` the same in Chinese,
    where the suite says it.
    """

    verdict = Verdict.INCONCLUSIVE

    def __init__(self, summary: str, summary_zh: str = "") -> None:
        super().__init__(summary)
        self.summary = summary
        self.summary_zh = summary_zh


class Nonconformity(Judgement):
    """The product did what the requirement forbids, or left out what it demands.

    `timing` says that the judgement rests on time that passed: a machine too slow to measure it makes it inconclusive.
    A number is how late in seconds it may have been, True the usual limit.
    """

    verdict = Verdict.FAIL

    def __init__(
        self,
        summary: str,
        summary_zh: str = "",
        *,
        expected: str | None = None,
        got: str | None = None,
        timing: bool | float = False,
    ) -> None:
        super().__init__(summary, summary_zh)
        self.expected = expected
        self.got = got
        self.timing = timing


class Unready(Judgement):
    """The start state of the case was not reached, so the requirement was not judged."""


class ProductLost(Judgement):
    """The product could not be reached any more, through no act that this case is about."""


class Diverged(Judgement):
    """A replayed case would now send something else than it did when it was recorded."""


class NotApplicable(Judgement):
    """The product said while running that it lacks the option that this requirement is about."""

    verdict = Verdict.NOT_APPLICABLE
