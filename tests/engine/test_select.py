"""The language of `--select`."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.select import SelectError, Target, parse

CONNECT = Target(
    "mqtt/test_3_1_connect.py::test_second_connect[mqtt-5.0]",
    {"mqtt-5.0/server:MQTT-3.1.0-2": "3.1.0", "mqtt-5.0/server:MQTT-3.1.2-7": "3.1.2"},
)
PING = Target("mqtt/test_3_12_ping.py::test_ping[x]", {"mqtt-3.1.1/server:MQTT-3.12.4-1": "3.12"})


@pytest.mark.parametrize(
    ("expression", "connect", "ping"),
    [
        ("", True, True),
        ("   ", True, True),
        ("MQTT-3.1.0-2", True, False),
        ("MQTT-3.1.*", True, False),
        ("mqtt-5.0/server:MQTT-3.1.0-2", True, False),
        ("mqtt-5.0", True, False),
        ("mqtt-3.1.1/server", False, True),
        ("3.1", True, False),
        ("3.1.0", True, False),
        ("3.12", False, True),
        ("3", True, True),
        ("1", False, False),
        ("test_3_1_connect.py", True, False),
        ("test_ping[x]", False, True),
        ("mqtt/test_3_12_ping.py::test_ping[x]", False, True),
        ("*connect*", True, False),
        ("nothing", False, False),
        ("not 3.1", False, True),
        ("not not 3.1", True, False),
        ("3.1 and mqtt-5.0", True, False),
        ("3.1 and mqtt-3.1.1", False, False),
        ("3.1 or 3.12", True, True),
        ("3.1, 3.12", True, True),
        ("3.1 3.12", True, True),
        ("3 and not 3.1", False, True),
        ("not (3.1 or 3.12)", False, False),
        ("3.12 or 3.1 and mqtt-3.1.1", False, True),
        ("(3.12 or 3.1) and mqtt-5.0", True, False),
        ("not 3.1 and 3", False, True),
    ],
)
def test_an_expression_selects(expression: str, connect: bool, ping: bool) -> None:
    chosen = parse(expression)
    assert (chosen(CONNECT), chosen(PING)) == (connect, ping)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("(3.1", "closing parenthesis"),
        ("3.1)", "not expected"),
        ("and", "a term is missing before 'and'"),
        ("3.1 and", "ends where a term is due"),
        ("3.1 or", "ends where a term is due"),
        ("not", "ends where a term is due"),
        ("()", "a term is missing"),
        (",", "a term is missing"),
        ("3.1,,3.2", "a term is missing"),
    ],
)
def test_what_cannot_be_read_is_told(expression: str, said: str) -> None:
    with pytest.raises(SelectError, match=said.replace("(", r"\(")):
        parse(expression)


@given(st.text())
def test_any_text_is_read_or_refused(expression: str) -> None:
    try:
        chosen = parse(expression)
    except SelectError:
        return
    assert chosen(CONNECT) in (True, False)


TERMS = st.sampled_from(["3.1", "3.12", "mqtt-5.0", "*", "nothing", "test_ping[x]"])
TREES = st.recursive(
    TERMS,
    lambda inner: st.one_of(st.tuples(st.just("not"), inner), st.tuples(st.sampled_from(["and", "or"]), inner, inner)),
    max_leaves=12,
)


def written(tree: Any) -> str:
    if isinstance(tree, str):
        return tree
    if tree[0] == "not":
        return f"not ({written(tree[1])})"
    return f"({written(tree[1])}) {tree[0]} ({written(tree[2])})"


def meant(tree: Any, target: Target) -> bool:
    if isinstance(tree, str):
        return parse(tree)(target)
    if tree[0] == "not":
        return not meant(tree[1], target)
    one, other = meant(tree[1], target), meant(tree[2], target)
    return (one and other) if tree[0] == "and" else (one or other)


@given(TREES)
def test_words_mean_what_they_mean(tree: Any) -> None:
    for target in (CONNECT, PING):
        assert parse(written(tree))(target) is meant(tree, target)


def test_deep_nesting_is_refused_and_not_a_crash() -> None:
    with pytest.raises(SelectError, match="nested"):
        parse("(" * 5000 + "3.1" + ")" * 5000)
