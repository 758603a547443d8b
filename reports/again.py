"""The commands that repeat a case: from its record, and against the product."""

import shlex

from conformance.engine.bundle import Bundle

from .model import Case, Run
from .text import one_line, shortened

_NAMELESS = (None, "", "embedded", "running")
"""Testbeds that no one has to name."""


def rejudge(bundle: Bundle, case: Case, path: str = "") -> str:
    """Plays the record of the case again; without a path the bundle goes by its folder's name, as on any machine."""
    return f"iic-conform rejudge {_word(path or bundle.directory.name)} --select {_word(case.id)}"


def run_again(run: Run, case: Case) -> str:
    """Runs the case again with the same seed, as the run was ordered; FILE where the product file is not known."""
    order = run.plan.get("order")
    order = order if isinstance(order, dict) else {}
    words = ["iic-conform run", _word(order.get("profile") or run.plan.get("profile") or "PROFILE")]
    if order.get("testbed") != "embedded":
        words.append(f"--product {_word(order.get('product') or 'FILE')}")
    if (testbed := order.get("testbed")) not in _NAMELESS:
        words.append(f"--testbed {_word(testbed)}")
    words.append(f"--select {_word(case.id)}")
    if isinstance(seed := run.plan.get("seed"), int):
        words.append(f"--seed {seed}")
    if case.disruptive:
        words.append("--allow-disruptive")
    return " ".join(words)


def _word(text: object) -> str:
    return shlex.quote(one_line(shortened(str(text), 400)))
