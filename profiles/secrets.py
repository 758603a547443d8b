"""Secrets in product files: by reference only, `{ env = "NAME" }` or `{ file = "path" }`, never as text."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .model import Secret
from .places import Places
from .problems import InputError, choose_from
from .reading import Source, read_octets
from .schema import Report, Step, toml_key

LARGEST_OCTETS = 65536
WORD = re.compile(
    r"(?:^|[_-])(?:password|passwd|passphrase|passcode|secret|token|psk)$|^(?:key|(?:private|api|secret|shared)[_-]?key)$",
    re.IGNORECASE,
)
ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,200}")
URL_WITH_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/@\s]*:[^/@\s]+@", re.IGNORECASE)
CURE = 'Name the place that keeps it: {key} = {{ env = "IIC_{name}" }} or {key} = {{ file = "path" }}'

Place = tuple[Step, ...]


def check(report: Report) -> None:
    """Add every secret that is written into the file itself, and every reference that is none."""
    for table in ("ixit", "extra"):
        for path, key, value in _values(report.document.get(table, {}), (table,), ""):
            wrong = _wrong(key, value, table)
            if wrong:
                report.add(path, *wrong)


def with_secrets(ixit: Mapping[str, Any], source: Source) -> dict[str, Any]:
    """The access data of a product file with a Secret in place of each reference."""
    return {
        protocol: {key: _put(value, (protocol, key), source) for key, value in table.items()}
        for protocol, table in ixit.items()
    }


def is_reference(value: Any) -> bool:
    """Whether a value is `{ env = "..." }` or `{ file = "..." }`."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    ((kind, place),) = value.items()
    return kind in ("env", "file") and isinstance(place, str)


def referenced(text: str, key: str) -> Secret:
    """The secret that a command is given as "env:NAME" or "file:PATH", and calls `key`.

    Raises InputError for anything else, which it does not show: it may be the secret itself.
    """
    kind, _, place = text.partition(":")
    if kind == "env" and ENV_NAME.fullmatch(place):
        return Secret(read=lambda: _from_env(place, key))
    if kind == "file" and place:
        return Secret(read=lambda: _from_file(place, key, Path()))
    raise InputError(what=f"the {key} is not given by a reference", cure="Write env:NAME or file:PATH")


def _values(value: Any, path: Place, key: str) -> Iterator[tuple[Place, str, Any]]:
    """Each value that is no plain table, with the name it goes under; and each table where a secret should stand."""
    if isinstance(value, Mapping) and len(path) > 2 and (is_reference(value) or WORD.search(key)):
        yield path, key, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _values(inner, (*path, name), name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _values(inner, (*path, index), key)
    else:
        yield path, key, value


def _wrong(key: str, value: Any, table: str) -> tuple[str, str] | None:
    """What is wrong with a value, and the cure; the value itself is not shown."""
    cure = CURE.format(key=toml_key(key), name=re.sub(r"\W", "_", key, flags=re.ASCII).upper())
    if is_reference(value):
        if table == "extra":
            return (
                f"{key!r} is a secret, and [extra] is shown in reports",
                "Move it to the [ixit] table of its protocol",
            )
        if "env" in value and not ENV_NAME.fullmatch(value["env"]):
            return f"the env of {key!r} is not the name of an environment variable", cure
        return ("the file of " + repr(key) + " is empty", cure) if not value.get("file", "x").strip() else None
    if isinstance(value, Mapping):
        strange = [name for name in value if name not in ("env", "file")]
        return f"{key!r} is not a reference to a secret", (
            choose_from(strange[0], ("env", "file")) if len(strange) == 1 else cure
        )
    if isinstance(value, bool):
        return None
    if WORD.search(key):
        return f"{key!r} holds a secret as text", cure
    if isinstance(value, str) and "PRIVATE KEY-----" in value:
        return f"{key!r} holds a private key as text", cure
    if isinstance(value, str) and URL_WITH_PASSWORD.match(value):
        return (
            f"the URL in {key!r} holds a password",
            'Take it out of the URL: username = "..." and password = { env = "IIC_PASSWORD" }',
        )
    return None


def _put(value: Any, path: Place, source: Source) -> Any:
    if is_reference(value):
        return Secret(read=lambda: _reveal(value, path, source))
    if isinstance(value, Mapping):
        return {key: _put(inner, (*path, key), source) for key, inner in value.items()}
    if isinstance(value, list):
        return [_put(inner, (*path, index), source) for index, inner in enumerate(value)]
    return value


def _reveal(reference: Mapping[str, str], path: Place, source: Source) -> str:
    """The text of a secret. Raises InputError that names the line of the reference."""
    key = next(str(step) for step in reversed(path) if isinstance(step, str))
    try:
        return (
            _from_env(reference["env"], key)
            if "env" in reference
            else _from_file(reference["file"], key, source.file.parent)
        )
    except InputError as error:
        line = Places(source.text).line(("ixit", *path))
        table = f"[ixit.{toml_key(str(path[0]))}]"
        raise InputError(source.file, f"{line}: {table}" if line else table, error.what, error.cure) from None


def _from_env(name: str, key: str) -> str:
    text = os.environ.get(name)
    if text:
        return text
    state = "is not set" if text is None else "is empty"
    raise InputError(
        what=f"the environment variable {name}, which keeps {key!r}, {state}", cure=f"Set it: export {name}=..."
    )


def _from_file(name: str, key: str, folder: Path) -> str:
    try:
        place = folder / Path(name).expanduser()
        text = read_octets(place, LARGEST_OCTETS).decode()
    except InputError as error:
        raise InputError(what=f"the secret {key!r} cannot be had from {place}: {error.what}", cure=error.cure) from None
    except RuntimeError:
        raise InputError(
            what=f"the secret {key!r} is in {name}, but whose home that is is not known", cure="Write the whole path"
        ) from None
    except UnicodeDecodeError:
        raise InputError(what=f"the secret {key!r} in {place} is not UTF-8", cure="Save it as UTF-8") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise InputError(
            what=f"the secret {key!r} in {place} is empty", cure="Put the secret into the file, on one line"
        )
    return text
