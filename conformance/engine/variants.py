"""The variants of a suite's reference: the same simulated product with other options, each with its claims."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

from .reference import Fault, faulty
from .suite import Suite, SuiteError

Tables = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Variant:
    """One set of options: `make` builds the product, perhaps faulty; `claims` by catalogue key, `ixit` by protocol.
    `roles` are those that it plays; without any, it plays all that the suite is about.
    """

    name: str
    make: Callable[[Fault | None], Any]
    claims: Tables
    ixit: Tables
    roles: frozenset[str] = frozenset()

    def plays(self, key: str) -> bool:
        """Whether it is a product that a catalogue, by its key, is about."""
        return not self.roles or key.partition("/")[2] in self.roles


def variants(suite: Suite) -> tuple[Variant, ...]:
    """All variants of the suite's reference, the one it is usually run as first. Raises SuiteError where it has none.

    The module `reference` has `make(fault)`, or a class `Reference` that faults override, for the first, and perhaps
    VARIANTS with more. NAME, CLAIMS, IXIT and ROLES are, where they are not given, the suite's name, none, one address,
    and all.
    """
    module = reference_module(suite)
    made = getattr(module, "make", None) or partial(faulty, module.Reference)
    name, claims = getattr(module, "NAME", suite.name), getattr(module, "CLAIMS", {})
    ixit = getattr(module, "IXIT", {suite.name: {"url": f"{suite.name}://127.0.0.1:7007"}})
    roles = frozenset(getattr(module, "ROLES", ()))
    return (Variant(name, made, claims, ixit, roles), *getattr(module, "VARIANTS", ()))


def faults(suite: Suite) -> Mapping[str, Fault]:
    """The named faults of the suite's reference: FAULTS of the module `faults` or, for few, of `reference` itself."""
    home = next((name for name in ("faults", "reference") if suite.has(name)), None)
    found: Mapping[str, Fault] = getattr(suite.module(home), "FAULTS", {}) if home else {}
    return found


def reference_module(suite: Suite) -> ModuleType:
    """The module `reference` of a suite. Raises SuiteError."""
    if not suite.has("reference"):
        raise SuiteError(f"suite {suite.name!r} has no reference; give --product and --testbed")
    return suite.module("reference")
