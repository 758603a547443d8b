"""JUnit XML, compared with the journal field by field, and read by a library of others."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from junitparser import JUnitXml

import reports
from conformance.engine.bundle import Bundle
from conformance.engine.choices import Choices
from conformance.engine.verdict import Verdict

from .made import made_up, real_run, requirement, result, specs

TAGS = {"fail": "failure", "inconclusive": "error", "error": "error", "not applicable": "skipped", "pass": None}


def written(bundle: Bundle, directory: Path) -> ElementTree.Element:
    ((_, path),) = reports.write(bundle, ["junit"], directory)
    assert isinstance(path, Path), path
    return ElementTree.fromstring(path.read_bytes())


def properties(element: ElementTree.Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in element.iterfind("properties/property"):
        found.setdefault(row.get("name", ""), []).append(row.get("value", ""))
    return found


def outcome(test: ElementTree.Element) -> ElementTree.Element | None:
    (found, *more) = [*test.iterfind("failure"), *test.iterfind("error"), *test.iterfind("skipped"), None]
    assert not more or more == [None]
    return found


def test_each_case_is_a_testcase_that_says_what_the_journal_says(toy_bundle: Bundle, tmp_path: Path) -> None:
    root = written(toy_bundle, tmp_path)
    ends = toy_bundle.ends()
    plan = {row["id"]: row for row in toy_bundle.plan["cases"]}
    tests = {properties(test)["case"][0]: test for test in root.iter("testcase")}
    assert len(list(root.iter("testcase"))) == len(tests)
    assert set(tests) == set(ends)
    for case, test in tests.items():
        (end,) = ends[case]
        file, _, name = case.partition("::")
        assert (test.get("classname"), test.get("name")) == (file.removesuffix(".py").replace("/", "."), name)
        assert test.get("time") == f"{end['seconds']:.3f}"
        assert properties(test)["requirement"] == plan[case]["requirements"]
        assert properties(test)["seed"] == [str(plan[case]["seed"])]
        assert properties(test)["verdict"] == [end["verdict"]]
        found = outcome(test)
        assert (found.tag if found is not None else None) == TAGS[end["verdict"]]
        if found is not None:
            assert end["summary"] in found.get("message", "")
            assert end["verdict"] in found.get("message", "") or found.get("type") == "warning"
            text = found.text or ""
            assert all(end[key] in text for key in ("expected", "got", "detail") if end[key])
            assert f"iic-conform rejudge run-toy --select {case}" in text


def test_a_failure_shows_the_messages_exchanged(toy_bundle: Bundle, tmp_path: Path) -> None:
    root = written(toy_bundle, tmp_path)
    failure = root.find(".//testcase[@name='test_quit_closes']/failure")
    assert failure is not None
    assert failure.get("type") == "nonconformity"
    assert "→ LINE quit" in (failure.text or "")
    assert "← LINE quit" in (failure.text or "")


def test_a_failure_that_cannot_fail_the_product_says_so(toy_bundle: Bundle, tmp_path: Path) -> None:
    failure = written(toy_bundle, tmp_path).find(".//testcase[@name='test_manners']/failure")
    assert failure is not None
    assert failure.get("type") == "warning"
    assert failure.get("message", "").startswith("warning")


def test_inconclusive_is_no_failure_and_not_green(toy_bundle: Bundle, tmp_path: Path) -> None:
    error = written(toy_bundle, tmp_path).find(".//testcase[@name='test_never_begins']/error")
    assert error is not None
    assert error.get("type") == "inconclusive"


def test_what_a_case_printed_is_with_it(toy_bundle: Bundle, tmp_path: Path) -> None:
    printed = written(toy_bundle, tmp_path).findtext(".//testcase[@name='test_of_ours_is_broken']/system-out")
    assert printed == "about to break\n"


def test_the_totals_add_up_and_others_read_them(toy_bundle: Bundle, tmp_path: Path) -> None:
    root = written(toy_bundle, tmp_path)
    for element in (root, *root.iter("testsuite")):
        tests = list(element.iter("testcase"))
        assert element.get("tests") == str(len(tests))
        for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert element.get(name) == str(sum(test.find(tag) is not None for test in tests))
    read = JUnitXml.fromfile(str(tmp_path / "junit.xml"))
    assert (read.tests, read.failures, read.errors, read.skipped) == (6, 2, 2, 1)
    passed = [test for suite in read for test in suite if test.is_passed]
    assert [test.name for test in passed] == ["test_echo_comes_back"]


def test_what_was_left_out_is_skipped_with_its_reason(tmp_path: Path) -> None:
    chosen = specs(["test_echo_comes_back", "test_quit_closes"], disruptive=["test_quit_closes"])
    root = written(real_run(tmp_path / "run-x", chosen, choices=Choices(seed=7)), tmp_path)
    assert (root.get("tests"), root.get("skipped")) == ("2", "1")
    skipped = root.find(".//testcase[@name='test_quit_closes']/skipped")
    assert skipped is not None
    assert skipped.get("type") == "not tested"
    assert "--allow-disruptive" in skipped.get("message", "")


def test_a_case_that_never_ended_is_skipped_and_the_suite_says_incomplete(tmp_path: Path) -> None:
    bindings = {"toy/test_1.py::test_a": ["T-1"], "toy/test_1.py::test_b": ["T-1"]}
    ends = [result("toy/test_1.py::test_a")]
    root = written(made_up(tmp_path / "run-x", ends, bindings, requirements=(requirement("T-1"),), end=False), tmp_path)
    skipped = root.find(".//testcase[@name='test_b']/skipped")
    assert skipped is not None
    assert skipped.get("message") == "not tested: the run ended before this case"
    suite = root.find("testsuite")
    assert suite is not None
    assert properties(suite)["verdict"] == ["incomplete"]


@pytest.mark.parametrize("verdicts", [("fail", "pass"), ("pass", "fail"), ("error", "pass"), ("inconclusive", "pass")])
def test_no_later_pass_makes_a_testcase_green(tmp_path: Path, verdicts: tuple[str, ...]) -> None:
    case = "toy/test_1.py::test_a"
    ends = [result(case, Verdict(v), attempt=n, summary=v) for n, v in enumerate(verdicts, 1)]
    bundle = made_up(tmp_path / "run-x", ends, {case: ["T-1"]}, requirements=(requirement("T-1"),))
    (test,) = written(bundle, tmp_path).iter("testcase")
    assert outcome(test) is not None
    assert test.get("time") == "0.500"
