"""The result as JUnit XML: one testcase for each case, those that were not run among them.

JUnit knows failure, error and skipped. A case that failed is a failure, also where it only warns (`type` tells which).
An inconclusive case is an error of type "inconclusive": nothing was learned of the product, so it is no failure, and as
skipped most viewers would let it pass. What was not tested or does not apply is skipped.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from conformance.engine.bundle import Bundle, write_synced
from conformance.engine.verdict import Verdict

from .account import SUMMARY_LIMIT, Accounts, place
from .model import Case, LeftOutCase
from .rollup import Result, roll_up
from .text import shortened, visible

Element = ElementTree.Element
_TALLIES = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def write(bundle: Bundle, directory: Path) -> Path:
    """Write `junit.xml`."""
    root = document(Accounts(roll_up(bundle), bundle))
    ElementTree.indent(root)
    path = directory / "junit.xml"
    write_synced(path, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")
    return path


def document(accounts: Accounts) -> Element:
    """The root element `testsuites`, with a suite for each suite of the run."""
    result = accounts.result
    everything: list[Case | LeftOutCase] = [*result.cases, *result.run.left_out_cases]
    suites = [
        _suite(name, [case for case in everything if case.suite == name], accounts)
        for name in dict.fromkeys(case.suite for case in everything)
    ]
    root = Element("testsuites", name="iic-conform")
    root.extend(suites)
    for tally in ("tests", *_TALLIES.values()):
        root.set(tally, str(sum(int(suite.get(tally, "0")) for suite in suites)))
    root.set("time", _seconds(sum(case.seconds for case in result.cases)))
    return root


def _suite(name: str, cases: Iterable[Case | LeftOutCase], accounts: Accounts) -> Element:
    suite = Element("testsuite", name=_value(name or "cases"))
    suite.append(_properties(_facts(accounts.result)))
    cases = list(cases)
    tests = [_testcase(case, accounts) for case in cases]
    suite.extend(tests)
    suite.set("tests", str(len(tests)))
    for tag, tally in _TALLIES.items():
        suite.set(tally, str(sum(test.find(tag) is not None for test in tests)))
    suite.set("time", _seconds(sum(case.seconds for case in cases if isinstance(case, Case))))
    if created := accounts.result.run.created[:19]:
        suite.set("timestamp", _value(created))
    return suite


def _facts(result: Result) -> Iterator[tuple[str, str]]:
    """What holds for the run as a whole, and is no case: above all the verdict on the product."""
    run = result.run
    yield "verdict", result.verdict
    yield from (("reason", said.en) for said in result.reasons)
    yield from ((name, str(run.plan.get(name) or "")) for name in ("profile", "product", "seed"))
    yield "run", run.id
    yield from ((f"requirements {verdict}", str(n)) for verdict, n in result.counts["requirements"].items() if n)


def _testcase(case: Case | LeftOutCase, accounts: Accounts) -> Element:
    classname, name = place(case)
    seconds = case.seconds if isinstance(case, Case) else 0.0
    test = Element("testcase", classname=classname, name=name, time=_seconds(seconds))
    test.append(_properties(_about(case, accounts)))
    if (outcome := _outcome(case, accounts)) is not None:
        test.append(outcome)
    if isinstance(case, Case) and (printed := "".join(a.output or "" for a in case.attempts)):
        ElementTree.SubElement(test, "system-out").text = visible(printed)
    return test


def _about(case: Case | LeftOutCase, accounts: Accounts) -> Iterator[tuple[str, str]]:
    yield "case", case.id
    for row in accounts.judged(case):
        yield "requirement", row.ref
        yield "clause", row.clause
        yield "level", row.level
    if isinstance(case, Case):
        yield "verdict", str(case.verdict)
        yield "seed", str(case.seed)


def _outcome(case: Case | LeftOutCase, accounts: Accounts) -> Element | None:
    """What stands inside the testcase; None for a pass alone."""
    verdict = case.verdict if isinstance(case, Case) else Verdict.NOT_TESTED
    if verdict is Verdict.PASS:
        return None
    tag, kind = {
        Verdict.FAIL: ("failure", "nonconformity"),
        Verdict.INCONCLUSIVE: ("error", "inconclusive"),
        Verdict.ERROR: ("error", "harness error"),
    }.get(verdict, ("skipped", str(verdict)))
    if isinstance(case, Case) and verdict is Verdict.FAIL and not accounts.fails_the_product(case):
        kind = "warning"
    element = Element(tag, type=kind, message=accounts.summary(case))
    if isinstance(case, Case) and case.attempts:
        element.text = accounts.text(case)
    return element


def _properties(pairs: Iterable[tuple[str, str]]) -> Element:
    properties = Element("properties")
    for name, value in pairs:
        ElementTree.SubElement(properties, "property", name=name, value=_value(value))
    return properties


def _value(text: str) -> str:
    return visible(shortened(text, SUMMARY_LIMIT), kept="")


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
