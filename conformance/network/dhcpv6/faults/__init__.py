"""The faults of the reference server: each overrides one rule and names the requirements it breaks, and no other."""

import importlib
import pkgutil

from .registry import FAULTS

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["FAULTS"]
