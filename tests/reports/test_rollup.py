"""From ends to verdicts: what each requirement and the product get, and that nothing worse ever looks better."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict
from reports.model import Attempt, Case, LeftOut, LeftOutCase, Requirement, Run, Said
from reports.rollup import CONFORMS, DOES_NOT_CONFORM, INCOMPLETE, INCONCLUSIVE, Result, judge, roll_up

P, F, E, NA = Verdict.PASS, Verdict.FAIL, Verdict.ERROR, Verdict.NOT_APPLICABLE
OPEN = Verdict.INCONCLUSIVE
GOODNESS = {CONFORMS: 2, INCONCLUSIVE: 1, INCOMPLETE: 1, DOES_NOT_CONFORM: 0}
LEVELS = ("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY")


def requirement(id_: str = "R-1", level: str = "MUST", **more: Any) -> Requirement:
    bare: dict[str, Any] = dict.fromkeys(("when", "why", "why_zh", "interpretation", "interpretation_zh"))
    words = {"clause": "1", "wording": "keyword", "text": "t", "text_zh": "t", "check": "automatic"}
    return Requirement(id=id_, standard="s", role="r", level=level, **{**bare, **words, **more})


def attempt(verdict: Verdict, number: int = 1) -> Attempt:
    nothing: dict[str, Any] = dict.fromkeys(("expected", "got", "transcript", "capture", "output", "detail"))
    return Attempt(
        number=number, verdict=verdict, began_s=0, seconds=1, summary=str(verdict), notes=(), lag_s=0, **nothing
    )


def case(name: str, *verdicts: Verdict, judges: Sequence[str] = ("R-1",)) -> Case:
    attempts = tuple(attempt(verdict, n) for n, verdict in enumerate(verdicts, 1))
    refs = tuple(f"s/r:{id_}" for id_ in judges)
    facts: dict[str, Any] = {"suite": "x", "standard": "s/r", "title": name, "source": "", "seed": 1}
    return Case(id=name, requirements=refs, attempts=attempts, disruptive=False, negative=False, **facts)


def left_out(name: str, option: str = "--select", judges: Sequence[str] = ("R-1",)) -> LeftOutCase:
    refs = tuple(f"s/r:{id_}" for id_ in judges)
    said = Said("left out", "未包含")
    return LeftOutCase(
        id=name, suite="x", standard="s/r", requirements=refs, title="", source="", option=option, said=said
    )


def run(requirements: Sequence[Requirement], cases: Sequence[Case], **more: Any) -> Run:
    empty: dict[str, Any] = {name: {} for name in ("profile", "product", "plan", "manifest", "left_out")}
    facts: dict[str, Any] = {"id": "1", "created": "", "finished": "", "seconds": 1.0, "complete": True}
    lists: dict[str, Any] = {"problems": (), "catalogues": (), "left_out_cases": (), "journal_last": ""}
    return Run(requirements=tuple(requirements), cases=tuple(cases), **{**empty, **facts, **lists, **more})


def verdict_of(result: Result, id_: str = "R-1") -> Verdict:
    return next(row.verdict for row in result.requirements if row.id == id_)


@pytest.mark.parametrize(
    ("verdicts", "wanted"),
    [
        ([(P,)], P),
        ([(P,), (P,)], P),
        ([(P,), (NA,)], P),
        ([(NA,), (NA,)], NA),
        ([(P,), (F,)], F),
        ([(F,), (E,)], F),
        ([(F, P)], F),
        ([(F, E)], F),
        ([(P,), (OPEN,)], OPEN),
        ([(OPEN, P)], OPEN),
        ([(P,), (E,)], E),
        ([(P,), ()], Verdict.NOT_TESTED),
        ([()], Verdict.NOT_TESTED),
    ],
)
def test_the_cases_of_a_requirement_give_its_verdict(verdicts: list[tuple[Verdict, ...]], wanted: Verdict) -> None:
    cases = [case(f"c{n}", *given_) for n, given_ in enumerate(verdicts)]
    assert verdict_of(judge(run([requirement()], cases))) is wanted


@pytest.mark.parametrize(
    "weak",
    [
        requirement(level="SHOULD"),
        requirement(level="SHOULD NOT"),
        requirement(level="MAY"),
        requirement(wording="derived"),
        requirement(interpretation="read as such"),
    ],
    ids=lambda r: f"{r.level} {r.wording} {r.interpretation}",
)
def test_what_does_not_bind_warns_and_never_fails_a_product(weak: Requirement) -> None:
    other = replace(requirement("R-2"))
    result = judge(run([weak, other], [case("c", F), case("d", P, judges=["R-2"])]))
    assert verdict_of(result) is Verdict.WARNING
    assert (result.verdict, result.exit_code) == (CONFORMS, 0)
    assert [(f.requirement, f.verdict) for f in result.findings] == [("R-1", Verdict.WARNING)]


def test_a_failed_case_is_a_finding_for_each_of_its_requirements() -> None:
    result = judge(run([requirement(), requirement("R-2")], [case("c", F, judges=["R-1", "R-2"])]))
    assert [(f.requirement, f.case, f.verdict) for f in result.findings] == [("R-1", "c", F), ("R-2", "c", F)]
    assert (result.verdict, result.exit_code) == (DOES_NOT_CONFORM, 1)


@pytest.mark.parametrize(("level", "wanted"), [("MUST", INCONCLUSIVE), ("SHOULD", INCONCLUSIVE), ("MAY", CONFORMS)])
def test_an_open_review_stands_in_the_way_unless_it_is_about_a_may(level: str, wanted: str) -> None:
    rows = [requirement("R-2"), requirement(level=level, check="review")]
    result = judge(run(rows, [case("c", P, judges=["R-2"])]))
    assert verdict_of(result) is Verdict.NEEDS_REVIEW
    assert result.verdict == wanted


def test_a_review_that_does_not_apply_stands_in_nobodys_way() -> None:
    rows = [requirement("R-2"), requirement(check="review")]
    lines = {"s/r:R-1": LeftOut(verdict=NA, said=Said("it applies when x", "适用条件：x"))}
    assert judge(run(rows, [case("c", P, judges=["R-2"])], left_out=lines)).verdict == CONFORMS


def test_what_cannot_be_observed_is_told_and_stands_in_nobodys_way() -> None:
    rows = [requirement("R-2"), requirement(check="none", why="it happens within", why_zh="内部")]
    result = judge(run(rows, [case("c", P, judges=["R-2"])]))
    assert result.requirements[1].verdict is Verdict.NOT_TESTED
    assert (result.requirements[1].reason, result.requirements[1].reason_zh) == ("it happens within", "内部")
    assert result.verdict == CONFORMS


def test_a_must_without_a_case_is_not_tested_and_the_product_inconclusive() -> None:
    result = judge(run([requirement("R-2"), requirement()], [case("c", P, judges=["R-2"])]))
    assert verdict_of(result) is Verdict.NOT_TESTED
    assert (result.verdict, result.exit_code) == (INCONCLUSIVE, 3)


@pytest.mark.parametrize("level", LEVELS)
def test_one_disruptive_case_left_out_leaves_the_verdict_open_and_names_the_option(level: str) -> None:
    rows = [requirement("R-2"), requirement(level=level)]
    cases = [case("c", P, judges=["R-2"]), case("d", P)]
    result = judge(run(rows, cases, left_out_cases=(left_out("e", "--allow-disruptive"),)))
    assert (result.verdict, result.exit_code) == (INCONCLUSIVE, 3)
    assert verdict_of(result) is OPEN
    assert any("--allow-disruptive" in said.en and "--allow-disruptive" in said.zh for said in result.reasons)
    assert result.counts["cases"]["not tested"] == 1


@pytest.mark.parametrize(
    ("name", "cases", "more"),
    [
        ("no case", [], {}),
        ("nothing ended", [case("c")], {}),
        ("everything skipped", [case("c", NA), case("d", NA)], {}),
        ("incomplete", [case("c", P)], {"complete": False, "problems": (Said("cut short", "中断"),)}),
        ("inconclusive", [case("c", OPEN)], {}),
        ("error", [case("c", P), case("d", E)], {}),
        ("all left out", [], {"left_out_cases": (left_out("c"),)}),
    ],
)
def test_a_run_that_shows_nothing_never_conforms(name: str, cases: list[Case], more: dict[str, Any]) -> None:
    for level in LEVELS:
        result = judge(run([requirement(level=level)], cases, **more))
        assert result.verdict != CONFORMS, name
        assert result.exit_code not in (0, 1), name
        assert result.reasons


def test_an_error_of_ours_has_its_own_exit_code_unless_the_product_failed() -> None:
    rows = [requirement(), requirement("R-2")]
    assert judge(run(rows, [case("c", E), case("d", P, judges=["R-2"])])).exit_code == 4
    assert judge(run(rows, [case("c", E), case("d", F, judges=["R-2"])])).exit_code == 1


def test_the_counts_name_every_verdict_and_add_up(toy_bundle: Bundle) -> None:
    result = roll_up(toy_bundle)
    for kind, total in (("cases", len(result.cases)), ("requirements", len(result.requirements))):
        assert list(result.counts[kind]) == [str(v) for v in Verdict]
        assert sum(result.counts[kind].values()) == total


# Worse never looks better.

ENDS = st.lists(st.sampled_from([P, F, OPEN, E, NA]), max_size=3).map(tuple)


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """A run of a few requirements of any kind and cases with any ends."""
    ids = [f"R-{n}" for n in range(draw(st.integers(1, 4)))]
    rows = [
        requirement(
            id_,
            draw(st.sampled_from(LEVELS)),
            check=draw(st.sampled_from(["automatic", "automatic", "review", "none"])),
            wording=draw(st.sampled_from(["keyword", "keyword", "stated", "derived"])),
        )
        for id_ in ids
    ]
    judged = st.lists(st.sampled_from(ids), min_size=1, max_size=2, unique=True)
    cases = [case(f"c{n}", *draw(ENDS), judges=draw(judged)) for n in range(draw(st.integers(0, 5)))]
    missing = [left_out(f"m{n}", judges=draw(judged)) for n in range(draw(st.integers(0, 1)))]
    ended = all(one.attempts for one in cases)
    return run(rows, cases, left_out_cases=tuple(missing), complete=ended and draw(st.integers(0, 4)) > 0)


def changed(of: Run, index: int, **fields: Any) -> Run:
    cases = list(of.cases)
    cases[index] = replace(cases[index], **fields)
    return replace(of, cases=tuple(cases))


@st.composite
def worsened(draw: st.DrawFn) -> tuple[Run, Run]:
    """A run, and the same with one thing more that went wrong or was not done."""
    before = draw(runs())
    ways = ["stop", "leave out"] + (["attempt", "spoil", "cut short"] if before.cases else [])
    way = draw(st.sampled_from(ways))
    if way == "stop":
        return before, replace(before, complete=False, problems=(*before.problems, Said("cut short", "中断")))
    if way == "leave out":
        more = left_out("more", judges=[before.requirements[0].id])
        return before, replace(before, left_out_cases=(*before.left_out_cases, more))
    index = draw(st.integers(0, len(before.cases) - 1))
    attempts = before.cases[index].attempts
    if way == "cut short":
        kept = attempts if before.cases[index].failed else ()
        return before, replace(changed(before, index, attempts=kept), complete=before.complete and bool(kept))
    bad = attempt(draw(st.sampled_from([F, OPEN, E])), len(attempts) + 1)
    if way == "attempt":
        return before, changed(before, index, attempts=(*attempts, bad))
    spoiled = tuple(bad if a.verdict is P else a for a in attempts)
    return before, changed(before, index, attempts=spoiled)


@given(worsened())
def test_worse_never_improves_the_verdict(pair: tuple[Run, Run]) -> None:
    before, after = map(judge, pair)
    assert GOODNESS[after.verdict] <= GOODNESS[before.verdict]
    assert not (after.exit_code == 0 and before.exit_code != 0)
    for was, now in zip(before.requirements, after.requirements, strict=True):
        assert now.verdict is not P or was.verdict in (P, NA)
        assert was.verdict not in (F, Verdict.WARNING) or now.verdict is was.verdict


@given(runs())
def test_only_passes_make_a_pass_and_only_they_conform(one: Run) -> None:
    result = judge(one)
    cases = {c.id: c for c in one.cases}
    for row in result.requirements:
        ends = [cases[name].verdict for name in row.cases]
        if row.verdict is P:
            assert P in ends
            assert set(ends) <= {P, NA}
            assert not any(row.ref in m.requirements for m in one.left_out_cases)
    if result.verdict == CONFORMS:
        assert result.exit_code == 0
        assert one.complete
        assert not one.left_out_cases
        assert any(row.verdict is P for row in result.requirements)
        binding = [row for row in result.requirements if row.binding]
        allowed = {P, NA}
        assert all(row.verdict in allowed or (row.check == "none" and not row.cases) for row in binding)
    assert (result.verdict == DOES_NOT_CONFORM) == any(r.verdict is F for r in result.requirements)


@given(runs(), st.randoms(use_true_random=False))
def test_the_order_of_the_cases_does_not_matter(one: Run, chance: Any) -> None:
    shuffled = list(one.cases)
    chance.shuffle(shuffled)
    first, second = judge(one), judge(replace(one, cases=tuple(shuffled)))
    assert (first.verdict, first.exit_code, first.counts) == (second.verdict, second.exit_code, second.counts)
