"""The plan of a run: exactly which cases, with which seeds, and what is left out and why. No traffic yet."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from profiles import Product, Profile, Requirement, applicability, effective_claims

from .case import CaseSpec
from .choices import Choices
from .select import Target, parse


class Why(NamedTuple):
    """Why something is left out, in English and Chinese, and the option of the command that did it or would help."""

    reason: str
    reason_zh: str
    option: str = ""


NO_CASE = Why("no case exists for it yet", "尚无对应的测试用例")
NOT_SELECTED = Why("left out by the selection of this run", "本次运行的选择未包含该项", "--select")
NOT_AGAIN = Why("not among the cases that were to be run again", "不在需要重新运行的用例之中", "rerun")
NOT_FOUND = Why("left out by an option of pytest", "被 pytest 的选项排除", "an option of pytest")
BEYOND_LIMIT = Why("left out by the limit of this run", "超出本次运行的用例数上限", "--limit")
NEEDS_PERMISSION = Why(
    "its case disturbs the product and needs --allow-disruptive",
    "其用例会干扰产品，需要 --allow-disruptive",
    "--allow-disruptive",
)
REVIEW = Why("a person has to judge it", "需要人工评审")


class PlanError(Exception):
    """Cases and catalogues that do not fit together, or a selection that selects nothing."""


@dataclass
class Plan:
    """The cases to run, in order, with their seeds; and a line for each requirement that none of them judges."""

    profile: Profile
    product: Product
    requirements: Sequence[Requirement]
    choices: Choices
    seed: int
    cases: list[CaseSpec] = field(default_factory=list)
    bound: dict[str, list[str]] = field(default_factory=dict)
    """Case id to the references that apply."""
    seeds: dict[str, int] = field(default_factory=dict)
    left_out: list[dict[str, str]] = field(default_factory=list)
    left_out_cases: list[dict[str, Any]] = field(default_factory=list)
    """Cases that apply to the product and that this run does without."""
    rerun_of: str = ""
    """The id of the earlier run whose cases this one takes again."""

    def to_json(self, testbed: Mapping[str, Any]) -> dict[str, Any]:
        """The document `plan.json`."""
        return {
            "version": 1,
            "profile": self.profile.id,
            "product": f"{self.product.vendor} {self.product.name} {self.product.version}".strip(),
            "seed": self.seed,
            "testbed": dict(testbed),
            "options": {
                "select": self.choices.select,
                "limit": self.choices.limit,
                "allow_disruptive": self.choices.allow_disruptive,
            },
            "cases": [self._case(spec) for spec in self.cases],
            "left_out": self.left_out,
            "left_out_cases": self.left_out_cases,
        } | ({"rerun_of": self.rerun_of} if self.rerun_of else {})

    def _case(self, spec: CaseSpec) -> dict[str, Any]:
        return {
            "id": spec.id,
            "suite": spec.suite.name,
            "requirements": self.bound[spec.id],
            "standard": spec.standard,
            "seed": self.seeds[spec.id],
            "title": spec.title,
            "disruptive": spec.disruptive,
            "negative": spec.negative,
            "source": spec.source,
        }


def make_plan(
    profile: Profile,
    requirements: Sequence[Requirement],
    product: Product,
    specs: Iterable[CaseSpec],
    choices: Choices = Choices(),
) -> Plan:
    """Plan a run. Raises PlanError, and SelectError for a selection that cannot be read."""
    plan = Plan(profile, product, requirements, choices, _seed(choices))
    applies = {r.ref: applicability(r, product) for r in requirements}
    clauses = {r.ref: r.clause for r in requirements}
    chosen = parse(choices.select)
    specs = sorted(specs, key=lambda spec: spec.id)
    wanted: dict[str, Why] = {}
    for spec in specs:
        bound = [ref for ref in spec.requirements if ref in applies and applies[ref][0]]
        if not bound:
            continue
        why = _left_out(spec, Target(spec.id, {ref: clauses[ref] for ref in bound}), chosen, choices)
        if not why and choices.limit is not None and len(plan.cases) >= choices.limit:
            why = BEYOND_LIMIT
        if why:
            wanted.update((ref, why) for ref in bound)
            plan.left_out_cases.append(_left_out_case(spec, bound, why))
        else:
            plan.cases.append(spec)
            plan.bound[spec.id] = bound
    _seed_cases(plan)
    _explain(plan, applies, wanted)
    return plan


def _left_out(spec: CaseSpec, target: Target, chosen: Any, choices: Choices) -> Why | None:
    if choices.only is not None and spec.id not in choices.only:
        return NOT_AGAIN
    if choices.found is not None and spec.id not in choices.found:
        return NOT_FOUND
    if not chosen(target):
        return NOT_SELECTED
    if spec.disruptive and not choices.allow_disruptive:
        return NEEDS_PERMISSION
    return None


def _left_out_case(spec: CaseSpec, bound: list[str], why: Why) -> dict[str, Any]:
    return {
        "id": spec.id,
        "suite": spec.suite.name,
        "requirements": bound,
        "standard": spec.standard,
        "title": spec.title,
        "source": spec.source,
        **why._asdict(),
    }


def _seed(choices: Choices) -> int:
    return choices.seed if choices.seed is not None else random.SystemRandom().getrandbits(48)


def _seed_cases(plan: Plan) -> None:
    """Each case's seed follows from the run's seed and its own id, so that it does not depend on what else runs."""
    for spec in plan.cases:
        plan.seeds[spec.id] = random.Random(f"{plan.seed}/{spec.id}").getrandbits(48)
    if plan.choices.shuffle:
        random.Random(plan.seed).shuffle(plan.cases)


def _explain(plan: Plan, applies: Mapping[str, tuple[bool, str, str]], wanted: Mapping[str, Why]) -> None:
    judged = {ref for bound in plan.bound.values() for ref in bound}
    for requirement in plan.requirements:
        ref = requirement.ref
        good, reason, reason_zh = applies[ref]
        if not good:
            line = ("not applicable", reason, reason_zh)
        elif ref in judged:
            continue
        elif requirement.check == "none":
            line = ("not tested", requirement.why or "", requirement.why_zh or requirement.why or "")
        elif requirement.check == "review":
            line = ("needs review", *REVIEW[:2])
        else:
            line = ("not tested", *wanted.get(ref, NO_CASE)[:2])
        plan.left_out.append(dict(zip(("requirement", "verdict", "reason", "reason_zh"), (ref, *line), strict=True)))


def full_claims(requirements: Iterable[Requirement], product: Product) -> dict[str, dict[str, Any]]:
    """The product's claims by catalogue key, with the catalogues' defaults for what it does not mention."""
    declared = {requirement.key: requirement.claims for requirement in requirements}
    return {key: effective_claims(key, claims.values(), product) for key, claims in declared.items()}


def check_bindings(specs: Iterable[CaseSpec], known: Mapping[str, Requirement], standards: Iterable[str]) -> None:
    """Stop when a case is bound to nothing, to a standard that its suite does not name, or to a requirement of these
    standards that no catalogue has. Raises PlanError.
    """
    loaded = set(standards)
    wrong = [f"{spec.id} ({spec.source}): {what}" for spec in specs for what in _misbound(spec, known, loaded)]
    if wrong:
        listed = "\n  ".join(wrong[:20])
        raise PlanError(f"bindings to no known requirement: {len(wrong)}\n  {listed}")


def _misbound(spec: CaseSpec, known: Mapping[str, Requirement], loaded: Set[str]) -> Iterator[str]:
    """What is wrong with the bindings of a case, with the cure."""
    if not spec.requirements:
        yield "it judges nothing; write @requirement above it"
    for ref in spec.requirements:
        standard = ref.partition(":")[0]
        if standard not in spec.suite.standards:
            yield f"{ref}; name the standard in STANDARDS in the suite's provide.py, or correct it in @requirement"
        elif standard in loaded and ref not in known:
            yield f"{ref}; correct the id in @requirement, or add it to the catalogue"
