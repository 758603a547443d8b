"""Text from elsewhere is made visible and bounded."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.text import LIMIT, clean, one_line, shortened, visible

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_what_is_cleaned_can_be_written(value: object) -> None:
    json.dumps(clean(value), ensure_ascii=False, allow_nan=False).encode("utf-8")


@given(st.text(st.characters()))
def test_nothing_visible_hides_or_turns_directions(text: str) -> None:
    shown = visible(text)
    assert all(c in "\n\t" or c.isprintable() or c.isspace() for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    assert "\n" not in one_line(text)
    assert "\r" not in shown


@given(st.text(st.characters()))
def test_making_visible_twice_changes_nothing_more(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize("text", ["", "plain", "中文，标点", "naïve café", "日本語", "العربية", "😀 👍", "a\nb\tc"])
def test_what_people_write_stays(text: str) -> None:
    assert visible(text) == text
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x00\x1b[31m", "\\x00\\x1b[31m"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u200bb", "a\\u200bb"),
        ("\ufeff", "\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("\x85\u2028", "\\x85\\u2028"),
    ],
)
def test_what_hides_is_shown_as_its_code(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_strings_and_keys_are_bounded() -> None:
    long = "x" * (LIMIT + 5)
    assert clean(long) == shortened(long, LIMIT) == "x" * LIMIT + "… (+5)"
    assert clean({long: [long]}) == {shortened(long, LIMIT): [shortened(long, LIMIT)]}


def test_lone_surrogates_become_their_code() -> None:
    assert clean("a\ud800b") == "a\\ud800b"
