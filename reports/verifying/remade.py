"""The reports in a bundle against reports made again: one that does not follow from its bundle is named.

`result.json` is always made again, the other formats where the bundle is small enough or the reader wants them all.
Formats of third parties are not run.
"""

import copy
import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from conformance.engine.bundle import Bundle, dump

from ..json_ import run_json
from ..rollup import Result
from ..writing import DEFAULT, OWN, write
from .files import Tree
from .model import Verification

FOLDER = "report/"
RESULT = "report/result.json"
FEW_CASES = 200
"""Up to so many cases every report is made again in a second or two, without being asked."""
USUAL = tuple(form for form in OWN if form in DEFAULT)
OTHERS = tuple(form for form in OWN if form not in DEFAULT and form != "pdf")
"""Made again where something is left that the usual formats do not make. A PDF needs more than its bundle."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """A bundle whose record is sound, and what was made of it. `covered`: what signed statements vouch for."""

    bundle: Bundle
    tree: Tree
    result: Result
    covered: frozenset[str]

    @property
    def reports(self) -> list[str]:
        return [name for name in self.tree.files if name.startswith(FOLDER)]

    @property
    def names(self) -> list[str]:
        """What the bundle's folder may have been called when its reports were written: a report can name it."""
        run = self.result.run.id
        now = self.bundle.directory.resolve().name
        return [now] if now in (run, f"run-{run}") else [f"run-{run}", now]


def check_reports(record: Record, whole: bool, found: Verification) -> None:
    """Make reports again and compare, all or only `result.json`; name those that nothing vouches for."""
    if not record.reports:
        return
    other = other_version(record.result)
    if other:
        found.notes.append(f"the reports were not made again, because another version ran the cases: {other}")
        known: set[str] = set()
    elif whole:
        known = _compare(record, found)
    else:
        known = _compare_result(record, found)
        found.notes.append("of the reports only result.json was made again; --deep makes all of them")
    strangers = [name for name in record.reports if name not in record.covered and name not in known]
    if whole and not other:
        for name in strangers:
            found.add(name, "is no report that is made of this bundle, and no signed statement vouches for it")
    elif strangers:
        found.notes.append(f"{len(strangers)} files in report/ are in no signed statement and were not looked at")


def _compare(record: Record, found: Verification) -> set[str]:
    """Every format made again; the paths that could be compared."""
    known: set[str] = set()
    for formats in (USUAL, OTHERS):
        open_ = {n: record.tree.files[n].sha256 for n in record.reports if n not in known and not n.endswith(".pdf")}
        if open_:
            known |= _compare_formats(record, formats, open_, found)
    return known


def _compare_formats(record: Record, formats: Iterable[str], there: Mapping[str, str], found: Verification) -> set[str]:
    known: set[str] = set()
    differing = set(there)
    for folder in record.names:
        made, failed = _made_again(record, folder, formats)
        known |= made.keys() & there.keys()
        differing &= {name for name in known if made.get(name) != there[name]}
        if not differing:
            break
    for name in sorted(differing):
        found.add(name, "does not follow from the bundle: made again it is another one")
    found.notes.extend(f"the report {form} could not be made again: {why}" for form, why in failed.items())
    return known


def _compare_result(record: Record, found: Verification) -> set[str]:
    """`result.json` alone."""
    there = record.tree.files.get(RESULT)
    if there is None:
        return set()
    made = {hashlib.sha256(dump(run_json(record.result, folder))).hexdigest() for folder in record.names}
    if there.sha256 not in made:
        found.add(RESULT, "does not follow from the bundle: made again it is another one")
    return {RESULT}


def _made_again(record: Record, folder: str, formats: Iterable[str]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Digest of each report as written into a bundle of this name, and what kept a format from being written."""
    with tempfile.TemporaryDirectory() as place:
        bundle = shadow(record.bundle, Path(place) / folder)
        target = bundle.directory / "report"
        failed = {form: str(done) for form, done in write(bundle, formats, target) if isinstance(done, Exception)}
        files = [path for path in target.rglob("*") if path.is_file()]
        made = {
            f"{FOLDER}{path.relative_to(target).as_posix()}": hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        }
    return made, failed


def shadow(bundle: Bundle, place: Path) -> Bundle:
    """The same bundle at another place, where reports can be written without touching those that are there."""
    place.mkdir(parents=True)
    for path in bundle.directory.resolve().iterdir():
        if path.name != "report":
            (place / path.name).symlink_to(path)
    other = copy.copy(bundle)
    other.directory = place
    return other


def other_version(result: Result) -> str:
    """The version that ran the cases, where it is not this one: its reports may look otherwise."""
    harness = result.run.manifest.get("harness")
    ran = str(harness.get("version") or "") if isinstance(harness, dict) else ""
    try:
        here = version("iic-conform")
    except PackageNotFoundError:
        here = ran
    return "" if ran in ("", here) else ran
