"""The language of `--select`: terms joined by `and`, `or`, `not` and parentheses; a comma or a space means `or`.

A term is a requirement id (`MQTT-3.1.0-2`, `*` allowed), a clause (`3.1` selects 3.1 and all below it), a standard
(`mqtt-5.0`), a file (`test_3_1_connect.py`), or part of a case's id.
"""

import fnmatch
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

_TOKEN = re.compile(r"\s*(?:(\(|\))|([^\s(),]+\[[^\]]*\]|[^\s(),]+)|(,))")

DEEPEST = 50


class Target(NamedTuple):
    """What a term is compared with: a case's id and its requirements (reference to clause)."""

    case: str
    requirements: Mapping[str, str]


class SelectError(Exception):
    """An expression that cannot be read, and where."""


Predicate = Callable[[Target], bool]


def parse(expression: str) -> Predicate:
    """The predicate for an expression; every target satisfies an empty one. Raises SelectError."""
    tokens = _tokens(expression)
    if tokens.count("(") + tokens.count("not") > DEEPEST:
        raise SelectError(f"it is nested more than {DEEPEST} deep")
    if not tokens:
        return lambda target: True
    predicate = _either(tokens)
    if tokens:
        raise SelectError(f"{expression!r}: {tokens[0]!r} is not expected there; join terms with and, or, not, commas")
    return predicate


def _tokens(expression: str) -> list[str]:
    tokens, at = [], 0
    expression = expression.rstrip()
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        if not match:
            raise SelectError(f"{expression!r}: cannot read {expression[at:]!r}")
        tokens.append(match[1] or match[2] or ",")
        at = match.end()
    return tokens


def _either(tokens: list[str]) -> Predicate:
    choices = [_both(tokens)]
    while tokens and tokens[0] != ")":
        if tokens[0] in ("or", ","):
            tokens.pop(0)
        choices.append(_both(tokens))
    return choices[0] if len(choices) == 1 else lambda target: any(choice(target) for choice in choices)


def _both(tokens: list[str]) -> Predicate:
    parts = [_one(tokens)]
    while tokens and tokens[0] == "and":
        tokens.pop(0)
        parts.append(_one(tokens))
    return parts[0] if len(parts) == 1 else lambda target: all(part(target) for part in parts)


def _one(tokens: list[str]) -> Predicate:
    if not tokens or tokens[0] in ("and", "or", ",", ")"):
        raise SelectError(
            f"a term is missing before {tokens[0]!r}" if tokens else "the expression ends where a term is due"
        )
    token = tokens.pop(0)
    if token == "not":
        inner = _one(tokens)
        return lambda target: not inner(target)
    if token == "(":
        inner = _either(tokens)
        if not tokens or tokens.pop(0) != ")":
            raise SelectError("a closing parenthesis is missing")
        return inner
    return lambda target: _fits(token, target)


def _fits(term: str, target: Target) -> bool:
    for ref, clause in target.requirements.items():
        standard, _, id_ = ref.partition(":")
        if fnmatch.fnmatchcase(id_, term) or term in (ref, standard, standard.partition("/")[0]):
            return True
        if clause == term or clause.startswith(term + "."):
            return True
    return fnmatch.fnmatchcase(target.case, term) or (not re.fullmatch(r"[\d.]+", term) and term in target.case)
