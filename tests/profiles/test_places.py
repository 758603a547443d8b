"""Lines of keys and tables."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.places import Places, opened_line

TEXT = '''\
# title
top = 1
[a]
b = 2
"c d" = 3
e.f = 4
[a.g] # comment
h = """
x = 1
[a]
""" # y = 1
i = [
  "j = 1",
]
[[k]]
l = 1
[[k]]
l = 2
[k.m]
n = 1
[[k.o]]
p = 1
  [ claims . "x-1/y" ]
  q = true
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2), (("a",), 3), (("a", "b"), 4), (("a", "c d"), 5), (("a", "e"), 6), (("a", "e", "f"), 6),
        (("a", "g"), 7), (("a", "g", "h"), 8), (("a", "g", "i", 0), 12),
        (("k",), 15), (("k", 0), 15), (("k", 0, "l"), 16),
        (("k", 1), 17), (("k", 1, "l"), 18), (("k", 1, "m", "n"), 20), (("k", 1, "o", 0, "p"), 22),
        (("claims", "x-1/y", "q"), 24), (("a", "missing"), 3), (("missing",), None), ((), None),
    ],
)  # fmt: skip
def test_lines(path: tuple[str | int, ...], line: int | None) -> None:
    tomllib.loads(TEXT)
    assert Places(TEXT).line(path) == line


def test_windows_lines() -> None:
    assert Places(TEXT.replace("\n", "\r\n")).line(("claims", "x-1/y")) == 23


def test_opened_line() -> None:
    assert opened_line("a = 1\nb = '''\nc") == 2
    assert opened_line("a = '''b'''\nc = '''\n'''\n") is None


@given(
    st.text(alphabet="ab.[]=\"'\n #1", max_size=80),
    st.lists(st.one_of(st.sampled_from("ab"), st.integers(0, 2)), max_size=4),
)
def test_any_text_has_places(text: str, path: list[Any]) -> None:
    line = Places(text).line(path)
    assert line is None or 1 <= line <= text.count("\n") + 1
    assert opened_line(text) is None or '"""' in text or "'''" in text
