"""Suites: folders of cases. A folder below `conformance/<domain>/` with a `provide.py` is one; third parties register
theirs as entry points of the group `iic_conform.suites`, whose value is such a package.
"""

import ast
import hashlib
import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

GROUP = "iic_conform.suites"
WRITTEN_OUT = re.compile(r"^STANDARDS(?:: [^=\n]+)? = (\([^()]*\))[ \t]*(?:#.*)?$", re.MULTILINE)
DOMAINS = ("network", "identifier", "platform", "security")


@dataclass(frozen=True)
class Suite:
    """The cases for one protocol: `name`, the importable `package` that holds them, and the `distribution` it is in."""

    name: str
    package: str
    distribution: str = "iic-conform"

    @cached_property
    def folder(self) -> Path:
        spec = importlib.util.find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise SuiteError(f"suite {self.name!r}: there is no package {self.package!r}; reinstall what registers it")
        if spec.origin is None:
            raise SuiteError(f"suite {self.name!r}: package {self.package!r} has no __init__.py; add an empty one")
        return Path(next(iter(spec.submodule_search_locations))).resolve()

    @cached_property
    def provide(self) -> ModuleType:
        """The module `provide`: the providers of the suite's cases, and perhaps `alive`."""
        return importlib.import_module(f"{self.package}.provide")

    @cached_property
    def providers(self) -> dict[str, Callable[..., Any]]:
        return {name: f for name, f in vars(self.provide).items() if getattr(f, "provides", None)}

    @property
    def alive(self) -> Callable[..., Any] | None:
        """`async def alive(case)`: open a fresh session and raise if the product does not take it."""
        found: Callable[..., Any] | None = getattr(self.provide, "alive", None)
        return found

    @property
    def standards(self) -> tuple[str, ...]:
        """The catalogues that the cases judge, as `STANDARDS = ("mqtt-5.0/server", ...)` in `provide.py`.

        Where they are written out there, the module need not be loaded: most commands concern one suite of many.
        """
        if f"{self.package}.provide" not in sys.modules and (written := self._written_standards):
            return written
        return tuple(getattr(self.provide, "STANDARDS", ()))

    @cached_property
    def _written_standards(self) -> tuple[str, ...]:
        try:
            found = WRITTEN_OUT.search((self.folder / "provide.py").read_text("utf-8"))
            return tuple(map(str, ast.literal_eval(found[1]))) if found else ()
        except (OSError, ValueError, SyntaxError):
            return ()

    @property
    def ixit_keys(self) -> Mapping[str, Sequence[str]] | None:
        """What the suite reads of its table in the access data, as `IXIT_KEYS` in `provide.py`: each key with the
        schemes of its URL, none for what is no URL. None where the suite does not say it.
        """
        found: Mapping[str, Sequence[str]] | None = getattr(self.provide, "IXIT_KEYS", None)
        return found

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the suite's Python files, for the manifest."""
        total = hashlib.sha256()
        for path in sorted(self.folder.rglob("*.py")):
            total.update(path.relative_to(self.folder).as_posix().encode() + b"\0" + path.read_bytes())
        return total.hexdigest()

    @cached_property
    def generates(self) -> bool:
        """Whether cases use hypothesis, whose import takes longer than everything else."""
        return any(b"hypothesis" in path.read_bytes() for path in self.folder.rglob("*.py"))

    def has(self, module: str) -> bool:
        return importlib.util.find_spec(f"{self.package}.{module}") is not None

    def module(self, name: str) -> ModuleType:
        return importlib.import_module(f"{self.package}.{name}")


class SuiteError(Exception):
    """A suite that cannot be loaded, and why."""


def find_suites() -> dict[str, Suite]:
    """All suites by name: those of this project, then those of installed third parties."""
    root = Path(__file__).resolve().parents[1]
    found = {}
    for domain in DOMAINS:
        for folder in sorted((root / domain).iterdir()):
            if (folder / "provide.py").is_file():
                found[folder.name] = Suite(folder.name, f"conformance.{domain}.{folder.name}")
    for point in _registered():
        if point.name in found:
            raise SuiteError(f"two suites are called {point.name!r}: one of them is {point.value}; rename it")
        found[point.name] = Suite(point.name, point.value, point.dist.name if point.dist else "")
    return found


@cache
def _registered() -> tuple[EntryPoint, ...]:
    """What third parties have installed; it does not change while a program runs."""
    return tuple(sorted(entry_points(group=GROUP), key=lambda point: point.name))
