"""`iic-conform profile lint` and `testbed check`."""

import asyncio
from pathlib import Path

import testbeds
from profiles import load_product
from profiles.lint import lint as problems_of

from .exits import UNREACHABLE, USAGE
from .output import write, write_json


def lint(paths: tuple[Path, ...], as_json: bool) -> int:
    """Tell what is wrong with catalogue, profile and product files; 2 when anything is."""
    found = [problem for path in paths for file in _files(path) for problem in problems_of(file)]
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
    errors = asyncio.run(testbeds.open_testbed(name, ixit).check())
    if as_json:
        write_json([{"what": error.what, "cure": error.cure} for error in errors])
    else:
        for error in errors:
            write(str(error))
        if not errors:
            write(f"{name}: nothing is missing")
    return UNREACHABLE if errors else 0


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.toml")) if path.is_dir() else [path]
