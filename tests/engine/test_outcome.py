"""What a case accepts next, and how it says so."""

from dataclasses import dataclass
from typing import Any

import pytest

from conformance.engine import Closed, Silence, a
from conformance.engine.outcome import outcome


@dataclass(frozen=True)
class Answer:
    TITLE = "ANSWER"
    code: int = 0
    text: str = ""


class Other: ...


def low(code: int) -> bool:
    """below 10"""
    return code < 10


@pytest.mark.parametrize(
    ("wanted", "event", "fits"),
    [
        (Answer, Answer(), True),
        (Answer, Other(), False),
        (Answer | Other, Other(), True),
        (Closed | Answer, Closed("reset"), True),
        ((Answer, Other), Other(), True),
        ((), Other(), False),
        (a(Answer, code=3), Answer(3), True),
        (a(Answer, code=3), Answer(4), False),
        (a(Answer, code=low), Answer(9), True),
        (a(Answer, code=low), Answer(10), False),
        (a(Answer, code=3, text="x"), Answer(3), False),
        (a(Answer, code=3) | Closed, Closed(), True),
        (Closed | a(Answer, code=3), Answer(3), True),
        (Closed | a(Answer, code=3) | Other, Other(), True),
        (a(Answer, code=3) | a(Answer, code=4), Answer(4), True),
        (a(Answer, code=3) | a(Answer, code=4), Answer(5), False),
        ((a(Answer, code=3), Closed | Silence), Silence(1), True),
    ],
)
def test_an_outcome_matches_what_it_names_and_nothing_else(wanted: Any, event: object, fits: bool) -> None:
    assert outcome(wanted).matches(event) is fits


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Answer, "ANSWER"),
        (Other, "Other"),
        (Closed | Answer, "the connection closed or ANSWER"),
        (Silence, "silence"),
        (a(Answer, code=3), "ANSWER with code 3"),
        (a(Answer, code=0x82), "ANSWER with code 0x82"),
        (a(Answer, code=low, text="x"), "ANSWER with code below 10, text 'x'"),
        (a(Answer, code=lambda code: code > 3), "ANSWER with code as demanded"),
    ],
)
def test_an_outcome_says_what_it_wants(wanted: Any, words: str) -> None:
    assert str(outcome(wanted)) == words


def test_an_outcome_of_an_outcome_is_itself() -> None:
    both = outcome(Closed | Answer)
    assert outcome(both) is both
    assert outcome(Answer) is outcome(Answer)
