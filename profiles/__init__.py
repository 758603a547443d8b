"""Catalogues of requirements, profiles that select from them, and the products that are to meet them.

    profile = load_profile("mqtt-broker")
    catalogues = load_catalogues(profile)
    product = load_product("product.toml", catalogues.values())
    for requirement in select(profile, catalogues):
        applies, reason, reason_zh = applicability(requirement, product)

What cannot be used raises InputError: each of its problems names file, line or table, what is wrong, and the cure.
"""

from .finding import find_catalogues, find_profiles
from .load import load_catalogue, load_catalogues, load_product, load_profile
from .model import Catalogue, Claim, Exclusion, Product, Profile, Requirement, Secret, Selection
from .problems import InputError, Problem
from .selection import applicability, effective_claims, select

__all__ = [
    "Catalogue",
    "Claim",
    "Exclusion",
    "InputError",
    "Problem",
    "Product",
    "Profile",
    "Requirement",
    "Secret",
    "Selection",
    "applicability",
    "effective_claims",
    "find_catalogues",
    "find_profiles",
    "load_catalogue",
    "load_catalogues",
    "load_product",
    "load_profile",
    "select",
]
