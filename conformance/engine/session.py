"""A session: pytest collects the cases of some suites, a conductor plans and runs them, pytest reports."""

import asyncio
import contextlib
import gc
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from .attempt import Surroundings, output
from .case import CaseResult, CaseSpec
from .clock import run_virtual
from .lag import LagProbe
from .link import Frames
from .liveness import Liveness
from .memory import MemoryTestbed
from .patience import Patience
from .record import Record
from .reference import Fault
from .runner import CONCURRENCY, Keeper, Runner
from .suite import Suite, find_suites
from .testbed import Testbed, TestbedError
from .variants import Variant, variants

QUIET = ("-p", "no:terminal", "-p", "no:cacheprovider", "--capture=no")
ONLY_COLLECT = (*QUIET, "-p", "no:unraisableexception", "-p", "no:threadexception", "--assert=plain")
"""What takes time and serves nothing where no case runs under pytest."""


class CollectError(Exception):
    """Cases that could not be collected: pytest's own words about why."""


class _Collecting:
    """Keeps what is collected and runs nothing."""

    def __init__(self) -> None:
        self.specs: list[CaseSpec] = []

    def collected(self, specs: list[CaseSpec]) -> set[str]:
        self.specs = specs
        return set()

    def conduct(self) -> dict[str, list[CaseResult]]:
        return {}


class _Complaints:
    """Gathers what pytest could not import or read."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.texts.append(str(report.longrepr))


def collect(suites: Iterable[Suite], arguments: Iterable[str] = ONLY_COLLECT) -> list[CaseSpec]:
    """All cases of these suites, as pytest finds them. Raises CollectError."""
    conductor = _Collecting()
    if not (suites := list(suites)):
        return []  # pytest would look through the folder that we were called in
    collecting = gc.isenabled()
    gc.disable()  # thousands of objects that all stay: looking through them again and again takes a tenth of the time
    try:
        pytest_main(conductor, suites, arguments)
    finally:
        if collecting:
            gc.enable()
    return conductor.specs


def pytest_main(conductor: Any, suites: Iterable[Suite], arguments: Iterable[str] = QUIET) -> int:
    """Run pytest over the folders of `suites` with the engine's plugin around `conductor`. Raises CollectError."""
    import pytest

    from .plugin import Plugin

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    suites = list(suites)
    for suite in suites:
        if suite.generates:
            _tame_hypothesis()
    complaints = _Complaints()
    suites = list(suites)
    folders = [str(suite.folder) for suite in suites]
    root = os.path.commonpath(folders) if folders else "."
    options = [*arguments, "-c", os.devnull, "--rootdir", root, "-p", "no:python_path", *folders]
    written = sys.dont_write_bytecode
    code = pytest.main(options, plugins=[Plugin(conductor, suites), complaints])
    sys.dont_write_bytecode = written
    if complaints.texts:
        raise CollectError("cases could not be read:\n" + "\n".join(complaints.texts))
    return int(code)


def _tame_hypothesis() -> None:
    """Before cases are read: examples are the same in every run, for records are judged again; and they may be slow."""
    from hypothesis import HealthCheck, settings

    settings.register_profile(
        "iic-conform",
        deadline=None,
        database=None,
        derandomize=True,
        print_blob=False,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("iic-conform")


@contextlib.contextmanager
def captured_output() -> Iterator[None]:
    """Let what a case prints go to that case, wherever it is printed among the others."""
    kept = sys.stdout
    sys.stdout = _ByCase(kept)
    try:
        yield
    finally:
        sys.stdout = kept


class _ByCase(io.TextIOBase):
    def __init__(self, otherwise: Any) -> None:
        self._otherwise = otherwise

    def write(self, text: str) -> int:
        target = output.get()
        return int((target or self._otherwise).write(text))

    def flush(self) -> None:
        self._otherwise.flush()


class InMemory:
    """A keeper for runs that need no bundle."""

    def started(self, spec: CaseSpec, number: int) -> None: ...
    def ended(self, result: CaseResult, record: Record) -> None: ...
    def interrupted(self, spec: CaseSpec, number: int, why: str) -> None: ...
    def product(self, event: str, detail: str) -> None: ...
    def passed(self, link: str, frames: Frames, truth: Sequence[Mapping[str, Any]]) -> None: ...
    def note(self, text: str) -> None: ...
    def barrier(self) -> None: ...


def execute(
    specs: list[CaseSpec],
    seeds: dict[str, int],
    around: Surroundings,
    keeper: Keeper,
    *,
    on_end: Callable[[CaseResult], None] = lambda result: None,
    concurrency: int = CONCURRENCY,
    ready: Callable[[Testbed], None] = lambda testbed: None,
    look_first: bool = True,
    attempts: Mapping[str, int] = MappingProxyType({}),
) -> dict[str, list[CaseResult]]:
    """Run cases against the testbed of `around`, on virtual time where it is virtual. `ready` is called once it stands;
    `look_first` has the product take a session before the first case; `attempts` says how often each was begun before.

    Raises TestbedError when the product does not start or takes no session to begin with.
    """
    runner = Runner(around, keeper, seeds, concurrency, on_end, attempts=dict(attempts))

    async def main() -> None:
        async with around.testbed as testbed:
            around.ixit = merged(around.ixit, testbed.ixit)
            if look_first:
                await _check_reachable({spec.suite.name: spec.suite for spec in specs}.values(), around)
            ready(testbed)
            with captured_output():
                await runner.run(specs)

    if around.testbed.virtual:
        run_virtual(main())
    else:
        asyncio.run(main())
    return runner.results


async def _check_reachable(suites: Iterable[Suite], around: Surroundings) -> None:
    looks = Liveness(around)
    for suite in suites:
        if problem := await looks.look(suite):
            raise TestbedError(
                f"the product takes no session at the start ({suite.name}: {problem})",
                "Check that it runs, and the addresses and credentials in the product file",
            )


def merged(base: Any, over: Any) -> dict[str, dict[str, Any]]:
    """Access data with that of the testbed laid over it, protocol by protocol."""
    return {key: {**base.get(key, {}), **over.get(key, {})} for key in {**base, **over}}


def embedded(variant: Variant, fault: Fault | None = None) -> Surroundings:
    """Surroundings around a variant of a suite's own reference in memory, with the fault given."""
    lag = LagProbe()
    return Surroundings(
        testbed=MemoryTestbed(f"{variant.name} (embedded)", lambda: variant.make(fault), variant.ixit),
        claims=variant.claims,
        ixit={},
        patience=Patience(lag=lag),
        lag=lag,
    )


class Embedded:
    """The conductor of a plain pytest run: every suite against its own reference, nothing kept."""

    def __init__(self) -> None:
        self._specs: list[CaseSpec] = []

    def collected(self, specs: list[CaseSpec]) -> set[str]:
        self._specs = [spec for spec in specs if not spec.disruptive]
        return {spec.id for spec in self._specs}

    def conduct(self) -> dict[str, list[CaseResult]]:
        results: dict[str, list[CaseResult]] = {}
        for name, suite in find_suites().items():
            left = [spec for spec in self._specs if spec.suite.name == name]
            for variant in variants(suite) if left else ():
                mine = [spec for spec in left if variant.plays(spec.standard)]
                left = [spec for spec in left if not variant.plays(spec.standard)]
                seeds = {spec.id: i for i, spec in enumerate(mine)}
                results |= execute(mine, seeds, embedded(variant), InMemory()) if mine else {}
        return results
