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
            expected=None if expected is None else str(expected),
            got=None if got is None else str(got),
            timing=timing,
        )
