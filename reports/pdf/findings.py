"""What failed, what only warns and what stayed open, each with an extract of its evidence."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.engine.verdict import Verdict

from ..again import rejudge
from ..chinese import summary, told
from ..exchange import Exchange, Message, exchange
from ..html import words as common
from ..model import NOTHING, Attempt, Case, Said, alike
from ..rollup import RequirementResult
from . import words
from .telling import Block, Telling, paragraph

STEPS = 700
"""How many steps of exchanges a report prints, whatever number of cases failed: it stays a report."""
LEAST, MOST = 5, 14
OUTCOME_LIMIT = 600
NAMED = 100
PRINTED = 80
"""Of so many cases the exchange is printed; of the others the evidence is named."""


@dataclass
class Findings:
    """The findings of one report; what a case showed is told once."""

    telling: Telling

    def __post_init__(self) -> None:
        telling = self.telling
        open_ = [c for c in telling.result.cases if c.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)]
        self.steps = max(LEAST, min(MOST, STEPS // max(len(open_), 1)))
        self.printed = self.unprinted = 0

    def blocks(self, *verdicts: Verdict) -> list[Block]:
        """A block for each requirement of these verdicts, and how many exchanges are left out."""
        before, telling = self.unprinted, self.telling
        found = [self._finding(row) for row in self.telling.result.requirements if row.verdict in verdicts]
        if left := self.unprinted - before:
            found.append(paragraph(telling.say(words.fill(words.TOO_MANY, n=left)), "lead"))
        return quoting(telling, found)

    def _finding(self, row: RequirementResult) -> Block:
        telling = self.telling
        failing = row.verdict in (Verdict.FAIL, Verdict.WARNING)
        cases = [case for case in map(telling.cases.__getitem__, row.cases) if self._tells(case, row, failing)]
        wording = common.WORDINGS.get(row.wording)
        meta = [telling.line(row.key), telling.clause(row), telling.line(row.level)]
        return {
            "kind": "finding",
            "id": telling.line(row.id),
            **telling.verdict(row.verdict),
            "meta": meta + ([telling.say(wording)] if wording else []),
            "text": telling.requirement(row),
            "remarks": list(remarks(telling, row)),
            "cases": [
                block for shown, others in alike(cases, common.ALIKE_SHOWN) for block in self._told(shown, others, row)
            ],
        }

    def _told(self, shown: list[Case], others: list[Case], row: RequirementResult) -> Iterator[Block]:
        """Cases of one kind: the first few in full, the others by name."""
        yield from (self._case(case, row) for case in shown)
        if others:
            telling = self.telling
            names = [telling.line(case.id, 300) for case in others[:NAMED]]
            more = words.fill(words.TRUNCATED, n=len(others) - NAMED) if len(others) > NAMED else None
            yield {
                "title": telling.say(words.fill(words.ALIKE, n=len(others))),
                "names": names,
                "more": telling.say(more) if more else None,
            }

    def _tells(self, case: Case, row: RequirementResult, failing: bool) -> bool:
        return case.failed if failing else case.verdict is row.verdict

    def _case(self, case: Case, row: RequirementResult) -> Block:
        telling = self.telling
        head = {"title": telling.line(case.title or case.id, 300), "id": telling.line(case.id, 300)}
        if case.id in telling.told:
            return {**head, "see": telling.say(words.TOLD), "attempts": []}
        telling.told[case.id] = row.ref
        attempts = [a for a in case.attempts if a.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)]
        return {
            **head,
            "attempts": [self._attempt(a, len(case.attempts) > 1) for a in attempts],
            "rejudge": telling.line(rejudge(telling.bundle, case), 500),
        }

    def _attempt(self, attempt: Attempt, several: bool) -> Block:
        telling = self.telling
        what = summary(attempt)
        if what.en == f"expected {attempt.expected}, got {attempt.got}":
            what = NOTHING  # it would say the same once more
        pairs = ((common.EXPECTED, told(attempt.expected)), (common.GOT, told(attempt.got)), (common.WHAT, what))
        number = Said(f"Attempt {attempt.number}", f"第 {attempt.number} 次尝试")
        return {
            "number": telling.say(number) if several else None,
            **telling.verdict(attempt.verdict),
            "outcome": [[telling.say(term), telling.say(said, OUTCOME_LIMIT)] for term, said in pairs if said],
            "steps": self._steps(attempt),
            "evidence": [
                [telling.say(said), digest]
                for said, digest in ((common.TRANSCRIPT, attempt.transcript), (common.CAPTURE, attempt.capture))
                if digest
            ],
        }

    def _steps(self, attempt: Attempt) -> Block:
        """The last steps of the exchange, with their octets."""
        if not attempt.transcript:
            return {}
        if self.printed >= PRINTED:
            self.unprinted += 1
            return {}
        self.printed += 1
        spoken = exchange(self.telling.bundle, attempt)
        if not spoken.found:
            return {"missing": self.telling.say(common.NO_EVIDENCE)}
        shown = spoken.messages[-self.steps :]
        left = len(spoken.messages) - len(shown)
        return {
            "left": self.telling.say(words.fill(words.STEPS_LEFT, n=left)) if left else None,
            "rows": [self._step(message, spoken) for message in shown],
        }

    def _step(self, message: Message, spoken: Exchange) -> Block:
        telling = self.telling
        return {
            "t": f"{message.t:.3f}",
            "arrow": message.arrow,
            "way": message.way,
            "channel": telling.line(message.channel, 40) if spoken.several else None,
            "said": telling.say(message.said) if message.said else None,
            "text": telling.line(message.text, 400) if message.text else None,
            "octets": telling.letters.line(message.octets, 200) if message.octets else None,
        }


def quoting(telling: Telling, blocks: list[Block]) -> list[Block]:
    """These blocks; in Chinese with what has to be said of texts that are quoted, where there are any."""
    return [paragraph(common.QUOTED_ZH, "lead"), *blocks] if blocks and telling.chinese else blocks


def remarks(telling: Telling, row: RequirementResult) -> Iterator[list[object]]:
    """Why a requirement has its verdict where no case says it, and how it is read."""
    if row.verdict is Verdict.WARNING and row.reason:
        yield [telling.say(common.REASON), telling.say(Said(row.reason, row.reason_zh))]
    if row.interpretation:
        said = Said(row.interpretation, row.interpretation_zh or row.interpretation)
        yield [telling.say(common.INTERPRETATION), telling.say(said)]
