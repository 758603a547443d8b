"""What is to be said of one case in plain text, for the formats that other programs show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict

from .again import rejudge, run_again
from .exchange import exchange
from .model import Attempt, Case, LeftOutCase
from .rollup import RequirementResult, Result
from .text import shortened, visible

MESSAGES_SHOWN = 20
SUMMARY_LIMIT = 1_000
NOT_RUN = "not tested: the run ended before this case"


@dataclass(frozen=True)
class Accounts:
    """Accounts of the cases of one result."""

    result: Result
    bundle: Bundle

    @cached_property
    def rows(self) -> Mapping[str, RequirementResult]:
        """The requirements of the profile by their full reference."""
        return {row.ref: row for row in self.result.requirements}

    def judged(self, case: Case | LeftOutCase) -> list[RequirementResult]:
        """The requirements that a case judges."""
        return [self.rows[ref] for ref in case.requirements if ref in self.rows]

    def fails_the_product(self, case: Case) -> bool:
        """Whether a failure of this case weighs: any of its requirements is binding."""
        return any(row.binding for row in self.judged(case))

    def summary(self, case: Case | LeftOutCase) -> str:
        """The verdict and its reason in one sentence; "" for a pass."""
        if isinstance(case, LeftOutCase):
            return _shown(f"not tested: {case.said.en}")
        attempt = telling(case)
        if attempt is None:
            return NOT_RUN
        if attempt.verdict is Verdict.PASS:
            return ""
        warning = attempt.verdict is Verdict.FAIL and not self.fails_the_product(case)
        word = "warning, which does not fail the product" if warning else str(attempt.verdict)
        return _shown(f"{word}: {attempt.summary}")

    def text(self, case: Case) -> str:
        """Requirements, what was expected and what came, the last messages, and how to repeat it."""
        return visible("\n".join(self._lines(case)))

    def _lines(self, case: Case) -> Iterator[str]:
        for row in self.judged(case):
            yield f"{row.ref} (clause {row.clause}, {row.level}): {shortened(row.text, SUMMARY_LIMIT)}"
        for attempt in case.attempts:
            if len(case.attempts) > 1:
                yield f"attempt {attempt.number}: {attempt.verdict}: {shortened(attempt.summary, SUMMARY_LIMIT)}"
            yield from (f"expected: {attempt.expected}" for _ in (1,) if attempt.expected)
            yield from (f"got: {attempt.got}" for _ in (1,) if attempt.got)
            yield from (f"note: {note.get('text', '')}" for note in attempt.notes)
        yield from self._messages(telling(case))
        yield f"judge the record again: {rejudge(self.bundle, case)}"
        yield f"run it again: {run_again(self.result.run, case)}"

    def _messages(self, attempt: Attempt | None) -> Iterator[str]:
        spoken = exchange(self.bundle, attempt)
        if lines := spoken.last(MESSAGES_SHOWN):
            yield f"messages (the last {len(lines)} of {len(spoken.messages)}):"
            yield from lines
        if attempt and attempt.detail:
            yield attempt.detail


def telling(case: Case) -> Attempt | None:
    """The first attempt with the verdict of the case."""
    return next((a for a in case.attempts if a.verdict is case.verdict), None)


def place(case: Case | LeftOutCase) -> tuple[str, str]:
    """The dotted name of the file a case stands in, and its own name there."""
    file, _, name = case.id.partition("::")
    if not name:
        return _shown(case.suite or "cases"), _shown(case.id)
    return _shown(file.removesuffix(".py").replace("/", ".")), _shown(name)


def _shown(text: str) -> str:
    return visible(shortened(text, SUMMARY_LIMIT), kept="")
