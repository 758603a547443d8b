"""The proof of a suite: every case passes on the conforming reference, every fault turns red what it names and no more.

All of it in memory and on virtual time: a matrix of faults and cases that is the same whenever it is made. Each case is
first run alone on the conforming reference, to see which rules it reaches. A fault that overrides none of them cannot
make a difference to it, so that the fault is only tried with the cases which reach one.
"""

import os
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from profiles import Product, Requirement, applicability

from .attempt import Surroundings
from .case import CaseSpec
from .lag import LagProbe
from .memory import MemoryTestbed
from .patience import Patience
from .plan import check_bindings, full_claims
from .pool import pooled
from .reference import Fault, reaching
from .session import InMemory, collect, execute
from .suite import Suite
from .variants import Variant, faults, variants
from .verdict import Verdict, worst

CONCURRENCY = 64
"""Cases at once: on virtual time more would only make the reference look through more sessions."""
CLEAN = ""
"""Stands where a fault's id would: the reference as it should be."""


@dataclass(frozen=True)
class Outcome:
    """What the cases said of the reference with one fault: verdict and sentence of each case that did not pass."""

    fault: str
    ran: frozenset[str]
    told: Mapping[str, tuple[Verdict, str]]


@dataclass
class Proof:
    """The matrix of one suite. Cases by id, requirements by reference, faults by id."""

    suite: str
    cases: Mapping[str, tuple[str, ...]]
    """Case to the requirements that it judges on the reference."""
    faults: Mapping[str, Fault]
    clean_failures: dict[str, str] = field(default_factory=dict)
    """Case to what it said of the conforming reference."""
    red: dict[str, dict[str, str]] = field(default_factory=dict)
    """Fault to the cases that failed by it, each with what it said."""
    collateral: list[tuple[str, str, str]] = field(default_factory=list)
    """Fault, requirement that it turned red and does not name, and the case."""

    @property
    def caught(self) -> list[str]:
        """The faults that turned red everything they name."""
        return [name for name, fault in self.faults.items() if set(fault.breaks) <= self._red_requirements(name)]

    @property
    def missed(self) -> dict[str, list[str]]:
        """Fault to the requirements that it names and that stayed green."""
        gaps = {n: sorted(set(fault.breaks) - self._red_requirements(n)) for n, fault in self.faults.items()}
        return {name: refs for name, refs in gaps.items() if refs}

    @property
    def unproven_cases(self) -> list[str]:
        """The cases that fail by no fault which names one of their requirements."""
        proven = {
            case
            for name, failed in self.red.items()
            for case in failed
            if set(self.faults[name].breaks) & set(self.cases[case])
        }
        return sorted(set(self.cases) - proven)

    @property
    def holds(self) -> bool:
        """Whether the suite is proven."""
        whole = bool(self.faults) and len(self.caught) == len(self.faults)
        return whole and not (self.clean_failures or self.collateral or self.unproven_cases)

    def to_json(self) -> dict[str, Any]:
        """The matrix as `prove --format json` prints it."""
        return {
            "suite": self.suite,
            "cases": len(self.cases),
            "clean_failures": [{"case": case, "summary": said} for case, said in sorted(self.clean_failures.items())],
            "faults": len(self.faults),
            "caught": len(self.caught),
            "missed": [{"fault": fault, "requirements": refs} for fault, refs in self.missed.items()],
            "collateral": [{"fault": f, "requirement": r, "case": c} for f, r, c in self.collateral],
            "unproven_cases": self.unproven_cases,
            "matrix": [
                {
                    "fault": name,
                    "breaks": list(fault.breaks),
                    "summary": fault.summary,
                    "red": sorted(self.red.get(name, ())),
                }
                for name, fault in self.faults.items()
            ],
        }

    def add(self, outcome: Outcome) -> None:
        """Take what came of one run."""
        if outcome.fault == CLEAN:
            self.clean_failures.update({case: said for case, (_, said) in outcome.told.items()})
            return
        red = self.red.setdefault(outcome.fault, {})
        named = set(self.faults[outcome.fault].breaks)
        for case, (verdict, said) in sorted(outcome.told.items()):
            if verdict in (Verdict.FAIL, Verdict.ERROR):
                red[case] = said
                unnamed = [ref for ref in self.cases[case] if ref not in named]
                if verdict is Verdict.ERROR or not self.cases[case]:
                    unnamed = list(self.cases[case]) or ["(none)"]
                self.collateral.extend((outcome.fault, ref, case) for ref in unnamed)

    def _red_requirements(self, fault: str) -> set[str]:
        return {ref for case in self.red.get(fault, ()) for ref in self.cases[case]}


def prove(
    suite: Suite,
    requirements: Mapping[str, Requirement],
    *,
    chosen: Callable[[CaseSpec], bool] = lambda spec: True,
    only: Iterable[str] = (),
    whole: bool = False,
    quick: bool = False,
    workers: int | None = None,
    on_fault: Callable[[int, int], None] = lambda done, total: None,
) -> Proof:
    """Prove a suite, whose catalogues hold `requirements` (by reference).

    `chosen` narrows the cases, `only` the faults; `whole` tries every fault with every case; `quick` only with those
    that judge what it names, so that nothing is said of what it turns red besides. `on_fault` hears how many of how
    many runs are done. Raises CollectError, PlanError, SuiteError.
    """
    specs = collect([suite])
    check_bindings(specs, requirements, suite.standards)
    specs = [spec for spec in specs if chosen(spec)]
    shares, clean = _shares(suite, specs, requirements)
    wanted = set(only)
    named = {name: fault for name, fault in faults(suite).items() if not wanted or name in wanted}
    bound = {spec.id: refs for share in shares for spec, refs in share.cases}
    bound |= {spec.id: () for spec in specs if spec.id not in bound}
    proof = Proof(suite.name, dict(sorted(bound.items())), named)
    for outcome in clean:
        proof.add(outcome)
    workers = workers or len(os.sched_getaffinity(0))
    reach = [None if whole or quick else _reach(share, workers) for share in shares]
    tasks = [
        (share.named_by(fault) if quick else share.reached_by(fault, reached), fault)
        for fault in named.values()
        for share, reached in zip(shares, reach, strict=True)
    ]
    tasks = [(share, fault) for share, fault in tasks if share.cases]
    for done, outcome in enumerate(pooled(lambda task: _run(*task), tasks, workers), 1):
        proof.add(outcome)
        on_fault(done, len(tasks))
    proof.red = {name: proof.red.get(name, {}) for name in named}
    proof.collateral.sort()
    return proof


