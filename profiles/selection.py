"""What a profile asks for, and what of it applies to a product."""

from collections.abc import Iterable, Mapping

from .conditions import Value, evaluate, names
from .model import OFFERED, Catalogue, Claim, Product, Profile, Requirement, Selection
from .problems import InputError, Problem, choose_from


def select(profile: Profile, catalogues: Iterable[Catalogue] | Mapping[str, Catalogue]) -> list[Requirement]:
    """Every requirement of the profile, in the order of its selections and of each catalogue.

    Raises InputError when a catalogue is missing or a selection names a requirement that its catalogue does not have.
    """
    known = _by_key(catalogues)
    problems = [
        problem for selection in profile.catalogues for problem in selection_problems(profile, selection, known)
    ]
    if problems:
        raise InputError.of(problems)
    return [r for selection in profile.catalogues for r in _selected(selection, known[selection.catalogue])]


def selection_problems(profile: Profile, selection: Selection, known: Mapping[str, Catalogue]) -> list[Problem]:
    """What is wrong with one selection of a profile."""
    where = f"[catalogue {profile.catalogues.index(selection) + 1}, {selection.catalogue}]"
    file = str(profile.file or profile.id)
    catalogue = known.get(selection.catalogue)
    if catalogue is None:
        return [
            Problem(
                file, where, f"there is no catalogue {selection.catalogue!r}", choose_from(selection.catalogue, known)
            )
        ]
    ids = {r.id for r in catalogue.requirements}
    named = [("without", exclusion.id) for exclusion in selection.without] + [
        ("only", only) for only in selection.only or ()
    ]
    return [
        Problem(
            file, where, f"{key!r} names {name!r}, which {selection.catalogue} does not have", choose_from(name, ids)
        )
        for key, name in named
        if name not in ids
    ]


def applicability(requirement: Requirement, product: Product) -> tuple[bool, str, str]:
    """Whether the requirement applies to the product, by its claims; and if not, why, in English and Chinese.

    A claim that the product does not make has the catalogue's default. Raises InputError for an unreadable condition.
    """
    claims = effective_claims(requirement.key, requirement.claims.values(), product)
    if claims.get("offered") is False:
        return (False, f"the product does not offer {requirement.key}", f"产品不提供 {requirement.key}")
    if requirement.when is None:
        return (True, "", "")
    try:
        if evaluate(requirement.when, claims):
            return (True, "", "")
    except InputError as error:
        raise InputError(
            str(product.file or "product"), f'[claims."{requirement.key}"]', error.what, error.cure
        ) from None
    stated = ", ".join(f"{name} = {_toml(claims[name])}" for name in sorted(names(requirement.when)))
    return (
        False,
        f"it applies when {requirement.when}; the product: {stated}",
        f"适用条件：{requirement.when}；产品声明：{stated}",
    )


def effective_claims(key: str, declared: Iterable[Claim], product: Product) -> dict[str, Value]:
    """The claims of a product for one catalogue, defaults filled in."""
    defaults: dict[str, Value] = {claim.name: claim.default for claim in (OFFERED, *declared)}
    return {**defaults, **product.claims.get(key, {})}


def _selected(selection: Selection, catalogue: Catalogue) -> list[Requirement]:
    without = {exclusion.id for exclusion in selection.without}
    return [
        r
        for r in catalogue.requirements
        if (selection.levels is None or r.level in selection.levels)
        and (selection.only is None or r.id in selection.only)
        and r.id not in without
    ]


def _by_key(catalogues: Iterable[Catalogue] | Mapping[str, Catalogue]) -> Mapping[str, Catalogue]:
    if isinstance(catalogues, Mapping):
        return catalogues
    return {catalogue.key: catalogue for catalogue in catalogues}


def _toml(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, str) else str(value)
