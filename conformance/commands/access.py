"""Access data against what the suites read of them: tables and keys that nobody knows, and URLs that nobody speaks.

A suite says in `provide.py` which keys its table may have; one that does not say it is not asked about.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.engine.suite import Suite, find_suites
from profiles.problems import InputError, Problem, choose_from, nearest
from profiles.reading import parse, read
from profiles.schema import Report, toml_key

LIMITS: Mapping[str, Sequence[str]] = {"concurrent_cases": ()}
"""The keys of [ixit.limits], which is the harness's own."""
OURS = "limits"
Keys = Mapping[str, Sequence[str]]


def check(path: Path, suites: Iterable[Suite]) -> None:
    """Raise InputError with all that is wrong with the access data of a product file for these suites."""
    if problems := access_problems(path, suites):
        raise InputError.of(problems)


def lint(path: Path) -> list[Problem]:
    """The same for whatever suites the file concerns. A file that cannot be read is told by others."""
    try:
        content = parse(read(path))
    except InputError:
        return []
    if "product" not in content:
        return []
    claimed, tables = _table(content, "claims"), _table(content, "ixit")
    concerned = [s for s in find_suites().values() if s.name in tables or not claimed.keys().isdisjoint(s.standards)]
    return access_problems(path, concerned)


def access_problems(path: Path, suites: Iterable[Suite]) -> list[Problem]:
    """What the access data of a file hold that none of these suites reads."""
    source = read(path)
    content = parse(source)
    report = Report("product", content, source.file, source.text)
    suites = list(suites)
    declared: dict[str, Keys] = {s.name: s.ixit_keys for s in suites if s.ixit_keys is not None} | {OURS: LIMITS}
    strict = bool(suites) and all(s.ixit_keys is not None for s in suites)
    for name, table in _table(content, "ixit").items():
        if name in declared:
            _check_table(report, name, table, declared[name])
        elif name not in find_suites():
            _unknown_table(report, name, {*find_suites(), OURS}, strict=strict)
    return report.sorted()


def _unknown_table(report: Report, name: str, known: Iterable[str], *, strict: bool) -> None:
    """A table that no suite is called by; where others may read it, it is wrong only when it looks like a known one."""
    near = nearest(name, known)
    if near or strict:
        cure = f"Did you mean [ixit.{near}]?" if near else "Remove it, or install the suite that reads it"
        report.add(("ixit", name), f"no suite reads a table [ixit.{toml_key(name)}]", cure)


def _check_table(report: Report, name: str, table: Any, keys: Keys) -> None:
    if not isinstance(table, Mapping):
        return
    for key, value in table.items():
        if key not in keys:
            report.add(("ixit", name, key), f"nothing reads the key {key!r}", choose_from(key, keys))
        elif keys[key] and isinstance(value, str):
            _check_url(report, ("ixit", name, key), value, keys[key])


def _check_url(report: Report, path: tuple[str, str, str], value: str, schemes: Sequence[str]) -> None:
    try:
        scheme = urlsplit(value).scheme
    except ValueError:
        scheme = ""
    if scheme not in schemes:
        what = f"{path[2]} has the scheme {scheme!r}, which the suite does not speak" if "://" in value else (
            f"{path[2]} is no URL with a scheme"
        )  # fmt: skip
        report.add(path, what, f"Write it like {schemes[0]}://HOST:PORT; schemes: {', '.join(schemes)}")


def _table(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = content.get(name)
    return table if isinstance(table, Mapping) else {}
