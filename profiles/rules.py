"""What a document must keep beyond its schema: ids once, readable conditions, fitting claims, no secrets as text."""

from collections.abc import Mapping
from typing import Any

from . import schema, secrets
from .conditions import evaluate
from .load import roles_of
from .problems import InputError, Problem, choose_from
from .reading import Source
from .schema import Report


def problems(kind: str, document: Mapping[str, Any], source: Source) -> list[Problem]:
    """Everything wrong with a document of `kind` "catalogue", "profile" or "product", by line; empty when good."""
    report = Report(kind, document, source.file, source.text)
    other = _other_kind(kind, document)
    if other:
        report.add((), f"this is a {other} file, not a {kind} file", f"Name a {kind} file")
        return report.problems
    schema.check(report)
    if not report.problems:
        CHECKS[kind](report)
    return report.sorted()


def _other_kind(kind: str, document: Mapping[str, Any]) -> str:
    kinds = {"standard": "catalogue", "profile": "profile", "product": "product"}
    found = [other for table, other in kinds.items() if table in document]
    return found[0] if found and kind not in found else ""


def _catalogue(report: Report) -> None:
    claims = report.document.get("claims", {})
    for name, claim in claims.items():
        _claim(report, name, claim)
    if report.problems:
        return
    defaults = {"offered": True} | {name: claim["default"] for name, claim in claims.items()}
    first: dict[str, int] = {}
    roles = roles_of(report.document)
    for index, entry in enumerate(report.document["requirement"]):
        if entry.get("role", roles[0]) not in roles:
            report.add(
                ("requirement", index, "role"),
                f"the file has no role {entry['role']!r}",
                choose_from(entry["role"], roles),
            )
        before = first.setdefault(entry["id"], index)
        if before != index:
            line = report.line(("requirement", before, "id"))
            report.add(
                ("requirement", index, "id"),
                f"the id {entry['id']!r} is already that of requirement {before + 1} (line {line})",
                "Give each requirement an id of its own, or join the two",
            )
    for index, entry in enumerate(report.document["requirement"]):
        _links(report, index, entry, first)
        try:
            evaluate(entry.get("when", "true"), defaults)
        except InputError as error:
            report.add(("requirement", index, "when"), error.what, error.cure)


def _claim(report: Report, name: str, claim: Mapping[str, Any]) -> None:
    default = claim["default"]
    if name == "offered" and default is not True:
        report.add(("claims", name), "the claim 'offered' has another default than true", "Write default = true")
    number = isinstance(default, int) and not isinstance(default, bool)
    if not number and ("minimum" in claim or "maximum" in claim):
        report.add(("claims", name), f"{name!r} has a minimum or maximum, but is no number", "Remove them")
    wrong = misfit(default, claim)
    if wrong:
        report.add(
            ("claims", name), f"the default of {name!r} does not fit: {wrong}", "Correct the default, or the limits"
        )


def misfit(value: Any, claim: Mapping[str, Any]) -> str:
    """Why a value cannot be that of a claim with these limits; "" when it can."""
    default = claim["default"]
    if type(value) is not type(default):
        return f"it is {schema.kind(value)}, not {schema.kind(default)}"
    if claim.get("values") and value not in claim["values"]:
        return "it is none of " + ", ".join(map(repr, claim["values"]))
    if claim.get("minimum") is not None and value < claim["minimum"]:
        return f"it is below {claim['minimum']}"
    if claim.get("maximum") is not None and value > claim["maximum"]:
        return f"it is above {claim['maximum']}"
    return ""


def _links(report: Report, index: int, entry: Mapping[str, Any], known: Mapping[str, int]) -> None:
    """`restates` and `duty` name other requirements: of this catalogue, or with the key of theirs in front."""
    for key, name in [("duty", entry.get("duty")), *(("restates", name) for name in entry.get("restates", ()))]:
        if name == entry["id"]:
            report.add(("requirement", index, key), f"{key!r} names the requirement itself", "Name another one")
        elif name and name not in known and "/" not in name.partition(":")[0]:
            report.add(
                ("requirement", index, key), f"{key!r} names {name!r}, which is not here", choose_from(name, known)
            )


def _profile(report: Report) -> None:
    first: dict[str, int] = {}
    for index, entry in enumerate(report.document["catalogue"]):
        key = f"{entry['standard']}/{entry['role']}"
        if first.setdefault(key, index) != index:
            report.add(("catalogue", index), f"{key} is selected twice", "Join the two tables")
        ids = [exclusion["id"] for exclusion in entry.get("without", ())]
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            report.add(("catalogue", index, "without"), f"{name!r} is left out twice", "Remove one of the two")
        for name in sorted(set(ids) & set(entry.get("only", ()))):
            report.add(
                ("catalogue", index, "without"), f"{name!r} is in 'only' and in 'without'", "Remove one of the two"
            )


def _product(report: Report) -> None:
    secrets.check(report)


CHECKS = {"catalogue": _catalogue, "profile": _profile, "product": _product}
