"""Signs a bundle: the test report where the laboratory says what it needs, then a statement over record and reports.

    signature/laboratory.toml   what the laboratory said
    signature/proof.json        the validation of the test equipment
    report/test-report-en.pdf   signed PDF, and one in Chinese
    signature/statement.dsse.json

A second signature stands beside the first, with `-2` in its names, and covers the first as well: nothing is replaced.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.engine.bundle import Bundle, digest, write_synced
from profiles.problems import InputError
from profiles.reading import read_octets

from ..laboratory import Laboratory, check, load_laboratory
from ..rollup import Result, roll_up
from ..verifying.bundles import UNFINISHED, check_bundle
from ..verifying.credential import Asked
from ..verifying.files import Tree, apart, walk
from ..verifying.makers import makers
from ..verifying.model import Problem, Trust
from ..verifying.printed import names as printed_names
from ..verifying.printed import typesetting
from ..verifying.statements import SUFFIX
from . import dsse, statement
from .certificates import load_chain
from .history import earlier, relation
from .keys import SigningKey
from .order import Order
from .pdf import sign_pdf
from .status import timestamp

LARGEST_OCTETS = 64 * 2**20
SM2_PDF = "the PDF itself bears no signature, because its library has no SM2; the statement covers it"


class Unverified(Exception):
    """A bundle that is not put a name under: what verification found."""

    def __init__(self, directory: Path, problems: list[Problem]) -> None:
        super().__init__(f"{directory} does not verify, so nothing is signed")
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Done:
    """What was written, and what the signer should know."""

    paths: list[Path]
    notes: list[str]


def checked(directory: Path, order: Order, ours: frozenset[str] = frozenset()) -> Tree:
    """The files of a bundle that verifies, certificates apart. `ours`: paths about to be written. Raises Unverified."""
    found = check_bundle(directory, Asked(trust=Trust(), at=order.at), deep=True)
    problems = [
        problem
        for problem in found.problems
        if problem != UNFINISHED and problem.path not in ours and not problem.path.startswith("certificate/")
    ]
    if problems:
        raise Unverified(directory, problems)
    return walk(directory)


def sign(directory: Path, key: SigningKey, order: Order) -> Done:
    """Sign a bundle, whatever its verdict. Raises Unverified, InputError, ReportError."""
    laboratory = load_laboratory(order.laboratory) if order.laboratory else None
    suffix = _suffix(directory)
    names = {kind: f"signature/{kind}{suffix}" for kind in ("laboratory", "proof", "statement")}
    files = {f"{names['laboratory']}.toml": order.laboratory, f"{names['proof']}.json": order.proof}
    tree = checked(directory, order, frozenset((*files, *printed_names(suffix))))
    result = roll_up(Bundle(directory))
    if laboratory:
        check(laboratory, result.run, order.at)
    before = earlier(tree)
    facts = relation(before, laboratory, key.public) if before else {}
    written = {name: read_octets(path, LARGEST_OCTETS) for name, path in files.items() if path}
    notes: list[str] = []
    if laboratory:
        written |= _printed(directory, key, order, laboratory, suffix)
        notes += [] if key.public.algorithm.in_pdf else [SM2_PDF]
    covered = {name: found.sha256 for name, found in tree.files.items() if _covers(name, tree)}
    covered |= {name: digest(data) for name, data in written.items()}
    said = facts | {"signed": timestamp(order.at), **_said(laboratory, written, names)}
    payload = statement.make(result, covered, _firmware(result, order), said)
    written[f"{names['statement']}{SUFFIX}"] = dsse.sealed(payload, key).to_bytes()
    for name, data in written.items():
        (directory / name).parent.mkdir(exist_ok=True)
        write_synced(directory / name, data)
    return Done(paths=[directory / name for name in written], notes=notes)


def _suffix(directory: Path) -> str:
    """ "" for the first statement, "-2" for the second, and so on."""
    number = 1
    while (directory / "signature" / f"statement{f'-{number}' if number > 1 else ''}{SUFFIX}").exists():
        number += 1
    return f"-{number}" if number > 1 else ""


def _covers(name: str, tree: Tree) -> bool:
    """Whether a statement names a file: what the manifest vouches for, it need not."""
    if name.startswith("certificate/"):
        return False
    return name == "manifest.json" or apart(name) or "manifest.json" not in tree.files


def _printed(directory: Path, key: SigningKey, order: Order, laboratory: Laboratory, suffix: str) -> dict[str, bytes]:
    """The test report in both languages, signed."""
    from ..pdf import write_pdf
    from ..validation import load_proof

    proof = load_proof(order.proof) if order.proof else None
    chain = load_chain(order.chain, key.public) if order.chain else []
    with tempfile.TemporaryDirectory() as place:
        electronic = key.public.algorithm.in_pdf
        written = write_pdf(Bundle(directory), Path(place), laboratory, proof, electronic=electronic)
        made = [path.read_bytes() for path in written]
    if key.public.algorithm.in_pdf:
        name = laboratory.laboratory.name.en
        made = [sign_pdf(data, key, name=name, at=order.at, chain=chain, reason=laboratory.report_id) for data in made]
    return dict(zip(printed_names(suffix), made, strict=True))


def _said(laboratory: Laboratory | None, written: Mapping[str, bytes], names: Mapping[str, str]) -> dict[str, Any]:
    """Who issues what, as the statement tells it."""
    proof = written.get(f"{names['proof']}.json")
    said: dict[str, Any] = {"proof": {"sha256": digest(proof)} if proof is not None else None, "laboratory": None}
    said["makers"] = makers()
    if laboratory:
        said["laboratory"] = {
            "name": laboratory.laboratory.name.en,
            "name_zh": laboratory.laboratory.name.zh,
            "report": laboratory.report_id,
            "issued": laboratory.issued.isoformat(),
            "sha256": laboratory.sha256,
        }
        said["typesetting"] = typesetting()
    return said


def _firmware(result: Result, order: Order) -> str:
    """The digest of the firmware, from the product file or the order. Raises InputError where both differ."""
    extra = result.run.product.get("extra")
    told = str(extra.get("firmware_sha256") or "") if isinstance(extra, dict) else ""
    if told and order.firmware and told != order.firmware:
        raise InputError(
            what=f"the firmware is sha256:{order.firmware}, but by the product file sha256:{told} was tested",
            cure="Name the firmware that was tested, or run the cases on this one",
        )
    return order.firmware or told
