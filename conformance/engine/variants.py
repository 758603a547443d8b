"""The variants of a suite's reference: the same simulated product with other options, each with the claims that go with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from .reference import Fault, Reference
from .suite import Suite, SuiteError

Tables = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Variant:
    """One set of options: `make` builds the product, with a fault or without; `claims` by catalogue key; `ixit` by protocol."""

    name: str
    make: Callable[[Fault | None], Reference]
    claims: Tables
    ixit: Tables


def variants(suite: Suite) -> tuple[Variant, ...]:
    """All variants of the suite's reference, the one it is usually run as first. Raises SuiteError where it has none.

    The module `reference` has NAME, CLAIMS, IXIT and `make(fault)` for the first, and perhaps VARIANTS with more.
    """
    module = reference_module(suite)
    first = Variant(module.NAME, module.make, module.CLAIMS, module.IXIT)
    return (first, *getattr(module, "VARIANTS", ()))


def faults(suite: Suite) -> Mapping[str, Fault]:
    """The named faults of the suite's reference; none where it has no module `faults`."""
    found: Mapping[str, Fault] = suite.module("faults").FAULTS if suite.has("faults") else {}
    return found


def reference_module(suite: Suite) -> ModuleType:
    """The module `reference` of a suite. Raises SuiteError."""
    if not suite.has("reference"):
        raise SuiteError(f"suite {suite.name!r} has no reference; give --product and --testbed")
    return suite.module("reference")
