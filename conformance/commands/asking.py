"""What the commands of the program share: options, kinds of paths, and how a command ends. Imports nothing heavy."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

FORMATS = click.Choice(["text", "json"])
A_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
A_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
A_BUNDLE = click.Path(file_okay=False, exists=True, path_type=Path)
A_FOLDER = click.Path(file_okay=False, path_type=Path)
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def end(name: str, *arguments: Any, **keywords: Any) -> None:
    """Run a function of one of the commands' modules, as "module:function", and exit with the code it returns."""
    from conformance.commands.exits import guarded

    sys.exit(guarded(_load, name, *arguments, **keywords))


def _load(name: str, *arguments: Any, **keywords: Any) -> int:
    from importlib import import_module

    module, _, function = name.partition(":")
    code: int = getattr(import_module(f"conformance.commands.{module}"), function)(*arguments, **keywords)
    return code


def examples(*lines: str) -> str:
    """The last part of a help text, as it stands."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def group(*options: Decorator) -> Decorator:
    """Several options as one decorator, first on top."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return add


form = click.option(
    "--format", "form", type=FORMATS, default="text", show_default=True, help="text for people, json for machines."
)
