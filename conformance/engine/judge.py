"""Judging what has been observed."""

from typing import Any

from .verdict import Nonconformity


def check(
    good: Any, summary: str, *, expected: object = None, got: object = None, timing: bool | float = False
) -> None:
    """Fail the product with one sentence unless `good`. `timing`: the judgement rests on time that passed."""
    if not good:
        raise Nonconformity(
            summary,
            expected=None if expected is None else shown(expected),
            got=None if got is None else shown(got),
            timing=timing,
        )


def shown(value: object) -> str:
    """A value for a person: what a list or a set holds rather than how Python writes it."""
    if isinstance(value, set | frozenset):
        value = sorted(value, key=repr)
    if isinstance(value, list | tuple):
        return (
            ", ".join(f"({shown(item)})" if isinstance(item, list | tuple) else shown(item) for item in value) or "none"
        )
    if isinstance(value, bytes):
        return ascii(value)[1:]
    return str(value)
