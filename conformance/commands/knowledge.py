"""What is known without a product: the installed standards, requirements, suites, their cases and faults."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.engine.case import CaseSpec
from conformance.engine.plan import check_bindings
from conformance.engine.reference import Fault
from conformance.engine.session import collect
from conformance.engine.suite import Suite, SuiteError, find_suites
from conformance.engine.variants import faults
from profiles import Catalogue, Requirement, find_catalogues, load_catalogue
from profiles.problems import choose_from

from .exits import Ended


@dataclass(frozen=True)
class Knowledge:
    """Requirements by reference, cases, and faults by suite name."""

    requirements: Mapping[str, Requirement]
    cases: tuple[CaseSpec, ...]
    faults: Mapping[str, Mapping[str, Fault]]

    def cases_of(self) -> dict[str, list[str]]:
        """Requirement to the ids of the cases that judge it."""
        found: dict[str, list[str]] = {}
        for spec in self.cases:
            for ref in spec.requirements:
                found.setdefault(ref, []).append(spec.id)
        return found

    def faults_of(self) -> dict[str, list[str]]:
        """Requirement to the faults that break it, each as "suite:fault"."""
        found: dict[str, list[str]] = {}
        for suite, named in self.faults.items():
            for name, fault in named.items():
                for ref in fault.breaks:
                    found.setdefault(ref, []).append(f"{suite}:{name}")
        return found


def suites_for(standards: Iterable[str]) -> list[Suite]:
    """The suites with cases for any of these catalogues."""
    wanted = set(standards)
    return [suite for suite in find_suites().values() if wanted & set(suite.standards)]


def named_suite(name: str) -> Suite:
    """The suite called `name`. Raises SuiteError."""
    suites = find_suites()
    if name not in suites:
        raise SuiteError(f"there is no suite {name!r}. {choose_from(name, suites)}")
    return suites[name]


def catalogues_of(suite: Suite) -> dict[str, Catalogue]:
    """The catalogues that a suite's cases judge, by key. Raises InputError; Ended for one that is not installed."""
    known = find_catalogues(suite.folder / "provide.py", suite.standards)
    missing = [key for key in suite.standards if key not in known]
    if missing:
        raise Ended(f"suite {suite.name!r} needs the catalogues {', '.join(missing)}, which are not installed")
    return {key: load_catalogue(known[key], key) for key in suite.standards}


def requirements_of(suite: Suite) -> dict[str, Requirement]:
    """The requirements that a suite's cases can judge, by reference."""
    return {r.ref: r for catalogue in catalogues_of(suite).values() for r in catalogue.requirements}


def installed(standards: Iterable[str] = ()) -> dict[str, Path]:
    """The installed catalogues by key: all, or those that these standards name, with their role or without.

    Raises InputError; Ended for a standard that is not installed.
    """
    paths = find_catalogues()
    names = {key: {key, key.partition("/")[0]} for key in paths}
    known = set().union(*names.values())
    for standard in sorted((wanted := set(standards)) - known):
        raise Ended(f"there is no standard {standard!r}. {choose_from(standard, known)}")
    return {key: path for key, path in paths.items() if not wanted or names[key] & wanted}


def everything(standards: Iterable[str] = ()) -> Knowledge:
    """All that is installed, or what concerns these standards. Raises InputError, CollectError, PlanError, Ended."""
    paths = installed(standards)
    keys = list(paths)
    requirements = {r.ref: r for key in keys for r in load_catalogue(paths[key], key).requirements}
    suites = suites_for(keys)
    specs = collect(suites) if suites else []
    check_bindings(specs, requirements, keys)
    return Knowledge(requirements, tuple(specs), {suite.name: faults(suite) for suite in suites})
