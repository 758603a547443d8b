"""The reports in a bundle against reports made again: one that does not follow from its bundle is named.

`result.json` is always made again, the other formats where the bundle is small enough or the reader wants them all.
Formats of third parties are not run.
"""

import copy
import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.engine.bundle import Bundle, dump

from ..json_ import run_json
from ..rollup import JudgedBundle, Result
from ..writing import write
from .files import Tree, walk
from .model import Verification

FOLDER = "report/"
RESULT = "report/result.json"
FEW_CASES = 200
"""Up to so many cases every report is made again in a second or two, without being asked."""
FORMATS = ("json", "junit", "html", "allure", "badge", "markdown", "csv", "sarif", "earl", "oscal")
"""Ours, the usual first, made until no report is left; without the PDF, which needs more than its bundle."""


SHOWN = 5
_WEIGHTY = ("verdict", "profile", "product", "cases", "requirements")


@dataclass(frozen=True, kw_only=True)
class Record:
    """A bundle whose record is sound, and what was made of it.

    `covered`: the paths that signed statements vouch for; `other`: why reports may look otherwise here, or "".
    """

    bundle: Bundle
    tree: Tree
    result: Result
    covered: frozenset[str]
    other: str = ""

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
    known: set[str] = set()
    if record.other:
        found.notes.append(f"the reports were not made again: {record.other}")
        _compare_verdict(record, found)
    elif whole:
        known = _compare(record, found)
    else:
        known = _compare_result(record, found)
        found.notes.append("of the reports only result.json was made again; --deep makes all of them")
    _name_strangers(record, [n for n in record.reports if n not in record.covered and n not in known], whole, found)


def _name_strangers(record: Record, strangers: list[str], whole: bool, found: Verification) -> None:
    """Reports that could not be compared and that nobody vouches for. A PDF rests on more than its bundle: it is looked
    at where it is signed.
    """
    unsigned = [name for name in strangers if name.endswith(".pdf") and not record.covered]
    others = [name for name in strangers if name not in unsigned]
    if record.covered or (whole and not record.other):
        for name in others:
            found.add(name, "is no report that is made of this bundle, and no signed statement vouches for it")
        others = []
    if left := [*unsigned, *others]:
        more = f" and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
        found.notes.append(f"in no signed statement, and not looked at: {', '.join(left[:SHOWN])}{more}")


def _compare(record: Record, found: Verification) -> set[str]:
    """Formats made again until none of the reports is left; the paths that could be compared."""
    there = {name: record.tree.files[name].sha256 for name in record.reports if not name.endswith(".pdf")}
    known: set[str] = set()
    differing = set(there)
    for folder in record.names:
        made, failed = _made_again(record, folder, there.keys())
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


def _compare_verdict(record: Record, found: Verification) -> None:
    """What `result.json` says, whoever wrote it."""
    if RESULT not in record.tree.files:
        return
    try:
        said = json.loads((record.tree.directory / RESULT).read_bytes())
        same = all(said.get(name) == value for name, value in run_json(record.result, "").items() if name in _WEIGHTY)
    except (OSError, ValueError, AttributeError, RecursionError):
        same = False
    if not same:
        found.add(RESULT, "does not follow from the bundle: it has another verdict or other counts")


def _made_again(record: Record, folder: str, wanted: Iterable[str]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Digest of each report as written into a bundle of this name, and what kept a format from being written."""
    failed: dict[str, str] = {}
    made: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as place:
        bundle = JudgedBundle(shadow(record.bundle, Path(place) / folder), record.result)
        target = bundle.directory / "report"
        for form in FORMATS:
            if made.keys() >= set(wanted):
                break
            ((_, done),) = write(bundle, [form], target)
            if isinstance(done, Exception):
                failed[form] = str(done)
            made |= {f"{FOLDER}{name}": found.sha256 for name, found in walk(target).files.items()}
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
