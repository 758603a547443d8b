"""`iic-conform rejudge`: recorded conversations judged again, without the product."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.engine.bundle import Bundle, BundleError
from conformance.engine.case import CaseSpec
from conformance.engine.redact import redact_text, redactor
from conformance.engine.replay import ReplayError, rejudge
from conformance.engine.select import Target, parse
from conformance.engine.session import captured_output, collect
from conformance.engine.suite import find_suites
from profiles import Secret, load_product

from .exits import CONFORMS, UNVERIFIED, Ended
from .output import write, write_json

Outcome = dict[str, Any]


def command(path: Path, select: str, product: Path | None, as_json: bool) -> int:
    """Judge recorded conversations again; 6 when a verdict is another one."""
    bundle = Bundle(path)
    with captured_output():  # what a case prints is in the record, and has no place among what is told here
        outcomes = list(_outcomes(bundle, select, product))
    if not outcomes:
        raise Ended(
            f"{path}: --select {select!r} selects no case that ended" if select else f"{path}: no case has an end"
        )
    other = [outcome for outcome in outcomes if outcome["now"] != outcome["was"]]
    if as_json:
        write_json({"version": 1, "bundle": str(path), "cases": outcomes, "differing": len(other)})
    else:
        for outcome in other if len(outcomes) > 5 else outcomes:
            write(
                f"{outcome['case']}: {outcome['was']}, now {outcome['now']}"
                + (f": {outcome['summary']}" if outcome["summary"] else "")
            )
        write(f"{len(outcomes)} judged again, {len(other)} with another verdict")
    return UNVERIFIED if other else CONFORMS


def _outcomes(bundle: Bundle, select: str, product: Path | None) -> Iterator[Outcome]:
    """Every end in the bundle with the verdict that its record gives now."""
    rows = bundle.planned()
    known = {spec.id: spec for spec in collect(s for s in find_suites().values() if s.name in _suites(rows))}
    clauses = _clauses(bundle)
    wanted = parse(select)
    ixit, redact = _access(bundle, product)
    for name, ends in bundle.ends().items():
        bound = {ref: clauses.get(ref, "") for ref in rows[name]["requirements"]} if name in rows else {}
        if not wanted(Target(name, bound)):
            continue
        for end in ends:
            outcome = {"case": name, "attempt": end["attempt"], "was": end["verdict"]}
            if name not in known:
                yield outcome | {"now": "inconclusive", "summary": "the suites have no such case any more"}
                continue
            yield outcome | _again(bundle, known[name], rows[name], end, ixit, redact)


def _again(
    bundle: Bundle, spec: CaseSpec, row: Mapping[str, Any], end: Mapping[str, Any], ixit: Any, redact: Any
) -> Outcome:
    if end.get("lost") and not end.get("transcript"):
        return {"now": end["verdict"], "summary": "nothing was recorded: the product was gone"}
    try:
        transcript = bundle.evidence(end["transcript"]) if end.get("transcript") else None
        lag_s, claims = float(end.get("lag_s") or 0), bundle.plan.get("claims", {})
        result = rejudge(spec, transcript, seed=int(row["seed"]), lag_s=lag_s, claims=claims, ixit=ixit, redact=redact)
    except (ReplayError, BundleError) as error:
        return {"now": "inconclusive", "summary": f"cannot be played again: {error}"}
    return {"now": str(result.verdict), "summary": redact_text(redact, result.summary)}


def _clauses(bundle: Bundle) -> dict[str, str]:
    """Requirement to clause. Raises BundleError."""
    try:
        return {f"{r['standard']}/{r['role']}:{r['id']}": str(r["clause"]) for r in bundle.profile["requirements"]}
    except (KeyError, TypeError):
        raise BundleError(bundle.directory / "profile.json", "does not say which requirements there are") from None


def _suites(rows: Mapping[str, Mapping[str, Any]]) -> set[str]:
    return {str(row["suite"]) for row in rows.values()}


def _access(bundle: Bundle, product: Path | None) -> tuple[dict[str, dict[str, Any]], Any]:
    """The access data of the run; its secrets come from the product file, since a bundle holds none."""
    reached = [record["ixit"] for record in bundle.records if record["kind"] == "testbed"]
    ixit: dict[str, dict[str, Any]] = reached[-1] if reached else bundle.product.get("ixit", {})
    path = product or _recorded_product(bundle)
    if path is None or not path.is_file():
        return ixit, lambda data: data
    loaded = load_product(path)
    for protocol, table in loaded.ixit.items():
        for key, value in table.items():
            if isinstance(value, Secret | Mapping):
                ixit.setdefault(protocol, {})[key] = value
    return ixit, redactor(secret.reveal() for secret in loaded.secrets())


def _recorded_product(bundle: Bundle) -> Path | None:
    name = (bundle.plan.get("order") or {}).get("product")
    return Path(name) if name else None
