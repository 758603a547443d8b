"""Everything that can be said against a catalogue, profile or product file before it is used."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import finding
from .load import claim_problems, load_catalogues, load_profile, roles_of
from .problems import InputError, Problem, nearest
from .reading import Source, document, parse, read
from .schema import Report
from .selection import select

CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
KINDS = {"standard": "catalogue", "profile": "profile", "product": "product"}


def lint(path: str | Path) -> list[Problem]:
    """What is wrong with one file, by line; empty when nothing is. The tables in the file tell what it is.

    Stricter than loading: every text also stands in Chinese, and what one file says about another must be true.
    Secrets are not fetched. Never raises for what a file holds.
    """
    try:
        source = read(path)
        content = parse(source)
        kind = next((kind for table, kind in KINDS.items() if table in content), None)
        if kind is None:
            return [_of_no_kind(content, source)]
        content = document(source, kind)
        return LINTS[kind](content, source)
    except InputError as error:
        return list(error.problems)


def _of_no_kind(content: Mapping[str, Any], source: Source) -> Problem:
    what = "this is neither a catalogue, nor a profile, nor a product"
    report = Report("product", content, source.file, source.text)
    for table in content:
        near = nearest(table, KINDS)
        if near:
            report.add((table,), what, f"Did you mean [{near}]?")
    report.add((), what, "Begin it with [standard], [profile] or [product]")
    return report.problems[0]


def _catalogue(content: Mapping[str, Any], source: Source) -> list[Problem]:
    report = Report("catalogue", content, source.file, source.text)
    _chinese(report, ("standard",), content["standard"], ("title",))
    for name, claim in content.get("claims", {}).items():
        _chinese(report, ("claims", name), claim, ("text",))
    for index, entry in enumerate(content["requirement"]):
        _chinese(report, ("requirement", index), entry, ("text", "why", "interpretation"))
        if "why" in entry and entry.get("check", "automatic") == "automatic":
            what = "'why' says that no check is possible, yet check is \"automatic\""
            report.add(("requirement", index), what, 'Remove why, or write check = "none"')
    keys = tuple(f"{content['standard']['id']}/{role}" for role in roles_of(content))
    if finding.kind_of(source.file) != ("standard", keys):
        report.add(
            ("standard",),
            "the file cannot be found by its key",
            "Put [standard] first, id and role each on a line of its own",
        )
    known = finding.find_catalogues()
    return [*report.sorted(), *(problem for key in keys for problem in _shadowed(source, key, known))]


def _profile(content: Mapping[str, Any], source: Source) -> list[Problem]:
    report = Report("profile", content, source.file, source.text)
    _chinese(report, ("profile",), content["profile"], ("title", "summary"))
    for index, entry in enumerate(content["catalogue"]):
        for number, exclusion in enumerate(entry.get("without", ())):
            _chinese(report, ("catalogue", index, "without", number), exclusion, ("reason",))
    found = report.sorted() + _shadowed(source, content["profile"]["id"], finding.find_profiles())
    try:
        profile = load_profile(source.file)
        select(profile, load_catalogues(profile))
    except InputError as error:
        found.extend(error.problems)
    return found


def _product(content: Mapping[str, Any], source: Source) -> list[Problem]:
    return claim_problems(content.get("claims", {}), source)


LINTS = {"catalogue": _catalogue, "profile": _profile, "product": _product}


def _chinese(report: Report, path: tuple[str | int, ...], table: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    """Every text of ours stands beside itself in Chinese."""
    for key in keys:
        chinese = table.get(f"{key}_zh")
        if key in table and chinese is None:
            report.add(path, f"the key '{key}_zh' is missing", f'Say the same in Chinese: {key}_zh = "..."')
        elif chinese is not None and not CHINESE.search(chinese):
            report.add((*path, f"{key}_zh"), f"'{key}_zh' has no Chinese character", "Say it in Chinese")


def _shadowed(source: Source, name: str, known: Mapping[str, Path]) -> list[Problem]:
    other = known.get(name)
    if other is None or not finding.is_installed(source.file) or other.samefile(source.file):
        return []
    return [
        Problem(
            str(source.file), "", f"{other} has the same id {name!r} and is found first", "Give one of them another id"
        )
    ]
