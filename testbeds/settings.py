"""Testbed files: one TOML for each, checked by its JSON Schema."""

import json
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from profiles.places import Places
from profiles.problems import InputError

SCHEMA = Path(__file__).with_name("schemas") / "testbed.json"
PLACEHOLDER = re.compile(r"\{(dir|here|python|port|port\.[A-Za-z_][A-Za-z0-9_]*|env\.[A-Za-z_][A-Za-z0-9_]*)\}")
SYSTEM_PATHS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


@dataclass(frozen=True)
class Settings:
    """A testbed as its file describes it: `tables` is the whole document, `here` the folder of the file."""

    name: str
    kind: str
    tables: Mapping[str, Any] = field(default_factory=dict)
    here: Path = Path()
    file: Path | None = None
    text: str = ""

    def table(self, name: str) -> Mapping[str, Any]:
        """The table called `name`; empty when the file has none."""
        found: Mapping[str, Any] = self.tables.get(name, {})
        return found

    def wrong(self, where: Sequence[str | int], what: str, cure: str) -> InputError:
        """An error about the table or key at this path of the file."""
        line = Places(self.text).line(where)
        table = f"[{'.'.join(map(str, where))}]"
        return InputError(self.file or self.name, f"{line}: {table}" if line else table, what, cure)


def load_settings(path: Path) -> Settings:
    """Read and check a testbed file. Raises InputError."""
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        raise InputError(path, "", f"the testbed file cannot be read: {error.strerror}", "Correct the path") from None
    except ValueError as error:  # also what is not UTF-8, and an integer of ten thousand digits
        line = re.search(r"at line (\d+)", str(error))
        raise InputError(path, line[1] if line else "", f"not TOML: {error}", "Correct the line") from None
    except RecursionError:
        raise InputError(path, "", "the file is nested too deeply", "Write tables in place of nested values") from None
    head = tables.get("testbed", {})
    settings = Settings(
        name=str(head.get("name", path.stem)) if isinstance(head, dict) else path.stem,
        kind=str(head.get("kind", "")) if isinstance(head, dict) else "",
        tables=tables,
        here=path.resolve().parent,
        file=path,
        text=text,
    )
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    import jsonschema

    validator = jsonschema.Draft202012Validator(
        json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    error = jsonschema.exceptions.best_match(validator.iter_errors(dict(settings.tables)))
    if error:
        raise settings.wrong(
            list(error.absolute_path) or ["testbed"], error.message, "Compare with the examples in examples/testbeds"
        )
    needed = {"netns": "link"}.get(settings.kind, settings.kind)
    if settings.kind in ("process", "netns", "lab", "reference") and needed not in settings.tables:
        raise settings.wrong(
            ["testbed", "kind"], f'the table is missing, though kind = "{settings.kind}"', f"Add [{needed}]"
        )


@dataclass(frozen=True)
class Values:
    """What the placeholders of a testbed file stand for once its product gets a place of its own."""

    directory: Path
    here: Path
    ports: Mapping[str, int]

    def fill(self, template: str) -> str:
        """Replace `{dir}`, `{here}`, `{python}`, `{port}` (the first), `{port.NAME}`, `{env.NAME}`; other braces stay.

        Raises KeyError for a port or variable that is not there.
        """
        return PLACEHOLDER.sub(lambda match: self._value(match[1]), template)

    def fill_all(self, value: Any) -> Any:
        """The same for every text in a nested value."""
        if isinstance(value, str):
            return self.fill(value)
        if isinstance(value, Mapping):
            return {key: self.fill_all(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill_all(item) for item in value]
        return value

    def _value(self, name: str) -> str:
        kind, _, rest = name.partition(".")
        if kind == "port":
            return str(self.ports[rest] if rest else next(iter(self.ports.values()), "")) or _none("port")
        if kind == "env":
            return os.environ[rest]
        return {"dir": str(self.directory), "here": str(self.here), "python": sys.executable}[kind]


def _none(name: str) -> str:
    raise KeyError(name)


def search_path() -> str:
    """PATH, with the folders of system programs and of our own environment behind it."""
    own = str(Path(sys.executable).parent)
    return os.pathsep.join([os.environ.get("PATH", os.defpath), *SYSTEM_PATHS, own])


def find_program(name: str) -> str | None:
    """The full path of a program, also where an ordinary user's PATH does not lead to it."""
    return shutil.which(name, path=search_path())
