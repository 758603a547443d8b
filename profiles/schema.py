"""What a JSON Schema has against a document, in words: jsonschema finds it, the schema's descriptions are the cures."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from .places import Places
from .problems import Problem, choose_from, nearest

MOST = 200
SCHEMAS = Path(__file__).parent / "schemas"
KINDS = {
    "object": "a table",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}

Step = str | int


class Report:
    """Problems of one document, each with the line and the table it stands in."""

    def __init__(self, kind: str, document: Mapping[str, Any], file: Path, text: str) -> None:
        self.kind = kind
        self.document = document
        self.problems: list[Problem] = []
        self._file = str(file)
        self._places = Places(text)

    def add(self, path: Sequence[Step], what: str, cure: str) -> None:
        """Note what is wrong at a path such as ("requirement", 11, "level")."""
        line = self._places.line(path)
        table = self._table(path)
        self.problems.append(
            Problem(self._file, f"{line}: {table}" if line and table else table or str(line or ""), what, cure)
        )

    def line(self, path: Sequence[Step]) -> int | None:
        return self._places.line(path)

    def sorted(self) -> list[Problem]:
        """In the order of the lines."""

        def line(problem: Problem) -> int:
            number = problem.where.partition(":")[0]
            return int(number) if number.isdigit() else 0

        return sorted(self.problems, key=line)

    def _table(self, path: Sequence[Step]) -> str:
        if len(path) > 1 and isinstance(path[1], int):
            return self._entry(str(path[0]), path[1])
        found: Any = self.document
        names: list[str] = []
        for step in path[:2]:
            found = found.get(step) if isinstance(found, Mapping) else None
            if not isinstance(found, Mapping):
                break
            names.append(toml_key(str(step)))
        return f"[{'.'.join(names)}]" if names else ""

    def _entry(self, name: str, index: int) -> str:
        entry = self.document[name][index]
        label = ""
        if isinstance(entry, Mapping) and name == "requirement":
            label = str(entry.get("id", ""))
        elif isinstance(entry, Mapping) and name == "catalogue":
            label = f"{entry.get('standard', '?')}/{entry.get('role', '?')}"
        return f"[{name} {index + 1}{', ' if label else ''}{label[:80]}]"


def toml_key(name: str) -> str:
    """A key as TOML writes it: in quotes where it needs them."""
    plain = name and all(c.isascii() and (c.isalnum() or c in "_-") for c in name)
    return name if plain else f'"{name}"'


def check(report: Report, folder: Path = SCHEMAS) -> None:
    """Add everything that the schema of the document's kind, `folder`/<kind>.json, has against it."""
    from jsonschema import Draft202012Validator

    schema = json.loads((folder / f"{report.kind}.json").read_text(encoding="utf-8"))
    seen: set[tuple[Any, ...]] = set()
    for error in islice(Draft202012Validator(schema).iter_errors(report.document), MOST):
        for path, what, cure in _said(schema, error, report.kind == "product"):
            once = (*path, what) if error.validator == "required" else tuple(path)
            if not any(once[:end] in seen for end in range(1, len(once) + 1)):
                seen.add(once)
                report.add(path, what, cure)


def _said(schema: Any, error: Any, hiding: bool) -> Iterator[tuple[list[Step], str, str]]:
    """What one error of jsonschema means: path, what, cure."""
    path: list[Step] = list(error.absolute_path)
    at = _schema_at(schema, path)
    if "propertyNames" in error.absolute_schema_path:
        names = at.get("propertyNames", {})
        yield (
            [*path, error.instance],
            f"{error.instance!r} cannot be a name here",
            names.get("description", "Rename it"),
        )
    elif error.validator == "required":
        yield from _missing(at, path, error)
    elif error.validator == "additionalProperties":
        yield from _unknown(at, path, error.instance)
    else:
        hidden = hiding and path[:1] in (["ixit"], ["extra"])
        cure = _schema_at(schema, path).get("description") or "Correct the value"
        yield path, _wrong(path, error, hidden), cure


def _missing(at: Any, path: list[Step], error: Any) -> Iterator[tuple[list[Step], str, str]]:
    known = at.get("properties", {})
    strange = [name for name in error.instance if name not in known]
    for name in error.validator_value:
        if name not in error.instance and not any(nearest(other, known) == name for other in strange):
            what = f"the key {name!r} is missing" if path else f"the table [{name}] is missing"
            yield path, what, known.get(name, {}).get("description", f"Add {name}")


def _unknown(at: Any, path: list[Step], instance: Mapping[str, Any]) -> Iterator[tuple[list[Step], str, str]]:
    known = at.get("properties", {})
    for name in instance:
        if name not in known:
            free = [other for other in known if other not in instance]
            near = nearest(name, free)
            cure = f"Did you mean {near!r}?" if near else choose_from(name, free)
            yield [*path, name], f"there is no {'key' if path else 'table'} {name!r}", cure


def _wrong(path: list[Step], error: Any, hidden: bool) -> str:
    name = next((str(step) for step in reversed(path) if isinstance(step, str)), "the file")
    item = "an entry of " if path and isinstance(path[-1], int) else ""
    if error.validator == "type":
        wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
        return f"{item}{name!r} is {kind(error.instance)}, not {' or '.join(KINDS[other] for other in wanted)}"
    if error.validator == "maxLength":
        return f"{item}{name!r} has more than {error.validator_value} characters"
    if error.validator in ("minLength", "minItems") or error.instance in ("", []):
        return f"{item}{name!r} is empty"
    if error.validator == "uniqueItems":
        return f"{name!r} has the same entry twice"
    if hidden:
        return f"{item}{name!r} has a value that cannot be used"
    shown = repr(error.instance)
    return f"{item}{name!r} cannot be {shown if len(shown) <= 80 else shown[:77] + '...'}"


def kind(value: Any) -> str:
    """What sort of TOML value this is, in words."""
    kinds = (
        (bool, "boolean"),
        (int, "integer"),
        (float, "number"),
        (str, "string"),
        (list, "array"),
        (Mapping, "object"),
    )
    return next((KINDS[name] for python, name in kinds if isinstance(value, python)), "a date or time")


def _schema_at(root: Any, path: Sequence[Step]) -> Any:
    """The part of the schema that speaks of `path`; its references followed, a description at the reference kept."""
    at = _resolved(root, root)
    for step in path:
        if isinstance(step, int):
            at = at.get("items", {})
        else:
            inner = at.get("properties", {}).get(step)
            at = at.get("additionalProperties", {}) if inner is None else inner
        at = _resolved(root, at) if isinstance(at, Mapping) else {}
    return at


def _resolved(root: Any, at: Any) -> Any:
    name = str(at.get("$ref", "")).rpartition("/")[2]
    return {**root["$defs"][name], **at} if name else at
