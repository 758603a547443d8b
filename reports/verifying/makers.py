"""What makes reports here. Another version, or another build of it, may write this or that line otherwise, which is no
departure from a bundle: reports are compared only by the same makers.
"""

import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..rollup import Result

_SOURCES = (".py", ".css", ".js", ".typ")


@lru_cache(maxsize=1)
def makers() -> str:
    """The digest of everything that writes reports: our own sources, and the library that has the words of Allure."""
    digest = hashlib.sha256(_version("allure-python-commons").encode())
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*")):
        if path.suffix in _SOURCES and not path.is_relative_to(Path(__file__).parent):
            digest.update(f"\0{path.relative_to(package).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def other_makers(result: Result, signed: frozenset[str]) -> str:
    """Why reports may look otherwise than they would here; "" where they may not.

    `signed` are the makers that statements name. Of a bundle that nobody signed only the version that ran is known.
    """
    harness = result.run.manifest.get("harness")
    ran = str(harness.get("version") or "") if isinstance(harness, dict) else ""
    here = _version("iic-conform")
    if ran not in ("", here):
        return f"version {ran} ran the cases, and this is {here}"
    return f"another build of version {here} made them" if signed and makers() not in signed else ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
