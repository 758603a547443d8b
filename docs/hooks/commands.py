"""A hook of MkDocs: writes the help of every command into the page about the command line."""

from collections.abc import Iterator
from typing import Any

import click

import cli

PAGE = "command-line.md"
MARK = "<!-- commands"
WIDTH = 74


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Called by MkDocs for each page; changes the one."""
    if page.file.src_uri != PAGE:
        return markdown
    return markdown[: markdown.index(MARK)] + "\n".join(sections())


def sections() -> Iterator[str]:
    """A section for the program and each of its commands."""
    for name, command in commands(cli.main, "iic-conform"):
        context = click.Context(
            command, info_name=name, terminal_width=WIDTH, help_option_names=cli.CONTEXT["help_option_names"]
        )
        yield f"## {name}\n\n```text\n{command.get_help(context)}\n```\n"


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and all below it, each with the words that call it."""
    yield name, command
    if isinstance(command, click.Group):
        for word in sorted(command.commands):
            yield from commands(command.commands[word], f"{name} {word}")
