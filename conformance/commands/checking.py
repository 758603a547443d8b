"""`iic-conform profile lint`, `testbed check` and `testbed clean`."""

import asyncio
from pathlib import Path

import testbeds
from conformance.engine.testbed import TestbedError
from profiles import load_product
from profiles.lint import lint as problems_of
from testbeds.leftovers import clear, leftovers

from . import access
from .exits import UNREACHABLE, USAGE
from .output import write, write_json


def lint(paths: tuple[Path, ...], as_json: bool) -> int:
    """Tell what is wrong with catalogue, profile and product files; 2 when anything is."""
    found = [problem for path in paths for file in _files(path) for problem in (*problems_of(file), *access.lint(file))]
    if as_json:
        write_json([vars(problem) for problem in found])
    else:
        for problem in found:
            write(str(problem))
        if not found:
            write("nothing wrong")
    return USAGE if found else 0


def check(name: str, product: Path | None, as_json: bool) -> int:
    """Tell what a testbed lacks on this machine; 5 when it lacks something. Starts nothing."""
    path = product or testbeds.product_file(name)
    ixit = load_product(path, reveal=False).ixit if path else {}
    errors = _lacks(name, ixit)
    if as_json:
        write_json([{"what": error.what, "cure": error.cure} for error in errors])
    else:
        for error in errors:
            write(str(error))
        if not errors:
            write(f"{name}: nothing is missing")
    return UNREACHABLE if errors else 0


def clean(as_json: bool) -> int:
    """End and remove what runs that were killed have left on this machine, and tell it."""
    found = leftovers()
    for leftover in found:
        clear(leftover)
    if as_json:
        write_json([{"folder": str(left.folder), "processes": list(left.processes)} for left in found])
    else:
        for left in found:
            ended = f", {len(left.processes)} processes ended" if left.processes else ""
            write(f"removed {left.folder}{ended}")
        if not found:
            write("nothing was left behind")
    return 0


def _lacks(name: str, ixit: testbeds.Ixit) -> list[TestbedError]:
    try:
        return asyncio.run(testbeds.open_testbed(name, ixit).check())
    except TestbedError as error:
        return [error]


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.toml")) if path.is_dir() else [path]
