"""The language of `when`."""

import keyword
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.conditions import COMPARE, WORDS, evaluate, names, parse, show
from profiles.problems import InputError

CLAIMS: dict[str, bool | int | float | str] = {"tls": False, "qos": 2, "mode": "fast", "retain": True}


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("retain", True),
        ("tls", False),
        ("not tls", True),
        ("not not tls", False),
        ("true", True),
        ("qos >= 1", True),
        ("qos > 2 or retain", True),
        ("tls or retain and not tls", True),
        ("(tls or retain) and tls", False),
        ("not (tls or retain)", False),
        ("not qos == 2", False),
        ("mode == 'fast'", True),
        ('mode != "fast"', False),
        ("-1 < qos", True),
        ("qos <= 1.5", False),
        ("retain == true", True),
        ("retain and\n  qos==2", True),
        ("  retain  ", True),
    ],
)
def test_truth(text: str, truth: bool) -> None:
    assert evaluate(text, CLAIMS) is truth


@pytest.mark.parametrize(
    ("text", "says", "cure"),
    [
        ("", "missing at column 1", "Complete"),
        ("tls and", "missing at column 8", "Complete"),
        ("tls qos", "'qos' is not expected at column 5", '"and" or "or"'),
        ("qos = 2", "column 5 cannot be read", '"=="'),
        ("1 <= qos <= 2", "second comparison", '"and"'),
        ("(tls", '")" is missing', "Close"),
        ("tls)", "')' is not expected", ""),
        ("tls && retain", "column 5", "and or not"),
        ("__import__('os')", "'(' is not expected", ""),
        ("qos.real", "column 4", ""),
        ("12x == 1", "column 1", ""),
        ("mode == 'fast", "column 9", ""),
        ("qso >= 1", "no claim is called 'qso'", "'qos'"),
        ("qos", "qos is a number", "qos == 2"),
        ("mode", "mode is a text", 'mode == "fast"'),
        ("qos == true", "a number with true or false", "one kind"),
        ("retain >= 1", "true or false with a number", "one kind"),
        ("mode > 'a'", "orders what is a text", "== or !="),
        ("retain or qso", "no claim is called 'qso'", "'qos'"),
        ("not " * 100 + "tls", "nested more than 40", "Simplify"),
        ("(" * 100 + "tls" + ")" * 100, "nested more than 40", "Simplify"),
        ("tls or " * 500 + "tls", "more than 1000 characters", "shorten"),
        ("9" * 40 + " > qos", "column 1", ""),
    ],
)
def test_errors_say_what_and_how_to_cure(text: str, says: str, cure: str) -> None:
    with pytest.raises(InputError) as caught:
        evaluate(text, CLAIMS)
    assert says in caught.value.what
    assert cure in caught.value.cure
    assert "\n" not in str(caught.value)


def test_names() -> None:
    assert names("a and not (b >= 2 or 'c' == d)") == {"a", "b", "d"}


numbers = st.integers(-(10**12), 10**12)
texts = st.text(alphabet=st.characters(exclude_characters="\"'\n", codec="utf-8"), max_size=8)
claim_names = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in WORDS and not keyword.iskeyword(name)
)
claim_tables = st.dictionaries(claim_names, st.one_of(st.booleans(), numbers, texts), max_size=6)


@st.composite
def conditions(draw: st.DrawFn, claims: dict[str, Any], depth: int = 3) -> tuple[str, str]:
    """A condition of the right kinds over `claims`, and the same in Python."""
    kinds = ["literal", "numbers", "texts"]
    kinds += ["truth"] * any(isinstance(value, bool) for value in claims.values())
    kinds += ["not", "and", "or", "brackets"] * (depth > 0)
    kind: str = draw(st.sampled_from(kinds))
    match kind:
        case "truth":
            name = draw(st.sampled_from(sorted(name for name, value in claims.items() if isinstance(value, bool))))
            return name, f"claims[{name!r}]"
        case "numbers":
            return draw(comparisons(claims, int, numbers, sorted(COMPARE)))
        case "texts":
            return draw(comparisons(claims, str, texts, ["==", "!="]))
        case "not":
            ours, python = draw(conditions(claims, 0))
            return f"not {ours}", f"(not ({python}))"
        case "brackets":
            ours, python = draw(conditions(claims, depth - 1))
            return f"({ours})", f"({python})"
        case "and" | "or" as word:
            parts = [draw(conditions(claims, depth - 1)) for _ in range(draw(st.integers(2, 3)))]
            return f" {word} ".join(f"({o})" for o, _ in parts), f" {word} ".join(f"({p})" for _, p in parts)
    truth = draw(st.booleans())
    return str(truth).lower(), str(truth)


@st.composite
def comparisons(draw: st.DrawFn, claims: dict[str, Any], kind: type, values: Any, signs: list[str]) -> tuple[str, str]:
    known = sorted(name for name, value in claims.items() if type(value) is kind)
    sides = []
    for _ in range(2):
        claimed: bool = draw(st.booleans())
        if known and claimed:
            name = draw(st.sampled_from(known))
            sides.append((name, f"claims[{name!r}]"))
        else:
            value = draw(values)
            sides.append((f'"{value}"' if kind is str else str(value), repr(value)))
    sign = draw(st.sampled_from(signs))
    return f"{sides[0][0]} {sign} {sides[1][0]}", f"{sides[0][1]} {sign} {sides[1][1]}"


@given(st.data())
def test_agrees_with_python(data: st.DataObject) -> None:
    claims = data.draw(claim_tables)
    ours, python = data.draw(conditions(claims))
    if len(ours) <= 1000:
        assert evaluate(ours, claims) is bool(eval(python, {"claims": claims}))
        assert parse(show(parse(ours))) == parse(ours)


@given(st.data())
def test_and_binds_closer_than_or(data: st.DataObject) -> None:
    claims = {name: data.draw(st.booleans()) for name in "abcd"}
    words = data.draw(st.lists(st.sampled_from(("and", "or")), min_size=3, max_size=3))
    nots = data.draw(st.lists(st.sampled_from(("", "not ", "not not ")), min_size=4, max_size=4))
    terms = [f"{no}{name}" for no, name in zip(nots, "abcd", strict=True)]
    text = terms[0] + "".join(f" {word} {term}" for word, term in zip(words, terms[1:], strict=True))
    assert evaluate(text, claims) is eval(text, dict(claims))


TOKENS = st.sampled_from(
    ["and", "or", "not", "(", ")", "==", ">=", "a", "b", "1", "-1.5", '"x"', "true", "=", "'", ".", "é", "\0"]
)


@given(st.one_of(st.text(max_size=60), st.lists(TOKENS, max_size=12).map(" ".join)), claim_tables)
def test_raises_nothing_but_input_error(text: str, claims: dict[str, Any]) -> None:
    try:
        truth = evaluate(text, claims)
        names(text)
    except InputError as error:
        assert error.what and error.cure  # noqa: PT017, PT018 - a text may also be a condition
    else:
        assert isinstance(truth, bool)
