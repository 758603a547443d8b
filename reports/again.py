"""The commands that repeat a case: from its record, and against the product."""

import shlex

from conformance.engine.bundle import Bundle

from .model import Case, Run
from .text import one_line, shortened

_NAMELESS = ("", "memory", "running", "reference")
"""Kinds of testbed that no one has to name."""


def rejudge(bundle: Bundle, case: Case) -> str:
    """Plays the record of the case again; the bundle by its folder's name."""
    return f"iic-conform rejudge {_word(bundle.directory.name)} --select {_word(case.id)}"


def run_again(run: Run, case: Case) -> str:
    """Runs the case again with the same seed. FILE stands for the product file, whose place a bundle does not know."""
    words = ["iic-conform run", _word(run.plan.get("profile") or "PROFILE")]
    testbed = run.plan.get("testbed")
    kind, name = (testbed.get("kind"), testbed.get("name")) if isinstance(testbed, dict) else ("", "")
    if kind != "memory":
        words.append("--product FILE")
    if kind not in _NAMELESS and name:
        words.append(f"--testbed {_word(name)}")
    words.append(f"--select {_word(case.id)}")
    if isinstance(seed := run.plan.get("seed"), int):
        words.append(f"--seed {seed}")
    if case.disruptive:
        words.append("--allow-disruptive")
    return " ".join(words)


def _word(text: object) -> str:
    return shlex.quote(one_line(shortened(str(text), 400)))