@dataclass(frozen=True)
class _Share:
    """The cases that one variant of the reference is tried with, and what each judges on it."""

    variant: Variant
    cases: tuple[tuple[CaseSpec, tuple[str, ...]], ...]
    claims: Mapping[str, Mapping[str, Any]]

    def named_by(self, fault: Fault) -> "_Share":
        """The cases that judge what a fault names."""
        names = set(fault.breaks)
        return replace(self, cases=tuple(case for case in self.cases if names & set(case[1])))

    def reached_by(self, fault: Fault, reached: Mapping[str, frozenset[str]] | None) -> "_Share":
        """The cases to which a fault can make a difference. One that names no requirement of a role that the variant
        plays is none of such a product.
        """
        if not any(self.variant.plays(ref.partition(":")[0]) for ref in fault.breaks):
            return replace(self, cases=())
        if reached is None:
            return self
        with reaching() as reach:
            self.variant.make(None)
        if not reach.kinds:
            return self  # the reference takes its faults in a way of its own
        names = reach.overridden(fault)
        return replace(self, cases=tuple(case for case in self.cases if reached[case[0].id] & names))


def _shares(
    suite: Suite, specs: Sequence[CaseSpec], requirements: Mapping[str, Requirement]
) -> tuple[list[_Share], list[Outcome]]:
    """Each case goes to the first variant that it applies to, by claims and by what the case itself finds out.

    Returns the shares, and what the cases say of the conforming reference.
    """
    shares, clean, left = [], [], list(specs)
    elsewhere: dict[str, tuple[Verdict, str]] = {}
    for variant in variants(suite):
        share = _share(variant, left, requirements)
        outcome = _run(share, None)
        foreign = {case for case, (verdict, _) in outcome.told.items() if verdict is Verdict.NOT_APPLICABLE}
        elsewhere |= {case: outcome.told[case] for case in foreign}
        taken = tuple(case for case in share.cases if case[0].id not in foreign)
        if taken:
            shares.append(_Share(variant, taken, share.claims))
        clean.append(_without(outcome, foreign))
        settled = {spec.id for spec, _ in taken}
        left = [spec for spec in left if spec.id not in settled]
    nowhere = {spec.id: elsewhere[spec.id] for spec in left if spec.id in elsewhere}
    return shares, [*clean, Outcome(CLEAN, frozenset(nowhere), nowhere)]


def _share(variant: Variant, specs: Iterable[CaseSpec], requirements: Mapping[str, Requirement]) -> _Share:
    """The cases that apply to a variant by its roles and claims."""
    product = Product("iic-conform", variant.name, claims=variant.claims)
    cases = []
    for spec in specs:
        applying = tuple(
            ref
            for ref in spec.requirements
            if variant.plays(ref.partition(":")[0])
            and (ref not in requirements or applicability(requirements[ref], product)[0])
        )
        if applying or not spec.requirements:
            cases.append((spec, applying))
    return _Share(variant, tuple(cases), full_claims(requirements.values(), product))


def _without(outcome: Outcome, cases: set[str]) -> Outcome:
    told = {case: said for case, said in outcome.told.items() if case not in cases}
    return Outcome(outcome.fault, outcome.ran - cases, told)


def _reach(share: _Share, workers: int) -> dict[str, frozenset[str]]:
    """Case to the rules that it reaches on the conforming reference, when it runs alone."""

    def reached(case: tuple[CaseSpec, tuple[str, ...]]) -> tuple[str, frozenset[str]]:
        with reaching() as reach:
            _run(replace(share, cases=(case,)), None)
        return case[0].id, frozenset(reach.names)

    return dict(pooled(reached, share.cases, workers))


def _run(share: _Share, fault: Fault | None) -> Outcome:
    """Run the share's cases against its reference, with the fault given."""
    variant = share.variant
    specs = [spec for spec, _ in share.cases]
    lag = LagProbe()
    around = Surroundings(
        testbed=MemoryTestbed(variant.name, lambda: variant.make(fault), variant.ixit),
        claims=share.claims,
        ixit={},
        patience=Patience(lag=lag),
        lag=lag,
        keep_evidence=False,
    )
    seeds = {spec.id: random.Random(spec.id).getrandbits(48) for spec in specs}
    results = execute(specs, seeds, around, InMemory(), look_first=False, concurrency=CONCURRENCY)
    told = {}
    for spec in specs:
        ends = results.get(spec.id, [])
        verdict = worst(end.verdict for end in ends) if ends else Verdict.INCONCLUSIVE
        if verdict is not Verdict.PASS:
            said = next((end.summary for end in ends if end.verdict is verdict), "it did not run")
            told[spec.id] = (verdict, said)
    return Outcome(fault.id if fault else CLEAN, frozenset(s.id for s in specs), told)
