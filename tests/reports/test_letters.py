"""Text for print: every character is in the font, what is not shown is escaped, and long words break."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.pdf.fonts import font
from reports.pdf.letters import LONGEST, Letters, Printable

from .test_hostile import HOSTILE

LETTERS = Letters(font().letters)
SOME = st.characters() | st.sampled_from("\u202e\u0301\u0302\u0303\x1b\u200b中é/_.-: \n")


def whole(text: Printable) -> str:
    return text if isinstance(text, str) else "".join(text)


def test_the_font_has_both_languages_and_no_emoji() -> None:
    letters = font().letters
    assert len(letters) > 40_000
    assert all(ord(c) in letters for c in "Az09符合性检测报告→←·…“”●✓×‼◐○–▪é")
    assert not {0x1F600, 0x05D0, 0xE000} & letters


@given(st.text(SOME, max_size=200))
def test_every_character_is_in_the_font(text: str) -> None:
    shown = whole(LETTERS.text(text))
    assert all(c in "\n\t" or ord(c) in LETTERS.known for c in shown)
    assert whole(LETTERS.line(text)).count("\n") == 0


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=300))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert whole(LETTERS.text(text)) == text


@given(st.text(st.sampled_from("ab/_.-:[]0中 "), max_size=200))
def test_no_piece_is_longer_than_a_line_bears(text: str) -> None:
    pieces = LETTERS.text(text)
    runs = " ".join([pieces] if isinstance(pieces, str) else pieces).replace("中", " ").split()
    assert all(len(run) <= 2 * LONGEST + 4 for run in runs)
    assert whole(pieces) == text


def test_marks_do_not_pile_up() -> None:
    shown = whole(LETTERS.text(HOSTILE["marks"]))
    assert all(not (unicodedata.combining(a) and unicodedata.combining(b)) for a, b in pairwise(shown))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_bounded(name: str) -> None:
    assert len(whole(LETTERS.text(HOSTILE[name]))) < 12_000
