"""Catalogues, profiles and products from their TOML files (see `schemas/` for the form of each)."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import finding
from .model import OFFERED, Catalogue, Claim, Exclusion, Product, Profile, Requirement, Selection
from .problems import InputError, Problem, choose_from
from .reading import Source, document, read


def load_catalogue(path: str | Path, key: str = "") -> Catalogue:
    """The catalogue in a file; of one that serves several roles, that with this key (by default its first).

    Raises InputError with every problem of the file.
    """
    source = read(path)
    content = document(source, "catalogue")
    return _catalogue(content, source, key.partition("/")[2] or roles_of(content)[0])


def roles_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The roles that a catalogue's document is for."""
    role = content["standard"]["role"]
    return (role,) if isinstance(role, str) else tuple(role)


def load_profile(path_or_name: str | Path) -> Profile:
    """A profile by its id, or by a path that ends in .toml. Raises InputError."""
    source = read(finding.find_profile(path_or_name) if isinstance(path_or_name, str) else path_or_name)
    content = document(source, "profile")
    return Profile(
        **content["profile"],
        catalogues=tuple(map(_selection, content["catalogue"])),
        file=source.file,
        sha256=source.sha256,
    )


def load_product(path: str | Path, catalogues: Iterable[Catalogue] = (), *, reveal: bool = True) -> Product:
    """The product in a file, its claims checked against `catalogues` and, for other keys, against those installed.

    With `reveal`, every secret is fetched now, so that a missing one is known before any traffic. Raises InputError.
    """
    source = read(path)
    content = document(source, "product")
    problems = claim_problems(content.get("claims", {}), source, catalogues)
    if problems:
        raise InputError.of(problems)
    product = _product(content, source)
    if reveal:
        for secret in product.secrets():
            secret.reveal()
    return product


def load_catalogues(profile: Profile) -> dict[str, Catalogue]:
    """The catalogues that a profile selects from, by key, in its order; a catalogue beside the profile's file counts
    before an installed one of the same key. Raises InputError for one that is missing or wrong.
    """
    wanted = [selection.catalogue for selection in profile.catalogues]
    known = finding.find_catalogues(profile.file, wanted)
    missing = [
        Problem(
            str(profile.file or profile.id),
            f"[catalogue {number}, {key}]",
            f"there is no catalogue {key!r}",
            choose_from(key, known),
        )
        for number, key in enumerate(wanted, 1)
        if key not in known
    ]
    if missing:
        raise InputError.of(missing)
    return {key: load_catalogue(known[key], key) for key in wanted}


def claim_problems(
    claims: Mapping[str, Mapping[str, Any]], source: Source, catalogues: Iterable[Catalogue] = ()
) -> list[Problem]:
    """What is wrong with the claims of a product file: keys without catalogue, unknown names, unfit values."""
    if not claims:
        return []
    given = {catalogue.key: catalogue for catalogue in catalogues}
    installed = {} if set(claims) <= set(given) else finding.find_catalogues(wanted=set(claims) - set(given))
    wrong: list[tuple[tuple[str, ...], str, str]] = []
    for key, table in claims.items():
        if key not in given and key in installed:
            given[key] = load_catalogue(installed[key], key)
        if key not in given:
            wrong.append((("claims", key), f"there is no catalogue {key!r}", choose_from(key, {**given, **installed})))
            continue
        declared = {"offered": OFFERED, **given[key].claims}
        wrong.extend(
            (("claims", key, name), *problem)
            for name, value in table.items()
            if (problem := _claim(name, value, declared, key))
        )
    if not wrong:
        return []
    from .schema import Report

    report = Report("product", {"claims": claims}, source.file, source.text)
    for path, what, cure in wrong:
        report.add(path, what, cure)
    return report.sorted()


def _claim(name: str, value: Any, declared: Mapping[str, Claim], key: str) -> tuple[str, str] | None:
    if name not in declared:
        return f"{key} has no claim {name!r}", choose_from(name, declared)
    claim = declared[name]
    from .rules import misfit

    wrong = misfit(value, {field: getattr(claim, field) for field in ("default", "values", "minimum", "maximum")})
    return (f"{name!r} cannot be {value!r}: {wrong}", claim.text or "Correct the value") if wrong else None


def _catalogue(content: Mapping[str, Any], source: Source, role: str) -> Catalogue:
    head = content["standard"] | {"role": role}
    claims = {name: _declared(name, claim) for name, claim in content.get("claims", {}).items()}
    claims.setdefault("offered", OFFERED)
    common = {"standard": head["id"], "role": role, "claims": claims}
    return Catalogue(
        **{"title_zh": "", **head},
        requirements=tuple(
            _requirement(entry, common) for entry in content["requirement"] if entry.get("role", role) == role
        ),
        claims=claims,
        file=source.file,
        sha256=source.sha256,
    )


def _declared(name: str, claim: Mapping[str, Any]) -> Claim:
    return Claim(name, **{**claim, "values": tuple(claim.get("values", ()))})


def _requirement(entry: Mapping[str, Any], common: Mapping[str, Any]) -> Requirement:
    lists = {name: tuple(entry[name]) for name in ("restates", "codes", "see") if name in entry}
    return Requirement(**{**entry, **lists, **common})


def _selection(entry: Mapping[str, Any]) -> Selection:
    return Selection(
        catalogue=f"{entry['standard']}/{entry['role']}",
        levels=tuple(entry["levels"]) if "levels" in entry else None,
        only=tuple(entry["only"]) if "only" in entry else None,
        without=tuple(Exclusion(**exclusion) for exclusion in entry.get("without", ())),
    )


def _product(content: Mapping[str, Any], source: Source) -> Product:
    from .secrets import with_secrets

    head = dict(content["product"])
    names = {name: head.pop(name) for name in ("vendor", "name", "version")}
    return Product(
        **names,
        claims=content.get("claims", {}),
        ixit=with_secrets(content.get("ixit", {}), source),
        extra={**head, **content.get("extra", {})},
        file=source.file,
    )
