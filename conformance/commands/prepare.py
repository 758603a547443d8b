"""All that a run needs and that needs no traffic: profile, catalogues, product, suites, what makes the testbed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import testbeds
from conformance.engine.attempt import Surroundings
from conformance.engine.case import CaseSpec
from conformance.engine.choices import Choices
from conformance.engine.lag import LagProbe
from conformance.engine.memory import MemoryTestbed
from conformance.engine.patience import Patience
from conformance.engine.plan import Plan, PlanError, check_bindings, full_claims, make_plan
from conformance.engine.redact import redactor
from conformance.engine.runner import CONCURRENCY
from conformance.engine.suite import Suite, find_suites
from conformance.engine.variants import Variant, variants
from profiles import (
    InputError,
    Product,
    Profile,
    Requirement,
    Secret,
    load_catalogues,
    load_product,
    load_profile,
    select,
)

from . import access
from .exits import Ended
from .knowledge import suites_for
from .order import EMBEDDED, Order


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A run before its plan."""

    order: Order
    profile: Profile
    catalogues: tuple[dict[str, Any], ...]
    requirements: tuple[Requirement, ...]
    product: Product
    suites: tuple[Suite, ...]
    open_testbed: Callable[[], Any]

    @property
    def claims(self) -> dict[str, dict[str, Any]]:
        return full_claims(self.requirements, self.product)

    def concurrency(self, wanted: int | None) -> int:
        """How many cases may run at once: as asked, else as the product bears by `[ixit.limits] concurrent_cases`."""
        return wanted or int(self.product.ixit.get("limits", {}).get("concurrent_cases") or CONCURRENCY)

    @property
    def redact(self) -> Callable[[bytes], bytes]:
        """The sink that takes the product's secrets out of everything written."""
        return redactor(secret.reveal() for secret in self.product.secrets())

    def surroundings(self) -> Surroundings:
        """The testbed with the product's claims and access data around it, for one execution."""
        lag = LagProbe()
        return Surroundings(
            testbed=self.open_testbed(), claims=self.claims, ixit=self.product.ixit, patience=Patience(lag=lag), lag=lag
        )

    def plan(self, specs: list[CaseSpec], choices: Choices) -> Plan:
        """The plan for these cases. Raises PlanError, SelectError."""
        known = {requirement.ref: requirement for requirement in self.requirements}
        check_bindings(specs, self._with_unselected(known), self._keys())
        plan = make_plan(self.profile, self.requirements, self.product, specs, choices)
        if not plan.cases and choices.select:
            what = f"--select {choices.select!r} selects no case of profile {self.profile.id}"
            raise PlanError(f"{what}; see `iic-conform list cases`")
        return plan

    def documents(self, plan: Plan, testbed: Mapping[str, Any]) -> dict[str, Any]:
        """The documents that stand in a bundle before its journal."""
        head = {
            "id": self.profile.id,
            "title": self.profile.title,
            "title_zh": self.profile.title_zh,
            "version": self.profile.version,
        }
        head |= {"summary": self.profile.summary, "summary_zh": self.profile.summary_zh, "sha256": self.profile.sha256}
        return {
            "plan.json": plan.to_json(testbed) | {"order": self.order.to_json(), "claims": self.claims},
            "profile.json": head
            | {"catalogues": list(self.catalogues), "requirements": [r.to_json() for r in self.requirements]},
            "product.json": self.product.to_json(),
        }

    def _keys(self) -> set[str]:
        return {selection.catalogue for selection in self.profile.catalogues}

    def _with_unselected(self, known: dict[str, Requirement]) -> dict[str, Requirement]:
        """Also the requirements that the profile leaves out: a case may be bound to them."""
        everything = load_catalogues(self.profile).values()
        return {r.ref: r for catalogue in everything for r in catalogue.requirements} | known


def prepare(order: Order) -> Prepared:
    """Read every file that the order names. Raises InputError, Ended, SuiteError."""
    profile = load_profile(Path(order.profile) if order.profile.endswith(".toml") else order.profile)
    catalogues = load_catalogues(profile)
    requirements = tuple(select(profile, catalogues))
    suites = tuple(suites_for(catalogues))
    path = order.product
    if path is None and order.testbed not in (None, EMBEDDED):
        path = testbeds.product_file(str(order.testbed), [EMBEDDED])
    if path is None:
        product, opened = _reference(order, profile, suites)
    else:
        product = load_product(path, catalogues.values())
        access.check(path, suites)
        name, ixit = order.testbed or "running", product.ixit
        opened = lambda: testbeds.open_testbed(name, ixit)  # noqa: E731 - called when the run begins
    heads = tuple(catalogue.to_json() for catalogue in catalogues.values())
    return Prepared(
        order=replace(order, product=path, testbed=order.testbed or ("running" if path else EMBEDDED)),
        profile=profile,
        catalogues=heads,
        requirements=requirements,
        product=product,
        suites=suites,
        open_testbed=opened,
    )


def _reference(order: Order, profile: Profile, suites: Iterable[Suite]) -> tuple[Product, Callable[[], Any]]:
    """The profile's own simulated product, when the user names none."""
    if order.testbed not in (None, EMBEDDED):
        raise Ended(
            f"testbed {order.testbed!r} names no product file: give --product, or write product = ... in its [testbed]"
        )
    if not profile.reference:
        raise Ended(f"profile {profile.id} has no embedded reference product; give --product")
    found = find_reference(profile.reference, suites)
    if found is None:
        what = f"profile {profile.id} names the reference {profile.reference!r}, which no installed suite has"
        raise InputError(profile.file or "", "[profile]", what, "Install its suite, or give --product")
    suite, variant = found
    claims = {key: variant.claims.get(key, {}) for key in suite.standards}
    product = Product("iic-conform", f"{variant.name} reference", "1", claims=claims, ixit=variant.ixit)
    return product, lambda: MemoryTestbed(f"{variant.name} ({EMBEDDED})", lambda: variant.make(None), variant.ixit)


def find_reference(name: str, likely: Iterable[Suite] = ()) -> tuple[Suite, Variant] | None:
    """The suite that has a reference of this name, and the variant. `likely` ones are looked at first, to load few."""
    for suite in dict.fromkeys((*likely, *find_suites().values())):
        if suite.has("reference"):
            for variant in variants(suite):
                if variant.name == name:
                    return suite, variant
    return None


def masked(value: Any) -> Any:
    """Access data as they may be written: secrets are ***, and nothing but plain values."""
    if isinstance(value, Secret):
        return "***"
    if isinstance(value, Mapping):
        return {str(key): masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def new_bundle(parent: Path) -> Path:
    """A folder for a new run, named by the time and a few random letters; not made yet."""
    import datetime
    import secrets

    now = datetime.datetime.now(datetime.UTC)
    return parent / f"run-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def check_writable(parent: Path) -> None:
    """Stop before any traffic when the bundle could not be written. Raises Ended."""
    import tempfile

    here = parent
    while not here.exists() and here != here.parent:
        here = here.parent
    try:
        Path(tempfile.mkdtemp(dir=here)).rmdir()
    except OSError as error:
        raise Ended(f"--out {parent}: cannot be written: {error.strerror}; name a folder of yours") from None
