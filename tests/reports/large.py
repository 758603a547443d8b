"""A large bundle that never happened: `python -m tests.reports.large FOLDER` makes it for measurements."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict

from .made import conversation, made_up, requirement, result

CASES = 5_000
REQUIREMENTS = 2_000
LEVELS = ("MUST", "MUST", "MUST", "MUST NOT", "SHOULD", "MAY")
TEXT = (
    "The server closes the network connection when the field holds a value that clause {n} does not list, number {n}."
)
TEXT_ZH = "当字段含有第 {n} 条未列出的取值时，服务端关闭网络连接，序号 {n}。"
SIX = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.FAIL)


def verdict(n: int) -> Verdict:
    """Of a hundred cases three are no passes."""
    return SIX[n // 33 % 6] if n % 33 == 0 else Verdict.PASS


def large(
    directory: Path,
    cases: int = CASES,
    requirements: int = REQUIREMENTS,
    of: Callable[[int], Verdict] = verdict,
) -> Bundle:
    """A bundle of so many cases and requirements; one requirement in seven has no case."""
    rows = [_requirement(n) for n in range(requirements)]
    judged = [row.id for n, row in enumerate(rows) if n % 7]
    names = [f"toy/test_{n % 40}_toy.py::test_that_the_toy_does_what_it_has_to[{n}]" for n in range(cases)]
    bindings = {name: (judged[n % len(judged)],) for n, name in enumerate(names)}
    results = [result(name, of(n), **_said(of(n), n)) for n, name in enumerate(names)]
    return made_up(
        directory, results, bindings, requirements=rows, record=lambda r: conversation(r.case, 6), begun=True
    )


def _requirement(n: int) -> Any:
    clause = f"{n // 100 + 1}.{n // 10 % 10 + 1}"
    number = f"{clause}.{n % 10 + 1}"
    return requirement(
        f"T-{number}-{n}", LEVELS[n % len(LEVELS)], clause, text=TEXT.format(n=number), text_zh=TEXT_ZH.format(n=number)
    )


def _said(verdict: Verdict, n: int) -> dict[str, Any]:
    if verdict is Verdict.PASS:
        return {}
    return {"summary": f"the product answered {n}", "expected": "the connection closed", "got": f"PUBLISH {n}"}


if __name__ == "__main__":
    large(Path(sys.argv[1]))
