"""The language of `when`: a condition over a product's claims, such as `shared_subscriptions and maximum_qos >= 1`.

    condition  = both { "or" both }
    both       = negated { "and" negated }
    negated    = "not" negated | compared
    compared   = "(" condition ")" | operand [ ("==" | "!=" | ">=" | "<=" | ">" | "<") operand ]
    operand    = claim | number | string | "true" | "false"

A claim that stands alone must be true or false. Texts and truth values are only compared with == and !=, each with its
own kind.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from .problems import InputError, choose_from

Value = bool | int | float | str

WORDS = frozenset(("and", "or", "not", "true", "false"))
LONGEST = 1000
DEEPEST = 40
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {"==": eq, "!=": ne, ">=": ge, "<=": le, ">": gt, "<": lt}
TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,15})?(?![\w.]))|(?P<string>"[^"\n]*"|'[^'\n]*')|(?P<name>[A-Za-z_]\w*)
    |(?P<sign>==|!=|>=|<=|>|<|\(|\)))""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True)
class Literal:
    value: Value


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Compared:
    sign: str
    left: Literal | Name
    right: Literal | Name


@dataclass(frozen=True)
class Not:
    inner: "Condition"


@dataclass(frozen=True)
class Joined:
    """`word` is "and" or "or"."""

    word: str
    parts: tuple["Condition", ...]


Condition = Literal | Name | Compared | Not | Joined


@lru_cache(maxsize=1024)
def parse(text: str) -> Condition:
    """The condition as a tree. Raises InputError (without file) for what is not one."""
    if len(text) > LONGEST:
        raise _error(
            text[:40] + "...", f"it has more than {LONGEST} characters", "Split the requirement, or shorten it"
        )
    return _Reader(text).whole()


def evaluate(condition: Condition | str, claims: Mapping[str, Value]) -> bool:
    """Whether the condition holds for `claims`, which must have every name in it; both sides of `and` and `or` are
    always looked at. Raises InputError for an unknown name or a comparison of different kinds.
    """
    text = condition if isinstance(condition, str) else show(condition)
    tree = parse(condition) if isinstance(condition, str) else condition
    return _truth(tree, claims, text)


def names(condition: Condition | str) -> frozenset[str]:
    """The claims that the condition speaks of. Raises InputError."""
    return frozenset(_names(parse(condition) if isinstance(condition, str) else condition))


def show(condition: Condition) -> str:
    """The condition as text again."""
    match condition:
        case Literal(value):
            return _written(value)
        case Name(name):
            return name
        case Compared(sign, left, right):
            return f"{show(left)} {sign} {show(right)}"
        case Not(inner):
            return f"not {_in_brackets(inner)}"
        case Joined(word, parts):
            return f" {word} ".join(map(_in_brackets, parts))


def _in_brackets(part: Condition) -> str:
    return f"({show(part)})" if isinstance(part, Joined) else show(part)


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}'" if '"' in value else f'"{value}"'
    return f"{value:.15f}" if isinstance(value, float) else str(value)


def _names(tree: Condition) -> Iterator[str]:
    match tree:
        case Name(name):
            yield name
        case Compared(_, left, right):
            yield from _names(left)
            yield from _names(right)
        case Not(inner):
            yield from _names(inner)
        case Joined(_, parts):
            for part in parts:
                yield from _names(part)


def _truth(tree: Condition, claims: Mapping[str, Value], text: str) -> bool:
    match tree:
        case Not(inner):
            return not _truth(inner, claims, text)
        case Joined(word, parts):
            truths = [_truth(part, claims, text) for part in parts]
            return all(truths) if word == "and" else any(truths)
        case Compared(sign, left, right):
            return _compared(sign, _value(left, claims, text), _value(right, claims, text), tree, text)
        case Literal() | Name():
            value = _value(tree, claims, text)
            if isinstance(value, bool):
                return value
            raise _error(
                text,
                f"{show(tree)} is {_kind(value)}, not true or false",
                f"Compare it, such as {show(tree)} == {_written(value)}",
            )


def _value(operand: Literal | Name, claims: Mapping[str, Value], text: str) -> Value:
    if isinstance(operand, Literal):
        return operand.value
    if operand.name not in claims:
        raise _error(text, f"no claim is called {operand.name!r}", choose_from(operand.name, claims))
    return claims[operand.name]


def _compared(sign: str, left: Value, right: Value, tree: Compared, text: str) -> bool:
    kinds = _kind(left), _kind(right)
    if kinds[0] != kinds[1]:
        raise _error(text, f"{show(tree)} compares {kinds[0]} with {kinds[1]}", "Compare values of one kind")
    if sign not in ("==", "!=") and kinds[0] != "a number":
        raise _error(text, f"{show(tree)} orders what is {kinds[0]}", "Use == or !=; only numbers have an order")
    return COMPARE[sign](left, right)


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "true or false"
    return "a text" if isinstance(value, str) else "a number"


def _error(text: str, what: str, cure: str) -> InputError:
    return InputError("", "", f"in the condition {text!r}: {what}", cure)


class _Reader:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._scan())
        self.at = 0
        self.depth = 0

    def whole(self) -> Condition:
        tree = self._joined("or")
        kind, token, column = self.tokens[self.at]
        if kind == "end":
            return tree
        if token in COMPARE:
            raise self._wrong(f"a second comparison at column {column}", 'Join two comparisons with "and"')
        raise self._wrong(f"{token!r} is not expected at column {column}", 'Join the parts with "and" or "or"')

    def _scan(self) -> Iterator[tuple[str, str, int]]:
        at = 0
        end = len(self.text.rstrip())
        while at < end:
            found = TOKEN.match(self.text, at)
            if not found:
                rest = self.text[at:].lstrip()
                column = len(self.text) - len(rest) + 1
                cure = (
                    'Write "==" to compare'
                    if rest.startswith("=")
                    else "Use claims, numbers, strings, and or not ( ) == != >= <= > <"
                )
                raise self._wrong(f"column {column} cannot be read: {rest[:20]!r}", cure)
            kind = str(found.lastgroup)
            yield kind, found[kind], found.start(kind) + 1
            at = found.end()
        yield "end", "the end", end + 1

    def _joined(self, word: str) -> Condition:
        parts = [self._part(word)]
        while self._take(word):
            parts.append(self._part(word))
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _part(self, word: str) -> Condition:
        return self._joined("and") if word == "or" else self._negated()

    def _negated(self) -> Condition:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._wrong(f"it is nested more than {DEEPEST} deep", "Simplify it")
        tree: Condition = Not(self._negated()) if self._take("not") else self._compared()
        self.depth -= 1
        return tree

    def _compared(self) -> Condition:
        if self._take("("):
            tree = self._joined("or")
            if not self._take(")"):
                raise self._wrong(f'")" is missing at column {self.tokens[self.at][2]}', "Close the bracket")
            return tree
        left = self._operand()
        sign = self.tokens[self.at][1] if self.tokens[self.at][0] == "sign" else ""
        if sign not in COMPARE:
            return left
        self.at += 1
        return Compared(sign, left, self._operand())

    def _operand(self) -> Literal | Name:
        kind, token, column = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return Literal(float(token) if "." in token else int(token))
        if kind == "string":
            return Literal(token[1:-1])
        if token in ("true", "false") and kind == "name":
            return Literal(token == "true")
        if kind == "name" and token not in WORDS:
            return Name(token)
        raise self._wrong(
            f"a claim or a value is missing at column {column} (there is {token!r})", "Complete the condition"
        )

    def _take(self, token: str) -> bool:
        kind, found, _ = self.tokens[self.at]
        if found != token or kind in ("string", "end"):
            return False
        self.at += 1
        return True

    def _wrong(self, what: str, cure: str) -> InputError:
        return _error(self.text, what, cure)
