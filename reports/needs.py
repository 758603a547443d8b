"""Libraries of the extras: imported only when something needs them, and a missing one is told with its cure."""

from importlib import import_module
from typing import Any

from profiles.problems import InputError


def need(module: str, extra: str = "laboratory") -> Any:
    """The module of a library that an extra brings. Raises InputError that names the command to install it."""
    try:
        return import_module(module)
    except ImportError as error:
        name = (error.name or module).partition(".")[0]
        raise InputError(
            what=f"the library {name!r} is not installed, which this needs",
            cure=f"pip install 'iic-conform[{extra}]'",
        ) from None
