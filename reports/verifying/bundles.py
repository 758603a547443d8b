"""A bundle as a whole: its files, its journal, its verdicts, what was signed, its reports, its certificate."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.engine.bundle import Bundle, BundleError

from ..rollup import Result, roll_up
from . import statements
from .credential import Asked, tell_of_trust
from .files import DOCUMENTS, JOURNAL, Tree, apart, check_manifest, walk
from .issued import check_issued
from .journal import check_chain, check_ended, check_plan
from .makers import other_makers
from .model import Problem, Verification
from .printed import check_printed
from .remade import FEW_CASES, Record, check_reports

UNFINISHED = Problem(
    "manifest.json", "is not there: the run did not come to its end, and nobody has signed it as it is"
)
NOT_SIGNED = "nobody has signed this bundle"
_LARGEST_DOCUMENT = 256 * 2**20


def check_bundle(directory: Path, asked: Asked, deep: bool = False) -> Verification:
    """Check everything that a bundle holds."""
    found = Verification("bundle", str(directory))
    tree = walk(directory)
    for name, what in tree.strange.items():
        found.add(name, what)
    judged = _check_record(tree, found)
    result = judged[1] if judged else None
    told = statements.check_statements(tree, asked.trust, found)
    if judged is None:
        found.notes.append("verdicts and reports were not looked at: the record itself is damaged")
    else:
        found.facts["verdict"] = judged[1].verdict
        _check_made(tree, *judged, told, asked, deep, found)
    _name_strangers(tree, told, found)
    statements.check_trace(told, tree, found)
    check_issued(tree, result, asked, found)
    if not found.signatures:
        found.notes.append(NOT_SIGNED)
    tell_of_trust(found, asked)
    return found


def _check_record(tree: Tree, found: Verification) -> tuple[Bundle, Result] | None:
    """Files, journal and plan. The bundle with the verdicts that follow, where its record is sound enough to say."""
    strange = any(not apart(name) for name in tree.strange)  # what reads the bundle later would follow a link
    before = len(found.problems)
    manifest = check_manifest(tree, found)
    documents = {name: document for name in DOCUMENTS if (document := _document(tree, name, found)) is not None}
    if JOURNAL not in tree.files:
        found.add(JOURNAL, "is not there")
        return None
    check_chain((tree.directory / JOURNAL).read_bytes(), manifest, found)
    if strange or len(documents) < len(DOCUMENTS) or len(found.problems) > before:
        return None
    try:
        bundle = Bundle(tree.directory)
    except BundleError as error:
        found.add(error.path.name, error.what)
        return None
    check_plan(bundle.plan, bundle.records, tree, found)
    if manifest is not None:
        check_ended(bundle.plan, bundle.records, found)
    elif not statements.paths(tree):
        found.add(UNFINISHED.path, UNFINISHED.what)
    return bundle, roll_up(bundle)


def _document(tree: Tree, name: str, found: Verification) -> Mapping[str, Any] | None:
    there = tree.files.get(name)
    if there is None:
        if name not in tree.strange:
            found.add(name, "is not there")
        return None
    try:
        if there.size > _LARGEST_DOCUMENT:
            raise ValueError
        value = json.loads((tree.directory / name).read_bytes())
    except (OSError, ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    found.add(name, "is not a JSON object")
    return None


def _check_made(
    tree: Tree,
    bundle: Bundle,
    result: Result,
    told: list[statements.Told],
    asked: Asked,
    deep: bool,
    found: Verification,
) -> None:
    """Verdicts in statements, reports, and the signatures in PDFs."""
    extra = result.run.product.get("extra")
    firmware = str(extra.get("firmware_sha256") or "") if isinstance(extra, dict) else ""
    statements.check_verdicts(told, result, firmware, found)
    signed = frozenset(str(one.statement.said.get("makers") or "") for one in told)
    record = Record(
        bundle=bundle,
        tree=tree,
        result=result,
        covered=frozenset(statements.covered(told)),
        other=other_makers(result, signed),
    )
    whole = deep or len(result.cases) <= FEW_CASES
    check_reports(record, whole, found)
    if whole:
        check_printed(record, told, asked.trust, found)


def _name_strangers(tree: Tree, told: list[statements.Told], found: Verification) -> None:
    """Files beside the signatures that nobody vouches for, and, without a manifest, any file that is not signed."""
    covered = statements.covered(told)
    known = covered | set(statements.paths(tree))
    for name in tree.files:
        bare = not apart(name) and "manifest.json" not in tree.files and bool(told)
        if name not in known and (name.startswith(statements.FOLDER) or bare):
            found.add(name, "is in no signed statement")
