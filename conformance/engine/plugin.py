"""The pytest plugin: pytest collects, the engine runs all cases at once, pytest's own protocol then reports each.

Only public hooks are used. Loaded with `-p conformance.engine.plugin`, it runs suites against their embedded reference;
the command passes a conductor of its own.
"""

import functools
import inspect
import re
from collections.abc import Collection, Generator, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from .case import CaseResult, CaseSpec
from .marks import MARKS
from .suite import Suite, find_suites
from .verdict import Verdict, worst


class Conductor(Protocol):
    """What happens between collecting and reporting."""

    def collected(self, specs: list[CaseSpec]) -> set[str]:
        """Given all cases: the ids of those to run."""
        ...

    def conduct(self) -> dict[str, list[CaseResult]]:
        """Run them; the results by case id."""
        ...


class CaseItem(pytest.Item):
    """A case among pytest's items; running it tells what the engine found."""

    def __init__(self, *, spec: CaseSpec, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.spec = spec
        self.results: list[CaseResult] | None = None
        self.obj = _shown(spec.function)
        """For plugins that look at the function, such as allure-pytest."""

    def runtest(self) -> None:
        if not self.results:
            pytest.skip("not run")
        decisive = _decisive(self.results)
        for text in filter(None, (result.output for result in self.results)):
            self.add_report_section("call", "stdout", text)
        if decisive.verdict is Verdict.NOT_APPLICABLE:
            pytest.skip(decisive.summary)
        if decisive.verdict is not Verdict.PASS:
            raise (Failed if decisive.verdict is Verdict.FAIL else Told)(decisive)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        return excinfo.value.text() if isinstance(excinfo.value, Told) else str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        line = int(self.spec.source.rpartition(":")[2] or 1) - 1
        return self.path, line, self.name


def _shown(function: Any) -> Any:
    """A case's function as other plugins may see it: that of hypothesis would look after one, which has run by then."""
    if not hasattr(function, "hypothesis"):
        return function

    def shown() -> None: ...

    functools.update_wrapper(shown, function, updated=())
    vars(shown).update({name: value for name, value in vars(function).items() if "hypothesis" not in name})
    return shown


class Told(Exception):
    """A result that is not a pass, told to pytest."""

    def __init__(self, result: CaseResult) -> None:
        super().__init__(f"{result.verdict}: {result.summary}")
        self.result = result

    def text(self) -> str:
        lines = [str(self)]
        lines += [f"  expected: {self.result.expected}"] if self.result.expected else []
        lines += [f"  got:      {self.result.got}"] if self.result.got else []
        lines += [self.result.detail] if self.result.detail else []
        return "\n".join(lines)


class Failed(Told, AssertionError):
    """A product that failed: reporters tell an assertion (failed) from any other exception (broken)."""


def _decisive(results: list[CaseResult]) -> CaseResult:
    verdict = worst(result.verdict for result in results)
    return next(result for result in results if result.verdict is verdict)


class Plugin:
    """The hooks, around one conductor; only the cases of `suites` are ours."""

    def __init__(self, conductor: Conductor, suites: Iterable[Suite]) -> None:
        self.conductor = conductor
        self.suites = {suite.folder: suite for suite in suites}
        self._items: dict[str, CaseItem] = {}

    def pytest_configure(self, config: pytest.Config) -> None:
        for mark in MARKS:
            config.addinivalue_line("markers", mark)

    @pytest.hookimpl(wrapper=True)
    def pytest_pycollect_makeitem(self, collector: Any, name: str, obj: object) -> Generator[None, Any, Any]:
        made = yield
        suite = self._suite(collector.path)
        if suite is None or not isinstance(made, list):
            return made
        return [case for item in made for case in _cases(item, suite)]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        self._items = {item.spec.id: item for item in items if isinstance(item, CaseItem)}
        chosen = self.conductor.collected([item.spec for item in self._items.values()])
        left = {item for item in items if isinstance(item, CaseItem) and item.spec.id not in chosen}
        if left:
            config.hook.pytest_deselected(items=[item for item in items if item in left])
            items[:] = [item for item in items if item not in left]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.testsfailed or session.config.option.collectonly:
            return None
        for case, results in self.conductor.conduct().items():
            self._items[case].results = results
        return None  # pytest's own loop now tells the results

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if isinstance(item, CaseItem) and item.results and call.when == "call":
            report.duration = sum(result.seconds for result in item.results)
        return report

    def _suite(self, path: Path) -> Suite | None:
        return next((suite for folder, suite in self.suites.items() if folder in path.parents), None)


def _cases(item: Any, suite: Suite) -> Iterator[pytest.Item]:
    """The cases that one collected function with its parameters stands for: one for each standard it names."""
    if not isinstance(item, pytest.Function) or item.parent is None:
        yield item
        return
    marks = list(item.iter_markers())
    refs: dict[str, list[str]] = {}
    for ref in (ref for mark in marks if mark.name == "requirement" for ref in mark.args):
        refs.setdefault(ref.partition(":")[0], []).append(ref)
    common = _spec(item, suite, marks)
    for standard, bound in (refs or {"": []}).items():
        name = item.name if len(refs) < 2 else _named(item.name, _told_apart(standard, refs))
        id_ = f"{suite.name}/{item.path.relative_to(suite.folder).as_posix()}::{name}"
        spec = replace(common, id=id_, standard=standard, requirements=tuple(bound))
        case = CaseItem.from_parent(item.parent, name=name, spec=spec)
        case.own_markers.extend(item.own_markers)
        case.keywords.update({mark.name: mark for mark in item.own_markers})
        yield case


def _named(name: str, part: str) -> str:
    """A case's name with one more parameter."""
    return f"{name[:-1]}-{part}]" if name.endswith("]") else f"{name}[{part}]"


def _told_apart(key: str, keys: Collection[str]) -> str:
    """What tells a catalogue from the others of a case: its standard, its role, or both."""
    standard, _, role = key.partition("/")
    if all(other.endswith(f"/{role}") for other in keys):
        return standard
    return role if all(other.startswith(f"{standard}/") for other in keys) else f"{standard}-{role}"


def _spec(item: pytest.Function, suite: Suite, marks: list[pytest.Mark]) -> CaseSpec:
    """What the cases of an item have in common."""
    function = item.obj
    lines = (function.__doc__ or "").strip().splitlines()
    names = {mark.name for mark in marks}
    return CaseSpec(
        id="",
        suite=suite,
        function=function,
        parameters=dict(item.callspec.params) if hasattr(item, "callspec") else {},
        resources={m.args[0]: bool(m.kwargs.get("exclusive")) for m in marks if m.name == "uses"},
        lasts_s=next((float(mark.args[0]) for mark in marks if mark.name == "lasts"), 0.0),
        negative="negative" in names,
        disruptive="disruptive" in names,
        title=lines[0] if lines else re.sub(r"[_\s]+", " ", item.name.removeprefix("test_")),
        source=f"{item.path.relative_to(suite.folder).as_posix()}:{_line(function)}",
    )


@functools.lru_cache(maxsize=4096)
def _line(function: Any) -> int:
    """The line of its file on which a function begins, decorators included."""
    plain = inspect.unwrap(getattr(function, "__func__", function))
    return int(plain.__code__.co_firstlineno) if hasattr(plain, "__code__") else 0


def pytest_configure(config: pytest.Config) -> None:
    """Loaded by name: run against the embedded reference."""
    from .session import Embedded

    plugin = Plugin(Embedded(), find_suites().values())
    config.pluginmanager.register(plugin, "iic-conform")
