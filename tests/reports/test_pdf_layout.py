"""How the test report is laid out: what is told in full, under which name, and where its pages end."""

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.engine.verdict import Verdict
from reports.pdf import words as printed

from .issued import pages, squeezed
from .made import made_up, requirement, result
from .test_pdf import issue

NEARLY_EMPTY = 700
"""Characters on a page, its head and foot among them."""


@pytest.mark.parametrize(("failing", "named"), [(4, 0), (20, 17)])
def test_many_cases_that_differ_in_their_input_alone_are_named(tmp_path: Path, failing: int, named: int) -> None:
    names = [f"toy/test_1_toy.py::test_many[{n:02}]" for n in range(failing)]
    ends = [result(name, Verdict.FAIL, summary="no") for name in names]
    (path,) = issue(made_up(tmp_path / "run-x", ends, dict.fromkeys(names, ("T-1",))), tmp_path)
    told = squeezed(" ".join(pages(path)))
    assert told.count("iic-conformrejudge") == failing - named
    assert all(squeezed(name) in told for name in names)
    more = squeezed(printed.fill(printed.ALIKE, n=named).en)
    assert (more in told) == bool(named)


def test_ids_stand_with_their_standard_where_there_are_several(tmp_path: Path) -> None:
    """The same id may stand in two editions."""
    rows = [requirement("T-8", check="none", why="w", why_zh="w"), requirement("T-7", check="review")]
    rows += [replace(row, standard="toy-2") for row in rows]
    (path,) = issue(made_up(tmp_path / "run-x", [], {}, requirements=rows), tmp_path)
    told = squeezed(" ".join(pages(path)))
    assert "toy-1/serverT-8" in told
    assert "toy-2/serverT-8" in told
    assert "toy-2/server,clause1.1" in told
    (path,) = issue(made_up(tmp_path / "run-y", [], {}, requirements=rows[:2]), tmp_path)
    assert "toy-1/serverT-8" not in squeezed(" ".join(pages(path)))


def test_a_signed_report_says_that_it_is_signed_electronically(tmp_path: Path) -> None:
    bundle = made_up(tmp_path / "run-x", [], {})
    (path,) = issue(bundle, tmp_path, electronic=True)
    assert squeezed(printed.ELECTRONIC.en) in squeezed(pages(path)[0])
    path.unlink()
    (path,) = issue(bundle, tmp_path)
    assert squeezed(printed.ELECTRONIC.en) not in squeezed(pages(path)[0])


@pytest.mark.parametrize("rows", range(0, 60, 6))
def test_the_end_mark_never_stands_alone_on_a_page(tmp_path: Path, rows: int) -> None:
    """With the records in front of it at whatever place of the page."""
    wanted = [requirement(f"T-{n}", check="none", why="w", why_zh="w") for n in range(100, 101 + rows)]
    (path,) = issue(made_up(tmp_path / "run-x", [], {}, requirements=wanted), tmp_path)
    last = pages(path)[-1]
    assert "End of test report EL-2026-0417" in last
    assert "Laboratory file (SHA-256)" in last
    assert min(len(page) for page in pages(path)[1:-1]) > NEARLY_EMPTY
